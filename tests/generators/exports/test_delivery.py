"""A delivery is tables and a way of writing them: the same rows in any dialect, the same bytes every time."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from segkit_generators import Shop, make_shop
from segkit_generators.__main__ import app
from segkit_generators.errors import BadArgument
from segkit_generators.exports import CANONICAL, EXPORTS, cells, check_formats
from segkit_generators.exports.book import Book
from segkit_generators.exports.delivery import PAGES_AT_ONCE, Delivery, Dialect, JsonFile, LongJsonFile, Page, TextFile
from segkit_generators.exports.klaviyo_json import event_texts
from typer.testing import CliRunner

ROWS = pd.DataFrame(
    {"Name": ["Zoë", "Łucja"], "Total": ["12.50", None], "Note": ["a;b", 'say "hi"']}, pd.Index(["C1", "C2"], name="profile_id")
)
FILE = TextFile("totals.csv", ROWS, amounts=("Total",))


def written(**dialect: object) -> bytes:
    return replace(FILE, dialect=Dialect(**dialect)).content()  # type: ignore[arg-type]


def test_the_dialect_decides_the_bytes_and_leaves_the_rows_alone() -> None:
    assert written().decode() == 'Name,Total,Note\nZoë,12.50,a;b\nŁucja,,"say ""hi"""\n'
    assert written(delimiter=";", decimal=",", line_end="\r\n").decode() == 'Name;Total;Note\r\nZoë;12,50;"a;b"\r\nŁucja;;"say ""hi"""\r\n'
    assert written(bom=True).startswith(b"\xef\xbb\xbfName")
    assert written(encoding="utf-16-le", bom=True).decode("utf-16").startswith("Name,Total")
    assert written(encoding="cp1252").splitlines()[2] == b'?ucja,,"say ""hi"""'
    assert ROWS["Total"].tolist()[0] == "12.50"


def test_changed_rows_still_know_what_they_were() -> None:
    changed = FILE.with_rows(pd.concat([ROWS, ROWS.tail(1)]).iloc[::-1])
    assert changed.rows.index.tolist() == ["C2", "C2", "C1"]
    assert changed.rows.index.name == "profile_id"
    assert Delivery("shop", (changed,)).file("totals.csv") is changed
    with pytest.raises(KeyError, match=r"shop has no file 'x', only totals\.csv"):
        Delivery("shop", (FILE,)).file("x")


def envelope(records: list[dict], page: Page) -> dict:
    return {"data": records, "page": list(page)}


def test_money_is_written_with_the_cents_that_it_has(small_bakery: Shop) -> None:
    """A decimal that is made a float without care is 149.95000000000002."""
    book = Book(small_bakery)
    amounts = [*book.table("orders")["total"], *book.table("products")["price"], *book.table("carts")["value"]]
    assert max(len(repr(amount).partition(".")[2]) for amount in amounts) == 2


def test_records_come_in_pages(tmp_path: Path) -> None:
    file = JsonFile("people", ROWS, lambda row: {"name": row["Name"], "total": row["Total"]}, envelope, page_size=1)
    assert [*file.pages()] == [
        {"data": [{"name": "Zoë", "total": "12.50"}], "page": [1, 2, 2]},
        {"data": [{"name": "Łucja", "total": None}], "page": [2, 2, 2]},
    ]
    file.write(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["people_page1.json", "people_page2.json"]
    assert [*file.with_rows(ROWS.head(0)).pages()] == [{"data": [], "page": [1, 1, 0]}]
    replace(file, page_size=None).write(tmp_path)
    assert len(json.loads((tmp_path / "people.json").read_text())["data"]) == 2


@pytest.mark.parametrize("count", [0, 1, 2, 2 * PAGES_AT_ONCE, 2 * PAGES_AT_ONCE + 1, 5 * PAGES_AT_ONCE])
def test_a_long_answer_is_made_in_parts_and_says_the_same_as_a_short_one(count: int, tmp_path: Path) -> None:
    rows = pd.DataFrame({"name": [f"é{number}" for number in range(count)]})

    def texts(part: pd.DataFrame) -> list[str]:
        return [json.dumps({"name": name}, ensure_ascii=False) for name in part["name"]]

    short = JsonFile("people", rows, dict, envelope, page_size=2)
    long = LongJsonFile("people", count, lambda first, last: rows.iloc[first:last], texts, envelope, page_size=2)
    assert [*long.pages()] == [*short.pages()]
    for name, file in (("short", short), ("long", long)):
        (tmp_path / name).mkdir()
        file.write(tmp_path / name)
    written = {path.name: path.read_bytes() for path in (tmp_path / "short").iterdir()}
    assert {path.name: path.read_bytes() for path in (tmp_path / "long").iterdir()} == written


def test_an_event_has_its_named_fields_and_of_its_properties_those_that_are_there() -> None:
    named = {"id": ["aB1", "aB2"], "metric": "M", "profile": ["P1", "P2"], "timestamp": [1, 2], "datetime": "2026-01-01T00:00:00+00:00"}
    told = {"$value": [12.5, None], "Quantity": [2, 3], "Seen": [True, None], "Name": ['%s "é"', None], "Items": [["a"], None]}
    first, second = map(json.loads, event_texts(pd.DataFrame(named | told)))
    assert first["attributes"]["event_properties"] == {"$value": 12.5, "Quantity": 2, "Seen": True, "Name": '%s "é"', "Items": ["a"]}
    assert second["attributes"]["event_properties"] == {"Quantity": 3}
    assert (second["id"], second["attributes"]["timestamp"], second["relationships"]["profile"]["data"]["id"]) == ("aB2", 2, "P2")
    assert first["relationships"]["metric"]["links"]["related"].endswith("/events/aB1/metric")
    assert first["attributes"]["uuid"] != second["attributes"]["uuid"]


def test_the_same_arguments_give_the_same_bytes_in_every_format(tmp_path: Path) -> None:
    """Made here and made by the command in a process of its own, whose hashes of strings differ."""
    make_shop(customers=60, seed=3).write(tmp_path / "here", (CANONICAL, *EXPORTS))
    arguments = ["bakery", "--customers", "60", "--seed", "3", "--out", str(tmp_path / "there"), "--as", ",".join((CANONICAL, *EXPORTS))]
    subprocess.run(
        [sys.executable, "-m", "segkit_generators", *arguments], check=True, capture_output=True, env=os.environ | {"PYTHONHASHSEED": "7"}
    )
    here, there = (sorted(path for path in (tmp_path / name).rglob("*.*") if path.is_file()) for name in ("here", "there"))
    assert [path.relative_to(tmp_path / "here") for path in here] == [path.relative_to(tmp_path / "there") for path in there]
    assert {path.relative_to(tmp_path / "here").parts[0] for path in here} == {CANONICAL, *EXPORTS, "truth", "client.yaml"}
    assert all(one.read_bytes() == other.read_bytes() for one, other in zip(here, there, strict=True))


def test_only_what_is_asked_for_is_written_and_each_delivery_knows_its_shop(tmp_path: Path) -> None:
    folder = make_shop(customers=30, seed=3).write(tmp_path, "shopify")
    assert folder == tmp_path
    assert sorted(path.name for path in tmp_path.iterdir()) == ["client.yaml", "shopify", "truth"]
    assert (tmp_path / "shopify" / "client.yaml").read_text() == (tmp_path / "client.yaml").read_text()


def test_formats_are_joined_by_commas_or_given_one_by_one() -> None:
    assert check_formats("klaviyo, shopify,klaviyo") == ("klaviyo", "shopify")
    assert check_formats(("canonical,shopify", "activecampaign")) == ("canonical", "shopify", "activecampaign")
    with pytest.raises(BadArgument, match="canonical, klaviyo, shopify, activecampaign"):
        check_formats("mailchimp")
    with pytest.raises(BadArgument, match=r"no name\.\s.*canonical, klaviyo"):
        check_formats("canonical,,shopify")


def test_the_command_takes_formats_both_ways(tmp_path: Path) -> None:
    arguments = ["bakery", "--customers", "20", "--out", str(tmp_path), "--as", "klaviyo", "--as", "shopify,activecampaign"]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["activecampaign", "klaviyo", "shopify", "truth"]


@pytest.mark.parametrize("customers", [1, 25])
@pytest.mark.parametrize("system", [*EXPORTS])
def test_tiny_shops_can_be_delivered(system: str, customers: int, tmp_path: Path) -> None:
    delivery = EXPORTS[system](make_shop(customers=customers, seed=1))
    assert any(delivery.write(tmp_path).iterdir())


def test_a_shop_without_a_log_of_mails_can_be_delivered(tmp_path: Path) -> None:
    shop = make_shop(customers=40, seed=1, faults=["aggregates_only"])
    for system, deliver in EXPORTS.items():
        assert any(deliver(shop).write(tmp_path / system).iterdir())


def test_moments_follow_the_clock_of_the_zone() -> None:
    at = pd.Series(pd.to_datetime(["2026-03-29 00:59:59", "2026-03-29 01:00:00", None, "2026-10-25 01:30:00"]))
    assert cells.iso(at, "Europe/Brussels").tolist()[:2] == ["2026-03-29T01:59:59+01:00", "2026-03-29T03:00:00+02:00"]
    assert cells.with_offset(at, "Europe/Brussels").iloc[3] == "2026-10-25 02:30:00 +0100"
    assert cells.iso(at, "America/New_York").iloc[3] == "2026-10-24T21:30:00-04:00"
    assert cells.moments(at).isna().tolist() == [False, False, True, False]


def test_phones_are_written_internationally_where_that_can_be_told() -> None:
    phones = pd.Series(["+32(0)204-685158", "03 76 04 14 52", "0031 20 1234567", "020 1234567", None])
    assert cells.e164(phones, pd.Series(["BE", "FR", "NL", "XX", "NL"])).tolist() == [
        "+32204685158",
        "+33376041452",
        "+31201234567",
        None,
        None,
    ]


def test_a_guest_is_a_customer_by_his_address(small_bakery: Shop) -> None:
    book = Book(small_bakery)
    guests = book.people[book.people["is_guest"].eq(True)]
    assert len(guests) == book.table("orders")["is_guest"].sum()
    assert book.orders["person"].notna().all()
    assert {*guests.index} <= {*book.orders.index}
