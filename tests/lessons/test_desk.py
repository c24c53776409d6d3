"""The desk: lessons to work in, which tell nothing before it is asked and keep what a learner wrote."""

import json
import re
from pathlib import Path

import nbformat

from notebooks import desk

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def laid_out(folder: Path) -> Path:
    for name in ("lessons", "solutions"):
        (folder / name).mkdir()
        for notebook in (NOTEBOOKS / name).glob("*.ipynb"):
            (folder / name / notebook.name).write_bytes(notebook.read_bytes())
    for page in NOTEBOOKS.glob("*.md"):
        (folder / page.name).write_bytes(page.read_bytes())
    desk.lay_out(folder)
    return folder / "desk"


def test_a_lesson_on_the_desk_shows_nothing_yet(tmp_path: Path) -> None:
    place = laid_out(tmp_path)
    for lesson in (NOTEBOOKS / "lessons").glob("*.ipynb"):
        copy, stored = (nbformat.read(file, as_version=4) for file in (place / "lessons" / lesson.name, lesson))
        assert [cell.source for cell in copy.cells] == [cell.source for cell in stored.cells]
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in copy.cells)


def test_what_a_learner_wrote_stays(tmp_path: Path) -> None:
    place = laid_out(tmp_path)
    lesson = next((place / "lessons").iterdir())
    notebook = json.loads(lesson.read_text(encoding="utf-8"))
    notebook["cells"][0]["source"] = ["my notes"]
    lesson.write_text(json.dumps(notebook), encoding="utf-8")
    assert desk.lay_out(tmp_path) == []
    assert json.loads(lesson.read_text(encoding="utf-8"))["cells"][0]["source"] == ["my notes"]
    lesson.unlink()
    assert desk.lay_out(tmp_path) == [lesson]


def test_every_link_of_the_map_leads_somewhere_on_the_desk(tmp_path: Path) -> None:
    place = laid_out(tmp_path)
    links = re.findall(r"\]\(([^)#:]+)\)", (place / "README.md").read_text(encoding="utf-8"))
    assert links
    assert all((place / link).exists() for link in links)
