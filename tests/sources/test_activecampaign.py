"""ActiveCampaign's API answers, as its documentation shows them: a small account written by hand."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import segkit

ZONE = "Europe/Amsterdam"
LINKS = {"links": {"self": "https://account.api-us1.com/api/3/x"}}


def answer(folder: Path, name: str, **resources: list[dict[str, Any]]) -> None:
    """One saved answer: records under the name of their resource, numbered where they say no id."""
    listed = {
        kind: [{"id": str(number), **record, **LINKS} for number, record in enumerate(records, 1)] for kind, records in resources.items()
    }
    total = len(next(iter(listed.values())))
    (folder / f"{name}.json").write_text(json.dumps({**listed, "meta": {"total": str(total)}}), encoding="utf-8")


def contact(email: str, **more: str) -> dict[str, Any]:
    return {
        "email": email,
        "cdate": "2025-01-10T09:00:00+01:00",
        "udate": "2025-06-01T12:00:00+02:00",
        "deleted_at": "0000-00-00 00:00:00",
        "phone": "",
        **more,
    }


def on_list(who: str, list_id: str, status: str, **more: str) -> dict[str, Any]:
    return {
        "contact": who,
        "list": list_id,
        "status": status,
        "sdate": "2025-02-01T10:00:00+01:00",
        "udate": None,
        "created_timestamp": "2025-02-01 09:00:00",
        **more,
    }


def order(number: str | None, email: str, cents: object, **more: object) -> dict[str, Any]:
    return {
        "connectionid": "1", "customerid": "1", "state": "1", "source": "1", "externalid": number, "externalcheckoutid": None, "orderNumber": number,
        "email": email, "totalPrice": cents, "discountAmount": "0", "shippingAmount": "495", "taxAmount": "100", "currency": "eur",
        "externalCreatedDate": "2025-07-01T00:30:00+02:00", "externalUpdatedDate": "2025-07-01T00:30:00+02:00", "abandonedDate": None, **more,
    }  # fmt: skip


def goods(of: str, product: str, cents: int, pieces: int = 1) -> dict[str, Any]:
    return {
        "orderid": of,
        "externalid": product,
        "sku": product.lower(),
        "name": product.title(),
        "price": str(cents),
        "quantity": str(pieces),
        "category": "taart",
    }


def people(folder: Path) -> None:
    """Four contacts, two lists, a tag."""
    answer(
        folder, "contacts",
        contacts=[contact("Anna@Example.com", firstName="Anna"), contact("bram@example.com"), contact("chloe@example.com"), contact("daan@example.com")],
    )  # fmt: skip
    answer(folder, "lists", lists=[{"name": "Nieuwsbrief", "stringid": "nieuwsbrief"}, {"name": "Acties", "stringid": "acties"}])
    answer(
        folder, "contactLists",
        contactLists=[
            on_list("1", "1", "1"), on_list("1", "2", "1"), on_list("2", "1", "2", udate="2025-03-01T10:00:00+01:00", campaign="5", message="5"),
            on_list("3", "1", "0"), on_list("4", "1", "3", udate="2025-04-01T10:00:00+02:00"),
        ],
    )  # fmt: skip
    answer(folder, "tags", tags=[{"tag": "vip", "tagType": "contact"}])
    answer(folder, "contactTags", contactTags=[{"contact": "1", "tag": "1", "cdate": "2025-05-01T10:00:00+02:00"}])


def trade(folder: Path) -> None:
    """One person as a customer of two shops, an order that lay abandoned first, a cart that was left behind."""
    anna, told = {"email": "anna@example.com"}, {"tstamp": "2025-09-01T00:00:00+02:00"}
    answer(
        folder, "ecomCustomers",
        ecomCustomers=[
            {**anna, **told, "connectionid": "1", "externalid": "900", "totalRevenue": "5000", "totalOrders": "2"},
            {**anna, **told, "connectionid": "2", "externalid": "17", "totalRevenue": "1250", "totalOrders": "1"},
        ],
    )  # fmt: skip
    answer(
        folder, "ecomOrders",
        ecomOrders=[
            order("1001", "anna@example.com", "2995"),
            order("1002", "ANNA@example.com", 2005, state="3", externalcheckoutid="K2", abandonedDate="2025-06-30T20:00:00+02:00"),
            order(None, "bram@example.com", "3495", state="2", externalcheckoutid="K3", abandonedDate="2025-07-02T20:00:00+02:00"),
            order("17-4", "anna@example.com", "1250", connectionid="2", state="0"),
        ],
    )  # fmt: skip
    bought = [goods("1", "TAART", 2500), goods("2", "BROOD", 375, 4), goods("3", "TAART", 2500), goods("3", "REEP", 995)]
    answer(folder, "ecomOrderProducts", ecomOrderProducts=bought)


def mail(folder: Path) -> None:
    """A newsletter to two contacts, of whom one opens and clicks, also through Apple's proxy, and to one it comes back."""
    single = {"id": "5", "type": "single", "name": "Juli", "sdate": "2025-07-01T10:00:00+02:00"}
    answer(
        folder,
        "campaigns",
        campaigns=[single, {"id": "6", "type": "automation", "name": "Welkom"}],
        campaignMessages=[{"campaignid": "5", "messageid": "9"}],
    )
    answer(folder, "messages", messages=[{"id": "9", "subject": "De taart van juli"}])
    sent = {"campaignid": "5", "messageid": "9", "tstamp": "2025-07-01T10:00:00+02:00"}
    later = {**sent, "tstamp": "2025-07-01T12:00:00+02:00"}
    answer(
        folder, "activities",
        activities=[{"subscriberid": "1", "reference_type": "Log", "reference_id": "1", "tstamp": sent["tstamp"]}],
        logs=[{**sent, "subscriberid": "1"}, {**sent, "subscriberid": "4"}, {**sent, "subscriberid": "4", "tstamp": "2025-08-01T10:00:00+02:00"}],
        linkData=[{**later, "subscriberid": "1", "linkid": "1", "times": "1"}, {**later, "subscriberid": "1", "linkid": "2", "times": "1"}],
        mppLinkData=[{**sent, "subscriberid": "1", "linkid": "1", "times": "1"}],
        links=[{"link": "open", **sent}, {"link": "https://shop.example/taart", **sent}],
    )  # fmt: skip
    answer(folder, "bounceLogs", bounceLogs=[{**sent, "subscriberid": "4", "tstamp": "2025-07-01T10:00:09+02:00", "code": "5.1.1"}])
    events = [
        {"subscriberid": "1", "type": name, "value": value, "tstamp": sent["tstamp"]}
        for name, value in (("Viewed Product", "TAART"), ("Played Game", ""))
    ]
    answer(folder, "trackingLogs", trackingLogs=events)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> segkit.Shop:
    folder = tmp_path_factory.mktemp("activecampaign")
    for part in (people, trade, mail):
        part(folder)
    return segkit.open(folder, time_zone=ZONE)


def table(shop: segkit.Shop, name: str) -> pd.DataFrame:
    return pd.read_parquet(shop.store.folder / f"{name}.parquet")


def test_amounts_are_in_cents(shop: segkit.Shop) -> None:
    orders = table(shop, "orders").set_index("order_number")
    assert orders["total"].to_dict() == {"1001": Decimal("29.95"), "1002": Decimal("20.05"), "17-4": Decimal("12.50")}
    assert {*orders["shipping_total"]} == {Decimal("4.95")}
    lines = table(shop, "order_items")
    assert sorted(lines["line_total"]) == [Decimal("15.00"), Decimal("25.00")]


def test_an_abandoned_cart_is_no_order_and_its_goods_are_no_order_lines(shop: segkit.Shop) -> None:
    orders, carts = table(shop, "orders"), table(shop, "carts").set_index("cart_id")
    assert sorted(orders["order_number"]) == ["1001", "1002", "17-4"]
    assert carts["state"].to_dict() == {"K2": "recovered", "K3": "abandoned"}
    assert carts.loc["K3", "profile_id"] == "bram@example.com"
    assert carts.loc["K3", "value"] == Decimal("34.95")
    assert carts.loc["K3", "product_ids"].tolist() == ["TAART", "REEP"]
    assert carts.loc["K2", "recovered_order_id"] == orders.set_index("order_number").loc["1002", "order_id"]
    assert carts.loc["K3", "recovered_order_id"] is None or pd.isna(carts.loc["K3", "recovered_order_id"])


def test_only_completed_orders_are_purchases(shop: segkit.Shop) -> None:
    orders = table(shop, "orders").set_index("order_number")
    assert orders["counts_as_purchase"].to_dict() == {"1001": True, "1002": True, "17-4": False}
    assert orders.loc["17-4", "status"] == "open"


def test_times_carry_the_accounts_offset(shop: segkit.Shop) -> None:
    orders = table(shop, "orders").set_index("order_number")
    assert str(orders.loc["1001", "ordered_at"]) == "2025-06-30 22:30:00"
    assert str(orders.loc["1001", "ordered_on"]) == "2025-07-01"


def test_one_person_may_be_several_customers(shop: segkit.Shop) -> None:
    identities = table(shop, "profile_identities")
    customers = identities[identities["id_type"] == "customer_id"].set_index("source_id")["profile_id"]
    assert customers.to_dict() == {"1:900": "anna@example.com", "2:17": "anna@example.com"}
    (totals,) = table(shop, "profile_snapshots").to_dict("records")
    assert (totals["orders_count"], totals["total_spent"]) == (3, Decimal("62.50"))
    assert len(table(shop, "profiles")) == 4


def test_consent_is_a_status_per_list(shop: segkit.Shop) -> None:
    consents = table(shop, "consents").set_index(["profile_id", "list_id"])
    assert consents["status"].to_dict() == {
        ("anna@example.com", "1"): "subscribed", ("anna@example.com", "2"): "subscribed", ("bram@example.com", "1"): "unsubscribed",
        ("chloe@example.com", "1"): "pending", ("daan@example.com", "1"): "suppressed",
    }  # fmt: skip
    assert str(consents.loc[("bram@example.com", "1"), "occurred_at"]) == "2025-03-01 09:00:00"
    mailable = shop.at("2025-12-31").features().set_index("profile_id")["is_mailable"]
    assert mailable.to_dict() == {
        "anna@example.com": True,
        "bram@example.com": False,
        "chloe@example.com": False,
        "daan@example.com": False,
    }


def test_lists_and_tags_are_memberships_with_their_names(shop: segkit.Shop) -> None:
    members = table(shop, "list_memberships")
    assert members.groupby(["kind", "list_name"]).size().to_dict() == {("list", "Acties"): 1, ("list", "Nieuwsbrief"): 4, ("tag", "vip"): 1}


def test_mail_was_received_unless_it_came_back_and_apples_opens_are_machines(shop: segkit.Shop) -> None:
    events = table(shop, "email_events")
    assert events["event_type"].value_counts().to_dict() == {
        "received": 2,
        "opened": 2,
        "sent": 1,
        "bounced": 1,
        "clicked": 1,
        "unsubscribed": 1,
    }
    opens = events[events["event_type"] == "opened"]
    assert sorted(opens["is_machine_open"]) == [False, True]
    (sent,) = events[events["event_type"] == "sent"].to_dict("records")
    assert (sent["profile_id"], str(sent["occurred_at"])) == ("daan@example.com", "2025-07-01 08:00:00")  # not the mail of August
    assert events.loc[events["event_type"] == "bounced", "bounce_type"].tolist() == ["hard"]
    assert events.loc[events["event_type"] == "clicked", "url"].tolist() == ["https://shop.example/taart"]
    assert events.loc[events["event_type"] == "unsubscribed", "message_id"].tolist() == ["5"]


def test_messages_have_their_subject_and_kind(shop: segkit.Shop) -> None:
    messages = table(shop, "messages").set_index("name")
    assert messages["kind"].to_dict() == {"Juli": "campaign", "Welkom": "flow"}
    assert messages.loc["Juli", "subject"] == "De taart van juli"


def test_events_of_names_nobody_knows_are_set_aside(shop: segkit.Shop) -> None:
    assert table(shop, "site_events")[["event_type", "product_id"]].to_numpy().tolist() == [["viewed_product", "TAART"]]
    receipts = shop.receipts().set_index("file")
    assert receipts.loc["trackingLogs.json", "set_aside"] == 1
    assert receipts.loc["ecomOrderProducts.json", "set_aside"] == 2
    assert {*receipts["reader"]} == {"activecampaign"}
    assert {*receipts["status"]} == {"read"}


def test_a_json_file_of_somebody_else_is_not_taken_for_an_answer(tmp_path: Path) -> None:
    (tmp_path / "contacts.json").write_text(json.dumps({"contacts": [{"id": 1, "mail": "anna@example.com"}]}), encoding="utf-8")
    answer(tmp_path, "tags", tags=[{"tag": "vip"}])
    answer(tmp_path, "contactLists", contactLists=[on_list("1", "1", "1")])
    receipts = segkit.open(tmp_path, time_zone=ZONE).receipts().set_index("file")
    assert receipts.loc["contacts.json", "reason"] == "no_reader"


def test_a_shops_own_orders_win_and_carts_still_come_from_the_platform(tmp_path: Path) -> None:
    answer(
        tmp_path,
        "ecomOrders",
        ecomOrders=[
            order("1001", "anna@example.com", "2995"),
            order(None, "bram@example.com", "3495", state="2", externalcheckoutid="K3", abandonedDate="2025-07-02T20:00:00+02:00"),
        ],
    )
    export = Path(__file__).with_name("exports") / "shopify/orders_export.csv"
    (tmp_path / export.name).write_bytes(export.read_bytes())
    shop = segkit.open(tmp_path, time_zone=ZONE)
    assert {*table(shop, "orders")["source_system"]} == {"shopify"}
    assert table(shop, "carts")["cart_id"].tolist() == ["K3"]
