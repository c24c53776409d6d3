"""A canonical table may lie in parts, as Spark and warehouses write it: a folder orders.parquet with files in it."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq

import segkit
from tests.canonical import store_of

AS_OF = datetime(2026, 10, 31, 12)


def in_parts(folder: Path, table: str, rows: int) -> None:
    whole = pq.read_table(folder / f"{table}.parquet")
    (folder / f"{table}.parquet").unlink()
    (folder / f"{table}.parquet").mkdir()
    for part, start in enumerate(range(0, whole.num_rows, rows)):
        pq.write_table(whole.slice(start, rows), folder / f"{table}.parquet" / f"part-{part:05d}.parquet")


def test_a_table_in_parts_gives_the_same_answers(tmp_path: Path) -> None:
    for name in ("whole", "parts"):
        store_of(
            tmp_path / name,
            profiles=[{"profile_id": f"p{n}"} for n in range(9)],
            orders=[
                {"order_id": f"o{n}", "profile_id": f"p{n % 7}", "ordered_at": AS_OF - timedelta(days=9 * n), "total_base": Decimal(n + 1),
                 "counts_as_purchase": True, "currency": "EUR"}
                for n in range(20)
            ],
        )  # fmt: skip
    in_parts(tmp_path / "parts", "orders", 6)
    in_parts(tmp_path / "parts", "profiles", 4)
    whole, parts = (segkit.open(tmp_path / name) for name in ("whole", "parts"))
    assert len(list((tmp_path / "parts/orders.parquet").iterdir())) == 4
    assert parts.at("2026-10-31").features().equals(whole.at("2026-10-31").features())
    assert parts.at("2026-10-31").features()["order_count"].sum() == 20
    assert parts.load["rows"] == whole.load["rows"] == {"profiles": 9, "orders": 20}
    assert parts.load["currency"] == whole.load["currency"]
