"""The check of a syntax tree: exact node types, known columns, kinds that fit."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlglot import exp

from segkit.engine.scope import COUNT, DATE, DECIMAL, FLAG, INTEGER, LIST, MOMENT, NULL, NUMBER, NUMERIC, TEXT, WHOLE, Scope
from segkit.errors import ExpressionError
from segkit.settings import suggestion

# What a node may carry; anything else (such as max(x, 2) with its count) is outside the vocabulary.
_ARGUMENTS = {
    "this", "expression", "expressions", "ifs", "default", "true", "low", "high", "to", "unit", "is_string", "quoted", "big_int",
    "ignore_nulls", "dpipe", "safe", "coalesce", "escape", "substr",
}  # fmt: skip


class Checker:
    """Walks a tree once; every node type has one rule, and a node without a rule is refused."""

    def __init__(self, scope: Scope, text: str) -> None:
        self.scope, self.text = scope, text

    def kind(self, node: exp.Expression) -> str:
        name = str(node.this).lower() if isinstance(node, exp.Anonymous) else type(node).__name__
        odd = {arg for arg, value in node.args.items() if value} - _ARGUMENTS
        rule = self.scope.extra.get(name) or _RULES.get(name)
        if rule is None or odd:
            raise self.wrong(f"{node.sql('duckdb')!r} is not in the vocabulary")
        return rule(self, node)

    def wrong(self, what: str, todo: str = "Use the words of the vocabulary (docs/data-dictionary.md).") -> ExpressionError:
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


def _column(check: Checker, node: exp.Expression) -> str:
    if len(node.parts) > 1 or node.name not in check.scope.columns:
        raise check.wrong(f"unknown column {node.sql('duckdb')!r}", suggestion(node.name, check.scope.columns))
    return check.scope.columns[node.name]


def _literal(check: Checker, node: exp.Expression) -> str:
    return TEXT if node.is_string else COUNT if node.is_int else DECIMAL


def _both_flags(check: Checker, node: exp.Expression) -> str:
    check.need(node.this, [FLAG])
    check.need(node.expression, [FLAG])
    return FLAG


def _comparison(check: Checker, node: exp.Expression) -> str:
    check.alike([node.this, node.expression])
    return FLAG


def _between(check: Checker, node: exp.Expression) -> str:
    check.alike([node.this, node.args["low"], node.args["high"]])
    return FLAG


def _in(check: Checker, node: exp.Expression) -> str:
    if not node.expressions:
        raise check.wrong("IN takes a list of values")
    check.alike([node.this, *node.expressions])
    return FLAG


def _is(check: Checker, node: exp.Expression) -> str:
    if not isinstance(node.expression, (exp.Null, exp.Boolean)):
        raise check.wrong("IS takes NULL, TRUE or FALSE")
    check.kind(node.this)
    return FLAG


def _case(check: Checker, node: exp.Expression) -> str:
    if node.this is not None:
        raise check.wrong("write CASE WHEN condition THEN value")
    for branch in node.args["ifs"]:
        check.need(branch.this, [FLAG])
    values = [branch.args["true"] for branch in node.args["ifs"]]
    default = node.args.get("default")
    values += [default] if default is not None else [exp.null()]
    kind = check.alike(values)
    return INTEGER if kind == COUNT and any(isinstance(value, exp.Null) for value in values) else kind


def _coalesce(check: Checker, node: exp.Expression) -> str:
    kind = check.alike([node.this, *node.expressions])
    last = check.kind(node.expressions[-1]) if node.expressions else NULL
    return COUNT if kind in WHOLE and last == COUNT else kind


def _arithmetic(check: Checker, node: exp.Expression) -> str:
    kinds = [check.need(side, NUMERIC) for side in (node.this, node.expression)]
    return wider(kinds)


def _divide(check: Checker, node: exp.Expression) -> str:
    _arithmetic(check, node)
    return NUMBER


def _same(allowed: tuple[str, ...]) -> Callable[[Checker, exp.Expression], str]:
    return lambda check, node: check.need(node.this, allowed)


def _aggregate(rule: Callable[[Checker, exp.Expression], str]) -> Callable[[Checker, exp.Expression], str]:
    def checked(check: Checker, node: exp.Expression) -> str:
        if not check.scope.aggregates:
            raise check.wrong(f"{node.sql('duckdb')!r} counts over rows, which has no place here")
        return rule(Checker(_rows(check.scope), check.text), node)

    return checked


def _rows(scope: Scope) -> Scope:
    return Scope(scope.columns, scope.settings, scope.as_of, scope.day, False, scope.extra)


def _count(check: Checker, node: exp.Expression) -> str:
    inner = node.this
    if isinstance(inner, exp.Distinct):
        check.kind(inner.expressions[0])
    elif not isinstance(inner, exp.Star):
        check.kind(inner)
    return COUNT


def _sum(check: Checker, node: exp.Expression) -> str:
    kind = check.need(node.this, NUMERIC)
    return INTEGER if kind in WHOLE else kind


def _extreme(check: Checker, node: exp.Expression) -> str:
    if node.expressions:
        raise check.wrong("MIN and MAX take one value")
    kind = check.kind(node.this)
    return INTEGER if kind == COUNT else kind


def _filter(check: Checker, node: exp.Expression) -> str:
    kind = check.kind(node.this)
    Checker(_rows(check.scope), check.text).need(node.expression.this, [FLAG])
    return kind


def _date_diff(check: Checker, node: exp.Expression) -> str:
    check.need(node.expression, [DATE])
    return INTEGER


def _cast(check: Checker, node: exp.Expression) -> str:
    """Only literals: DATE '2021-11-20' and TIMESTAMP '2021-11-20 12:00:00'."""
    types = exp.DataType.Type
    kinds = {types.DATE: DATE, types.TIMESTAMP: MOMENT, types.TIMESTAMPNTZ: MOMENT}
    target = node.to.this
    if not (isinstance(node.this, exp.Literal) and node.this.is_string and target in kinds):
        raise check.wrong("only DATE 'YYYY-MM-DD' and TIMESTAMP '...' may be written as a cast")
    return kinds[target]


def _starts_with(check: Checker, node: exp.Expression) -> str:
    check.need(node.this, [TEXT])
    check.need(node.expression, [TEXT])
    return FLAG


def _has_text(check: Checker, node: exp.Expression) -> str:
    check.need(node.this, [TEXT])
    check.need(node.args["substr"], [TEXT])
    return INTEGER


def _has_element(check: Checker, node: exp.Expression) -> str:
    check.need(node.this, [LIST])
    check.need(node.expression, [TEXT])
    return FLAG


def _angle(check: Checker, node: exp.Expression) -> str:
    check.need(node.this, NUMERIC)
    return NUMBER


_RULES: dict[str, Callable[[Checker, exp.Expression], str]] = {
    "Column": _column,
    "Literal": _literal,
    "Boolean": lambda check, node: FLAG,
    "Null": lambda check, node: NULL,
    "Paren": lambda check, node: check.kind(node.this),
    "And": _both_flags,
    "Or": _both_flags,
    "Not": _same((FLAG,)),
    **dict.fromkeys(("EQ", "NEQ", "LT", "LTE", "GT", "GTE"), _comparison),
    "Between": _between,
    "In": _in,
    "Is": _is,
    "Case": _case,
    "Coalesce": _coalesce,
    **dict.fromkeys(("Add", "Sub", "Mul"), _arithmetic),
    "Div": _divide,
    "Neg": _same(NUMERIC),
    "Lower": _same((TEXT,)),
    "StartsWith": _starts_with,
    "StrPosition": _has_text,
    "ArrayContains": _has_element,
    **dict.fromkeys(("Sin", "Cos", "Radians"), _angle),
    "Count": _aggregate(_count),
    "Sum": _aggregate(_sum),
    "Min": _aggregate(_extreme),
    "Max": _aggregate(_extreme),
    "Filter": _filter,
    "DateDiff": _date_diff,
    "Cast": _cast,
}
