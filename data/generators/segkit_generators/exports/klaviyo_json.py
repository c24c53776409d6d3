"""The JSON text of Klaviyo's events, written column by column: a cell that many events share is encoded once."""

import json
from collections.abc import Callable

import numpy as np
import pandas as pd

from segkit_generators.exports import cells
from segkit_generators.exports.delivery import Record

API = "https://a.klaviyo.com/api"
_NAMED = ("id", "metric", "profile", "timestamp", "datetime")
_encode: Callable[[object], str] = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def _related(name: str) -> Record:
    place = f"{API}/events/%(id)s"
    links = {"self": f"{place}/relationships/{name}", "related": f"{place}/{name}"}
    return {"data": {"type": name, "id": f"%({name})s"}, "links": links}


_EVENT: Record = {
    "type": "event", "id": "%(id)s",
    "attributes": {"timestamp": "%(timestamp)s", "event_properties": "%(told)s", "datetime": "%(datetime)s", "uuid": "%(uuid)s"},
    "relationships": {name: _related(name) for name in ("profile", "metric")},
    "links": {"self": f"{API}/events/%(id)s"},
}  # fmt: skip
_TEMPLATE = _encode(_EVENT).replace('"%(timestamp)s"', "%(timestamp)s").replace('"%(told)s"', "{%(told)s}")


def event_texts(rows: pd.DataFrame) -> list[str]:
    """The JSON of each event; its properties are the columns not in _NAMED, null ones left out."""
    columns = {name: rows[name].tolist() for name in _NAMED}
    columns["uuid"] = [_uuid(name) for name in columns["id"]]
    told = [_cells(str(name), rows[name]) for name in rows if name not in _NAMED]
    columns["told"] = [", ".join(filter(None, cell)) for cell in zip(*told, strict=True)]
    return [_TEMPLATE % dict(zip(columns, cell, strict=True)) for cell in zip(*columns.values(), strict=True)]


def _cells(name: str, column: pd.Series) -> list[str]:
    """`"name": value` for each cell, an empty text where it is null."""
    before = f"{_encode(name)}: "
    nested = column.dropna().head(1).map(lambda value: isinstance(value, (list, dict))).any()
    if nested:
        return ["" if value is None or value is np.nan else before + _encode(value) for value in column.tolist()]
    codes, values = pd.factorize(column)
    texts = [before + _encode(value) for value in values.tolist()]
    return np.array([*texts, ""], dtype=object)[codes].tolist()


def _uuid(name: str) -> str:
    digits = cells.hexadecimal("uuid", name)
    return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}"
