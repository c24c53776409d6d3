"""The kinds of people that a set of definitions can tell apart: every history that makes other conditions true, once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from segkit.segments import tree, values, words
from segkit.segments.tree import Condition, Test, leaves

Key = tuple[object, ...]
_FIGURES = {  # any three that differ: only what lies above and below them counts
    "order_value_median": Decimal(1) / 2, "order_value_mean": Decimal(100), "order_value_quantile": Decimal(10**3),
}  # fmt: skip
_HALF = Decimal(1) / 2


@dataclass(frozen=True)
class History:
    """What one person did in one stream: the ages in days of the events, newest first, what each was worth, and the last one's value.

    For a property, a list or a score `value` is all there is; None is unknown.
    """

    ages: tuple[int, ...] = ()
    worth: Decimal = Decimal(1)
    value: object = None


@dataclass(frozen=True)
class State:
    """Histories that no condition tells apart: one of them, and for each leaf of the stream whether it holds."""

    history: History
    truth: tuple[bool, ...]


@dataclass(frozen=True)
class Stream:
    """The conditions that speak of the same rows, and the states a person can be in with regard to them."""

    key: Key
    leaves: tuple[Condition, ...]
    states: tuple[State, ...]


def normal(condition: Condition) -> Condition:
    """The same condition with any-of-once events of the same table and window joined: one event of several kinds."""
    match condition:
        case tree.All(inner):
            return tree.all_of(*map(normal, inner))
        case tree.Any(inner):
            return tree.any_of(*_joined([normal(one) for one in inner]))
        case tree.Not(inner):
            return ~normal(inner)
    return condition


def _joined(members: list[Condition]) -> list[Condition]:
    groups: dict[Key, list[tree.Event]] = {}
    others: list[Condition] = []
    for one in members:
        if isinstance(one, tree.Event) and (one.measure, one.op, one.amount) == (tree.COUNT, tree.AT_LEAST, 1) and not one.item:
            groups.setdefault((words.metrics()[one.metrics[0]].table, one.window), []).append(one)
        else:
            others.append(one)
    return [*map(_one_event, groups.values()), *others]


def _one_event(events: list[tree.Event]) -> tree.Event:
    metrics = tuple(sorted({name for event in events for name in event.metrics}))
    where = tuple(sorted({test for event in events for test in event.where}, key=lambda test: (test.name, test.op, str(test.value))))
    return tree.Event(metrics, where=where, window=events[0].window)


def streams(conditions: Iterable[Condition]) -> list[Stream]:
    """The streams of a set of normal conditions, in the order in which they are first spoken of."""
    found: dict[Key, list[Condition]] = {}
    for leaf in dict.fromkeys(leaf for condition in conditions for leaf in leaves(condition)):
        found.setdefault(_key(leaf), []).append(leaf)
    return [Stream(key, tuple(several), _states(several)) for key, several in found.items()]


def _key(leaf: Condition) -> Key:
    match leaf:
        case tree.Event(metrics=metrics, where=where, item=item) if _is_counted(leaf):
            return ("events", metrics, where, item)
        case tree.Latest(metrics=metrics, item=()) if _is_counted(leaf):
            return ("events", metrics, (), ())
        case tree.Profile(test):
            return ("profile", test.name)
        case tree.InRegion():
            return ("profile", "country")
        case tree.ProfileDate(name) if _is_counted(leaf):
            return ("date", name)
        case tree.Score(name, _, amount) if not isinstance(amount, tree.Shop):
            return ("score", name)
    return ("alone", leaf)


def _is_counted(leaf: Condition) -> bool:
    """Whether its window is one of ages in days."""
    window = leaf.window  # type: ignore[attr-defined]
    return window.hours is None and window.start is None and window.end_before is None


def _states(several: list[Condition]) -> tuple[State, ...]:
    """One state for every way in which the leaves can be true and false; where they ask how often, never is one of its own."""
    apart = any(count > 1 for leaf in several for count in _counts(leaf)[1:-1])
    found: dict[tuple[bool, tuple[bool, ...]], History] = {}
    for history in _histories(several):
        never = apart and not history.ages
        found.setdefault((never, tuple(holds(leaf, history) for leaf in several)), history)
    return tuple(State(history, truth) for (_, truth), history in found.items())


def _histories(several: list[Condition]) -> Iterable[History]:
    kind = _key(several[0])[0]
    if kind == "events":
        return _of_events(several)
    if kind == "date":
        return [History(), *(History((age,)) for age in _ages(several, earliest=-1))]
    if kind == "score":
        return [History(), *(History(value=amount) for amount in _around(Decimal(leaf.amount) for leaf in several))]  # type: ignore[attr-defined]
    if kind == "profile":
        return [History(), *(History(value=value) for value in _property_values(several))]
    return [History(), History(value=True)]


def _of_events(several: list[Condition]) -> Iterable[History]:
    yield History()
    counts = sorted({1, *(count for leaf in several for count in _counts(leaf))})
    ages, told = _ages(several), _tested_values(several)
    for count, last, value in product(counts, ages, told):
        for first in ages if count > 1 else [last]:
            if first >= last:
                for worth in _worths(several, count):
                    yield History((last, *[first] * (count - 1)), worth, value)
                    if count > 2:
                        yield History((*[last] * (count - 1), first), worth, value)


def _counts(leaf: Condition) -> list[int]:
    if not isinstance(leaf, tree.Event) or leaf.measure != tree.COUNT or isinstance(leaf.amount, tree.Shop):
        return []
    return [max(1, count) for count in (int(leaf.amount) - 1, int(leaf.amount), int(leaf.amount) + 1)]


def _ages(several: list[Condition], earliest: int = 0) -> list[int]:
    """An age on both sides of each border of a window."""
    borders = {0}
    for leaf in several:
        window = leaf.window  # type: ignore[attr-defined]
        borders |= {age for edge in (window.newest, window.oldest) if edge is not None for age in (edge - 1, edge, edge + 1)}
    return sorted(age for age in borders if age >= 0 or earliest < 0)


def _worths(several: list[Condition], count: int) -> list[Decimal]:
    """What each event is worth, so that sums, means and highest values lie below, at and above every amount."""
    found = {Decimal(1)}
    for leaf in several:
        if isinstance(leaf, tree.Event) and leaf.measure != tree.COUNT:
            line = number(leaf.amount) / (count if leaf.measure == tree.SUM else 1)
            found |= {line - _HALF / count, line, line + _HALF / count}
    return sorted(found)


def number(amount: tree.Amount) -> Decimal:
    """An amount, with figures of the shop stood in for."""
    return _FIGURES[amount.figure] * amount.factor if isinstance(amount, tree.Shop) else Decimal(amount)


def _tested_values(several: list[Condition]) -> list[object]:
    tests = [test for leaf in several if isinstance(leaf, tree.Latest) for test in leaf.where]
    numbers = [Decimal(test.value) for test in tests if isinstance(test.value, int | Decimal) and not isinstance(test.value, bool)]
    return [None, *_around(numbers), *_texts(tests)]


def _property_values(several: list[Condition]) -> list[object]:
    tests = [leaf.test for leaf in several if isinstance(leaf, tree.Profile)]
    lands = [land for leaf in several if isinstance(leaf, tree.InRegion) for land in words.regions()[leaf.name]]
    numbers = [Decimal(test.value) for test in tests if isinstance(test.value, int | Decimal) and not isinstance(test.value, bool)]
    return [*_around(numbers), *_texts(tests), *lands]


def _around(numbers: Iterable[Decimal]) -> list[Decimal]:
    return sorted({value for one in numbers for value in (one - _HALF, one, one + _HALF)})


def _texts(tests: list[Test]) -> list[object]:
    """Each value that is asked for, and one that nobody asks for."""
    told = {
        one for test in tests for one in (test.value if isinstance(test.value, tuple) else (test.value,)) if isinstance(one, (str, bool))
    }
    others: set[object] = {True, False} if any(isinstance(one, bool) for one in told) else {"~"} if told else set()
    return sorted({*told, *others}, key=str)


# --- judging one history ----------------------------------------------------------------------------------------------


def holds(leaf: Condition, history: History) -> bool:
    """Whether a leaf is true of a history."""
    match leaf:
        case tree.Event():
            return _event(leaf, history)
        case tree.Latest(which, where=where, window=window) if _is_counted(leaf):
            if not history.ages:
                return False
            age = min(history.ages) if which == "last" else max(history.ages)
            return window.holds_age(age) and all(passes(test, history.value) for test in where)
        case tree.Profile(test):
            return passes(test, history.value)
        case tree.InRegion(name):
            return history.value in words.regions()[name]
        case tree.ProfileDate(window=window) if _is_counted(leaf):
            return bool(history.ages) and window.holds_age(history.ages[0]) and (window.is_ahead or history.ages[0] >= 0)
        case tree.Score(_, op, amount) if not isinstance(amount, tree.Shop):
            return history.value is not None and compare(Decimal(history.value), op, Decimal(amount))  # type: ignore[arg-type]
    return history.value is True


def _event(leaf: tree.Event, history: History) -> bool:
    if not _is_counted(leaf):
        return history.value is True
    inside = [age for age in history.ages if leaf.window.holds_age(age)]
    if leaf.measure == tree.COUNT:
        return compare(Decimal(len(inside)), leaf.op, number(leaf.amount))
    if leaf.measure == tree.SUM:
        return compare(history.worth * len(inside), leaf.op, number(leaf.amount))
    return bool(inside) and compare(history.worth, leaf.op, number(leaf.amount))


def compare(one: Decimal, op: str, other: Decimal) -> bool:
    """A comparison by its word."""
    return {
        tree.AT_LEAST: one >= other, tree.AT_MOST: one <= other, tree.MORE_THAN: one > other, tree.LESS_THAN: one < other,
        tree.EXACTLY: one == other,
    }[op]  # fmt: skip


def passes(test: Test, value: object) -> bool:
    """A test of a value; None is unknown."""
    if test.op in (values.KNOWN, values.UNKNOWN):
        return (value is None) == (test.op == values.UNKNOWN)
    if value is None:
        return test.op in values.PASSED_BY_UNKNOWN
    if test.op in (values.IS, values.IS_NOT):
        return (value == test.value) == (test.op == values.IS)
    if test.op in (values.IN, values.NOT_IN):
        return (value in test.value) == (test.op == values.IN)  # type: ignore[operator]
    if test.op in (values.CONTAINS, values.CONTAINS_NOT):
        return (str(test.value) in str(value)) == (test.op == values.CONTAINS)
    if test.op == values.STARTS_WITH:
        return str(value).startswith(str(test.value))
    return compare(Decimal(value), test.op, Decimal(test.value))  # type: ignore[arg-type]
