"""Values to try: for each test one that passes, one that does not, both sides of every border, and the unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import combinations, pairwise, product
from typing import Any, TypeVar

from segkit.segments import tree, values, words
from segkit.segments.lint.life import Row, Subject, is_kind, is_of, passes, types_of
from segkit.segments.lint.limits import MOST_COMBINED
from segkit.segments.tree import Test

OTHER = "~"  # a text that nobody tests
K = TypeVar("K")


def samples(tests: Iterable[Test]) -> list[Any]:
    """Values of one property, one for each way in which the tests can turn out; None is unknown."""
    asked = list(dict.fromkeys(tests))
    found = [None, *_tried([value for test in asked for value in _values(test)])]
    return distinct(found, lambda value: tuple(passes(test, value) for test in asked))


def _values(test: Test) -> list[Any]:
    if test.op in (values.KNOWN, values.UNKNOWN):
        return []
    return list(test.value) if isinstance(test.value, tuple) else [(test.op, test.value) if test.op == values.CONTAINS else test.value]


def _tried(told: list[Any]) -> list[Any]:
    """Values around those told: both sides of numbers, texts alone and joined, and another text."""
    parts = [value[1] if isinstance(value, tuple) else value for value in told]
    if any(isinstance(value, bool) for value in parts):
        return [True, False]
    numbers = sorted({Fraction(value) for value in parts if not isinstance(value, str)})
    texts = sorted({value for value in parts if isinstance(value, str)})
    if numbers and not texts:
        return around(numbers)
    joined = [f"{a} {b}" for a, b in combinations(texts, 2)] if any(isinstance(value, tuple) for value in told) else []
    return [OTHER, *texts, *joined]


def around(borders: Sequence[Fraction]) -> list[Fraction]:
    """Each border, and a number in each span that they make."""
    between = [(low + high) / 2 for low, high in pairwise(borders)]
    return sorted([borders[0] - 1, *borders, *between, borders[-1] + 1]) if borders else []


def distinct(found: Iterable[K], seen_as: Callable[[K], Any]) -> list[K]:
    """The first of each that look the same."""
    kept: dict[Any, K] = {}
    for one in found:
        kept.setdefault(seen_as(one), one)
    return list(kept.values())


def list_samples(tests: Iterable[Test]) -> list[Any]:
    """Lists of texts, as tags are: none, each alone, each two, all; None is unknown."""
    texts = sorted({str(test.value) for test in tests if test.op not in (values.KNOWN, values.UNKNOWN)})
    return [None, (OTHER,), *[(one,) for one in texts], *combinations(texts, 2), *([tuple(texts)] if len(texts) > 2 else [])]


def kinds_of_rows(table: str, subjects: Sequence[Subject]) -> list[Row]:
    """A row of each kind that the subjects tell apart; rows that none of them speaks of are left out."""
    found = distinct(_rows(table, subjects), lambda row: tuple(is_of(subject, row) for subject in subjects))
    return [row for row in found if any(is_of(subject, row) for subject in subjects)]


def _rows(table: str, subjects: Sequence[Subject]) -> Iterable[Row]:
    lines = _lines(subjects)
    for type in _types(table, subjects):
        known = {
            name: prop
            for metric in words.metrics().values()
            if is_kind(metric, Row(table, type))
            for name, prop in metric.properties.items()
        }
        asked: dict[str, list[Test]] = {}
        for test in (test for subject in subjects for test in subject.where if test.name in known):
            asked.setdefault(test.name, []).append(test)
        options = {name: _of_property(known[name], tests) for name, tests in asked.items()}
        for properties in _combined(options):
            for line in lines:
                yield Row(table, type, properties, line)


def _of_property(prop: words.Property, tests: list[Test]) -> list[Any]:
    return list_samples(tests) if prop.type == words.LIST else samples(tests)


def _types(table: str, subjects: Sequence[Subject]) -> list[str]:
    metrics = [words.metrics()[name] for subject in subjects for name in subject.metrics]
    told = [type for metric in metrics for type in types_of(metric)]
    plain = [type for metric in words.metrics().values() if metric.table == table for type in types_of(metric)]
    whole = any(metric.when is None for metric in metrics)
    return list(dict.fromkeys([*told, *([next((type for type in plain if type not in told), OTHER)] if whole else [])]))


def _combined(options: dict[str, list[Any]]) -> list[tuple[tuple[str, Any], ...]]:
    """Every combination of the values; where those are too many, one or two properties at a time."""
    size = 1
    for tried in options.values():
        size *= len(tried)
    if size <= MOST_COMBINED:
        return [tuple(zip(options, chosen, strict=True)) for chosen in product(*options.values())]
    plain = {name: tried[0] for name, tried in options.items()}
    pairs = combinations(options, 2)
    return [tuple({**plain, a: left, b: right}.items()) for a, b in pairs for left in options[a] for right in options[b]]


def _lines(subjects: Sequence[Subject]) -> list[tuple[tuple[tuple[str, Any], ...], ...]]:
    """The lines that an order can have: none, one of each kind, two of different kinds."""
    asked: dict[str, list[Test]] = {}
    for test in (test for subject in subjects for test in subject.item):
        asked.setdefault(test.name, []).append(test)
    options = {name: samples(tests) for name, tests in asked.items()}
    items = list(dict.fromkeys(subject.item for subject in subjects if subject.item))

    def seen(line: tuple[tuple[str, Any], ...]) -> tuple[bool, ...]:
        return tuple(all(passes(test, dict(line).get(test.name)) for test in item) for item in items)

    singles = distinct(_combined(options), seen) if options else []
    return [(), *[(line,) for line in singles], *combinations(singles, 2)]


def cuts_of(op: str, amount: int) -> list[int]:
    """The counts from which on a comparison turns."""
    return {
        tree.AT_LEAST: [amount], tree.LESS_THAN: [amount], tree.MORE_THAN: [amount + 1], tree.AT_MOST: [amount + 1],
        tree.EXACTLY: [amount, amount + 1],
    }[op]  # fmt: skip
