"""Kinds of values, and what an expression may refer to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from segkit.clock import AsOf
from segkit.settings import Settings

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
    extra: Mapping[str, Callable[[Any, exp.Expression], str]] = field(default_factory=dict)  # rules beside the checker's own
