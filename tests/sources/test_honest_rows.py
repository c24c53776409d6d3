"""What cannot be used is refused whole, told without the cell, and never counted as something else."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import segkit
from segkit.errors import AmbiguousDates, ColumnError, MappingError

HEADER = "order,customer,day,amount\n"
COLUMNS = {
    "order_no": {"from": "order", "type": "id"}, "who": {"from": "customer", "type": "email"}, "day": {"from": "day", "type": "date"},
    "amount": {"from": "amount", "type": "money"},
}  # fmt: skip
ORDERS = {
    "from": "lines",
    "one_row_per": {"order_id": "order_no"},
    "columns": {"profile_id": "min(who)", "ordered": "min(day)", "total": "sum(amount)"},
}


def mapping(unit: bool = True, **changes: Any) -> dict[str, Any]:
    read: dict[str, Any] = {"files": "*.csv", "columns": COLUMNS}
    return {"source": "shop", "read": {"lines": read | ({"unit": "order_no"} if unit else {})}, "write": {"orders": {**ORDERS, **changes}}}


def delivery(folder: Path, *lines: str, name: str = "a.csv") -> Path:
    (folder / name).write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    return folder


def good(first: int = 100, last: int = 160) -> list[str]:
    return [f"{n},c{n}@example.com,2026-01-{n % 28 + 1:02d},10.50" for n in range(first, last)]


def totals(shop: segkit.Shop) -> dict[str, float]:
    orders = pd.read_parquet(shop.store.folder / "orders.parquet").set_index("order_id")["total"]
    return {name: float(value) for name, value in orders.items() if int(name) < 100}


@pytest.mark.parametrize("unit", [True, False])
def test_an_order_with_one_bad_line_is_refused_whole(tmp_path: Path, unit: bool) -> None:
    shop = segkit.open(delivery(tmp_path, *good(), "1,a@x.nl,2026-01-01,100.00", "1,a@x.nl,2026-01-01,one hundred"), mapping=mapping(unit))
    assert totals(shop) == {}
    refused = {kind["kind"]: kind["rows"] for kind in shop.load["receipts"][0]["kinds"] if kind["verdict"] == "refused"}
    assert refused == {"not_money": 1, "with_its_order": 1}


def test_an_older_file_gives_the_order_that_a_newer_one_holds_broken(tmp_path: Path) -> None:
    delivery(tmp_path, "1,a@x.nl,2026-01-01,100.00", "1,a@x.nl,2026-01-01,100.00", *good(), name="export_1.csv")
    delivery(tmp_path, "1,a@x.nl,2026-01-01,100.00", "1,a@x.nl,2026-01-01,one hundred", *good(160, 220), name="export_2.csv")
    assert totals(segkit.open(tmp_path, mapping=mapping())) == {"1": 200.0}


def test_no_cell_of_a_refused_row_leaves_the_quarantine(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    secret = '1,a@x.nl,"Jan de Vries\njan@privaat.nl",5.00'
    shop = segkit.open(delivery(tmp_path / "in", *good(), secret), mapping=mapping(), quarantine=tmp_path / "q")
    assert "privaat" not in json.dumps(shop.load)
    assert "privaat" not in shop.at("2026-03-01").audit().to_json()
    assert "jan@privaat.nl" in (tmp_path / "q" / "a.csv.refused.csv").read_text(encoding="utf-8-sig")


def test_blanks_around_an_address_make_no_second_person_and_na_makes_none(tmp_path: Path) -> None:
    lines = ["1, Jan@X.nl ,2026-01-01,5.00", "2,jan@x.nl,2026-01-02,5.00", "3,n/a,2026-01-03,5.00", "4,\u00a0jan@x.nl,2026-01-04,5.00"]
    shop = segkit.open(delivery(tmp_path, *lines), mapping=mapping())
    assert shop.at("2026-02-01").features().set_index("profile_id")["order_count"].to_dict() == {"jan@x.nl": 3}
    assert shop.load["receipts"][0]["mended"] == 1
    assert shop.at("2026-02-01").audit().as_dict()["counts"]["guest_orders"] == 1


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("(12.50)", -12.5),
        ("\u221212.50", -12.5),
        ("-12.50", -12.5),
        ("€ (12.50)", None),
        ("10%", None),
        ("12.50 EUR", 12.5),
        ('"1,234.50"', 1234.5),
    ],
)
def test_signs_and_percentages(tmp_path: Path, cell: str, amount: float | None) -> None:
    assert totals(segkit.open(delivery(tmp_path, *good(), f"1,a@x.nl,2026-01-01,{cell}"), mapping=mapping())).get("1") == amount


@pytest.mark.parametrize("cells", [("1.234", "2.500", "950"), ('"1,234"', "950"), ("1.234", '"2,500"')])
def test_thousands_or_decimals_are_asked_not_guessed(tmp_path: Path, cells: tuple[str, ...]) -> None:
    lines = [f"{n},a@x.nl,2026-01-01,{cell}" for n, cell in enumerate(cells)]
    with pytest.raises(ColumnError, match=r"a\.csv, column 'amount': .* can be a thousand or a decimal"):
        segkit.open(delivery(tmp_path, *lines), mapping=mapping())


@pytest.mark.parametrize(
    ("cells", "last"), [(("1.234", "2.50"), 1.234), (("1.234", '"2,50"'), 1234.0), (("0.500",), 0.5), (("1.234.567",), 1_234_567.0), (('"1,234"', "2.5"), 1234.0)]
)  # fmt: skip
def test_one_amount_that_decides_is_enough(tmp_path: Path, cells: tuple[str, ...], last: float) -> None:
    lines = [f"{n},a@x.nl,2026-01-01,{cell}" for n, cell in enumerate(cells)]
    assert totals(segkit.open(delivery(tmp_path, *lines), mapping=mapping()))["0"] == last


def test_words_that_a_column_does_not_know_are_an_error_that_lists_the_ones_it_does() -> None:
    frame = pd.DataFrame(
        {"no": ["1", "2"], "who": ["a", "b"], "day": pd.to_datetime(["2026-01-01"] * 2), "sum": [1.0, 2.0], "state": ["paid", "Shipped"]}
    )
    columns = {"order_id": "no", "profile_id": "who", "ordered": "day", "total": "sum", "status": "state"}
    with pytest.raises(MappingError) as error:
        segkit.open(orders=frame, mapping=columns)
    assert "write.orders.status" in error.value.problem
    assert "'Shipped' (1 rows), 'paid' (1 rows)" in error.value.problem
    assert "completed" in error.value.todo


@pytest.mark.parametrize("name", ["my shop", "x (a int); COPY (SELECT 42) TO 'pwned.csv'; --", "Shop"])
def test_a_name_in_a_mapping_is_a_plain_word(tmp_path: Path, name: str) -> None:
    with pytest.raises(MappingError, match="cannot be a name in a mapping"):
        segkit.open(delivery(tmp_path, *good()), mapping={**mapping(), "source": name})


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"profile_id": "lower(who)", "ordered": "min(day)"}, r"write\.orders"),
        ({"total": "max(who)", "ordered": "min(day)"}, r"write\.orders\.total: it is text"),
        ({"is_guest": "max(amount)", "ordered": "min(day)"}, r"write\.orders\.is_guest"),
    ],
)
def test_what_does_not_fit_its_column_is_told_without_any_cell(tmp_path: Path, columns: dict[str, str], told: str) -> None:
    with pytest.raises(MappingError, match=told) as error:
        segkit.open(delivery(tmp_path, *good()), mapping=mapping(columns=columns))
    assert "@example.com" not in str(error.value)


@pytest.mark.parametrize(
    "page", [{"data": ["a"]}, {"data": [{"type": "profile"}]}, {"data": [], "links": [1]}, {"data": [{"type": "event", "id": 1}]}]
)
def test_json_of_another_shape_is_listed_as_not_recognised(tmp_path: Path, page: dict[str, Any]) -> None:
    (tmp_path / "page.json").write_text(json.dumps(page), encoding="utf-8")
    delivery(tmp_path, *good())
    receipts = {receipt["file"]: receipt["status"] for receipt in segkit.open(tmp_path, mapping=mapping()).load["receipts"]}
    assert receipts == {"a.csv": "read", "page.json": "unused"}


def test_milliseconds_are_refused_where_seconds_are_meant(tmp_path: Path) -> None:
    times = {**mapping(), "read": {"lines": {"files": "*.csv", "columns": {**COLUMNS, "day": {"from": "day", "type": "unix_time"}}}}}
    lines = [f"{n},a@x.nl,17{n:08d},5.00" for n in range(60)]
    shop = segkit.open(delivery(tmp_path, *lines, "99,a@x.nl,1767225600000,5.00"), mapping=times)
    assert [kind["kind"] for kind in shop.load["receipts"][0]["kinds"] if kind["verdict"] == "refused"] == ["not_unix_time"]


def test_the_advice_about_an_ambiguous_date_works_as_printed(tmp_path: Path) -> None:
    with pytest.raises(AmbiguousDates) as error:
        segkit.open(delivery(tmp_path, "1,a@x.nl,01-02-2026 10:30,5.00"), mapping=mapping())
    assert 'date: "%d-%m-%Y %H:%M" (day first)' in error.value.todo
    told = {
        **mapping(),
        "read": {"lines": {"files": "*.csv", "columns": {**COLUMNS, "day": {"from": "day", "type": "date", "date": "%d-%m-%Y %H:%M"}}}},
    }
    assert totals(segkit.open(tmp_path, mapping=told)) == {"1": 5.0}
