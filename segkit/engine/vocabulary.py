"""The closed vocabulary of expressions: text in, a checked syntax tree and its kind out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from segkit.clock import AsOf
from segkit.errors import ExpressionError, SettingsError
from segkit.settings import Settings, suggestion

# What a value is. "count" is a whole number that is never null, "integer" one that may be.
COUNT, INTEGER, NUMBER, DECIMAL = "count", "integer", "number", "decimal"
TEXT, FLAG, DATE, MOMENT, LIST, NULL = "text", "flag", "date", "moment", "list", "null"
WHOLE = (COUNT, INTEGER)
NUMERIC = (COUNT, INTEGER, NUMBER, DECIMAL)
AGE = "age_days"  # in the row scope of an event table: calendar days between the event and the as-of day
OTHERWISE = "otherwise"

_TYPES = {
    "varchar": TEXT, "char": TEXT, "json": TEXT, "boolean": FLAG, "timestamp": MOMENT, "date": DATE, "double": NUMBER,
    "bigint": INTEGER, "integer": INTEGER, "smallint": INTEGER, "decimal": DECIMAL,
}  # fmt: skip


def kind_of_type(sql_type: str) -> str:
    """The kind of a canonical column type, such as decimal for decimal(18,4)."""
    return LIST if sql_type.endswith("[]") else _TYPES[sql_type.partition("(")[0]]


@dataclass(frozen=True)
class Scope:
    """What an expression may refer to: columns with their kinds, thresholds, the as-of day, and which nodes."""

    columns: Mapping[str, str]
    settings: Settings | None = None
    as_of: AsOf | None = None
    day: str | None = None  # the `_on` column that `age_days` counts from
    aggregates: bool = False
    extra: Mapping[str, Callable[[exp.Expression, list[str], str], str]] = field(default_factory=dict)


def parse(text: str, scope: Scope) -> tuple[exp.Expression, str]:
    """The checked tree of an expression and the kind of its value."""
    try:
        tree = sqlglot.parse_one(str(text), dialect="duckdb")
    except SqlglotError as error:
        raise ExpressionError(
            f"Cannot read the expression {text!r}.", f"Mend its syntax: {_first_line(error)}"
        ) from error
    tree = tree.transform(lambda node: _threshold(node, scope, text))
    tree = tree.transform(lambda node: _macro(node, text))
    if scope.day is not None and scope.as_of is not None:
        tree = _with_ages(tree, scope.day, scope.as_of)
    tree = tree.transform(lambda node: _since(node, scope, text))
    kind = _Checker(scope, str(text)).kind(tree)
    return tree.transform(_safe_division), kind


def condition(text: str, scope: Scope) -> exp.Expression:
    """The tree of an expression that is true or false; `otherwise` is always true."""
    if text == OTHERWISE:
        return exp.true()
    tree, kind = parse(text, scope)
    if kind not in (FLAG, NULL):
        raise ExpressionError(f"{text!r} is a {kind}, not a condition.", "Compare it with something, such as  > 0.")
    return tree


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0].split(". Line", 1)[0]


def _threshold(node: exp.Expression, scope: Scope, text: str) -> exp.Expression:
    if not isinstance(node, exp.Placeholder):
        return node
    name = str(node.this)
    if scope.settings is None:
        raise ExpressionError(f"{text!r} uses ${name}, but no thresholds are known here.", "Write the value itself.")
    try:
        return exp.convert(scope.settings[name])
    except SettingsError as error:
        raise ExpressionError(f"{text!r} uses the unknown threshold ${name}.", error.todo) from error


# --- macros: the few words of our own, rewritten to plain nodes -------------------------------------------------------


def _count_where(where: exp.Expression) -> exp.Expression:
    return _filtered(exp.Count(this=exp.Star()), where)


def _filtered(aggregate: exp.Expression, where: exp.Expression) -> exp.Expression:
    return exp.Filter(this=aggregate, expression=exp.Where(this=where))


_MACROS: dict[str, tuple[int, Callable[..., exp.Expression]]] = {
    "count_where": (1, _count_where),
    "sum_where": (2, lambda x, where: _filtered(exp.Sum(this=x), where)),
    "min_where": (2, lambda x, where: _filtered(exp.Min(this=x), where)),
    "max_where": (2, lambda x, where: _filtered(exp.Max(this=x), where)),
    "distinct": (1, lambda x: exp.Count(this=exp.Distinct(expressions=[x]))),
}


def _macro(node: exp.Expression, text: str) -> exp.Expression:
    name = str(node.this).lower() if isinstance(node, exp.Anonymous) else ""
    if name not in _MACROS:
        return node
    arity, build = _MACROS[name]
    if len(node.expressions) != arity:
        raise ExpressionError(f"{text!r}: {name} takes {arity} value(s).", f"It has {len(node.expressions)}; mend it.")
    return build(*node.expressions)


_FLIPPED: dict[type[exp.Expression], type[exp.Expression]] = {
    exp.LTE: exp.GTE, exp.LT: exp.GT, exp.GTE: exp.LTE, exp.GT: exp.LT, exp.EQ: exp.EQ, exp.NEQ: exp.NEQ,
}  # fmt: skip


def _with_ages(tree: exp.Expression, day: str, as_of: AsOf) -> exp.Expression:
    """Ages as dates: `age_days <= 30` becomes a comparison of the day column with a DATE literal."""

    def rewrite(node: exp.Expression) -> exp.Expression:
        column = exp.column(day)
        if type(node) in _FLIPPED and _is_age(node.this) and node.expression.is_int:
            return _FLIPPED[type(node)](this=column, expression=_day_literal(as_of, node.expression))
        if (
            isinstance(node, exp.Between)
            and _is_age(node.this)
            and node.args["low"].is_int
            and node.args["high"].is_int
        ):
            low, high = _day_literal(as_of, node.args["high"]), _day_literal(as_of, node.args["low"])
            return exp.Between(this=column, low=low, high=high)
        return node

    tree = tree.transform(rewrite)
    return tree.transform(lambda node: days_between(exp.column(day), as_of) if _is_age(node) else node)


def _is_age(node: exp.Expression | None) -> bool:
    return isinstance(node, exp.Column) and node.name == AGE


def _day_literal(as_of: AsOf, days: exp.Expression) -> exp.Expression:
    return date_literal(as_of.days_ago(int(days.to_py())))


def date_literal(day: date) -> exp.Expression:
    """A DATE literal that every dialect reads."""
    return exp.cast(exp.Literal.string(day.isoformat()), "date")


def days_between(start: exp.Expression, as_of: AsOf) -> exp.Expression:
    """Calendar days from a date to the as-of day."""
    return exp.DateDiff(this=date_literal(as_of.day), expression=start, unit=exp.Var(this="DAY"))


def _since(node: exp.Expression, scope: Scope, text: str) -> exp.Expression:
    """The words about the as-of day.

    days_since(date) is an age; newer_than(moment, days) says that its local day is fewer than so many days ago;
    by_as_of(moment) says that it is not in the future.
    """
    name = str(node.this).lower() if isinstance(node, exp.Anonymous) else ""
    if name not in ("days_since", "newer_than", "by_as_of"):
        return node
    arguments = node.expressions
    if scope.as_of is None or len(arguments) != (2 if name == "newer_than" else 1):
        todo = "Write days_since(date), newer_than(moment, days) or by_as_of(moment), where an as-of date is given."
        raise ExpressionError(f"{text!r}: {name} has the wrong number of values, or no as-of date is known.", todo)
    if name == "days_since":
        return days_between(arguments[0], scope.as_of)
    if name == "by_as_of":
        return known_by(arguments[0], scope.as_of)
    start = scope.as_of.day_start_at(int(arguments[1].to_py()) - 1)
    return exp.GTE(this=arguments[0], expression=moment_literal(start))


def known_by(moment: exp.Expression, as_of: AsOf) -> exp.Expression:
    """A moment that is not after the as-of moment."""
    compare = exp.LT if as_of.moment is None else exp.LTE
    return compare(this=moment, expression=moment_literal(as_of.end_at))


def moment_literal(instant: datetime) -> exp.Expression:
    """A TIMESTAMP literal in UTC that every dialect reads."""
    return exp.cast(exp.Literal.string(instant.isoformat(sep=" ")), "timestamp")


def _safe_division(node: exp.Expression) -> exp.Expression:
    """Division is of doubles, and by zero it is null, on every engine."""
    if not isinstance(node, exp.Div):
        return node
    divisor = exp.Nullif(this=node.expression, expression=exp.Literal.number(0))
    return exp.Div(this=exp.cast(node.this, "double"), expression=divisor)


# --- the check: exact node types, known columns, kinds that fit -------------------------------------------------------


class _Checker:
    """Walks a tree once; every node type has one rule, and a node without a rule is refused."""

    def __init__(self, scope: Scope, text: str) -> None:
        self.scope, self.text = scope, text

    def kind(self, node: exp.Expression) -> str:
        name = str(node.this).lower() if isinstance(node, exp.Anonymous) else type(node).__name__
        rule = self.scope.extra.get(name) or _RULES.get(name)
        if rule is None:
            raise self.wrong(f"{node.sql('duckdb')!r} is not in the vocabulary")
        return rule(self, node)

    def wrong(
        self, what: str, todo: str = "Use the words of the vocabulary (docs/data-dictionary.md)."
    ) -> ExpressionError:
        return ExpressionError(f"{self.text!r}: {what}.", todo)

    def need(self, node: exp.Expression, allowed: Iterable[str]) -> str:
        kind = self.kind(node)
        if kind not in (*allowed, NULL):
            raise self.wrong(f"{node.sql('duckdb')!r} is a {kind}", f"Put {' or '.join(allowed)} there.")
        return kind

    def alike(self, nodes: Iterable[exp.Expression]) -> str:
        """The common kind of values that are compared or chosen from."""
        kinds = [kind for kind in map(self.kind, nodes) if kind != NULL]
        groups = {"number" if kind in NUMERIC else kind for kind in kinds}
        if len(groups) > 1 and groups != {DATE, TEXT}:
            raise self.wrong(f"it mixes {' and '.join(sorted(groups))}", "Compare values of one kind.")
        return wider(kinds) if kinds else NULL


def wider(kinds: Iterable[str]) -> str:
    """The kind that holds values of all of `kinds`."""
    found = list(kinds)
    return next((kind for kind in (NUMBER, DECIMAL, INTEGER) if kind in found), found[0])


def _column(check: _Checker, node: exp.Expression) -> str:
    if len(node.parts) > 1 or node.name not in check.scope.columns:  # type: ignore[attr-defined]
        raise check.wrong(f"unknown column {node.sql('duckdb')!r}", suggestion(node.name, check.scope.columns))
    return check.scope.columns[node.name]


def _literal(check: _Checker, node: exp.Expression) -> str:
    return TEXT if node.is_string else COUNT if node.is_int else DECIMAL


def _both_flags(check: _Checker, node: exp.Expression) -> str:
    check.need(node.this, [FLAG])
    check.need(node.expression, [FLAG])
    return FLAG


def _comparison(check: _Checker, node: exp.Expression) -> str:
    check.alike([node.this, node.expression])
    return FLAG


def _between(check: _Checker, node: exp.Expression) -> str:
    check.alike([node.this, node.args["low"], node.args["high"]])
    return FLAG


def _in(check: _Checker, node: exp.Expression) -> str:
    if not node.expressions:
        raise check.wrong("IN takes a list of values")
    check.alike([node.this, *node.expressions])
    return FLAG


def _is(check: _Checker, node: exp.Expression) -> str:
    if not isinstance(node.expression, (exp.Null, exp.Boolean)):
        raise check.wrong("IS takes NULL, TRUE or FALSE")
    check.kind(node.this)
    return FLAG


def _case(check: _Checker, node: exp.Expression) -> str:
    if node.this is not None:
        raise check.wrong("write CASE WHEN condition THEN value")
    for branch in node.args["ifs"]:
        check.need(branch.this, [FLAG])
    values = [branch.args["true"] for branch in node.args["ifs"]]
    default = node.args.get("default")
    values += [default] if default is not None else [exp.null()]
    kind = check.alike(values)
    return INTEGER if kind == COUNT and any(isinstance(value, exp.Null) for value in values) else kind


def _coalesce(check: _Checker, node: exp.Expression) -> str:
    kind = check.alike([node.this, *node.expressions])
    last = check.kind(node.expressions[-1]) if node.expressions else NULL
    return COUNT if kind in WHOLE and last == COUNT else kind


def _arithmetic(check: _Checker, node: exp.Expression) -> str:
    kinds = [check.need(side, NUMERIC) for side in (node.this, node.expression)]
    return wider(kinds)


def _divide(check: _Checker, node: exp.Expression) -> str:
    _arithmetic(check, node)
    return NUMBER


def _same(allowed: tuple[str, ...]) -> Callable[[_Checker, exp.Expression], str]:
    return lambda check, node: check.need(node.this, allowed)


def _aggregate(rule: Callable[[_Checker, exp.Expression], str]) -> Callable[[_Checker, exp.Expression], str]:
    def checked(check: _Checker, node: exp.Expression) -> str:
        if not check.scope.aggregates:
            raise check.wrong(f"{node.sql('duckdb')!r} counts over rows, which has no place here")
        return rule(_Checker(_rows(check.scope), check.text), node)

    return checked


def _rows(scope: Scope) -> Scope:
    return Scope(scope.columns, scope.settings, scope.as_of, scope.day, False, scope.extra)


def _count(check: _Checker, node: exp.Expression) -> str:
    inner = node.this
    if isinstance(inner, exp.Distinct):
        check.kind(inner.expressions[0])
    elif not isinstance(inner, exp.Star):
        check.kind(inner)
    return COUNT


def _sum(check: _Checker, node: exp.Expression) -> str:
    kind = check.need(node.this, NUMERIC)
    return INTEGER if kind in WHOLE else kind


def _extreme(check: _Checker, node: exp.Expression) -> str:
    if node.expressions:
        raise check.wrong("MIN and MAX take one value")
    kind = check.kind(node.this)
    return INTEGER if kind == COUNT else kind


def _filter(check: _Checker, node: exp.Expression) -> str:
    kind = check.kind(node.this)
    _Checker(_rows(check.scope), check.text).need(node.expression.this, [FLAG])
    return kind


def _date_diff(check: _Checker, node: exp.Expression) -> str:
    check.need(node.expression, [DATE])
    return INTEGER


def _cast(check: _Checker, node: exp.Expression) -> str:
    """Only literals: DATE '2021-11-20' and TIMESTAMP '2021-11-20 12:00:00'."""
    kinds = {exp.DataType.Type.DATE: DATE, exp.DataType.Type.TIMESTAMP: MOMENT}
    target = node.to.this  # type: ignore[attr-defined]
    if not (isinstance(node.this, exp.Literal) and node.this.is_string and target in kinds):
        raise check.wrong("only DATE 'YYYY-MM-DD' and TIMESTAMP '...' may be written as a cast")
    return kinds[target]


def _starts_with(check: _Checker, node: exp.Expression) -> str:
    check.need(node.this, [TEXT])
    check.need(node.expression, [TEXT])
    return FLAG


_RULES: dict[str, Callable[[_Checker, exp.Expression], str]] = {
    "Column": _column,
    "Literal": _literal,
    "Boolean": lambda check, node: FLAG,
    "Null": lambda check, node: NULL,
    "Paren": lambda check, node: check.kind(node.this),
    "And": _both_flags,
    "Or": _both_flags,
    "Not": _same((FLAG,)),
    **{name: _comparison for name in ("EQ", "NEQ", "LT", "LTE", "GT", "GTE")},
    "Between": _between,
    "In": _in,
    "Is": _is,
    "Case": _case,
    "Coalesce": _coalesce,
    **{name: _arithmetic for name in ("Add", "Sub", "Mul")},
    "Div": _divide,
    "Neg": _same(NUMERIC),
    "Lower": _same((TEXT,)),
    "StartsWith": _starts_with,
    "Count": _aggregate(_count),
    "Sum": _aggregate(_sum),
    "Min": _aggregate(_extreme),
    "Max": _aggregate(_extreme),
    "Filter": _filter,
    "DateDiff": _date_diff,
    "Cast": _cast,
}
