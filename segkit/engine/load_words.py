"""The wider vocabulary of mapping expressions, which run on the embedded engine only and are never exported."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from segkit.engine import vocabulary as words
from segkit.engine.check import Checker
from segkit.engine.scope import Scope
from segkit.settings import Settings

_CHARACTERS = (words.TEXT, words.COUNT, words.INTEGER, words.MOMENT)


def load_scope(columns: Mapping[str, str], settings: Settings, aggregates: bool = False) -> Scope:
    """The scope of a mapping expression over a delivered table."""
    return Scope({**columns}, settings, aggregates=aggregates, extra=_EXTRA)


def parse(text: str, scope: Scope) -> tuple[str, str]:
    """A mapping expression as SQL, and the kind of its value."""
    tree, kind = words.parse(text, scope)
    return tree.transform(_rewrite).sql("duckdb"), kind


def condition(text: str, scope: Scope) -> str:
    """A mapping condition as SQL."""
    return words.condition(text, scope).transform(_rewrite).sql("duckdb")


def _rewrite(node: exp.Expression) -> exp.Expression:
    """Our own words, and the picks of a value by another, as the engine says them."""
    if isinstance(node, (exp.First, exp.Last)):
        name = "arg_min" if isinstance(node, exp.First) else "arg_max"
        return exp.Anonymous(this=name, expressions=[node.this, node.expression])
    name = str(node.this).lower() if isinstance(node, exp.Anonymous) else ""
    if name == "money":
        return exp.cast(node.expressions[0], "decimal(18,4)")
    if name == "number":
        return exp.TryCast(this=node.expressions[0], to=exp.DataType.build("double"))
    if name == "one_of":
        return exp.Array(expressions=[node.expressions[0]])
    return node


def _text_of(check: Checker, node: exp.Expression) -> str:
    check.need(node.this, [words.TEXT])
    return words.TEXT


def _joined(check: Checker, node: exp.Expression) -> str:
    check.need(node.this, _CHARACTERS)
    check.need(node.expression, _CHARACTERS)
    return words.TEXT


def _money(check: Checker, node: exp.Expression) -> str:
    check.need(node.expressions[0], words.NUMERIC)
    return words.DECIMAL


def _number(check: Checker, node: exp.Expression) -> str:
    check.need(node.expressions[0], [words.TEXT])
    return words.NUMBER


def _one_of(check: Checker, node: exp.Expression) -> str:
    check.need(node.expressions[0], [words.TEXT])
    return words.LIST


def _pick(check: Checker, node: exp.Expression) -> str:
    if not check.scope.aggregates or node.args.get("expression") is None:
        raise check.wrong("last(value, time) and first(value, time) pick one value of a group")
    check.kind(node.expression)
    return check.kind(node.this)


def _split(check: Checker, node: exp.Expression) -> str:
    check.need(node.this, [words.TEXT])
    return words.TEXT


def _length(check: Checker, node: exp.Expression) -> str:
    check.need(node.this, [words.TEXT])
    return words.INTEGER


_EXTRA: dict[str, Callable[[Checker, exp.Expression], str]] = {
    "DPipe": _joined, "Concat": _joined, "Upper": _text_of, "Trim": _text_of, "Length": _length, "SplitPart": _split,
    "First": _pick, "Last": _pick, "money": _money, "number": _number, "one_of": _one_of,
}  # fmt: skip
