"""Answers of ActiveCampaign's API 3 as flat tables, one per kind of resource.

Shapes: developers.activecampaign.com. A page holds one or more lists of records, each under the name of its resource.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from segkit.sources.flat import Record, as_table, cells, with_column

SYSTEM = "activecampaign"
_KINDS = {
    name: f"{SYSTEM}_{kind}"
    for name, kind in {
        "contacts": "contacts", "lists": "lists", "contactLists": "contact_lists", "tags": "tags", "contactTags": "contact_tags",
        "connections": "connections", "ecomCustomers": "customers", "ecomOrders": "orders", "ecomOrderProducts": "products",
        "campaigns": "campaigns", "campaignMessages": "campaign_messages", "messages": "messages", "activities": "activities",
        "logs": "logs", "linkData": "link_data", "mppLinkData": "mpp_link_data", "links": "links", "bounceLogs": "bounces",
        "trackingLogs": "tracking",
    }.items()
}  # fmt: skip
NAMES = {  # tables that only tell others something, and the id under which they are known there
    "activecampaign_lists": "list", "activecampaign_tags": "tag", "activecampaign_links": "linkid", "activecampaign_messages": "messageid",
    "activecampaign_campaign_messages": "campaignid", "activecampaign_connections": "connectionid", "activecampaign_activities": "id",
}  # fmt: skip
_NEVER = "0000-00-00"


def tables(pages: Iterable[Any]) -> dict[str | None, pa.Table]:
    """The tables in the pages of one file; empty when they are not ActiveCampaign's."""
    rows: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for page in pages:
        found = _resources(page)
        if not found:
            return {}
        for name, records in found.items():
            rows[_KINDS[name]] |= {str(record["id"]): _row(record) for record in records}
    return {kind: as_table([*found.values()]) for kind, found in rows.items() if found}


def _resources(page: Any) -> dict[str, list[Record]]:
    """The lists of records in a page; every one has an id and says what it is linked with."""
    if not isinstance(page, Mapping):
        return {}
    found = {name: records for name, records in page.items() if name in _KINDS and isinstance(records, list)}
    return found if all(_is_record(record) for records in found.values() for record in records) else {}


def _is_record(record: Any) -> bool:
    return isinstance(record, Mapping) and "id" in record and isinstance(record.get("links"), Mapping)


def _row(record: Record) -> dict[str, Any]:
    """A record without its links; a date of noughts is none."""
    return {name: _value(value) for name, value in record.items() if name != "links"}


def _value(value: Any) -> Any:
    return None if isinstance(value, str) and (value.startswith(_NEVER) or not value) else value


# --- what the answers of one delivery tell each other ---------------------------------------------------------------


def completed(found: Sequence[tuple[str, pa.Table]]) -> list[pa.Table]:
    """The tables of a delivery, (kind, table), with beside their ids what other answers say of them."""
    know = _Known(found)
    return [_COMPLETE[kind](table, know) if kind in _COMPLETE else table for kind, table in found]


class _Known:
    """What stands in all answers of a delivery, by id."""

    def __init__(self, found: Sequence[tuple[str, pa.Table]]) -> None:
        self._found = found
        self.lists, self.tags = self.column("lists", "id", "name"), self.column("tags", "id", "tag")
        self.links = self.column("links", "id", "link")
        subjects, messages = self.column("messages", "id", "subject"), self.column("campaign_messages", "campaignid", "messageid")
        self.subjects = {campaign: subjects.get(str(message)) for campaign, message in messages.items()}
        self.orders = dict.fromkeys(self.column("orders", "id", "id")) | self.column("orders", "id", "externalid")
        self.goods: dict[str, dict[str, str]] = defaultdict(dict)
        for row, order, product in self.rows("products", "id", "orderid", "externalid"):
            self.goods[str(order)][str(row)] = str(product)  # pages overlap: a row counts once
        mail = ("subscriberid", "messageid", "tstamp")
        self.bounced = _bounced(self.rows("logs", "id", *mail), self.rows("bounces", *mail))

    def rows(self, kind: str, *names: str) -> list[tuple[str | None, ...]]:
        """The named columns of every table of a kind."""
        return [row for name, table in self._found if name == f"{SYSTEM}_{kind}" for row in cells(table, *names)]

    def column(self, kind: str, key: str, value: str) -> dict[str, str | None]:
        """A column by another."""
        return {str(one): other for one, other in self.rows(kind, key, value)}


def _bounced(sent: Iterable[tuple[str | None, ...]], bounces: Iterable[tuple[str | None, ...]]) -> set[str]:
    """The mails that came back: of each bounce the last mail of that message to that contact before it."""
    mails: dict[tuple[str | None, str | None], list[tuple[datetime, str]]] = defaultdict(list)
    wanted = [(contact, message, moment) for contact, message, at in bounces if (moment := _moment(at))]
    concerned = {(contact, message) for contact, message, _ in wanted}
    for mail, contact, message, at in sent:
        if (contact, message) in concerned and (moment := _moment(at)):
            mails[contact, message].append((moment, str(mail)))
    found = set()
    for contact, message, moment in wanted:
        earlier = sorted(mails[contact, message])
        place = bisect_right([at for at, _ in earlier], moment)
        found |= {earlier[place - 1][1]} if place else set()
    return found


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def _with_names(key: str, names: str, told: str) -> Any:
    def complete(table: pa.Table, know: _Known) -> pa.Table:
        known: dict[str, str | None] = getattr(know, names)
        return with_column(table, told, [known.get(str(item)) for (item,) in cells(table, key)]) if key in table.column_names else table

    return complete


def _orders(table: pa.Table, know: _Known) -> pa.Table:
    """The goods of each order or cart, as a list of product ids."""
    goods = [know.goods.get(str(order)) for (order,) in cells(table, "id")]
    return with_column(table, "products", [json.dumps([*found.values()]) if found else None for found in goods])


def _products(table: pa.Table, know: _Known) -> pa.Table:
    """Whether goods were ordered or lay in a cart: a cart has no id of an order."""
    lies_in = {order: "order" if external else "cart" for order, external in know.orders.items()}
    return with_column(table, "lies_in", [lies_in.get(str(order)) for (order,) in cells(table, "orderid")])


def _logs(table: pa.Table, know: _Known) -> pa.Table:
    return with_column(table, "bounced", ["yes" if str(mail) in know.bounced else "no" for (mail,) in cells(table, "id")])


_COMPLETE = {
    "activecampaign_contact_lists": _with_names("list", "lists", "list name"),
    "activecampaign_contact_tags": _with_names("tag", "tags", "tag name"),
    "activecampaign_campaigns": _with_names("id", "subjects", "subject"),
    "activecampaign_link_data": _with_names("linkid", "links", "link"),
    "activecampaign_mpp_link_data": _with_names("linkid", "links", "link"),
    "activecampaign_orders": _orders, "activecampaign_products": _products, "activecampaign_logs": _logs,
}  # fmt: skip
