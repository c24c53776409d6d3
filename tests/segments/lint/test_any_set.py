"""Any set at all: nothing crashes, and no person is thought impossible who can be; the evaluator agrees with SQL."""

from __future__ import annotations

import tempfile
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segkit.clock import AsOf
from segkit.engine import Rules
from segkit.segments import tree, words
from segkit.segments.definition import Segment, SegmentSet
from segkit.segments.evaluate import with_flags
from segkit.segments.lint import lint
from segkit.segments.lint.life import A_DAY, Happening, Life, Row, holds, question
from segkit.segments.lint.normal import normal
from segkit.segments.lint.streams import Stream, streams
from segkit.segments.tree import Condition, all_of, any_of, leaves
from segkit.segments.window import EVER, Window
from tests.canonical import store_of
from tests.segments.lint.sets import SETTINGS

DAY = date(2026, 7, 1)
LONG_AGO = 900 * A_DAY
WINDOWS = st.sampled_from(
    [EVER, Window(0, 30), Window(0, 90), Window(90, 180), Window(91), Window(hours=48), Window(start=date(2026, 3, 1)), Window(end_before=date(2026, 3, 1))]
)  # fmt: skip
HUMAN = (tree.Test("apple_privacy_open", "is", False),)
OPS = st.sampled_from(tree.COMPARISONS)


def counts(metrics: tuple[str, ...], where: tree.Tests = (), most: int = 3) -> st.SearchStrategy[Condition]:
    return st.builds(tree.Event, st.just(metrics), OPS, st.integers(0, most), st.just(tree.COUNT), st.just(where), window=WINDOWS)


ORDERS = st.one_of(
    counts(("placed_order",)),
    st.builds(tree.Latest, st.sampled_from(["first", "last"]), st.just(("placed_order",)), window=WINDOWS),
    st.builds(tree.Event, st.just(("placed_order",)), OPS, st.sampled_from([Decimal("10.5"), 100]), st.just(tree.MEAN), window=st.just(EVER)),
)  # fmt: skip
MAILS = st.one_of(counts(("opened_email",)), counts(("opened_email",), HUMAN), counts(("clicked_email", "opened_email"), HUMAN))
SITE = st.one_of(counts(("viewed_product",), most=1), counts(("active_on_site",), most=1))
FEEDBACK = st.builds(
    lambda op, value: tree.Latest("last", ("gave_feedback",), (tree.Test("score_10", op, value),)), OPS, st.sampled_from([5, 8])
)
PEOPLE = st.sampled_from(
    [
        tree.Profile(tree.Test("gender", "is", "f")), tree.Profile(tree.Test("gender", "is_not", "f")), tree.Profile(tree.Test("birth_year", "at_least", 1990)),
        tree.Profile(tree.Test("country", "in", ("BE", "NL"))), tree.InRegion("benelux"), tree.CanReceive("email"),
        tree.ConsentIs("email", "unsubscribed"), tree.InList("Nieuwsbrief"), tree.ProfileDate("created", Window(0, 30)),
    ]
)  # fmt: skip
ODD = st.sampled_from(
    [
        tree.Top(Decimal("0.1"), tree.SUM, ("placed_order",)), tree.Score("churn_90d", tree.MORE_THAN, Decimal("0.66")),
        tree.Follow("added_to_cart", "placed_order", 24, False, window=Window(0, 14)),
        tree.Every(("placed_order",), 2, item=(tree.Test("brand", "is", "Nike"),)),
        tree.Event(("placed_order",), item=(tree.Test("brand", "is", "Nike"), tree.Test("category", "is", "Schoenen"))),
        tree.Event(("placed_order",), tree.MORE_THAN, tree.Shop("order_value_mean", Decimal("1.5")), tree.SUM),
        tree.ProfileDate("birthday", Window(-7, 0)), tree.Near(Decimal(52), Decimal(5), Decimal(10)),
    ]
)  # fmt: skip
ANYTHING = st.one_of(ORDERS, MAILS, SITE, FEEDBACK, PEOPLE, ODD)


def trees(leaf: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    def grown(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
        several = st.lists(inner, min_size=2, max_size=3)
        return st.one_of(several.map(lambda parts: all_of(*parts)), several.map(lambda parts: any_of(*parts)), inner.map(lambda one: ~one))

    return st.recursive(leaf, grown, max_leaves=5)


@given(
    st.lists(trees(ANYTHING), min_size=1, max_size=4),
    st.lists(st.sampled_from(["win_back", "remove", "keep", None]), min_size=4, max_size=4),
)
def test_no_set_is_too_much(conditions: list[Condition], goals: list[str | None]) -> None:
    segments = SegmentSet({f"ab_{place}": Segment(f"ab_{place}", one, goal=goals[place]) for place, one in enumerate(conditions)})
    for finding in lint(segments, SETTINGS):
        assert finding.as_dict()["key"] == finding.key


# --- every person that can be is a state --------------------------------------------------------------------------------

MOMENTS = st.sampled_from([0, 1, 29, 30, 31, 47, 89, 90, 91, 122, 123, 124, 180, 181, 400]).map(lambda days: days * A_DAY + A_DAY // 3)


@st.composite
def orders_of_somebody(draw: st.DrawFn) -> Life:
    row, worth = Row("purchases", ""), draw(st.sampled_from([5, 10, 50, 100, 150]))
    told = sorted(draw(st.lists(MOMENTS, max_size=5)), reverse=True)
    return Life(tuple(Happening(ago - place, row, (("amount", worth),)) for place, ago in enumerate(told)))


@st.composite
def mails_of_somebody(draw: st.DrawFn) -> Life:
    rows = [Row("email_events", kind, (("apple_privacy_open", flag),)) for kind in ("opened", "clicked") for flag in (True, False, None)]
    told = sorted(draw(st.lists(st.tuples(MOMENTS, st.integers(0, 5)), max_size=5)), reverse=True)
    return Life(tuple(Happening(ago - place, rows[which]) for place, (ago, which) in enumerate(told)))


def _has_a_state(stream: Stream, life: Life) -> bool:
    return tuple(holds(leaf, life) for leaf in stream.leaves) in {state.truths for state in stream.states}


@given(st.lists(ORDERS, min_size=1, max_size=5), orders_of_somebody())
def test_whatever_somebody_ordered_is_a_state(conditions: list[Condition], life: Life) -> None:
    for stream in streams(normal(one, DAY) for one in conditions):
        assert not stream.is_complete or _has_a_state(stream, life)


@given(st.lists(MAILS, min_size=1, max_size=4), mails_of_somebody())
def test_whatever_somebody_read_is_a_state(conditions: list[Condition], life: Life) -> None:
    for stream in streams(normal(one, DAY) for one in conditions):
        assert not stream.is_complete or _has_a_state(stream, life)


# --- the evaluator and SQL ------------------------------------------------------------------------------------------------


@settings(max_examples=20)  # a store is written each time
@given(st.lists(st.one_of(ORDERS, MAILS, SITE, FEEDBACK), min_size=1, max_size=6))
def test_made_up_people_written_to_a_store_are_judged_the_same_by_sql(conditions: list[Condition]) -> None:
    told = [normal(one, DAY) for one in conditions]
    asked = list(dict.fromkeys(leaf for one in told for leaf in leaves(one)))
    lives = [state.example for stream in streams(told) for state in stream.states]
    frame = _ask_sql(asked, lives)
    for place, life in enumerate(lives):
        row = frame.loc[f"p{place:04}"]
        assert [bool(row[f"leaf_{number}"]) for number in range(len(asked))] == [question(leaf)(life) for leaf in asked]


def test_other_conditions_are_judged_the_same_by_sql() -> None:
    nike = (tree.Test("brand", "is", "Nike"),)
    asked: list[Condition] = [
        tree.Every(("placed_order",), 2, item=nike), tree.Event(("placed_order",), item=(*nike, tree.Test("category", "is", "Schoenen"))),
        tree.Follow("added_to_cart", "placed_order", 24, False, window=Window(0, 14)), tree.Follow("added_to_cart", "placed_order", 24),
        tree.Profile(tree.Test("gender", "is_not", "f")), tree.Profile(tree.Test("birth_year", "at_least", 1990)),
        tree.CanReceive("email"), tree.ConsentIs("email", "unsubscribed"), tree.InList("Nieuwsbrief", Window(0, 30)),
        tree.ProfileDate("created", Window(31)),
    ]  # fmt: skip
    lives = [state.example for stream in streams(asked) for state in stream.states]
    frame = _ask_sql(asked, lives)
    for place, life in enumerate(lives):
        if f"p{place:04}" in frame.index:
            told = [bool(frame.loc[f"p{place:04}"][f"leaf_{number}"]) for number in range(len(asked))]
            known = Life(life.events, {("date", "created"): LONG_AGO, **life.facts})
            assert told == [question(leaf)(known) for leaf in asked], life


def _ask_sql(asked: list[Condition], lives: list[Life]):
    rules = Rules(SETTINGS, AsOf(DAY, "UTC"))
    with tempfile.TemporaryDirectory() as folder:
        store = store_of(Path(folder), "UTC", **_tables(lives))
        flags = with_flags(rules, {f"leaf_{number}": leaf for number, leaf in enumerate(asked)})
        return store.ask(flags).set_index("profile_id")


def _tables(lives: list[Life]) -> dict[str, list[dict]]:
    """The made-up people as rows of canonical tables; who has nothing at all is known by a date long ago."""
    end = datetime(DAY.year, DAY.month, DAY.day) + timedelta(days=1)
    tables: dict[str, list[dict]] = {name: [] for name in ("profiles", "orders", "order_items", "email_events", "site_events", "feedback", "consents", "list_memberships")}  # fmt: skip
    for place, life in enumerate(lives):
        person = f"p{place:04}"
        facts = {".".join(map(str, name)): value for name, value in life.facts.items()}
        created = facts.get("date.created", LONG_AGO)
        profile = {"profile_id": person, "created_at": None if created is None else end - timedelta(seconds=float(created))}
        for name in ("gender", "birth_year"):
            if facts.get(f"profile.{name}") is not None:
                profile[name] = facts[f"profile.{name}"] if name == "gender" else int(facts[f"profile.{name}"])
        tables["profiles"].append(profile)
        if facts.get("consent.email.marketing"):
            tables["consents"].append({"profile_id": person, "channel": "email", "purpose": "marketing", "status": facts["consent.email.marketing"], "occurred_at": end - timedelta(days=9)})  # fmt: skip
        if facts.get("list.Nieuwsbrief") is not None:
            tables["list_memberships"].append({"profile_id": person, "list_id": "Nieuwsbrief", "kind": "list", "joined_at": end - timedelta(seconds=facts["list.Nieuwsbrief"])})  # fmt: skip
        for number, event in enumerate(life.events):
            _add(tables, person, f"{person}-{number}", event, end - timedelta(seconds=event.ago))
    return tables


def _add(tables: dict[str, list[dict]], person: str, id: str, event: Happening, at: datetime) -> None:
    told = dict(event.row.properties)
    if event.row.table == "purchases":
        worth = Decimal(float(dict(event.worth).get("amount", 1))).quantize(Decimal("0.0001"))
        tables["orders"].append({"order_id": id, "profile_id": person, "ordered_at": at, "total": worth, "total_base": worth, "counts_as_purchase": True})  # fmt: skip
        tables["order_items"] += [{"order_id": id, "line_no": line, **dict(one)} for line, one in enumerate(event.row.lines)]
    elif event.row.table == "feedback":
        tables["feedback"].append({"profile_id": person, "occurred_at": at, "score": None if told["score_10"] is None else float(told["score_10"]), "scale_min": 1, "scale_max": 10})  # fmt: skip
    elif event.row.table == "email_events":
        flags = {"is_machine_open": told.get("apple_privacy_open"), "is_bot_click": told.get("bot_click")}
        tables["email_events"].append({"event_id": id, "profile_id": person, "event_type": event.row.type, "occurred_at": at, **flags})
    else:
        tables["site_events"].append({"event_id": id, "profile_id": person, "event_type": event.row.type, "occurred_at": at})


def test_every_kind_of_event_has_rows():
    assert {metric.table for metric in words.metrics().values()} == {"purchases", "email_events", "site_events", "feedback"}


@pytest.mark.parametrize("condition", [tree.Event(("placed_order",), window=Window(start=date(2026, 3, 1)))])
def test_spans_between_days_are_seen_from_the_as_of_day(condition: Condition) -> None:
    assert normal(condition, DAY) == tree.Event(("placed_order",), window=Window(0, 122))
