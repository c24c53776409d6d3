"""docs/coverage.yaml knows every fact of the source articles, and each place it names exists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.rules.house import ROOT

FACTS = {"A": 20, "B": 16, "C": 23, "D": 25, "E": 13}  # article -> how many facts it holds
IDS = {f"{article}{number:02d}" for article, count in FACTS.items() for number in range(1, count + 1)}
LATER = "later"


def faults(coverage: dict[str, Any], root: Path) -> list[str]:
    """What is wrong: ids too few or too many, entries of another form, places that are not there."""
    known = [f"{fact}: is not listed" for fact in sorted(IDS - set(coverage))]
    unknown = [f"{fact}: is no fact" for fact in sorted(set(coverage) - IDS)]
    return known + unknown + [f"{fact}: {fault}" for fact, entry in coverage.items() for fault in _of(entry, root)]


def _of(entry: Any, root: Path) -> list[str]:
    if entry == LATER:
        return []
    if not isinstance(entry, dict) or not set(entry) <= {"where", LATER} or not _is_list_of_places(entry.get("where")):
        return ["is neither `later` nor {where: [places], later: what is missing}"]
    return [f"{place} is not there" for place in entry["where"] if not stands(place, root)]


def _is_list_of_places(where: Any) -> bool:
    return isinstance(where, list) and bool(where) and all(isinstance(place, str) for place in where)


def stands(place: str, root: Path) -> bool:
    """Whether the file is there and holds the text after the double colon."""
    path, _, text = place.partition("::")
    file = root / path
    return file.is_file() and text in file.read_text(encoding="utf-8")


def test_every_fact_is_answered_somewhere_or_later():
    coverage = YAML(typ="safe").load((ROOT / "docs" / "coverage.yaml").read_text(encoding="utf-8"))
    assert faults(coverage, ROOT) == []


@pytest.fixture
def house(tmp_path) -> Path:
    (tmp_path / "rooms.py").write_text("def census(): ...\n")
    return tmp_path


@pytest.mark.parametrize(
    ("fact", "entry", "fault"),
    [
        ("C01", {"where": ["cellar.py"]}, "cellar.py is not there"),
        ("C01", {"where": ["rooms.py::def tally"]}, "rooms.py::def tally is not there"),
        ("C01", {"where": []}, "neither"),
        ("C01", {"where": "rooms.py"}, "neither"),
        ("C01", "soon", "neither"),
        ("C01", None, "neither"),
        ("C01", {"were": ["rooms.py"]}, "neither"),
        ("C24", "later", "is no fact"),
    ],
)
def test_a_wrong_entry_is_found(house, fact, entry, fault):
    found = faults({**dict.fromkeys(IDS, "later"), fact: entry}, house)
    assert len(found) == 1
    assert found[0].startswith(fact)
    assert fault in found[0]


def test_a_forgotten_fact_is_found(house):
    coverage = dict.fromkeys(IDS - {"E13"}, "later")
    assert faults(coverage, house) == ["E13: is not listed"]


def test_a_place_that_stands_passes(house):
    entry = {"where": ["rooms.py", "rooms.py::def census"], "later": "the picture"}
    assert faults({**dict.fromkeys(IDS, "later"), "C01": entry}, house) == []
