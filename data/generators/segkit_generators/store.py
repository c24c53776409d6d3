"""A shop as files: a folder of Parquet per load, the one-line CURRENT that names it, the settings, the answer key."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from ruamel.yaml import YAML

from segkit_generators.schema import SCHEMAS

HAPPENED = {
    "profiles": "created_at", "consents": "occurred_at", "list_memberships": "joined_at", "orders": "ordered_at",
    "refunds": "refunded_at", "carts": "created_at", "messages": "sent_at", "email_events": "occurred_at",
    "site_events": "occurred_at", "feedback": "occurred_at", "experiment_assignments": "assigned_at",
    "profile_properties": "updated_at",
}  # fmt: skip
"""The moment at which a row of a table happened; the other tables have none."""

SHARED = ("products", "product_categories", "messages", "days", "trials", "pairs", "occasions", "static_lists", "segments")
"""Tables and truth of the shop as a whole, which its first block writes for all."""


@dataclass(frozen=True)
class Written:
    """One table of one block on disk: its rows, the digest of its bytes, its first and last moment."""

    rows: int
    digest: str
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True)
class Place:
    """Where a shop is being written: a stage, whose files get their places when all is there."""

    stage: Path
    load_id: str
    blocks: int = 1

    def write_block(self, number: int, tables: Mapping[str, pa.Table], truth: Mapping[str, pd.DataFrame]) -> dict[str, Written]:
        """Write the tables of one block; in a shop of several each table is a folder of parts."""
        for name, frame in truth.items():
            self._write(self.stage / "truth", name, number, pa.Table.from_pandas(frame, preserve_index=False))
        return {name: _written(self._write(self._load, name, number, table), name, table) for name, table in tables.items()}

    def write_about(self, blocks: Sequence[Mapping[str, Written]], about: Mapping[str, pa.Table]) -> None:
        """The tables about the load, its report, and CURRENT that names it."""
        last = {name: _written(_save(self._load / f"{name}.parquet", table), name, table) for name, table in about.items()}
        report = _report(self.load_id, [*blocks, last])
        (self._load / "load.json").write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8", newline="\n")
        (self._load.parent / "CURRENT").write_text(f"{self.load_id}\n", encoding="utf-8", newline="\n")

    def write_settings(self, client: Mapping[str, Any], segments: dict[str, Any], systems: Sequence[str] = ()) -> None:
        """client.yaml, beside the deliveries of systems too, and segments.yaml of a shop that has segments of its own."""
        for folder in (self.stage, *(self.stage / system for system in systems)):
            _write_yaml(folder / "client.yaml", client)
        if segments["segments"]:
            _write_yaml(self.stage / "segments.yaml", segments)

    @property
    def _load(self) -> Path:
        return self.stage / "canonical" / self.load_id

    def _write(self, folder: Path, name: str, number: int, table: pa.Table) -> Path:
        file = folder / f"{name}.parquet"
        return _save(file if self.blocks == 1 or name in SHARED else file / f"part-{number:05d}.parquet", table)


def _write_yaml(file: Path, content: Mapping[str, Any]) -> None:
    with file.open("w", encoding="utf-8", newline="\n") as text:
        YAML().dump(content, text)


def _save(file: Path, table: pa.Table) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, file, compression="zstd")
    return file


def _written(file: Path, name: str, table: pa.Table) -> Written:
    span = pc.min_max(table[HAPPENED[name]]).as_py() if name in HAPPENED else {"min": None, "max": None}
    return Written(table.num_rows, hashlib.sha256(file.read_bytes()).hexdigest(), span["min"], span["max"])


def _report(load_id: str, blocks: Sequence[Mapping[str, Written]]) -> dict[str, Any]:
    """What a reader says of a load, here of a clean one: every row was kept, nothing was mended or set aside."""
    parts = {name: [block[name] for block in blocks if name in block] for name in SCHEMAS if any(name in block for block in blocks)}
    rows = {name: sum(part.rows for part in found) for name, found in parts.items()}
    receipts = [_receipt(name, found) for name, found in parts.items()]
    return {"load_id": load_id, "receipts": receipts, "rows": rows, "duplicates": {}, "quarantine": []}


def _receipt(name: str, parts: Sequence[Written]) -> dict[str, Any]:
    rows = sum(part.rows for part in parts)
    joined = parts[0].digest if len(parts) == 1 else hashlib.sha256("".join(part.digest for part in parts).encode()).hexdigest()
    first = min((part.first for part in parts if part.first), default=None)
    last = max((part.last for part in parts if part.last), default=None)
    return {
        "file": f"{name}.parquet", "sha256_12": joined[:12], "reader": "canonical",
        "status": "read", "reason": None, "rows_read": rows, "kept": rows,
        "mended": 0, "set_aside": 0, "refused": 0, "kinds": [],
        "encoding": "", "delimiter": "", "decimal_mark": "", "date_order": "",
        "from_at": first and first.isoformat(), "to_at": last and last.isoformat(),
    }  # fmt: skip
