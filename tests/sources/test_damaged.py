"""Damaged files give a clear error or an honest receipt, as EXPECTED.yaml says, and nothing is lost."""

import csv
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ruamel.yaml import YAML

import segkit
from segkit import errors

DAMAGED = Path(__file__).with_name("damaged")
TRUTH: dict[str, Any] = YAML(typ="safe").load((DAMAGED / "EXPECTED.yaml").read_text(encoding="utf-8"))
OPTIONAL = {"email": "email", "name": "text", "note": "text", "currency": "text"}
ORDERS = {
    "source": "shop",
    "read": {"orders": {"files": "*", "unit": "order_id", "columns": {
        "order_id": {"from": "order_id", "type": "id"},
        "ordered": {"from": "ordered_at", "type": "local_time"},
        "total": {"from": "total", "type": "money"},
        **{name: {"from": name, "type": kind, "optional": True} for name, kind in OPTIONAL.items()},
    }}},
    "write": {
        "orders": {"from": "orders", "one_row_per": {"order_id": "order_id"},
                   "columns": {"profile_id": "min(email)", "ordered": "min(ordered)", "total": "max(total)", "currency": "max(currency)"}},
        "profile_properties": {"from": "orders", "where": "note IS NOT NULL OR name IS NOT NULL", "one_row_per": "row",
                               "columns": {"profile_id": "email", "name": "order_id", "value_text": "coalesce(note, name)"}},
    },
}  # fmt: skip


def read(file: str, quarantine: Path | None = None) -> segkit.Shop:
    return segkit.open(DAMAGED / file, mapping=ORDERS, quarantine=quarantine)


def orders(shop: segkit.Shop) -> pd.DataFrame:
    return pd.read_parquet(shop.store.folder / "orders.parquet").sort_values("order_id", ignore_index=True)


@pytest.mark.parametrize("file", [name for name, truth in TRUTH.items() if "error" in truth])
def test_what_cannot_be_read_is_an_error_that_names_the_file_and_what_to_do(file: str) -> None:
    with pytest.raises(getattr(errors, TRUTH[file]["error"])) as raised:
        read(file)
    assert file in raised.value.problem
    assert raised.value.todo


@pytest.mark.parametrize(("file", "named"), [
    ("duplicate_columns.csv", "'email'"), ("missing_column.csv", "'total'"), ("dates_ambiguous.csv", "'ordered_at'"),
    ("broken_quote.csv", "line 3"), ("dates_contradicting.csv", "'ordered_at'"),
])  # fmt: skip
def test_errors_name_the_column_or_the_line(file: str, named: str) -> None:
    with pytest.raises(errors.DeliveryError, match=named):
        read(file)


@pytest.mark.parametrize("file", ["semicolon_decimal_comma.csv", "cp1252.csv", "utf16.csv"])
def test_encoding_delimiter_and_decimal_mark_are_told_and_right(file: str) -> None:
    truth, shop = TRUTH[file], read(file)
    (receipt,) = shop.load["receipts"]
    for part in {"encoding", "delimiter", "decimal_mark", "date_order"} & set(truth):
        assert receipt[part] == truth[part]
    assert receipt["kept"] == truth["rows"]
    if "totals" in truth:
        assert [str(total.quantize(total.__class__("0.01"))) for total in orders(shop)["total"]] == truth["totals"]
    if "names" in truth:
        assert set(pd.read_parquet(shop.store.folder / "profile_properties.parquet")["value_text"]) == set(truth["names"])


@pytest.mark.parametrize("file", ["dates_day_month.csv", "dates_month_day.csv"])
def test_one_date_that_decides_the_order_decides_it_for_the_column(file: str) -> None:
    shop = read(file)
    assert shop.load["receipts"][0]["date_order"] == TRUTH[file]["date_order"]
    assert list(orders(shop)["ordered_on"]) == TRUTH[file]["dates"]


def test_text_in_a_number_column_is_refused_with_line_and_reason(tmp_path: Path) -> None:
    shop = read("text_in_number.csv", tmp_path)
    (receipt,) = shop.load["receipts"]
    assert (receipt["rows_read"], receipt["refused"]) == (6, TRUTH["text_in_number.csv"]["text"] + TRUTH["text_in_number.csv"]["empty"])
    assert orders(shop)["total"].notna().all()  # absent is not zero: an order of unknown worth is refused
    assert [(kind["kind"], kind["column"], kind["rows"]) for kind in receipt["kinds"] if kind["verdict"] == "refused"] == [
        ("missing", "total", 1), ("not_money", "total", 2),
    ]  # fmt: skip
    rows = list(csv.reader((tmp_path / "text_in_number.csv.refused.csv").open(encoding="utf-8-sig")))
    assert rows[0] == ["line", "reason", "order_id", "email", "ordered_at", "total", "currency"]
    source = (DAMAGED / "text_in_number.csv").read_text(encoding="utf-8").splitlines()
    for line, reason, order_id, *_ in rows[1:]:
        assert source[int(line) - 1].startswith(f"{order_id},")
        assert (reason.startswith("total: ") and "is not an amount" in reason) or reason == "no value for total"


def test_rows_of_the_wrong_width_are_refused_and_kept(tmp_path: Path) -> None:
    truth, shop = TRUTH["ragged_rows.csv"], read("ragged_rows.csv", tmp_path)
    assert list(orders(shop)["order_id"]) == truth["good"]
    kept_apart = (tmp_path / "ragged_rows.csv.refused.csv").read_text(encoding="utf-8-sig")
    for name in (*truth["too_few"], *truth["too_many"]):
        assert name in kept_apart


def test_hostile_text_comes_out_as_it_went_in(tmp_path: Path) -> None:
    truth, shop = TRUTH["hostile_text.csv"], read("hostile_text.csv", tmp_path)
    assert float(orders(shop)["total"].sum()) == float(truth["total"])
    texts = pd.read_parquet(shop.store.folder / "profile_properties.parquet").set_index("name")["value_text"]
    source = {
        row["order_id"]: row["note"] if row["note"].strip() else row["name"]
        for row in csv.DictReader((DAMAGED / "hostile_text.csv").open(encoding="utf-8", newline=""))
    }
    assert texts.to_dict() == source
    assert len(texts["N4"]) == truth["note_lengths"]["N4"]


def test_a_sheet_of_a_workbook_keeps_numbers_beside_sums_typed_as_text() -> None:
    """Three orders; the row with the sheet's total is no order and is refused, the blank row is no row."""
    shop = read("two_sheets.xlsx")
    (receipt,) = shop.load["receipts"]
    assert len(orders(shop)) == TRUTH["two_sheets.xlsx"]["orders"]
    assert receipt["refused"] == TRUTH["two_sheets.xlsx"]["total_rows"]


def test_an_excel_round_trip_of_ids_and_short_dates(checkout: Path) -> None:
    truth = TRUTH["excel_round_trip.csv"]
    mapping = YAML(typ="safe").load((checkout / "data/mappings/online_retail.yaml").read_text(encoding="utf-8"))
    mapping["read"]["lines"]["files"] = "*.csv"
    for column in ("Description", "Country"):
        named = next(spec for spec in mapping["read"]["lines"]["columns"].values() if spec["from"] == column)
        named["optional"] = True
    shop = segkit.open(DAMAGED / "excel_round_trip.csv", mapping=mapping)
    (receipt,) = shop.load["receipts"]
    assert receipt["date_order"] == truth["date_order"]
    assert receipt["rows_read"] == truth["rows"]
    assert receipt["kept"] + receipt["mended"] + receipt["set_aside"] == truth["good_rows"]
    assert sorted(pd.read_parquet(shop.store.folder / "profiles.parquet")["profile_id"]) == sorted(truth["customers"])


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(errors.NothingToRead, match="no file"):
        segkit.open(tmp_path)


def test_files_that_nobody_wants_are_listed_and_no_error(tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    (tmp_path / "empty.csv").write_bytes(b"")
    good = Path(__file__).with_name("exports") / "shopify/customers_export.csv"
    (tmp_path / "customers.csv").write_bytes(good.read_bytes())
    status = {receipt["file"]: receipt["status"] for receipt in segkit.open(tmp_path).load["receipts"]}
    assert status == {"customers.csv": "read", "empty.csv": "unused", "notes.csv": "unused", "picture.png": "unused"}


def test_a_folder_of_only_unknown_files_says_which_and_how_to_go_on(tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(errors.NothingToRead, match=r"notes\.csv") as raised:
        segkit.open(tmp_path)
    assert "mapping" in raised.value.todo


def test_refused_rows_of_an_earlier_load_do_not_stay_behind(tmp_path: Path) -> None:
    read("text_in_number.csv", tmp_path)
    read("ragged_rows.csv", tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["ragged_rows.csv.refused.csv"]
