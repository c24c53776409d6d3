"""The wider vocabulary of mapping expressions, which run on the embedded engine only and are never exported."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from segkit.engine import vocabulary as words
from segkit.engine.check import Checker
from segkit.engine.scope import Scope
from segkit.errors import MappingError
from segkit.settings import Settings
from segkit.tables import TABLES

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
        known = exp.and_(*[exp.Not(this=exp.Is(this=part.copy(), expression=exp.Null())) for part in (node.this, node.expression)])
        order = exp.Case(ifs=[exp.If(this=known, true=exp.Tuple(expressions=[node.expression, node.this.copy()]))])
        return exp.Anonymous(this=name, expressions=[node.this, order])  # of two at one time the value decides, not the run
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


def check_kinds(target: str, kinds: Mapping[str, str]) -> None:
    """What is written to a column must be of its kind; numbers may become text."""
    for name, kind in kinds.items():
        column = next((column for column in TABLES[target].columns if column.name in (name, f"{name}_at")), None)
        wanted = None if column is None else next((kinds_ for start, kinds_ in _TAKES.items() if column.type.startswith(start)), None)
        if wanted and kind in _KNOWN and kind not in wanted:
            raise MappingError(
                f"write.{target}.{name}: it is {kind}, and the column holds {column.type if column else ''}.",
                "Write another column, or convert it.",
            )


_NUMBERS = (words.INTEGER, words.COUNT, words.NUMBER, words.DECIMAL)
_KNOWN = (*_NUMBERS, words.TEXT, words.FLAG, words.MOMENT, words.DATE, words.LIST)
_TAKES = {  # start of a column's type -> the kinds it takes
    "varchar[]": (words.LIST,), "varchar": (words.TEXT, *_NUMBERS), "char": (words.TEXT,), "timestamp": (words.MOMENT, words.DATE),
    "date": (words.DATE, words.MOMENT), "boolean": (words.FLAG,), "decimal": _NUMBERS, "double": _NUMBERS, "bigint": _NUMBERS,
    "integer": _NUMBERS, "smallint": _NUMBERS,
}  # fmt: skip
