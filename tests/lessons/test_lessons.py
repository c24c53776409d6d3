"""Lessons as stored are run, whole and true: the guard sees what nbval passes, and nbval sees a changed number."""

from __future__ import annotations

import copy
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

import dev
from notebooks.building.targets import LESSONS, SOLUTIONS, targets
from tests.lessons.guard import complaints

ROOT = Path(__file__).parents[2]
LONG = bool(os.environ.get("SEGKIT_LONG"))  # else only a few lessons are changed on purpose
STORED = sorted(path for folder in (LESSONS, SOLUTIONS) for path in (ROOT / folder).glob("*.ipynb"))


def named(path: Path) -> str:
    return path.relative_to(ROOT / "notebooks").as_posix()


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def test_every_source_has_its_two_notebooks_and_no_notebook_is_without_a_source() -> None:
    assert [named(path) for path in STORED] == sorted(
        target.path.removeprefix("notebooks/") for target in targets(ROOT) if target.path.startswith((f"{LESSONS}/", f"{SOLUTIONS}/"))
    )
    assert STORED


@pytest.mark.parametrize("path", STORED, ids=named)
def test_a_stored_notebook_is_run_and_holds_what_a_lesson_may(path: Path) -> None:
    assert complaints(read(path)) == []


@pytest.mark.parametrize("path", STORED, ids=named)
def test_every_picture_says_its_finding(path: Path) -> None:
    data = [output.get("data", {}) for cell in read(path).cells for output in cell.get("outputs", [])]
    findings = [re.fullmatch(r'<img alt="([^"]*)" src=.*', one["text/html"]) for one in data if "<img" in one.get("text/html", "")]
    assert findings
    assert all(found and len(found[1]) > 30 for found in findings)
    assert not [one for one in data if "image/png" in one]  # its words would not reach a screen reader in JupyterLab


def exercises(path: Path) -> list[tuple[NotebookNode, str]]:
    """The exercise cells of a notebook, each with what it printed."""
    cells = [cell for cell in read(path).cells if "exercise" in cell.metadata.get("tags", [])]
    return [(cell, "".join(output.get("text", "") for output in cell.outputs)) for cell in cells]


@pytest.mark.parametrize("path", STORED, ids=named)
def test_every_exercise_is_open_in_the_lesson_and_right_in_the_solution(path: Path) -> None:
    """nbval compares a solution with itself, so it would pass one whose answer is wrong."""
    assert len(exercises(path)) > 1
    for cell, said in exercises(path):
        number = re.search(r'check\("(\w+)"', cell.source)[1]
        open_here = path.parent.name == "lessons"
        assert ("..." in cell.source) is open_here
        assert said.startswith(f"{number} is still open" if open_here else f"{number} is right")


def fooled(how: str) -> NotebookNode:
    """A notebook that nbval passes although nobody ever saw it run."""
    notebook = copy.deepcopy(read(STORED[0]))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    if how == "cleared":
        code[3].outputs, code[3].execution_count = [], None
    elif how == "blocked":
        code[3].source = "!sleep 600"
    else:
        notebook.cells = [cell if cell.cell_type == "markdown" else nbformat.v4.new_code_cell(cell.source) for cell in notebook.cells]
    return notebook


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("cleared", "is not stored as run from top to bottom"),
        ("blocked", "cell 4: a shell command or magic"),
        ("never run", "is not stored as run from top to bottom"),
    ],
)
def test_what_fools_nbval_does_not_fool_the_guard(how: str, told: str) -> None:
    assert told in complaints(fooled(how))


@pytest.mark.parametrize(
    ("source", "told"),
    [("def f():\n    pass", "a FunctionDef"), ("for x in y:\n    x", "a For"), ("open('/etc/hosts')", "a place outside the checkout"),
     ("open('C:/x')", "a place outside the checkout"), ("x = 'https://example.com'", "a place outside the checkout"),
     ("import requests", "an import of requests"), ("from random import choice", "an import of random"), ("import os", "an import of os"),
     ("from time import sleep as nap", "an import of time"), ("x = 1\n" * 11, "more than 10 lines"),
     ("%pip install x", "a shell command or magic"), ("files = !ls", "a shell command or magic"),
     ("get_ipython().system('ls')", "a shell command or magic"), ("exec('1')", "code in a text"),
     ("pd.Timestamp.now()", "the clock"), ("np.random.normal()", "chance without a seed"), ("np.random.default_rng()", "chance without a seed"),
     ("features.sample(5)", "chance without a seed"), ("features.apply(print)", "a loop over rows"),
     ("[row for row in features.iterrows()]", "a loop over rows"), (f"x = {'1' * 90}", "a line of more than 90 characters"),
     ("x = 1  # NBVAL_IGNORE_OUTPUT", "a word that nbval obeys")],
)  # fmt: skip
def test_the_guard_names_what_no_lesson_may_hold(source: str, told: str) -> None:
    notebook = fooled("blocked")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    code[3].source = source
    assert f"cell 4: {told}" in complaints(notebook)


@pytest.mark.parametrize(
    "source",
    ["rng = np.random.default_rng(7)", "features.sample(\n    5,\n    random_state=7,\n)", "groups = [g for g in names]", "x = 'a / b'"],
)
def test_the_guard_lets_through_what_a_lesson_may_hold(source: str) -> None:
    notebook = copy.deepcopy(read(STORED[0]))
    [cell for cell in notebook.cells if cell.cell_type == "code"][3].source = source
    assert complaints(notebook) == []


@pytest.mark.parametrize("tag", ["nbval-skip", "nbval-ignore-output", "raises-exception"])
def test_the_guard_sees_a_tag_that_nbval_obeys(tag: str) -> None:
    notebook = copy.deepcopy(read(STORED[0]))
    [cell for cell in notebook.cells if cell.cell_type == "code"][3].metadata["tags"] = [tag]
    assert complaints(notebook) == ["cell 4: a word that nbval obeys"]


def test_the_guard_sees_a_stored_warning() -> None:
    notebook = copy.deepcopy(read(STORED[0]))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    code[3].outputs.append(nbformat.v4.new_output("stream", name="stderr", text="FutureWarning: soon"))
    assert complaints(notebook) == ["cell 4: a stored warning"]


def by_nbval(notebook: NotebookNode, folder: Path) -> subprocess.CompletedProcess[str]:
    """nbval, as strict as in CI, on a notebook in a checkout of its own that holds the demo shop."""
    place = folder / "notebooks" / "lessons"
    place.mkdir(parents=True)
    (folder / "data").mkdir()
    (folder / "data" / "cache").symlink_to(ROOT / "data" / "cache")
    nbformat.write(notebook, place / "lesson.ipynb")
    shutil.copy(ROOT / "notebooks" / "nbval.cfg", folder / "notebooks")  # where the options of dev.py look for it
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        f"--rootdir={folder}",
        *dev.STRICT,
        "-p",
        "no:cacheprovider",
        str(place / "lesson.ipynb"),
    ]
    return subprocess.run(command, cwd=folder, env={**os.environ, **dev.SETTLED}, capture_output=True, text=True)


def changed(outputs: list[NotebookNode]) -> bool:
    """Add one to the first digit that these outputs show as text; False when they show none."""
    for output in outputs:
        texts = output if output.output_type == "stream" else output.get("data", {})
        name = "text" if output.output_type == "stream" else "text/plain"
        if re.search("[0-9]", texts.get(name, "")):
            texts[name] = re.sub("[0-9]", lambda digit: str((int(digit[0]) + 1) % 10), texts[name], count=1)
            return True
    return False


@pytest.mark.parametrize("path", STORED if LONG else STORED[:3], ids=named)
def test_nbval_sees_a_changed_number_in_each_cell_that_shows_one(path: Path, tmp_path: Path) -> None:
    notebook = read(path)
    cells = sum(changed(cell.outputs) for cell in notebook.cells if cell.cell_type == "code")
    done = by_nbval(notebook, tmp_path)
    assert done.returncode == 1, done.stdout
    assert cells > 3
    assert f"{cells} failed" in done.stdout
