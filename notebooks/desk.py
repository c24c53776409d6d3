"""Lays out the lessons to work in: copies without what they show, so that nothing is told before it is asked.

notebooks/desk/ is the learner's own and no part of the repository. A copy that is there already is left as it is; take it
away to start that lesson again. The course map and the solutions are laid out anew each time.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

NOTEBOOKS = Path(__file__).resolve().parent


def lay_out(notebooks: Path) -> list[Path]:
    """The lessons newly copied to notebooks/desk/lessons; what the map links to stands beside them."""
    desk = notebooks / "desk"
    shutil.copytree(notebooks / "solutions", desk / "solutions", dirs_exist_ok=True)
    for page in notebooks.glob("*.md"):
        shutil.copy(page, desk / page.name)
    (desk / "lessons").mkdir(exist_ok=True)
    fresh = [lesson for lesson in sorted((notebooks / "lessons").glob("*.ipynb")) if not (desk / "lessons" / lesson.name).exists()]
    return [_copied(lesson, desk / "lessons" / lesson.name) for lesson in fresh]


def _copied(lesson: Path, place: Path) -> Path:
    notebook = json.loads(lesson.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    place.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return place


if __name__ == "__main__":
    lay_out(NOTEBOOKS)
