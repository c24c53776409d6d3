"""Shopify and Klaviyo exports give what EXPECTED.yaml counted by hand in them."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from ruamel.yaml import YAML

import segkit
from segkit.settings import Client

EXPORTS = Path(__file__).with_name("exports")
TRUTH: dict[str, Any] = YAML(typ="safe").load((EXPORTS / "EXPECTED.yaml").read_text(encoding="utf-8"))
CLIENT = Client(name="Bakery", time_zone="Europe/Amsterdam", rates={"GBP": 1.17})  # the old export is in pounds
NOT_A_PURCHASE = {"#1005", "#1006", "#1008", "#1010", "#1012", "#1004"}  # voided, refunded, pending, test, authorised, refunded whole


@pytest.fixture(scope="module")
def opened() -> Callable[[str], segkit.Shop]:
    shops: dict[str, segkit.Shop] = {}

    def one(path: str) -> segkit.Shop:
        if path not in shops:
            shops[path] = segkit.open(EXPORTS / path, client=CLIENT)
        return shops[path]

    return one


def table(shop: segkit.Shop, name: str) -> pd.DataFrame:
    return pd.read_parquet(shop.store.folder / f"{name}.parquet")


def test_shopify_orders_are_whole_and_counted_once(opened: Callable) -> None:
    truth, shop = TRUTH["shopify/orders_export.csv"], opened("shopify/orders_export.csv")
    orders, items = table(shop, "orders"), table(shop, "order_items")
    assert (len(orders), len(items)) == (truth["orders"], truth["lines"])
    assert orders["total"].sum() == Decimal(truth["total"])
    assert orders["refunded_total"].sum() == Decimal(truth["refunded_total"])
    assert items["quantity"].sum() == Decimal(truth["pieces"])
    assert orders["financial_status"].value_counts().to_dict() == truth["financial_status"]
    assert sorted(orders.loc[orders["is_test"], "order_number"]) == truth["test"]
    assert sorted(orders.loc[orders["is_guest"], "order_number"]) == truth["guests"]
    assert orders["profile_id"].nunique() == truth["addresses"]
    assert orders.loc[orders["order_number"] == "#1003", "shipping_zip"].tolist() == ["75008"]


def test_shopify_purchases_are_the_orders_that_were_paid_and_kept(opened: Callable) -> None:
    """EXPECTED's second reading (money received), without the order that was given back whole (19.95)."""
    orders = table(opened("shopify/orders_export.csv"), "orders")
    told = orders[orders["counts_as_purchase"]]
    assert set(orders["order_number"]) - set(told["order_number"]) == NOT_A_PURCHASE
    whole = TRUTH["shopify/orders_export.csv"]["purchases"]["and_money_received"]
    assert told["total"].sum() == Decimal(whole["total"]) - Decimal("19.95")
    assert len(told) == whole["orders"] - 1


def test_shopify_moments_and_days(opened: Callable) -> None:
    orders = table(opened("shopify/orders_export.csv"), "orders").set_index("order_number")
    for name, moment in TRUTH["shopify/orders_export.csv"]["moments"].items():
        assert str(orders.loc[name, "ordered_at"]) == moment["utc"], name
        assert orders.loc[name, "ordered_on"] == moment["day"], name


def test_the_old_layout_reads_the_same_way(opened: Callable) -> None:
    truth, orders = TRUTH["shopify/orders_export_2012.csv"], table(opened("shopify/orders_export_2012.csv"), "orders")
    assert len(orders) == truth["orders"]
    assert orders["total"].sum() == Decimal(truth["total"])
    assert orders["refunded_total"].isna().all()  # absent, not zero
    for name, moment in truth["moments"].items():
        assert str(orders.set_index("order_number").loc[name, "ordered_at"]) == moment["utc"]


@pytest.mark.parametrize("file", ["shopify/customers_export.csv", "shopify/customers_export_old.csv"])
def test_shopify_customers(opened: Callable, file: str) -> None:
    truth, shop = TRUTH[file], opened(file)
    profiles, totals = table(shop, "profiles"), table(shop, "profile_snapshots")
    assert len(profiles) == truth["rows"]
    assert profiles["email"].isna().sum() == truth["without_email"]
    assert totals["orders_count"].sum() == truth["total_orders"]
    assert totals["total_spent"].sum() == Decimal(truth["total_spent"])
    assert shop.at("2026-06-01").features()["is_mailable"].sum() == truth["mailable"]


def test_klaviyo_profiles(opened: Callable) -> None:
    truth, shop = TRUTH["klaviyo/profiles.csv"], opened("klaviyo/profiles.csv")
    profiles, totals, consents = (table(shop, name) for name in ("profiles", "profile_snapshots", "consents"))
    assert len(profiles) == truth["profiles"]
    assert profiles["email"].isna().sum() == truth["without_email"]
    assert (profiles["email_valid"] == False).sum() == truth["invalid_email"]  # noqa: E712 (null is neither)
    assert consents["status"].value_counts()["suppressed"] == truth["suppressed"]
    assert totals["orders_count"].sum() == truth["orders_count"]
    assert totals["total_spent"].sum() == Decimal(truth["total_spent"])
    assert totals["total_spent"].isna().sum() == truth["spent_unknown"]
    assert totals["last_open_at"].notna().sum() == truth["with_last_open"]
    assert set(table(shop, "profile_properties")["name"]) == set(truth["custom"])
    assert shop.at("2026-06-01").features()["is_mailable"].sum() == truth["mailable"]


def test_klaviyo_api_profiles_and_consents(opened: Callable) -> None:
    truth, shop = TRUTH["klaviyo_api/profiles"], opened("klaviyo_api")
    consents = table(shop, "consents")
    by_kind = consents.groupby(["channel", "purpose", "status"]).size().to_dict()
    assert by_kind["email", "marketing", "suppressed"] == truth["suppressions"]
    assert by_kind["email", "open_tracking", "subscribed"] == truth["open_tracking"]["SUBSCRIBED"]
    assert by_kind["email", "open_tracking", "unsubscribed"] == truth["open_tracking"]["UNSUBSCRIBED"]
    assert by_kind["sms", "marketing", "subscribed"] == truth["sms_subscribed"]
    assert shop.at("2026-06-01").features()["is_mailable"].sum() == truth["mailable"]
    merged_away = TRUTH["klaviyo_api/events"]["unknown_profiles"]
    assert len(table(shop, "profiles")) == truth["profiles"] + merged_away


def test_klaviyo_api_mail_events_tell_people_from_machines(opened: Callable) -> None:
    truth, events = TRUTH["klaviyo_api/events"]["email"], table(opened("klaviyo_api"), "email_events")
    opens, clicks = events[events["event_type"] == "opened"], events[events["event_type"] == "clicked"]
    assert (opens["is_machine_open"] == False).sum() == truth["human_opens"]  # noqa: E712
    assert (opens["is_machine_open"] == True).sum() == truth["machine_opens"]  # noqa: E712
    assert opens["is_machine_open"].isna().sum() == truth["unknown_opens"]
    assert (clicks["is_bot_click"] != True).sum() == truth["clicks_without_bots"]  # noqa: E712
    sizes = events["event_type"].value_counts()
    for ours, theirs in {
        "received": "received",
        "bounced": "bounced",
        "spam_complaint": "spam_complaints",
        "unsubscribed": "unsubscribed",
        "dropped": "dropped",
    }.items():
        assert sizes[ours] == truth[theirs]
    assert len(table(opened("klaviyo_api"), "messages")) == truth["messages"]


def test_klaviyo_api_orders_are_not_added_to_their_own_lines(opened: Callable) -> None:
    truth, shop = TRUTH["klaviyo_api/events"]["shop"], opened("klaviyo_api")
    orders = table(shop, "orders")
    assert orders["total"].sum() == Decimal(truth["placed_value"])
    assert table(shop, "order_items")["line_total"].sum() == Decimal(truth["ordered_value"])
    # EXPECTED leaves out the cancelled order; the one that was given back whole (19.95) is no purchase either
    assert orders.loc[orders["counts_as_purchase"], "total"].sum() == Decimal(truth["purchases"]["total"]) - Decimal("19.95")
    assert orders.set_index("order_number")["status"].to_dict() == {
        "#1003": "partially_refunded",
        "#1004": "refunded",
        "#1006": "cancelled",
    }
    assert shop.at("2026-06-01").features()["revenue"].sum() == pytest.approx(float(truth["purchases"]["net"]))


def test_klaviyo_api_events_name_the_same_things_in_their_own_ways(opened: Callable) -> None:
    """Added to Cart calls the product AddedItemProductID, and Active on Site calls the address page; all stand in one file."""
    site = table(opened("klaviyo_api"), "site_events")
    assert site.loc[site["event_type"].isin(["viewed_product", "added_to_cart"]), "product_id"].notna().all()
    assert site.loc[site["event_type"] == "active_on_site", "url"].notna().all()


def test_an_answer_on_one_long_line_is_read(tmp_path: Path) -> None:
    """As an API gives it: without any line break, and longer than the sample that is looked at."""
    page = json.loads((EXPORTS / "klaviyo_api/profiles_page1.json").read_text(encoding="utf-8"))
    (first, *_), copies = page["data"], 400
    page["data"] = [
        {**first, "id": f"P{number}", "attributes": {**first["attributes"], "email": f"p{number}@example.com"}} for number in range(copies)
    ]
    (tmp_path / "profiles.json").write_text(json.dumps(page), encoding="utf-8")
    assert (tmp_path / "profiles.json").stat().st_size > 2 * (1 << 18)
    assert len(table(segkit.open(tmp_path), "profiles")) == copies


def test_klaviyo_api_lists(opened: Callable) -> None:
    members = table(opened("klaviyo_api"), "list_memberships")
    sizes = members.groupby("list_id").size().to_dict()
    assert sizes == {**TRUTH["klaviyo_api/lists"]["members"], **TRUTH["klaviyo_api/segments"]["members"]}
    assert set(members["list_name"]) <= {*TRUTH["klaviyo_api/lists"]["lists"].values(), *TRUTH["klaviyo_api/segments"]["segments"].values()}


def test_a_shops_own_orders_win_over_the_mail_platforms_copy(tmp_path: Path) -> None:
    for file in [EXPORTS / "shopify/orders_export.csv", *(EXPORTS / "klaviyo_api").glob("*.json")]:
        (tmp_path / file.name).write_bytes(file.read_bytes())
    shop = segkit.open(tmp_path, time_zone="Europe/Amsterdam")
    orders = table(shop, "orders")
    assert set(orders["source_system"]) == {"shopify"}
    assert len(orders) == TRUTH["shopify/orders_export.csv"]["orders"]
    assert table(shop, "refunds")["amount"].sum() == Decimal(TRUTH["shopify/orders_export.csv"]["refunded_total"])
    assert table(shop, "profiles")["profile_id"].is_unique


@pytest.mark.parametrize("path", ["shopify", "klaviyo/profiles.csv", "klaviyo_api"])
def test_every_row_has_a_place_in_its_receipt(opened: Callable, path: str) -> None:
    for receipt in opened(path).load["receipts"]:
        assert receipt["rows_read"] == sum(receipt[part] for part in ("kept", "mended", "set_aside", "refused")), receipt["file"]
    files = {receipt["file"] for receipt in opened(path).load["receipts"]}
    assert files == {file.name for file in ([EXPORTS / path] if "." in path else (EXPORTS / path).iterdir())}


def test_a_profiles_country_is_that_of_its_last_order(tmp_path: Path) -> None:
    header = "order,customer,day,amount,country\n"
    (tmp_path / "orders.csv").write_text(
        header + "1,ann,2026-03-01,5,NL\n2,ann,2026-05-01,5,Belgium\n3,ann,2026-06-01,5,\n4,bob,2026-01-01,5,Deutschland\n",
        encoding="utf-8",
    )
    columns = {"order_no": "order", "customer": "customer", "day": "day", "amount": "amount", "country": "country"}
    kinds = {"order_no": "id", "customer": "id", "day": "date", "amount": "money", "country": "country"}
    mapping = {
        "source": "shop",
        "read": {"orders": {"files": "*.csv", "unit": "order_no", "columns": {ours: {"from": theirs, "type": kinds[ours]} for ours, theirs in columns.items()}}},
        "write": {"orders": {"from": "orders", "one_row_per": {"order_id": "order_no"},
                             "columns": {"profile_id": "min(customer)", "ordered": "min(day)", "total": "sum(amount)", "shipping_country": "min(country)"}}},
    }  # fmt: skip
    profiles = segkit.open(tmp_path, mapping=mapping).at("2026-07-01").features().set_index("profile_id")
    assert profiles["country_code"].to_dict() == {"ann": "BE", "bob": "DE"}
