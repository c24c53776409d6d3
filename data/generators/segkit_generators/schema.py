"""The canonical tables a generator fills: names, columns and types, in their order."""

import re

import pyarrow as pa

MONEY = pa.decimal128(18, 4)
TYPES = {
    "varchar": pa.string(),
    "char(3)": pa.string(),
    "json": pa.string(),
    "varchar[]": pa.list_(pa.string()),
    "boolean": pa.bool_(),
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "double": pa.float64(),
    "decimal(18,4)": MONEY,
    "timestamp": pa.timestamp("us"),
    "date": pa.date32(),
}

_COLUMNS = {
    "extracts": """
        extract_id varchar, source_system varchar, source_object varchar, file_name varchar, file_sha256
        varchar, extracted_at timestamp, loaded_at timestamp, shop_timezone varchar, base_currency varchar,
        encoding varchar, delimiter varchar, decimal_mark varchar, date_order varchar, rows_read bigint,
        rows_loaded bigint, rows_rejected bigint, coverage_from timestamp, coverage_to timestamp""",
    "capabilities": """
        source_system varchar, table_name varchar, column_name varchar, state varchar, reason varchar,
        coverage_from timestamp, coverage_to timestamp""",
    "profiles": """
        profile_id varchar, email varchar, email_domain varchar, email_valid boolean, phone varchar,
        external_id varchar, first_name varchar, infix varchar, last_name varchar, organization varchar,
        is_business boolean, gender varchar, birth_year smallint, birth_month smallint, birth_day smallint,
        locale varchar, city varchar, region varchar, zip varchar, country_code varchar, timezone varchar,
        customer_group varchar, tags varchar[], source varchar, created_at timestamp, updated_at timestamp,
        is_test boolean, is_staff boolean, deleted_at timestamp""",
    "profile_identities": """
        source_system varchar, id_type varchar, source_id varchar, profile_id varchar, match_rule varchar""",
    "profile_properties": """
        profile_id varchar, name varchar, value_text varchar, value_num double, value_date timestamp, value_bool
        boolean, source_system varchar, updated_at timestamp""",
    "consents": """
        profile_id varchar, channel varchar, purpose varchar, status varchar, suppression_reason varchar,
        method varchar, opt_in_level varchar, list_id varchar, occurred_at timestamp, valid_until timestamp,
        source_system varchar, extract_id varchar""",
    "list_memberships": """
        profile_id varchar, list_id varchar, list_name varchar, kind varchar, joined_at timestamp, left_at
        timestamp, source_system varchar""",
    "profile_snapshots": """
        profile_id varchar, as_of timestamp, source_system varchar, first_active_at timestamp, last_active_at
        timestamp, last_open_at timestamp, last_click_at timestamp, first_order_at timestamp, last_order_at
        timestamp, orders_count integer, total_spent decimal(18,4), average_order_value decimal(18,4),
        avg_days_between_orders double, predicted_clv decimal(18,4), predicted_orders double,
        churn_probability double, expected_next_order_at timestamp, emails_received integer, member_rating
        smallint, currency char(3)""",
    "products": """
        product_id varchar, source_system varchar, parent_product_id varchar, sku varchar, ean varchar,
        title varchar, variant_title varchar, brand varchar, product_type varchar, price decimal(18,4),
        compare_at_price decimal(18,4), unit_cost decimal(18,4), currency char(3), is_product boolean,
        is_gift_card boolean, status varchar, url varchar, image_url varchar, created_at timestamp,
        updated_at timestamp""",
    "product_categories": """
        product_id varchar, category_id varchar, category_path varchar, is_primary boolean""",
    "orders": """
        order_id varchar, source_system varchar, source_order_id varchar, order_number varchar, profile_id
        varchar, email_at_order varchar, is_guest boolean, ordered_at timestamp, ordered_on date, paid_at
        timestamp, cancelled_at timestamp, status varchar, financial_status varchar, fulfillment_status
        varchar, source_status varchar, is_test boolean, counts_as_purchase boolean, currency char(3),
        fx_to_base double, taxes_included boolean, items_total decimal(18,4), discount_total decimal(18,4),
        shipping_total decimal(18,4), tax_total decimal(18,4), total decimal(18,4), refunded_total
        decimal(18,4), total_base decimal(18,4), net_base decimal(18,4), discount_codes varchar[], channel
        varchar, source_name varchar, referring_site varchar, store_id varchar, billing_country varchar,
        shipping_country varchar, shipping_zip varchar, cart_id varchar, extract_id varchar""",
    "order_items": """
        order_item_id varchar, order_id varchar, line_no integer, product_id varchar, sku varchar, title
        varchar, brand varchar, category varchar, quantity decimal(18,4), unit_price decimal(18,4), discount
        decimal(18,4), tax decimal(18,4), line_total decimal(18,4), refunded_quantity decimal(18,4),
        line_type varchar""",
    "refunds": """
        refund_id varchar, order_id varchar, order_item_id varchar, profile_id varchar, refunded_at
        timestamp, refunded_on date, quantity decimal(18,4), amount decimal(18,4), currency char(3), reason
        varchar, linkage varchar""",
    "carts": """
        cart_id varchar, profile_id varchar, created_at timestamp, updated_at timestamp, abandoned_at
        timestamp, recovered_order_id varchar, state varchar, value decimal(18,4), currency char(3),
        recovery_url varchar, product_ids varchar[]""",
    "messages": """
        message_id varchar, source_system varchar, kind varchar, campaign_id varchar, flow_id varchar, name
        varchar, subject varchar, channel varchar, variation varchar, sent_at timestamp, sent_on date,
        audience_names varchar[]""",
    "email_events": """
        event_id varchar, profile_id varchar, message_id varchar, event_type varchar, occurred_at timestamp,
        occurred_on date, bounce_type varchar, url varchar, is_bot_click boolean, is_machine_open boolean,
        machine_open_basis varchar, client_type varchar, client_name varchar, client_os varchar,
        email_domain varchar, source_system varchar, extract_id varchar""",
    "site_events": """
        event_id varchar, profile_id varchar, anonymous_id varchar, session_id varchar, event_type varchar,
        occurred_at timestamp, occurred_on date, product_id varchar, category varchar, value decimal(18,4),
        currency char(3), url varchar, form_name varchar, properties json, consent_basis varchar,
        source_system varchar""",
    "experiment_assignments": """
        experiment_id varchar, profile_id varchar, arm varchar, is_control boolean, assigned_at timestamp,
        probability double""",
    "feedback": """
        feedback_id varchar, profile_id varchar, kind varchar, score double, scale_min double, scale_max
        double, text varchar, product_id varchar, order_id varchar, message_id varchar, occurred_at
        timestamp, occurred_on date, source_system varchar""",
}


def _schema(text: str) -> pa.Schema:
    columns = [column.split() for column in re.split(r",\s+", text.strip())]
    return pa.schema([(name, TYPES[type_]) for name, type_ in columns])


SCHEMAS: dict[str, pa.Schema] = {table: _schema(text) for table, text in _COLUMNS.items()}
"""Arrow schema of every table a generator fills, by canonical name."""
