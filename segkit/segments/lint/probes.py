"""Conditions in which a state is described: spans of days, counts and values between the borders that the set itself uses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

from segkit.segments import tree, values
from segkit.segments.lint.life import Subject
from segkit.segments.lint.limits import MOST_BANDS
from segkit.segments.lint.reach import bands, cuts, is_count, windows_of
from segkit.segments.tree import Condition, Test, Tests
from segkit.segments.window import Window

_INVERSE = {
    tree.AT_LEAST: tree.LESS_THAN, tree.LESS_THAN: tree.AT_LEAST, tree.MORE_THAN: tree.AT_MOST, tree.AT_MOST: tree.MORE_THAN,
}  # fmt: skip


def of_rows(leaves: Sequence[Any]) -> list[Condition]:
    """Descriptions of histories of events."""
    found = [*_counts(leaves), *_spans(leaves), *_values(leaves), *_tested(leaves)]
    return list(dict.fromkeys(found))


def _counts(leaves: Sequence[Any]) -> Iterable[Condition]:
    """So many, for each span of counts of the same rows in the same window."""
    groups: dict[tuple[Subject, Window], list[Any]] = {}
    for leaf in leaves:
        if is_count(leaf):
            groups.setdefault((Subject(leaf.metrics, leaf.where, leaf.item), leaf.window), []).append(leaf)
    for same in groups.values():
        borders = cuts(same)
        yield replace(same[0], op=tree.EXACTLY, amount=0)
        for low, high in combinations(borders, 2):
            yield count_between(same[0], low, high)
        yield from (replace(same[0], op=tree.AT_LEAST, amount=low) for low in borders)


def count_between(event: tree.Event, low: int, high: int) -> Condition:
    """At least `low` and fewer than `high` of an event; one condition where that is a single number."""
    if high == low + 1:
        return replace(event, op=tree.EXACTLY, amount=low)
    return tree.all_of(replace(event, op=tree.AT_LEAST, amount=low), replace(event, op=tree.AT_MOST, amount=high - 1))


def _spans(leaves: Sequence[Any]) -> Iterable[Condition]:
    """The last of these events lay in a span between borders that the set uses for them."""
    for metrics, where in dict.fromkeys((leaf.metrics, leaf.where) for leaf in leaves if _asks_when(leaf)):
        own = [leaf for leaf in leaves if _asks_when(leaf) and (leaf.metrics, leaf.where) == (metrics, where)]
        found = bands(windows_of(own))
        for near, far in _ranges(len(found)):
            window = Window(found[near].window.newest, found[far].window.oldest)
            if not window.is_ever and (window.newest or window.oldest is not None):
                yield last_in(metrics, where, window)


def _asks_when(leaf: Any) -> bool:
    """Whether it asks in which span of days something happened last, or at all."""
    if getattr(leaf, "item", None) or not isinstance(leaf, (tree.Event, tree.Latest)) or leaf.window.hours is not None:
        return False
    return leaf.which == "last" and not leaf.where if isinstance(leaf, tree.Latest) else is_count(leaf)


def last_in(metrics: tuple[str, ...], where: Tests, window: Window) -> Condition:
    """The last of these events lies in a window of days; with tests: some lie in it and none after it."""
    if not where:
        return tree.Latest("last", metrics, window=window)
    some = tree.Event(metrics, where=where, window=window)
    if not window.newest:
        return some
    return tree.all_of(some, tree.Event(metrics, tree.EXACTLY, 0, where=where, window=Window(0, window.newest - 1)))


def _ranges(count: int) -> Iterable[tuple[int, int]]:
    furthest = count if count <= MOST_BANDS else 1
    return ((near, far) for near in range(count) for far in range(near, min(count, near + furthest)))


def _values(leaves: Sequence[Any]) -> Iterable[Condition]:
    """The other side of each comparison of values, without those who have no value."""
    for leaf in leaves:
        if isinstance(leaf, tree.Event) and leaf.measure != tree.COUNT and leaf.op in _INVERSE:
            yield replace(leaf, op=_INVERSE[leaf.op])


def _tested(leaves: Sequence[Any]) -> Iterable[Condition]:
    """The first or last event has a number between borders that the set uses, such as a score of 5 to 8."""
    for which, metrics, name in dict.fromkeys(
        (leaf.which, leaf.metrics, test.name) for leaf in leaves if isinstance(leaf, tree.Latest) for test in leaf.where if _is_number(test)
    ):
        yield from (tree.Latest(which, metrics, where=told) for told in spans_of(name, numbers_of(leaves, which, metrics, name)))


def _is_number(test: Test) -> bool:
    return not isinstance(test.value, (str, bool, tuple)) and test.op not in (values.KNOWN, values.UNKNOWN)


def numbers_of(leaves: Sequence[Any], which: str, metrics: tuple[str, ...], name: str) -> list[Fraction]:
    """The numbers that the first or last of these events is tested against, as borders from which on a test turns."""
    same = [leaf for leaf in leaves if isinstance(leaf, tree.Latest) and (leaf.which, leaf.metrics) == (which, metrics)]
    return sorted({Fraction(test.value) for leaf in same for test in leaf.where if test.name == name and _is_number(test)})  # type: ignore[arg-type]


def spans_of(name: str, borders: Sequence[Fraction]) -> list[Tests]:
    """Tests for each span of numbers between borders: below the first, between two, from the last on."""
    told = _exact(borders)
    between = [(Test(name, tree.AT_LEAST, low), Test(name, tree.LESS_THAN, high)) for low, high in combinations(told, 2)]
    below = [(Test(name, tree.LESS_THAN, low),) for low in told[:1]]
    return [*below, *between, *[(Test(name, tree.AT_LEAST, low),) for low in told]]


def neighbours(name: str, borders: Sequence[Fraction]) -> list[Tests]:
    """Of those spans the ones with no border inside."""
    told = spans_of(name, borders)
    return [one for one in told if len(one) == 1 and one[0].op == tree.LESS_THAN] + [
        (Test(name, tree.AT_LEAST, low), Test(name, tree.LESS_THAN, high))
        for (low, high) in pairwise(_exact(borders))
    ] + [told[-1]]  # fmt: skip


def _exact(borders: Sequence[Fraction]) -> list[int | Decimal]:
    return [int(border) if border == int(border) else Decimal(border.numerator) / border.denominator for border in borders]


def of_facts(leaves: Sequence[Any]) -> list[Condition]:
    """Descriptions of what is known of a person: spans of numbers and of days."""
    first = leaves[0]
    if isinstance(first, tree.Profile):
        borders = sorted({Fraction(leaf.test.value) for leaf in leaves if _is_number(leaf.test)})
        spans = [tree.all_of(*map(tree.Profile, told)) for told in spans_of(first.test.name, borders)]
        return [*spans, tree.Profile(Test(first.test.name, values.UNKNOWN, True))]
    if isinstance(first, tree.Score):
        return [replace(leaf, op=_INVERSE[leaf.op]) for leaf in leaves if leaf.op in _INVERSE]
    return []
