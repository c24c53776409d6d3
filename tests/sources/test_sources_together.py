"""A shop's export and a mail platform's in one delivery: each tells what it knows best, and nothing is told twice."""

import json
import shutil
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import segkit

EXPORTS = Path(__file__).with_name("exports")
KEPT, SET_ASIDE = "kept", "set_aside"


def table(shop: segkit.Shop, name: str) -> pd.DataFrame:
    return pd.read_parquet(shop.store.folder / f"{name}.parquet")


@pytest.fixture
def delivered(tmp_path: Path) -> Callable[..., segkit.Shop]:
    def open_with(*files: str) -> segkit.Shop:
        for pattern in files:
            for file in EXPORTS.glob(pattern):
                shutil.copy2(file, tmp_path / file.name)
        return segkit.open(tmp_path, time_zone="Europe/Amsterdam")

    return open_with


def rows_by_kind(shop: segkit.Shop) -> Counter[tuple[str, str]]:
    """Rows per (kind or reason, verdict) over all files."""
    counts: Counter[tuple[str, str]] = Counter()
    for receipt in shop.load["receipts"]:
        counts.update({(str(kind["kind"]), kind["verdict"]): kind["rows"] for kind in receipt["kinds"]})
    return counts


def test_a_no_in_the_shop_does_not_undo_a_subscription_at_the_mail_platform(delivered: Callable[..., segkit.Shop]) -> None:
    """Fatima ticked nothing at the checkout and subscribed at the newsletter form; Daan said yes in the shop and left the newsletter."""
    shop = delivered("shopify/customers_export.csv", "klaviyo_api/*.json")
    mailable = shop.at("2026-06-01").features().set_index("profile_id")["is_mailable"]
    assert mailable["fatima@example.com"]
    assert not mailable["daan@example.com"]
    assert not mailable["chloe@example.com"]


def test_events_that_the_shops_export_tells_better_are_set_aside_and_counted(delivered: Callable[..., segkit.Shop]) -> None:
    shop = delivered("shopify/orders_export.csv", "klaviyo_api/*.json")
    kinds = rows_by_kind(shop)
    assert kinds["told_elsewhere", SET_ASIDE] == 3 + 6 + 1 + 2  # orders, their lines, a cancellation, refunds
    assert not {kind for kind, verdict in kinds if verdict == KEPT} & {"shop_order", "order_line", "cancellation", "refund"}
    assert set(table(shop, "orders")["source_system"]) == {"shopify"}


def test_without_the_shops_export_the_platforms_copy_is_used(delivered: Callable[..., segkit.Shop]) -> None:
    shop = delivered("klaviyo_api/*.json")
    kinds = rows_by_kind(shop)
    assert {kind: kinds[kind, KEPT] for kind in ("shop_order", "order_line", "cancellation", "refund")} == {
        "shop_order": 3, "order_line": 6, "cancellation": 1, "refund": 2,
    }  # fmt: skip
    assert table(shop, "refunds")["amount"].sum() == Decimal("27.45")


def test_one_person_in_three_exports_is_one_profile(delivered: Callable[..., segkit.Shop]) -> None:
    shop = delivered("shopify/orders_export.csv", "shopify/customers_export.csv", "klaviyo_api/*.json")
    profiles, events = table(shop, "profiles"), table(shop, "email_events")
    assert profiles["profile_id"].is_unique
    assert profiles["email"].dropna().is_unique
    eva = table(shop, "profile_identities").query("profile_id == 'eva@example.com'")
    assert set(zip(eva["source_system"], eva["source_id"], strict=True)) == {
        ("shopify", "7210448301105"), ("klaviyo", "01K0EVA0000000000000000000"),
    }  # fmt: skip
    assert "eva@example.com" in set(events["profile_id"])


def page(data: list[dict[str, Any]], link: str = "https://a.klaviyo.com/api/events") -> str:
    return json.dumps({"data": data, "links": {"self": link, "next": None}})


def event(number: int) -> dict[str, Any]:
    ids = {"metric": "M1", "profile": "P1"}
    return {
        "type": "event", "id": f"e{number}", "attributes": {"datetime": f"2026-01-0{number}T10:00:00+00:00", "event_properties": {"$message": "m1"}},
        "relationships": {name: {"data": {"type": name, "id": value}} for name, value in ids.items()},
    }  # fmt: skip


METRIC = {"type": "metric", "id": "M1", "attributes": {"name": "Opened Email"}}


def test_an_event_that_comes_twice_counts_once_in_one_page_or_over_two(tmp_path: Path) -> None:
    (tmp_path / "events_1.json").write_text(page([event(1), event(2), event(1)]), encoding="utf-8")
    (tmp_path / "events_2.json").write_text(page([event(2), event(3)]), encoding="utf-8")
    (tmp_path / "metrics.json").write_text(page([METRIC]), encoding="utf-8")
    shop = segkit.open(tmp_path)
    assert sorted(table(shop, "email_events")["event_id"]) == ["e1", "e2", "e3"]
    kinds = rows_by_kind(shop)
    assert kinds["repeated", SET_ASIDE] + kinds["overlap", SET_ASIDE] == 2


def test_names_of_metrics_may_come_inside_the_page_of_events(tmp_path: Path) -> None:
    (tmp_path / "events.json").write_text(json.dumps({"data": [event(1)], "included": [METRIC]}), encoding="utf-8")
    assert list(table(segkit.open(tmp_path), "email_events")["event_type"]) == ["opened"]


def test_events_whose_metrics_were_not_delivered_are_set_aside_and_said_so(tmp_path: Path) -> None:
    (tmp_path / "events.json").write_text(page([event(1), event(2)]), encoding="utf-8")
    shutil.copy2(EXPORTS / "shopify/customers_export.csv", tmp_path)
    assert rows_by_kind(segkit.open(tmp_path))["unnamed", SET_ASIDE] == 2


def test_the_members_of_a_list_are_people_too(tmp_path: Path) -> None:
    """Pages of a list alone: names and addresses come from them."""
    for file in EXPORTS.glob("klaviyo_api/list_BR00D1*.json"):
        shutil.copy2(file, tmp_path)
    profiles = table(segkit.open(tmp_path), "profiles")
    assert sorted(profiles["email"]) == ["anna@example.com", "eva@example.com", "ingrid@example.com", "marie@example.com"]
    assert profiles["first_name"].notna().all()


def test_one_profile_asked_for_by_its_id(tmp_path: Path) -> None:
    anna = json.loads((EXPORTS / "klaviyo_api/profiles_page1.json").read_text(encoding="utf-8"))["data"][0]
    (tmp_path / "profile.json").write_text(json.dumps({"data": anna}), encoding="utf-8")
    assert list(table(segkit.open(tmp_path), "profiles")["profile_id"]) == ["anna@example.com"]


def test_a_json_table_has_the_columns_of_all_its_records(tmp_path: Path) -> None:
    records = [{"order": "1", "day": "2026-01-01"}, {"order": "2", "day": "2026-01-02", "amount": 7.5}]
    (tmp_path / "orders.json").write_text(json.dumps(records), encoding="utf-8")
    mapping = {
        "source": "shop",
        "read": {"orders": {"files": "*.json", "columns": {
            "order_no": {"from": "order", "type": "id"}, "day": {"from": "day", "type": "date"}, "amount": {"from": "amount", "type": "money"}}}},
        "write": {"orders": {"from": "orders", "one_row_per": {"order_id": "order_no"}, "columns": {"ordered": "min(day)", "shipping_total": "max(amount)"}}},
    }  # fmt: skip
    orders = table(segkit.open(tmp_path, mapping=mapping), "orders").set_index("order_id")
    assert orders.loc["2", "shipping_total"] == Decimal("7.5")
    assert pd.isna(orders.loc["1", "shipping_total"])


def test_json_that_holds_no_records_is_listed_as_unused(tmp_path: Path) -> None:
    (tmp_path / "numbers.json").write_text("[1, 2]", encoding="utf-8")
    shutil.copy2(EXPORTS / "shopify/customers_export.csv", tmp_path)
    receipts = {receipt["file"]: receipt for receipt in segkit.open(tmp_path).load["receipts"]}
    assert receipts["numbers.json"]["status"] == "unused"
    assert receipts["numbers.json"]["reason"] == "unreadable"
    assert "no records" in receipts["numbers.json"]["detail"]


CSV_AND_API = {
    "profile": {
        "type": "profile", "id": "P1",
        "attributes": {
            "email": "eva@example.com", "updated": "2026-05-01T10:00:00+00:00", "predictive_analytics": {"historic_number_of_orders": 3, "historic_clv": 90.0},
            "subscriptions": {"email": {"marketing": {
                "consent": "SUBSCRIBED", "consent_timestamp": "2026-01-02T10:00:00.250000+00:00", "method": "FORM", "double_optin": True,
                "suppression": [{"reason": "HARD_BOUNCE", "timestamp": "2026-04-01T10:00:00+00:00"}],
            }}},
        },
    },
    "csv": "Email,Klaviyo ID,Email Marketing Consent,Email Marketing Consent Timestamp,Email Suppressions,Last Open,Historic Number Of Orders\n"
           "eva@example.com,P1,SUBSCRIBED,2026-01-02 10:00:00,HARD_BOUNCE,2026-03-03 09:00:00,3\n"
           "only@example.com,P2,SUBSCRIBED,2026-01-02 10:00:00,HARD_BOUNCE,2026-03-03 09:00:00,1\n",
}  # fmt: skip


def test_a_profile_in_the_export_and_in_the_api_is_told_once_with_what_each_of_them_knows(tmp_path: Path) -> None:
    (tmp_path / "profiles.json").write_text(page([CSV_AND_API["profile"]], "https://a.klaviyo.com/api/profiles"), encoding="utf-8")  # type: ignore[list-item]
    (tmp_path / "profiles.csv").write_text(str(CSV_AND_API["csv"]), encoding="utf-8")
    shop = segkit.open(tmp_path)
    consents = table(shop, "consents").sort_values(["profile_id", "status"])
    assert list(zip(consents["profile_id"], consents["status"], consents["method"].notna(), strict=True)) == [
        ("eva@example.com", "subscribed", True), ("eva@example.com", "suppressed", False),
        ("only@example.com", "subscribed", False), ("only@example.com", "suppressed", False),
    ]  # fmt: skip
    assert consents["occurred_at"].notna().tolist() == [True, True, True, False]
    snapshots = table(shop, "profile_snapshots").set_index("profile_id")
    assert snapshots.index.is_unique
    assert snapshots.loc["eva@example.com", ["orders_count", "total_spent"]].astype(int).tolist() == [3, 90]
    assert snapshots["last_open_at"].notna().all()
    assert snapshots.loc["eva@example.com", "as_of"] == pd.Timestamp("2026-05-01 10:00:00")
