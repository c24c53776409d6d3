"""The text of a query in the dialect of an engine."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from segkit.engine import vocabulary as words
from segkit.engine.query import Query, statement
from segkit.errors import ExpressionError

DIALECTS = ("duckdb", "spark", "postgres", "bigquery", "snowflake", "databricks", "redshift", "trino")
"""DuckDB runs here; the others are generated from the same tree."""
_OVERLAP_BY_SIGN, _OVERLAP_BY_NAME = ("postgres",), ("spark", "databricks", "trino", "snowflake")
AS_OF, AS_OF_DAY = "as_of", "as_of_day"


def text(query: Query, dialect: str = "duckdb", pretty: bool = True, comments: Mapping[str, str] | None = None) -> str:
    """The SQL of a query: what runs here for duckdb, the same statement for the other dialects.

    With `comments` ({column: text}) it is made to be handed over: each column is commented where it is made, and the
    as-of day stands in it once, in a step of that name from which every other day and moment is counted.
    """
    if dialect not in DIALECTS:
        raise ExpressionError(f"No SQL for {dialect!r}.", f"Choose one of {', '.join(DIALECTS)}.")
    tree = statement(query)
    if comments is not None:
        tree = _with_as_of_once(_commented(tree, comments), query)
    if dialect != "duckdb":
        tree = tree.transform(_case_for_filter).transform(_overlap, dialect)
    return tree.sql(dialect, pretty=pretty)


def _commented(tree: exp.Select, comments: Mapping[str, str]) -> exp.Select:
    for alias in tree.find_all(exp.Alias):
        if alias.alias in comments:
            alias.add_comments([comments[alias.alias].replace("*/", "* /")])
    return tree


def _with_as_of_once(tree: exp.Select, query: Query) -> exp.Select:
    """Every literal that follows from the as-of day becomes a count of days or seconds from the one that is written."""
    as_of = query.rules.as_of
    if as_of.moment is not None:
        raise ExpressionError("SQL to hand over counts whole days.", "Give a date as as_of, without a time.")
    first = exp.select(exp.alias_(exp.cast(exp.Literal.string(as_of.day.isoformat()), "date"), AS_OF_DAY))
    moved = tree.transform(_counted_from_as_of)
    with_first = exp.select().with_(AS_OF, as_=first).args["with_"].expressions
    moved.args["with_"].set("expressions", [*with_first, *moved.args["with_"].expressions])
    return moved


def _counted_from_as_of(node: exp.Expression) -> exp.Expression:
    day = exp.select(AS_OF_DAY).from_(AS_OF).subquery()
    if words.DAYS_AGO in node.meta:
        days = node.meta[words.DAYS_AGO]
        return exp.cast(_plus(day, -days, "DAY"), "date") if days else day
    if words.SECONDS_AFTER in node.meta:
        return _plus(exp.cast(day, "timestamp"), node.meta[words.SECONDS_AFTER], "SECOND")
    return node


def _plus(start: exp.Expression, count: int, unit: str) -> exp.Expression:
    step = exp.Interval(this=exp.Literal.string(str(abs(count))), unit=exp.Var(this=unit))
    return exp.Paren(this=(exp.Add if count >= 0 else exp.Sub)(this=start, expression=step))


def _case_for_filter(node: exp.Expression) -> exp.Expression:
    """FILTER is not known everywhere: the aggregate of a CASE says the same."""
    if not isinstance(node, exp.Filter):
        return node
    aggregate, where = node.this.copy(), node.expression.this
    value = exp.Literal.number(1) if isinstance(aggregate.this, exp.Star) else aggregate.this
    aggregate.set("this", exp.Case().when(where.copy(), value.copy()))
    return aggregate


def _overlap(node: exp.Expression, dialect: str) -> exp.Expression:
    """Whether two lists share an element; engines without such a word could not group by a list either."""
    if not isinstance(node, exp.ArrayOverlaps) or dialect in _OVERLAP_BY_SIGN:
        return node
    if dialect not in _OVERLAP_BY_NAME:
        raise ExpressionError(f"No SQL for {dialect} that compares lists.", "Leave out what both must share, or choose another engine.")
    return exp.Anonymous(this="ARRAYS_OVERLAP", expressions=[node.this, node.expression])
