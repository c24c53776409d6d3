"""Why one event did or did not follow another: those that decide are told first, and what is said to turn it does turn it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.segments.changes import Change
from segkit.segments.read import condition
from segkit.segments.told import tell
from tests.segments.oracle import Shop, known_people, members
from tests.segments.test_explain import bought, check, explained, later, lines, mail, quiet, small, verdict_on, within
from tests.segments.trees import shops

FOLLOWS = st.builds(
    lambda followed, then, days, window: {"after": "placed_order", followed: then, "days": days, **window},
    st.sampled_from(["followed_by", "not_followed_by"]), st.sampled_from(["placed_order", "viewed_product"]), st.sampled_from([1, 8]),
    within("within"),
)  # fmt: skip


@given(shops(), FOLLOWS)
def test_what_would_turn_it_turns_it(shop: Shop, told: Any) -> None:
    shop = replace(shop, as_of=shop.day)
    one = condition(told, "x")
    for who in sorted({row["profile_id"] for row in known_people(shop)} & {"ann", "bob"}):
        verdict = verdict_on(shop, told, who)
        for change in verdict.changes:
            if change.what == "again":
                assert who in members(once_more(quiet(shop), told, who, change), one), (change, verdict)
            elif change.what != "follow":
                assert check(quiet(shop), told, who, one, verdict, change), (change, verdict)


def once_more(shop: Shop, told: Any, who: str, change: Change) -> Shop:
    """The same shop in which somebody orders once more, followed at once or by nothing, seen from when that counts."""
    told_span = str(told.get("within", ""))
    start = change.day if change.day and told_span.startswith(("since", "from")) else shop.day
    if told_span.startswith("from") and start < date(2026, 10, 1):
        start = date(2026, 10, 1)
    if told_span.startswith("since") and start < date(2026, 3, 22):
        start = date(2026, 3, 22)
    first = bought(shop, {}, who, 1, on=start)
    at = first.orders[-1]["ordered_at"] + timedelta(seconds=10)
    if "followed_by" not in told:
        newest = {"between 7": 7, "more than": 31}.get(told_span[:9], 0)
        return later(first, start + timedelta(days=max(told["days"], newest)))
    order = {**first.orders[-1], "order_id": "then", "ordered_at": at}
    view = {"profile_id": who, "event_type": "viewed_product", "occurred_at": at}
    is_order = told["followed_by"] == "placed_order"
    followed = replace(first, orders=[*first.orders, order]) if is_order else replace(first, site_events=[*first.site_events, view])
    return later(followed, max(start, change.day or start))


def test_what_decides_is_told_first() -> None:
    received = [mail("received", day, f"m{day}") for day in range(1, 9)]
    shop = replace(small(), email_events=[*received, mail("opened", 2, "m1")])
    told = {"after": "received_email", "followed_by": "opened_email", "where_next": {"same": "message"}, "days": 2}
    followed = verdict_on(shop, told)
    assert (followed.holds, followed.found, followed.more) == (True, 8, 3)
    assert [(one.day.day, one.then and one.then.day.day) for one in followed.evidence[:2]] == [(1, 2), (8, None)]
    opened = [mail("opened", day + 1, f"m{day}") for day in range(2, 9)]
    alone = verdict_on(replace(shop, email_events=[*received, *opened]), {"after": "received_email", "not_followed_by": "opened_email",
                       "where_next": {"same": "message"}, "days": 2})  # fmt: skip
    assert (alone.holds, alone.evidence[0].day.day, alone.evidence[0].then) == (True, 1, None)


@pytest.mark.parametrize(
    ("told", "ages", "changes"),
    [
        ({"followed_by": "placed_order", "days": 5}, (20, 60), [Change("again")]),
        ({"followed_by": "placed_order", "days": 5}, (20, 22), [Change("corrected")]),
        ({"followed_by": "placed_order", "days": 5, "within": "last 30 days"}, (20, 22), [Change("until", day=date(2026, 11, 8))]),
        ({"followed_by": "placed_order", "days": 5, "within": "between 30 and 60 days ago"}, (20, 22), [Change("from", day=date(2026, 11, 8))]),
        ({"followed_by": "placed_order", "days": 5, "within": "before 2026-10-20"}, (20, 60), [Change("fixed")]),
        ({"not_followed_by": "placed_order", "days": 5, "within": "last 30 days"}, (20, 60), [Change("until", day=date(2026, 11, 10))]),
        ({"not_followed_by": "viewed_product", "days": 5}, (2,), [Change("from", day=date(2026, 11, 3))]),
        ({"not_followed_by": "viewed_product", "days": 5, "within": "last 3 days"}, (90,), []),
        ({"not_followed_by": "viewed_product", "days": 5}, (), [Change("again")]),
    ],
)  # fmt: skip
def test_what_turns_it_once_the_hours_are_over(told: Any, ages: tuple[int, ...], changes: list[Change]) -> None:
    assert list(verdict_on(small(*ages), {"after": "placed_order", **told}).changes) == changes


def test_it_is_said() -> None:
    shop = small(60)
    assert (
        lines(shop, {"after": "placed_order", "followed_by": "logged_in", "days": 1})[-1]
        == "  volgt er een keer met het vervolg op tijd, dan klopt het"
    )
    assert lines(shop, {"after": "placed_order", "followed_by": "logged_in", "days": 1, "within": "since 2026-12-01"})[-1].endswith(
        "dan klopt het vanaf 1 december 2026"
    )
    assert (
        lines(small(), {"after": "placed_order", "not_followed_by": "logged_in", "days": 1}, "en")[-1]
        == "  once with nothing following in time and it is true"
    )


@pytest.mark.parametrize(
    ("followed", "told"), [("followed_by", "hetzelfde product in het"), ("not_followed_by", "hetzelfde product niet in het")]
)
def test_a_product_of_the_site_is_the_same_one_and_not_one_of_the_same_name(followed: str, told: str) -> None:
    one = condition({"after": "viewed_product", followed: "added_to_cart", "where_next": {"same": "product"}, "days": 1}, "x")
    assert told in tell(explained(small(), one, "ann"), "nl")
    assert "name" not in tell(explained(small(), one, "ann"), "en")


@pytest.mark.parametrize(
    ("op", "amount", "line"),
    [
        ("at_least", 10, "gemiddeld meer dan € 0,50 lager, dan klopt het niet meer"),
        ("more_than", 10, "gemiddeld minstens € 0,50 lager, dan klopt het niet meer"),
        ("less_than", 10, "gemiddeld meer dan € 0,50 lager, dan klopt het"),
        ("at_most", 10, "gemiddeld minstens € 0,50 lager, dan klopt het"),
        ("at_most", 10.5, "gemiddeld iets hoger, dan klopt het niet meer"),
    ],
)
def test_of_a_mean_is_told_whether_the_border_itself_is_enough(op: str, amount: float, line: str) -> None:
    assert f"  {line}" in lines(small(1, 2), {"average_value": "placed_order", op: amount})
