"""Delivered files as raw tables: every cell as text or as the file's own type, with a row number."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa

from segkit.engine.duck import quoted
from segkit.errors import UnreadableFile

_LONGEST_LINE = 16_000_000  # bytes; a longer one is a quote that never closes


@dataclass
class Raw:
    """One file inside the engine: columns c0, c1, ... in header order plus row_no from 1; and the lines it could not split.

    With `typed_cells` the file says which cells are numbers, and those have a decimal point. `lines` works out where each row
    begins in the file; without it a row is its own line, as in Parquet.
    """

    name: str
    header: tuple[str, ...]
    types: tuple[str, ...]
    rows: int
    split_failures: list[tuple[int, str, str]] = field(default_factory=list)  # line, text, reason
    typed_cells: bool = False
    lines: Callable[[], Sequence[int]] | None = None


def read_csv(connection: duckdb.DuckDBPyConnection, name: str, path: Path, header: Sequence[str], delimiter: str, encoding: str) -> Raw:
    """A delimited text file, all cells as text; lines with too few or too many cells are kept apart."""
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(header)))
    options = (
        f"auto_detect=false, header=true, delim='{delimiter}', quote='\"', escape='\"', columns={{{columns}}}, "
        f"store_rejects=true, rejects_table='{name}_failures', rejects_scan='{name}_scan', rejects_limit=0, "
        f"max_line_size={_LONGEST_LINE}"
    )
    with _as_utf8(path, encoding) as file:
        try:
            connection.execute(
                f"CREATE TABLE {name} AS SELECT *, row_number() OVER () AS row_no FROM read_csv('{quoted(file.path)}', {options})"
            )
        except duckdb.Error as error:
            raise UnreadableFile(
                f"{path.name} cannot be read as a table: {str(error).splitlines()[0]}",
                "Open it in an editor and mend it, or export again.",
            ) from error
        failures = _failures(connection, name, path.name, file.path)
    taken = {line for line, _, _ in failures}
    return Raw(
        name, tuple(header), ("VARCHAR",) * len(header), _count(connection, name), failures,
        lines=lambda: list(_record_lines(path, encoding, delimiter, len(header), taken)),
    )  # fmt: skip


def _failures(connection: duckdb.DuckDBPyConnection, name: str, told: str, path: Path) -> list[tuple[int, str, str]]:
    """One row per line that could not be split; a quote that never closes swallows the lines after it and is an error."""
    sql = f"SELECT line_byte_position, csv_line, min(error_message) FROM {name}_failures GROUP BY ALL ORDER BY ALL"
    found = connection.execute(sql).fetchall()
    starts = [start - 1 + len(text) - len(text.lstrip("\r\n")) for start, text, _ in found]  # blank lines before it come along
    failures = []
    for line, (_, text, message) in zip(_lines_at(path, starts), found, strict=True):
        text = text.strip("\r\n")
        if text.count('"') % 2:
            raise UnreadableFile(
                f"{told}, line {line}: a quote is opened and never closed, so the lines after it run together: {text[:60]!r}.",
                "Close the quote in that line, or export the file again.",
            )
        failures.append((line, text, _shape_of(message)))
    return failures


def _lines_at(path: Path, places: Sequence[int]) -> Iterator[int]:
    """The line in which each byte of a file stands, for places in rising order."""
    with path.open("rb") as file:
        line, done = 1, 0
        for place in places:
            while done < place and (block := file.read(min(1 << 20, place - done))):
                line, done = line + block.count(b"\n"), done + len(block)
            yield line


def _shape_of(message: str) -> str:
    """The engine's reason without its advice."""
    return message.split("\n")[0].split(". ")[0]


def _record_lines(path: Path, encoding: str, delimiter: str, width: int, taken: set[int]) -> Iterator[int]:
    """The line in which each record of a delimited file begins, but for the header and the lines that could not be split."""
    csv.field_size_limit(_LONGEST_LINE)
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        before = 0
        for record in reader:
            start, before = before + 1, reader.line_num
            if start > 1 and len(record) == width and start not in taken:
                yield start


def read_whitespace(connection: duckdb.DuckDBPyConnection, name: str, path: Path, header: Sequence[str], encoding: str) -> Raw:
    """A blank-padded text file with a header line."""
    cells = ", ".join(f"cells[{i + 1}] AS c{i}" for i in range(len(header)))
    width = len(header)
    with _as_utf8(path, encoding) as file:
        connection.execute(
            f"CREATE TABLE {name}_lines AS SELECT row_number() OVER () AS line_no, line, "
            f"regexp_split_to_array(trim(line), '\\s+') AS cells FROM read_csv('{quoted(file.path)}', auto_detect=false, "
            "header=false, delim='\x01', quote='', escape='', columns={'line': 'VARCHAR'})"
        )
    connection.execute(
        f"CREATE TABLE {name} AS SELECT {cells}, row_number() OVER (ORDER BY line_no) AS row_no, line_no FROM {name}_lines "
        f"WHERE line_no > 1 AND len(cells) = {width}"
    )
    failures = connection.execute(
        f"SELECT line_no, line, 'Expected {width} values, found ' || len(cells) FROM {name}_lines "
        f"WHERE line_no > 1 AND len(cells) <> {width} AND trim(line) <> '' ORDER BY line_no"
    ).fetchall()
    connection.execute(f"DROP TABLE {name}_lines")
    lines = f"SELECT line_no FROM {name} ORDER BY row_no"
    return Raw(
        name, tuple(header), ("VARCHAR",) * width, _count(connection, name), failures,
        lines=lambda: [row[0] for row in connection.execute(lines).fetchall()],
    )  # fmt: skip


def read_parquet(connection: duckdb.DuckDBPyConnection, name: str, path: Path) -> Raw:
    """A Parquet file with its own types."""
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet('{quoted(path)}')").fetchall()
    except duckdb.Error as error:
        raise UnreadableFile(f"{path.name} is not a readable Parquet file.", "Copy it again; it may be cut off.") from error
    cells = ", ".join(f'"{row[0].replace(chr(34), chr(34) * 2)}" AS c{i}' for i, row in enumerate(described))
    connection.execute(
        f"CREATE VIEW {name} AS SELECT {cells}, file_row_number + 1 AS row_no FROM read_parquet('{quoted(path)}', file_row_number=true)"
    )
    return Raw(name, tuple(row[0] for row in described), tuple(row[1] for row in described), _count(connection, name))


def read_arrow(connection: duckdb.DuckDBPyConnection, name: str, table: pa.Table) -> Raw:
    """A table in memory, such as a frame or an answer of an API."""
    header = tuple(map(str, table.column_names))
    numbered = table.rename_columns([f"c{i}" for i in range(len(header))])
    numbered = numbered.append_column("row_no", pa.array(range(1, len(table) + 1), pa.int64()))
    connection.register(name, numbered)
    described = connection.execute(f"DESCRIBE {name}").fetchall()
    return Raw(name, header, tuple(row[1] for row in described[:-1]), len(table))


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    return connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0]


class _as_utf8:
    """The path of the file as UTF-8: itself, or a temporary copy that goes away afterwards."""

    def __init__(self, path: Path, encoding: str) -> None:
        self.path, self.encoding = path, encoding
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> _as_utf8:
        if self.encoding in ("utf-8", "utf-8-sig"):
            return self
        self._folder = tempfile.TemporaryDirectory()
        copy = Path(self._folder.name) / "copy.csv"
        with (
            self.path.open(encoding=self.encoding, errors="replace", newline="") as source,
            copy.open("w", encoding="utf-8", newline="") as target,
        ):
            while block := source.read(1 << 20):
                target.write(block)
        self.path = copy
        return self

    def __exit__(self, *_: object) -> None:
        if self._folder is not None:
            self._folder.cleanup()


def write_csv(file: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Rows as UTF-8 CSV that a spreadsheet opens without running anything in it."""
    with file.open("w", encoding="utf-8-sig", newline="") as target:
        writer = csv.writer(target)
        writer.writerow([safe_cell(name) for name in header])
        writer.writerows([[safe_cell(cell) for cell in row] for row in rows])


def safe_cell(value: object) -> object:
    """A cell that starts like a formula gets an apostrophe in front; plain numbers stay."""
    text = "" if value is None else str(value)
    if not text.startswith(("=", "+", "-", "@", "\t", "\r")):
        return text
    try:
        float(text)
    except ValueError:
        return f"'{text}"
    return text
