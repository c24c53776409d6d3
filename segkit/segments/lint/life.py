"""A possible person, as far as conditions can see: what happened to them and what is known of them; and conditions asked of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from segkit.clock import YEAR_DAYS
from segkit.segments import tree, values, words
from segkit.segments.tree import Amount, Condition, Test, Tests
from segkit.segments.window import HOURS_A_DAY, Window

MONEY = "amount"  # the unit of values in the shop's currency; beside it, units of the shop's own figures
Number = int | Fraction
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    tree.AT_LEAST: lambda a, b: a >= b, tree.AT_MOST: lambda a, b: a <= b, tree.MORE_THAN: lambda a, b: a > b,
    tree.LESS_THAN: lambda a, b: a < b, tree.EXACTLY: lambda a, b: a == b,
}  # fmt: skip
_QUOTED = re.compile(r"'(\w+)'")


@dataclass(frozen=True)
class Row:
    """A row of a table of events: its type, its properties, and for orders the properties of each line."""

    table: str
    type: str
    properties: tuple[tuple[str, Any], ...] = ()
    lines: tuple[tuple[tuple[str, Any], ...], ...] = ()


@dataclass(frozen=True)
class Happening:
    """Something that happened so many hours before the as-of moment, and what it was worth, by unit."""

    hours_ago: Number
    row: Row
    worth: tuple[tuple[Any, Number], ...] = ()

    @property
    def days_ago(self) -> int:
        """The age of its calendar day: today is 0."""
        return int(self.hours_ago // HOURS_A_DAY)


@dataclass(frozen=True)
class Life:
    """What happened, oldest first, and what is known: fact -> value, where None and a missing fact are unknown."""

    events: tuple[Happening, ...] = ()
    facts: Mapping[Any, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Subject:
    """Which rows a condition speaks of."""

    metrics: tuple[str, ...]
    where: Tests = ()
    item: Tests = ()


def holds(condition: Condition, life: Life) -> bool:
    """Whether a condition is true of the person; its windows are in days or hours (`normal`)."""
    match condition:
        case tree.All(inner):
            return all(holds(one, life) for one in inner)
        case tree.Any(inner):
            return any(holds(one, life) for one in inner)
        case tree.Not(one):
            return not holds(one, life)
    return _leaf(condition, life)


def _leaf(leaf: Condition, life: Life) -> bool:
    match leaf:
        case tree.Event():
            return _event(leaf, life)
        case tree.Every(metrics, least, where, item, window):
            there = [one for one in life.events if is_of(Subject(metrics), one.row) and within(window, one.hours_ago)]
            return len(there) >= least and all(is_of(Subject(metrics, where, item), one.row) for one in there)
        case tree.Latest():
            return _latest(leaf, life)
        case tree.Follow():
            return any(_is_followed(leaf, one, life) for one in life.events)
        case tree.Profile(test):
            return passes(test, life.facts.get(fact(leaf)))
        case tree.Score(_, op, amount):
            score = life.facts.get(fact(leaf))
            return score is not None and _compared(op, score, amount)
        case tree.Top(share):
            rank = life.facts.get(fact(leaf))
            return rank is not None and rank <= share
        case tree.CanReceive():
            return life.facts.get(fact(leaf)) == "subscribed"
        case tree.ConsentIs(_, status):
            return life.facts.get(fact(leaf)) == status
    return _of_fact(leaf, life)


def _of_fact(leaf: Condition, life: Life) -> bool:
    found = life.facts.get(fact(leaf))
    match leaf:
        case tree.ProfileDate("birthday", window):
            return found is not None and any(window.holds_age(found + turn) for turn in (-YEAR_DAYS, 0, YEAR_DAYS))
        case tree.ProfileDate(_, window) | tree.InList(_, window):
            ahead = found is not None and found < 0
            return found is not None and within(window, found) and (window.is_ahead or not ahead)
    return bool(found)


def fact(leaf: Condition) -> Any:
    """The name of the fact that a condition about the person asks for."""
    match leaf:
        case tree.Profile(test):
            return ("profile", test.name)
        case tree.CanReceive(channel, purpose) | tree.ConsentIs(channel, purpose=purpose):
            return ("consent", channel, purpose)
        case tree.InList(name):
            return ("list", name)
        case tree.Score(name):
            return ("score", name)
        case tree.ProfileDate(name):
            return ("date", name)
        case tree.Top(_, measure, metrics, window):
            return ("rank", measure, metrics, window)
    return ("is", leaf)


def unit(amount: Amount) -> Any:
    """What a value must be measured in to be compared with an amount: money, or a figure of the shop."""
    return (amount.figure, amount.share) if isinstance(amount, tree.Shop) else MONEY


def size(amount: Amount) -> Fraction:
    """The amount in its unit, exactly."""
    return Fraction(amount.factor if isinstance(amount, tree.Shop) else amount)


def within(window: Window, hours_ago: Number) -> bool:
    """Whether a moment lies in a window of days or hours."""
    if window.hours is not None:
        return 0 <= hours_ago <= window.hours
    return window.holds_age(int(hours_ago // HOURS_A_DAY))


@cache
def is_of(subject: Subject, row: Row) -> bool:
    """Whether a row is one of those that a condition speaks of; a test counts where an event has the property."""
    kinds = [words.metrics()[name] for name in subject.metrics]
    told = dict(row.properties)
    if not any(is_kind(kind, row) and all(passes(test, told.get(test.name)) for test in subject.where if test.name in kind.properties) for kind in kinds):  # fmt: skip
        return False
    return not subject.item or any(all(passes(test, dict(line).get(test.name)) for test in subject.item) for line in row.lines)


def is_kind(metric: words.Metric, row: Row) -> bool:
    """Whether a row of its table is an event of this kind."""
    return metric.table == row.table and (metric.when is None or row.type in types_of(metric))


def types_of(metric: words.Metric) -> list[str]:
    """The types of rows that are events of this kind; none where every row of the table is."""
    return _QUOTED.findall(metric.when or "")


def passes(test: Test, value: Any) -> bool:
    """Whether a value passes a test; an unknown one fails it, or passes a negative one."""
    if test.op in (values.KNOWN, values.UNKNOWN):
        return (value is not None) == (test.op == values.KNOWN)
    if value is None:
        return test.op in values.PASSED_BY_UNKNOWN
    match test.op:
        case values.IS | values.IS_NOT:
            found = value == test.value
        case values.IN | values.NOT_IN:
            found = value in test.value  # type: ignore[operator]
        case values.CONTAINS | values.CONTAINS_NOT:
            found = test.value in value
        case values.STARTS_WITH:
            found = value.startswith(test.value)
        case _:
            found = _SIGNS[test.op](value, Fraction(test.value) if isinstance(test.value, Decimal) else test.value)
    return found != (test.op in values.PASSED_BY_UNKNOWN)


def _compared(op: str, number: Number, amount: Amount, times: int = 1) -> bool:
    return _SIGNS[op](number, size(amount) * times)


def _event(leaf: tree.Event, life: Life) -> bool:
    subject = Subject(leaf.metrics, leaf.where, leaf.item)
    there = [one for one in life.events if within(leaf.window, one.hours_ago) and is_of(subject, one.row)]
    if leaf.measure == tree.COUNT:
        return _compared(leaf.op, len(there), leaf.amount)
    worth = [dict(one.worth)[unit(leaf.amount)] for one in there]
    if leaf.measure == tree.SUM:
        return _compared(leaf.op, sum(worth), leaf.amount)
    return bool(worth) and (
        _compared(leaf.op, sum(worth), leaf.amount, len(worth)) if leaf.measure == tree.MEAN else _compared(leaf.op, max(worth), leaf.amount)
    )


def _latest(leaf: tree.Latest, life: Life) -> bool:
    there = [one for one in life.events if is_of(Subject(leaf.metrics), one.row)]
    if not there:
        return False
    at = (min if leaf.which == "last" else max)(one.hours_ago for one in there)
    passing = any(one.hours_ago == at and is_of(Subject(leaf.metrics, leaf.where, leaf.item), one.row) for one in there)
    return passing and within(leaf.window, at)


def _is_followed(leaf: tree.Follow, first: Happening, life: Life) -> bool:
    """Whether this happening makes the condition true: it was followed, or the time for it has passed in vain."""
    if not (is_of(Subject((leaf.first,), leaf.where), first.row) and within(leaf.window, first.hours_ago)):
        return False
    told = dict(first.row.properties)
    followed = any(
        0 < first.hours_ago - one.hours_ago <= leaf.hours
        and is_of(Subject((leaf.then,), leaf.where_next), one.row)
        and all(told.get(name) is not None and told.get(name) == dict(one.row.properties).get(name) for name in leaf.same)
        for one in life.events
    )
    return followed if leaf.followed else not followed and first.hours_ago >= leaf.hours
