"""Segments by what a recipient brings, against a count by hand and a textbook interval."""

from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

from segkit import quality
from segkit.errors import SegmentError
from segkit.measure.intervals import mean_interval
from segkit.measure.rank import add_next, rank
from tests.measure.crowd import ASKED, Crowd, crowd, inside


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    return crowd(tmp_path_factory.mktemp("crowd"))


def ranked(shop: Crowd, chosen: tuple[str, ...] | None = None) -> pd.DataFrame:
    view = shop.view
    judged = quality.judge(view.shop.store, view.rules)
    return (
        rank(view.shop.store, view.rules, ASKED, judged) if chosen is None else add_next(view.shop.store, view.rules, ASKED, chosen, judged)
    )


def check(row: pd.Series, shop: Crowd, group: pd.Series) -> None:
    mailable = shop.facts["subscribed"] & ~shop.facts["suppressed"]
    spent = shop.facts.loc[group & mailable, "revenue_365d"]
    peer = stats.t.interval(0.95, len(spent) - 1, spent.mean(), stats.sem(spent))
    assert (row["members"], row["recipients"]) == (group.sum(), len(spent))
    assert row["revenue"] == pytest.approx(spent.sum())
    assert (row["per_recipient"], row["low"], row["high"]) == pytest.approx((spent.mean(), *peer))


def test_each_segment_equals_a_count_by_hand_the_best_first(shop: Crowd) -> None:
    found = ranked(shop)
    for name, row in found.set_index("segment").iterrows():
        check(row, shop, inside(shop.facts)[name])
    assert list(found["per_recipient"]) == sorted(found["per_recipient"], reverse=True)
    assert set(found["segment"]) == set(ASKED)


@pytest.mark.parametrize("chosen", [(), ("often",), ("often", "reader")])
def test_add_next_counts_only_who_is_in_no_chosen_segment(shop: Crowd, chosen: tuple[str, ...]) -> None:
    found, flags = ranked(shop, chosen), inside(shop.facts)
    assert set(found["segment"]) == set(ASKED) - set(chosen)
    new = ~flags[list(chosen)].any(axis=1)
    for name, row in found.set_index("segment").iterrows():
        if row["status"] == "computed":
            check(row, shop, flags[name] & new)
        assert row["members"] == (flags[name] & new).sum()
    assert list(found["revenue"].dropna()) == sorted(found["revenue"].dropna(), reverse=True)


def test_the_largest_addition_is_advised_not_the_best_recipient(shop: Crowd) -> None:
    found = ranked(shop, ())
    assert found["revenue"].iloc[0] == found["revenue"].max()
    assert found["segment"].iloc[0] != ranked(shop)["segment"].iloc[0]


def test_adding_a_part_of_what_is_chosen_adds_nobody(shop: Crowd) -> None:
    found = shop.view.add_next(["not_yet", "exactly_once", "more_than_once"]).query("status == 'computed'")
    assert len(found)
    assert set(found["members"]) == {0}
    assert set(found["revenue"]) == {0.0}
    assert found["per_recipient"].isna().all()


def test_of_small_segments_the_size_is_told_and_no_more(tmp_path: Path) -> None:
    found = ranked(crowd(tmp_path, smallest_group=25)).set_index("segment")
    few = found[found["status"] != "computed"]
    assert set(few["reason"]) <= {"too_few_profiles", "differs_by_too_few_profiles"}
    assert few[["revenue", "per_recipient", "low", "high"]].isna().all(axis=None)
    assert few["members"].notna().all()
    assert few["recipients"].notna().tolist() == (few["members"] >= 25).tolist()
    assert (few["members"] < 25).any()
    assert list(found["status"])[-len(few) :] == ["not_computable"] * len(few)


@pytest.mark.parametrize(("table", "reason"), [("consents", "no_consents"), ("orders", "no_orders")])
def test_what_was_not_delivered_is_a_reason_and_no_zero(table: str, reason: str, tmp_path: Path) -> None:
    found = ranked(crowd(tmp_path, without=(table,)))
    assert found["members"].isna().all()
    assert set(found["reason"]) == {reason}


def test_one_segment_that_cannot_be_told_does_not_stop_the_others(tmp_path: Path) -> None:
    shop = crowd(tmp_path, without=("email_events",))
    found = ranked(shop).set_index("segment")
    assert found["reason"].dropna().to_dict() == {"reader": "no_email_events"}
    assert found.index[-1] == "reader"
    with pytest.raises(SegmentError, match="reader"):
        ranked(shop, ("reader",))


def test_the_interval_of_a_mean_is_students() -> None:
    values = [0.0, 0, 12.5, 99, 3, 41]
    peer = stats.t.interval(0.9, len(values) - 1, sum(values) / len(values), stats.sem(values))
    assert mean_interval(len(values), sum(values), sum(one * one for one in values), 0.9) == pytest.approx(peer)
