"""Conditions on single rows, as expressions of the engine's vocabulary: windows, tests of properties, kinds of events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from segkit.clock import LEAP_DAY, MARCH_FIRST, YEAR_DAYS, AsOf, is_leap
from segkit.segments import values, words
from segkit.segments.tree import AT_LEAST, AT_MOST, EXACTLY, LESS_THAN, MORE_THAN, Test, Tests
from segkit.segments.window import Window

SIGNS = {AT_LEAST: ">=", AT_MOST: "<=", MORE_THAN: ">", LESS_THAN: "<", EXACTLY: "="}


def in_window(window: Window, stem: str, as_of: AsOf) -> str | None:
    """The condition that a row of a table with a local day lies in the window; None when every row does.

    With a date as as_of the shop's days are compared (`_on`), with a moment the instants (`_at`), as platform parity wants.
    """
    if as_of.moment is not None or window.hours is not None:
        return moment_in_window(window, f"{stem}_at", as_of)
    bounds = []
    if window.oldest is not None:
        bounds.append(f"age_days <= {window.oldest}")
    if window.newest:
        bounds.append(f"age_days >= {window.newest}")
    if window.start is not None:
        bounds.append(f"{stem}_on >= DATE '{window.start}'")
    if window.end_before is not None:
        bounds.append(f"{stem}_on < DATE '{window.end_before}'")
    return both(*bounds)


def moment_in_window(window: Window, column: str, as_of: AsOf) -> str | None:
    """The same for a moment, by the instants at which the shop's days begin; None when every moment is in."""
    bounds = []
    if window.hours is not None:
        bounds.append(f"{column} >= hours_ago({window.hours})")
    if window.oldest is not None:
        bounds.append(f"{column} >= start_of_day({window.oldest})")
    if window.newest:
        bounds.append(f"{column} < start_of_day({window.newest - 1})")
    if window.start is not None:
        bounds.append(f"{column} >= {_day_start(window.start, as_of)}")
    if window.end_before is not None:
        bounds.append(f"{column} < {_day_start(window.end_before, as_of)}")
    return both(*bounds)


def _day_start(day: date, as_of: AsOf) -> str:
    return f"TIMESTAMP '{as_of.day_begins_at(day).isoformat(sep=' ')}'"


def event(metrics: tuple[str, ...], tests: Tests) -> str | None:
    """The condition that a row is one of these events and passes the tests; a test counts where an event has the property."""
    kinds = [_kind(words.metrics()[name], tests) for name in metrics]
    return None if None in kinds else either(*[kind for kind in kinds if kind])


def _kind(metric: words.Metric, tests: Tests) -> str | None:
    known = [(metric.properties[one.name], one) for one in tests if one.name in metric.properties]
    return both(metric.when, *[test(prop.expression, prop.type, one) for prop, one in known])


def all_tests(tests: Tests, known: Mapping[str, words.Property]) -> str | None:
    """The condition that a row passes all of the tests."""
    return both(*[test(known[one.name].expression, known[one.name].type, one) for one in tests])


def test(expression: str, kind: str, one: Test) -> str:
    """One test of an expression; what is unknown fails it, or passes a negative one."""
    if one.op in (values.KNOWN, values.UNKNOWN):
        return f"{expression} IS {'NOT ' if one.op == values.KNOWN else ''}NULL"
    positive = _positive(expression, kind, one)
    return f"coalesce(NOT ({positive}), TRUE)" if one.op in values.PASSED_BY_UNKNOWN else positive


def _positive(expression: str, kind: str, one: Test) -> str:
    if one.op in (values.IS, values.IS_NOT):
        return f"{expression} = {literal(one.value)}"
    if one.op in (values.IN, values.NOT_IN):
        return f"{expression} IN ({', '.join(map(literal, one.value))})"  # type: ignore[arg-type]
    if one.op in (values.CONTAINS, values.CONTAINS_NOT):
        return f"{'has_element' if kind == words.LIST else 'has_text'}({expression}, {literal(one.value)})"
    if one.op == values.STARTS_WITH:
        return f"starts_with({expression}, {literal(one.value)})"
    return f"{expression} {SIGNS[one.op]} {literal(one.value)}"


def literal(value: Any) -> str:
    """A value as an expression writes it."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int):
        return str(value)
    quoted = str(value).replace("'", "''")
    return f"'{quoted}'"


def both(*conditions: str | None) -> str | None:
    """All of the conditions; None when there are none."""
    given = [one for one in conditions if one]
    return given[0] if len(given) == 1 else " AND ".join(f"({one})" for one in given) or None


def either(*conditions: str) -> str:
    """Any of the conditions."""
    return conditions[0] if len(conditions) == 1 else " OR ".join(f"({one})" for one in conditions)


def anniversaries(window: Window, as_of: AsOf) -> dict[int, set[int]]:
    """The days of the year in a window as {month: days}; a birthday of 29 February is kept on 1 March in other years."""
    newest, oldest = window.newest or 0, window.oldest or 0
    days = [as_of.days_ago(age) for age in range(newest, min(oldest, newest + YEAR_DAYS) + 1)]
    told = {(day.month, day.day) for day in days}
    if any((day.month, day.day) == MARCH_FIRST and not is_leap(day) for day in days):
        told.add(LEAP_DAY)
    return {month: {day for one, day in told if one == month} for month in sorted({month for month, _ in told})}
