"""Habits that make a segment say something else than was meant: machine opens, bots, missing consent, border days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from segkit.segments import tree, values
from segkit.segments.definition import Segment
from segkit.segments.lint.finding import HINT, WARNING, LintFinding
from segkit.segments.tree import Condition, Test, leaves, replaced

OPENED, CLICKED = "opened_email", "clicked_email"
MACHINE, BOT = "apple_privacy_open", "bot_click"
NO_SENDING = ("remove", "block")
Conditions = Mapping[str, Condition]


def of_mail(conditions: Conditions) -> Iterator[LintFinding]:
    """Opens that a machine may have made, and clicks that a scanner may have made, taken for those of people."""
    for name, condition in conditions.items():
        for key, severity, metric, flag in (("machine_opens", WARNING, OPENED, MACHINE), ("bot_clicks", HINT, CLICKED, BOT)):
            unsure = [leaf for leaf in leaves(condition) if _takes(leaf, metric, flag)]
            if unsure:
                human = replaced(condition, {leaf: _by_people(leaf, metric, flag) for leaf in unsure})
                yield LintFinding(key, severity, (name,), who=tree.any_of(condition & ~human, human & ~condition))


def _takes(leaf: Condition, metric: str, flag: str) -> bool:
    """Whether it counts such events without asking who made them."""
    if isinstance(leaf, tree.Follow):
        sides = ((leaf.first, leaf.where), (leaf.then, leaf.where_next))
        return any(event == metric and not _asks(tests, flag) for event, tests in sides)
    return metric in getattr(leaf, "metrics", ()) and not _asks(getattr(leaf, "where", ()), flag)


def _asks(tests: tree.Tests, flag: str) -> bool:
    return any(test.name == flag for test in tests)


def _by_people(leaf: Any, metric: str, flag: str) -> Condition:
    """The same condition, of events by people only."""
    human = Test(flag, values.IS, False)
    if isinstance(leaf, tree.Follow):
        leaf = replace(leaf, where=_with(leaf.where, human)) if leaf.first == metric else leaf
        return replace(leaf, where_next=_with(leaf.where_next, human)) if leaf.then == metric else leaf
    if isinstance(leaf, tree.Top):
        return leaf
    return replace(leaf, where=_with(leaf.where, human))


def _with(tests: tree.Tests, one: Test) -> tree.Tests:
    others = [test for test in tests if test.name != one.name]
    return tuple(sorted([*others, one], key=lambda test: (test.name, test.op, str(test.value))))


def of_consent(segments: Mapping[str, Segment], conditions: Conditions) -> Iterator[LintFinding]:
    """Segments to be mailed that do not ask for consent, where no other segment of the set is the same with consent."""
    wanting = [name for name, segment in segments.items() if segment.goal not in NO_SENDING and not _has_consent(conditions[name])]
    parts = {name: _conjuncts(condition) for name, condition in conditions.items()}
    sent = [told for name, told in parts.items() if _has_consent(conditions[name])]
    open_ones = [name for name in wanting if not any(parts[name] < told for told in sent)]
    if open_ones:
        yield LintFinding("no_consent", HINT, tuple(open_ones), {"n": len(open_ones)})


def _has_consent(condition: Condition) -> bool:
    return any(isinstance(leaf, (tree.CanReceive, tree.ConsentIs)) for leaf in leaves(condition))


def _conjuncts(condition: Condition) -> set[Condition]:
    return set(condition.conditions) if isinstance(condition, tree.All) else {condition}


def of_borders(conditions: Conditions) -> Iterator[LintFinding]:
    """Something in a span of days and nothing since, where both hold the border day: who did it on that day drops out."""
    for name, condition in conditions.items():
        for parts in _alls(condition):
            events = [one for one in parts if isinstance(one, tree.Event) and one.measure == tree.COUNT]
            for some in (one for one in events if (one.op, one.amount) == (tree.AT_LEAST, 1) and one.window.newest):
                if any(_is_none(one) and _is_border(some, one) for one in events):
                    yield LintFinding("border_day", WARNING, (name,), {"day": some.window.newest})


def _alls(condition: Condition) -> Iterator[tuple[Condition, ...]]:
    if isinstance(condition, (tree.All, tree.Any)):
        if isinstance(condition, tree.All):
            yield condition.conditions
        for inner in condition.conditions:
            yield from _alls(inner)


def _is_none(event: tree.Event) -> bool:
    return (event.op, event.amount) in ((tree.EXACTLY, 0), (tree.LESS_THAN, 1), (tree.AT_MOST, 0))


def _is_border(some: tree.Event, none: tree.Event) -> bool:
    same = (some.metrics, some.where, some.item) == (none.metrics, none.where, none.item)
    return same and not none.window.newest and none.window.oldest == some.window.newest
