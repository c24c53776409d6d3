"""A possible person, as far as conditions can see: what happened to them and what is known of them; and conditions asked of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from segkit.clock import YEAR_DAYS
from segkit.segments import tree, values, words
from segkit.segments.tree import Amount, Condition, Test, Tests
from segkit.segments.window import HOURS_A_DAY, Window

AN_HOUR = int(timedelta(hours=1).total_seconds())
A_DAY = HOURS_A_DAY * AN_HOUR
MONEY = "amount"  # the unit of values in the shop's currency; beside it, units of the shop's own figures
Number = int | Fraction
SUBSCRIBED = "subscribed"
_SIGNS: dict[str, Callable[[Any, Any], bool]] = {
    tree.AT_LEAST: lambda a, b: a >= b, tree.AT_MOST: lambda a, b: a <= b, tree.MORE_THAN: lambda a, b: a > b,
    tree.LESS_THAN: lambda a, b: a < b, tree.EXACTLY: lambda a, b: a == b,
}  # fmt: skip
_QUOTED = re.compile(r"'(\w+)'")


@dataclass(frozen=True, eq=False)
class Row:
    """A row of a table of events: its type, its properties, and for orders the properties of each line."""

    table: str
    type: str
    properties: tuple[tuple[str, Any], ...] = ()
    lines: tuple[tuple[tuple[str, Any], ...], ...] = ()


@dataclass(frozen=True)
class Happening:
    """Something that happened so many seconds before the end of the as-of day, and what it was worth, by unit."""

    ago: int
    row: Row
    worth: tuple[tuple[Any, Number], ...] = ()

    @property
    def days_ago(self) -> int:
        """The age of its calendar day: today is 0."""
        return self.ago // A_DAY


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


Question = Callable[[Life], bool]


def holds(condition: Condition, life: Life) -> bool:
    """Whether a condition is true of the person; its windows are in days or hours (`normal`)."""
    return question(condition)(life)


def question(condition: Condition) -> Question:
    """A condition made ready to be asked of many people."""
    match condition:
        case tree.All(inner):
            asked = [question(one) for one in inner]
            return lambda life: all(ask(life) for ask in asked)
        case tree.Any(inner):
            asked = [question(one) for one in inner]
            return lambda life: any(ask(life) for ask in asked)
        case tree.Not(one):
            asked_one = question(one)
            return lambda life: not asked_one(life)
        case tree.Event():
            return _event(condition)
        case tree.Every():
            return _every(condition)
        case tree.Latest():
            return _latest(condition)
        case tree.Follow():
            return lambda life: any(_is_followed(condition, one, life) for one in life.events)
    told = fact(condition)
    return lambda life: _of_fact(condition, life.facts.get(told))


def _of_fact(leaf: Condition, found: Any) -> bool:
    match leaf:
        case tree.Profile(test):
            return passes(test, found)
        case tree.CanReceive():
            return found == SUBSCRIBED
        case tree.ConsentIs(_, status):
            return found == status
    if found is None:
        return False
    match leaf:
        case tree.Score(_, op, amount):
            return _compared(op, found, amount)
        case tree.Top(share):
            return found <= share
        case tree.ProfileDate("birthday", window):
            return any(window.holds_age(found + turn) for turn in (-YEAR_DAYS, 0, YEAR_DAYS))
        case tree.ProfileDate(_, window) | tree.InList(_, window):
            return within(window, found) and (window.is_ahead or found >= 0)
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


def within(window: Window, ago: int) -> bool:
    """Whether a moment lies in a window of days or hours."""
    if window.hours is not None:
        return 0 <= ago <= window.hours * AN_HOUR
    return window.holds_age(ago // A_DAY)


class Of:
    """Whether rows are of a subject, each row looked at once."""

    def __init__(self, subject: Subject) -> None:
        self.subject, self.known = subject, dict[Row, bool]()

    def __call__(self, row: Row) -> bool:
        if row not in self.known:
            self.known[row] = is_of(self.subject, row)
        return self.known[row]


def is_of(subject: Subject, row: Row) -> bool:
    """Whether a row is one of those that a condition speaks of; a test counts where an event has the property."""
    kinds = [words.metrics()[name] for name in subject.metrics]
    told = dict(row.properties)
    if not any(is_kind(kind, row) and all(passes(test, told.get(test.name)) for test in _own(kind, subject.where)) for kind in kinds):
        return False
    return not subject.item or any(all(passes(test, dict(line).get(test.name)) for test in subject.item) for line in row.lines)


def _own(kind: words.Metric, where: Tests) -> list[Test]:
    """The tests of properties that such events have."""
    return [test for test in where if test.name in kind.properties]


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


def _compared(op: str, number: Number, amount: Amount) -> bool:
    return _SIGNS[op](number, size(amount))


def _event(leaf: tree.Event) -> Question:
    is_meant, window, named = Of(Subject(leaf.metrics, leaf.where, leaf.item)), leaf.window, unit(leaf.amount)
    sign, asked = _SIGNS[leaf.op], size(leaf.amount)

    def count(life: Life) -> bool:
        return sign(sum(is_meant(one.row) and within(window, one.ago) for one in life.events), asked)

    def value(life: Life) -> bool:
        worth = [dict(one.worth)[named] for one in life.events if is_meant(one.row) and within(window, one.ago)]
        if leaf.measure == tree.SUM:
            return sign(sum(worth), asked)
        return bool(worth) and (sign(sum(worth), asked * len(worth)) if leaf.measure == tree.MEAN else sign(max(worth), asked))

    return count if leaf.measure == tree.COUNT else value


def _every(leaf: tree.Every) -> Question:
    is_meant, is_passing = Of(Subject(leaf.metrics)), Of(Subject(leaf.metrics, leaf.where, leaf.item))

    def ask(life: Life) -> bool:
        there = [one.row for one in life.events if is_meant(one.row) and within(leaf.window, one.ago)]
        return len(there) >= leaf.at_least and all(map(is_passing, there))

    return ask


def _latest(leaf: tree.Latest) -> Question:
    is_meant, is_passing = Of(Subject(leaf.metrics)), Of(Subject(leaf.metrics, leaf.where, leaf.item))
    step = -1 if leaf.which == "last" else 1

    def ask(life: Life) -> bool:
        ago = next((one.ago for one in life.events[::step] if is_meant(one.row)), None)
        if ago is None or not within(leaf.window, ago):
            return False
        return any(one.ago == ago and is_passing(one.row) for one in life.events)

    return ask


def _is_followed(leaf: tree.Follow, first: Happening, life: Life) -> bool:
    """Whether this happening makes the condition true: it was followed, or the time for it has passed in vain."""
    if not (is_of(Subject((leaf.first,), leaf.where), first.row) and within(leaf.window, first.ago)):
        return False
    told = dict(first.row.properties)
    followed = any(
        0 < first.ago - one.ago <= leaf.hours * AN_HOUR
        and is_of(Subject((leaf.then,), leaf.where_next), one.row)
        and all(told.get(name) is not None and told.get(name) == dict(one.row.properties).get(name) for name in leaf.same)
        for one in life.events
    )
    return followed if leaf.followed else not followed and first.ago >= leaf.hours * AN_HOUR
