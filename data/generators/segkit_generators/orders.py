"""What becomes of each order (completed, cancelled, paid back) and the canonical tables orders, items and refunds."""

import numpy as np
import pandas as pd
import pyarrow as pa

from segkit_generators import arrow
from segkit_generators.baskets import NO_PRODUCT, total
from segkit_generators.coupons import coupons
from segkit_generators.moments import DAY, HOUR, NEVER, until
from segkit_generators.purchases import GUEST
from segkit_generators.returns import send_back
from segkit_generators.streams import between, choose
from segkit_generators.world import World

STATUS = ("completed", "cancelled", "refunded", "partially_refunded")
FINANCIAL = ("paid", "voided", "refunded", "partially_refunded")
COMPLETED, CANCELLED, REFUNDED, PARTIAL = range(4)
UNLINKED, ORDER, LINE = range(3)


def settle(world: World, orders: pd.DataFrame, lines: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """The orders with amounts in cents, status (number in STATUS), refund and pick-up moments."""
    orders = orders.assign(order_id=world.ids("O", len(orders)).to_pandas())
    goods = lines["product"] != NO_PRODUCT
    gross = (lines["unit"] * lines["quantity"]).where(goods, 0)
    orders["items"] = total(gross, lines["order"], len(orders))
    orders["shipping"] = total(lines["line_total"].where(~goods, 0), lines["order"], len(orders))
    for column in ("discount", "tax", "line_total"):
        orders[column] = total(lines[column], lines["order"], len(orders))
    orders["goods_lines"] = total(goods.astype(np.int64), lines["order"], len(orders))
    orders["first_line"] = lines.drop_duplicates("order")["line_total"].to_numpy()
    _decide(world, orders)
    send_back(world, orders, lines, products)
    _settle_returns(orders, lines)
    orders["counts"] = np.isin(orders["status"], [COMPLETED, PARTIAL]) & (orders["kind"] != "test") & (orders["line_total"] > 0)
    orders["pickup_day"] = _pickup_days(world, orders)
    return orders


def _decide(world: World, orders: pd.DataFrame) -> None:
    rates, rng = world.recipe["orders"], world.streams("status")
    shares = [rates["cancelled_share"], rates["refunded_share"], rates["partial_share"]]
    status = choose(rng, [1 - sum(shares), *shares], len(orders))
    low, high = rates["refund_after_days"]
    refund_at = until(orders["at"].to_numpy() + between(rng, low * DAY, high * DAY, len(orders)), world.calendar.end)
    settled = orders["kind"].isin(["cake", "test"]) | (orders["line_total"] == 0)
    unpaid = (status == REFUNDED) | (status == PARTIAL)
    whole = (status == PARTIAL) & ((orders["goods_lines"] < 2) | (orders["first_line"] == 0))
    status[settled | whole | (unpaid & (refund_at == NEVER))] = COMPLETED
    cancel_at = until(orders["at"].to_numpy() + rng.integers(HOUR, 20 * HOUR, len(orders)), world.calendar.end)
    status[(status == CANCELLED) & (cancel_at == NEVER)] = COMPLETED
    orders["status"] = status
    orders["refund_at"] = np.where(np.isin(status, [REFUNDED, PARTIAL]), refund_at, NEVER)
    orders["cancel_at"] = np.where(status == CANCELLED, cancel_at, NEVER)
    orders["refunded"] = np.select([status == REFUNDED, status == PARTIAL], [orders["line_total"], orders["first_line"]], 0)


def _settle_returns(orders: pd.DataFrame, lines: pd.DataFrame) -> None:
    """Pieces that come back are paid back, unless the order was cancelled or paid back before: columns is_by_line, refunded, status."""
    by_line = (orders["return_at"] != NEVER).to_numpy() & (orders["status"] == COMPLETED).to_numpy()
    lines["is_returned"] &= by_line[lines["order"]]
    back = total(lines["is_returned"].astype(np.int64), lines["order"], len(orders))
    paid = total(lines["line_total"].where(lines["is_returned"], 0), lines["order"], len(orders))
    orders["is_by_line"] = by_line
    orders["refunded"] = np.where(by_line, paid, orders["refunded"])
    orders["refund_at"] = np.where(by_line, orders["return_at"], orders["refund_at"])
    orders["status"] = np.where(by_line, np.where(back == orders["goods_lines"], REFUNDED, PARTIAL), orders["status"])


def _pickup_days(world: World, orders: pd.DataFrame) -> np.ndarray:
    low, high = world.recipe["pickup_after_days"]
    day = orders["day"] + world.streams("pickup day").integers(low, high + 1, len(orders))
    fetched = orders["is_pickup"] & (orders["status"] != CANCELLED)
    agreed = orders["agreed_pickup_day"].to_numpy()
    return np.where(fetched, np.where(agreed != NEVER, agreed, day), NEVER)


def profile_ids(world: World, customer: pd.Series | np.ndarray) -> pa.Array:
    """The profile id of each customer number, null for guests."""
    return arrow.pick(world.profiles(), np.asarray(customer))


def order_table(world: World, orders: pd.DataFrame) -> pa.Table:
    """The canonical table orders."""
    customer, status = orders["customer"].to_numpy(), orders["status"].to_numpy()
    emails = world.people["email"].to_numpy()[customer]
    guest = customer == GUEST
    code = orders["code"].to_numpy()
    names = [coupon.code for coupon in coupons(world.recipe).values()]
    place = np.where(guest, 0, world.people["country"].to_numpy()[customer])
    codes = [entry["code"] for entry in world.recipe["countries"]]
    rate = np.array([entry.get("rate", 1.0) for entry in world.recipe["countries"]])[place]  # of its currency in the shop's
    ship_to = orders["ship_to"].to_numpy()
    zips = np.where(guest, None, world.people["zip"].to_numpy()[ship_to])
    there = np.where(guest, 0, world.people["country"].to_numpy()[ship_to])
    gone = orders["pickup_day"].to_numpy() <= world.calendar.last
    pickup = orders["is_pickup"].to_numpy()
    fulfilled = np.where(status == CANCELLED, -1, np.where(pickup, np.where(gone, 0, 2), 1))
    columns = {
        "order_id": orders["order_id"], "source_system": "webshop", "source_order_id": orders["order_id"],
        "order_number": world.numbered("#", world.rows(len(orders)) + 1000, 5),
        "profile_id": profile_ids(world, customer),
        "email_at_order": np.where(guest, world.ids("gast", len(orders)).to_pandas() + "@example.com", emails),
        "is_guest": guest, **arrow.dated(world.calendar.zone, "ordered", orders["at"].to_numpy()),
        "paid_at": np.where(status == CANCELLED, NEVER, orders["at"].to_numpy()),
        "cancelled_at": orders["cancel_at"].to_numpy(),
        "status": arrow.pick(STATUS, status), "financial_status": arrow.pick(FINANCIAL, status),
        "fulfillment_status": arrow.pick(("picked_up", "shipped", "ready_for_pickup"), fulfilled),
        "source_status": arrow.pick(STATUS, status), "is_test": (orders["kind"] == "test").to_numpy(),
        "counts_as_purchase": orders["counts"].to_numpy(), "currency": arrow.pick(*currencies(world, orders)), "fx_to_base": rate,
        "taxes_included": True, "items_total": orders["items"], "discount_total": orders["discount"],
        "shipping_total": orders["shipping"], "tax_total": orders["tax"], "total": orders["line_total"],
        "refunded_total": orders["refunded"], "total_base": (orders["line_total"] * rate).round().astype(np.int64),
        "net_base": ((orders["line_total"] - orders["refunded"]) * rate).round().astype(np.int64),
        "discount_codes": arrow.lists(arrow.pick(names, code[code >= 0]), (code >= 0).astype(np.int64)),
        "channel": arrow.pick(("delivery", "pickup"), pickup.astype(np.int64)), "source_name": "web",
        "store_id": arrow.pick(("counter",), np.where(pickup, 0, -1)), "billing_country": arrow.pick(codes, place),
        "shipping_country": arrow.pick(codes, there),
        "shipping_zip": zips, "cart_id": world.ids("K", len(orders)),
        "extract_id": "generated-orders",
    }  # fmt: skip
    return arrow.table("orders", len(orders), columns)


def item_table(world: World, orders: pd.DataFrame, lines: pd.DataFrame, products: pd.DataFrame) -> pa.Table:
    """The canonical table order_items: product lines, and one carriage line where carriage was paid."""
    product, order = lines["product"].to_numpy(), lines["order"].to_numpy()
    status = orders["status"].to_numpy()[order]
    whole = (status == REFUNDED) | ((status == PARTIAL) & (lines["line_no"] == 1).to_numpy())
    returned = np.where(orders["is_by_line"].to_numpy()[order], lines["is_returned"], whole)
    columns = {
        "order_item_id": world.ids("L", len(lines)), "order_id": orders["order_id"].to_numpy()[order],
        "line_no": lines["line_no"].to_numpy(),
        **{name: arrow.pick(products[name], product) for name in ("product_id", "title", "brand", "category")},
        "sku": arrow.pick(products["key"], product), "quantity": lines["quantity"] * 100, "unit_price": lines["unit"],
        "discount": lines["discount"], "tax": lines["tax"], "line_total": lines["line_total"],
        "refunded_quantity": np.where(returned, lines["quantity"], 0) * 100,
        "line_type": arrow.pick(("shipping", "product"), (product != NO_PRODUCT).astype(np.int64)),
    }  # fmt: skip
    return arrow.table("order_items", len(lines), columns)


def refund_table(world: World, orders: pd.DataFrame, lines: pd.DataFrame) -> pa.Table:
    """The canonical table refunds: one row a refunded order, those that name no order, then one row a piece sent back."""
    rng, paid = world.streams("unlinked"), np.flatnonzero(orders["counts"] & (orders["customer"] != GUEST))
    linked = np.flatnonzero((orders["refunded"] > 0) & ~orders["is_by_line"])
    least = 0 if world.rows_before else 1  # the shop as a whole has one
    wanted = max(least, round(len(orders) * world.recipe["orders"]["unlinked_refund_share"]))
    loose = rng.choice(paid, min(wanted, len(paid)), replace=False) if len(paid) else paid
    piece = np.flatnonzero(lines["is_returned"])
    row = np.concatenate([linked, loose, lines["order"].to_numpy()[piece]])
    kind = np.repeat([ORDER, UNLINKED, LINE], [len(linked), len(loose), len(piece)])
    low, high = world.recipe["orders"]["refund_after_days"]
    later = orders["at"].to_numpy()[row] + between(rng, low * DAY, high * DAY, len(row))
    at = np.where(kind == UNLINKED, np.minimum(later, world.calendar.end - 1), orders["refund_at"].to_numpy()[row])
    whole = np.where(kind == ORDER, orders["refunded"].to_numpy()[row], orders["first_line"].to_numpy()[row])
    before = np.full(len(row) - len(piece), -1)
    line = np.concatenate([before, piece])
    amount = np.where(kind == LINE, lines["line_total"].to_numpy()[line], whole)
    reasons = list(world.recipe["returns"]["reasons"]) if "returns" in world.recipe else []
    columns = {
        "refund_id": world.ids("R", len(row)), "order_id": arrow.text(orders["order_id"].to_numpy()[row], kind == UNLINKED),
        "order_item_id": arrow.pick(world.ids("L", len(lines)), line),
        "profile_id": profile_ids(world, orders["customer"].to_numpy()[row]),
        **arrow.dated(world.calendar.zone, "refunded", at),
        "quantity": np.where(kind == LINE, lines["quantity"].to_numpy()[line] * 100, NEVER),
        "amount": amount, "currency": arrow.pick(*currencies(world, orders.iloc[row])),
        "reason": arrow.pick(reasons or [""], np.where(kind == LINE, lines["reason"].to_numpy()[line], -1)),
        "linkage": arrow.pick(("unlinked", "order", "line"), kind),
    }  # fmt: skip
    return arrow.table("refunds", len(row), columns)


def currencies(world: World, placed: pd.DataFrame) -> tuple[list[str], np.ndarray]:
    """The currencies of the countries, and which of them each order, cart or visit is in; guests pay in that of the first country."""
    customer = placed["customer"].to_numpy()
    place = np.where(customer == GUEST, 0, world.people["country"].to_numpy()[customer])
    return [entry.get("currency", world.recipe["client"]["currency"]) for entry in world.recipe["countries"]], place
