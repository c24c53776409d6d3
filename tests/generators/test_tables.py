"""The generated tables are canonical: columns, types, keys, references, local days and the arithmetic of orders."""

import numpy as np
import pytest

ORDERS = [
    "order_id", "source_system", "source_order_id", "order_number", "profile_id", "email_at_order", "is_guest",
    "ordered_at", "ordered_on", "paid_at", "cancelled_at", "status", "financial_status", "fulfillment_status",
    "source_status", "is_test", "counts_as_purchase", "currency", "fx_to_base", "taxes_included", "items_total",
    "discount_total", "shipping_total", "tax_total", "total", "refunded_total", "total_base", "net_base",
    "discount_codes", "channel", "source_name", "referring_site", "store_id", "billing_country", "shipping_country",
    "shipping_zip", "cart_id", "extract_id",
]  # fmt: skip
EMAIL_EVENTS = [
    "event_id", "profile_id", "message_id", "event_type", "occurred_at", "occurred_on", "bounce_type", "url",
    "is_bot_click", "is_machine_open", "machine_open_basis", "client_type", "client_name", "client_os",
    "email_domain", "source_system", "extract_id",
]  # fmt: skip
ARROW = {
    "varchar": "string", "json": "string", "char(3)": "string", "varchar[]": "list<item: string>", "boolean": "bool",
    "smallint": "int16", "integer": "int32", "bigint": "int64", "double": "double",
    "decimal(18,4)": "decimal128(18, 4)",
    "timestamp": "timestamp[us]", "date": "date32[day]",
}  # fmt: skip
MOMENTS = [
    ("orders", "ordered"), ("refunds", "refunded"), ("messages", "sent"), ("email_events", "occurred"),
    ("site_events", "occurred"), ("feedback", "occurred"),
]  # fmt: skip
KEYS = {
    "extracts": "extract_id", "profiles": "profile_id", "products": "product_id", "orders": "order_id",
    "carts": "cart_id",
    "order_items": "order_item_id", "refunds": "refund_id", "messages": "message_id", "email_events": "event_id",
    "site_events": "event_id", "feedback": "feedback_id",
}  # fmt: skip
WITH_PROFILE = (
    "profile_identities", "consents", "list_memberships", "orders", "refunds", "carts", "email_events", "site_events",
    "feedback",
)  # fmt: skip
REFERENCES = [
    *[(name, "profile_id", "profiles", "profile_id") for name in WITH_PROFILE],
    ("order_items", "order_id", "orders", "order_id"), ("order_items", "product_id", "products", "product_id"),
    ("product_categories", "product_id", "products", "product_id"), ("refunds", "order_id", "orders", "order_id"),
    ("carts", "recovered_order_id", "orders", "order_id"), ("orders", "cart_id", "carts", "cart_id"),
    ("email_events", "message_id", "messages", "message_id"), ("site_events", "product_id", "products", "product_id"),
    ("feedback", "order_id", "orders", "order_id"), ("feedback", "message_id", "messages", "message_id"),
    ("orders", "extract_id", "extracts", "extract_id"), ("email_events", "extract_id", "extracts", "extract_id"),
]  # fmt: skip


def test_orders_and_mail_events_have_the_columns_of_the_canonical_model(bakery):
    assert bakery.tables["orders"].column_names == ORDERS
    assert bakery.tables["email_events"].column_names == EMAIL_EVENTS


def test_every_table_has_the_columns_and_types_segkit_declares(bakery):
    declared = pytest.importorskip("segkit.tables").TABLES
    for name, table in bakery.tables.items():
        found = [(field.name, str(field.type)) for field in table.schema]
        assert found == [(column.name, ARROW[column.type]) for column in declared[name].columns], name


def test_only_the_declared_values_occur(tables):
    declared = pytest.importorskip("segkit.tables").TABLES
    for name, frame in vars(tables).items():
        for column in declared[name].columns:
            if column.values:
                assert set(frame[column.name].dropna()) <= set(column.values), (name, column.name)


@pytest.mark.parametrize(("table", "key"), KEYS.items())
def test_keys_are_there_and_unique(tables, table, key):
    column = getattr(tables, table)[key]
    assert column.notna().all()
    assert column.is_unique


@pytest.mark.parametrize(("table", "column", "other", "key"), REFERENCES)
def test_references_point_to_a_row(tables, table, column, other, key):
    pointed = getattr(tables, table)[column].dropna()
    assert len(pointed)
    assert pointed.isin(getattr(tables, other)[key]).all()


@pytest.mark.parametrize(("table", "moment"), MOMENTS)
def test_the_local_day_is_the_day_in_brussels(tables, table, moment):
    frame = getattr(tables, table).dropna(subset=[f"{moment}_at"])
    local = frame[f"{moment}_at"].dt.tz_localize("UTC").dt.tz_convert("Europe/Brussels")
    assert (local.dt.tz_localize(None).dt.normalize() == frame[f"{moment}_on"]).all()
    assert (frame[f"{moment}_at"].dt.normalize() != frame[f"{moment}_on"]).any() or table in ("messages", "feedback")


def test_nothing_happens_outside_the_history_or_before_the_profile_exists(tables):
    start, end = tables.extracts["coverage_from"].min(), tables.extracts["coverage_to"].max()
    created = tables.profiles.set_index("profile_id")["created_at"]
    for name, moment in (*MOMENTS, ("carts", "created"), ("consents", "occurred"), ("list_memberships", "joined")):
        frame = getattr(tables, name).dropna(subset=[f"{moment}_at"])
        assert frame[f"{moment}_at"].between(start, end).all(), name
        if "profile_id" in frame:
            known = frame.dropna(subset=["profile_id"])
            assert (known[f"{moment}_at"] >= known["profile_id"].map(created)).all(), name


def test_an_order_adds_up_from_its_lines(tables):
    sums = tables.order_items.groupby("order_id")["line_total"].sum()
    orders = tables.orders.set_index("order_id")
    assert np.allclose(sums.reindex(orders.index), orders["total"])
    assert np.allclose(orders["items_total"] - orders["discount_total"] + orders["shipping_total"], orders["total"])
    assert (orders["total_base"] == orders["total"]).all()


def test_net_is_total_minus_linked_refunds_only(tables):
    refunds = tables.refunds
    linked = refunds[refunds["linkage"] == "order"].groupby("order_id")["amount"].sum()
    orders = tables.orders.set_index("order_id")
    assert np.allclose(linked.reindex(orders.index).fillna(0), orders["refunded_total"])
    assert np.allclose(orders["total_base"] - orders["refunded_total"], orders["net_base"])
    unlinked = refunds[refunds["linkage"] == "unlinked"]
    assert 0 < len(unlinked) < 0.2 * len(refunds)
    assert unlinked["order_id"].isna().all()


def test_only_real_paid_orders_count_as_purchases(tables):
    orders = tables.orders
    real = orders["status"].isin(["completed", "partially_refunded"]) & ~orders["is_test"] & (orders["total"] > 0)
    assert (orders["counts_as_purchase"] == real).all()
    for left_out in (
        orders["is_test"],
        orders["status"] == "cancelled",
        orders["status"] == "refunded",
        orders["total"] == 0,
    ):
        assert left_out.any()


def test_guests_have_no_profile(tables):
    orders = tables.orders
    assert (orders["is_guest"] == orders["profile_id"].isna()).all()
    assert 0.04 < orders["is_guest"].mean() < 0.08


def test_every_table_has_its_extract_and_capability(tables, bakery):
    rows = tables.extracts.set_index("source_object")["rows_loaded"]
    assert {name: rows[name] for name in bakery.tables if name != "extracts"} == {
        name: table.num_rows for name, table in bakery.tables.items() if name != "extracts"
    }
    states = tables.capabilities.set_index("table_name")["state"]
    assert states["site_events"] == "partial"
    assert states["message_stats"] == "absent"
    assert states["orders"] == "full"


def test_addresses_can_reach_nobody(tables):
    domains = tables.profiles["email"].str.split("@").str[1]
    assert domains.str.fullmatch(r"example\.(com|org|net)|.+\.example").all()
    assert tables.profiles["email"].is_unique
    assert domains.nunique() >= 5
    assert tables.orders["email_at_order"].str.fullmatch(r".+@(example\.(com|org|net)|.+\.example)").all()


def test_money_is_whole_cents(bakery):
    values = bakery.tables["orders"]["total"].to_pylist()
    assert all((value * 100) % 1 == 0 for value in values)
    assert min(values) == 0
