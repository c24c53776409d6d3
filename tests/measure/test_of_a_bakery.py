"""The comparisons of a generated bakery against pandas over its own tables."""

from types import SimpleNamespace

import pandas as pd
import pytest
from segkit_generators import make_shop

import segkit
from tests.generators.conftest import frame_of

PERSONAS = ["high_rollers", "brand_lovers", "potential_high_rollers", "almost_there", "dead_weight"]


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    folder = tmp_path_factory.mktemp("bakery")
    shop = make_shop("bakery", customers=600, seed=3, until="2026-10-31")
    shop.write(folder)
    tables = SimpleNamespace(**{name: frame_of(table) for name, table in shop.tables.items()})
    orders = tables.orders[tables.orders["counts_as_purchase"] & tables.orders["profile_id"].notna()]
    linked = tables.refunds[tables.refunds["linkage"] != "unlinked"].groupby("order_id")["amount"].sum()
    bought = orders.assign(value=orders["total_base"] - orders["order_id"].map(linked).fillna(0))
    return SimpleNamespace(view=segkit.open(folder).at("2026-10-31"), tables=tables, bought=bought)


@pytest.mark.parametrize("segment", PERSONAS)
def test_the_last_row_of_the_waterfall_is_the_segment(bakery: SimpleNamespace, segment: str) -> None:
    last = bakery.view.waterfall(segment).iloc[-1]
    members = set(bakery.view.members(segment)["profile_id"])
    mine = bakery.bought[bakery.bought["profile_id"].isin(members)]
    assert last["members"] == len(members)
    if last["status"] == "computed":
        assert (last["orders"], last["revenue"]) == (len(mine), pytest.approx(mine["value"].sum(), abs=0.01))


def test_favourites_are_those_of_the_lines(bakery: SimpleNamespace) -> None:
    members = set(bakery.view.members("more_than_once")["profile_id"])
    lines = bakery.tables.order_items.merge(bakery.bought[["order_id", "profile_id"]], on="order_id")
    lines = lines[~lines["line_type"].isin(["shipping", "fee", "discount", "adjustment"])]
    mine = lines[lines["profile_id"].isin(members)].groupby("category")["profile_id"].nunique()
    found = bakery.view.favourites("more_than_once", "category").set_index("value")
    assert found["buyers"].to_dict() == mine[mine >= 10].to_dict()
    assert (found["n"] == lines.loc[lines["profile_id"].isin(members), "profile_id"].nunique()).all()


def test_overlap_of_personas_is_that_of_their_members(bakery: SimpleNamespace) -> None:
    found = bakery.view.overlap(PERSONAS)
    there = {name: set(bakery.view.members(name)["profile_id"]) for name in PERSONAS}
    assert {name: found.members.loc[name, name] for name in PERSONAS} == {name: len(who) for name, who in there.items()}
    sets = pd.Series({who: tuple(name for name in PERSONAS if who in there[name]) for who in bakery.view.features()["profile_id"]})
    assert dict(zip(found.combinations["segments"], found.combinations["members"], strict=True)) == sets.value_counts().to_dict()


def test_every_segment_of_the_library_is_ranked_or_has_a_reason(bakery: SimpleNamespace) -> None:
    found = bakery.view.rank().set_index("segment")
    assert set(found.index) == set(bakery.view.segments.segments)
    told = found[found["status"] == "computed"]
    assert len(told) > 10  # of a small shop many differ by too few people from another
    assert (told["recipients"] <= told["members"]).all()
    assert found.loc[found["status"] != "computed", "reason"].notna().all()
    counted = bakery.view.count_all().set_index("segment")["members"]
    assert (told["members"] == counted[told.index]).all()


def test_adding_what_is_advised_leaves_less_to_add(bakery: SimpleNamespace) -> None:
    first = bakery.view.add_next([], PERSONAS).iloc[0]
    second = bakery.view.add_next([first["segment"]], PERSONAS).iloc[0]
    assert first["revenue"] >= second["revenue"] > 0
    assert second["segment"] != first["segment"]


def test_recent_buyers_move_with_the_threshold(bakery: SimpleNamespace) -> None:
    found = bakery.view.sensitivity("high_rollers", "purchase_recent_days", range(100, 151, 25)).set_index("value")
    assert list(found.index) == [100, 120, 125, 150]
    assert found.loc[120, "members"] == bakery.view.count("high_rollers")
    assert found["members"].is_monotonic_increasing
