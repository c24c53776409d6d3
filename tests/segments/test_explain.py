"""Why one person is in a segment or not: the verdict is the engine's, and what is said to turn it does turn it."""

import json
import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.clock import AsOf
from segkit.engine import Rules
from segkit.errors import SegmentError
from segkit.segments.changes import Change
from segkit.segments.definition import Segment, SegmentSet
from segkit.segments.explain import Evidence, Explanation, Verdict, explain
from segkit.segments.read import condition
from segkit.segments.told import tell
from segkit.segments.tree import Condition
from segkit.settings import default_settings
from tests.canonical import store_of
from tests.segments.oracle import Shop, known_people, members
from tests.segments.test_against_oracle import TABLES, as_of
from tests.segments.trees import definitions, shops

WINDOWS = st.sampled_from([
    None, "last 0 days", "last 7 days", "last 90 days", "between 7 and 90 days ago", "more than 30 days ago", "since 2026-03-22",
    "before 2026-03-29", "before 2027-06-01", "from 2026-10-01 to 2026-10-25", "last 48 hours",
])  # fmt: skip
OPS = st.sampled_from(["at_least", "at_most", "more_than", "less_than", "exactly"])


def within(key: str) -> st.SearchStrategy[dict[str, str]]:
    return WINDOWS.map(lambda told: {key: told} if told else {})


COUNTED = st.builds(
    lambda metric, op, n, window: {"did": metric, op: n, **window}, st.sampled_from(["placed_order", "viewed_product"]), OPS, st.integers(0, 3), within("within")
)  # fmt: skip
LATEST = st.builds(
    lambda which, tested, window: {which: "placed_order", **({"where": {"channel": "web"}} if tested or not window else {}), **window},
    st.sampled_from(["last", "first"]), st.booleans(), within("was"),
)  # fmt: skip
EVERY = st.builds(
    lambda n, window: {"every": "placed_order", "where": {"channel": "web"}, "at_least": n, **window}, st.integers(1, 2), within("within")
)
VALUED = st.builds(
    lambda verb, op, amount, window: {verb: "placed_order", op: amount, **window}, st.sampled_from(["total_value", "average_value", "highest_value"]), OPS,
    st.sampled_from([0, 5, 24.68, 100]), within("within"),
)  # fmt: skip


def explained(shop: Shop, one: Condition, who: str, at: AsOf | None = None) -> Explanation:
    with tempfile.TemporaryDirectory() as folder:
        store = store_of(Path(folder), shop.zone, **{name: getattr(shop, name) for name in TABLES})
        found = explain(store, Rules(default_settings(), at or as_of(shop)), SegmentSet({"a": Segment("a", one)}), "a", who)
        store.close()
    return found


def verdict_on(shop: Shop, told: Any, who: str = "ann") -> Verdict:
    return next(iter(explained(shop, condition(told, "x"), who).verdicts.values()))


@given(shops(), definitions())
def test_the_verdict_is_that_of_the_segment(shop: Shop, told: Any) -> None:
    one = condition(told, "x")
    for who in {row["profile_id"] for row in known_people(shop)} & {"ann", "bob"}:
        found = explained(shop, one, who)
        assert found.is_member == (who in members(shop, one)) == found.holds(one)
        assert json.loads(json.dumps(found.as_dict()))["tree"]["holds"] == found.is_member
        for lang in ("nl", "en"):
            assert tell(found, lang).count("\n") >= 1


@given(shops(), st.one_of(COUNTED, LATEST, EVERY, VALUED))
def test_what_would_turn_it_turns_it(shop: Shop, told: Any) -> None:
    shop = replace(shop, as_of=shop.day)
    one = condition(told, "x")
    for who in sorted({row["profile_id"] for row in known_people(shop)} & {"ann", "bob"}):
        verdict = verdict_on(shop, told, who)
        turned = {change.what: check(quiet(shop), told, who, one, verdict, change) for change in verdict.changes}
        assert all(turned.values()), (turned, verdict)


def check(shop: Shop, told: Any, who: str, one: Condition, verdict: Verdict, change: Change) -> bool:
    """Whether what a change says comes true in the oracle."""

    def turned(other: Shop) -> bool:
        return (who in members(other, one)) != verdict.holds

    if change.what == "more":
        enough, fewer = (bought(shop, told, who, int(change.number or 0) - less, on=day_of(shop, told, change)) for less in (0, 1))
        at = change.day or shop.day
        return turned(later(enough, at)) and (turned(later(fewer, at)) == turned(later(shop, at)))
    if change.what in ("amount", "single"):
        more = (change.number or Decimal(0)) + beyond_the_border(told, verdict)
        return turned(later(bought(shop, told, who, 1, more, day_of(shop, told, change)), change.day or shop.day))
    if change.what == "mean":
        return change.day is not None or (verdict.found is not None and verdict.needed == verdict.found + (change.number or 0))
    if change.what == "until" and change.day:
        return not turned(later(shop, change.day)) and turned(later(shop, change.day + timedelta(days=1)))
    if change.what == "from" and change.day:
        return not turned(later(shop, change.day - timedelta(days=1))) and turned(later(shop, change.day))
    assert change.what in ("fixed", "corrected")
    futures = [later(bought(shop, told, who, n), shop.day + timedelta(days=days)) for n in (0, 1, 4) for days in (0, 1, 8, 31, 91, 1000)]
    return not any(map(turned, futures))


def beyond_the_border(told: Any, verdict: Verdict) -> Decimal:
    """A cent where reaching the amount is not enough; a cent less where only one order below it will do."""
    cent = Decimal("0.01")
    if verdict.found is None or (verdict.found == 0 and "highest_value" in told):
        return {"more_than": cent, "less_than": -cent}.get(
            next(op for op in told if op in ("more_than", "less_than", "at_least", "at_most", "exactly")), 0 * cent
        )
    return cent if "more_than" in told or "at_most" in told else 0 * cent


def quiet(shop: Shop) -> Shop:
    """The same shop in which nothing else happens after the as-of day."""
    return replace(
        shop, **{name: [row for row in getattr(shop, name) if _known(shop, row)] for name in ("orders", "site_events", "refunds")}
    )


def later(shop: Shop, day: date) -> Shop:
    """The same shop seen from another day."""
    return replace(shop, as_of=day)


def _known(shop: Shop, row: Any) -> bool:
    at = row.get("ordered_at") or row.get("occurred_at") or row.get("refunded_at")
    return at is None or shop.known(at)


def day_of(shop: Shop, told: Any, change: Change) -> date:
    """When to act: today, or on the first day of a span that is still to come."""
    span = str(told.get("within", told.get("was", ""))).startswith(("since", "from"))
    return change.day if span and change.day else shop.day


def bought(shop: Shop, told: Any, who: str, count: int, value: Decimal = Decimal(5), on: date | None = None) -> Shop:
    """The same shop in which somebody ordered on the web, or viewed something, so many times at the end of a day (the as-of day)."""
    local = datetime.combine(on or shop.day, time(23, 59, 30), ZoneInfo(shop.zone))
    at = local.astimezone(UTC).replace(tzinfo=None)
    if told.get("did") == "viewed_product":
        more = [{"profile_id": who, "event_type": "viewed_product", "occurred_at": at} for _ in range(count)]
        return replace(shop, site_events=[*shop.site_events, *more])
    order = {"profile_id": who, "ordered_at": at, "total_base": value, "counts_as_purchase": True, "channel": "web"}
    return replace(shop, orders=[*shop.orders, *({**order, "order_id": f"new{n}"} for n in range(count))])


# --- one shop, read slowly ---------------------------------------------------------------------------------------------


def ordered(*ages: int) -> list[dict[str, Any]]:
    """Orders of ann so many days before 31 October 2026, of 10, 11, 12 euro and so on."""
    noon = datetime(2026, 10, 31, 12)
    return [
        {
            "order_id": f"o{n}",
            "profile_id": "ann",
            "ordered_at": noon - timedelta(days=age),
            "total_base": 10 + n,
            "counts_as_purchase": True,
        }
        for n, age in enumerate(ages)
    ]


def small(*ages: int, **more: Any) -> Shop:
    people = [{"profile_id": "ann", "created_at": datetime(2026, 10, 1, 12)}]
    return Shop(people, ordered(*ages), [], [], [], [], "Europe/Amsterdam", date(2026, 10, 31), **more)


def test_evidence_is_newest_first_with_its_day_kind_and_value() -> None:
    verdict = verdict_on(small(*range(0, 70, 10)), {"did": "placed_order", "at_least": 3})
    assert (verdict.found, verdict.needed, verdict.more) == (7, 3, 2)
    first, second = Evidence(date(2026, 10, 31), "placed_order", Decimal(10)), Evidence(date(2026, 10, 21), "placed_order", Decimal(11))
    assert verdict.evidence[:2] == (first, second)


@pytest.mark.parametrize(
    ("told", "ages", "changes"),
    [
        ({"did": "placed_order", "at_least": 3}, (5,), [Change("more", Decimal(2))]),
        ({"did": "placed_order", "at_least": 1}, (5,), [Change("corrected")]),
        ({"total_value": "placed_order", "at_most": 5}, (5,), [Change("corrected")]),
        ({"total_value": "placed_order", "at_least": 500, "within": "before 2026-10-28"}, (5,), [Change("fixed")]),
        ({"did": "active_on_site"}, (5,), [Change("more", Decimal(1))]),
        ({"did": "placed_order", "at_least": 1, "within": "last 30 days"}, (5,), [Change("until", day=date(2026, 11, 25))]),
        ({"never": "placed_order", "within": "last 30 days"}, (5,), [Change("from", day=date(2026, 11, 26))]),
        ({"never": "placed_order", "within": "before 2026-10-01"}, (60,), [Change("corrected")]),
        ({"never": "placed_order", "within": "before 2026-10-01"}, (5,), [Change("fixed")]),
        ({"did": "placed_order", "within": "between 10 and 20 days ago"}, (), [Change("more", Decimal(1), date(2026, 11, 10))]),
        ({"last": "placed_order", "was": "between 90 and 180 days ago"}, (100,), [Change("more", Decimal(1)), Change("until", day=date(2027, 1, 19))]),
        ({"first": "placed_order", "was": "last 30 days"}, (100,), [Change("corrected")]),
        ({"total_value": "placed_order", "more_than": 50}, (1, 2), [Change("amount", Decimal(29))]),
        ({"average_value": "placed_order", "at_least": 12}, (1, 2), [Change("mean", Decimal("1.5"))]),
        ({"highest_value": "placed_order", "at_least": 100}, (1,), [Change("single", Decimal(100))]),
        ({"date": "created", "is": "last 30 days"}, (), [Change("until", day=date(2026, 10, 31))]),
        ({"date": "created", "is": "more than 90 days ago"}, (), [Change("from", day=date(2026, 12, 31))]),
        ({"can_receive": "email"}, (), []),
    ],
)  # fmt: skip
def test_what_turns_a_condition(told: Any, ages: tuple[int, ...], changes: list[Change]) -> None:
    assert list(verdict_on(small(*ages), told).changes) == changes


def test_a_refund_turns_what_only_a_refund_can_turn() -> None:
    shop, told = small(5), {"total_value": "placed_order", "at_least": 8}
    assert verdict_on(shop, told).changes == (Change("corrected"),)
    refund = {
        "refund_id": "x",
        "order_id": "o0",
        "profile_id": "ann",
        "amount": Decimal(5),
        "refunded_at": datetime(2026, 10, 30, 12),
        "linkage": "order",
    }
    assert not verdict_on(replace(shop, refunds=[refund]), told).holds


@pytest.mark.parametrize(("followed", "change"), [("followed_by", "follow"), ("not_followed_by", "from")])
def test_while_the_hours_run_what_follows_can_still_come(followed: str, change: str) -> None:
    told = {"after": "placed_order", followed: "viewed_product", "days": 14}
    assert [(one.what, one.day) for one in verdict_on(small(4, 100), told).changes if followed == "followed_by"] in (
        [],
        [(change, date(2026, 11, 10))],
    )
    assert [(one.what, one.day) for one in verdict_on(small(4), told).changes] == [(change, date(2026, 11, 10))]


@pytest.mark.parametrize(
    ("figure", "needed"),
    [("shop average order value", 11), ("2 x shop median order value", 22), ("shop 50% quantile of average value", 11)],
)
def test_a_figure_of_the_shop_is_told_as_an_amount(figure: str, needed: int) -> None:
    found = explained(small(1, 2, 3), condition({"average_value": "placed_order", "more_than": figure}, "x"), "ann")
    assert next(iter(found.verdicts.values())).needed == needed
    assert f"(€ {needed},00)" in tell(found, "nl").replace("\xa0", " ")


def lines(shop: Shop, told: Any, lang: str = "nl") -> list[str]:
    """What is told below the answer."""
    return tell(explained(shop, condition(told, "x"), "ann"), lang).replace("\xa0", " ").splitlines()[1:]


def rivals(*values: int) -> list[dict[str, Any]]:
    """An order of each of so many other people."""
    order = {"ordered_at": datetime(2026, 10, 1, 12), "counts_as_purchase": True}
    return [{**order, "order_id": f"r{n}", "profile_id": f"r{n}", "total_base": value} for n, value in enumerate(values)]


def crowd(*values: int, ages: tuple[int, ...] = (5, 60)) -> Shop:
    shop = small(*ages)
    people = [{"profile_id": f"r{n}", "created_at": datetime(2026, 1, 1)} for n in range(len(values))]
    return replace(shop, profiles=[*shop.profiles, *people], orders=[*shop.orders, *rivals(*values)])


def test_of_those_with_most_the_amount_and_that_of_the_last_one_are_told() -> None:
    assert lines(crowd(30, 20, 5), {"top": "50%", "by": "total_value", "of": "placed_order"}) == [
        "- bij de 50% hoort die in totaal het meest heeft uitgegeven → klopt",
        "  nu: € 21,00",
        "  gevonden: 26 oktober 2026 (€ 10,00); 1 september 2026 (€ 11,00)",
        "  de grens ligt op € 21,00",
    ]
    assert lines(crowd(30, 20), {"top": "30%", "by": "count", "of": "placed_order"}, "en")[1:] == [
        "  found 2 times: 26 October 2026 (€10.00); 1 September 2026 (€11.00)",
        "  the line is at 2 times",
    ]


@given(shops(), st.sampled_from(["total_value", "highest_value", "count"]), within("within"))
def test_among_those_with_most_is_who_has_what_the_last_one_has(shop: Shop, by: str, window: dict[str, str]) -> None:
    for who in sorted({row["profile_id"] for row in known_people(shop)} & {"ann", "bob"}):
        verdict = verdict_on(shop, {"top": "34%", "by": by, "of": "placed_order", **window}, who)
        assert verdict.holds == bool(verdict.found and verdict.found > 0 and verdict.needed is not None and verdict.found >= verdict.needed)


def carts(*ages: int) -> Shop:
    """Carts of ann, and an order an hour after the newest one."""
    noon = datetime(2026, 10, 31, 11)
    filled = [
        {"event_id": f"c{age}", "profile_id": "ann", "event_type": "added_to_cart", "occurred_at": noon - timedelta(days=age), "value": 40}
        for age in ages
    ]
    return replace(small(min(ages, default=1), 300), site_events=filled)


def test_of_one_event_after_another_each_first_one_is_told_with_what_came_after_it() -> None:
    told = {"after": "added_to_cart", "followed_by": "placed_order", "hours": 24, "within": "last 30 days"}
    assert lines(carts(5, 20, 100), told)[1:] == [
        "  gevonden: 26 oktober 2026 (in het mandje gelegd, € 40,00), daarna 26 oktober 2026 (bestelling, € 10,00); "
        "11 oktober 2026 (in het mandje gelegd, € 40,00), zonder vervolg",
        "  blijft kloppen tot en met 25 november 2026 als er niets gebeurt",
    ]
    assert lines(carts(100), told)[1:2] == ["  niet gevonden: in het mandje gelegd"]


def mail(kind: str, day: int, message: str | None) -> dict[str, Any]:
    at = datetime(2026, 10, day, 12)
    return {"event_id": f"{kind}{day}{message}", "profile_id": "ann", "event_type": kind, "message_id": message, "occurred_at": at}


def test_of_events_that_must_be_alike_is_told_when_they_came() -> None:
    shop = replace(small(), email_events=[mail("received", 1, "m1"), mail("received", 3, "m2"), mail("opened", 4, "m1")])
    told = {"after": "received_email", "followed_by": "opened_email", "where_next": {"same": "message"}, "days": 14}
    assert lines(shop, told)[1:] == [
        "  gevonden: 1 oktober 2026 (mail ontvangen), daarna 4 oktober 2026 (mail geopend); 3 oktober 2026 (mail ontvangen), zonder vervolg",
        "  dit verandert niet meer",
    ]


def test_an_event_that_is_not_alike_or_of_which_that_is_not_known_follows_nothing() -> None:
    received, opened = (
        [mail("received", 1, "m1"), mail("received", 1, "m2"), mail("received", 2, None)],
        [mail("opened", 3, "m2"), mail("opened", 4, None)],
    )
    told = {"after": "received_email", "followed_by": "opened_email", "where_next": {"same": "message"}, "days": 14}
    found = verdict_on(replace(small(), email_events=received + opened), told)
    assert sorted(str(one.then and one.then.day) for one in found.evidence) == ["2026-10-03", "None", "None"]


def test_of_orders_that_must_be_alike_the_one_that_followed_is_told_with_its_amount() -> None:
    shop = small(5, 20, 60)
    orders = [{**row, "channel": channel} for row, channel in zip(shop.orders, ("web", "kassa", "web"), strict=True)]
    told = {"after": "placed_order", "followed_by": "placed_order", "where_next": {"same": "channel"}, "days": 90}
    told_of = [(str(one.day), one.then and str(one.then.day)) for one in verdict_on(replace(shop, orders=orders), told).evidence]
    assert told_of == [("2026-09-01", "2026-10-26"), ("2026-10-26", None), ("2026-10-11", None)]


def test_of_orders_with_the_same_discount_code_one_without_a_code_is_like_no_other() -> None:
    shop = small(5, 20, 60, 70)
    orders = [{**row, "discount_codes": codes} for row, codes in zip(shop.orders, (["X", "Y"], [], [], ["Y"]), strict=True)]
    told = {"after": "placed_order", "followed_by": "placed_order", "where_next": {"same": "discount_code"}, "days": 90}
    verdict = verdict_on(replace(shop, orders=orders), told)
    assert {str(one.day): one.then and str(one.then.day) for one in verdict.evidence} == {
        "2026-10-26": None, "2026-10-11": None, "2026-09-01": None, "2026-08-22": "2026-10-26",
    }  # fmt: skip
    assert verdict.holds
    assert not verdict_on(replace(shop, orders=orders[:3]), told).holds


def test_it_is_told_in_words() -> None:
    told = {"all": [{"did": "placed_order", "at_least": 3}, {"not": {"did": "placed_order", "within": "last 30 days"}},
                    {"any": [{"did": "opened_email"}, {"total_value": "placed_order", "at_least": 20}]}]}  # fmt: skip
    found = explained(small(5, 60), condition(told, "x"), "ann")
    assert tell(found, "nl").replace("\xa0", " ").splitlines() == [
        "ann zit op 31 oktober 2026 niet in het segment “a”. Daarin zit iedereen die",
        "- minstens 3 keer heeft besteld → klopt niet",
        "  2 keer gevonden: 26 oktober 2026 (€ 10,00); 1 september 2026 (€ 11,00)",
        "  nog één keer, dan klopt het",
        "- in de afgelopen 30 dagen niet heeft besteld → klopt niet",
        "  één keer gevonden: 26 oktober 2026 (€ 10,00)",
        "  klopt vanaf 26 november 2026 als er niets gebeurt",
        "- klopt: voldoet aan minstens één van:",
        "  - ooit een mail heeft geopend → klopt niet",
        "    niets gevonden",
        "    nog één keer, dan klopt het",
        "  - in totaal minstens € 20 heeft uitgegeven → klopt",
        "    nu: € 21,00",
        "    gevonden: 26 oktober 2026 (€ 10,00); 1 september 2026 (€ 11,00)",
        "    verandert alleen nog door een terugbetaling of annulering",
    ]
    english = tell(found, "en").splitlines()
    assert english[:4] == [
        "ann is not in the segment “a” on 31 October 2026. It holds everyone who",
        "- ordered at least 3 times: not true",
        "  found 2 times: 26 October 2026 (€10.00); 1 September 2026 (€11.00)",
        "  once more and it is true",
    ]
    assert len(english) == len(tell(found, "nl").splitlines())


def test_a_group_is_told_as_it_came_out() -> None:
    none = {"all": [{"did": "logged_in"}, {"any": [{"did": "opened_email"}, {"did": "clicked_email"}]}]}
    assert lines(small(5), none)[3] == "- klopt niet: voldoet aan geen van:"
    assert lines(small(5), {"not": none}, "en")[0] == "- true: does not meet all of:"


def test_where_one_line_has_its_own_pronoun_each_has() -> None:
    told = {"all": [{"did": "placed_order"}, {"last": "placed_order", "where": {"channel": "web"}}]}
    found = tell(explained(small(5), condition(told, "x"), "ann"), "nl").splitlines()
    assert found[0].endswith("Daarin zit iedereen")
    assert [line for line in found if line.startswith("- ")] == [
        "- die ooit heeft besteld → klopt",
        "- van wie de laatste bestelling er een via kanaal web was → klopt niet",
    ]


def test_an_unknown_person_is_told_of() -> None:
    with pytest.raises(SegmentError, match="Nobody is called 'zoe'"):
        explained(small(), condition({"did": "placed_order"}, "x"), "zoe")
