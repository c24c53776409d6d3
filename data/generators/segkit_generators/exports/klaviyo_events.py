"""Klaviyo's events, one table a metric: mail, visits, and each order as one Placed Order with one Ordered Product a line."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segkit_generators.exports import cells
from segkit_generators.exports.book import Book
from segkit_generators.exports.delivery import Record
from segkit_generators.moments import APPLE_FLAG_SINCE
from segkit_generators.streams import Ints

_MAIL, _SITE, _SHOP = ("Klaviyo", "Internal"), ("Klaviyo", "Internal"), ("Shopify", "eCommerce")
METRICS = {
    "Received Email": _MAIL, "Opened Email": _MAIL, "Clicked Email": _MAIL, "Bounced Email": _MAIL, "Dropped Email": _MAIL,
    "Marked Email as Spam": _MAIL, "Unsubscribed from Email Marketing": _MAIL, "Active on Site": _SITE, "Viewed Product": _SITE,
    "Added to Cart": _SITE, "Checkout Started": _SHOP, "Submitted Form": ("API", "API"), "Placed Order": _SHOP,
    "Ordered Product": _SHOP, "Cancelled Order": _SHOP, "Refunded Order": _SHOP, "Gave Feedback": ("API", "API"),
}  # fmt: skip
"""Names of the metrics, with the integration that each comes from and its category."""
_OF_MAIL = {
    "Received Email": "received", "Opened Email": "opened", "Clicked Email": "clicked", "Bounced Email": "bounced",
    "Dropped Email": "dropped", "Marked Email as Spam": "spam_complaint", "Unsubscribed from Email Marketing": "unsubscribed",
}  # fmt: skip
_OF_SITE = {
    "Active on Site": "active_on_site", "Viewed Product": "viewed_product", "Added to Cart": "added_to_cart",
    "Submitted Form": "submitted_form",
}  # fmt: skip
_IN_CART = {
    "AddedItemProductID": "ProductID", "AddedItemProductName": "Name", "AddedItemSku": "SKU", "AddedItemPrice": "Price",
    "AddedItemCategories": "Categories",
}  # fmt: skip
APPLE_CLIENT = "Apple Mail"


def metric_id(metric: str) -> str:
    """The id of a metric, which every event names."""
    return cells.code_of("metric", metric, 6)


@dataclass(frozen=True)
class Source:
    """The canonical rows that the events of a metric are made from (`places` among `rows`, in order of time), and how some of
    them become events: one row each, by canonical id, of person, at, and the properties under Klaviyo's names."""

    rows: pa.Table | pd.DataFrame
    places: Ints
    make: Callable[[Any], pd.DataFrame]

    def some(self, first: int, last: int) -> pd.DataFrame:
        """The events from `first` to `last`."""
        places = self.places[first:last]
        return self.make(self.rows.take(places) if isinstance(self.rows, pa.Table) else self.rows.iloc[places])


def event_sources(book: Book, people: pd.Index) -> dict[str, Source]:
    """Metric -> what the events of these people are made from; without the metrics of which the shop has none."""
    messages, products = _message_names(book), book.table("products")[["title", "sku", "price"]]
    found = {metric: _logged(book, people, "email_events", kind, partial(_mail, messages, kind)) for metric, kind in _OF_MAIL.items()}
    found |= {metric: _logged(book, people, "site_events", kind, partial(_site, products, kind)) for metric, kind in _OF_SITE.items()}
    found |= {metric: make(book, people) for metric, make in _OF_SHOP.items()}
    return {metric: source for metric, source in found.items() if source}


def _logged(book: Book, people: pd.Index, table: str, kind: str, make: Callable[[pd.DataFrame], pd.DataFrame]) -> Source | None:
    """The rows of a log that are of one type, and whose person is known."""
    log = book.arrow(table).drop_columns(["occurred_on"])
    places = np.flatnonzero(pc.and_(pc.equal(log["event_type"], kind), pc.is_valid(log["profile_id"])))
    person, at = (log[name].take(places).to_pandas() for name in ("profile_id", "occurred_at"))
    return Source(log, places[_in_order(person, at, people)], lambda some: make(book.frame(table, some))) if len(places) else None


def _in_order(person: pd.Series, at: pd.Series, people: pd.Index) -> Ints:
    """The places of the rows of these people, in order of time."""
    known = np.flatnonzero(person.isin(people))
    return known[np.argsort(at.to_numpy()[known], kind="stable")]


def _mail(messages: pd.DataFrame, kind: str, rows: pd.DataFrame) -> pd.DataFrame:
    message = messages.reindex(rows["message_id"]).set_axis(rows.index)
    columns = {
        "person": rows["profile_id"], "at": rows["occurred_at"], "Campaign Name": message["name"], "Subject": message["subject"],
        "$message": message["$message"], "$flow": message["$flow"], "Email Domain": rows["email_domain"],
    }  # fmt: skip
    return pd.DataFrame(columns | _reaction(rows, kind), rows.index)


def _message_names(book: Book) -> pd.DataFrame:
    """What events say of each message."""
    messages = book.table("messages")
    ids = {"$message": cells.codes("message", messages.index, 26), "$flow": cells.codes("flow", messages["flow_id"], 6)}
    return messages[["name", "subject"]].join(pd.DataFrame(ids, messages.index, dtype=object))


def _reaction(rows: pd.DataFrame, kind: str) -> dict[str, pd.Series]:
    """What an open, click or bounce says beside."""
    if kind == "bounced":
        return {"Bounce Type": rows["bounce_type"].str.capitalize()}
    if kind not in ("opened", "clicked"):
        return {}
    client = {"Client Type": rows["client_type"], "Client Name": rows["client_name"], "Client OS": rows["client_os"]}
    if kind == "clicked":
        return client | {"URL": rows["url"], "Bot Click": rows["is_bot_click"]}
    return client | _machine(rows)


def _machine(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """The flags of an open: Apple's since 20 November 2021; every Apple open is a machine's, not the reverse."""
    known = rows["is_machine_open"].notna() & (rows["occurred_at"] >= pd.Timestamp(APPLE_FLAG_SINCE))
    machine = rows["is_machine_open"].eq(True)
    apple = machine & rows["client_name"].eq(APPLE_CLIENT)
    return {name: flag.astype(object).where(known, None) for name, flag in (("Apple Privacy Open", apple), ("machine_open", machine))}


def _site(products: pd.DataFrame, kind: str, rows: pd.DataFrame) -> pd.DataFrame:
    product = products.reindex(rows["product_id"]).set_axis(rows.index)
    columns = {"person": rows["profile_id"], "at": rows["occurred_at"], "$event_id": pd.Series(rows.index, rows.index)}
    shown = {
        "ProductID": rows["product_id"], "Name": product["title"], "SKU": product["sku"], "URL": rows["url"],
        "Price": product["price"], "Categories": rows["category"].map(_one, na_action="ignore"), "$value": rows["value"],
    }  # fmt: skip
    if kind == "viewed_product":
        return pd.DataFrame(columns | shown, rows.index)
    if kind == "added_to_cart":
        cart = {name: shown[of] for name, of in _IN_CART.items()} | {"AddedItemQuantity": 1, "$value": rows["value"], "URL": rows["url"]}
        return pd.DataFrame(columns | cart, rows.index)
    form = {"FormName": rows["form_name"], "URL": rows["url"]} if kind == "submitted_form" else {"page": rows["url"]}
    return pd.DataFrame(columns | form, rows.index)


def _one(word: str) -> list[str]:
    return [word]


# --- the shop's orders --------------------------------------------------------------------------------------------------


def _order_events(orders: pd.DataFrame, at: pd.Series, value: pd.Series) -> dict[str, pd.Series]:
    return {
        "person": orders["person"], "at": at, "$event_id": orders["source_order_id"], "$value": value,
        "$currency_code": orders["currency"], "OrderId": orders["order_number"],
    }  # fmt: skip


def _of_frame(
    rows: pd.DataFrame, person: pd.Series, at: pd.Series, people: pd.Index, make: Callable[[pd.DataFrame], pd.DataFrame]
) -> Source | None:
    return Source(rows, _in_order(person, at, people), make) if len(rows) else None


def _placed(book: Book, people: pd.Index) -> Source | None:
    orders = book.orders
    return _of_frame(orders, orders["person"], orders["ordered_at"], people, lambda some: _placed_orders(some, book.goods))


def _placed_orders(orders: pd.DataFrame, goods: pd.DataFrame) -> pd.DataFrame:
    goods = goods[goods["order_id"].isin(orders.index)]
    items = _line_items(goods).reindex(orders.index)
    titles = items.map(lambda found: [line["ProductName"] for line in found], na_action="ignore")
    columns = _order_events(orders, orders["ordered_at"], orders["total"]) | {
        "Items": titles, "Brands": _told_by(goods, "brand", orders), "Categories": _told_by(goods, "category", orders),
        "Item Count": goods.groupby("order_id")["quantity"].sum().reindex(orders.index),
        "Discount Codes": orders["discount_codes"].map(list, na_action="ignore"), "Total Discounts": orders["discount_total"],
        "Source Name": orders["source_name"], "$extra": items.map(lambda found: {"line_items": found}, na_action="ignore"),
    }  # fmt: skip
    return pd.DataFrame(columns, orders.index)


def _told_by(goods: pd.DataFrame, column: str, orders: pd.DataFrame) -> pd.Series:
    """What is in each order, once each and sorted."""
    known = goods[goods[column].notna()]
    return known.groupby("order_id")[column].agg(lambda words: sorted(set(words))).reindex(orders.index)


def _line_items(goods: pd.DataFrame) -> pd.Series:
    """The lines of each order as the shop sends them along."""
    columns = goods[["product_id", "sku", "title", "quantity", "unit_price", "category"]].astype(object)
    known = columns.where(columns.notna(), None)  # a fee has no product
    lines: list[Record] = [
        {"ProductID": product, "SKU": sku, "ProductName": title, "Quantity": int(quantity), "ItemPrice": price,
         "RowTotal": round(price * quantity, 2), "ProductCategories": [category] if category else []}
        for product, sku, title, quantity, price, category in known.itertuples(index=False)
    ]  # fmt: skip
    found = pd.Series(np.fromiter(lines, dtype=object, count=len(lines)), goods.index)
    return found.groupby(goods["order_id"]).agg(list)


def _ordered(book: Book, people: pd.Index) -> Source | None:
    orders = book.orders[["person", "ordered_at", "source_order_id", "currency", "order_number"]]
    placed = orders.reindex(book.goods["order_id"])
    return _of_frame(book.goods, placed["person"], placed["ordered_at"], people, lambda goods: _ordered_lines(orders, goods))


def _ordered_lines(orders: pd.DataFrame, goods: pd.DataFrame) -> pd.DataFrame:
    """One event a line; its value is the price of the goods before any discount, and is never added to the order's."""
    orders = orders.reindex(goods["order_id"]).set_axis(goods.index)
    columns = _order_events(orders, orders["ordered_at"], (goods["unit_price"] * goods["quantity"]).round(2)) | {
        "$event_id": orders["source_order_id"] + ":" + goods["line_no"].astype(str), "ProductID": goods["product_id"],
        "SKU": goods["sku"], "Name": goods["title"], "Quantity": goods["quantity"].astype(int), "Vendor": goods["brand"],
        "Collections": goods["category"].map(_one, na_action="ignore"),
    }  # fmt: skip
    return pd.DataFrame(columns, goods.index)


def _cancelled(book: Book, people: pd.Index) -> Source | None:
    def events(orders: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame(_order_events(orders, orders["cancelled_at"], orders["total"]), orders.index)

    orders = book.orders[book.orders["cancelled_at"].notna()]
    return _of_frame(orders, orders["person"], orders["cancelled_at"], people, events)


def _refunded(book: Book, people: pd.Index) -> Source | None:
    """Money back for a known order; a refund that names none cannot be told."""
    refunds = book.table("refunds")
    refunds = refunds[refunds["order_id"].notna() & refunds["refunded_at"].notna()]
    persons = book.orders["person"].reindex(refunds["order_id"])
    return _of_frame(refunds, persons, refunds["refunded_at"], people, lambda some: _refunds(book.orders, some))


def _refunds(orders: pd.DataFrame, refunds: pd.DataFrame) -> pd.DataFrame:
    orders = orders.reindex(refunds["order_id"]).set_axis(refunds.index)
    columns = _order_events(orders, refunds["refunded_at"], refunds["amount"]) | {"Reason": refunds["reason"]}
    return pd.DataFrame(columns, refunds.index)


def _feedback(book: Book, people: pd.Index) -> Source | None:
    """The answers of the shop's own survey, which its survey tool sends to the API as a metric of its own."""
    answers = book.table("feedback")
    ids = pd.Series(cells.codes("message", answers["message_id"], 26), answers.index, dtype=object)
    columns = {
        "person": answers["profile_id"], "at": answers["occurred_at"], "$event_id": pd.Series(answers.index, answers.index),
        "Score": answers["score"], "Lowest Score": answers["scale_min"], "Highest Score": answers["scale_max"], "$message": ids,
        "OrderId": book.orders["order_number"].reindex(answers["order_id"]).set_axis(answers.index), "ProductID": answers["product_id"],
    }  # fmt: skip
    return _of_frame(pd.DataFrame(columns, answers.index), answers["profile_id"], answers["occurred_at"], people, lambda some: some)


def _checkouts(book: Book, people: pd.Index) -> Source | None:
    """Checkouts seen on the site and, of people whose visits are not tracked, those that the shop knows of by itself: their carts."""
    events = book.arrow("site_events")
    seen = book.frame("site_events", events.filter(pc.equal(events["event_type"], "started_checkout")))
    both = pd.concat([_site(book.table("products"), "started_checkout", seen), _carts(book)])
    return _of_frame(both, both["person"], both["at"], people, lambda some: some)


def _carts(book: Book) -> pd.DataFrame:
    carts = book.table("carts")
    carts = carts[carts["profile_id"].notna() & ~carts["profile_id"].isin(_tracked(book))]
    titles = carts["product_ids"].explode().map(book.table("products")["title"])
    columns = {
        "person": carts["profile_id"], "at": carts["created_at"], "$event_id": pd.Series(carts.index, carts.index),
        "$value": carts["value"], "$currency_code": carts["currency"], "Items": titles.groupby(level=0).agg(list).reindex(carts.index),
    }  # fmt: skip
    return pd.DataFrame(columns, carts.index)


def _tracked(book: Book) -> set[str]:
    """The profiles whose visits to the site are seen, forms that they sent in aside."""
    events = book.arrow("site_events")
    return set(events.filter(pc.equal(events["consent_basis"], "consent"))["profile_id"].unique().drop_null().to_pylist())


_OF_SHOP: dict[str, Callable[[Book, pd.Index], Source | None]] = {
    "Placed Order": _placed, "Ordered Product": _ordered, "Cancelled Order": _cancelled, "Refunded Order": _refunded,
    "Checkout Started": _checkouts, "Gave Feedback": _feedback,
}  # fmt: skip
