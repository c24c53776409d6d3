"""A definition damaged at random is read as another one, which evaluates, or refused in the words of the language: no third way."""

import copy
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from segkit.errors import SegmentError
from segkit.segments import tree
from segkit.segments.definition import data_of, read_set
from segkit.segments.tree import Condition, leaves
from segkit.settings import default_settings
from tests.segments.oracle import Shop, members
from tests.segments.test_against_oracle import asked
from tests.segments.trees import definitions

VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 1e300, float("inf"), float("nan"), 10**30, Decimal("1e-30"), "", " ", "no", "$x", "\x00", "\ud800", "é" * 200, b"x",
    [], {}, [[]], [None], [1, "a"], {"a": 1}, {None: 1}, date(2026, 1, 1), datetime(2026, 1, 1, 2), "last 99999999999999999999 days",
    "since 9999-12-31", "before 0001-01-01", "10%", "nan%", "1e999999999", "shop average order value", "0 x shop average order value",
    "1e99 x shop average order value", "shop 0% quantile of average value", "shop 100% quantile of average value", ["placed_order", "opened_email"],
    ["viewed_page", "viewed_product"], {"is": None}, {"in": []}, {"known": "yes"}, {"known": True, "is": "x"}, {"contains": 5}, {"in": [True, 1]},
    {"same": 5}, {"same": [["x"]]}, [91, 0], ["a", "b"],
)  # fmt: skip
KEYS = (
    "did",
    "all",
    "any",
    "not",
    "within",
    "was",
    "is",
    "where",
    "item",
    "at_least",
    "exactly",
    "days",
    "of",
    "top",
    "profile",
    "near",
    1,
    None,
    True,
)


def places(data: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value inside."""
    if above:
        yield above
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        yield from places(value, (*above, key))


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """A random definition with one or two values changed, left out or under another key."""
    data = copy.deepcopy(draw(definitions()))
    for _ in range(draw(st.integers(1, 2))):
        *way, last = draw(st.sampled_from([*places(data)] or [()])) or (None,)
        holder = data
        for key in way:
            holder = holder[key]
        if last is not None:
            _damage(
                holder,
                last,
                draw(st.sampled_from(["value", "value", "gone", "key"])),
                draw(st.sampled_from(VALUES)),
                draw(st.sampled_from(KEYS)),
            )
    return data


def _damage(holder: Any, last: Any, how: str, value: Any, key: Any) -> None:
    if how == "gone":
        del holder[last]
    elif how == "key" and isinstance(holder, dict):
        holder[key] = holder.pop(last)
    else:
        holder[last] = copy.deepcopy(value)


def read(data: Any) -> Condition | None:
    """The condition of a set that holds only this; None where it is refused as a mistake is."""
    try:
        found = read_set({"version": 1, "segments": {"a": {"rule": data}}}, default_settings())
        conditions = found.conditions()
    except SegmentError as error:
        refused = error
    else:
        assert read_set(data_of(found), default_settings()).conditions() == conditions
        return conditions["a"]
    assert refused.problem.startswith("segments.a"), refused.problem
    assert refused.todo
    assert "\n" not in refused.problem + refused.todo
    return None


NOON = datetime(2026, 3, 1, 12)
SHOP = Shop(
    profiles=[{"profile_id": name, "created_at": None} for name in ("ann", "bob", "cor")],
    orders=[{"order_id": f"o{place}", "profile_id": name, "ordered_at": NOON, "total_base": Decimal("12.34"), "counts_as_purchase": True}
            for place, name in enumerate(("ann", "ann", "bob"))],
    refunds=[], email_events=[{"profile_id": "ann", "event_type": "opened", "occurred_at": NOON, "is_machine_open": False}],
    site_events=[{"profile_id": "bob", "event_type": "viewed_product", "occurred_at": NOON, "value": Decimal(3)}],
    consents=[], zone="Europe/Amsterdam", as_of=date(2026, 3, 29),
)  # fmt: skip


@given(st.lists(damaged(), min_size=20, max_size=30))
def test_what_is_read_evaluates_and_what_is_not_is_refused(told: list[Any]) -> None:
    found = [one for one in map(read, told) if one is not None and not any(isinstance(leaf, tree.Score) for leaf in leaves(one))]
    conditions = {f"s{place}": one for place, one in enumerate(found)}
    if conditions:
        assert asked(SHOP, conditions) == {name: members(SHOP, one) for name, one in conditions.items()}
