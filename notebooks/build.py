"""Builds the notebooks that people open from the sources that people edit.

python dev.py notebooks builds; with --check nothing is written, and a built file that differs is an error; with
--from-ipynb an edit made in JupyterLab is brought back into the source. On one machine the same source gives the same
bytes. How a source looks is told in notebooks/README.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from notebooks.building import cells
from notebooks.building.answers import AnswerError
from notebooks.building.compare import BUILD, complaints
from notebooks.building.targets import AUDITS as BUILDS
from notebooks.building.targets import LESSONS, SOLUTIONS, BuildError, Target, of_each, strangers, targets

__all__ = ["BUILDS", "build", "built", "complaints", "from_ipynb", "main", "outdated"]

ROOT = Path(__file__).resolve().parents[1]


def built(source: str) -> bytes:
    """The notebook of a percent-format source, as the bytes to store: no outputs, of the metadata only tags."""
    return cells.as_bytes(cells.with_answers(source))


def outdated(root: Path) -> list[str]:
    """Built files that are missing or not what their source gives; raises FileNotFoundError without a source."""
    return list(complaints(root))


def build(root: Path) -> list[str]:
    """Write the built files that are not up to date, and name them."""
    contents = of_each(root, lambda target: cells.as_bytes(target.finished(root)))
    changed = [path for path, content in contents.items() if _stored(root / path) != content]
    for path in changed:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(contents[path])
    return changed


def _stored(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def from_ipynb(root: Path, file: Path) -> str:
    """Write the source that gives the notebook `file` as it is now, and name it; raises BuildError."""
    target = _edited(root, file)
    source = root / target.source
    try:
        notebook = nbformat.read(file, as_version=4)
        content = cells.as_source(notebook, source.read_text(encoding="utf-8"))
        _check_whole(notebook, content, target)
    except AnswerError as problem:
        raise BuildError(f"{target.path}, {problem} Nothing was written.") from None
    except (nbformat.reader.NotJSONError, nbformat.ValidationError):
        raise BuildError(f"{target.path} is not a notebook that can be read. Build it again with {BUILD}.") from None
    source.write_text(content, encoding="utf-8", newline="\n")
    return target.source


def _check_whole(notebook: NotebookNode, content: str, target: Target) -> None:
    """What the percent format cannot hold is told, before the edit is lost."""
    if any(cell.get("attachments") for cell in notebook.cells):
        raise BuildError(f"{target.path} holds a pasted picture, which its source cannot. Draw it in a code cell. Nothing was written.")
    again = [cell.source.strip() for cell in cells.with_answers(content).cells]
    if again != [cell.source.strip() for cell in notebook.cells]:
        raise BuildError(f"{target.path} has a cell with a line that begins with # %%, which ends a cell. Nothing was written.")


def _edited(root: Path, file: Path) -> Target:
    """The target that `file` is, when that one holds all that its source does."""
    known = {root / target.path: target for target in targets(root)}
    target = known.get(file.resolve())
    if target is None:
        names = ", ".join(target.path for target in known.values() if not target.path.startswith(f"{LESSONS}/"))
        raise BuildError(f"{file} is not built from a source here. An edit can be brought back from: {names}.")
    if target.path.startswith(f"{LESSONS}/"):
        raise BuildError(f"{target.path} has no answers, so its source cannot come from it: edit {SOLUTIONS}/{file.name} instead.")
    if not file.is_file():
        raise BuildError(f"{target.path} is not there: build it with {BUILD}.")
    return target


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Builds the notebooks from notebooks/sources.")
    ways = parser.add_mutually_exclusive_group()
    ways.add_argument("--check", action="store_true", help="write nothing; say which built files differ, and what to do")
    ways.add_argument("--check-cells", action="store_true", help="the same without running any: nbval compares what they show")
    ways.add_argument("--from-ipynb", type=Path, metavar="FILE", help="bring an edited notebook back into its source")
    options = parser.parse_args(arguments)
    try:
        if options.from_ipynb:
            return _report_source(options.from_ipynb)
        return _report_outdated(options.check) if options.check or options.check_cells else _report_built()
    except BuildError as problem:
        print(problem, file=sys.stderr)
    except FileNotFoundError as problem:
        print(f"The source {problem.filename} is not there: bring it back with git, then run this again.", file=sys.stderr)
    return 1


def _report_built() -> int:
    for path in build(ROOT):
        print(f"built {path}")
    for path in strangers(ROOT):
        print(f"{path} has no source in notebooks/sources; it was left as it is.", file=sys.stderr)
    return 0


def _report_outdated(with_outputs: bool) -> int:
    found = complaints(ROOT, with_outputs)
    for path, what in found.items():
        print(f"{path} {what}.", file=sys.stderr)
    return 1 if found else 0


def _report_source(file: Path) -> int:
    before = {path: path.read_bytes() for path in (ROOT / "notebooks/sources").rglob("*.py")}
    source = from_ipynb(ROOT, file.resolve())
    if before[ROOT / source] == (ROOT / source).read_bytes():
        print(f"{source} gives this notebook already: there was no edit to bring back.")
    else:
        print(f"wrote {source}. Read it with git diff, then build: {BUILD}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
