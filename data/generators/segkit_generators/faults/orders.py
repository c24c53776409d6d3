"""Faults in orders, their lines and their refunds."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segkit_generators import arrow
from segkit_generators.faults.edit import added, changed, copies, ids_of, is_among
from segkit_generators.faults.fault import Fault, Planted, Tables
from segkit_generators.moments import DAY
from segkit_generators.streams import Bools, Ints
from segkit_generators.world import World

FOREIGN = {"USD": 0.92, "GBP": 1.17}  # what one unit is worth in the shop's currency
FEE_CENTS = 295
FEES = ("POSTAGE", "Manual", "BANK CHARGES")
TIED = {"ordered_at": "ordered_at", "ordered_on": "ordered_on", "paid_at": "ordered_at"}  # the one before may never have been paid


def named(tables: Tables) -> Bools:
    """Real purchases of named customers."""
    orders = tables["orders"]
    return np.asarray(pc.and_(orders["counts_as_purchase"], pc.is_valid(orders["profile_id"])))


def later(tables: Tables) -> Bools:
    """Of those, the ones that are not their customer's first."""
    return named(tables) & (_place(tables) > 0)


def paired(tables: Tables) -> Bools:
    """Of those, every second of its customer's: the one before it stays where it is."""
    return named(tables) & (_place(tables) % 2 == 1)


def cancel_without_link(world: World, tables: Tables, rows: Ints, rng: np.random.Generator) -> Planted:
    """The money goes back in a document of its own, and nothing says which order it belongs to."""
    orders = tables["orders"].take(pa.array(rows))
    latest = world.calendar.end - 1
    at = np.minimum(_seconds(orders["ordered_at"]) + rng.integers(DAY, 6 * DAY, len(rows)), latest)
    ids = world.numbered("RX", rows)
    columns = {
        "refund_id": ids, "profile_id": orders["profile_id"], **arrow.dated(world.calendar.zone, "refunded", at),
        "amount": orders["total"], "currency": orders["currency"], "linkage": "unlinked",
    }  # fmt: skip
    more = arrow.table("refunds", len(rows), columns)
    return {**tables, "refunds": added(tables["refunds"], more)}, {"refunds": ids}


def make_guests(world: World, tables: Tables, rows: Ints, rng: np.random.Generator) -> Planted:
    """The order stays under an address that nobody else has, and who placed it is no longer known."""
    address = pc.binary_join_element_wise(world.numbered("gastX", rows), "@example.com", "")
    return _without_customer(tables, rows, email_at_order=address), {"orders": ids_of(tables["orders"], rows)}


def sell_on_marketplace(world: World, tables: Tables, rows: Ints, rng: np.random.Generator) -> Planted:
    """Sold through a marketplace, which gives an address of its own in place of the customer's."""
    masked = [f"{number:016x}@marktplaats.example" for number in rng.integers(0, 2**62, len(rows))]
    cells = {"email_at_order": masked, "source_name": "marketplace", "channel": "marketplace"}
    return _without_customer(tables, rows, **cells), {"orders": ids_of(tables["orders"], rows)}


def place_tests(world: World, tables: Tables, rows: Ints, rng: np.random.Generator) -> Planted:
    """Somebody of the shop tries the checkout, with a real-looking order that nobody paid for."""
    orders, items = tables["orders"], tables["order_items"]
    ids, old = world.numbered("OX", rows), ids_of(orders, rows)
    tests = copies(
        orders, rows, order_id=ids, source_order_id=ids, order_number=world.numbered("#T", rows), profile_id=None, is_guest=True,
        email_at_order="test@example.com", is_test=True, counts_as_purchase=False, cart_id=None,
    )  # fmt: skip
    lines = np.flatnonzero(is_among(items, "order_id", old))
    new = ids.take(pc.index_in(items["order_id"].take(pa.array(lines)).combine_chunks(), value_set=old))
    more = copies(items, lines, order_id=new, order_item_id=world.numbered("LX", lines))
    return {**tables, "orders": added(orders, tests), "order_items": added(items, more)}, {"orders": ids}


def pay_in_other_currencies(world: World, tables: Tables, rows: Ints, rng: np.random.Generator) -> Planted:
    """The order is in another currency, at a rate that the shop knows."""
    orders = tables["orders"]
    chosen = rng.integers(0, len(FOREIGN), len(rows))
    rate = np.array(list(FOREIGN.values()))[chosen]
    base = {f"{name}_base": _money(_cents(orders[name], rows) * rate) for name in ("total",)}
    net = _money((_cents(orders["total"], rows) - _cents(orders["refunded_total"], rows)) * rate)
    cells = {"currency": np.array(list(FOREIGN))[chosen].tolist(), "fx_to_base": rate, **base, "net_base": net}
    return {**tables, "orders": changed(orders, rows, **cells)}, {"orders": ids_of(orders, rows)}


def ship_abroad(world: World, tables: Tables, rows: Ints, rng: np.random.Generator) -> Planted:
    """The same customer in two countries: one order goes to another than the others."""
    orders = tables["orders"]
    abroad = ["DE" if country != "DE" else "NL" for country in orders["shipping_country"].take(pa.array(rows)).to_pylist()]
    return {**tables, "orders": changed(orders, rows, shipping_country=abroad)}, {"orders": ids_of(orders, rows)}


def order_twice_at_once(world: World, tables: Tables, rows: Ints, rng: np.random.Generator) -> Planted:
    """Two orders of one customer in the same second."""
    orders = tables["orders"]
    before = pa.array(_previous(tables)[rows])
    return {**tables, "orders": changed(orders, rows, **{name: orders[of].take(before) for name, of in TIED.items()})}, {
        "orders": ids_of(orders, rows)
    }


def charge_fees(world: World, tables: Tables, rows: Ints, rng: np.random.Generator) -> Planted:
    """A line that is no product, and is in the order's total."""
    orders, items = tables["orders"], tables["order_items"]
    ids, fee = world.numbered("LF", rows), np.full(len(rows), FEE_CENTS)
    columns = {
        "order_item_id": ids, "order_id": ids_of(orders, rows), "line_no": np.full(len(rows), 99), "quantity": np.full(len(rows), 100),
        "title": np.array(FEES)[rng.integers(0, len(FEES), len(rows))], "unit_price": fee, "line_total": fee, "line_type": "fee",
        "discount": np.zeros(len(rows), dtype=np.int64), "tax": np.zeros(len(rows), dtype=np.int64),
    }  # fmt: skip
    more = {name: _money(_cents(orders[name], rows) + FEE_CENTS) for name in ("total", "total_base", "net_base")}
    lines = added(items, arrow.table("order_items", len(rows), columns))
    return {**tables, "orders": changed(orders, rows, **more), "order_items": lines}, {"order_items": ids}


def repeat_lines(world: World, tables: Tables, rows: Ints, rng: np.random.Generator) -> Planted:
    """A line stands there twice, word for word; whether it was bought twice nobody knows."""
    items = tables["order_items"]
    ids = world.numbered("LD", rows)
    return {**tables, "order_items": added(items, copies(items, rows, order_item_id=ids))}, {"order_items": ids}


def _without_customer(tables: Tables, rows: Ints, **cells: Any) -> Tables:
    """The orders with these cells and without their customer, whom their refunds and carts do not name any longer either."""
    orders = tables["orders"]
    chosen, made = orders.take(pa.array(rows)), dict(tables)
    for name, key in (("refunds", "order_id"), ("carts", "cart_id")):
        made[name] = changed(tables[name], np.flatnonzero(is_among(tables[name], key, chosen[key])), profile_id=None)
    return made | {"orders": changed(orders, rows, profile_id=None, is_guest=True, **cells)}


def _place(tables: Tables) -> Ints:
    """The how-manieth order of its customer each one is, from 0."""
    orders = tables["orders"].select(["profile_id", "ordered_at"]).to_pandas()
    order = orders.sort_values("ordered_at", kind="stable")
    return order.groupby("profile_id", dropna=False).cumcount().sort_index().to_numpy()


def _previous(tables: Tables) -> Ints:
    """The row of the order before it of the same customer; -1 for a first one."""
    orders = tables["orders"].select(["profile_id", "ordered_at"]).to_pandas().sort_values("ordered_at", kind="stable")
    rows = pd.Series(orders.index, index=orders.index).groupby(orders["profile_id"], dropna=False).shift(1)
    return rows.sort_index().fillna(-1).to_numpy().astype(np.int64)


def _seconds(moments: pa.ChunkedArray) -> Ints:
    return np.asarray(moments.cast(pa.int64())) // arrow.SECOND_US


def _cents(column: pa.ChunkedArray, rows: Ints) -> np.ndarray:
    return np.round(np.asarray(column.take(pa.array(rows)).cast(pa.float64())) * 100)


def _money(cents: np.ndarray) -> pa.Array:
    return arrow.money(np.round(cents).astype(np.int64))


FAULTS = {
    "unlinked_cancellations": Fault("a cancelled order is paid back without saying which order it was", 0.02, named, cancel_without_link),
    "guests": Fault("orders without a customer", 0.15, named, make_guests),
    "marketplace_orders": Fault("orders from a marketplace, with a masked address", 0.03, named, sell_on_marketplace),
    "test_orders": Fault("orders that the shop placed to try its checkout", 0.005, named, place_tests),
    "mixed_currencies": Fault("orders in dollars and pounds", 0.05, named, pay_in_other_currencies),
    "two_countries": Fault("customers with an order in another country", 0.01, later, ship_abroad),
    "ties": Fault("two orders of one customer in the same second", 0.01, paired, order_twice_at_once),
    "fee_lines": Fault("lines that are no product: postage, manual, bank charges", 0.05, named, charge_fees),
    "duplicate_lines": Fault("order lines that stand there twice", 0.01, None, repeat_lines, of="order_items"),
}
