"""Values that definitions name and the shop does not have: told with the nearest that it does have."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from segkit.engine import Rules, Store
from segkit.quality import Filled, Quality, Rows
from segkit.segments import filled, rows, tree, values, words
from segkit.segments.lint.finding import HINT, WARNING, LintFinding
from segkit.segments.lint.limits import MOST_OFFERS
from segkit.segments.tree import Condition, Test, leaves
from segkit.segments.words import Property

IN_LIST = "in_list"
_POSITIVE = {values.IS_NOT: values.IS, values.CONTAINS_NOT: values.CONTAINS, values.IN: values.IS, values.NOT_IN: values.IS}
_SPELLINGS = ("gender",)  # of which a definition lists every way of writing


@dataclass(frozen=True)
class Asked:
    """The texts that a test asks for, with its operator as a positive one, and where values of the property stand."""

    name: str
    type: str
    rows: tuple[Rows, ...]
    op: str
    values: tuple[str, ...]


def unknown_values(store: Store, rules: Rules, judged: Quality, name: str, condition: Condition) -> Iterator[LintFinding]:
    """A finding for each test of a segment that asks for values which occur nowhere; a hint where others of its list do occur."""
    for asked in dict.fromkeys(one for leaf in leaves(condition) for one in _asked(leaf)):
        strange = [value for value in asked.values if not judged.is_filled(Filled(asked.name, _with(asked, value)))]
        if not strange or (asked.name in _SPELLINGS and len(strange) < len(asked.values)):
            continue
        numbers = {"property": asked.name, "strange": strange, "offers": _offers(_known(store, rules, asked), strange)}
        if not numbers["offers"]:
            yield LintFinding("no_value_at_all", WARNING, (name,), {"property": asked.name, "strange": strange})
            continue
        yield LintFinding("unknown_value", WARNING if len(strange) == len(asked.values) else HINT, (name,), numbers)


def _asked(leaf: Condition) -> Iterator[Asked]:
    match leaf:
        case tree.Event() | tree.Every() | tree.Latest():
            yield from (one for metric in leaf.metrics for one in _of_event(metric, leaf.where))
            yield from _of(leaf.item, words.items(), {test.name: (filled.of_line(test.name),) for test in leaf.item})
        case tree.Follow():
            yield from _of_event(leaf.first, leaf.where)
            yield from _of_event(leaf.then, leaf.where_next)
        case tree.Profile(test):
            own = {test.name: Property(test.name, "value_text", words.TEXT)} if test.name.startswith(words.OWN) else {}
            yield from _of((test,), own or words.people(), {test.name: filled.of_person(test.name)})
        case tree.InList(name):
            yield Asked(IN_LIST, words.TEXT, (Rows("list_memberships", "coalesce(list_name, list_id)"),), values.IS, (name,))


def _of_event(metric: str, where: tree.Tests) -> Iterator[Asked]:
    known = words.metrics()[metric].properties
    told = tuple(test for test in where if test.name in known)
    yield from _of(told, known, {test.name: (filled.of_event(metric, test.name),) for test in told})


def _of(tests: tree.Tests, known: Mapping[str, Property], there: Mapping[str, tuple[Rows, ...]]) -> Iterator[Asked]:
    for test in tests:
        told = test.value if isinstance(test.value, tuple) else (test.value,)
        texts = tuple(one for one in told if isinstance(one, str))
        if texts:
            yield Asked(test.name, known[test.name].type, there[test.name], _POSITIVE.get(test.op, test.op), texts)


def _with(asked: Asked, value: str) -> tuple[Rows, ...]:
    """The same rows, those with this value."""
    test = Test(asked.name, asked.op, value)
    told = {one: rows.test(one.expression, asked.type, test) for one in asked.rows}
    if asked.name == IN_LIST:
        told = dict.fromkeys(told, rows.either(*(rows.test(column, words.TEXT, test) for column in ("list_id", "list_name"))))
    return tuple(replace(one, value=rows.both(one.value, condition)) for one, condition in told.items())


def _known(store: Store, rules: Rules, asked: Asked) -> list[str]:
    """The shop's own values, those that stand in most rows first."""
    times: dict[str, int] = {}
    for one in asked.rows:
        frame = store.ask(one.with_value(rules).aggregate("told", {"times": "count(*)"}))
        for told, count in zip(frame["told"], frame["times"], strict=True):
            for value in [told] if isinstance(told, str) else told:
                times[value] = times.get(value, 0) + int(count)
    return sorted(times, key=lambda value: (-times[value], value))


def _offers(known: list[str], strange: list[str]) -> list[str]:
    """First what looks like the values that were asked for, then what stands there most."""
    told = {value.casefold(): value for value in reversed(known)}
    near = [told[one] for value in strange for one in _alike(value.casefold(), list(told))]
    return [*dict.fromkeys([*near, *known])][:MOST_OFFERS]


def _alike(value: str, known: list[str]) -> list[str]:
    """What holds the value or is held by it, and what has nearly the same letters."""
    return [*(one for one in known if value in one or one in value), *difflib.get_close_matches(value, known, MOST_OFFERS)][:MOST_OFFERS]
