"""Records of an API's answers as flat tables of text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

Record = Mapping[str, Any]


def inner(tree: Record, *path: str) -> Record:
    """What stands at a path; nothing where it is something else than an object."""
    for step in path:
        found = tree.get(step)
        tree = found if isinstance(found, Mapping) else {}
    return tree


def as_table(rows: Sequence[Record]) -> pa.Table:
    """All values as text, every column that any row has."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table({name: pa.array([_text(row.get(name)) for row in rows], pa.string()) for name in names})


def with_column(table: pa.Table, name: str, values: Sequence[str | None]) -> pa.Table:
    """The table with one more column of text."""
    return table.append_column(name, pa.array(values, pa.string()))


def cells(table: pa.Table, *names: str) -> list[tuple[str | None, ...]]:
    """The named columns row by row; nothing when the table lacks one of them."""
    if not {*names} <= {*table.column_names}:
        return []
    return list(zip(*(table.column(name).to_pylist() for name in names), strict=True))


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
