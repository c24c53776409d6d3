"""The closed vocabulary of expressions: text in, a checked syntax tree and its kind out."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, time, timedelta

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from segkit.clock import AsOf
from segkit.engine.check import Checker
from segkit.engine.scope import (
    AGE,
    COUNT,
    DATE,
    DECIMAL,
    FLAG,
    INTEGER,
    LIST,
    MOMENT,
    NULL,
    NUMBER,
    NUMERIC,
    OTHERWISE,
    TEXT,
    WHOLE,
    Scope,
    kind_of_type,
)  # fmt: skip
from segkit.errors import ExpressionError, SettingsError

__all__ = [
    "AGE",
    "COUNT",
    "DATE",
    "DAYS_AGO",
    "DECIMAL",
    "FLAG",
    "INTEGER",
    "LIST",
    "MOMENT",
    "NULL",
    "NUMBER",
    "NUMERIC",
    "OTHERWISE",
    "SECONDS_AFTER",
    "TEXT",
    "WHOLE",
    "Scope",
    "condition",
    "day_of",
    "days_between",
    "kind_of_type",
    "known_by",
    "moment_literal",
    "parse",
]  # fmt: skip


DAYS_AGO, SECONDS_AFTER = "days_ago", "seconds_after"  # what a literal that follows from the as-of day remembers


def parse(text: str, scope: Scope) -> tuple[exp.Expression, str]:
    """The checked tree of an expression and the kind of its value."""
    tree = _tree(str(text))
    tree = tree.transform(lambda node: _threshold(node, scope, text), copy=False)
    tree = tree.transform(lambda node: _macro(node, text), copy=False)
    if scope.day is not None and scope.as_of is not None:
        tree = _with_ages(tree, scope.day, scope.as_of)
    tree = tree.transform(lambda node: _since(node, scope, text), copy=False)
    kind = Checker(scope, str(text)).kind(tree)
    return tree.transform(_safe_division, copy=False), kind


def condition(text: str, scope: Scope) -> exp.Expression:
    """The tree of an expression that is true or false; `otherwise` is always true."""
    if text == OTHERWISE:
        return exp.true()
    tree, kind = parse(text, scope)
    if kind not in (FLAG, NULL):
        raise ExpressionError(f"{text!r} is a {kind}, not a condition.", "Compare it with something, such as  > 0.")
    return tree


def _tree(text: str) -> exp.Expression:
    """The one expression in a text; a second statement behind a semicolon is refused, whatever the parser does with it."""
    try:
        trees = sqlglot.parse(text, dialect="duckdb")
    except SqlglotError as error:
        raise ExpressionError(f"Cannot read the expression {text!r}.", f"Mend its syntax: {_first_line(error)}") from error
    if len(trees) != 1 or trees[0] is None:
        raise ExpressionError(f"{text!r} is not one expression.", "Write one value or one condition.")
    return trees[0]


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0].split(". Line", 1)[0]


def _threshold(node: exp.Expression, scope: Scope, text: str) -> exp.Expression:
    if not isinstance(node, exp.Placeholder):
        return node
    name = str(node.this)
    if scope.settings is None:
        raise ExpressionError(f"{text!r} uses ${name}, but no thresholds are known here.", "Write the value itself.")
    try:
        threshold = scope.settings.threshold(name)
    except SettingsError as error:
        raise ExpressionError(f"{text!r} uses the unknown threshold ${name}.", error.todo) from error
    if threshold.unit == "date":  # the moment (UTC) at which that day begins
        return moment_literal(datetime.fromisoformat(str(threshold.value)))
    return exp.convert(threshold.value)


# --- macros: the few words of our own, rewritten to plain nodes -------------------------------------------------------


def _count_where(where: exp.Expression) -> exp.Expression:
    return _filtered(exp.Count(this=exp.Star()), where)


def _filtered(aggregate: exp.Expression, where: exp.Expression) -> exp.Expression:
    return exp.Filter(this=aggregate, expression=exp.Where(this=where))


_EARTH_KM = 6371  # mean radius


def _within_km(*given: exp.Expression) -> exp.Expression:
    """Great-circle distance by the haversine, compared before its root and arcsine are taken."""
    latitude, longitude, *place = given
    here_latitude, here_longitude, km = (float(part.to_py()) for part in place)
    across = exp.Mul(
        this=exp.Mul(this=exp.Cos(this=exp.Radians(this=latitude)), expression=_number(math.cos(math.radians(here_latitude)))),
        expression=_half_sine_squared(longitude.copy(), here_longitude),
    )
    haversine = exp.Add(this=_half_sine_squared(latitude.copy(), here_latitude), expression=across)
    return exp.LTE(this=haversine, expression=_number(math.sin(min(km / (2 * _EARTH_KM), math.pi / 2)) ** 2))


def _half_sine_squared(degrees: exp.Expression, here: float) -> exp.Expression:
    half = exp.Mul(
        this=exp.Paren(this=exp.Sub(this=exp.Radians(this=degrees), expression=_number(math.radians(here)))), expression=_number(1 / 2)
    )
    return exp.Mul(this=exp.Sin(this=half), expression=exp.Sin(this=half.copy()))


def _number(value: float) -> exp.Expression:
    """A number in plain digits: not every engine reads an exponent as we mean it."""
    literal = exp.Literal.number(f"{abs(value):.17f}")
    return exp.Neg(this=literal) if value < 0 else literal


_MACROS: dict[str, tuple[int, Callable[..., exp.Expression]]] = {
    "count_where": (1, _count_where),
    "sum_where": (2, lambda x, where: _filtered(exp.Sum(this=x), where)),
    "min_where": (2, lambda x, where: _filtered(exp.Min(this=x), where)),
    "max_where": (2, lambda x, where: _filtered(exp.Max(this=x), where)),
    "has_text": (2, lambda text, part: exp.GT(this=exp.StrPosition(this=text, substr=part), expression=exp.Literal.number(0))),
    "has_element": (2, lambda items, item: exp.ArrayContains(this=items, expression=item)),
    "within_km": (5, _within_km),
}


def _macro(node: exp.Expression, text: str) -> exp.Expression:
    name = str(node.this).lower() if isinstance(node, exp.Anonymous) else ""
    if name not in _MACROS:
        return node
    arity, build = _MACROS[name]
    if len(node.expressions) != arity:
        raise ExpressionError(f"{text!r}: {name} takes {arity} value(s).", f"It has {len(node.expressions)}; mend it.")
    return build(*[inner.transform(lambda part: _macro(part, text)) for inner in node.expressions])  # a word may stand in another


_FLIPPED: dict[type[exp.Expression], type[exp.Expression]] = {
    exp.LTE: exp.GTE, exp.LT: exp.GT, exp.GTE: exp.LTE, exp.GT: exp.LT, exp.EQ: exp.EQ, exp.NEQ: exp.NEQ,
}  # fmt: skip


def _with_ages(tree: exp.Expression, day: str, as_of: AsOf) -> exp.Expression:
    """Ages as dates: `age_days <= 30` becomes a comparison of the day column with a DATE literal."""

    def rewrite(node: exp.Expression) -> exp.Expression:
        column = exp.column(day)
        if type(node) in _FLIPPED and _is_age(node.this) and node.expression.is_int:
            return _FLIPPED[type(node)](this=column, expression=_day_literal(as_of, node.expression))
        if isinstance(node, exp.Between) and _is_age(node.this) and node.args["low"].is_int and node.args["high"].is_int:
            low, high = _day_literal(as_of, node.args["high"]), _day_literal(as_of, node.args["low"])
            return exp.Between(this=column, low=low, high=high)
        return node

    tree = tree.transform(rewrite, copy=False)
    return tree.transform(lambda node: days_between(exp.column(day), as_of) if _is_age(node) else node, copy=False)


def _is_age(node: exp.Expression | None) -> bool:
    return isinstance(node, exp.Column) and node.name == AGE


def _day_literal(as_of: AsOf, days: exp.Expression) -> exp.Expression:
    return day_of(as_of, int(days.to_py()))


def day_of(as_of: AsOf, days_ago: int = 0) -> exp.Expression:
    """The as-of day, or a day so many before it, as a DATE literal that every dialect reads; it remembers what it is."""
    literal = exp.cast(exp.Literal.string(as_of.days_ago(days_ago).isoformat()), "date")
    literal.meta[DAYS_AGO] = days_ago
    return literal


def moment_of(as_of: AsOf, instant: datetime) -> exp.Expression:
    """A moment that follows from the as-of day; it remembers how many seconds that is from midnight UTC of that day."""
    literal = moment_literal(instant)
    literal.meta[SECONDS_AFTER] = int((instant - datetime.combine(as_of.day, time())).total_seconds())
    return literal


def days_between(start: exp.Expression, as_of: AsOf) -> exp.Expression:
    """Calendar days from a date to the as-of day."""
    return exp.DateDiff(this=day_of(as_of), expression=start, unit=exp.Var(this="DAY"))


_AS_OF_WORDS: dict[str, tuple[int, Callable[..., exp.Expression]]] = {
    "days_since": (1, lambda as_of, day: days_between(day, as_of)),
    "by_as_of": (1, lambda as_of, moment: known_by(moment, as_of)),
    "newer_than": (2, lambda as_of, moment, days: exp.GTE(this=moment, expression=_start_of_day(as_of, _whole(days) - 1))),
    "start_of_day": (1, lambda as_of, days: _start_of_day(as_of, _whole(days))),
    "hours_ago": (1, lambda as_of, hours: moment_of(as_of, as_of.end_at - timedelta(hours=_whole(hours)))),
}


def _since(node: exp.Expression, scope: Scope, text: str) -> exp.Expression:
    """The words about the as-of day.

    days_since(date) is an age; newer_than(moment, days) says that its local day is fewer than so many days ago;
    by_as_of(moment) says that it is not in the future; start_of_day(days) is the moment at which the local day that
    many days ago began; hours_ago(hours) is that long before the as-of moment.
    """
    name = str(node.this).lower() if isinstance(node, exp.Anonymous) else ""
    if name not in _AS_OF_WORDS:
        return node
    arity, build = _AS_OF_WORDS[name]
    if scope.as_of is None or len(node.expressions) != arity:
        todo = "Write days_since(date), newer_than(moment, days), by_as_of(moment), start_of_day(days) or hours_ago(hours)."
        raise ExpressionError(f"{text!r}: {name} has the wrong number of values, or no as-of date is known.", todo)
    return build(scope.as_of, *node.expressions)


def _whole(node: exp.Expression) -> int:
    return int(node.to_py())


def _start_of_day(as_of: AsOf, days: int) -> exp.Expression:
    return moment_of(as_of, as_of.day_start_at(days))


def known_by(moment: exp.Expression, as_of: AsOf) -> exp.Expression:
    """A moment that is not after the as-of moment."""
    compare = exp.LT if as_of.moment is None else exp.LTE
    return compare(this=moment, expression=moment_of(as_of, as_of.end_at))


def moment_literal(instant: datetime) -> exp.Expression:
    """A TIMESTAMP literal in UTC that every dialect reads."""
    return exp.cast(exp.Literal.string(instant.isoformat(sep=" ")), "timestamp")


def _safe_division(node: exp.Expression) -> exp.Expression:
    """Division is of doubles, and by zero it is null, on every engine."""
    if not isinstance(node, exp.Div):
        return node
    divisor = exp.Nullif(this=node.expression, expression=exp.Literal.number(0))
    return exp.Div(this=exp.cast(node.this, "double"), expression=divisor)
