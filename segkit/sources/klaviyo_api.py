"""Answers of the Klaviyo API (JSON:API pages) as flat tables, one per kind of resource.

Shapes: klaviyo/openapi, revision 2026-07-15. A page holds one kind; members of a list or segment are told by the page's own link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from segkit.sources.flat import Record, as_table, cells, inner, with_column

_PROFILE = ("email", "phone_number", "external_id", "first_name", "last_name", "organization", "locale", "created", "updated")
_LOCATION = ("city", "region", "country", "zip", "timezone")
_PREDICTIVE = (
    "historic_clv", "predicted_clv", "historic_number_of_orders", "predicted_number_of_orders", "average_days_between_orders",
    "average_order_value", "churn_probability", "expected_date_of_next_order",
)  # fmt: skip
_AMOUNT = re.compile(r"\d+(\.\d+)?")
_MEMBERS = re.compile(r"/(list|segment)s/([^/?]+)/profiles")
SYSTEM = "klaviyo"
NAMES = {"klaviyo_metrics": "metric_id", "klaviyo_groups": "group_id"}  # tables that give ids of other tables their names
_ALSO_CALLED = {  # a property of one metric -> what it is called in the events of others
    "AddedItemProductID": "ProductID", "AddedItemSku": "SKU", "AddedItemProductName": "Name", "page": "URL",
}  # fmt: skip


def tables(pages: Iterable[Record]) -> dict[str | None, pa.Table]:
    """The tables in the pages of one file; empty when they are not Klaviyo's."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for page in pages:
        data = page.get("data") if isinstance(page, Mapping) else None
        data = [data] if isinstance(data, Mapping) else data  # one resource asked for by its id
        included = page.get("included") or [] if isinstance(page, Mapping) else []
        if not isinstance(data, list) or not isinstance(included, list) or not all(map(_is_record, [*data, *included])):
            return {}
        members = _MEMBERS.search(str(inner(page, "links").get("self")))
        for record in [*data, *included]:
            for table, row in _rows(record, members):
                rows.setdefault(table, []).append(row)
    return {name: as_table(found) for name, found in rows.items()}


def _is_record(record: Any) -> bool:
    return isinstance(record, Mapping) and isinstance(record.get("id"), str) and isinstance(record.get("attributes") or {}, Mapping)


def _rows(record: Record, members: re.Match[str] | None) -> Iterable[tuple[str, dict[str, Any]]]:
    kind, inside = record.get("type"), record.get("attributes") or {}
    if kind == "profile" and members:
        yield "klaviyo_members", {
            "klaviyo_id": record["id"], "kind": members[1], "group_id": members[2], "joined_at": inside.get("joined_group_at"),
            **{name: inside.get(name) for name in _PROFILE},
        }  # fmt: skip
    elif kind == "profile":
        yield "klaviyo_profiles", _profile(record, inside)
        yield from (("klaviyo_suppressions", row) for row in _suppressions(record, inside))
    elif kind == "event":
        yield "klaviyo_events", _event(record, inside)
    elif kind == "metric":
        yield "klaviyo_metrics", {"metric_id": record["id"], "name": inside.get("name")}
    elif kind in ("list", "segment"):
        yield "klaviyo_groups", {"group_id": record["id"], "name": inside.get("name")}


def _profile(record: Record, inside: Record) -> dict[str, Any]:
    channels = inner(inside, "subscriptions")
    marketing, tracking = (inner(channels, "email", purpose) for purpose in ("marketing", "open_tracking"))
    sms, location = inner(channels, "sms", "marketing"), inner(inside, "location")
    predictive = inner(inside, "predictive_analytics")
    row = {
        "klaviyo_id": record["id"],
        **{name: inside.get(name) for name in _PROFILE},
        **{name: location.get(name) for name in _LOCATION},
        "consent": marketing.get("consent"), "consent_timestamp": marketing.get("consent_timestamp"), "method": marketing.get("method"),
        "double_optin": marketing.get("double_optin"), "tracking_consent": tracking.get("consent"),
        "tracking_timestamp": tracking.get("consent_timestamp"), "tracking_valid_until": tracking.get("valid_until"),
        "sms_consent": sms.get("consent"), "sms_timestamp": sms.get("consent_timestamp"),
        **{name: predictive.get(name) for name in _PREDICTIVE},
    }  # fmt: skip
    custom = inner(inside, "properties")
    return row | {name if name not in row else f"properties.{name}": value for name, value in custom.items()}


def _suppressions(record: Record, inside: Record) -> Iterable[dict[str, Any]]:
    """Suppressions of all mail; those of one list only say nothing about the others."""
    rows = inner(inside, "subscriptions", "email", "marketing").get("suppression")
    for row in (row for row in (rows if isinstance(rows, list) else []) if isinstance(row, Mapping)):
        yield {"klaviyo_id": record["id"], "email": inside.get("email"), "reason": row.get("reason"), "timestamp": row.get("timestamp")}


def _event(record: Record, inside: Record) -> dict[str, Any]:
    properties = inner(inside, "event_properties")
    alike = {name: properties[other] for other, name in _ALSO_CALLED.items() if other in properties}
    told = {f"properties.{name}": value for name, value in {**alike, **properties}.items() if name not in ("$extra", "$attribution")}
    links = inner(record, "relationships")
    ids = {f"{name}_id": inner(links, name, "data").get("id") for name in ("metric", "profile")}
    return {"event_id": record["id"], "datetime": inside.get("datetime"), **ids, **told}


# --- what the answers of one delivery tell each other ---------------------------------------------------------------


def completed(tables: Sequence[tuple[str, pa.Table]]) -> list[pa.Table]:
    """The tables of a delivery, (kind, table), with names beside their ids and beside each order what was paid back of it."""
    names = {key: _names(tables, kind, key) for kind, key in NAMES.items()}
    kept = [kind in NAMES for kind, _ in tables]
    named = [table if is_name else _with_names(table, names) for (_, table), is_name in zip(tables, kept, strict=True)]
    back = _paid_back(named)
    return [_with_refunds(table, back) for table in named]


def _names(tables: Iterable[tuple[str, pa.Table]], kind: str, key: str) -> dict[str, str]:
    return {row[key]: row["name"] for found, table in tables if found == kind for row in table.to_pylist()}


def _with_names(table: pa.Table, names: Mapping[str, Mapping[str, str]]) -> pa.Table:
    for key, known in names.items():
        if known and key in table.column_names:
            table = with_column(table, f"{key} name", [known.get(str(item)) for (item,) in cells(table, key)])
    return table


_METRIC, _ORDER, _VALUE = "metric_id name", "properties.OrderId", "properties.$value"


def _paid_back(tables: Iterable[pa.Table]) -> dict[str, Decimal]:
    """What the refunds of each order add up to; what is no amount is left to the reader of that event."""
    back: dict[str, Decimal] = {}
    for metric, order, value in (row for table in tables for row in cells(table, _METRIC, _ORDER, _VALUE)):
        if metric == "Refunded Order" and order and value and _AMOUNT.fullmatch(value):
            back[order] = back.get(order, Decimal(0)) + Decimal(value)
    return back


def _with_refunds(table: pa.Table, back: Mapping[str, Decimal]) -> pa.Table:
    orders = cells(table, _METRIC, _ORDER) if back else []
    if not orders:
        return table
    told = [back.get(str(order)) if metric == "Placed Order" else None for metric, order in orders]
    return with_column(table, "refunded", [None if amount is None else str(amount) for amount in told])
