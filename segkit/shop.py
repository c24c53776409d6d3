"""The face of the package: open a delivery, stand at a date, ask."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
from ruamel.yaml import YAML

from segkit import features, personas, quality, segments
from segkit.audit import AuditResult, audit
from segkit.clock import AsOf
from segkit.engine import Query, Rules, Store, text
from segkit.errors import NothingToRead, SettingsError
from segkit.features import score
from segkit.settings import Client, load_client, suggestion, validated
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


class Shop:
    """An opened shop: its tables, its client settings, and how it was loaded."""

    def __init__(
        self,
        store: Store,
        client: Client,
        load: dict[str, Any],
        temporary: tempfile.TemporaryDirectory[str] | None = None,
    ) -> None:
        self.store, self.client, self.load = store, client, load
        self._temporary = temporary  # kept so that the tables live as long as the shop

    def at(self, as_of: str | date | datetime) -> View:
        """The shop as it was known at the end of a local day ("2026-11-01"), or at a moment."""
        return View(self, AsOf.parse(as_of, self.client.time_zone))

    def receipts(self) -> pd.DataFrame:
        """One row per delivered file: rows read, kept, mended, set aside, refused."""
        columns = ["file", "reader", "status", "reason", "rows_read", "kept", "mended", "set_aside", "refused"]
        return pd.DataFrame(self.load["receipts"], columns=columns)

    def __repr__(self) -> str:
        return f"<Shop {self.client.name}: {', '.join(f'{rows} {table}' for table, rows in self.load['rows'].items())}>"


class View:
    """A shop as of a moment; every question is asked here."""

    def __init__(self, shop: Shop, as_of: AsOf) -> None:
        self.shop, self.as_of = shop, as_of
        self.rules = Rules(shop.client.settings(), as_of)

    def features(self) -> pd.DataFrame:
        """One row per profile, by profile_id: purchase, engagement, interest, consent, and R, F and M scores (docs/data-dictionary.md)."""
        return self._by_profile(score.with_scores(features.profile_features(self.rules)).only([*features.dictionary()]))

    def personas(self) -> pd.DataFrame:
        """One row per profile, by profile_id: persona (the partition) and a flag is_NAME for each of the fourteen."""
        flags = [f"is_{name}" for name in personas.literal()]
        return self._by_profile(self._with_personas.only(["profile_id", "persona", *flags]))

    def count(self, segment: str) -> int:
        """How many profiles are in a segment, by id."""
        return int(self.shop.store.row(self._segment(segment).aggregate(None, {"members": "count(*)"}))["members"])

    def members(self, segment: str) -> pd.DataFrame:
        """The profile_id of everyone in a segment, by id."""
        return self._by_profile(self._segment(segment).only(["profile_id"]))

    def audit(self) -> AuditResult:
        """The whole audit as of this moment."""
        return audit(self.shop.store, self.as_of, self.shop.client, self.shop.load)

    def suggest_thresholds(self) -> dict[str, Any]:
        """Thresholds fitted to the shop's own gaps and values, beside the defaults, and how many would change persona."""
        return self.audit().as_dict()["persona_fit"]

    def sql(self, dialect: str = "duckdb") -> str:
        """The SQL of the persona table in the dialect of another engine."""
        return text(self._with_personas, dialect)

    @cached_property
    def _with_personas(self) -> Query:
        judged = quality.judge(self.shop.store, self.rules)
        return personas.with_personas(features.profile_features(self.rules), judged.capabilities["engagement"].yes)

    def _by_profile(self, query: Query) -> pd.DataFrame:
        """The answer in the order of profile_id: the engine's own order differs from run to run."""
        return self.shop.store.ask(query).sort_values("profile_id", ignore_index=True)

    def _segment(self, name: str) -> Query:
        known = segments.stock()
        country = name.removeprefix("country_")
        if name not in known and not (name.startswith("country_") and len(country) == 2 and country.isalpha()):
            raise SettingsError(f"Unknown segment {name!r}.", suggestion(name, [*known, "country_nl"]))
        countries = [] if name in known else [country.upper()]
        return segments.with_segments(features.profile_features(self.rules), countries).keep(f"in_{name}")


def can_and_cannot(shop: Shop) -> dict[str, Any]:
    """Coverage per table and what can be computed, at any date: {"coverage": [...], "capabilities": {...}}."""
    judged = quality.judge(shop.store, Rules(shop.client.settings(), AsOf(date.max, shop.client.time_zone)))
    return {
        "coverage": [line.as_dict() for line in judged.coverage.values()],
        "capabilities": {name: answer.as_dict() for name, answer in judged.capabilities.items()},
    }


def accept_thresholds(folder: Path, fit: Mapping[str, Any]) -> Path:
    """Write fitted thresholds to the client.yaml of a client folder, its comments kept, and return the file."""
    file = folder / "client.yaml"
    if not file.exists():
        raise SettingsError(f"{folder.name} has no client.yaml to write thresholds to.", "Make a client folder with  segkit new NAME.")
    if fit["would_change"] is None:
        raise SettingsError("Nothing could be fitted, so nothing was written.", "Deliver more history, or set thresholds by hand.")
    yaml = YAML()
    content = yaml.load(file.read_text(encoding="utf-8"))
    content["thresholds"] = {**(content.get("thresholds") or {}), **{name: row["fitted"] for name, row in fit["thresholds"].items()}}
    with file.open("w", encoding="utf-8") as target:
        yaml.dump(content, target)
    return file


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
        canonical = folder / "canonical"
        load = load_delivery(folder / "deliveries", canonical, client, mapping, Path(quarantine or folder / "quarantine")).as_dict()
        return Shop(Store(canonical), client, load)
    for canonical in (folder / "canonical", folder):
        if (canonical / "CURRENT").exists() or _is_canonical(canonical):
            store = Store(canonical)
            return Shop(store, client, _load_of(store.folder, client))
    temporary = tempfile.TemporaryDirectory(prefix="segkit-shop-")
    place = Path(temporary.name)
    load = load_delivery(folder, place, client, mapping, Path(quarantine or place / "quarantine")).as_dict()
    return Shop(Store(place), client, load, temporary)


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
    place = Path(temporary.name)
    load = load_frames(frames, place, client, source, Path(quarantine or place / "quarantine")).as_dict()
    return Shop(Store(place), client, load, temporary)


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
