"""Favourites against a count by hand, and what a small group may not tell."""

from pathlib import Path

import pandas as pd
import pytest

from segkit.errors import SegmentError
from segkit.measure.favourites import over_indexed
from segkit.measure.intervals import newcombe
from segkit.segments import ask
from tests.measure.crowd import ASKED, PEOPLE, Crowd, crowd, inside, purchases_of

COLUMNS = {"product": "title", "category": "category", "brand": "brand"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    return crowd(tmp_path_factory.mktemp("crowd"))


def by_hand(shop: Crowd, members: set[str], kind: str) -> dict[str, tuple[int, int, int, int]]:
    """value -> buyers and all buyers inside, buyers and all buyers outside."""
    bought = {
        name: {
            line[COLUMNS[kind]]
            for order in purchases_of(shop.rows, name)
            for line in shop.rows["order_items"]
            if line["order_id"] == order["order_id"] and line["line_type"] != "shipping" and line[COLUMNS[kind]]
        }
        for name in PEOPLE
    }
    n, rest_n = (sum(bool(bought[name]) for name in group) for group in (members, set(PEOPLE) - members))
    values = sorted(set().union(*bought.values()))
    return {
        value: (sum(value in bought[p] for p in members), n, sum(value in bought[p] for p in set(PEOPLE) - members), rest_n)
        for value in values
    }


@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("segment", ["recent", "reader"])
def test_favourites_equal_a_count_by_hand(shop: Crowd, segment: str, kind: str) -> None:
    found = shop.view.favourites(ASKED[segment], kind)
    members = set(inside(shop.facts).query(segment).index)
    expected = by_hand(shop, members, kind)
    assert {row.value: (row.buyers, row.n, row.rest_buyers, row.rest_n) for row in found.itertuples()} == expected
    assert list(found["buyers"]) == sorted(found["buyers"], reverse=True)
    for row in found.itertuples():
        assert row.difference == pytest.approx(row.buyers / row.n - row.rest_buyers / row.rest_n)
        assert row.ratio == pytest.approx((row.buyers / row.n) / (row.rest_buyers / row.rest_n))
        assert (row.low, row.high) == pytest.approx(newcombe(row.buyers, row.n, row.rest_buyers, row.rest_n, 0.95))


def test_the_buyers_of_a_product_are_those_that_a_segment_of_it_holds(shop: Crowd) -> None:
    for row in shop.view.favourites(ASKED["often"]).itertuples():
        assert row.buyers == shop.view.count(ASKED["often"] & ask.did("placed_order", item={"product": row.value}))


def test_what_fewer_members_than_the_smallest_group_bought_is_not_told(shop: Crowd, tmp_path: Path) -> None:
    all_told = shop.view.favourites(ASKED["recent"])
    least = int(all_told["buyers"].median()) + 1
    told = crowd(tmp_path, smallest_group=least).view.favourites(ASKED["recent"])
    assert set(told["value"]) == set(all_told.loc[all_told["buyers"] >= least, "value"])
    assert len(told) < len(all_told)


def test_a_rest_of_too_few_buyers_is_not_compared_with(tmp_path: Path) -> None:
    found = crowd(tmp_path, smallest_group=20).view.favourites(ask.did("placed_order"))
    assert len(found)
    assert (found["rest_n"] == 0).all()
    assert found[["rest_share", "ratio", "difference", "low", "high"]].isna().all(axis=None)


def test_over_indexed_is_surely_more_and_never_bought_by_the_rest_comes_first() -> None:
    found = pd.DataFrame({
        "value": ["more", "maybe", "less", "only", "most"], "ratio": [1.5, 1.2, 0.5, None, 3.0], "difference": [0.2, 0.1, -0.2, 0.1, 0.1],
        "low": [0.1, -0.1, -0.3, 0.05, 0.02],
    })  # fmt: skip
    assert list(over_indexed(found)["value"]) == ["only", "most", "more"]


def test_over_indexed_of_a_shop(tmp_path: Path) -> None:
    """Those who once bought a mug all bought one; of the others nobody did."""
    view = crowd(tmp_path).view
    first = view.over_indexed(ask.did("placed_order", item={"product": "Mok"})).iloc[0]
    assert (first["value"], first["share"] == 1, pd.isna(first["ratio"])) == ("Mok", True, True)


def test_without_order_lines_there_is_a_reason_and_no_zero(tmp_path: Path) -> None:
    with pytest.raises(SegmentError, match="The delivery holds no order lines"):
        crowd(tmp_path, without=("order_items",)).view.favourites(ASKED["recent"])


def test_an_unknown_kind_is_told(shop: Crowd) -> None:
    with pytest.raises(SegmentError, match="colour"):
        shop.view.favourites(ASKED["recent"], "colour")
