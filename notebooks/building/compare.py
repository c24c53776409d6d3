"""What is wrong with a stored notebook, beside the one that its source gives now."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from notebooks.building.cells import as_bytes
from notebooks.building.targets import SOLUTIONS, Target, strangers, targets

BUILD = "python dev.py notebooks"


def complaints(root: Path) -> dict[str, str]:
    """The notebooks that are not as their sources give them, each with what to do; runs those that show what they computed."""
    found = {target.path: _complaint(target, root) for target in targets(root)}
    orphans = {path: f"has no source in notebooks/sources: write one, or remove {path}" for path in strangers(root)}
    return {path: what for path, what in found.items() if what} | orphans


def _complaint(target: Target, root: Path) -> str:
    stored = _read(root / target.path)
    if stored is None:
        return f"is missing or no notebook: run {BUILD}"
    if _without_outputs(stored) != _without_outputs(_plain(target.drafted(root))):
        return _edited(target)
    if target.runs and _without_images(stored) != _without_images(_plain(target.finished(root))):
        return f"shows other outputs than its source gives now: run {BUILD}, and read in git diff what changed and whether that is right"
    return ""


def _edited(target: Target) -> str:
    """Which of the two was edited cannot be seen, so both ways are told."""
    back = f"{SOLUTIONS}/{Path(target.path).name}" if target.runs else target.path
    return (
        f"differs from {target.source}. Edited the source? Run {BUILD}. "
        f"Edited a notebook? {BUILD} --from-ipynb {back} brings the edit into the source; only then build"
    )


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


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
    return [_without_images(part) for part in node] if isinstance(node, list) else node
