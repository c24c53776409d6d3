"""What ActiveCampaign's export and API carry comes back as it was, and what they cannot say is named."""

import csv
import json
from pathlib import Path

import pandas as pd
import pytest
from segkit_generators import Shop
from segkit_generators.exports import activecampaign
from segkit_generators.exports.delivery import Delivery

import segkit
from tests.generators.exports.trip import Trip, assert_same, make_trip, not_told

IDS, OURS = "ids are the system's own", "the platform knows only its own connections"
NO_STATE = "an order is pending, completed, abandoned or recovered, never cancelled or paid back"
ADDRESS = "only in fields of the client's own, read as properties"
CANNOT = {
    "profiles": {
        "profile_id": IDS, "external_id": "per connection, as an identity", "email_domain": "follows from the address", "email_valid": "follows from the address",
        "infix": "written before the last name", "last_name": "compared with its infix", "is_business": "no field", "gender": ADDRESS, "birth_year": ADDRESS,
        "birth_month": ADDRESS, "birth_day": ADDRESS, "locale": "no field", "city": ADDRESS, "zip": ADDRESS, "country_code": ADDRESS,
        "source": "compared as a tag", "is_test": "no field", "is_staff": "no field",
    },
    "consents": "a status per list and not the history, compared as such below",
    "products": "no catalogue in this API, only what order lines say", "product_categories": "no catalogue",
    "orders": {
        "order_id": IDS, "source_system": OURS, "profile_id": "compared as the address of the person", "is_guest": "an order belongs to a customer",
        "paid_at": "no field", "cancelled_at": NO_STATE, "status": NO_STATE, "financial_status": NO_STATE, "fulfillment_status": "no field",
        "source_status": "in the system's own words", "is_test": "no field", "counts_as_purchase": NO_STATE, "fx_to_base": "follows from the currency",
        "items_total": "only the total, carriage and tax", "refunded_total": NO_STATE, "net_base": NO_STATE, "discount_codes": "in a resource of their own",
        "source_name": "only imported or live", "store_id": "the connection, under its own number", "billing_country": "no field", "shipping_country": "no field",
        "shipping_zip": "no field", "cart_id": "only of carts that lay abandoned, compared there", "extract_id": IDS,
    },
    "order_items": {
        "order_item_id": IDS, "order_id": "compared as the order's number", "line_no": "no field", "brand": "no field", "discount": "on the order only",
        "tax": "on the order only", "refunded_quantity": NO_STATE,
    },
    "refunds": "the platform knows no refunds",
    "carts": {
        "profile_id": "compared as the address of the person", "recovered_order_id": "compared as the order's number", "updated_at": "that of the last change there",
        "currency": "compared on the orders",
    },
    "messages": {
        "message_id": IDS, "campaign_id": IDS, "flow_id": IDS, "source_system": OURS, "audience_names": "not in this answer",
    },
    "email_events": {
        "event_id": IDS, "profile_id": "compared as the address of the person", "message_id": "compared as the name of the message", "is_bot_click": "no field",
        "machine_open_basis": "in the system's own words", "client_type": "no field", "client_name": "no field", "client_os": "no field",
        "email_domain": "no field", "source_system": OURS, "extract_id": IDS,
    },
    "site_events": {
        "event_id": IDS, "profile_id": "compared as the address of the person", "session_id": "no field", "category": "an event has one value", "value": "an event has one value",
        "currency": "an event has one value", "properties": "an event has one value", "consent_basis": "no field", "source_system": OURS,
    },
    "list_memberships": {"profile_id": "compared as the address of the person", "list_id": IDS, "source_system": OURS},
    "feedback": "answers of a survey tool do not reach the platform by themselves",
    "experiment_assignments": "who was held out is known to whoever drew the lots",
}  # fmt: skip
MAIN_LIST = "Alle abonnees"


@pytest.fixture(scope="module")
def trip(small_bakery: Shop, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    return make_trip(small_bakery, "activecampaign", tmp_path_factory.mktemp("activecampaign"))


@pytest.fixture(scope="module")
def delivery(trip: Trip) -> Delivery:
    return activecampaign.deliver(trip.book)


@pytest.fixture(scope="module")
def expected(trip: Trip) -> dict[str, pd.DataFrame]:
    profiles = trip.book.people.assign(last_name=trip.book.people["surname"])
    items, carts, visits = trip.was("order_items"), trip.was("carts"), trip.was("site_events")
    items["line_total"] = items["unit_price"] * items["quantity"]  # prices are before discount
    carts["order_number"] = carts["recovered_order_id"].map(trip.book.table("orders")["order_number"])
    visits["url"] = visits["url"].where(
        ~visits["event_type"].isin(["viewed_product", "added_to_cart", "submitted_form"])
    )  # one value an event
    abandoned, recovered = (carts[carts["state"] == state] for state in ("abandoned", "recovered"))
    return {
        "profiles": profiles[["email", "phone", "first_name", "last_name", "organization", "created_at", "updated_at"]],
        "orders": trip.was("orders")[[
            "order_number", "source_order_id", "person", "email_at_order", "ordered_at", "ordered_on", "currency", "taxes_included", "total", "total_base",
            "discount_total", "shipping_total", "tax_total", "channel",
        ]],
        "order_items": items.loc[items["line_type"] == "product", [
            "order_number", "product_id", "sku", "title", "category", "quantity", "unit_price", "line_total", "line_type",
        ]],
        "carts": abandoned[["cart_id", "person", "created_at", "abandoned_at", "state", "value", "product_ids"]],
        "recovered carts": recovered[["cart_id", "person", "abandoned_at", "state", "product_ids", "order_number"]],
        "messages": trip.was("messages")[["name", "subject", "kind", "channel", "sent_at", "sent_on"]],
        "email_events": _as_told(trip)[["person", "event_type", "occurred_at", "occurred_on", "message", "bounce_type", "url", "is_machine_open"]],
        "site_events": visits[["person", "event_type", "occurred_at", "occurred_on", "product_id", "form_name", "url"]],
        "list_memberships": trip.was("list_memberships")[["person", "list_name", "kind", "joined_at"]],
    }  # fmt: skip


def _as_told(trip: Trip) -> pd.DataFrame:
    """Mails as the platform tells of them: sent and perhaps returned; the reader takes what did not come back for received."""
    mail = trip.was("email_events")
    mail["message"] = mail["message_id"].map(trip.book.table("messages")["name"])
    mail = mail[mail["event_type"] != "received"]
    bounced = {*zip(*(mail.loc[mail["event_type"] == "bounced", name] for name in ("person", "message", "occurred_at")), strict=True)}
    later = mail["occurred_at"] + pd.Timedelta(seconds=5)  # the shop's bounces come so much after the mail
    returned = pd.Series([row in bounced for row in zip(mail["person"], mail["message"], later, strict=True)], mail.index)
    arrived = (mail["event_type"] == "sent") & ~returned
    return mail.assign(event_type=mail["event_type"].mask(arrived, "received"))


def found_in(trip: Trip, table: str) -> pd.DataFrame:
    frame = trip.came_back("carts" if table == "recovered carts" else table)
    if table == "email_events":
        frame["message"] = frame["message_id"].map(trip.came_back("messages").set_index("message_id")["name"])
    if table == "list_memberships":
        return frame[(frame["list_name"] != MAIN_LIST) & (frame["kind"] == "list")]
    if "carts" in table:
        frame["order_number"] = frame["recovered_order_id"].map(trip.came_back("orders").set_index("order_id")["order_number"])
        return frame[frame["state"] == ("recovered" if table == "recovered carts" else "abandoned")]
    return frame


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("profiles", ["email"]), ("orders", ["order_number"]), ("order_items", ["order_number", "sku", "quantity"]), ("carts", ["cart_id"]),
        ("recovered carts", ["cart_id"]), ("messages", ["name"]), ("email_events", ["person", "occurred_at", "event_type", "message"]),
        ("site_events", ["person", "occurred_at", "event_type"]), ("list_memberships", ["list_name", "person"]),
    ],
)  # fmt: skip
def test_what_the_answers_carry_comes_back(trip: Trip, expected: dict[str, pd.DataFrame], table: str, key: list[str]) -> None:
    assert_same(found_in(trip, table), expected[table], key)


def test_every_other_column_of_the_shop_has_its_reason(small_bakery: Shop, expected: dict[str, pd.DataFrame]) -> None:
    told = {**expected, "carts": pd.concat([expected["carts"], expected["recovered carts"]])}
    assert not_told(small_bakery, told, CANNOT) == []


def test_the_same_people_may_be_mailed_and_are_as_engaged(trip: Trip, tmp_path: Path) -> None:
    trip.shop.write(tmp_path)
    true, found = trip.true_features(tmp_path), trip.features()
    found = found.loc[true.index]
    for name in ("is_mailable", "machine_open_count_90d", "email_received_count_90d"):
        assert (found[name] == true[name]).all(), name
    assert (found["engaged_count"] >= true["engaged_count"]).all()  # clicks of scanners cannot be told from those of people
    assert 0 < true["is_mailable"].sum() < len(true)


def test_every_order_is_a_purchase_here_and_no_cart_left_behind_is(trip: Trip) -> None:
    orders, carts = trip.came_back("orders"), trip.came_back("carts")
    assert orders["counts_as_purchase"].all()
    assert {*orders["status"]} == {"completed"}
    assert len(orders) == len(trip.book.orders)
    left = carts[carts["state"] == "abandoned"]
    assert len(left) > 50
    assert left["recovered_order_id"].isna().all()
    assert not {*left["cart_id"]} & {*orders["order_number"]}


def test_a_contact_has_a_status_on_each_list(trip: Trip) -> None:
    consents = trip.came_back("consents")
    main = consents[(consents["extract_id"].str.startswith("contactLists")) & (consents["list_id"] == "1")].set_index("person")
    true = trip.book.consent.join(trip.book.people["email"]).set_index("email")
    status = true["status"].mask(true["blocked_at"].notna(), "suppressed")
    told = status[~status.isin(["never_subscribed"]) & status.notna()]
    assert main["status"].to_dict() == told.to_dict()
    assert {*told} == {"subscribed", "pending", "unsubscribed", "suppressed"}
    since = true["blocked_at"].fillna(true["occurred_at"]).reindex(main.index)
    assert (main["occurred_at"] == since).all()
    assert consents.groupby("person")["list_id"].nunique().max() > 1


def test_a_person_may_be_a_customer_of_several_connections(trip: Trip) -> None:
    identities = trip.came_back("profile_identities")
    customers = identities[identities["id_type"] == "customer_id"]
    assert (customers["person"].value_counts() == 2).any()
    assert customers["source_id"].str.match(r"[12]:\d+$").all()
    totals = trip.came_back("profile_snapshots").set_index("person")
    placed = trip.was("orders").groupby("person")["total"].agg(["size", "sum"])
    assert (totals["orders_count"].reindex(placed.index) == placed["size"]).all()
    assert totals["total_spent"].reindex(placed.index).sub(placed["sum"]).abs().max() < 0.005


def test_forms_come_back_as_tags(trip: Trip) -> None:
    members = trip.came_back("list_memberships")
    tags = members[members["kind"] == "tag"].set_index("person")["list_name"]
    assert tags.to_dict() == trip.book.people.set_index("email")["source"].dropna().to_dict()


def test_the_contact_export_alone_tells_who_may_be_mailed(trip: Trip, delivery: Delivery, tmp_path: Path) -> None:
    delivery.file("contacts.csv").write(tmp_path)
    found = Trip(trip.shop, trip.book, segkit.open(tmp_path, time_zone="Europe/Brussels"))
    true = trip.book.people.set_index("email")
    profiles = found.came_back("profiles").set_index("email")
    assert (profiles["created_at"] == true["created_at"].reindex(profiles.index)).all()
    assert (found.features()["is_mailable"].reindex(true.index) == trip.features()["is_mailable"].reindex(true.index)).all()
    cities = found.came_back("profile_properties").query("name == 'City'").set_index("person")["value_text"]
    assert cities.to_dict() == true["city"].dropna().to_dict()


# --- how the files look -----------------------------------------------------------------------------------------------


def test_amounts_are_whole_cents_and_times_carry_the_accounts_offset(delivery: Delivery, trip: Trip) -> None:
    orders = [record for page in delivery.file("ecomOrders").pages() for record in page["ecomOrders"]]  # type: ignore[union-attr]
    by_id = {record["externalid"]: record for record in orders if record["externalid"]}
    assert {order: int(record["totalPrice"]) for order, record in by_id.items()} == (trip.book.orders["total"] * 100).round().astype(
        int
    ).to_dict()
    assert {record["externalCreatedDate"][-6:] for record in orders} == {"+01:00", "+02:00"}
    assert {record["currency"] for record in orders} == {"eur"}
    assert {record["source"] for record in orders} == {"0", "1"}


def test_an_abandoned_cart_is_an_order_without_an_orders_id(delivery: Delivery) -> None:
    orders = [record for page in delivery.file("ecomOrders").pages() for record in page["ecomOrders"]]  # type: ignore[union-attr]
    carts = [record for record in orders if record["state"] == "2"]
    assert carts
    assert all(record["externalid"] is None and record["externalcheckoutid"] and record["abandonedDate"] for record in carts)
    assert all(record["externalid"] for record in orders if record["state"] != "2")
    recovered = [record for record in orders if record["state"] == "3"]
    assert recovered
    assert all(record["externalid"] and record["externalcheckoutid"] and record["abandonedDate"] for record in recovered)


def test_an_answer_says_how_many_there_are(delivery: Delivery, tmp_path: Path) -> None:
    delivery.write(tmp_path)
    page = json.loads((tmp_path / "contacts_page1.json").read_text())
    assert (len(page["contacts"]), page["meta"]["total"]) == (100, str(len(delivery.file("contacts").rows)))
    activities = json.loads((tmp_path / "activities_page1.json").read_text())
    assert len(activities["activities"]) == len(activities["logs"]) + len(activities["linkData"]) + len(activities["mppLinkData"])
    assert {link["link"] for link in activities["links"]} > {"open"}


def test_the_contact_export_has_the_known_columns_and_the_clients_own(delivery: Delivery, real_headers: dict[str, list[str]]) -> None:
    header = next(csv.reader(delivery.file("contacts.csv").content().decode().splitlines()))  # type: ignore[union-attr]
    assert header == [*real_headers["activecampaign.contacts_export"], *activecampaign.FIELDS]
