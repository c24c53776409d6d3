"""What is wrong with a stored notebook, beside the one that its source gives now."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from notebooks.building.cells import as_bytes
from notebooks.building.run import PICTURE
from notebooks.building.targets import LESSONS, SOLUTIONS, Target, of_each, strangers

BUILD = "python dev.py notebooks"


def complaints(root: Path, with_outputs: bool = True) -> dict[str, str]:
    """The notebooks that are not as their sources give them, each with what to do.

    With outputs those that show what they computed are run; without them only the cells are compared, for who lets nbval
    run them and compare what they show.
    """
    found = of_each(root, lambda target: _complaint(target, root, with_outputs))
    orphans = {path: f"has no source in notebooks/sources: write one, or remove {path}" for path in strangers(root)}
    return {path: what for path, what in found.items() if what} | orphans


def _complaint(target: Target, root: Path, with_outputs: bool) -> str:
    stored = _read(root / target.path)
    if stored is None:
        return f"is missing or no notebook: run {BUILD}"
    drafted = _plain(target.drafted(root))
    if _without_outputs(stored) != _without_outputs(drafted):
        return _edited(target)
    if not target.runs and stored != drafted:
        return f"is stored with what it showed, which may be a client's: run {BUILD}"
    if with_outputs and target.runs and _without_images(stored) != _without_images(_plain(target.finished(root))):
        return f"shows other outputs than its source gives now: run {BUILD}, and read in git diff what changed and whether that is right"
    return ""


def _edited(target: Target) -> str:
    """Which of the two was edited cannot be seen, so both ways are told."""
    told = f"differs from {target.source}. Edited the source? Run {BUILD}. "
    if target.path.startswith(f"{LESSONS}/"):
        name = Path(target.path).name
        return f"{told}Edited the lesson? Make the same edit in {SOLUTIONS}/{name} or in the source, which have the answers too"
    return f"{told}Edited the notebook? {BUILD} --from-ipynb {target.path} brings the edit into the source; only then build"


def _read(path: Path) -> Any:
    try:
        read = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return read if isinstance(read, dict) else None


def _plain(notebook: NotebookNode) -> Any:
    return json.loads(as_bytes(notebook))


def _without_outputs(notebook: Any) -> Any:
    cells = [{**cell, "outputs": [], "execution_count": None} for cell in notebook.get("cells", [])]
    return {**notebook, "cells": cells}


def _without_images(node: Any) -> Any:
    """The same with each picture's bytes left out: they differ between builds of the drawing libraries."""
    if isinstance(node, dict):
        return {
            key: "" if key.startswith("image/") and not isinstance(value, dict) else _without_images(value) for key, value in node.items()
        }
    if isinstance(node, list):
        return [_without_images(part) for part in node]
    return PICTURE.sub("", node) if isinstance(node, str) else node
