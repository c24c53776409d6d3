"""Conditions in one form, so that what means the same reads the same: joined counts, windows as ages, regions as countries."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from itertools import groupby

from segkit.segments import tree, values, words
from segkit.segments.tree import Condition, Test, Tests, any_of, leaves, replaced
from segkit.segments.window import Window


def normal(condition: Condition, as_of: date) -> Condition:
    """The same condition with its windows in days or hours before the as-of day, and `any` of counts of one table as one count."""
    renamed = replaced(condition, {leaf: _leaf(leaf, as_of) for leaf in leaves(condition)})
    return _joined(renamed)


def last_day_named(condition: Condition) -> date | None:
    """The latest calendar day that a window of the condition names."""
    windows = [window for leaf in leaves(condition) if (window := getattr(leaf, "window", None))]
    return max((day for window in windows for day in (window.start, window.end_before) if day), default=None)


def _leaf(leaf: Condition, as_of: date) -> Condition:
    if isinstance(leaf, tree.InRegion):
        return tree.Profile(Test("country", values.IN, tuple(sorted(words.regions()[leaf.name]))))
    if any(field.name == "window" for field in fields(leaf)):  # type: ignore[arg-type]
        return replace(leaf, window=in_days(leaf.window, as_of))  # type: ignore[attr-defined, type-var]
    return leaf


def in_days(window: Window, as_of: date) -> Window:
    """A span between calendar days as a span of ages, seen from the as-of day."""
    if window.start is None and window.end_before is None:
        return window
    newest = 0 if window.end_before is None else max(0, (as_of - window.end_before).days + 1)
    return Window(newest, None if window.start is None else (as_of - window.start).days)


def _joined(condition: Condition) -> Condition:
    if isinstance(condition, tree.Not):
        return ~_joined(condition.condition)
    if isinstance(condition, tree.All):
        return tree.all_of(*map(_joined, condition.conditions))
    if not isinstance(condition, tree.Any):
        return condition
    inner = list(map(_joined, condition.conditions))
    once = [one for one in inner if _is_at_least_once(one)]
    rest = [one for one in inner if not _is_at_least_once(one)]
    once.sort(key=_span)
    return any_of(*rest, *[joined for _, group in groupby(once, _span) for joined in _as_one(list(group))])  # type: ignore[arg-type]


def _is_at_least_once(condition: Condition) -> bool:
    return isinstance(condition, tree.Event) and condition.measure == tree.COUNT and (condition.op, condition.amount) == (tree.AT_LEAST, 1)


def _span(event: Condition) -> tuple[str, str, str]:
    assert isinstance(event, tree.Event)
    return words.metrics()[event.metrics[0]].table, str(event.window), str(event.item)


def _as_one(events: list[tree.Event]) -> list[tree.Event]:
    """One event of several metrics, where each metric then still has its own tests and no other."""
    metrics = tuple(sorted({name for event in events for name in event.metrics}))
    where = tuple(sorted({test for event in events for test in event.where}, key=lambda test: (test.name, test.op, str(test.value))))
    same = all(_told_of(name, where) == _told_of(name, event.where) for event in events for name in event.metrics)
    distinct = sum(len(event.metrics) for event in events) == len(metrics)
    return [replace(events[0], metrics=metrics, where=where)] if same and distinct else events


def _told_of(metric: str, where: Tests) -> set[Test]:
    return {test for test in where if test.name in words.metrics()[metric].properties}
