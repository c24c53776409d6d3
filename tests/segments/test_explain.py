"""Why one person is in a segment or not: the verdict is the engine's, and what is said to flip it does flip it."""

import tempfile
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.clock import AsOf
from segkit.engine import Rules
from segkit.errors import SegmentError
from segkit.segments.definition import Segment, SegmentSet
from segkit.segments.explain import Explanation, explain
from segkit.segments.read import condition
from segkit.segments.told import tell
from segkit.segments.tree import Condition
from segkit.settings import default_settings
from tests.canonical import store_of
from tests.segments.oracle import Shop, known_people, members
from tests.segments.test_against_oracle import TABLES, as_of
from tests.segments.trees import definitions, shops

COUNTED = st.builds(
    lambda metric, verb, n, window: {"did": metric, verb: n, **window},
    st.sampled_from(["placed_order", "viewed_product"]), st.sampled_from(["at_least", "at_most", "exactly", "less_than"]), st.integers(1, 3),
    st.sampled_from([{}, {"within": "last 7 days"}, {"within": "last 90 days"}]),
)  # fmt: skip
LAST = st.sampled_from(["last 7 days", "last 90 days", "between 7 and 90 days ago", "more than 30 days ago"]).map(
    lambda told: {"last": "placed_order", "was": told}
)


def explained(shop: Shop, one: Condition, who: str, at: AsOf | None = None) -> Explanation:
    with tempfile.TemporaryDirectory() as folder:
        store = store_of(Path(folder), shop.zone, **{name: getattr(shop, name) for name in TABLES})
        found = explain(store, Rules(default_settings(), at or as_of(shop)), SegmentSet({"a": Segment("a", one)}), "a", who)
        store.close()
    return found


@given(shops(), definitions())
def test_the_verdict_is_that_of_the_segment(shop: Shop, told: Any) -> None:
    one = condition(told, "x")
    for who in {row["profile_id"] for row in known_people(shop)} & {"ann", "bob"}:
        found = explained(shop, one, who)
        assert found.is_member == (who in members(shop, one)) == found.holds(one)
        for lang in ("nl", "en"):
            assert tell(found, lang).count("\n") >= 1


@given(shops(), st.one_of(COUNTED, LAST))
def test_what_would_flip_it_flips_it(shop: Shop, told: Any) -> None:
    shop = replace(shop, as_of=shop.day)
    one = condition(told, "x")
    for who in {row["profile_id"] for row in known_people(shop)} & {"ann", "bob"}:
        verdict = next(iter(explained(shop, one, who).verdicts.values()))
        for change in verdict.changes:
            if change.what == "more":
                enough, fewer = (with_events(shop, told, who, int(change.number or 0) - less) for less in (0, 1))
                assert who in members(enough, one)
                assert who not in members(fewer, one)
            if change.what == "until" and change.day is not None:
                assert who in members(later(shop, change.day), one)
                assert who not in members(later(shop, change.day + timedelta(days=1)), one)
            if (
                change.what == "from"
                and change.day is not None
                and "less_than" not in told
                and "at_most" not in told
                and "exactly" not in told
            ):
                assert who not in members(later(shop, change.day - timedelta(days=1)), one)
                assert who in members(later(shop, change.day), one)


def later(shop: Shop, day: date) -> Shop:
    """The same shop seen from another day, in which nothing else happens."""
    known = {name: [row for row in getattr(shop, name) if _known(shop, row)] for name in ("orders", "site_events")}
    return replace(shop, as_of=day, **known)


def _known(shop: Shop, row: Any) -> bool:
    return shop.known(row.get("ordered_at") or row.get("occurred_at"))


def with_events(shop: Shop, told: Any, who: str, count: int) -> Shop:
    noon = datetime.combine(shop.day - timedelta(days=1), time(12))
    if told.get("did") == "viewed_product":
        more = [{"profile_id": who, "event_type": "viewed_product", "occurred_at": noon} for _ in range(count)]
        return replace(shop, site_events=[*shop.site_events, *more])
    orders = [
        {"order_id": f"n{n}", "profile_id": who, "ordered_at": noon, "total_base": 5, "counts_as_purchase": True} for n in range(count)
    ]
    return replace(shop, orders=[*shop.orders, *orders])


def test_evidence_is_the_newest_first_with_its_day_and_value() -> None:
    orders = [{"order_id": f"o{n}", "profile_id": "ann", "ordered_at": datetime(2026, 10, 31, 12) - timedelta(days=10 * n), "total_base": 10 + n,
               "counts_as_purchase": True} for n in range(7)]  # fmt: skip
    shop = Shop([{"profile_id": "ann", "created_at": None}], orders, [], [], [], [], "Europe/Amsterdam", date(2026, 10, 31))
    verdict = next(iter(explained(shop, condition({"did": "placed_order", "at_least": 3}, "x"), "ann").verdicts.values()))
    assert (verdict.found, verdict.more) == (7, 2)
    assert verdict.evidence[:2] == ((date(2026, 10, 31), 10.0), (date(2026, 10, 21), 11.0))


def test_an_unknown_person_is_told_of() -> None:
    shop = Shop([{"profile_id": "ann", "created_at": None}], [], [], [], [], [], "UTC", date(2026, 10, 31))
    with pytest.raises(SegmentError, match="Nobody is called 'zoe'"):
        explained(shop, condition({"did": "placed_order"}, "x"), "zoe")
