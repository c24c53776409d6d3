"""A shop on disk: a folder of Parquet per load, the one-line CURRENT that names it, client.yaml, the answer key."""

import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from ruamel.yaml import YAML

HAPPENED = {
    "profiles": "created_at", "consents": "occurred_at", "list_memberships": "joined_at", "orders": "ordered_at",
    "refunds": "refunded_at", "carts": "created_at", "messages": "sent_at", "email_events": "occurred_at",
    "site_events": "occurred_at", "feedback": "occurred_at",
}  # fmt: skip
"""The moment at which a row of a table happened; the other tables have none."""


def write_load(folder: Path, load_id: str, tables: dict[str, pa.Table]) -> Path:
    """Writes the load, names it in CURRENT, removes older loads, gives its folder."""
    load = folder / load_id
    _write_folder(load, tables, load_id)
    _replace_text(folder / "CURRENT", f"{load_id}\n")
    for old in folder.iterdir():
        if old.is_dir() and old != load:
            shutil.rmtree(old, ignore_errors=True)
    return load


def write_truth(folder: Path, truth: dict[str, pd.DataFrame]) -> None:
    """Writes the answer key, a Parquet file a frame."""
    _write_folder(folder, {name: pa.Table.from_pandas(frame, preserve_index=False) for name, frame in truth.items()})


def write_client(folder: Path, client: dict[str, str]) -> None:
    """Writes client.yaml, unless there is one: it may have been edited."""
    if not (folder / "client.yaml").exists():
        with (folder / "client.yaml").open("w", encoding="utf-8", newline="\n") as file:
            YAML().dump(client, file)


def _write_folder(folder: Path, tables: dict[str, pa.Table], load_id: str | None = None) -> None:
    """A folder appears with all of its files or not at all; a load also gets its report, load.json."""
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name, table in tables.items():
        pq.write_table(table, part / f"{name}.parquet", compression="zstd")
    if load_id:
        report = json.dumps(_report(part, load_id, tables), indent=1)
        (part / "load.json").write_text(report + "\n", encoding="utf-8", newline="\n")
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(part, folder)


def _report(folder: Path, load_id: str, tables: dict[str, pa.Table]) -> dict[str, Any]:
    """What a reader says of a load, here of a clean one: every row was kept, nothing was mended or set aside."""
    receipts = [_receipt(folder / f"{name}.parquet", name, table) for name, table in tables.items()]
    rows = {name: table.num_rows for name, table in tables.items()}
    return {"load_id": load_id, "receipts": receipts, "rows": rows, "duplicates": {}, "quarantine": []}


def _receipt(file: Path, name: str, table: pa.Table) -> dict[str, Any]:
    span = pc.min_max(table[HAPPENED[name]]).as_py() if name in HAPPENED else {"min": None, "max": None}
    return {
        "file": file.name, "sha256_12": hashlib.sha256(file.read_bytes()).hexdigest()[:12], "reader": "canonical",
        "status": "read", "reason": None, "rows_read": table.num_rows, "kept": table.num_rows,
        "mended": 0, "set_aside": 0, "refused": 0, "kinds": [],
        "encoding": "", "delimiter": "", "decimal_mark": "", "date_order": "",
        "from_at": span["min"] and span["min"].isoformat(), "to_at": span["max"] and span["max"].isoformat(),
    }  # fmt: skip


def _replace_text(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="\n")
    os.replace(part, path)
