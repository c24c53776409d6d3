"""Segments say the same on the engine as a naive loop does, over random trees and tiny shops full of borders."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from segkit.clock import AsOf
from segkit.engine import Rules
from segkit.segments.definition import data_of, read_set
from segkit.segments.evaluate import with_flags
from segkit.segments.read import condition
from segkit.segments.tree import Condition
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


def asked(shop: Shop, conditions: Mapping[str, Condition], at: AsOf | None = None) -> dict[str, set[str]]:
    """Who is in each, as the engine says."""
    with tempfile.TemporaryDirectory() as folder:
        store = store_of(Path(folder), shop.zone, **{name: getattr(shop, name) for name in TABLES})
        frame = store.ask(with_flags(Rules(default_settings(), at or as_of(shop)), conditions))
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


@given(shops(), definitions(), st.integers(1, 400))
def test_what_comes_after_the_as_of_moment_changes_nothing(shop: Shop, told: Any, days: int) -> None:
    later = shop.now + timedelta(days=days)
    changed = replace(
        shop,
        orders=[*shop.orders, {"order_id": "new", "profile_id": "ann", "ordered_at": later, "total_base": 999, "counts_as_purchase": True}],
        email_events=[*shop.email_events, {"profile_id": "bob", "event_type": "clicked", "occurred_at": later, "is_bot_click": False}],
        site_events=[*shop.site_events, {"profile_id": "cor", "event_type": "added_to_cart", "occurred_at": later}],
        feedback=[*shop.feedback, {"profile_id": "dee", "occurred_at": later, "score": 1.0, "scale_min": 1.0, "scale_max": 10.0}],
    )
    assert asked(shop, {"a": made(told)}) == asked(changed, {"a": made(told)})


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
    whole = read_set({"version": 1, "segments": {"a": {"all": [plain(one)]}}}, default_settings())
    assert read_set(data_of(whole), default_settings()).conditions() == whole.conditions()
