"""What a cell of a delivery is read as: amounts, whole numbers, dates, moments, lists and text."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import segkit
from segkit.errors import AmbiguousDates, ColumnError

CONVERTED = {"money": "unit_price", "integer": "quantity", "text": "title", "id": "sku"}  # a column of order_items for each type


def read(folder: Path, cells: list[str], **column: Any) -> list[Any]:
    """The values of a column `cell` with these cells, null where empty; refused rows are left out."""
    rows = [f'{place},2026-01-{place + 1:02},"{cell.replace(chr(34), chr(34) * 2)}"' for place, cell in enumerate(cells)]
    (folder / "lines.csv").write_text("\n".join(["order,day,cell", *rows]) + "\n", encoding="utf-8", newline="")
    target = CONVERTED[column["type"]]
    mapping = {
        "source": "shop",
        "read": {"lines": {"files": "lines.csv", "columns": {
            "order_no": {"from": "order", "type": "id"}, "day": {"from": "day", "type": "date"}, "cell": {"from": "cell", **column},
        }}},
        "write": {
            "orders": {"from": "lines", "one_row_per": {"order_id": "order_no"}, "columns": {"ordered": "min(day)"}},
            "order_items": {"from": "lines", "one_row_per": "row", "columns": {"order_item_id": "order_no", "order_id": "order_no", target: "cell"}},
        },
    }  # fmt: skip
    shop = segkit.open(folder, mapping=mapping)
    items = pd.read_parquet(shop.store.folder / "order_items.parquet")
    return list(items.assign(place=items["order_id"].astype(int)).sort_values("place")[target])


def amounts(folder: Path, cells: list[str], **column: Any) -> list[Decimal]:
    return [value.normalize() for value in read(folder, cells, type="money", **column)]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["12.50", "1,234.56", "-3.00", "+4.1"], ["12.5", "1234.56", "-3", "4.1"]),
        (["12,50", "1.234,56", "-3,00", "1.000"], ["12.5", "1234.56", "-3", "1000"]),
        (["€ 12.50", "EUR 7.25", "8.00 EUR", "$5.5"], ["12.5", "7.25", "8", "5.5"]),
        (["1e3", "2.5e-1"], ["1000", "0.25"]),
        (["7", ".5", "8."], ["7", "0.5", "8"]),
        (
            ["(12.50)", "($7.25)", "\u221212.50", "\u20ac -3.10", "-\u20ac3.10", "- 2.50"],
            ["-12.5", "-7.25", "-12.5", "-3.1", "-3.1", "-2.5"],
        ),
        (["Fr. 12", "Rs. 500", "7.25"], ["12", "500", "7.25"]),
        (["10%", "12.50-", "(9.50", "--4.5", "1.5", "2.5", "3.5", "4.5"], ["1.5", "2.5", "3.5", "4.5"]),  # the first four are refused
        (["0.500", "12.3456", "1.23"], ["0.5", "12.3456", "1.23"]),
        (["1234.500", "1.250"], ["1234.5", "1.25"]),
        (["1.234.567", "2.500"], ["1234567", "2500"]),
        (["1,234.567", "2.500"], ["1234.567", "2.5"]),
    ],
)
def test_an_amount_in_the_forms_that_exports_use(tmp_path: Path, cells: list[str], values: list[str]) -> None:
    assert amounts(tmp_path, cells) == [Decimal(value).normalize() for value in values]


def test_a_comma_where_the_mapping_says_point_is_refused_and_never_a_hundredfold(tmp_path: Path) -> None:
    assert amounts(tmp_path, ["12.50", "12,50", "1,250.00"], decimal=".") == [Decimal("12.5"), Decimal("1250").normalize()]


def test_a_column_that_is_mostly_no_amount_is_an_error_about_the_column(tmp_path: Path) -> None:
    with pytest.raises(ColumnError, match=r"lines\.csv: 3 of 3 rows .* cell is not an amount"):
        amounts(tmp_path, ["12,50", "7,25", "8,00"], decimal=".")


def test_two_decimal_marks_in_one_column_are_an_error_with_an_example_of_each(tmp_path: Path) -> None:
    with pytest.raises(ColumnError, match=r"'12,50' has a decimal comma and '7\.25' a decimal point"):
        amounts(tmp_path, ["12,50", "7.25"])


@pytest.mark.parametrize("cells", [["1.234", "2.500", "950"], ["1,234"], ["1.234", "2,500"], ["\u20ac 1.234"], ["1.234 EUR"]])
def test_groups_of_three_that_nothing_decides_are_an_error_that_says_what_to_set(tmp_path: Path, cells: list[str]) -> None:
    with pytest.raises(ColumnError, match=r"lines\.csv, column 'cell': .* can be a thousand or a decimal") as raised:
        amounts(tmp_path, cells)
    assert "decimal:" in raised.value.todo
    assert amounts(tmp_path, ["1.234", "950"], decimal=",") == [Decimal(1234), Decimal("9.5e2")]


def test_whole_numbers_are_not_rounded(tmp_path: Path) -> None:
    """6.0 is a spreadsheet's six; 1.5 is none, and 1.000 may be a thousand."""
    assert read(tmp_path, ["6", "6.0", "-2", "7", "8", "1.5", "1.000"], type="integer") == [6, 6, -2, 7, 8]


@pytest.mark.parametrize(
    "text", ["'s-Hertogenbosch", "  two blanks ", "a\u00a0b", "NULL", "=1+1", "'quoted'", "\u202egnp.exe", "{{x}}", "a\nb", '"']
)
def test_text_comes_out_as_it_went_in(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, [text], type="text") == [text]


@pytest.mark.parametrize(("cell", "told"), [
    ("'75008", "75008"), ("'+31612345601", "+31612345601"), ("17850.0", "17850"), ("007", "007"), (" #1001 ", "#1001"), ("'t Hof 3", "'t Hof 3"),
])  # fmt: skip
def test_ids_lose_what_a_spreadsheet_put_on_them_and_nothing_else(tmp_path: Path, cell: str, told: str) -> None:
    assert read(tmp_path, [cell], type="id") == [told]


def ordered(folder: Path, cells: list[str], kind: str, **column: Any) -> list[str]:
    rows = [f"{place},{cell}" for place, cell in enumerate(cells)]
    (folder / "orders.csv").write_text("\n".join(["order,time", *rows]) + "\n", encoding="utf-8")
    mapping = {
        "source": "shop",
        "read": {"orders": {"files": "orders.csv", "columns": {
            "order_no": {"from": "order", "type": "id"}, "time": {"from": "time", "type": kind, **column}}}},
        "write": {"orders": {"from": "orders", "one_row_per": {"order_id": "order_no"}, "columns": {"ordered": "min(time)"}}},
    }  # fmt: skip
    shop = segkit.open(folder, mapping=mapping, time_zone="Europe/Amsterdam")
    return [str(moment) for moment in pd.read_parquet(shop.store.folder / "orders.parquet").sort_values("order_id")["ordered_at"]]


def test_years_of_two_digits_are_of_this_age(tmp_path: Path) -> None:
    cells = ["12/1/10 8:26", "12/13/10 9:05", "12/14/2010 9:05"]
    assert ordered(tmp_path, cells, "local_time") == ["2010-12-01 07:26:00", "2010-12-13 08:05:00", "2010-12-14 08:05:00"]


def test_a_date_with_the_year_first_stands_beside_others(tmp_path: Path) -> None:
    assert ordered(tmp_path, ["2026-03-14 09:30", "31-03-2026"], "local_time") == ["2026-03-14 08:30:00", "2026-03-30 22:00:00"]


def test_the_hour_that_happens_twice_and_the_one_that_never_does(tmp_path: Path) -> None:
    """The second of the two, and the offset before the gap: the rule of the clock."""
    assert ordered(tmp_path, ["2025-10-26 02:30", "2026-03-29 02:30"], "local_time") == ["2025-10-26 01:30:00", "2026-03-29 01:30:00"]


@pytest.mark.parametrize("cell", [
    "01-02-2026", "1/2/26", "01/02/2026 10:30", "01-02-2026T10:30:15", "01-02-2026 10:30:15.123", "01/02/2026 3:30 PM", "01-02-2026 3:30:10 am",
])  # fmt: skip
def test_the_advice_about_a_date_that_can_be_read_two_ways_reads_it_both_ways(tmp_path: Path, cell: str) -> None:
    with pytest.raises(AmbiguousDates) as raised:
        ordered(tmp_path, [cell], "date")
    forms = re.findall('date: "([^"]+)"', raised.value.todo)
    days = [pd.Timestamp(ordered(tmp_path, [cell], "date", date=form)[0] + "Z").tz_convert("Europe/Amsterdam").date() for form in forms]
    assert [str(day) for day in days] == ["2026-02-01", "2026-01-02"]


def test_seconds_and_milliseconds_since_1970(tmp_path: Path) -> None:
    assert ordered(tmp_path, ["1769000000"], "unix_time") == ordered(tmp_path, ["1769000000000"], "unix_ms") == ["2026-01-21 12:53:20"]
    assert len(ordered(tmp_path, ["1769000000", "1769000000000", "1769000001", "99999999999999999"], "unix_time")) == 2
    with pytest.raises(ColumnError, match=r"orders\.csv, column 'time'.*after the year 2200") as raised:
        ordered(tmp_path, ["1769000000000"] * 3, "unix_time")
    assert "unix_ms" in raised.value.todo


def test_moments_outside_the_calendar_are_refused(tmp_path: Path) -> None:
    assert len(ordered(tmp_path, ["infinity", "294000-01-01", "2026-01-01", "2026-01-02", "2026-01-03"], "utc_time")) == 3


@pytest.mark.parametrize(("cell", "utc"), [
    ("2026-01-24 17:34:28 +0500", "2026-01-24 12:34:28"), ("2026-01-24T17:34:28+05:30", "2026-01-24 12:04:28"),
    ("2026-01-24T17:34:28Z", "2026-01-24 17:34:28"), ("2026-01-24 17:34:28", "2026-01-24 17:34:28"),
    ("2026-01-24 17:34:28-03", "2026-01-24 20:34:28"), ("2026-01-24", "2026-01-24 00:00:00"), ("2026-01-24T17:34:28.5+01:00", "2026-01-24 16:34:28.500000"),
])  # fmt: skip
def test_moments_with_and_without_an_offset(tmp_path: Path, cell: str, utc: str) -> None:
    assert ordered(tmp_path, [cell], "utc_time") == [utc]
