"""The embedded engine: an opened folder of canonical Parquet that answers queries."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from segkit.engine import dialects
from segkit.engine import scope as words
from segkit.engine.query import Query
from segkit.errors import NothingToRead, UnreadableFile
from segkit.tables import TABLES, Table

_FRAME_TYPES = {
    words.COUNT: "int64", words.INTEGER: "Int64", words.NUMBER: "float64", words.DECIMAL: "float64", words.FLAG: "bool",
    words.DATE: "datetime64[us]", words.MOMENT: "datetime64[us]", words.TEXT: "str",
}  # fmt: skip


class Store:
    """An opened canonical folder: one view per canonical table; a table or column that the folder lacks is empty.

    A table is TABLE.parquet: a file, or a folder of parts as Spark and warehouses write it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = current_folder(folder)
        self._remembered = 0
        self._connection = duckdb.connect(config={"preserve_insertion_order": "false"})
        for table in TABLES.values():
            self._connection.execute(f"CREATE VIEW {table.name} AS {self._source(table)}")

    def _source(self, table: Table) -> str:
        file = self.folder / f"{table.name}.parquet"
        if file.exists():
            rows = f"read_parquet('{quoted(file / '*.parquet' if file.is_dir() else file)}')"
            there = self._columns(rows, file.name)
            missing = "".join(f", CAST(NULL AS {column.type}) AS {column.name}" for column in table.columns if column.name not in there)
            return f"SELECT *{missing} FROM {rows}"
        columns = ", ".join(f"CAST(NULL AS {column.type}) AS {column.name}" for column in table.columns)
        return f"SELECT {columns} WHERE FALSE"

    def _columns(self, rows: str, told: str) -> set[str]:
        try:
            return {row[0] for row in self._connection.execute(f"DESCRIBE SELECT * FROM {rows}").fetchall()}
        except duckdb.Error as error:
            raise UnreadableFile(f"{told} is not a readable Parquet file.", "Copy it again; it may be cut off.") from error

    def has(self, table: str) -> bool:
        """Whether the folder has any row of the table."""
        return bool(self._connection.execute(f"SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT 1)").fetchall()[0][0])

    def has_any(self, query: Query) -> bool:
        """Whether the query has any row; it is not worked out further than the first."""
        return bool(self._connection.execute(f"SELECT 1 FROM ({dialects.text(query, pretty=False)}) LIMIT 1").fetchall())

    def ask(self, query: Query) -> pd.DataFrame:
        """The answer as a frame: counts int64, days Int64, money float64, dates datetime64[us], flags bool."""
        return as_frame(self._connection.execute(dialects.text(query, pretty=False)).df(), query.columns)

    def row(self, query: Query) -> dict[str, Any]:
        """The one row of a query as plain Python values; null is None."""
        names = list(query.columns)
        rows = self._connection.execute(dialects.text(query, pretty=False)).fetchall()
        return dict(zip(names, map(_plain, rows[0]), strict=True))

    def remember(self, query: Query) -> Query:
        """The same rows, worked out once and kept in this store's engine; for a question that others stand on."""
        self._remembered += 1
        name = f"remembered_{self._remembered}"
        self._connection.execute(f"CREATE TEMP TABLE {name} AS {dialects.text(query, pretty=False)}")
        return Query(query.rules, (), name, query.columns, query.day)

    def write(self, query: Query, file: Path) -> None:
        """Write the answer as Parquet without holding it in memory."""
        sql = dialects.text(query, pretty=False)
        self._connection.execute(f"COPY ({sql}) TO '{quoted(file)}' (FORMAT parquet, COMPRESSION zstd)")

    def close(self) -> None:
        """Let go of the files."""
        self._connection.close()


def current_folder(folder: Path) -> Path:
    """The load in force: the folder that CURRENT names, or the folder itself when it holds the tables."""
    marker = folder / "CURRENT"
    if marker.exists():
        folder = folder / marker.read_text(encoding="utf-8").strip()
    if not any((folder / f"{name}.parquet").exists() for name in TABLES):
        raise NothingToRead(f"{folder.name} holds no canonical table.", "Give a folder with orders.parquet, profiles.parquet and so on.")
    return folder


def as_frame(frame: pd.DataFrame, kinds: Mapping[str, str]) -> pd.DataFrame:
    """A frame with the declared type for each kind of column; every engine's answer passes here."""
    types = {name: _FRAME_TYPES[kind] for name, kind in kinds.items() if kind in _FRAME_TYPES}
    return frame.astype(types)


def quoted(path: Path) -> str:
    """A path for use between single quotes in SQL."""
    return str(path).replace("'", "''")


def _plain(value: Any) -> Any:
    return float(value) if type(value).__name__ == "Decimal" else value
