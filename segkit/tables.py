"""The canonical tables as data: what one row is, and every column's type, unit, meaning and key.

The data stand in tables.yaml, in the order of docs/canonical.sql; a test holds the two together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from ruamel.yaml import YAML

from segkit.errors import ExpressionError


@dataclass(frozen=True)
class Column:
    """One column of a canonical table.

    `type` is DuckDB's type text in lower case, such as "decimal(18,4)" or "varchar[]"; `unit` is "" where the value has
    none ("money" is in the row's currency, "share" lies between 0 and 1); `key` marks the declared primary key;
    `values` are the only values allowed, () where any is.
    """

    name: str
    type: str
    meaning: str
    unit: str = ""
    key: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One canonical table.

    `row` says what one row is. `moments` are the stems that stand both as `_at` (naive UTC) and as `_on` (the shop's
    local day). `time` is the stem of the moment at which the row happened: it has an `_at`, and an `_on` where it is
    one of the moments; None where the table has no such moment.
    """

    name: str
    row: str
    columns: tuple[Column, ...]
    moments: tuple[str, ...]
    time: str | None

    def column(self, name: str) -> Column:
        """The column of that name; ExpressionError naming the columns there are when it does not exist."""
        for column in self.columns:
            if column.name == name:
                return column
        raise ExpressionError(f"The table {self.name} has no column {name!r}.", f"Use one of: {', '.join(self.names)}.")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in order."""
        return tuple(column.name for column in self.columns)


def _column(name: str, entry: dict) -> Column:
    return Column(name, **entry | {"values": tuple(entry.get("values", ()))})


def _moments(names: list[str]) -> tuple[str, ...]:
    return tuple(name[:-3] for name in names if name.endswith("_at") and f"{name[:-3]}_on" in names)


def _table(name: str, entry: dict) -> Table:
    columns = tuple(_column(*item) for item in entry["columns"].items())
    return Table(name, entry["row"], columns, _moments(list(entry["columns"])), entry.get("time"))


def _load() -> Mapping[str, Table]:
    entries = YAML(typ="safe").load(files("segkit").joinpath("tables.yaml").read_text(encoding="utf-8"))
    return MappingProxyType({name: _table(name, entry) for name, entry in entries.items()})


TABLES: Mapping[str, Table] = _load()
"""The canonical tables by name, in the order of docs/canonical.sql."""
