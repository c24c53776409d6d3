"""Each lesson has the form that a learner can count on: its minutes, predictions, exercises, take-aways and checked numbers."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from notebooks.building.targets import SOLUTIONS
from segkit.notebook.answers import answers_of
from segkit.notebook.check import exercises

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / SOLUTIONS).glob("*.ipynb"))
MINUTES, AROUND = range(25, 41), 6  # how long a lesson may be, and how far its own word may be off
WORDS_A_MINUTE = 100


def named(path: Path) -> str:
    return path.stem


def cells(path: Path, kind: str, tag: str | None = None) -> list[NotebookNode]:
    found = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]
    return [cell for cell in found if tag is None or tag in cell.metadata.get("tags", [])]


def text(path: Path) -> str:
    return "\n".join(cell.source for cell in cells(path, "markdown"))


def minutes(path: Path) -> float:
    """A minute for a hundred words and for each code cell, and what the exercises ask for."""
    asked = answers_of(f"lesson_{path.stem[:2]}")
    words = len(re.findall(r"\w+", text(path)))
    return words / WORDS_A_MINUTE + len(cells(path, "code")) + sum(exercises()[name].minutes for name in asked)


@pytest.mark.parametrize("path", LESSONS, ids=named)
def test_a_lesson_takes_as_long_as_it_says(path: Path) -> None:
    said = int(re.search(r"\*About (\d+) minutes", text(path))[1])
    assert said in MINUTES
    assert abs(minutes(path) - said) <= AROUND


@pytest.mark.parametrize("path", LESSONS, ids=named)
def test_a_lesson_asks_for_predictions_and_answers(path: Path) -> None:
    assert len(cells(path, "code", "prediction")) >= 2
    asked = [name for cell in cells(path, "code", "exercise") for name in re.findall(r'check\("(\w+)"', cell.source)]
    assert len(asked) >= 2
    assert asked == list(answers_of(f"lesson_{path.stem[:2]}"))
    assert sum("compare(" in cell.source for cell in cells(path, "code")) >= 2


@pytest.mark.parametrize("path", LESSONS, ids=named)
def test_a_lesson_ends_in_what_can_go_wrong_and_three_things_to_take_away(path: Path) -> None:
    told = text(path)
    assert "## What can go wrong" in told
    assert len(re.findall(r"^\d\. ", told.partition("## Take away")[2], re.MULTILINE)) == 3


@pytest.mark.parametrize("path", LESSONS, ids=named)
def test_a_lesson_names_each_new_word_in_dutch(path: Path) -> None:
    assert len(re.findall(r"\(\*[^*]+\*", text(path))) >= 3


@pytest.mark.parametrize("path", LESSONS, ids=named)
def test_numbers_of_a_lesson_are_printed_so_that_nbval_compares_them(path: Path) -> None:
    printed = ["".join(output.get("text", "") for output in cell.outputs) for cell in cells(path, "code")]
    assert sum(bool(re.search(r"\d", shown)) for shown in printed) >= 3
