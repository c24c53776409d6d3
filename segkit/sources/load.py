"""One load: the pieces of a delivery become canonical tables, receipts and a quarantine."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from segkit.engine import read as raws
from segkit.engine import refusal
from segkit.engine.convert import Column, quoted
from segkit.engine.load import Loading, Part
from segkit.engine.query import ALWAYS_TIMED
from segkit.errors import ColumnError, MappingError, NothingToRead
from segkit.settings import Client
from segkit.sources import apis
from segkit.sources import mapping as maps
from segkit.sources.countries import country_codes
from segkit.sources.delivery import Piece, claimed, pieces_of_folder, pieces_of_frames, workbook_table
from segkit.sources.mapping import ColumnSpec, ReadSpec, SourceMapping, WriteSpec
from segkit.sources.money import Currency, base_currency, check_rates
from segkit.sources.receipt import Receipt
from segkit.sources.sniff import Verdict, sniff
from segkit.tables import TABLES

_KIND = "row_is"


@dataclass
class LoadReport:
    """What a load did: receipts per file, rows per canonical table, repeated rows per delivered table, files of refused rows."""

    load_id: str
    receipts: list[Receipt]
    rows: dict[str, int] = field(default_factory=dict)
    duplicates: dict[str, int] = field(default_factory=dict)
    quarantine: list[str] = field(default_factory=list)
    currency: Currency | None = None

    def as_dict(self) -> dict[str, Any]:
        """The report as plain data, kept beside the tables."""
        receipts = [receipt.as_dict() for receipt in self.receipts]
        return {
            "load_id": self.load_id,
            "receipts": receipts,
            "rows": self.rows,
            "duplicates": self.duplicates,
            "quarantine": self.quarantine,
            "currency": self.currency and asdict(self.currency),
        }


def load_delivery(delivery: Path, into: Path, client: Client, mapping: SourceMapping | None, quarantine: Path) -> LoadReport:
    """Read a folder (or one file) into canonical tables below `into`; refused rows go to `quarantine`.

    With a mapping only that mapping reads; without one the built-in readers take what they recognise.
    """
    pieces = pieces_of_folder(delivery)
    return _load(pieces, into, client, (mapping,) if mapping else maps.built_in(), quarantine)


def load_frames(frames: Mapping[str, Any], into: Path, client: Client, mapping: SourceMapping, quarantine: Path) -> LoadReport:
    """Read pandas or Arrow frames into canonical tables below `into`."""
    return _load(pieces_of_frames(frames), into, client, (mapping,), quarantine)


def _load(pieces: list[Piece], into: Path, client: Client, mappings: Sequence[SourceMapping], quarantine: Path) -> LoadReport:
    load_id = _load_id(pieces, client, mappings)
    report = LoadReport(load_id, [])
    receipts = {id(piece): Receipt(piece.file, piece.sha256[:12]) for piece in pieces}
    owners: dict[str, str] = {}  # which source wrote a canonical table first
    loading = Loading(client.settings())
    for old in quarantine.glob("*.refused.csv"):  # of an earlier load: what is refused now is written again
        old.unlink()
    try:
        for mapping in mappings:
            claims = {name: found for name, found in claimed(mapping, pieces).items() if found}
            if claims:
                with maps.errors_of(mapping.file):
                    _MappingRun(loading, mapping, client, receipts, report, quarantine, owners).run(claims)
        _unused(pieces, receipts)
        report.receipts = _one_per_file(pieces, receipts)
        if not any(receipt.status == "read" for receipt in report.receipts):
            raise _nothing_read(pieces)
        if not any(receipt.rows_read for receipt in report.receipts):
            named = ", ".join(receipt.file for receipt in report.receipts if receipt.status == "read")
            raise NothingToRead(f"{named}: a header and no rows.", "Export again with a longer period or without a filter.")
        report.currency = _currency(loading, client)
        _record_extracts(loading, report, client.time_zone)
        fresh = into / f"{load_id}.part"
        shutil.rmtree(fresh, ignore_errors=True)
        report.rows = loading.finish(fresh, client.time_zone, report.currency.code)
        (fresh / "load.json").write_text(json.dumps(report.as_dict(), indent=1), encoding="utf-8")
        _put_in_force(fresh, into, load_id)
    finally:
        loading.close()
    return report


def _load_id(pieces: Sequence[Piece], client: Client, mappings: Sequence[SourceMapping]) -> str:
    """The same files, mapping and client settings give the same id."""
    parts = [
        version("webshop-segkit"),
        client.time_zone,
        str(client.currency),
        json.dumps([client.rates, client.thresholds], sort_keys=True),
        *(mapping.model_dump_json() for mapping in mappings),
    ]
    parts += [f"{piece.file}:{piece.sha256}" for piece in pieces]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _put_in_force(fresh: Path, into: Path, load_id: str) -> None:
    """Give the finished folder its name, point CURRENT at it, and remove older loads; a killed load changes nothing.

    The folder in force is never touched before CURRENT names another, so the same load again gets a second name.
    """
    current = into / "CURRENT"
    in_force = current.read_text(encoding="utf-8").strip() if current.exists() else ""
    final = into / (f"{load_id}b" if in_force == load_id else load_id)
    shutil.rmtree(final, ignore_errors=True)
    fresh.rename(final)
    marker = into / "CURRENT.part"
    marker.write_text(final.name + "\n", encoding="utf-8")
    os.replace(marker, current)
    for old in into.iterdir():
        if old.is_dir() and old != final:
            shutil.rmtree(old, ignore_errors=True)


class _MappingRun:
    """One mapping over the pieces it claims."""

    def __init__(
        self, loading: Loading, mapping: SourceMapping, client: Client, receipts: dict[int, Receipt], report: LoadReport, quarantine: Path,
        owners: dict[str, str],
    ) -> None:  # fmt: skip
        self.loading, self.mapping, self.receipts, self.report, self.quarantine = loading, mapping, receipts, report, quarantine
        self.owners = owners
        self.zone = mapping.time_zone or client.time_zone
        self.currency = mapping.currency or client.currency
        self.limit = client.settings()["refused_limit"]
        self.file_no = 0
        self.number = loading.next_run()

    def run(self, claims: dict[str, list[Piece]]) -> None:
        """Read, judge, write, and fill in the receipts."""
        read = {name: self._read(name, pieces) for name, pieces in claims.items()}
        for name, parts in read.items():
            self._judge(name, parts)
        for target, spec in self.mapping.writes():
            if spec.from_ in read and not self._left_to_others(spec):
                self._refuse_incomplete(target, spec)
        for target, spec in self.mapping.writes():
            if spec.from_ in read and not self._left_to_others(spec):
                self._write(target, spec)
        _check_words(self.loading)
        for name, parts in read.items():
            self._receipts(name, parts)

    def _table(self, name: str) -> str:
        return f"read_{self.mapping.source}_{name}_{self.number}"

    def _read(self, name: str, pieces: list[Piece]) -> list[tuple[Piece, Part]]:
        spec = self.mapping.read[name]
        groups: dict[str, int] = {}
        parts: list[tuple[Piece, Part]] = []
        rows_before: dict[int, int] = {}
        for piece in pieces:
            self.file_no += 1
            group = groups.setdefault(piece.folder if spec.parts else f"{piece.file} {piece.shape}", len(groups))
            raw = _raw(self.loading, piece, spec)
            positions = {ours: _position(raw.header, ours, column, piece.file) for ours, column in spec.columns.items()}
            part = Part(self.file_no, group, piece.file, raw, positions, rows_before.get(group, 0))
            rows_before[group] = part.offset + raw.rows
            parts.append((piece, part))
        verdicts = self.loading.read(self._table(name), [part for _, part in parts], _columns(spec), self.zone)
        for piece, part in parts:
            self._note_form(self.receipts[id(piece)], piece, verdicts[part.file_no], spec)
        return parts

    def _note_form(self, receipt: Receipt, piece: Piece, verdicts: dict[str, str], spec: ReadSpec) -> None:
        receipt.reader, receipt.status = self.mapping.source, "read"
        receipt.encoding, receipt.delimiter = piece.verdict.encoding, piece.verdict.delimiter
        marks = {verdict for column, verdict in verdicts.items() if spec.columns[column].type in ("money", "number")}
        orders = {verdict for column, verdict in verdicts.items() if spec.columns[column].type in ("date", "local_time")}
        receipt.decimal_mark, receipt.date_order = " ".join(sorted(marks)), " ".join(sorted(orders))
        piece.used = True

    def _judge(self, name: str, parts: list[tuple[Piece, Part]]) -> None:
        spec, table = self.mapping.read[name], self._table(name)
        newest = sorted({part.group_no: piece.newness for piece, part in parts}.items(), key=lambda item: item[1], reverse=True)
        self.loading.choose_units(table, spec.unit, [group for group, _ in newest])
        if spec.labels:
            self.loading.label(table, spec.labels)
        if _KIND in spec.labels:
            self._kinds(name, table)
        elif not any(write.from_ == name for _, write in self.mapping.writes()):
            raise MappingError(f"{self.mapping.source}: read.{name} is written nowhere.", "Add a write for it, or do not read it.")

    def _kinds(self, name: str, table: str) -> None:
        """Every kind of row is written or set aside; one that is neither is an error that names it."""
        writes = [write for _, write in self.mapping.writes() if write.from_ == name]
        written = {kind for write in writes for kind in write.rows} | (
            {*self.mapping.read[name].labels[_KIND]} if any(not w.rows for w in writes) else set()
        )
        found = self.loading.kinds(table, _KIND)
        lost = sorted(str(kind) for kind in found - written - set(self.mapping.set_aside))
        if lost:
            raise MappingError(
                f"{self.mapping.source}: rows of {name} are {', '.join(lost)}, which is neither written nor set aside.",
                f"Add it to the rows of a write, or to set_aside with a reason. Kinds: {', '.join(self.mapping.read[name].labels[_KIND])}.",
            )
        self.loading.set_aside(table, _KIND, list(self.mapping.set_aside))
        told = {kind for write in writes if not self._left_to_others(write) for kind in write.rows}
        if all(write.rows for write in writes):
            self.loading.set_aside(table, _KIND, sorted(written - told), "told_elsewhere")

    def _left_to_others(self, spec: WriteSpec) -> bool:
        """Whether another source of the delivery has already told this, as `unless` asks."""
        return bool(spec.unless) and self.owners.get(str(spec.unless), self.mapping.source) != self.mapping.source

    def _refuse_incomplete(self, target: str, spec: WriteSpec) -> None:
        """An order or event without a moment belongs to no window, and one without an amount adds up to nothing known."""
        if target not in ALWAYS_TIMED:
            return
        stem = str(TABLES[target].time)
        if stem not in spec.columns and f"{stem}_at" not in spec.columns:
            raise MappingError(f"{self.mapping.source}: write.{target} does not say when it happened.", f"Add {stem} to its columns.")
        table, key = self._table(spec.from_), None if spec.one_row_per == "row" else next(iter(spec.one_row_per.values()))
        if target == "orders" and key not in (None, self.mapping.read[spec.from_].unit):
            self.loading.refuse_partial(table, str(key), over_files=True)
        for wanted in (name for name in (stem, f"{stem}_at", "total", "total_base") if name in spec.columns):
            self.loading.refuse_missing(table, target, key, wanted, spec.columns[wanted], self._where(spec))

    def _where(self, spec: WriteSpec) -> list[str]:
        kinds = [f"{_KIND} IN ({', '.join(map(quoted, spec.rows))})"] if spec.rows else []
        return kinds + ([spec.where] if spec.where else [])

    def _write(self, target: str, spec: WriteSpec) -> None:
        table = self._table(spec.from_)
        self.owners.setdefault(target, self.mapping.source)
        derived = dict(spec.derive)
        if spec.counts_as_purchase:
            derived["counts_as_purchase"] = f"coalesce({spec.counts_as_purchase}, FALSE)"  # what is unknown is no purchase
        of_its_order = target == "refunds"  # a refund that does not say is in the currency of its order
        constants = {"source_system": self.mapping.source, "currency": None if of_its_order else self.currency}
        key = None if spec.one_row_per == "row" else spec.one_row_per
        self.loading.write(target, table, key, spec.columns, derived, self._where(spec), constants)

    def _receipts(self, name: str, parts: list[tuple[Piece, Part]]) -> None:
        spec, table = self.mapping.read[name], self._table(name)
        if spec.rest:
            for _, part in parts:
                named = {alias.lower() for column in spec.columns.values() for alias in column.from_}
                rest = [place for place, title in enumerate(part.raw.header) if title.lower() not in named]
                self.loading.write_properties(table, part, rest, spec.rest, self.mapping.source)
        by_file = {part.file_no: (piece, part) for piece, part in parts}
        for file_no, verdict, reason, rows in self.loading.tally(table, _KIND if _KIND in spec.labels else None):
            self.receipts[id(by_file[file_no][0])].add(verdict, reason, rows)
        for file_no, (start, end) in self.loading.span(table).items():
            receipt = self.receipts[id(by_file[file_no][0])]
            receipt.from_at, receipt.to_at = start and start.isoformat(), end and end.isoformat()
        self.report.duplicates[f"{self.mapping.source}.{name}"] = self.loading.duplicates(table)
        for piece, part in parts:
            self._quarantine(table, self.receipts[id(piece)], part)

    def _quarantine(self, table: str, receipt: Receipt, part: Part) -> None:
        if part.raw.split_failures:
            receipt.add("refused", "not_split|", len(part.raw.split_failures))
        if not receipt.refused:
            return
        own = [kind for kind in receipt.kinds if kind["verdict"] == "refused" and kind["kind"] != refusal.WITH_ITS_ORDER]
        if sum(kind["rows"] for kind in own) > self.limit * receipt.rows_read:
            worst = max(own, key=lambda kind: kind["rows"])
            why = refusal.in_words(worst["kind"], worst["column"])
            raise ColumnError(
                f"{part.file}: {receipt.refused} of {receipt.rows_read} rows cannot be used, most because {why}.",
                "The column is read as the wrong type or form: check its type, decimal mark and date form in the mapping.",
            )
        self.quarantine.mkdir(parents=True, exist_ok=True)
        name = part.file.replace("/", "__")
        taken = f"{name}.refused.csv" in self.report.quarantine  # by another sheet or table of the same file
        file = self.quarantine / f"{name}{f'.{table}' if taken else ''}.refused.csv"
        rows: list[tuple[Any, ...]] = [(line, reason, text) for line, text, reason in part.raw.split_failures]
        rows = sorted([*self.loading.refused_rows(table, part), *rows], key=lambda row: row[0])
        raws.write_csv(file, ["line", "reason", *part.raw.header], rows)
        self.report.quarantine.append(file.name)


def _columns(spec: ReadSpec) -> list[Column]:
    names = country_codes()
    return [
        Column(ours, c.type, c.decimal, c.date, c.case, c.values, names if c.type == "country" else {}) for ours, c in spec.columns.items()
    ]


def _raw(loading: Loading, piece: Piece, spec: ReadSpec) -> raws.Raw:
    """The piece inside the engine, in the way the mapping or the verdict says."""
    name, path = loading.raw_name(), piece.path
    if piece.table is not None:
        return raws.read_arrow(loading.connection, name, piece.table)
    assert path is not None
    if spec.format == "whitespace" or spec.sheet:
        piece.verdict = sniff(path, spec.format, spec.sheet)
    verdict: Verdict = piece.verdict
    if verdict.kind == "parquet":
        return raws.read_parquet(loading.connection, name, path)
    if verdict.kind == "xlsx":
        raw = raws.read_arrow(loading.connection, name, workbook_table(path, verdict))
        raw.header, raw.typed_cells = verdict.header, True
        return raw
    if verdict.kind == "whitespace":
        return raws.read_whitespace(loading.connection, name, path, verdict.header, verdict.encoding)
    return raws.read_csv(loading.connection, name, path, verdict.header, verdict.delimiter, verdict.encoding)


def _position(header: Sequence[str], ours: str, spec: ColumnSpec, file: str) -> int | None:
    """Where a column stands, by any of its names, whatever the case of the letters."""
    wanted = {alias.lower() for alias in spec.from_}
    places = [place for place, title in enumerate(header) if title.lower() in wanted]
    if len(places) > 1 and len({header[place].lower() for place in places}) < len(places):
        raise ColumnError(f"{file}: the column {header[places[0]]!r} stands there {len(places)} times.", "Export again with one of them.")
    if places:
        return min(places, key=lambda place: [alias.lower() for alias in spec.from_].index(header[place].lower()))
    if spec.optional:
        return None
    raise ColumnError(f"{file} has no column {' or '.join(map(repr, spec.from_))} (read as {ours}).", f"Its columns: {', '.join(header)}.")


def _unused(pieces: Sequence[Piece], receipts: Mapping[int, Receipt]) -> None:
    for piece in pieces:
        receipt = receipts[id(piece)]
        if piece.same_as:
            receipt.status, receipt.reason, receipt.detail = "skipped", "same_file", piece.same_as
        elif piece.shape in apis.NAMES and piece.table is not None:
            receipt.reader, receipt.status = apis.NAMES[piece.shape], "read"
            receipt.add("kept", "names", len(piece.table))
        elif not piece.used:
            receipt.reason = "unreadable" if piece.trouble else "no_reader"
            receipt.detail = piece.trouble.problem if piece.trouble else None


def _one_per_file(pieces: Sequence[Piece], receipts: Mapping[int, Receipt]) -> list[Receipt]:
    """Files that came apart into several tables have one receipt: that of the first table read, with the others added."""
    merged: dict[str, Receipt] = {}
    for piece in pieces:
        receipt = receipts[id(piece)]
        first = merged.get(piece.file)
        if first is None or first.status != "read":
            merged[piece.file] = receipt
        elif receipt.status == "read":
            for kind in receipt.kinds:
                first.add(kind["verdict"], kind["kind"], kind["rows"])
    return list(merged.values())


def _nothing_read(pieces: Sequence[Piece]) -> Exception:
    if len(pieces) == 1 and pieces[0].trouble:
        return pieces[0].trouble
    found = "; ".join(f"{piece.file} ({piece.trouble.problem if piece.trouble else 'not recognised'})" for piece in pieces[:5])
    return NothingToRead(
        f"No file is one that a reader knows: {found}{' ...' if len(pieces) > 5 else ''}.",
        "Describe the tables in a mapping.yaml and give it with --mapping; `segkit new` makes a commented example.",
    )


def _check_words(loading: Loading) -> None:
    """A word that a column does not know would count as nothing: no order completed, nobody subscribed."""
    strange = loading.strange_words()
    if strange:
        table, column = strange[0][:2]
        found = ", ".join(f"{word!r} ({rows} rows)" for *place, word, rows in strange if place == [table, column])
        allowed = next(known.values for known in TABLES[table].columns if known.name == column)
        raise MappingError(
            f"write.{table}.{column} gets words that it does not know: {found}.", f"Turn them into one of: {', '.join(allowed)}."
        )


def _currency(loading: Loading, client: Client) -> Currency:
    """The shop's currency, after every order has its rate."""
    base = base_currency(client.currency, loading.currencies())
    check_rates(base, loading.convert(base.code, client.rates))
    return base


def _record_extracts(loading: Loading, report: LoadReport, zone: str) -> None:
    shop = {"shop_timezone": zone, "base_currency": report.currency and report.currency.code}
    loading.insert_rows("extracts", [{**receipt.as_extract(), **shop} for receipt in report.receipts])
