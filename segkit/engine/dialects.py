"""The text of a query in the dialect of an engine."""

from __future__ import annotations

from sqlglot import exp

from segkit.engine.query import Query, statement
from segkit.errors import ExpressionError

DIALECTS = ("duckdb", "spark", "postgres", "bigquery", "snowflake", "databricks", "redshift", "trino")
"""DuckDB runs here; the others are generated from the same tree."""


def text(query: Query, dialect: str = "duckdb", pretty: bool = True) -> str:
    """The SQL of a query: what runs here for duckdb, the same statement for the other dialects."""
    if dialect not in DIALECTS:
        raise ExpressionError(f"No SQL for {dialect!r}.", f"Choose one of {', '.join(DIALECTS)}.")
    tree = statement(query)
    if dialect != "duckdb":
        tree = tree.transform(_case_for_filter)
    return tree.sql(dialect, pretty=pretty)


def _case_for_filter(node: exp.Expression) -> exp.Expression:
    """FILTER is not known everywhere: the aggregate of a CASE says the same."""
    if not isinstance(node, exp.Filter):
        return node
    aggregate, where = node.this.copy(), node.expression.this
    value = exp.Literal.number(1) if isinstance(aggregate.this, exp.Star) else aggregate.this
    aggregate.set("this", exp.Case().when(where.copy(), value.copy()))
    return aggregate
