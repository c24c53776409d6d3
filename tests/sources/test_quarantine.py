"""Refused rows stand in a quarantine file under their true line, and nothing in it runs in a spreadsheet."""

import csv
from pathlib import Path
from typing import Any

import pytest

import segkit
from segkit.settings import Client
from segkit.sources import load_delivery
from segkit.sources.mapping import checked

LINES: dict[str, Any] = {
    "source": "shop",
    "read": {"lines": {"files": "*", "unit": "order_no", "columns": {
        "order_no": {"from": "order", "type": "id"}, "day": {"from": "day", "type": "date"},
        "note": {"from": "note", "type": "text"}, "amount": {"from": "amount", "type": "money"},
    }}},
    "write": {"orders": {"from": "lines", "one_row_per": {"order_id": "order_no"}, "columns": {"ordered": "min(day)", "total": "sum(amount)"}}},
}  # fmt: skip


def refused(folder: Path, text: str, name: str = "lines.csv") -> dict[int, list[str]]:
    """The rows of the quarantine file by their line: reason, then the cells."""
    (folder / "delivery").mkdir()
    (folder / "delivery" / name).write_text(text, encoding="utf-8", newline="")
    segkit.open(folder / "delivery", mapping=LINES, quarantine=folder / "quarantine")
    with (folder / "quarantine" / f"{name}.refused.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert header[:3] == ["line", "reason", "order"]
    return {int(line): rest for line, *rest in rows}


BAD = "none"  # in the column of amounts
GOOD = "o{0},2026-01-0{0},fine,{0}.00\n"


def test_lines_are_those_of_the_file_after_blank_ragged_and_broken_lines(tmp_path: Path) -> None:
    text = "".join([
        "order,day,note,amount\n", GOOD.format(1), "\n", f'o2,2026-01-02,"two\nlines",{BAD}\n', "\n", "o3,2026-01-03\n", GOOD.format(4),
        'o5,2026-01-05,"more" after a quote,5.00\n', 'o6,2026-01-06,cake of 12",6.00\n', f"o7,2026-01-07,late,{BAD}\n",
        *(GOOD.format(place) for place in (8, 9)),
    ])  # fmt: skip
    rows = refused(tmp_path, text)
    lines = text.splitlines()
    assert {line: lines[line - 1][:2] for line in rows} == {4: "o2", 7: "o3", 9: "o5", 11: "o7"}
    assert rows[4] == ["amount: none is not an amount", "o2", "2026-01-02", "two\nlines", BAD]
    assert rows[7] == ["Expected Number of Columns: 4 Found: 2", "o3,2026-01-03"]
    assert rows[9][1] == lines[8]


@pytest.mark.parametrize("text", ["=cmd()", "+31 6 12345678", "-1+1", "@SUM(1+1)", "\tx"])
def test_text_that_a_spreadsheet_would_run_is_kept_from_running(tmp_path: Path, text: str) -> None:
    rows = refused(tmp_path, f"order,day,note,amount\n{GOOD.format(1)}o2,2026-01-02,{text},{BAD}\n{GOOD.format(3)}")
    assert rows[3][3] == f"'{text}"


def test_negative_numbers_stay_numbers(tmp_path: Path) -> None:
    rows = refused(tmp_path, f"order,day,note,amount\n{GOOD.format(1)}o2,soon,fine,-3.00\n{GOOD.format(3)}")
    assert rows[3] == ["day: soon is not a date", "o2", "soon", "fine", "-3.00"]


def test_a_row_without_its_unit_is_refused(tmp_path: Path) -> None:
    rows = refused(tmp_path, f"order,day,note,amount\n{GOOD.format(1)},2026-01-02,fine,3.00\n{GOOD.format(3)}")
    assert rows[3][0] == "order_no is empty"


def test_a_unit_of_two_columns_is_told_by_their_names(tmp_path: Path) -> None:
    two = {**LINES, "read": {"lines": {**LINES["read"]["lines"], "unit": "order_no || ' ' || note"}}}
    (tmp_path / "lines.csv").write_text(f"order,day,note,amount\n{GOOD.format(1)},2026-01-02,fine,3.00\n{GOOD.format(3)}", encoding="utf-8")
    (receipt,) = segkit.open(tmp_path, mapping=two).load["receipts"]
    assert [(kind["kind"], kind["column"]) for kind in receipt["kinds"] if kind["verdict"] == "refused"] == [("no_unit", "order_no, note")]


def test_many_rows_refused_for_one_reason_are_one_line_of_the_receipt(tmp_path: Path) -> None:
    rows = "".join(GOOD.format(place) for place in range(1, 9)) + "o9\n" * 5
    (tmp_path / "lines.csv").write_text(f"order,day,note,amount\n{rows}", encoding="utf-8")
    (receipt,) = segkit.open(tmp_path, mapping=LINES).load["receipts"]
    assert [kind for kind in receipt["kinds"] if kind["verdict"] == "refused"] == [
        {"kind": "not_split", "column": None, "verdict": "refused", "rows": 5}
    ]


def test_every_order_names_the_file_that_it_came_from(tmp_path: Path) -> None:
    import pandas as pd

    for name, place in {"a.csv": 1, "b.csv": 2}.items():
        (tmp_path / name).write_text(f"order,day,note,amount\n{GOOD.format(place)}", encoding="utf-8")
    shop = segkit.open(tmp_path, mapping=LINES)
    orders, extracts = (pd.read_parquet(shop.store.folder / f"{table}.parquet") for table in ("orders", "extracts"))
    files = orders.merge(extracts, on="extract_id").set_index("order_id")["file_name"]
    assert files.to_dict() == {"o1": "a.csv", "o2": "b.csv"}


def test_the_same_load_again_never_touches_the_folder_in_force(tmp_path: Path) -> None:
    (tmp_path / "delivery").mkdir()
    (tmp_path / "delivery" / "lines.csv").write_text(f"order,day,note,amount\n{GOOD.format(1)}", encoding="utf-8")
    into, mapping = tmp_path / "canonical", checked(LINES, "mapping")
    folders = []
    for _ in range(3):
        load_delivery(tmp_path / "delivery", into, Client(name="x"), mapping, tmp_path / "q")
        folders.append((into / "CURRENT").read_text(encoding="utf-8").strip())
        assert (into / folders[-1] / "orders.parquet").exists()
    assert folders[0] != folders[1] != folders[2]
    assert [path.name for path in into.iterdir() if path.is_dir()] == [folders[2]]


def test_refused_rows_of_a_bare_delivery_lie_beside_its_tables_as_long_as_the_shop_does(tmp_path: Path) -> None:
    (tmp_path / "lines.csv").write_text(
        f"order,day,note,amount\n{GOOD.format(1)}o2,2026-01-02,fine,{BAD}\n{GOOD.format(3)}", encoding="utf-8"
    )
    shop = segkit.open(tmp_path, mapping=LINES)
    assert shop.quarantine is not None
    assert [file.name for file in shop.quarantine.iterdir()] == shop.load["quarantine"] == ["lines.csv.refused.csv"]
    assert [file.name for file in tmp_path.iterdir()] == ["lines.csv"]
