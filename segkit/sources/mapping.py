"""mapping.yaml as a checked model: how delivered tables are read, and what is written from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, field_validator, model_validator

from segkit import clock
from segkit.errors import MappingError
from segkit.settings import currency_codes, read_yaml, suggestion, validated
from segkit.tables import TABLES

ColumnType = Literal[
    "id", "text", "email", "country", "list", "integer", "number", "money", "boolean", "date", "local_time", "utc_time", "unix_time",
    "unix_ms",
]  # fmt: skip

_PLAIN = re.compile("[a-z][a-z0-9_]*")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class ColumnSpec(_Strict):
    """One delivered column: its names there, its type, and what to know about its form."""

    from_: list[str] = Field(alias="from")
    type: ColumnType
    optional: bool = False
    decimal: Literal[",", "."] | None = None
    date: str | None = None
    case: Literal["upper", "lower"] | None = None
    values: dict[str, str | None] = {}

    @field_validator("from_", mode="before")
    @classmethod
    def _one_or_more(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value


class ReadSpec(_Strict):
    """One delivered table: which files, and its columns under our names."""

    files: list[str] = []
    recognise: list[str] = []
    format: Literal["csv", "whitespace", "xlsx", "parquet", "json"] | None = None
    sheet: str | None = None
    parts: bool = False
    unit: str | None = None
    columns: dict[str, ColumnSpec]
    labels: dict[str, dict[str, str]] = {}
    rest: str | None = None  # expression of a profile id: columns that nobody names become its properties

    @field_validator("files", mode="before")
    @classmethod
    def _one_or_more(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value


class WriteSpec(_Strict):
    """One canonical table: from which rows, one row per what, and its columns as expressions."""

    from_: str = Field(alias="from")
    rows: list[str] = []
    where: str | None = None
    one_row_per: Literal["row"] | dict[str, str]
    columns: dict[str, str] = {}
    derive: dict[str, str] = {}
    counts_as_purchase: str | None = None
    unless: str | None = None  # a canonical table: write nothing when another source of the delivery has written that

    @field_validator("rows", mode="before")
    @classmethod
    def _one_or_more(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("columns", "derive", mode="before")
    @classmethod
    def _as_text(cls, value: Any) -> Any:
        return {key: str(text) for key, text in value.items()} if isinstance(value, dict) else value


class SourceMapping(_Strict):
    """A whole mapping: the name of the source, its clock and currency, what to read and what to write."""

    source: str
    time_zone: str | None = None
    currency: str | None = None
    rates: dict[str, Annotated[float, Field(gt=0)]] = {}  # what one unit of another currency is in `currency`
    read: dict[str, ReadSpec]
    set_aside: dict[str, str] = {}
    write: dict[str, WriteSpec | list[WriteSpec]]

    _codes = field_validator("currency", "rates")(currency_codes)
    _file: str = PrivateAttr("mapping")

    @property
    def file(self) -> str:
        """What to call it in an error."""
        return self._file

    @model_validator(mode="after")
    def _names_exist(self) -> SourceMapping:
        if self.time_zone:
            clock.zone(self.time_zone)
        for name in (self.source, *self.read, *(label for table in self.read.values() for label in table.labels)):
            if not _PLAIN.fullmatch(name):
                raise MappingError(f"{name!r} cannot be a name in a mapping.", "Use small letters, digits and _, such as web_shop.")
        for target, spec in self.writes():
            if target not in TABLES:
                raise MappingError(f"{self.source}: write.{target} is no canonical table.", suggestion(target, TABLES))
            if spec.from_ not in self.read:
                raise MappingError(
                    f"{self.source}: write.{target} comes from {spec.from_!r}, which is not read.", suggestion(spec.from_, self.read)
                )
        return self

    def writes(self) -> Iterable[tuple[str, WriteSpec]]:
        """Every write as (canonical table, how)."""
        for target, specs in self.write.items():
            for spec in specs if isinstance(specs, list) else [specs]:
                yield target, spec


def load_mapping(path: Path) -> SourceMapping:
    """Read a mapping file; every mistake is an error that names the file and the key."""
    if not path.is_file():
        raise MappingError(f"There is no mapping file {path.name}.", "Check the path after --mapping.")
    return checked(read_yaml(path, MappingError), path.name)


def checked(data: Any, name: str) -> SourceMapping:
    """A mapping given as plain data, checked."""
    if not isinstance(data, Mapping):
        raise MappingError(f"{name} holds no mapping.", "Start with  source: NAME,  read:  and  write:.")
    with errors_of(name):
        mapping = validated(SourceMapping, data, name, MappingError)
    mapping._file = name
    return mapping


@contextmanager
def errors_of(file: str) -> Iterator[None]:
    """Whatever a mapping says wrong is told with the name of its file."""
    try:
        yield
    except MappingError as error:
        if error.problem.startswith(f"{file}: "):
            raise
        raise MappingError(f"{file}: {error.problem}", error.todo) from None


@cache
def built_in() -> tuple[SourceMapping, ...]:
    """The mappings that ship with segkit, shops before mail platforms: whoever writes orders first owns them."""
    folder = resources.files(__package__).joinpath("mappings")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda file: file.name)
    return tuple(load_mapping(Path(str(file))) for file in files)


# --- the short form for frames: {canonical column: column of the frame} ------------------------------------------------

_TYPES = {"varchar": "text", "char": "text", "boolean": "boolean", "timestamp": "local_time", "date": "date", "double": "number",
          "bigint": "integer", "integer": "integer", "smallint": "integer", "decimal": "money", "varchar[]": "list"}  # fmt: skip
_FOLDS = {"money": "sum({})", "integer": "max({})", "number": "max({})"}


def of_frames(frames: Mapping[str, Iterable[str]], mapping: Mapping[str, Any] | None) -> SourceMapping:
    """The full mapping for frames named after canonical tables; `mapping` says which column is which.

    {"profile_id": "customer"} for one frame, {"orders": {"profile_id": "customer"}} for several; canonical names need none.
    Rows with the same order id are the lines of one order: their amounts are added up.
    """
    named = _per_frame(frames, mapping or {})
    read, write = {}, {}
    for table, columns in frames.items():
        chosen = _chosen(table, columns, named.get(table, {}))
        read[f"frame_{table}"] = {"files": [table], "columns": {ours: _column(table, ours, theirs) for ours, theirs in chosen.items()}}
        write[table] = _write(table, chosen)
    return checked({"source": "frame", "read": read, "write": write}, "mapping")


def _per_frame(frames: Mapping[str, Iterable[str]], mapping: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    for name in frames:
        if name not in TABLES:
            raise MappingError(f"{name!r} is no canonical table.", suggestion(name, TABLES))
    if mapping and all(isinstance(value, Mapping) for value in mapping.values()):
        return dict(mapping)
    if mapping and len(frames) > 1:
        raise MappingError("The mapping does not say which frame it is about.", 'Write {"orders": {"profile_id": "customer"}}.')
    return dict.fromkeys(frames, mapping)


def _chosen(table: str, columns: Iterable[str], named: Mapping[str, str]) -> dict[str, str]:
    columns = list(columns)
    allowed = {*TABLES[table].names, *(name.removesuffix("_at") for name in TABLES[table].names if name.endswith("_at"))}
    for ours, theirs in named.items():
        if ours not in allowed:
            raise MappingError(f"{table} has no column {ours!r}.", suggestion(ours, allowed))
        if theirs not in columns:
            raise MappingError(f"The frame for {table} has no column {theirs!r}.", suggestion(theirs, columns))
    own = {name: name for name in columns if name in allowed and not name.endswith("_on")}
    return {name.removesuffix("_at"): theirs for name, theirs in {**own, **named}.items()}


def _column(table: str, ours: str, theirs: str) -> dict[str, Any]:
    canonical = TABLES[table].column(ours if ours in TABLES[table].names else f"{ours}_at")
    kind = canonical.type if canonical.type.endswith("[]") else canonical.type.partition("(")[0]
    return {"from": theirs, "type": "id" if ours.endswith("_id") else _TYPES[kind]}


def _write(table: str, chosen: Mapping[str, str]) -> dict[str, Any]:
    key = next((column.name for column in TABLES[table].columns if column.key), None)
    if key in chosen:
        columns = {
            ours: _FOLDS.get(_column(table, ours, theirs)["type"], "min({})").format(ours) for ours, theirs in chosen.items() if ours != key
        }
        return {"from": f"frame_{table}", "one_row_per": {key: key}, "columns": columns}
    columns = {ours: ours for ours in chosen}
    if key:
        columns[key] = "'row ' || row_no"
    return {"from": f"frame_{table}", "one_row_per": "row", "columns": columns}
