"""Segments say the same on the engine as a naive loop does, over random trees and tiny shops full of borders."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from segkit.clock import AsOf
from segkit.engine import Query, Rules
from segkit.segments.ask import did
from segkit.segments.definition import Segment, SegmentSet, data_of, read_set, yaml_of
from segkit.segments.evaluate import with_flags
from segkit.segments.read import condition
from segkit.segments.tree import COMPARISONS, Condition
from segkit.segments.write import plain
from segkit.settings import default_settings
from tests.canonical import store_of
from tests.segments.oracle import Shop, known_people, members
from tests.segments.trees import definitions, event_parts, shops

TABLES = (
    "profiles", "orders", "refunds", "email_events", "site_events", "consents", "order_items", "messages", "feedback", "list_memberships",
    "profile_properties",
)  # fmt: skip


def as_of(shop: Shop) -> AsOf:
    return AsOf.parse(shop.as_of.replace(tzinfo=UTC) if isinstance(shop.as_of, datetime) else shop.as_of, shop.zone)


def asked(shop: Shop, conditions: Mapping[str, Condition], at: AsOf | None = None, scores: Query | None = None) -> dict[str, set[str]]:
    """Who is in each, as the engine says."""
    with tempfile.TemporaryDirectory() as folder:
        store = store_of(Path(folder), shop.zone, **{name: getattr(shop, name) for name in TABLES})
        frame = store.ask(with_flags(Rules(default_settings(), at or as_of(shop)), conditions, scores))
        store.close()
    return {name: set(frame.loc[frame[name], "profile_id"]) for name in conditions}


def made(data: Any) -> Condition:
    return condition(data, "segments.x")


@given(shops(), st.lists(definitions(), min_size=10, max_size=16))
def test_members_equal_the_oracle(shop: Shop, told: list[Any]) -> None:
    conditions = {f"s{place}": made(data) for place, data in enumerate(told)}
    assert asked(shop, conditions) == {name: members(shop, one) for name, one in conditions.items()}


@given(shops(), definitions())
def test_a_segment_and_its_negation_part_everyone(shop: Shop, told: Any) -> None:
    found = asked(shop, {"a": made(told), "b": ~made(told)})
    assert found["a"] & found["b"] == set()
    assert found["a"] | found["b"] == {row["profile_id"] for row in known_people(shop)}


@given(shops(), st.lists(definitions(), min_size=2, max_size=3))
def test_the_order_of_conditions_is_irrelevant_and_one_more_never_adds_people(shop: Shop, told: list[Any]) -> None:
    found = asked(shop, {"all": made({"all": told}), "turned": made({"all": told[::-1]}), "any": made({"any": told}),
                         "turned_any": made({"any": told[::-1]}), "fewer": made({"all": told[:-1]})})  # fmt: skip
    assert found["all"] == found["turned"]
    assert found["any"] == found["turned_any"]
    assert found["all"] <= found["fewer"]


@given(shops(), event_parts(), st.integers(1, 120), st.integers(0, 90))
def test_windows_part_everything_that_ever_happened(shop: Shop, event: tuple[str, dict[str, Any]], newest: int, longer: int) -> None:
    metric, keys = event
    oldest = newest + longer
    parts = [f"last {newest - 1} days", f"between {newest} and {oldest} days ago", f"more than {oldest} days ago"]
    lasting = {key: value for key, value in keys.items() if key != "within"}
    for times in (1, 2):  # the windows share no event: where all three count together the numbers add up to those of ever
        told = {"ever": {"did": metric, **lasting, "exactly": times}}
        told |= {f"w{place}": {"did": metric, **lasting, "within": part, "exactly": times} for place, part in enumerate(parts)}
        told |= {f"n{place}": {"never": metric, **lasting, "within": part} for place, part in enumerate(parts)}
        found = asked(shop, {name: made(data) for name, data in told.items()})
        alone = set().union(*(found[f"w{one}"] & found[f"n{(one + 1) % 3}"] & found[f"n{(one + 2) % 3}"] for one in range(3)))
        assert alone <= found["ever"]
        assert found["ever"] & found["n0"] & found["n1"] & found["n2"] == set()


def with_a_future(shop: Shop, at: datetime) -> Shop:
    """The same shop in which everything happens once more after the as-of moment, and everyone leaves, returns goods and is suppressed."""
    everyone = [row["profile_id"] for row in shop.profiles]
    again = {
        name: [{**row, "occurred_at": at} for row in getattr(shop, name)]
        for name in ("email_events", "site_events", "feedback", "consents")
    }
    orders = [
        {**row, "order_id": f"new {row['order_id']}", "ordered_at": at, "shipping_country": "BE", "total_base": 999} for row in shop.orders
    ]
    lines = [{**row, "order_id": f"new {row['order_id']}"} for row in shop.order_items]
    refunds = [{"order_id": row["order_id"], "refunded_at": at, "amount": 1, "linkage": "order"} for row in shop.orders]
    suppressed = [
        {"profile_id": name, "occurred_at": at, "channel": "email", "purpose": "marketing", "status": "suppressed"} for name in everyone
    ]
    joined = [{"profile_id": name, "list_id": "l1", "list_name": "Nieuws", "joined_at": at, "left_at": None} for name in everyone]
    there = [{**row, "left_at": row["left_at"] or at} for row in shop.list_memberships]
    return replace(
        shop, profiles=[*shop.profiles, {"profile_id": "new", "created_at": at, "country_code": "NL"}], orders=[*shop.orders, *orders],
        order_items=[*shop.order_items, *lines], refunds=[*shop.refunds, *refunds], list_memberships=[*there, *joined],
        consents=[*shop.consents, *again["consents"], *suppressed],
        **{name: [*getattr(shop, name), *again[name]] for name in ("email_events", "site_events", "feedback")},
    )  # fmt: skip


@given(
    shops(),
    st.lists(definitions(), min_size=3, max_size=6),
    st.sampled_from([timedelta(microseconds=1), timedelta(hours=1), timedelta(days=90)]),
)
def test_what_comes_after_the_as_of_moment_changes_nothing(shop: Shop, told: list[Any], later: timedelta) -> None:
    conditions = {f"s{place}": made(data) for place, data in enumerate(told)}
    assert asked(shop, conditions) == asked(with_a_future(shop, shop.now + later), conditions)


@given(shops(), definitions(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(shop: Shop, told: Any, chance: Any) -> None:
    mixed = replace(shop, **{name: chance.sample(getattr(shop, name), len(getattr(shop, name))) for name in TABLES})
    assert asked(shop, {"a": made(told)}) == asked(mixed, {"a": made(told)})


@given(shops(), st.lists(definitions(), min_size=2, max_size=4))
def test_many_in_one_statement_are_as_each_on_its_own(shop: Shop, told: list[Any]) -> None:
    conditions = {f"s{place}": made(data) for place, data in enumerate(told)}
    assert asked(shop, conditions) == {name: asked(shop, {name: one})[name] for name, one in conditions.items()}


@given(shops(), st.lists(definitions(), min_size=6, max_size=10))
def test_days_can_be_counted_in_utc_as_the_platforms_do(shop: Shop, told: list[Any]) -> None:
    at = as_of(shop).in_utc()
    parity = replace(shop, zone="UTC", as_of=at.moment)
    conditions = {f"s{place}": made(data) for place, data in enumerate(told)}
    assert asked(shop, conditions, at) == {name: members(parity, one) for name, one in conditions.items()}


@given(definitions())
def test_a_definition_is_written_as_it_is_read(told: Any) -> None:
    one = made(told)
    assert made(plain(one)) == one
    whole = SegmentSet({"a": Segment("a", one)})
    assert read_set(data_of(whole), default_settings()).conditions() == whole.conditions()
    assert read_set(YAML(typ="safe").load(yaml_of(whole)), default_settings()).conditions() == whole.conditions()


DOLLARS = st.text("$a_ 1é", min_size=1, max_size=8)


@given(DOLLARS, DOLLARS)
def test_a_text_with_dollars_is_no_parameter(brand: str, title: str) -> None:
    one = Segment("a", did("placed_order", item={"brand": f"{brand}."}), title={"nl": f"{title}."}, source=brand)
    (read,) = read_set(YAML(typ="safe").load(yaml_of(SegmentSet({"a": one}))), default_settings()).values()
    assert (read, read.title) == (one, one.title)


def test_a_template_keeps_its_blanks_open_and_its_dollars() -> None:
    data = {
        "title": {"nl": "$brand, niet $$brand"},
        "blanks": {"brand": "brand"},
        "rule": {"did": "placed_order", "item": {"brand": "$brand", "category": ["$$aov", "$what"]}},
    }
    told = read_set({"version": 1, "parameters": {"what": "$aov"}, "segments": {"a": data}}, default_settings())
    again = read_set(YAML(typ="safe").load(yaml_of(told)), default_settings())
    for one in (told["a"], again["a"]):
        assert one.fill(brand="$brand").condition == did("placed_order", item={"brand": "$brand", "category": "$aov"})
        assert one.fill(brand="Nike").title == {"nl": "Nike, niet $brand"}


@given(shops(), st.sampled_from(list(COMPARISONS)), st.sampled_from([1979, 1980, 1985, 1990]))
def test_a_score_is_compared_and_who_has_none_fails(shop: Shop, op: str, amount: int) -> None:
    rules = Rules(default_settings(), as_of(shop))
    scores = rules.table("profiles", ("profile_id", "birth_year"), known=False)  # any query with one row a profile and numbers is a score
    scored = made({"score": "birth_year", op: amount})
    conditions = {"a": scored, "b": ~scored, "c": scored & made({"did": "placed_order"})}
    assert asked(shop, conditions, scores=scores) == {name: members(shop, one) for name, one in conditions.items()}


@given(shops(), definitions(), definitions())
def test_a_segment_in_a_segment_is_its_members(shop: Shop, one: Any, other: Any) -> None:
    rules = {"a": one, "b": {"all": [{"in_segment": "a"}, other]}, "c": {"not_in_segment": "b"}, "d": other}
    found = asked(
        shop, read_set({"version": 1, "segments": {name: {"rule": rule} for name, rule in rules.items()}}, default_settings()).conditions()
    )
    assert found["b"] == found["a"] & found["d"]
    assert found["c"] == {row["profile_id"] for row in known_people(shop)} - found["b"]
