"""Faults in orders and their lines."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segkit_generators.faults.edit import added, changed, copies, ids_of, is_among
from segkit_generators.faults.fault import Fault, Planted, Tables
from segkit_generators.streams import Bools, Ints
from segkit_generators.world import World

SETTLED = {"status": "completed", "source_status": "completed", "financial_status": "paid", "refunded_total": 0}  # nothing is paid back
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
    """Somebody of the shop tries the checkout, with a real-looking order that is paid for with the test method: no money moves."""
    orders, items = tables["orders"], tables["order_items"]
    ids, old = world.numbered("OX", rows), ids_of(orders, rows)
    tests = copies(
        orders, rows, order_id=ids, source_order_id=ids, order_number=world.numbered("#T", rows), profile_id=None, is_guest=True,
        email_at_order="test@example.com", is_test=True, counts_as_purchase=False, cart_id=None,
        **SETTLED, net_base=orders["total_base"].take(pa.array(rows)),
    )  # fmt: skip
    lines = np.flatnonzero(is_among(items, "order_id", old))
    new = ids.take(pc.index_in(items["order_id"].take(pa.array(lines)).combine_chunks(), value_set=old))
    more = copies(items, lines, order_id=new, order_item_id=world.numbered("LX", lines), refunded_quantity=0)
    return {**tables, "orders": added(orders, tests), "order_items": added(items, more)}, {"orders": ids}


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


FAULTS = {
    "guests": Fault("orders without a customer", 0.15, named, make_guests),
    "marketplace_orders": Fault("orders from a marketplace, with a masked address", 0.03, named, sell_on_marketplace),
    "test_orders": Fault("orders that the shop placed to try its checkout, paid with a test method", 0.005, named, place_tests),
    "two_countries": Fault("customers with an order in another country", 0.01, later, ship_abroad),
    "ties": Fault("two orders of one customer in the same second", 0.01, paired, order_twice_at_once),
    "duplicate_lines": Fault("order lines that stand there twice", 0.01, None, repeat_lines, of="order_items"),
}
