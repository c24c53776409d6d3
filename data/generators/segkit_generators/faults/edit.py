"""Changes to some rows of an Arrow table: set cells, add changed copies, drop rows."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segkit_generators.streams import Bools, Ints


def changed(table: pa.Table, rows: Ints, **cells: Any) -> pa.Table:
    """The table with these cells in the chosen rows; a cell is one value for all, None, or one value a row."""
    mask = np.zeros(table.num_rows, dtype=bool)
    mask[rows] = True
    for name, value in cells.items():
        place, column = table.schema.get_field_index(name), table[name].combine_chunks()
        ordered = _values(value, len(rows), column.type).take(pa.array(np.argsort(rows, kind="stable")))
        table = table.set_column(place, name, pc.replace_with_mask(column, pa.array(mask), ordered))
    return table


def copies(table: pa.Table, rows: Ints, **cells: Any) -> pa.Table:
    """The chosen rows alone, with these cells."""
    return changed(table.take(pa.array(rows)), np.arange(len(rows)), **cells)


def following(table: pa.Table, column: str, ids: pa.Array | pa.ChunkedArray, **cells: pa.Array) -> pa.Table:
    """The table in which rows that name one of the ids in `column` have the cells of that id."""
    place = pc.index_in(table[column], value_set=_one(ids))
    rows = np.flatnonzero(pc.is_valid(place))
    which = _one(place).take(pa.array(rows))
    return changed(table, rows, **{name: values.take(which) for name, values in cells.items()})


def added(table: pa.Table, more: pa.Table) -> pa.Table:
    """The table with rows behind it."""
    return pa.concat_tables([table, more.cast(table.schema)])


def kept(table: pa.Table, mask: Bools) -> pa.Table:
    """The rows where the mask is true."""
    return table.filter(pa.array(mask))


def is_among(table: pa.Table, column: str, values: pa.Array | pa.ChunkedArray) -> Bools:
    """Which rows have one of the values in the column; null is never among them."""
    return np.asarray(pc.fill_null(pc.is_in(table[column], value_set=_one(values)), False))


def ids_of(table: pa.Table, rows: Ints) -> pa.Array:
    """The ids of some rows: the cells of the first column."""
    return _one(table[0]).take(pa.array(rows))


def _one(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values


def _values(value: Any, count: int, type_: pa.DataType) -> pa.Array:
    if isinstance(value, (pa.Array, pa.ChunkedArray)):
        return _one(value).cast(type_)
    if isinstance(value, (list, np.ndarray)):
        return pa.array(value, type_, from_pandas=True)
    return pa.nulls(count, type_) if value is None else pa.repeat(pa.scalar(value, type_), count)
