"""What Klaviyo's export and API carry comes back as it was, and what they cannot say is named."""

import csv
import json
from pathlib import Path

import pandas as pd
import pytest
from segkit_generators import Shop, make_shop
from segkit_generators.exports import cells, klaviyo
from segkit_generators.exports.book import Book
from segkit_generators.exports.delivery import Delivery

import segkit
from tests.generators.exports.trip import Trip, assert_same, make_trip, not_told

IDS, WORDS, OURS = "ids are the system's own", "in the system's own words", "only names of Klaviyo's own integrations"
SHOPS_OWN = "the shop's own, not sent along"
CANNOT = {
    "profiles": {
        "profile_id": IDS, "email_domain": "follows from the address", "email_valid": "follows from the address",
        "infix": "written before the last name", "last_name": "compared with its infix", "phone": "compared in the international form",
        "is_business": "no field", "gender": "a custom property", "birth_year": "part of a custom property", "birth_month": "part of a custom property",
        "birth_day": "part of a custom property", "source": "compared in the profile export", "updated_at": "Klaviyo's own moment of the last event",
        "is_test": "no field", "is_staff": "no field",
    },
    "consents": "the last state and not the history, compared as such below",
    "products": "no catalogue among these answers, only what events say of goods", "product_categories": "no catalogue",
    "orders": {
        "order_id": IDS, "source_order_id": IDS, "source_system": OURS, "profile_id": "compared as the address of the person",
        "email_at_order": "an event belongs to a profile", "is_guest": "an event belongs to a profile", "paid_at": SHOPS_OWN,
        "financial_status": SHOPS_OWN, "fulfillment_status": SHOPS_OWN, "source_status": SHOPS_OWN, "is_test": SHOPS_OWN, "fx_to_base": "follows from the currency",
        "taxes_included": SHOPS_OWN, "items_total": SHOPS_OWN, "shipping_total": SHOPS_OWN, "tax_total": SHOPS_OWN, "channel": SHOPS_OWN, "store_id": SHOPS_OWN,
        "billing_country": SHOPS_OWN, "shipping_country": SHOPS_OWN, "shipping_zip": SHOPS_OWN, "cart_id": SHOPS_OWN, "extract_id": IDS,
    },
    "order_items": {
        "order_item_id": IDS, "order_id": "compared as the order's number", "line_no": "events have no number", "category": "a list of collections",
        "unit_price": "the value of a line is of all its pieces", "discount": "on the order only", "tax": SHOPS_OWN, "refunded_quantity": SHOPS_OWN,
    },
    "refunds": {"refund_id": IDS, "order_id": "compared as the order's number", "profile_id": "compared as the address of the person"},
    "carts": "told as checkouts that were begun, of people whose visits are not tracked; whether one was left behind is not said",
    "messages": {
        "message_id": IDS, "campaign_id": IDS, "flow_id": IDS, "source_system": OURS, "sent_at": "events tell when it was received",
        "sent_on": "events tell when it was received", "audience_names": "not in the events",
    },
    "email_events": {
        "event_id": IDS, "profile_id": "compared as the address of the person", "message_id": "compared as the name of the message",
        "machine_open_basis": WORDS, "source_system": OURS, "extract_id": IDS,
    },
    "site_events": {
        "event_id": IDS, "profile_id": "compared as the address of the person", "session_id": "no field", "category": "a list of categories",
        "currency": "not in these events", "properties": "not read", "consent_basis": "no field", "source_system": OURS,
    },
    "list_memberships": {"profile_id": "compared as the address of the person", "list_id": IDS, "source_system": OURS},
    "feedback": {
        "feedback_id": IDS, "profile_id": "compared as the address of the person", "order_id": "compared as the order's number",
        "message_id": "compared as the name of the message", "source_system": OURS,
    },
    "experiment_assignments": "who was held out is known to whoever drew the lots",
}  # fmt: skip
MAIN_LIST, SEGMENT = "Alle abonnees", "Engaged 90 days"


@pytest.fixture(scope="module")
def trip(small_bakery: Shop, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    return make_trip(small_bakery, "klaviyo", tmp_path_factory.mktemp("klaviyo"))


@pytest.fixture(scope="module")
def delivery(trip: Trip) -> Delivery:
    return klaviyo.deliver(trip.book)


@pytest.fixture(scope="module")
def expected(trip: Trip) -> dict[str, pd.DataFrame]:
    people, orders, items, refunds = trip.book.people, trip.was("orders"), trip.was("order_items"), trip.was("refunds")
    profiles = people.assign(last_name=people["surname"], phone=cells.e164(people["phone"], people["country_code"]))
    # an order of nothing is a purchase by segkit's rule (docs/decisions/0003), and Klaviyo does not know a test from an order
    orders["counts_as_purchase"] = orders["status"].isin(["completed", "partially_refunded"])
    items["line_total"] = items["unit_price"] * items["quantity"]  # the value of an event is before discount
    mail = trip.was("email_events")
    mail["message"] = mail["message_id"].map(trip.book.table("messages")["name"])
    site, answers, carts = trip.was("site_events"), trip.was("feedback"), trip.was("carts")
    answers["message"] = answers["message_id"].map(trip.book.table("messages")["name"])
    tracked = site.loc[site["consent_basis"] == "consent", "person"]
    checkouts = carts[carts["person"].notna() & ~carts["person"].isin(tracked)].rename(columns={"created_at": "occurred_at"})
    local = checkouts["occurred_at"].dt.tz_localize("UTC").dt.tz_convert("Europe/Brussels")
    site = pd.concat([site, checkouts.assign(event_type="started_checkout", occurred_on=local.dt.date)])
    return {
        "profiles": profiles[["email", "external_id", "first_name", "last_name", "phone", "organization", "locale", "city", "zip", "country_code", "created_at"]],
        "orders": orders[[
            "order_number", "person", "ordered_at", "ordered_on", "cancelled_at", "status", "counts_as_purchase", "currency", "total",
            "discount_total", "discount_codes", "refunded_total", "total_base", "net_base", "source_name",
        ]],
        "order_items": items.loc[items["line_type"] == "product", [
            "order_number", "product_id", "sku", "title", "brand", "quantity", "line_total", "line_type",
        ]],
        "refunds": refunds.loc[refunds["linkage"] == "order", ["order_number", "person", "refunded_at", "refunded_on", "amount", "currency", "linkage"]],
        "messages": trip.was("messages")[["name", "subject", "kind", "channel"]],
        "email_events": mail.loc[mail["event_type"] != "sent", [
            "person", "event_type", "occurred_at", "occurred_on", "message", "bounce_type", "url", "is_bot_click", "is_machine_open",
            "client_type", "client_name", "client_os", "email_domain",
        ]],
        "site_events": site[["person", "event_type", "occurred_at", "occurred_on", "product_id", "value", "url", "form_name"]],
        "list_memberships": trip.was("list_memberships")[["person", "list_name", "kind", "joined_at"]],
        "feedback": answers[[
            "person", "order_number", "message", "kind", "score", "scale_min", "scale_max", "product_id", "occurred_at", "occurred_on",
        ]],
    }  # fmt: skip


def found_in(trip: Trip, table: str) -> pd.DataFrame:
    frame = trip.came_back(table)
    if table == "orders":
        frame["refunded_total"] = frame["refunded_total"].fillna(0.0)  # no refund event says nothing of a refund
    if table in ("email_events", "feedback"):
        frame["message"] = frame["message_id"].map(trip.came_back("messages").set_index("message_id")["name"])
    if table == "list_memberships":
        frame = frame[~frame["list_name"].isin([MAIN_LIST, SEGMENT])]
    return frame


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("profiles", ["email"]), ("orders", ["order_number"]), ("order_items", ["order_number", "sku", "quantity"]), ("refunds", ["order_number"]),
        ("messages", ["name"]), ("email_events", ["person", "occurred_at", "event_type"]), ("site_events", ["person", "occurred_at", "event_type"]),
        ("list_memberships", ["list_name", "person"]), ("feedback", ["person", "occurred_at"]),
    ],
)  # fmt: skip
def test_what_the_answers_carry_comes_back(trip: Trip, expected: dict[str, pd.DataFrame], table: str, key: list[str]) -> None:
    assert_same(found_in(trip, table), expected[table], key)


def test_every_other_column_of_the_shop_has_its_reason(small_bakery: Shop, expected: dict[str, pd.DataFrame]) -> None:
    assert not_told(small_bakery, expected, CANNOT) == []


def test_the_same_people_may_be_mailed_are_as_engaged_and_worth_the_same(trip: Trip, tmp_path: Path) -> None:
    trip.shop.write(tmp_path)
    true, found = trip.true_features(tmp_path), trip.features()
    found = found.loc[true.index]
    for name in (
        "is_mailable",
        "engaged_count",
        "engaged_count_90d",
        "click_count_90d",
        "machine_open_count_90d",
        "email_received_count_90d",
    ):
        assert (found[name] == true[name]).all(), name
    staff = trip.book.people.set_index("email")["is_staff"].eq(True).reindex(true.index)  # their test orders count here
    assert found["revenue"].sub(true["revenue"])[~staff].abs().max() < 0.005


def test_the_last_consent_comes_back_and_so_does_every_block(trip: Trip) -> None:
    api = trip.came_back("consents")
    api = api[api["channel"] == "email"]
    told = api[api["status"] != "suppressed"].set_index("person")
    true = trip.book.consent.join(trip.book.people["email"]).set_index("email")
    words = {"subscribed": "subscribed", "unsubscribed": "unsubscribed"}
    assert (told["status"] == true["status"].map(words).fillna("never_subscribed").reindex(told.index)).all()
    given = told[told["status"] == "subscribed"]
    assert (given["occurred_at"] == true["occurred_at"].reindex(given.index)).all()
    assert (given["opt_in_level"] == true["opt_in_level"].reindex(given.index)).all()
    blocked = api[(api["status"] == "suppressed") & (api["suppression_reason"] != "UNSUBSCRIBE")].set_index("person")
    assert blocked["suppression_reason"].str.lower().to_dict() == true["blocked_because"].dropna().to_dict()
    assert (blocked["occurred_at"] == true["blocked_at"].reindex(blocked.index)).all()
    assert len(blocked) > 5


def test_what_the_export_and_the_api_both_say_of_a_person_is_kept_once(trip: Trip) -> None:
    consents, snapshots = trip.came_back("consents"), trip.came_back("profile_snapshots")
    assert not consents.duplicated(["person", "channel", "purpose", "status"]).any()
    assert snapshots["person"].is_unique
    assert len(snapshots) == len(trip.book.people)
    only_in_the_export, only_in_the_api = snapshots["last_open_at"], snapshots["as_of"]
    assert (only_in_the_export.notna() & only_in_the_api.notna()).sum() > 100
    true = trip.book.table("orders")
    assert snapshots["orders_count"].sum() == true["cancelled_at"].isna().sum()


def test_everyone_subscribed_is_on_the_main_list_and_the_engaged_segment_holds_who_it_says(trip: Trip, tmp_path: Path) -> None:
    members = trip.came_back("list_memberships")
    true = trip.book.consent.join(trip.book.people["email"]).set_index("email")
    assert {*members.loc[members["list_name"] == MAIN_LIST, "person"]} == {*true.index[true["status"] == "subscribed"]}
    segment = members[members["list_name"] == SEGMENT]
    assert {*segment["kind"]} == {"segment"}
    features = trip.features()
    active = features["is_mailable"] & ((features["engaged_count_90d"] > 0) | (features["order_count_90d"] > 0))
    assert (
        0.95 < len({*segment["person"]} & {*features.index[active]}) / len(segment) <= 1
    )  # an order that was cancelled keeps nobody active for segkit


def test_the_profile_export_alone_tells_who_may_be_mailed(trip: Trip, delivery: Delivery, tmp_path: Path) -> None:
    (tmp_path / "export").mkdir()
    delivery.file("profiles.csv").write(tmp_path / "export")
    shop = segkit.open(tmp_path / "export", time_zone="Europe/Brussels")
    found = Trip(trip.shop, trip.book, shop)
    profiles = found.came_back("profiles").set_index("email")
    true = trip.book.people.set_index("email")
    assert profiles["source"].dropna().to_dict() == true["source"].dropna().to_dict()
    assert (found.features()["is_mailable"].reindex(true.index) == trip.features()["is_mailable"].reindex(true.index)).all()
    properties = found.came_back("profile_properties")
    genders = properties[properties["name"] == "Gender"].set_index("person")["value_text"]
    assert genders.to_dict() == true["gender"].dropna().to_dict()
    assert (properties["name"] == "Birthday").sum() == true["birth_year"].notna().sum()


# --- how the files look -----------------------------------------------------------------------------------------------


def test_the_profile_export_has_klaviyos_columns_and_a_byte_order_mark(delivery: Delivery, real_headers: dict[str, list[str]]) -> None:
    content = delivery.file("profiles.csv").content()  # type: ignore[union-attr]
    assert content.startswith(b"\xef\xbb\xbf")
    header = next(csv.reader(content.decode("utf-8-sig").splitlines()))
    assert header == [*real_headers["klaviyo.profiles_export"], "Gender", "Birthday"]


def test_pages_point_to_the_next_and_hold_so_many(delivery: Delivery) -> None:
    pages = [*delivery.file("events_opened_email").pages()]  # type: ignore[union-attr]
    assert [len(page["data"]) for page in pages[:-1]] == [1000] * (len(pages) - 1)
    assert all(page["links"]["next"] for page in pages[:-1])
    assert pages[-1]["links"]["next"] is None


def test_an_open_says_whether_a_machine_made_it_and_an_order_is_one_event_with_its_lines(trip: Trip, delivery: Delivery) -> None:
    flags = delivery.file("events_opened_email").rows[["Apple Privacy Open", "machine_open"]]
    assert {*flags["Apple Privacy Open"]} == {True, False}
    assert flags.loc[flags["Apple Privacy Open"].eq(True), "machine_open"].all()
    placed, lines = (delivery.file(name).rows for name in ("events_placed_order", "events_ordered_product"))
    assert (len(placed), len(lines)) == (len(trip.book.orders), len(trip.book.goods))
    event = next(delivery.file("events_placed_order").pages())["data"][0]  # type: ignore[union-attr]
    told = event["attributes"]["event_properties"]
    assert told["$value"] == placed["$value"].iloc[0]
    assert len(told["Items"]) == len(told["$extra"]["line_items"])
    sold = trip.book.goods[trip.book.goods["order_id"] == placed.index[0]]
    assert told["Brands"] == sorted({*sold["brand"]})
    assert told["Categories"] == sorted({*sold["category"]})
    assert event["attributes"]["timestamp"] == pd.Timestamp(event["attributes"]["datetime"]).timestamp()


def test_a_checkout_is_told_once_by_the_site_or_by_the_shop(trip: Trip, delivery: Delivery) -> None:
    rows = delivery.file("events_checkout_started").rows
    site, carts = trip.book.table("site_events"), trip.book.table("carts")
    by_shop, by_site = rows.index.isin(carts.index), rows.index.isin(site.index)
    assert (by_shop ^ by_site).all()
    assert min(by_shop.sum(), by_site.sum()) > 20
    tracked = site.loc[site["consent_basis"] == "consent", "profile_id"]
    assert not carts.loc[rows.index[by_shop], "profile_id"].isin(tracked).any()
    assert (carts.loc[rows.index[by_shop], "state"] == "abandoned").any()


def test_a_bounced_profile_is_subscribed_and_suppressed_at_once(delivery: Delivery) -> None:
    rows = delivery.file("profiles.csv").rows
    bounced = rows[rows["Email Suppressions"] == "HARD_BOUNCE"]
    assert len(bounced) > 3
    assert {*bounced["Email Marketing Consent"]} == {"SUBSCRIBED"}


def test_whoever_unsubscribed_is_suppressed_for_that_reason(delivery: Delivery) -> None:
    rows = delivery.file("profiles.csv").rows
    left = rows[rows["Email Marketing Consent"] == "UNSUBSCRIBED"]
    assert len(left) > 5
    assert {*left["Email Suppressions"]} == {"UNSUBSCRIBE"}


def test_without_a_log_of_mails_the_export_still_has_its_totals() -> None:
    delivery = klaviyo.deliver(Book(make_shop(customers=80, seed=3, faults=["aggregates_only"])))
    assert delivery.file("profiles.csv").rows["Last Open"].notna().sum() > 20
    assert not [file.name for file in delivery.files if "email" in file.name]


def test_lists_say_how_one_joins_and_segments_what_defines_them(delivery: Delivery, tmp_path: Path) -> None:
    folder = delivery.write(tmp_path)
    lists = json.loads((folder / "lists.json").read_text())["data"]
    assert {entry["attributes"]["name"]: entry["attributes"]["opt_in_process"] for entry in lists}[MAIN_LIST] == "double_opt_in"
    (segment,) = json.loads((folder / "segments.json").read_text())["data"]
    assert [len(group["conditions"]) for group in segment["attributes"]["definition"]["condition_groups"]] == [1, 3]
    (first, *_) = sorted(folder.glob(f"list_{lists[0]['id']}_profiles_page*.json"))
    assert all(entry["attributes"]["joined_group_at"] for entry in json.loads(first.read_text())["data"])


def test_without_the_answer_about_metrics_nobody_knows_what_the_events_are(trip: Trip, delivery: Delivery, tmp_path: Path) -> None:
    for name in ("profiles", "events_placed_order"):
        delivery.file(name).write(tmp_path)
    receipts = segkit.open(tmp_path, time_zone="Europe/Brussels").receipts().set_index("file")
    assert receipts.loc["events_placed_order_page1.json", "set_aside"] == len(trip.book.orders)
