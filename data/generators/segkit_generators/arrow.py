"""Canonical Arrow tables out of numpy columns: seconds, days and cents in, timestamps, dates and decimals out."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segkit_generators.moments import NEVER, Zone
from segkit_generators.schema import MONEY, SCHEMAS
from segkit_generators.streams import Ints

SECOND_US = 1_000_000
CENT = 100  # a cent in units of the fourth decimal


def table(name: str, rows: int, columns: Mapping[str, Any]) -> pa.Table:
    """A canonical table of `rows` rows; a scalar fills its column, a column that is not given is null."""
    schema = SCHEMAS[name]
    unknown = set(columns) - set(schema.names)
    if unknown:
        raise KeyError(f"{name} has no columns {sorted(unknown)}")
    return pa.table([_column(columns.get(field.name), field.type, rows) for field in schema], schema=schema)


def dated(zone: Zone, name: str, at: Ints) -> dict[str, Ints]:
    """The pair of columns `NAME_at` and `NAME_on` of one array of moments."""
    return {f"{name}_at": at, f"{name}_on": zone.day(at)}


def ids(prefix: str, count: int, width: int = 7) -> pa.Array:
    """`count` ids PREFIX0000001, PREFIX0000002, ..."""
    return numbered(prefix, np.arange(1, count + 1), width)


def numbered(prefix: str, numbers: Ints, width: int = 7) -> pa.Array:
    """The id of each number."""
    digits = pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(prefix, digits, "")


def pick(names: Sequence[str] | pd.Series | pa.Array, codes: npt.NDArray[np.integer]) -> pa.Array:
    """names[code] per row, null where the code is negative or NEVER."""
    missing = (codes < 0) | (codes == NEVER)
    index = pa.array(np.where(missing, 0, codes).astype(np.int32), mask=missing)
    values = names if isinstance(names, pa.Array) else text(names)
    return values.take(index)


def text(values: Any, missing: npt.ArrayLike | None = None) -> pa.Array:
    """Strings as an Arrow column, null where `missing`."""
    mask = None if missing is None else np.asarray(missing)
    return pa.array(np.asarray(values, dtype=object), pa.string(), mask=mask)


def lists(values: pa.Array, lengths: Ints) -> pa.Array:
    """One list a row, cut from `values` in order."""
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values)


def _column(values: Any, type_: pa.DataType, rows: int) -> pa.Array:
    if values is None or isinstance(values, (str, bool, int, float)):
        return pa.repeat(pa.scalar(values, type_), rows) if values is not None else pa.nulls(rows, type_)
    if isinstance(values, (pa.Array, pa.ChunkedArray)):
        return values.cast(type_)
    if type_ == pa.string():
        return text(values)
    values = np.asarray(values)
    if pa.types.is_timestamp(type_):
        return _nullable(values, SECOND_US, pa.int64()).cast(type_)
    if pa.types.is_date(type_):
        return _nullable(values, 1, pa.int32()).cast(type_)
    return money(values) if type_ == MONEY else pa.array(values, type_)


def _nullable(values: Ints, unit: int, type_: pa.DataType) -> pa.Array:
    missing = values == NEVER
    return pa.array(np.where(missing, 0, values) * unit, mask=missing).cast(type_)


def money(cents: Ints) -> pa.Array:
    """Cents as decimal(18,4), by writing the sixteen bytes of each value (Arrow has no exact cast at this width)."""
    missing = cents == NEVER
    units = np.where(missing, 0, cents).astype(np.int64) * CENT
    words = np.stack([units, units >> 63], axis=1)  # low and high half, little-endian two's complement
    valid = pa.array(~missing).buffers()[1]
    return pa.Array.from_buffers(MONEY, len(cents), [valid, pa.py_buffer(words.astype("<i8").tobytes())])
