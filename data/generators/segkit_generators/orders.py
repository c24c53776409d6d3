"""What becomes of each order (completed, cancelled, paid back) and the canonical tables orders, items and refunds."""

import numpy as np
import pandas as pd
import pyarrow as pa

from segkit_generators import arrow
from segkit_generators.baskets import CODES, NO_PRODUCT, total
from segkit_generators.moments import DAY, HOUR, NEVER, until
from segkit_generators.purchases import GUEST
from segkit_generators.streams import choose
from segkit_generators.world import World

STATUS = ("completed", "cancelled", "refunded", "partially_refunded")
FINANCIAL = ("paid", "voided", "refunded", "partially_refunded")
COMPLETED, CANCELLED, REFUNDED, PARTIAL = range(4)


def settle(world: World, orders: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
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
    orders["pickup_day"] = _pickup_days(world, orders)
    return orders


def _decide(world: World, orders: pd.DataFrame) -> None:
    rates, rng = world.recipe["orders"], world.streams("status")
    shares = [rates["cancelled_share"], rates["refunded_share"], rates["partial_share"]]
    status = choose(rng, [1 - sum(shares), *shares], len(orders))
    low, high = rates["refund_after_days"]
    refund_at = until(orders["at"].to_numpy() + rng.integers(low * DAY, high * DAY, len(orders)), world.calendar.end)
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
    orders["counts"] = np.isin(status, [COMPLETED, PARTIAL]) & (orders["kind"] != "test") & (orders["line_total"] > 0)


def _pickup_days(world: World, orders: pd.DataFrame) -> np.ndarray:
    low, high = world.recipe["pickup_after_days"]
    day = orders["day"] + world.streams("pickup day").integers(low, high + 1, len(orders))
    fetched = orders["is_pickup"] & (orders["status"] != CANCELLED)
    agreed = orders["agreed_pickup_day"].to_numpy()
    return np.where(fetched, np.where(agreed != NEVER, agreed, day), NEVER)


def profile_ids(world: World, customer: pd.Series | np.ndarray) -> pa.Array:
    """The profile id of each customer number, null for guests."""
    return arrow.pick(world.ids("C", world.size), np.asarray(customer))


def order_table(world: World, orders: pd.DataFrame) -> pa.Table:
    """The canonical table orders."""
    customer, status = orders["customer"].to_numpy(), orders["status"].to_numpy()
    emails = world.people["email"].to_numpy()[customer]
    guest = customer == GUEST
    code = orders["code"].to_numpy()
    names = [world.recipe.get("cake" if name == "cake" else f"{name}_code", {}).get("code", "") for name in CODES]
    place = np.where(guest, 0, world.people["country"].to_numpy()[customer])
    country = pa.array([entry["code"] for entry in world.recipe["countries"]]).take(pa.array(place))
    currencies = [entry.get("currency", world.recipe["client"]["currency"]) for entry in world.recipe["countries"]]
    rate = np.array([entry.get("rate", 1.0) for entry in world.recipe["countries"]])[place]  # of its currency in the shop's
    zips = np.where(guest, None, world.people["zip"].to_numpy()[customer])
    gone = orders["pickup_day"].to_numpy() <= world.calendar.last
    pickup = orders["is_pickup"].to_numpy()
    fulfilled = np.where(status == CANCELLED, -1, np.where(pickup, np.where(gone, 0, 2), 1))
    columns = {
        "order_id": orders["order_id"], "source_system": "webshop", "source_order_id": orders["order_id"],
        "order_number": world.numbered("#", np.arange(1, len(orders) + 1) + 1000, 5),
        "profile_id": profile_ids(world, customer),
        "email_at_order": np.where(guest, world.ids("gast", len(orders)).to_pandas() + "@example.com", emails),
        "is_guest": guest, **arrow.dated(world.calendar.zone, "ordered", orders["at"].to_numpy()),
        "paid_at": np.where(status == CANCELLED, NEVER, orders["at"].to_numpy()),
        "cancelled_at": orders["cancel_at"].to_numpy(),
        "status": arrow.pick(STATUS, status), "financial_status": arrow.pick(FINANCIAL, status),
        "fulfillment_status": arrow.pick(("picked_up", "shipped", "ready_for_pickup"), fulfilled),
        "source_status": arrow.pick(STATUS, status), "is_test": (orders["kind"] == "test").to_numpy(),
        "counts_as_purchase": orders["counts"].to_numpy(), "currency": arrow.pick(currencies, place), "fx_to_base": rate,
        "taxes_included": True, "items_total": orders["items"], "discount_total": orders["discount"],
        "shipping_total": orders["shipping"], "tax_total": orders["tax"], "total": orders["line_total"],
        "refunded_total": orders["refunded"], "total_base": (orders["line_total"] * rate).round().astype(np.int64),
        "net_base": ((orders["line_total"] - orders["refunded"]) * rate).round().astype(np.int64),
        "discount_codes": arrow.lists(arrow.pick(names, code[code >= 0]), (code >= 0).astype(np.int64)),
        "channel": arrow.pick(("delivery", "pickup"), pickup.astype(np.int64)), "source_name": "web",
        "store_id": arrow.pick(("counter",), np.where(pickup, 0, -1)), "billing_country": country,
        "shipping_country": country,
        "shipping_zip": zips, "cart_id": world.numbered("K", np.arange(1, len(orders) + 1)),
        "extract_id": "generated-orders",
    }  # fmt: skip
    return arrow.table("orders", len(orders), columns)


def item_table(world: World, orders: pd.DataFrame, lines: pd.DataFrame, products: pd.DataFrame) -> pa.Table:
    """The canonical table order_items: product lines, and one carriage line where carriage was paid."""
    product, order = lines["product"].to_numpy(), lines["order"].to_numpy()
    status = orders["status"].to_numpy()[order]
    returned = (status == REFUNDED) | ((status == PARTIAL) & (lines["line_no"] == 1).to_numpy())
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


def refund_table(world: World, orders: pd.DataFrame) -> pa.Table:
    """The canonical table refunds: one row a refunded order, then the refunds that name no order."""
    rng, paid = world.streams("unlinked"), np.flatnonzero(orders["counts"] & (orders["customer"] != GUEST))
    linked = np.flatnonzero(orders["refunded"] > 0)
    wanted = max(1, round(len(orders) * world.recipe["orders"]["unlinked_refund_share"]))
    loose = rng.choice(paid, min(wanted, len(paid)), replace=False) if len(paid) else paid
    row, is_linked = np.concatenate([linked, loose]), np.arange(len(linked) + len(loose)) < len(linked)
    low, high = world.recipe["orders"]["refund_after_days"]
    later = orders["at"].to_numpy()[row] + rng.integers(low * DAY, high * DAY, len(row))
    at = np.where(is_linked, orders["refund_at"].to_numpy()[row], np.minimum(later, world.calendar.end - 1))
    amount = np.where(is_linked, orders["refunded"].to_numpy()[row], orders["first_line"].to_numpy()[row])
    columns = {
        "refund_id": world.ids("R", len(row)), "order_id": arrow.text(orders["order_id"].to_numpy()[row], ~is_linked),
        "profile_id": profile_ids(world, orders["customer"].to_numpy()[row]),
        **arrow.dated(world.calendar.zone, "refunded", at),
        "amount": amount, "currency": world.recipe["client"]["currency"],
        "linkage": arrow.pick(("unlinked", "order"), is_linked.astype(np.int64)), "reason": _reasons(world, is_linked),
    }  # fmt: skip
    return arrow.table("refunds", len(row), columns)


def _reasons(world: World, is_linked: np.ndarray) -> pa.Array:
    """Why each order came back, where the shop asks; a refund that names no order gives no reason either."""
    reasons = world.recipe.get("return_reasons")
    if reasons is None:
        return pa.nulls(len(is_linked), pa.string())
    drawn = choose(world.streams("return reason"), list(reasons.values()), len(is_linked))
    return arrow.pick(list(reasons), np.where(is_linked, drawn, -1))
