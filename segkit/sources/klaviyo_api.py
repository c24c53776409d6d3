"""Answers of the Klaviyo API (JSON:API pages) as flat tables, one per kind of resource.

Shapes: klaviyo/openapi, revision 2026-07-15. A page holds one kind; members of a list or segment are told by the page's own link.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

Record = Mapping[str, Any]

_PROFILE = ("email", "phone_number", "external_id", "first_name", "last_name", "organization", "locale", "created", "updated")
_LOCATION = ("city", "region", "country", "zip", "timezone")
_PREDICTIVE = (
    "historic_clv", "predicted_clv", "historic_number_of_orders", "predicted_number_of_orders", "average_days_between_orders",
    "average_order_value", "churn_probability", "expected_date_of_next_order",
)  # fmt: skip
_MEMBERS = re.compile(r"/(list|segment)s/([^/?]+)/profiles")
NAMED = {"klaviyo_metrics": "metric_id", "klaviyo_groups": "group_id"}  # tables that give ids of other tables their names


def tables(pages: Iterable[Record]) -> dict[str | None, pa.Table]:
    """The tables in the pages of one file; empty when they are not Klaviyo's."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for page in pages:
        data = page.get("data") if isinstance(page, Mapping) else None
        data = [data] if isinstance(data, Mapping) else data  # one resource asked for by its id
        included = page.get("included") or [] if isinstance(page, Mapping) else []
        if not isinstance(data, list) or not isinstance(included, list) or not all(map(_is_record, [*data, *included])):
            return {}
        members = _MEMBERS.search(str(_inner(page, "links").get("self")))
        for record in [*data, *included]:
            for table, row in _rows(record, members):
                rows.setdefault(table, []).append(row)
    return {name: _table(found) for name, found in rows.items()}


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
    channels = _inner(inside, "subscriptions")
    marketing, tracking = (_inner(channels, "email", purpose) for purpose in ("marketing", "open_tracking"))
    sms, location = _inner(channels, "sms", "marketing"), _inner(inside, "location")
    predictive = _inner(inside, "predictive_analytics")
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
    custom = _inner(inside, "properties")
    return row | {name if name not in row else f"properties.{name}": value for name, value in custom.items()}


def _inner(tree: Record, *path: str) -> Record:
    """What stands at a path; nothing where it is something else than an object."""
    for step in path:
        inner = tree.get(step)
        tree = inner if isinstance(inner, Mapping) else {}
    return tree


def _suppressions(record: Record, inside: Record) -> Iterable[dict[str, Any]]:
    """Suppressions of all mail; those of one list only say nothing about the others."""
    rows = _inner(inside, "subscriptions", "email", "marketing").get("suppression")
    for row in (row for row in (rows if isinstance(rows, list) else []) if isinstance(row, Mapping)):
        yield {"klaviyo_id": record["id"], "email": inside.get("email"), "reason": row.get("reason"), "timestamp": row.get("timestamp")}


def _event(record: Record, inside: Record) -> dict[str, Any]:
    properties = _inner(inside, "event_properties")
    told = {f"properties.{name}": value for name, value in properties.items() if name not in ("$extra", "$attribution")}
    links = _inner(record, "relationships")
    ids = {f"{name}_id": _inner(links, name, "data").get("id") for name in ("metric", "profile")}
    return {"event_id": record["id"], "datetime": inside.get("datetime"), **ids, **told}


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    """All values as text, every column that any row has."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table({name: pa.array([_text(row.get(name)) for row in rows], pa.string()) for name in names})


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def named(table: pa.Table, names: Mapping[str, str], key: str) -> pa.Table:
    """The table with the names of its ids beside them, as given by other answers of the same delivery."""
    if key not in table.column_names:
        return table
    return table.append_column(f"{key} name", pa.array([names.get(item) for item in table.column(key).to_pylist()], pa.string()))
