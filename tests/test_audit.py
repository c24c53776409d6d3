"""The audit of small deliveries by hand: what is counted beside revenue, what is absent and why, and what lies after the date."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import pytest

import segkit
from segkit.errors import ColumnError

COLUMNS = {"order_id": "no", "profile_id": "who", "ordered": "day", "total": "sum", "status": "state"}


def result_of(
    rows: list[tuple[str, str | None, str, float, str]], as_of: str, refunds: Sequence[tuple[str, str | None, str | None, float]] = ()
) -> dict[str, Any]:
    orders = pd.DataFrame(rows, columns=["no", "who", "day", "sum", "state"]).astype({"day": "datetime64[us]"})
    frames, mapping = {"orders": orders}, {"orders": COLUMNS}
    if refunds:
        frames["refunds"] = pd.DataFrame(refunds, columns=["refund_id", "order_id", "profile_id", "amount"])
        mapping["refunds"] = {}
    return segkit.open(**frames, mapping=mapping).at(as_of).audit().as_dict()


def keys(result: dict[str, Any]) -> set[str]:
    return {finding["key"] for finding in result["findings"]}


def test_refunds_are_told_apart_by_what_they_were_taken_off() -> None:
    orders = [
        ("1", "ann", "2026-01-01", 50.0, "completed"),
        ("2", None, "2026-01-02", 20.0, "completed"),
        ("3", "bob", "2026-01-03", 9.0, "cancelled"),
    ]
    refunds = [("a", "1", "ann", 4.0), ("b", "2", None, 3.0), ("c", "3", "bob", 9.0), ("d", None, "ann", 2.0), ("e", None, None, 7.0)]
    counts = result_of(orders, "2026-02-01", refunds)["counts"]
    assert counts["revenue"] == 46.0
    assert counts["linked_refund_amount"] == 4.0  # taken off revenue
    assert counts["other_refund_amount"] == 12.0  # of the guest's and the cancelled order
    assert (counts["unlinked_refunds"], counts["unlinked_refund_amount"]) == (2, 9.0)
    assert (counts["customer_refunds"], counts["customer_refund_amount"]) == (1, 2.0)
    assert (counts["guest_orders"], counts["guest_revenue"]) == (1, 20.0)


def test_the_share_of_loose_refunds_is_of_and_for_customers() -> None:
    orders = [(str(n), "ann", "2026-01-01", 10.0, "completed") for n in range(10)]
    found = result_of(orders, "2026-02-01", [("d", None, "ann", 20.0), ("e", None, None, 70.0)])
    evidence = next(finding["evidence"] for finding in found["findings"] if finding["key"] == "unlinked_refunds")
    assert evidence == {"rows": 1, "value": 20.0, "share": 0.2}


def test_orders_of_guests_only_are_not_called_no_orders() -> None:
    result = result_of([("1", None, "2026-01-01", 10.0, "completed"), ("2", None, "2026-01-02", 5.0, "completed")], "2026-02-01")
    assert "no_buyers" in keys(result)
    assert "no_orders" not in keys(result)
    assert result["concentration"]["reason"] == result["rhythm"]["reason"] == result["high_value_cut"]["reason"] == "no_buyers"
    assert result["status"]["counts.order_value_mean"]["reason"] == "no_buyers"


def test_purchases_of_no_worth_have_no_concentration_and_say_why() -> None:
    assert result_of([("1", "ann", "2026-01-01", 0.0, "completed")], "2026-02-01")["concentration"]["reason"] == "no_revenue"


def test_an_order_of_after_the_date_hides_no_gap() -> None:
    rows = [("1", "ann", "2025-10-01", 10.0, "completed"), ("2", "ann", "2062-02-03", 10.0, "completed")]
    result = result_of(rows, "2026-02-01")
    assert result["window"] == {
        "first_order_on": "2025-10-01", "last_order_on": "2025-10-01", "coverage_to": "2025-10-01", "gap_days": 123, "rows_after": 1,
    }  # fmt: skip
    assert "coverage_gap" in keys(result)


def test_a_canonical_order_of_unknown_worth_is_an_error(tmp_path) -> None:
    shop = segkit.open(
        orders=pd.DataFrame({"no": ["1"], "who": ["ann"], "day": pd.to_datetime(["2026-01-01"]), "sum": [1.0], "state": "completed"}),
        mapping=COLUMNS,
    )
    for table in ("orders", "profiles"):
        frame = pd.read_parquet(shop.store.folder / f"{table}.parquet")
        (frame.assign(total_base=pd.Series([None], dtype="float64")) if table == "orders" else frame).to_parquet(
            tmp_path / f"{table}.parquet"
        )
    with pytest.raises(ColumnError, match="1 purchases have no total_base"):
        segkit.open(tmp_path).at("2026-02-01").audit()


def test_a_sample_is_taken_from_those_who_may_be_mailed() -> None:
    """Forty who bought once, long ago, for a high amount; only thirty may be mailed, so thirty is the whole test."""
    people = [f"p{n}" for n in range(40)]
    orders = pd.DataFrame({"order_id": people, "profile_id": people, "ordered_at": pd.to_datetime("2025-06-01"), "total": 100.0})
    many = pd.DataFrame(
        {"order_id": [f"q{n}" for n in range(80)], "profile_id": "r", "ordered_at": pd.to_datetime("2026-01-01"), "total": 1.0}
    )
    consents = pd.DataFrame({
        "profile_id": people[:30], "channel": "email", "purpose": "marketing", "status": "subscribed", "occurred_at": pd.to_datetime("2025-01-01"),
    })  # fmt: skip
    frames = {"orders": pd.concat([orders, many]), "consents": consents}
    card = segkit.open(**frames).at("2026-02-01").audit().as_dict()["personas"]["literal"]["one_hit_wonders"]
    assert (card["members"], card["mailable"], card["sample"]) == (40, 30, 30)
