"""Lesson 3 says what was done to a delivery: doubled, broken off, tried out, cut short, and silent about mail."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import segkit
from segkit.notebook.answers import answers_of
from segkit.notebook.answers.lesson_03 import last_day
from segkit.notebook.check import AS_OF, exercises, said, start_again
from segkit.notebook.lesson import lesson_shop
from segkit.shop import Shop, View

SHOP = Path(__file__).parents[2] / "data/cache/exports"
if not SHOP.is_dir():
    pytest.skip("no shops of the lessons: python dev.py lab makes them", allow_module_level=True)
NEWER, OLDER = "orders_export_1.csv", "orders_export_2.csv"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    start_again()
    yield
    start_again()


def first() -> Shop:
    return lesson_shop("exports/shopify")


def whole() -> Shop:
    return lesson_shop("exports")


def day() -> str:
    return last_day(first())


def delivered(name: str, shop: Shop | None = None) -> pd.DataFrame:
    return pd.read_parquet((shop or first()).store.folder / f"{name}.parquet")


def truth(name: str, fault: str | None = None) -> pd.DataFrame:
    rows = pd.read_parquet(SHOP / f"truth/{name}.parquet")
    return rows if fault is None else rows[rows["fault"] == fault]


def real() -> pd.DataFrame:
    orders = delivered("orders")
    return orders[~orders["is_test"]]


def numbers() -> pd.Series:
    """Shopify's number of each real order, counted from 1 as in the answer key."""
    return real()["order_number"].str.lstrip("#").astype(int) - 1000


def kind(file: str, kind: str) -> int:
    rows = next(receipt for receipt in first().load["receipts"] if receipt["file"] == file)["kinds"]
    return sum(row["rows"] for row in rows if row["kind"] == kind)


@cache
def lost() -> frozenset[str]:
    """Real orders that were placed up to the last day and that no file holds."""
    placed = truth("orders").query("kind != 'test'")["order_id"]
    there = {f"O{number:07d}" for number in numbers()}
    return frozenset(set(placed) - there - set(truth("faults", "right_censored")["row_id"]))


def both() -> pd.DataFrame:
    """The lesson's two witnesses, one row a customer of the customers' files."""
    told = delivered("profile_snapshots").groupby("profile_id")["orders_count"].sum().rename("said")
    return told.to_frame().join(real().groupby("profile_id").size().rename("found")).fillna(0).astype(int)


@cache
def unknown() -> frozenset[str]:
    return frozenset(first().at(day()).personas().query("persona == 'engagement_unknown'")["profile_id"])


@cache
def turned_out() -> pd.Series:
    after = whole().at(day()).personas().set_index("profile_id")["persona"]
    return after[after.index.isin(unknown())]


def test_every_row_read_has_one_verdict_and_every_file_broke_off_at_its_end() -> None:
    receipts = first().receipts()
    assert (receipts["rows_read"] == receipts[["kept", "mended", "set_aside", "refused"]].sum(axis=1)).all()
    assert len(receipts) == 6
    assert (receipts["refused"] == 1).all()
    for file in receipts["file"]:
        refused = pd.read_csv(first().quarantine / f"{file}.refused.csv")  # type: ignore[operator]
        assert refused["line"].tolist() == [len((SHOP / "shopify" / file).read_text(encoding="utf-8-sig").splitlines())]


def test_an_order_takes_a_row_for_each_of_its_lines() -> None:
    rows = first().receipts().set_index("file")["kept"].loc[[NEWER, OLDER]].sum()
    assert rows == len(delivered("order_items"))
    assert len(delivered("orders")) < 0.6 * rows


def test_an_order_has_its_total_on_the_first_of_its_rows_only() -> None:
    for file in (NEWER, OLDER):
        rows = pd.read_csv(SHOP / "shopify" / file, dtype=str, on_bad_lines="skip").iloc[:-1]  # the last one broke off
        is_first = ~rows.duplicated("Name")
        assert rows.loc[is_first, "Total"].notna().mean() > 0.99
        assert rows.loc[~is_first, "Total"].isna().all()


def test_rows_that_stood_in_both_files_are_set_aside_and_what_the_first_lost_stood_in_the_second() -> None:
    planted = truth("file_faults", "overlapping_exports").query("file == 'shopify/orders_export.csv'")["row_id"]
    broken = truth("file_faults", "truncated_file").query("file == 'shopify/orders_export_1.csv'")["row_id"]
    assert set(broken) < set(planted)
    assert kind(NEWER, "overlap") == len(planted) - len(broken)


def test_test_orders_are_the_planted_ones_and_the_shops_own_and_no_purchases() -> None:
    tests = delivered("orders").query("is_test")
    planted, own = len(truth("faults", "test_orders")), len(truth("orders").query("kind == 'test'"))
    assert planted < len(tests) <= planted + own
    assert not tests["counts_as_purchase"].any()
    assert set(real().query("not counts_as_purchase")["status"]) == {"cancelled", "refunded"}


def test_the_customers_own_totals_tell_of_every_lost_order() -> None:
    assert (both()["said"] >= both()["found"]).all()
    assert (both()["said"] - both()["found"]).sum() == len(lost()) > 10


def test_the_customers_files_broke_off_too_and_know_nothing_of_some_who_ordered() -> None:
    assert both()["found"].sum() < len(real())


def test_the_lost_orders_are_the_oldest() -> None:
    assert max(lost()) < f"O{numbers().min():07d}"
    assert len(lost()) == len({*lost()} & {f"O{number:07d}" for number in range(1, numbers().min())})


def test_who_stood_in_the_file_twice_is_one_person() -> None:
    rows = delivered("profile_snapshots")["profile_id"]
    assert len(rows) - rows.nunique() == len(truth("faults", "case_duplicates")) > 0


def test_the_delivery_ends_in_the_middle_of_october_and_not_the_sales() -> None:
    by_month = delivered("orders")["ordered_on"].astype(str).str[:7].value_counts()
    assert "2026-10-08" < day() < "2026-10-24"
    assert by_month["2026-10"] < 0.6 * by_month["2026-09"]
    assert by_month["2026-10"] + len(truth("faults", "right_censored")) > 0.75 * by_month["2026-09"]


def test_after_the_last_day_the_active_customers_melt_away() -> None:
    assert first().at(AS_OF).count("active_customers") < 0.75 * first().at(day()).count("active_customers")


def test_what_was_not_delivered_is_no_number_and_says_why() -> None:
    counted = first().at(day()).count_all().set_index("segment")
    assert counted.loc[["engaged_recently", "dead_weight"], "reason"].tolist() == ["no_email_events"] * 2
    assert counted.loc["window_shoppers", "reason"] == "no_site_events"
    assert counted.loc[["engaged_recently", "dead_weight", "window_shoppers"], "members"].isna().all()
    assert counted.loc["active_customers", "members"] > 0
    with pytest.raises(segkit.SegkitError, match="dead_weight cannot be counted"):
        first().at(day()).count("dead_weight")


def test_the_unknown_never_bought_or_bought_over_a_year_ago() -> None:
    known = first().at(day()).features().set_index("profile_id").loc[sorted(unknown())]
    assert ((known["order_count"] == 0) | (known["recency_days"] > 365)).all()


def test_a_zero_would_make_dead_weight_of_all_of_them(tmp_path: Path) -> None:
    """One mail of somebody else makes it a delivery with mail, and so everybody else's silence a zero."""
    shutil.copytree(first().store.folder, tmp_path / "canonical")
    events = delivered("email_events", whole())
    events[~events["profile_id"].isin(unknown())].head(1).to_parquet(tmp_path / "canonical/email_events.parquet")
    personas = segkit.open(tmp_path, client=first().client).at(day()).personas().set_index("profile_id")["persona"]
    assert set(personas[sorted(unknown())]) == {"dead_weight"}


def test_the_second_delivery_shows_that_many_are_not_dead_weight() -> None:
    assert 0.25 < (turned_out() == "dead_weight").mean() < 0.75
    assert {"false_starts", "almost_there", "window_shoppers"} <= set(turned_out())


def share_that_read(people: pd.Index) -> float:
    """Of those whose address ends in the number of the answer key, who truly read a mail, seen or not."""
    customers = truth("customers")
    read = customers.set_index(customers["profile_id"].str.lstrip("C").astype(int))["mails_read"] > 0
    numbered = people[~people.str.startswith("gast")].str.extract(r"(\d+)@")[0].dropna().astype(int)
    return float(read[numbered].mean())


def test_nearly_all_of_those_whom_a_zero_throws_out_did_read_and_few_of_the_dead_weight() -> None:
    is_dead = turned_out() == "dead_weight"
    assert share_that_read(turned_out().index[~is_dead]) > 0.9
    assert share_that_read(turned_out().index[is_dead]) < 0.5


def test_who_is_unknown_and_not_in_the_second_table_came_after_the_last_day() -> None:
    created = delivered("profiles", whole()).set_index("profile_id")["created_at"]
    late = sorted(unknown() - set(turned_out().index))
    assert late
    assert set(late) & set(delivered("profile_snapshots")["profile_id"])  # so the customers were exported after the orders
    assert (created[late].dt.strftime("%Y-%m-%d") > day()).all()


def test_klaviyo_knows_the_orders_too_and_they_are_set_aside() -> None:
    told = [row for receipt in whole().load["receipts"] for row in receipt["kinds"] if row["kind"] == "told_elsewhere"]
    assert sum(row["rows"] for row in told) > 0.9 * len(real())
    assert {row["verdict"] for row in told} == {"set_aside"}
    assert len(delivered("orders", whole())) == len(delivered("orders"))


def test_some_people_have_no_record_of_consent_and_may_not_be_mailed() -> None:
    people = first().at(day()).features().query("not has_consent_record")
    assert len(people) > 0
    assert not people["is_mailable"].any()
    assert set(people["profile_id"]) <= set(delivered("orders")["profile_id"])


@cache
def right(exercise: str) -> float | set[str]:
    return answers_of("lesson_03")[exercise](whole().at(AS_OF))  # type: ignore[return-value]


def refused(exercise: str, *answers: object) -> None:
    for wrong in answers:
        start_again()
        assert exercises()[exercise].hint in said(exercise, wrong, right(exercise))


def test_lost_orders_are_right_and_near_misses_are_refused() -> None:
    assert said("3a", both()["said"].sum() - both()["found"].sum(), right("3a")).startswith("3a is right")
    assert right("3a") == len(lost())
    totals, orders = both()["said"].sum(), delivered("orders")
    customers_short = (both()["said"] > both()["found"]).sum()
    with_tests, purchases = len(orders), orders["counts_as_purchase"].sum()
    refused("3a", customers_short, totals - with_tests, totals - purchases, totals - len(real()), totals, both()["found"].sum(), 2)


def test_active_customers_are_right_on_the_last_day_only() -> None:
    assert said("3b", first().at(day()).count("active_customers"), right("3b")).startswith("3b is right")
    view: View = first().at(day())
    refused(
        "3b", first().at(AS_OF).count("active_customers"), first().at("2026-09-30").count("active_customers"), view.count("more_than_once")
    )


def test_who_is_no_dead_weight_is_right_and_near_misses_are_refused() -> None:
    assert said("3c", turned_out()[turned_out() != "dead_weight"].index, right("3c")).startswith("3c is right")
    after = whole().at(day()).personas().query("persona != 'dead_weight'")
    late = whole().at(AS_OF).personas().query("persona != 'dead_weight'")["profile_id"]
    refused("3c", turned_out()[turned_out() == "dead_weight"].index, turned_out().index, unknown(), after, set(late) & unknown())
