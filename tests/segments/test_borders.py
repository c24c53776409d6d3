"""Every border of every window, to the microsecond: in the shop's zone, on days of 23 and 25 hours, and by instants."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from segkit.segments.read import condition
from tests.segments.oracle import Shop, members
from tests.segments.test_against_oracle import asked

ZONES_AND_DAYS = [
    ("Europe/Amsterdam", date(2026, 3, 29)), ("Europe/Amsterdam", date(2026, 10, 25)), ("America/New_York", date(2026, 11, 1)),
    ("Pacific/Auckland", date(2024, 2, 29)), ("UTC", date(2025, 12, 31)),
    ("Atlantic/Azores", date(2026, 10, 25)), ("Asia/Beirut", date(2026, 3, 29)),  # midnight comes twice, or not at all
    ("Australia/Lord_Howe", date(2026, 4, 5)),  # half an hour
]  # fmt: skip
EDGES = (0, 1, 7, 30, 90)
WINDOWS = [
    "ever", *(f"last {days} days" for days in EDGES), *(f"more than {days} days ago" for days in EDGES),
    *(f"between {one} and {other} days ago" for one in EDGES for other in EDGES if one <= other), "last 1 hours", "last 24 hours", "last 2 weeks",
    *(f"{word} {day}" for word in ("since", "before") for day in ("2026-03-29", "2026-10-25", "2026-11-01", "2024-02-29", "2025-12-31")),
    "from 2026-10-24 to 2026-10-25", "from 2024-02-29 to 2024-02-29",
]  # fmt: skip
METRICS = {"placed_order": "orders", "opened_email": "email_events", "viewed_product": "site_events", "gave_feedback": "feedback"}
LITTLE = timedelta(microseconds=1)


def moments(shop: Shop) -> Iterator[datetime]:
    """The first and last instant of every local day at a border, an hour before each, and the as-of moment itself."""
    for edge in EDGES:
        for age in (edge - 1, edge, edge + 1):
            midnight = shop.midnight(shop.day - timedelta(days=age))
            yield from (midnight, midnight - LITTLE, midnight - timedelta(hours=1))
    for hours in (0, 1, 24):
        yield from (shop.now - timedelta(hours=hours) + step for step in (-LITTLE, timedelta(0), LITTLE))


def one_event_each(zone: str, as_of: Any, metric: str) -> Shop:
    """A shop in which every person did one thing once, each at another instant."""
    shop = Shop([], [], [], [], [], [], zone, as_of)
    rows = []
    for place, at in enumerate(sorted(set(moments(shop)))):
        who = f"p{place}"
        shop.profiles.append({"profile_id": who, "created_at": None})
        rows.append({
            "profile_id": who, "occurred_at": at, "ordered_at": at, "order_id": who, "total_base": 10, "counts_as_purchase": True,
            "event_type": {"opened_email": "opened"}.get(metric, metric), "is_machine_open": False, "score": 8.0,
        })  # fmt: skip
    setattr(shop, METRICS[metric], rows)
    return shop


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("by_moment", [False, True])
@pytest.mark.parametrize(("zone", "day"), ZONES_AND_DAYS)
def test_every_border_falls_where_the_rule_says(zone: str, day: date, by_moment: bool, metric: str) -> None:
    shop = one_event_each(zone, datetime(day.year, day.month, day.day, 13, 30) if by_moment else day, metric)
    told = {f"w{place}": {"did": metric, "within": window} for place, window in enumerate(WINDOWS)}
    told |= {f"l{place}": {"last": metric, "was": window} for place, window in enumerate(WINDOWS) if window != "ever"}
    conditions = {name: condition(data, name) for name, data in told.items()}
    expected = {name: members(shop, one) for name, one in conditions.items()}
    assert asked(shop, conditions) == expected
    assert len({frozenset(found) for found in expected.values()}) > len(EDGES)  # the windows do differ


@pytest.mark.parametrize("by_moment", [False, True])
def test_a_profile_date_has_the_same_borders(by_moment: bool) -> None:
    for zone, day in ZONES_AND_DAYS:
        shop = Shop([], [], [], [], [], [], zone, datetime(day.year, day.month, day.day, 13, 30) if by_moment else day)
        shop.profiles += [{"profile_id": f"p{place}", "created_at": at} for place, at in enumerate(sorted(set(moments(shop))))]
        windows = [*WINDOWS, "next 0 days", "next 1 days", "next 7 days"]
        conditions = {f"w{place}": condition({"date": "created", "is": window}, "w") for place, window in enumerate(windows)}
        assert asked(shop, conditions) == {name: members(shop, one) for name, one in conditions.items()}


@pytest.mark.parametrize("hours", [1, 24, 48])
@pytest.mark.parametrize("waited", [-LITTLE, timedelta(0), LITTLE])
def test_what_follows_must_come_in_time_and_only_then_is_missed(hours: int, waited: timedelta) -> None:
    start = datetime(2026, 10, 24, 12)
    span = timedelta(hours=hours)
    shop = Shop([], [], [], [], [], [], "Europe/Amsterdam", start + span + waited)
    gaps = [None, -LITTLE, timedelta(0), LITTLE, span - LITTLE, span, span + LITTLE]
    for place, gap in enumerate(gaps):
        who = f"p{place}"
        shop.profiles.append({"profile_id": who, "created_at": None})
        shop.site_events.append({"profile_id": who, "event_type": "added_to_cart", "occurred_at": start})
        if gap is not None:
            shop.orders.append({"order_id": who, "profile_id": who, "ordered_at": start + gap, "total_base": 5, "counts_as_purchase": True})
    told = {word: {"after": "added_to_cart", word: "placed_order", "hours": hours} for word in ("followed_by", "not_followed_by")}
    conditions = {name: condition(data, name) for name, data in told.items()}
    assert asked(shop, conditions) == {name: members(shop, one) for name, one in conditions.items()}
