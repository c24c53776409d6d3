"""Overlap against a naive count, over made-up shops and any definitions."""

import tempfile
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkit import quality
from segkit.engine import Rules
from segkit.measure.overlap import overlap
from segkit.segments.read import condition
from segkit.settings import default_settings
from tests.canonical import store_of
from tests.measure.crowd import ASKED, PEOPLE, Crowd, crowd, inside, spent
from tests.segments.oracle import Shop, known_people, members
from tests.segments.test_against_oracle import TABLES, as_of
from tests.segments.trees import definitions, shops


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    return crowd(tmp_path_factory.mktemp("crowd"))


def asked(shop: Crowd, names: list[str]) -> Any:
    return overlap(
        shop.view.shop.store, shop.view.rules, {name: ASKED[name] for name in names}, quality.judge(shop.view.shop.store, shop.view.rules)
    )


def test_the_matrix_holds_who_is_in_both(shop: Crowd) -> None:
    found, flags = asked(shop, list(ASKED)), inside(shop.facts)
    for one in ASKED:
        for other in ASKED:
            both = (flags[one] & flags[other]).sum()
            assert found.members.loc[one, other] == both
            assert found.shares.loc[one, other] == pytest.approx(both / flags[one].sum())
        assert found.members.loc[one, one] == shop.view.count(ASKED[one])
        assert found.shares.loc[one, one] == 1


def test_the_view_asks_by_id(shop: Crowd) -> None:
    ids = ["more_than_once", "exactly_once", "active_customers"]
    found = shop.view.overlap(ids)
    pd.testing.assert_frame_equal(found.members, shop.view.matrix(ids))


def test_combinations_are_exact_and_add_up_to_everyone(shop: Crowd) -> None:
    found, flags = asked(shop, ["often", "recent", "reader"]).combinations, inside(shop.facts)[["often", "recent", "reader"]]
    assert found["members"].sum() == len(PEOPLE)
    assert found["share"].sum() == pytest.approx(1)
    assert list(found["members"]) == sorted(found["members"], reverse=True)
    for row in found.itertuples():
        exactly = (flags == [name in row.segments for name in flags]).all(axis=1)
        assert row.members == exactly.sum() > 0
        if row.status == "computed":
            assert (row.members, row.orders, row.revenue) == spent(shop.facts, exactly)
    assert (found["status"] == "computed").sum() >= 4
    for name in flags:
        assert found.loc[found["segments"].map(lambda told, name=name: name in told), "members"].sum() == flags[name].sum()


def test_a_segment_without_members_has_no_shares(shop: Crowd) -> None:
    nobody = condition({"did": "placed_order", "at_least": 99}, "x")
    view = shop.view
    found = overlap(view.shop.store, view.rules, {"nobody": nobody, "often": ASKED["often"]}, quality.judge(view.shop.store, view.rules))
    assert found.members.loc["nobody", "nobody"] == 0
    assert found.shares.loc["nobody"].isna().all()
    assert found.shares.loc["often", "nobody"] == 0


@pytest.mark.parametrize("least", [5, 12, 40])
def test_no_withheld_combination_can_be_had_by_subtraction(least: int, shop: Crowd, tmp_path: Path) -> None:
    """What is withheld of everyone or of a segment is of nobody or of enough people, or nothing of it is told at all."""
    names = list(ASKED)
    found, open_ = asked(crowd(tmp_path, smallest_group=least), names).combinations, asked(shop, names).combinations
    assert found["members"].tolist() == open_["members"].tolist()
    withheld = found["status"] != "computed"
    assert withheld.any()
    assert (found.loc[~withheld, "members"] >= least).all()
    totals = [pd.Series(True, index=found.index), *(found["segments"].map(lambda told, name=name: name in told) for name in names)]
    for total in totals:
        hidden = found.loc[total & withheld, "members"].sum()
        assert hidden == 0 or hidden >= least or not (total & ~withheld).any()
    assert set(found.loc[withheld & (found["members"] >= least), "reason"]) <= {"differs_by_too_few_profiles"}


@given(shops(), st.lists(definitions(), min_size=1, max_size=4))
@settings(max_examples=15)
def test_any_definitions_over_any_shop(made: Shop, told: list[Any]) -> None:
    conditions = {f"s{number}": condition(one, "x") for number, one in enumerate(told)}
    with tempfile.TemporaryDirectory() as folder:
        store = store_of(Path(folder), made.zone, **{name: getattr(made, name) for name in TABLES})
        rules = Rules(default_settings(), as_of(made))
        found = overlap(store, rules, conditions, quality.judge(store, rules))
        store.close()
    there = {name: members(made, one) for name, one in conditions.items()}
    everyone = {row["profile_id"] for row in known_people(made)}
    exact = {who: tuple(name for name in there if who in there[name]) for who in everyone}
    assert (
        dict(zip(found.combinations["segments"], found.combinations["members"], strict=True)) == pd.Series(exact).value_counts().to_dict()
    )
    for one, other in combinations(conditions, 2):
        assert found.members.loc[one, other] == len(there[one] & there[other])
