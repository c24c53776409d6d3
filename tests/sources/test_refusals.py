"""What a load refuses: whole orders, words and names that it does not know, and never a cell of the client in what is told."""

import json
import os
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import segkit
from segkit.errors import DeliveryError, MappingError, SegkitError
from segkit.text import catalogue

GOOD = "".join(f"g{place},g{place}@x.nl,2026-01-{place + 13},5.50,fine\n" for place in range(9))
HEADER = "order,mail,day,amount,note\n"
LINES: dict[str, Any] = {
    "source": "shop",
    "read": {"lines": {"files": "*.csv", "unit": "order_no", "columns": {
        "order_no": {"from": "order", "type": "id"}, "email": {"from": "mail", "type": "email"}, "day": {"from": "day", "type": "date"},
        "amount": {"from": "amount", "type": "money"}, "note": {"from": "note", "type": "text"},
    }}},
    "write": {"orders": {"from": "lines", "one_row_per": {"order_id": "order_no"}, "columns": {
        "profile_id": "min(email)", "ordered": "min(day)", "total": "sum(amount)",
    }}},
}  # fmt: skip


def changed(**parts: Any) -> dict[str, Any]:
    """The mapping with other values at paths such as write__orders__columns; None takes the key away."""
    data = deepcopy(LINES)
    for path, value in parts.items():
        *above, last = path.split("__")
        place: Any = data
        for step in above:
            place = place[step]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return data


def opened(folder: Path, mapping: dict[str, Any] = LINES, **files: str) -> segkit.Shop:
    """Files in the order given, each a minute newer than the one before."""
    for minute, (name, rows) in enumerate(files.items()):
        file = folder / f"{name}.csv"
        file.write_text(HEADER + rows, encoding="utf-8", newline="")
        os.utime(file, (1_700_000_000 + 60 * minute,) * 2)
    return segkit.open(folder, mapping=mapping, quarantine=folder / "quarantine")


def totals(shop: segkit.Shop) -> dict[str, Any]:
    orders = pd.read_parquet(shop.store.folder / "orders.parquet")
    return {order: total for order, total in zip(orders["order_id"], orders["total"], strict=True) if not order.startswith("g")}


def refused(shop: segkit.Shop) -> list[dict[str, Any]]:
    return [kind for receipt in shop.load["receipts"] for kind in receipt["kinds"] if kind["verdict"] == "refused"]


# --- what is told about a refused row


@pytest.mark.parametrize("column", ["day", "amount"])
def test_a_cell_stays_in_the_quarantine_and_out_of_everything_told(tmp_path: Path, column: str) -> None:
    secret = '"Jan de Vries\njan@privaat.nl: no is not  a date"'
    row = f"o1,a@x.nl,{secret if column == 'day' else '2026-01-20'},{secret if column == 'amount' else '5'},fine\n"
    shop = opened(tmp_path, a=GOOD + row)
    kind = {"day": "not_date", "amount": "not_money"}[column]
    assert refused(shop) == [{"kind": kind, "column": column, "verdict": "refused", "rows": 1}]
    told = json.dumps([shop.load, shop.at("2026-06-01").audit().as_dict()], default=str)
    assert "Jan de Vries" not in told
    assert "privaat" not in told
    assert "jan@privaat.nl" in (tmp_path / "quarantine" / "a.csv.refused.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_reason_of_a_refused_row_is_a_sentence_in_each_language(tmp_path: Path, lang: str) -> None:
    rows = "o1,a@x.nl,soon,5,x\no2,a@x.nl,2026-01-20,none,x\n,a@x.nl,2026-01-20,5,x\no4\no5,a@x.nl,,5,x\no6,a@x.nl,2026-01-20,5,x\no6,a,2026-01-20,n,x\n"
    shop = opened(tmp_path, a=GOOD * 2 + rows)
    keys = {kind["kind"]: kind["column"] for kind in refused(shop)}
    assert len(keys) >= 6
    for key, column in keys.items():
        assert "{" not in catalogue(lang)(f"refusals.{key}", column=column or "")


# --- orders of which a row cannot be used


@pytest.mark.parametrize("unit", ["order_no", None])
def test_an_order_with_a_row_that_cannot_be_used_is_refused_whole(tmp_path: Path, unit: str | None) -> None:
    shop = opened(tmp_path, changed(read__lines__unit=unit), a=GOOD + "o1,a@x.nl,2026-01-20,100,x\no1,a@x.nl,2026-01-20,one hundred,x\n")
    assert totals(shop) == {}
    assert sum(kind["rows"] for kind in refused(shop)) == 2


def test_an_older_file_with_the_whole_order_gives_it_when_the_newer_one_cannot(tmp_path: Path) -> None:
    whole = "o1,a@x.nl,2026-01-20,100,x\no1,a@x.nl,2026-01-20,11,x\n"
    shop = opened(
        tmp_path,
        older="g0,a@x.nl,2026-01-20,5.50,x\n" + whole + GOOD,
        newer=GOOD + whole.replace(",11,", ",eleven,") + "g10,a,2026-01-21,5.50,x\n",
    )
    assert totals(shop) == {"o1": Decimal(111)}


def test_an_order_is_no_patchwork_of_two_files(tmp_path: Path) -> None:
    """Without a unit, rows come from either file; of an order with a refused row none is used, or a part would pass for the whole."""
    whole = "o1,a@x.nl,2026-01-20,100,x\no1,a@x.nl,2026-01-20,11,x\n"
    shop = opened(tmp_path, changed(read__lines__unit=None), older=GOOD + whole, newer=GOOD + whole.replace(",11,", ",eleven,"))
    assert totals(shop) == {}


def test_a_cut_order_is_not_taken_because_the_whole_one_was_refused(tmp_path: Path) -> None:
    cut, whole = "o1,a@x.nl,2026-01-20,100,x\n", "o1,a@x.nl,2026-01-20,100,x\no1,a@x.nl,2026-01-20,eleven,x\n"
    shop = opened(tmp_path, older=GOOD + cut, newer=GOOD[: GOOD.index("g8")] + whole + "g10,a,2026-01-21,5.50,x\n")
    assert totals(shop) == {}


def test_rows_refused_with_their_order_do_not_make_the_reading_wrong(tmp_path: Path) -> None:
    """Twenty lines of one order go with its one bad line; the limit is about what the reading itself could not use."""
    order = "".join(f"o1,a@x.nl,2026-01-20,{place}.50,x\n" for place in range(20)) + "o1,a@x.nl,2026-01-20,none,x\n"
    assert len(totals(opened(tmp_path, a=GOOD + order))) == 0


# --- closed columns


@pytest.mark.parametrize("write", [
    {"orders": {"from": "lines", "one_row_per": {"order_id": "order_no"}, "columns": {"ordered": "min(day)", "status": "max(note)"}}},
    {"orders": {"from": "lines", "one_row_per": {"order_id": "order_no"}, "columns": {"ordered": "min(day)"}, "derive": {"status": "'paid'"}}},
])  # fmt: skip
def test_a_word_that_a_column_does_not_know_is_an_error_that_counts_and_names_it(tmp_path: Path, write: dict[str, Any]) -> None:
    with pytest.raises(MappingError, match=r"^mapping: write\.orders\.status.*'paid'.*2 rows") as raised:
        opened(tmp_path, changed(write=write), a="1,a@x.nl,2026-01-20,1.5,paid\n2,a@x.nl,2026-01-21,2.5,paid\n")
    assert "completed" in raised.value.todo


# --- addresses


def test_an_address_has_no_blanks_around_it_and_an_at_sign_in_it(tmp_path: Path) -> None:
    mails = ["jan@x.nl", " Jan@x.nl ", "\u00a0JAN@X.NL\u00a0", '"\tjan@x.nl\n"', "n/a", "-"]
    shop = opened(tmp_path, a="".join(f"o{place},{mail},2026-01-20,1.5,x\n" for place, mail in enumerate(mails)))
    assert list(pd.read_parquet(shop.store.folder / "profiles.parquet")["profile_id"]) == ["jan@x.nl"]
    assert shop.load["receipts"][0]["mended"] == 2


# --- names and expressions in a mapping


@pytest.mark.parametrize("mapping", [
    changed(source="x (a int); COPY (SELECT 42 AS pwned) TO '{file}'; --"),
    changed(source="my shop"),
    changed(read__lines__labels={"row is": {"a": "otherwise"}}),
    changed(read__lines__labels={"select": {"a": "otherwise"}}),
    changed(read__lines__labels={"amount": {"a": "otherwise"}}),
    changed(read__lines__columns__group={"from": "note", "type": "text"}),
    {**changed(), "read": {"my lines": LINES["read"]["lines"]}, "write": {"orders": {**LINES["write"]["orders"], "from": "my lines"}}},
])  # fmt: skip
def test_a_name_that_is_no_plain_word_is_an_error_and_never_runs(tmp_path: Path, mapping: dict[str, Any]) -> None:
    file = tmp_path / "pwned.out"
    mapping["source"] = mapping["source"].replace("{file}", file.as_posix())
    with pytest.raises(MappingError, match=r"name|called"):
        opened(tmp_path, mapping, a=GOOD)
    assert not file.exists()


def test_words_with_an_apostrophe_are_words(tmp_path: Path) -> None:
    kinds = {"it's": "amount > 5", "the 'rest'": "otherwise"}
    mapping = changed(read__lines__labels={"row_is": kinds}, write__orders__rows=["it's"])
    mapping["set_aside"] = {"the 'rest'": "not ours"}
    shop = opened(tmp_path, mapping, a=GOOD)
    assert shop.load["receipts"][0]["kinds"][0]["kind"] == "it's"


@pytest.mark.parametrize(("columns", "named"), [
    ({"total": "max(email)"}, "total"), ({"is_guest": "max(amount)"}, "is_guest"), ({"total": "amount"}, "amount"),
    ({"email_at_order": "lower(email)"}, "email"), ({"order_number": "min(day)"}, "order_number"), ({"total": "sum(amount)", "ordered": "min(note)"}, "ordered"),
    ({"tags": "min(note)"}, "tags"), ({"total": "max(max(amount))"}, "total"),
])  # fmt: skip
def test_an_expression_that_a_column_cannot_hold_names_file_and_place_and_no_cell(
    tmp_path: Path, columns: dict[str, str], named: str
) -> None:
    with pytest.raises(MappingError) as raised:
        opened(tmp_path, changed(write__orders__columns={"ordered": "min(day)", **columns}), a=GOOD)
    assert raised.value.problem.startswith("mapping: ")
    assert f"write.orders.{named}" in raised.value.problem or named in raised.value.problem
    assert "@x.nl" not in str(raised.value)


TOO_LARGE = "money(amount * 99999999999999999) > 1"


@pytest.mark.parametrize("mapping", [
    changed(write__orders__where=TOO_LARGE), changed(read__lines__labels={"size": {"large": TOO_LARGE, "small": "otherwise"}}),
    changed(read__lines__columns__day={"from": "day", "type": "date", "date": "%Q"}), changed(read__lines__unit="max(order_no)"),
])  # fmt: skip
def test_what_the_engine_cannot_work_out_is_told_without_a_cell(tmp_path: Path, mapping: dict[str, Any]) -> None:
    with pytest.raises(MappingError, match=r"^mapping: ") as raised:
        opened(tmp_path, mapping, a=GOOD)
    assert "5.5" not in str(raised.value)
    assert raised.value.__cause__ is None or "5.5" not in str(raised.value.__cause__)


def test_what_is_derived_is_checked_as_well(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"write\.orders\.is_test"):
        opened(tmp_path, changed(write__orders__derive={"is_test": "total"}), a=GOOD)


def test_the_key_of_a_group_and_what_is_made_of_it_may_be_written(tmp_path: Path) -> None:
    columns = {"ordered": "min(day)", "order_number": "'no ' || order_no", "total": "sum(amount)"}
    shop = opened(tmp_path, changed(write__orders__columns=columns), a=GOOD + "o1,a@x.nl,2026-01-20,7.50,x\n")
    assert totals(shop) == {"o1": Decimal("7.5")}


def test_an_error_in_a_mapping_names_its_file(tmp_path: Path) -> None:
    file = tmp_path / "mapping.yaml"
    file.write_text(json.dumps(changed(write__orders__columns={"ordered": "min(day)", "total": "sum(amuont)"})), encoding="utf-8")
    (tmp_path / "a.csv").write_text(HEADER + GOOD, encoding="utf-8")
    with pytest.raises(MappingError, match=r"^mapping\.yaml: write\.orders\.total"):
        segkit.open(tmp_path)


@pytest.mark.parametrize("expression", ["sum(amount) * 1e300", "sum(amount * 99999999999999999)"])
def test_an_amount_too_large_for_its_column_is_an_error_without_a_cell(tmp_path: Path, expression: str) -> None:
    with pytest.raises(SegkitError) as raised:
        opened(tmp_path, changed(write__orders__columns={"ordered": "min(day)", "total": expression}), a=GOOD)
    assert "5.5" not in str(raised.value)


# --- answers that are not Klaviyo's


@pytest.mark.parametrize("answer", [
    {"data": ["a"]}, {"data": [{"type": "profile"}]}, {"data": [], "links": [1]}, {"data": [{"type": "profile", "id": "1", "attributes": [1]}]},
    {"data": [{"type": "profile", "id": "1", "attributes": {"subscriptions": ["x"], "location": "NL", "properties": [1]}}], "included": {"a": 1}},
    {"data": 3}, [[1]], 7,
])  # fmt: skip
def test_json_of_another_form_is_an_error_that_names_the_file(tmp_path: Path, answer: Any) -> None:
    (tmp_path / "answer.json").write_text(json.dumps(answer), encoding="utf-8")
    with pytest.raises(DeliveryError, match=r"answer\.json"):
        segkit.open(tmp_path)
