"""Builds the notebooks that people open from the sources that people edit.

python dev.py notebooks builds; with --check nothing is written, and a built file that differs is an error. The same
source gives the same bytes: ids count the cells, metadata are fixed, outputs are left out.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

ROOT = Path(__file__).resolve().parents[1]
BUILDS = {  # source -> what is built from it
    "notebooks/sources/audit/segmentation_audit.py": (
        "notebooks/audit/segmentation_audit.ipynb",  # for readers
        "segkit/notebook/audit.ipynb",  # travels with the package, so that an installed kit makes reports too
    ),
}
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def built(source: str) -> bytes:
    """The notebook of a percent-format source, as the bytes to store: no outputs, of the metadata only tags."""
    notebook = jupytext.reads(source, fmt="py:percent")
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = NotebookNode(METADATA)
    for place, cell in enumerate(notebook.cells, start=1):
        _settle(cell, place)
    nbformat.validate(notebook)
    return f"{nbformat.writes(notebook).rstrip()}\n".encode()


def _settle(cell: NotebookNode, place: int) -> None:
    cell.id = f"cell-{place:02d}"
    cell.metadata = NotebookNode({"tags": list(cell.metadata["tags"])} if cell.metadata.get("tags") else {})
    if cell.cell_type == "code":
        cell.execution_count, cell.outputs = None, []


def outdated(root: Path) -> list[str]:
    """Built files that are missing or not what their source gives; raises FileNotFoundError without a source."""
    return [target for target, content in _targets(root) if _stored(root / target) != content]


def build(root: Path) -> list[str]:
    """Write the built files that are not up to date, and name them."""
    contents = dict(_targets(root))
    changed = outdated(root)
    for target in changed:
        (root / target).parent.mkdir(parents=True, exist_ok=True)
        (root / target).write_bytes(contents[target])
    return changed


def _targets(root: Path) -> list[tuple[str, bytes]]:
    contents = {source: built((root / source).read_text(encoding="utf-8")) for source in BUILDS}
    return [(target, contents[source]) for source, targets in BUILDS.items() for target in targets]


def _stored(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def main() -> int:
    parser = argparse.ArgumentParser(description="Builds the notebooks from notebooks/sources.")
    parser.add_argument("--check", action="store_true", help="write nothing; say which built files differ")
    try:
        return _report_outdated() if parser.parse_args().check else _report_built()
    except FileNotFoundError as problem:
        print(f"The source {problem.filename} is not there: bring it back with git, then run this again.", file=sys.stderr)
        return 1


def _report_built() -> int:
    for target in build(ROOT):
        print(f"built {target}")
    return 0


def _report_outdated() -> int:
    differing = outdated(ROOT)
    for target in differing:
        print(f"{target} is not what its source in notebooks/sources gives.", file=sys.stderr)
    if differing:
        print("Edit the source, not the notebook; then run: python dev.py notebooks", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    raise SystemExit(main())
