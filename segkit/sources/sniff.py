"""What a delivered file is: its kind, encoding, delimiter and header, as a written verdict."""

from __future__ import annotations

import codecs
import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path

import python_calamine as calamine

from segkit.errors import NothingToRead, UnreadableFile

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 1 << 18
_RECORDS = 50


@dataclass(frozen=True)
class Verdict:
    """How a file is to be read; `kind` is csv, whitespace, xlsx, parquet or json."""

    kind: str
    header: tuple[str, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    sheet: str | None = None


def sniff(path: Path, kind: str | None = None, sheet: str | None = None) -> Verdict:
    """The verdict on a file; an empty file, or one that is not what its name says, is an error."""
    if path.stat().st_size == 0:
        raise NothingToRead(f"{path.name} is empty.", "Export the file again; this one holds no bytes.")
    if kind == "whitespace":
        return _whitespace(path)
    start = path.read_bytes()[:8] if path.stat().st_size < _SAMPLE else _first_bytes(path, 8)
    if start.startswith(b"PAR1"):
        return Verdict("parquet")
    if start.startswith(b"PK\x03\x04"):
        return _workbook(path, sheet)
    if path.suffix.lower() in (".xlsx", ".xlsm", ".xls", ".parquet"):
        raise UnreadableFile(f"{path.name} is not a {path.suffix[1:]} file inside.", "Save it again from Excel as .xlsx, or give the CSV.")
    encoding = _encoding(path)
    text = _sample_text(path, encoding)
    if text.lstrip()[:1] in ("{", "[") and path.suffix.lower() in (".json", ".jsonl", ".ndjson"):
        return Verdict("json", encoding=encoding)
    return _delimited(path, text, encoding)


def _first_bytes(path: Path, count: int) -> bytes:
    with path.open("rb") as file:
        return file.read(count)


def _encoding(path: Path) -> str:
    """utf-8-sig or utf-16 by its mark, utf-8 when every byte fits, else cp1252."""
    start = _first_bytes(path, 4)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                if b"\x00" in block:
                    raise UnreadableFile(f"{path.name} holds binary data, not text.", "Give a CSV, XLSX, JSON or Parquet file.")
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _sample_text(path: Path, encoding: str) -> str:
    """The start of the file, up to its last whole line; all of it where the first line is longer, as in the answer of an API."""
    text = _first_bytes(path, _SAMPLE).decode(encoding, errors="replace")
    end = text.rfind("\n") + 1
    return text[:end] if end and path.stat().st_size > _SAMPLE else text


def _delimited(path: Path, text: str, encoding: str) -> Verdict:
    records = {mark: _records(text, mark) for mark in DELIMITERS}
    delimiter = max(DELIMITERS, key=lambda mark: _fit(records[mark]))
    header = tuple(name.strip().strip("\ufeff") for name in records[delimiter][0]) if records[delimiter] else ()
    if not any(header):
        raise NothingToRead(f"{path.name} holds no header line.", "Export it again with column names in the first line.")
    return Verdict("csv", header, encoding, delimiter)


def _records(text: str, delimiter: str) -> list[list[str]]:
    try:
        reader = csv.reader(io.StringIO(text), delimiter=delimiter)
        return [record for record, _ in zip(reader, range(_RECORDS), strict=False) if record]
    except csv.Error:
        return []


def _fit(records: list[list[str]]) -> tuple[float, int]:
    """How well a delimiter fits: the share of records as wide as the header, then how many columns it gives."""
    if not records or len(records[0]) < 2:
        return 0.0, 0
    width = len(records[0])
    return sum(len(record) == width for record in records) / len(records), width


def _whitespace(path: Path) -> Verdict:
    encoding = _encoding(path)
    lines = _sample_text(path, encoding).splitlines()
    return Verdict("whitespace", tuple(lines[0].split()), encoding, " ")


def _workbook(path: Path, sheet: str | None) -> Verdict:
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
    except (calamine.CalamineError, OSError) as error:
        raise UnreadableFile(f"{path.name} cannot be opened as a workbook.", "Save it again from Excel as .xlsx.") from error
    name = sheet or book.sheet_names[0]
    if name not in book.sheet_names:
        raise UnreadableFile(f"{path.name} has no sheet {name!r}.", f"Its sheets: {', '.join(book.sheet_names)}.")
    rows = book.get_sheet_by_name(name).to_python(skip_empty_area=True)
    if not rows:
        raise NothingToRead(f"{path.name}, sheet {name!r} is empty.", "Export it again.")
    return Verdict("xlsx", tuple(str(cell).strip() for cell in rows[0]), sheet=name)


def json_records(path: Path, verdict: Verdict) -> list[dict[str, object]]:
    """The records of a JSON file: a list of objects, one object a line, or one object."""
    text = path.read_text(encoding=verdict.encoding)
    try:
        data = json.loads(text)
    except ValueError:
        try:
            data = [json.loads(line) for line in text.splitlines() if line.strip()]
        except ValueError as error:
            raise UnreadableFile(f"{path.name} is not valid JSON: {error}.", "Export it again; it may be cut off.") from error
    return data if isinstance(data, list) else [data]
