"""Real deliveries, read by the mappings in data/mappings, give the figures that are known of them."""

from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import segkit


def table(shop: segkit.Shop, name: str) -> pd.DataFrame:
    return pq.read_table(shop.store.folder / f"{name}.parquet").to_pandas()


@pytest.fixture(scope="module")
def cd_shop(cdnow: Path, checkout: Path) -> segkit.Shop:
    return segkit.open(cdnow / "CDNOW_master.txt", mapping=checkout / "data/mappings/cdnow.yaml")


def test_cdnow_orders_buyers_and_revenue(cd_shop: segkit.Shop) -> None:
    """69,659 orders of 23,570 people (Fader and Hardie's master file)."""
    orders = table(cd_shop, "orders")
    assert (len(orders), orders["profile_id"].nunique()) == (69_659, 23_570)
    assert f"{orders['total'].sum():.2f}" == "2500315.63"
    assert set(orders["currency"]) == {"USD"}
    assert orders["order_id"].is_unique


def test_cdnow_orders_of_nothing_stay_purchases(cd_shop: segkit.Shop) -> None:
    orders = table(cd_shop, "orders")
    free = orders[orders["total"] == 0]
    assert len(free) == 80
    assert orders["counts_as_purchase"].all()


def test_cdnow_days_are_those_of_the_file(cd_shop: segkit.Shop) -> None:
    days = table(cd_shop, "orders")["ordered_on"]
    assert (str(days.min()), str(days.max())) == ("1997-01-01", "1998-06-30")


@pytest.fixture(scope="module")
def grocer(complete_journey: Path, checkout: Path) -> segkit.Shop:
    return segkit.open(complete_journey, mapping=checkout / "data/mappings/complete_journey.yaml")


def test_complete_journey_baskets_fall_on_the_shops_own_days(grocer: segkit.Shop) -> None:
    """Timestamps are UTC without saying so; read as local, 18.3 % of the baskets land on another day and some in 2018."""
    orders, items = table(grocer, "orders"), table(grocer, "order_items")
    assert len(items) == 1_469_307
    assert (str(orders["ordered_on"].min()), str(orders["ordered_on"].max())) == ("2017-01-01", "2017-12-31")
    moved = (pd.to_datetime(orders["ordered_at"]).dt.date != orders["ordered_on"]).mean()
    assert 0.18 < moved < 0.19


def test_complete_journey_adds_up(grocer: segkit.Shop) -> None:
    orders, items = table(grocer, "orders"), table(grocer, "order_items")
    assert orders["profile_id"].nunique() == 2_469
    assert orders["total"].sum() == items["line_total"].sum()
    used = {receipt["file"] for receipt in grocer.load["receipts"] if receipt["status"] == "read"}
    assert used == {"transactions.parquet", "products.parquet"}


@pytest.fixture(scope="module")
def damaged(real_data: Path, checkout: Path) -> segkit.Shop:
    folder = real_data / "online_retail_damaged"
    return segkit.open(folder, mapping=checkout / "data/mappings/online_retail.yaml")


def test_a_file_that_went_through_a_spreadsheet_is_read_month_first(damaged: segkit.Shop) -> None:
    (receipt,) = [receipt for receipt in damaged.load["receipts"] if receipt["status"] == "read"]
    assert receipt["date_order"] == "mdy"
    assert receipt["rows_read"] == 240_007
    assert receipt["rows_read"] == sum(receipt[part] for part in ("kept", "mended", "set_aside", "refused"))
    days = table(damaged, "orders")["ordered_on"]
    assert (str(days.min()), str(days.max())) == ("2010-12-01", "2011-06-26")


def test_it_holds_the_same_orders_as_the_whole_file(damaged: segkit.Shop, real_data: Path, checkout: Path) -> None:
    """All but the last, in which the file was cut off."""
    whole = segkit.open(real_data / "online_retail_2010_2011", mapping=checkout / "data/mappings/online_retail.yaml")
    (receipt,) = whole.load["receipts"]
    assert (receipt["rows_read"], receipt["kept"] + receipt["mended"] + receipt["set_aside"]) == (541_909, 541_909)
    assert (len(table(whole, "profiles")), len(table(whole, "refunds"))) == (4_372, 3_836)
    assert whole.load["duplicates"] == {"online_retail.lines": 5_268}
    columns = ["order_id", "profile_id", "ordered_at", "total"]
    ours, theirs = (table(shop, "orders")[columns].sort_values("order_id", ignore_index=True) for shop in (damaged, whole))
    common = theirs[theirs["order_id"].isin(ours["order_id"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(ours.iloc[:-1], common.iloc[:-1])
