"""Open a delivery, whatever it is: a client folder, exports, canonical tables or frames."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from segkit.engine import Store
from segkit.errors import NothingToRead
from segkit.settings import Client, load_client, validated
from segkit.shop.view import SEGMENTS_FILE, Shop
from segkit.sources import LoadReport, load_delivery, load_frames
from segkit.sources.mapping import SourceMapping, checked, load_mapping, of_frames
from segkit.sources.money import base_currency
from segkit.sources.receipt import Receipt
from segkit.tables import TABLES


def open(
    path: str | Path | None = None,
    *,
    mapping: str | Path | Mapping[str, Any] | None = None,
    client: Client | None = None,
    name: str | None = None,
    time_zone: str | None = None,
    currency: str | None = None,
    quarantine: str | Path | None = None,
    **frames: Any,
) -> Shop:
    """Open a client folder, a delivery, a folder of canonical Parquet, or frames named after canonical tables.

    >>> shop = open(orders=df, mapping={"order_id": "invoice", "profile_id": "customer", "ordered": "date", "total": "amount"})

    `mapping` is a mapping.yaml, or for frames a dictionary {canonical column: column of the frame}. `name`, `time_zone` and
    `currency` override client.yaml. A bare delivery is never written to: its tables live in a temporary folder that goes
    with the shop, and refused rows go to `quarantine` (by default beside those tables).
    """
    if (path is None) == (not frames):
        raise NothingToRead("Give a path or frames, one of the two.", 'open("data/clients/NAME") or open(orders=df, mapping={...}).')
    folder = None if path is None else Path(path)
    chosen = _client(folder, client, name=name, time_zone=time_zone, currency=currency)
    if folder is None:
        return _open_frames(frames, mapping, chosen, quarantine)
    if not folder.exists():
        raise NothingToRead(f"There is no folder or file {folder}.", "Check the path; a folder with spaces needs quotes.")
    return _open_folder(folder, _source_mapping(folder, mapping, chosen), chosen, quarantine)


def _client(folder: Path | None, client: Client | None, **changes: Any) -> Client:
    file = folder / "client.yaml" if folder and folder.is_dir() else None
    if client is None:
        client = load_client(file) if file and file.exists() else Client(name=folder.resolve().name if folder else "Frames")
    given = {key: value for key, value in changes.items() if value}
    return validated(Client, {**client.model_dump(), **given}, "open")


def _source_mapping(folder: Path, mapping: str | Path | Mapping[str, Any] | None, client: Client) -> SourceMapping | None:
    if isinstance(mapping, Mapping):
        return checked(mapping, "mapping")
    own = folder / (client.mapping or "mapping.yaml") if folder.is_dir() else None
    file = Path(mapping) if mapping else own if own and (own.exists() or client.mapping) else None
    return load_mapping(file) if file else None


def _with_source(client: Client, mapping: SourceMapping | None) -> Client:
    """A mapping that knows the shop's clock and currency says so for the whole shop."""
    known = {} if mapping is None else {"time_zone": mapping.time_zone, "currency": mapping.currency, "rates": mapping.rates}
    return client.model_copy(update={key: value for key, value in known.items() if value})


def _open_folder(folder: Path, mapping: SourceMapping | None, client: Client, quarantine: str | Path | None) -> Shop:
    client = _with_source(client, mapping)
    if (folder / "deliveries").is_dir():
        return _loaded(folder / "deliveries", folder, mapping, client, quarantine, segments_file=_own_segments(folder))
    for canonical in (folder / "canonical", folder):
        if (canonical / "CURRENT").exists() or _is_canonical(canonical):
            store = Store(canonical)
            load = _load_of(store.folder, client)
            _check_whole(store.folder, load["rows"])
            return Shop(store, client, load, segments_file=_own_segments(folder))
    temporary = tempfile.TemporaryDirectory(prefix="segkit-shop-")
    return _loaded(folder, Path(temporary.name), mapping, client, quarantine, temporary=temporary)


def _check_whole(folder: Path, rows: Mapping[str, int]) -> None:
    """Every table that the load made is still there, and people are: without them every question would be answered by nobody."""
    for name in dict.fromkeys(["profiles", *(table for table, many in rows.items() if many and table in TABLES)]):
        if not (folder / f"{name}.parquet").exists():
            raise NothingToRead(f"{name}.parquet is not in {folder.name}.", "Put the file back, or load the delivery again.")


def _loaded(
    delivery: Path, place: Path, mapping: SourceMapping | None, client: Client, quarantine: str | Path | None, **more: Any
) -> Shop:  # fmt: skip
    """The delivery, its tables in `place`/canonical and by default its refused rows beside them, as no load clears them there."""
    canonical, refused = place / "canonical", Path(quarantine or place / "quarantine")
    load = load_delivery(delivery, canonical, client, mapping, refused).as_dict()
    return Shop(Store(canonical), client, load, quarantine=refused, **more)


def _own_segments(folder: Path) -> Path | None:
    file = folder / SEGMENTS_FILE
    return file if file.exists() else None


def _open_frames(frames: Mapping[str, Any], mapping: Any, client: Client, quarantine: str | Path | None) -> Shop:
    columns = {
        name: list(map(str, frame.columns if isinstance(frame, pd.DataFrame) else frame.column_names)) for name, frame in frames.items()
    }
    full = isinstance(mapping, Mapping) and "read" in mapping
    source = (
        load_mapping(Path(mapping))
        if isinstance(mapping, (str, Path))
        else checked(mapping, "mapping")
        if full
        else of_frames(columns, mapping)
    )
    client = _with_source(client, source)
    temporary = tempfile.TemporaryDirectory(prefix="segkit-shop-")
    canonical, refused = Path(temporary.name) / "canonical", Path(quarantine or Path(temporary.name) / "quarantine")
    load = load_frames(frames, canonical, client, source, refused).as_dict()
    return Shop(Store(canonical), client, load, temporary, quarantine=refused)


def _is_canonical(folder: Path) -> bool:
    return folder.is_dir() and (folder / "orders.parquet").exists() and (folder / "profiles.parquet").exists()


def _load_of(folder: Path, client: Client) -> dict[str, Any]:
    """How canonical tables came about: their load.json, or one receipt per table that says they were taken as they are."""
    currency = asdict(base_currency(client.currency, _currencies(folder / "orders.parquet")))
    file = folder / "load.json"
    if file.exists():
        return {"currency": currency, **json.loads(file.read_text(encoding="utf-8"))}
    tables = [folder / f"{name}.parquet" for name in TABLES if (folder / f"{name}.parquet").exists()]
    receipts = [_as_it_is(table) for table in tables]
    load_id = hashlib.sha256(json.dumps([receipt.sha256_12 for receipt in receipts]).encode()).hexdigest()[:12]
    rows = {receipt.file.removesuffix(".parquet"): receipt.kept for receipt in receipts}
    return {**LoadReport(load_id, receipts, rows).as_dict(), "currency": currency}


def _currencies(orders: Path) -> dict[str, int]:
    """How many orders of a canonical table name each currency."""
    if not orders.exists() or "currency" not in pq.ParquetDataset(orders).schema.names:
        return {}
    return pq.read_table(orders, columns=["currency"]).to_pandas()["currency"].value_counts().to_dict()


def _as_it_is(table: Path) -> Receipt:
    parts = sorted(table.glob("*.parquet")) if table.is_dir() else [table]
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes())
    receipt = Receipt(table.name, digest.hexdigest()[:12], "canonical", "read")
    receipt.add("kept", None, sum(pq.read_metadata(part).num_rows for part in parts))
    return receipt
