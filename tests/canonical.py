"""Tiny canonical folders for tests, written straight from rows."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq

from segkit.engine import Store
from segkit.tables import TABLES

_ARROW = {
    "varchar": pa.string(), "char": pa.string(), "json": pa.string(), "boolean": pa.bool_(), "timestamp": pa.timestamp("us"), "date": pa.date32(),
    "double": pa.float64(), "bigint": pa.int64(), "integer": pa.int32(), "smallint": pa.int16(), "decimal": pa.decimal128(18, 4),
}  # fmt: skip


def store_of(folder: Path, zone: str = "Europe/Amsterdam", **tables: Sequence[Mapping[str, Any]]) -> Store:
    """An opened store with these rows; `_on` columns are the local day of their `_at`, worked out here by zoneinfo."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        schema = pa.schema([(column.name, _arrow(column.type)) for column in TABLES[name].columns])
        filled = [{field.name: _filled(row, field.name, zone) for field in schema} for row in rows]
        pq.write_table(pa.Table.from_pylist(filled, schema), folder / f"{name}.parquet")
    if not tables.get("profiles"):
        raise ValueError("a store needs profiles")
    return Store(folder)


def local_day(instant: datetime, zone: str) -> Any:
    """The calendar day of a naive UTC instant in a time zone."""
    return instant.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).date()


def _filled(row: Mapping[str, Any], name: str, zone: str) -> Any:
    if name.endswith("_on") and name not in row and row.get(f"{name[:-3]}_at") is not None:
        return local_day(row[f"{name[:-3]}_at"], zone)
    return row.get(name)


def _arrow(sql_type: str) -> pa.DataType:
    return pa.list_(pa.string()) if sql_type.endswith("[]") else _ARROW[sql_type.partition("(")[0]]
