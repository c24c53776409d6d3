"""The segments that generated shops bring along: each planted bad one is found, and nothing is said of the good ones."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from segkit_generators import make_shop
from segkit_generators.recipe import load_recipe, profile_names

import segkit
from segkit.segments.lint import LintFinding, lint

SHOPS = [name for name in profile_names() if "segments" in load_recipe(name)]
FAULTS = {
    "machine_opens": {"machine_opens"}, "everyone": {"everyone"}, "nobody": {"nobody", "never_true"}, "ages": {"static_list"},
    "same_as_another": {"same_members"},
}  # fmt: skip
CUSTOMERS = 1500


@cache
def linted(name: str, folder: Path) -> tuple[LintFinding, ...]:
    make_shop(name, CUSTOMERS, seed=11).write(folder)
    view = segkit.open(folder).at("2026-10-31")
    return tuple(lint(view.own_segments, view.rules.settings, view.shop.store, view.rules))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shops")


@pytest.mark.parametrize("name", SHOPS)
def test_each_planted_fault_is_found_and_the_good_ones_are_left_alone(name: str, folder: Path) -> None:
    found = linted(name, folder / name)
    told: dict[str, set[str]] = {}
    for one in found:
        if one.severity != "hint" and one.segments:
            told.setdefault(one.segments[0], set()).add(one.key)
    for segment, one in load_recipe(name)["segments"].items():
        expected = FAULTS.get(one.get("fault", "none"), set())
        assert bool(told.get(segment)) == bool(expected), (segment, told.get(segment))
        assert told.get(segment, set()) <= expected


def test_witnesses_are_people_of_the_shop(folder: Path) -> None:
    (machines,) = [one for one in linted("fashion", folder / "fashion") if one.key == "machine_opens"]
    assert machines.people > 100
    assert len(machines.profiles) == 3
    view = segkit.open(folder / "fashion").at("2026-10-31")
    members = set(view.members(view.own_segments["lezers"])["profile_id"])
    assert set(machines.profiles) <= members


def test_an_aged_list_tells_its_age(folder: Path) -> None:
    (aged,) = [one for one in linted("sneakers", folder / "sneakers") if one.key == "static_list"]
    assert (aged.numbers["list"], aged.numbers["days"]) == ("list_runners", 420)
    assert aged.numbers["members"] == aged.people


def test_holes_count_the_people_who_fall_through(folder: Path) -> None:
    holes = [one for one in linted("coffee", folder / "coffee") if one.key == "hole"]
    assert holes
    assert all(one.people > 0 and one.witness is None for one in holes)
