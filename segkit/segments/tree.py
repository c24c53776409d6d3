"""The condition tree: what a segment says, as immutable data that compares by meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from segkit.errors import SegmentError
from segkit.segments.window import EVER, Window

COUNT, SUM, MEAN, MAX = "count", "sum", "mean", "max"
AT_LEAST, AT_MOST, MORE_THAN, LESS_THAN, EXACTLY = "at_least", "at_most", "more_than", "less_than", "exactly"
COMPARISONS = (AT_LEAST, AT_MOST, MORE_THAN, LESS_THAN, EXACTLY)
Value = str | bool | int | Decimal | tuple[str | int | Decimal, ...]


@dataclass(frozen=True)
class Shop:
    """A number that the shop's own figures decide, times `factor`: "order_value_mean", "order_value_median", or "order_value_quantile".

    The quantile is of buyers by their own mean order value, at `share` from below.
    """

    figure: str
    factor: Decimal = Decimal(1)
    share: Decimal | None = None


Amount = int | Decimal | Shop


class Condition:
    """What a profile must be, have or have done. Combine with & (and), | (or) and ~ (not): ~ is always exactly the rest."""

    def __and__(self, other: Condition) -> Condition:
        return all_of(self, other) if isinstance(other, Condition) else NotImplemented

    def __or__(self, other: Condition) -> Condition:
        return any_of(self, other) if isinstance(other, Condition) else NotImplemented

    def __invert__(self) -> Condition:
        return self.condition if isinstance(self, Not) else Not(self)

    def __bool__(self) -> bool:
        raise SegmentError("A condition is neither true nor false by itself.", "Join conditions with & | ~, not with and, or, not or if.")


@dataclass(frozen=True)
class All(Condition):
    """Every one of the conditions holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Any(Condition):
    """At least one of the conditions holds."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True)
class Not(Condition):
    """The condition does not hold, or is unknown."""

    condition: Condition


@dataclass(frozen=True)
class Test:
    """A test of one property. An unknown value fails it, but passes is_not, not_in and does_not_contain."""

    name: str
    op: str
    value: Value


Tests = tuple[Test, ...]


@dataclass(frozen=True)
class Event(Condition):
    """How often something happened, or the sum, mean or highest of its value, in a window.

    `where` tests the event, `item` one and the same line of an order. A count or sum over nothing is 0; of a mean or
    highest over nothing every comparison is false.
    """

    metrics: tuple[str, ...]
    op: str = AT_LEAST
    amount: Amount = 1
    measure: str = COUNT
    where: Tests = ()
    item: Tests = ()
    window: Window = EVER


@dataclass(frozen=True)
class Every(Condition):
    """There are at least so many of these events, and each one passes the tests."""

    metrics: tuple[str, ...]
    at_least: int = 1
    where: Tests = ()
    item: Tests = ()
    window: Window = EVER


@dataclass(frozen=True)
class Latest(Condition):
    """The first or last of these events lies in the window and passes the tests; of several at one instant any one does."""

    which: str
    metrics: tuple[str, ...]
    where: Tests = ()
    item: Tests = ()
    window: Window = EVER


@dataclass(frozen=True)
class Follow(Condition):
    """Some event in the window was followed (or not) by another within so many hours.

    Not followed: the hours have passed, and the other did not happen in them. `same` names properties that both share.
    """

    first: str
    then: str
    hours: int
    followed: bool = True
    where: Tests = ()
    where_next: Tests = ()
    same: tuple[str, ...] = ()
    window: Window = EVER


@dataclass(frozen=True)
class Profile(Condition):
    """A property of the person."""

    test: Test


@dataclass(frozen=True)
class ProfileDate(Condition):
    """A date of the person lies in a window; a birthday in its next or last return."""

    name: str
    window: Window


@dataclass(frozen=True)
class CanReceive(Condition):
    """Subscribed to the channel for the purpose, not unsubscribed since, and not suppressed."""

    channel: str
    purpose: str = "marketing"


@dataclass(frozen=True)
class ConsentIs(Condition):
    """The newest known state of consent for the channel and purpose."""

    channel: str
    status: str
    purpose: str = "marketing"


@dataclass(frozen=True)
class InList(Condition):
    """A member of a list of the platform, by id or name; `window` is when the person joined."""

    name: str
    window: Window = EVER


@dataclass(frozen=True)
class InSegment(Condition):
    """A member of another segment, by id."""

    id: str


@dataclass(frozen=True)
class Score(Condition):
    """A prediction; without a score the comparison is false."""

    name: str
    op: str
    amount: Amount


@dataclass(frozen=True)
class Near(Condition):
    """Lives within so many kilometres of a place; unknown where no coordinates were delivered."""

    latitude: Decimal
    longitude: Decimal
    km: Decimal


@dataclass(frozen=True)
class InRegion(Condition):
    """The country is one of a region, such as european_union."""

    name: str


@dataclass(frozen=True)
class Top(Condition):
    """Among those with anything at all, the share with most; people who tie with the last one are in."""

    share: Decimal
    measure: str
    metrics: tuple[str, ...]
    window: Window = EVER


def all_of(*conditions: Condition) -> Condition:
    """Every condition; nested ones are flattened, said once, and one alone stays itself."""
    flat = _flat(All, conditions)
    return flat[0] if len(flat) == 1 else All(flat)


def any_of(*conditions: Condition) -> Condition:
    """At least one condition; nested ones are flattened, said once, and one alone stays itself."""
    flat = _flat(Any, conditions)
    return flat[0] if len(flat) == 1 else Any(flat)


def _flat(kind: type[All] | type[Any], conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
    parts = [inner for one in conditions for inner in (one.conditions if isinstance(one, kind) else (one,))]
    return tuple(dict.fromkeys(parts))


def leaves(condition: Condition) -> Iterator[Condition]:
    """The conditions that are not made of others, in reading order."""
    if isinstance(condition, (All, Any)):
        for inner in condition.conditions:
            yield from leaves(inner)
    elif isinstance(condition, Not):
        yield from leaves(condition.condition)
    else:
        yield condition


def replaced(condition: Condition, change: dict[Condition, Condition]) -> Condition:
    """The same tree with some leaves changed."""
    if isinstance(condition, All):
        return all_of(*[replaced(inner, change) for inner in condition.conditions])
    if isinstance(condition, Any):
        return any_of(*[replaced(inner, change) for inner in condition.conditions])
    if isinstance(condition, Not):
        return ~replaced(condition.condition, change)
    return change.get(condition, condition)
