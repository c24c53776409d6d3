"""A delivery as pieces: files and frames, what each of them is, and which mapping wants it."""

from __future__ import annotations

import fnmatch
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineWorkbook

from segkit.errors import DeliveryError, NothingToRead, UnreadableFile
from segkit.sources import apis
from segkit.sources.mapping import ReadSpec, SourceMapping
from segkit.sources.sniff import Verdict, json_records, sniff

_NOT_DELIVERED = ("client.yaml", "mapping.yaml", "segments.yaml", "SOURCE.txt", "README.md", "README.txt")
_FOLDERS_OF_OURS = ("canonical", "quarantine", "truth")
_BLOCK = 1 << 20


@dataclass
class Piece:
    """One table of a delivery: a file, a frame, or a part of an API answer.

    `shape` names a frame or a kind of API answer; a file that cannot be read keeps its `trouble`.
    """

    file: str
    sha256: str
    newness: tuple[int, tuple[object, ...]]
    verdict: Verdict
    path: Path | None = None
    table: pa.Table | None = None
    shape: str | None = None
    trouble: DeliveryError | None = None
    same_as: str | None = None
    used: bool = field(default=False)

    @property
    def folder(self) -> str:
        """Where the file lies, for exports cut into parts."""
        return self.file.rpartition("/")[0]


def pieces_of_folder(folder: Path) -> list[Piece]:
    """Every delivered file below a folder, in the order of their names; files with the same bytes count once."""
    files = [folder] if folder.is_file() else sorted(path for path in folder.rglob("*") if _is_delivered(path, folder))
    if not files:
        raise NothingToRead(f"The folder {folder.name!r} holds no file to read.", "Put the exports in it (CSV, XLSX, JSON or Parquet).")
    root = folder.parent if folder.is_file() else folder
    pieces: list[Piece] = []
    seen: dict[str, str] = {}
    for path in files:
        name = path.relative_to(root).as_posix()
        found = _pieces_of_file(path, name)
        first = seen.setdefault(found[0].sha256, name)
        for piece in found:
            piece.same_as = first if first != name else None
        pieces += found
    return _completed(pieces)


def _completed(pieces: list[Piece]) -> list[Piece]:
    """The answers of an API that say something of each other (names of ids, refunds of orders) get it beside them."""
    for piece, table in zip(pieces, apis.completed([(piece.shape, piece.table) for piece in pieces]), strict=True):
        if table is not None and table is not piece.table:
            piece.table, piece.verdict = table, Verdict("json", tuple(table.column_names))
        piece.used = piece.used or piece.shape in apis.NAMES
    return pieces


def _is_delivered(path: Path, root: Path) -> bool:
    inside = path.relative_to(root).parts
    hidden = any(part.startswith((".", "~$")) for part in inside)
    return path.is_file() and not hidden and path.name not in _NOT_DELIVERED and inside[0] not in _FOLDERS_OF_OURS


def _pieces_of_file(path: Path, name: str) -> list[Piece]:
    piece = Piece(name, _sha256(path), (int(path.stat().st_mtime) // 2, _natural(path)), Verdict("unread"), path)
    try:
        piece.verdict = sniff(path)
        if piece.verdict.kind == "parquet":
            piece.verdict = Verdict("parquet", tuple(pq.read_schema(path).names))
        if piece.verdict.kind == "json":
            return _json_pieces(piece)
    except DeliveryError as trouble:
        piece.trouble = trouble
    except (pa.ArrowException, OSError):
        piece.trouble = UnreadableFile(f"{path.name} is not a readable Parquet file.", "Copy it again; it may be cut off.")
    return [piece]


def _json_pieces(piece: Piece) -> list[Piece]:
    """A JSON file is a table of records, or one of the answers of an API that come apart into several tables."""
    assert piece.path is not None
    records = json_records(piece.path, piece.verdict)
    tables = apis.tables(records) or {None: _flat(records, piece.path)}
    return [
        Piece(piece.file, piece.sha256, piece.newness, Verdict("json", tuple(table.column_names)), piece.path, table, shape)
        for shape, table in tables.items()
    ]


def _flat(records: list[dict[str, object]], path: Path) -> pa.Table:
    """Records as text, with every column that any of them has."""
    if not all(isinstance(record, dict) for record in records):
        raise UnreadableFile(f"{path.name} holds no records.", 'Give a list of objects, such as [{"order_id": "1"}, ...].')
    names = dict.fromkeys(name for record in records for name in record)
    cells = {name: [record.get(name) for record in records] for name in names}
    return pa.table({name: pa.array([None if v is None else str(v) for v in column], pa.string()) for name, column in cells.items()})


def pieces_of_frames(frames: Mapping[str, object]) -> list[Piece]:
    """Frames (pandas or Arrow) as pieces named after their keys."""
    return [
        Piece(
            name,
            hashlib.sha256(name.encode()).hexdigest(),
            (0, (name,)),
            Verdict("frame", tuple(table.column_names)),
            table=table,
            shape=name,
        )
        for name, frame in frames.items()
        for table in [_arrow(frame)]
    ]


def _arrow(frame: object) -> pa.Table:
    if isinstance(frame, pd.DataFrame):
        return pa.Table.from_pandas(frame, preserve_index=False)
    if isinstance(frame, pa.Table):
        return frame
    return pa.table(frame)  # anything that speaks the Arrow interface


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _natural(path: Path) -> tuple[object, ...]:
    """Names in the order a person sorts them: export_2 before export_10."""
    words = re.split(r"(\d+)", path.with_suffix("").as_posix().lower())
    return tuple((1, int(word)) if word.isdigit() else (0, word) for word in words)


def claimed(mapping: SourceMapping, pieces: Iterable[Piece]) -> dict[str, list[Piece]]:
    """Which pieces each delivered table of a mapping is read from."""
    claims: dict[str, list[Piece]] = {name: [] for name in mapping.read}
    for piece in pieces:
        if piece.same_as or piece.used:
            continue
        fits = [(size, name) for name, spec in mapping.read.items() if (size := _fit(spec, piece))]
        for name in _wanting(mapping, fits):
            if piece.trouble:
                raise piece.trouble
            claims[name].append(piece)
    return claims


def _wanting(mapping: SourceMapping, fits: list[tuple[int, str]]) -> list[str]:
    """A file named by patterns may feed several tables (sheets); one recognised by its columns feeds the best fit."""
    named = [name for _, name in fits if mapping.read[name].files]
    return named or ([max(fits)[1]] if fits else [])


def _fit(spec: ReadSpec, piece: Piece) -> int:
    """How well a piece fits a table: 0 is not at all, more named columns is better."""
    if spec.files:
        names = (piece.file, piece.file.rpartition("/")[2], piece.shape or "")
        return int(any(fnmatch.fnmatch(name, pattern) for name in names for pattern in spec.files))
    header = {name.lower() for name in piece.verdict.header}
    return len(spec.recognise) if spec.recognise and all(name.lower() in header for name in spec.recognise) else 0


def workbook_table(path: Path, verdict: Verdict) -> pa.Table:
    """The rows of a sheet as text; whole numbers lose their .0, dates become ISO."""
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name(verdict.sheet or "").to_python(skip_empty_area=True)
    width = len(verdict.header)
    cells = [
        [_cell(value) for value in row[:width]] + [None] * (width - len(row))
        for row in rows[1:]
        if any(cell not in (None, "") for cell in row)
    ]
    columns = list(zip(*cells, strict=True)) if cells else [()] * width
    return pa.table([pa.array(column, pa.string()) for column in columns], names=[f"{i}" for i in range(width)])


def _cell(value: object) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (datetime, date)):
        return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()
    return str(value)
