"""The main job on a real shop reproduces the published reference numbers of Online Retail 2010-2011 exactly."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

import segkit

AS_OF = "2011-12-10"
TAIL = 200_000


def audited(delivery: Path, checkout: Path) -> dict[str, Any]:
    return segkit.open(delivery, mapping=checkout / "data/mappings/online_retail.yaml").at(AS_OF).audit().as_dict()


@pytest.fixture(scope="module")
def result(real_data: Path, checkout: Path) -> dict[str, Any]:
    return audited(real_data / "online_retail_2010_2011", checkout)


def test_orders_buyers_and_revenue(result: dict[str, Any]) -> None:
    counts = result["counts"]
    assert (counts["orders"], counts["buyers"], counts["one_time_buyers"], counts["repeat_buyers"]) == (18_532, 4_338, 1_493, 2_845)
    assert counts["revenue"] == 8_911_407.90
    assert counts["order_value_mean"] == pytest.approx(480.8660, abs=5e-5)
    assert counts["profiles"] == 4_372
    assert counts["unlinked_refunds"] == 3_836
    assert counts["duplicate_rows"] == 5_268
    assert counts["currency"] == "GBP"


def test_what_is_not_delivered_is_null_with_a_reason(result: dict[str, Any]) -> None:
    assert result["counts"]["engaged_90d"] is None
    assert result["counts"]["mailable"] is None
    assert result["status"]["counts.engaged_90d"] == {"status": "not_computable", "reason": "no_email_events"}
    assert result["personas"]["literal"]["almost_there"]["members"] is None
    assert result["personas"]["literal"]["almost_there"]["reason"] == "no_email_events"


def test_the_four_age_groups(result: dict[str, Any]) -> None:
    assert result["recency"] == {"0-30": 1_628, "31-89": 1_247, "90-180": 602, "181+": 861}


def test_the_purchase_grid(result: dict[str, Any]) -> None:
    assert result["grid"] == {
        "recent/3+/high": 403, "recent/3+/low": 1_422, "recent/<3/high": 263, "recent/<3/low": 1_030,
        "lapsed/3+/high": 30, "lapsed/3+/low": 155, "lapsed/<3/high": 162, "lapsed/<3/low": 873,
        "older/3+/high": 0, "older/3+/low": 0, "older/<3/high": 0, "older/<3/low": 0,
    }  # fmt: skip


def test_segments(result: dict[str, Any]) -> None:
    segments = {name: card["members"] for name, card in result["segments"].items()}
    assert segments["active_customers"] == 1_628
    assert segments["sleeping_customers"] == 602
    assert segments["vip"] == 337
    assert segments["exactly_once"] == 1_493
    assert segments["more_than_once"] == 2_845


def test_the_top_tenth(result: dict[str, Any]) -> None:
    top = result["concentration"]["top_10pct"]
    assert (top["threshold"], top["buyers"]) == (3_649.10, 434)
    assert round(100 * top["revenue_share"], 2) == 61.38
    high = result["segments"]["high_value"]
    assert (high["members"], high["threshold"]) == (434, {"value": 3_649.10, "currency": "GBP"})


def test_the_mean_is_a_poor_cut(result: dict[str, Any]) -> None:
    cut = result["high_value_cut"]
    assert (cut["mean"]["above"], cut["median"]["above"]) == (858, 2_078)


def test_every_row_has_a_place_in_the_receipt(result: dict[str, Any]) -> None:
    (receipt,) = result["sources"]
    assert receipt["rows_read"] == 541_909
    assert receipt["rows_read"] == sum(receipt[part] for part in ("kept", "mended", "set_aside", "refused"))


COMPARED = ("counts", "recency", "grid", "segments", "personas", "concentration")


def test_the_same_delivery_plus_its_own_tail_changes_nothing(
    result: dict[str, Any], real_data: Path, checkout: Path, tmp_path: Path
) -> None:
    rows = pq.read_table(real_data / "online_retail_2010_2011/year_2010_2011.parquet")
    pq.write_table(rows, tmp_path / "year_2010_2011.parquet")
    pq.write_table(rows.slice(len(rows) - TAIL), tmp_path / "year_2011_tail.parquet")
    again = audited(tmp_path, checkout)
    differing = {part for part in COMPARED if {**again[part], "duplicate_rows": 0} != {**result[part], "duplicate_rows": 0}}
    assert differing == set()


def test_a_newer_delivery_shows_the_newer_order(real_data: Path, checkout: Path, tmp_path: Path) -> None:
    rows = pq.read_table(real_data / "online_retail_2010_2011/year_2010_2011.parquet")
    tail = rows.slice(len(rows) - TAIL)
    named = tail.column("CustomerID").to_pylist()
    invoices = tail.column("InvoiceNo").to_pylist()
    place = next(i for i in range(TAIL // 2, TAIL) if named[i] is not None and invoices[i] == invoices[i + 1] == invoices[i - 1])
    value = tail.column("UnitPrice")[place].as_py() * tail.column("Quantity")[place].as_py()
    pq.write_table(rows, tmp_path / "delivery_1.parquet")
    mended = tail.slice(0, place).to_pylist() + tail.slice(place + 1).to_pylist()
    pq.write_table(type(tail).from_pylist(mended, tail.schema), tmp_path / "delivery_2.parquet")
    counts = audited(tmp_path, checkout)["counts"]
    assert counts["orders"] == 18_532
    assert counts["revenue"] == pytest.approx(8_911_407.904 - value, abs=0.006)


def test_an_earlier_date_counts_only_who_was_there_by_then(real_data: Path, checkout: Path) -> None:
    delivery = real_data / "online_retail_2010_2011"
    rows = pq.read_table(delivery / "year_2010_2011.parquet", columns=["CustomerID", "InvoiceDate"]).to_pandas()
    there = rows.loc[pd.to_datetime(rows["InvoiceDate"]) < "2011-03-02", "CustomerID"].dropna().nunique()
    shop = segkit.open(delivery, mapping=checkout / "data/mappings/online_retail.yaml")
    assert len(shop.at("2011-03-01").features()) == there == 1_769
