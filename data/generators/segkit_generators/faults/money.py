"""Faults in what orders are worth: other currencies, lines that are no product, money back that names no order."""

import numpy as np
import pyarrow as pa

from segkit_generators import arrow
from segkit_generators.errors import BadArgument
from segkit_generators.faults.edit import added, changed, following, ids_of
from segkit_generators.faults.fault import Fault, Planted, Tables
from segkit_generators.faults.orders import named
from segkit_generators.moments import DAY
from segkit_generators.recipe import Recipe, rates_of_countries
from segkit_generators.streams import Floats, Ints
from segkit_generators.world import World

IN_EUROS = {"USD": 0.92, "GBP": 1.17, "EUR": 1.0, "CHF": 1.05, "DKK": 0.134, "NOK": 0.086, "PLN": 0.23, "SEK": 0.088}
PAID_IN = ("USD", "GBP", "EUR")
RATE_DIGITS = 4
FEE_CENTS = 295
FEES = ("POSTAGE", "Manual", "BANK CHARGES")


def pay_in_other_currencies(world: World, tables: Tables, rows: Ints, rng: np.random.Generator) -> Planted:
    """The order, its cart and what is paid back of it are in another currency, at a rate that the shop knows."""
    orders, ids = tables["orders"], ids_of(tables["orders"], rows)
    rates = other_rates(world.recipe)
    chosen, names = rng.integers(0, len(rates), len(rows)), np.array(list(rates))
    own = names[chosen] == orders["currency"].take(pa.array(rows)).to_numpy()  # somebody abroad who pays in his own money
    chosen = np.where(own, (chosen + 1) % len(rates), chosen)
    currency, rate = pa.array(names[chosen].tolist()), np.array(list(rates.values()))[chosen]
    worth = _worth(_cents(orders["total"], rows), _cents(orders["refunded_total"], rows), rate)
    carts = orders["cart_id"].take(pa.array(rows))
    return {
        **tables, "orders": changed(orders, rows, currency=currency, fx_to_base=rate, **worth),
        "refunds": following(tables["refunds"], "order_id", ids, currency=currency),
        "carts": following(tables["carts"], "cart_id", carts, currency=currency),
    }, {"orders": ids}  # fmt: skip


def charge_fees(world: World, tables: Tables, rows: Ints, rng: np.random.Generator) -> Planted:
    """A line that is no product, and is in the order's total; the fee is in the order's currency."""
    orders, items = tables["orders"], tables["order_items"]
    ids, fee = world.numbered("LF", rows), np.full(len(rows), FEE_CENTS)
    columns = {
        "order_item_id": ids, "order_id": ids_of(orders, rows), "line_no": np.full(len(rows), 99), "quantity": np.full(len(rows), 100),
        "title": np.array(FEES)[rng.integers(0, len(FEES), len(rows))], "unit_price": fee, "line_total": fee, "line_type": "fee",
        "discount": np.zeros(len(rows), dtype=np.int64), "tax": np.zeros(len(rows), dtype=np.int64),
    }  # fmt: skip
    total, rate = _cents(orders["total"], rows) + FEE_CENTS, np.asarray(orders["fx_to_base"].take(pa.array(rows)))
    worth = _worth(total, _cents(orders["refunded_total"], rows), rate)
    lines = added(items, arrow.table("order_items", len(rows), columns))
    return {**tables, "orders": changed(orders, rows, total=_money(total), **worth), "order_items": lines}, {"order_items": ids}


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


def other_rates(recipe: Recipe) -> dict[str, float]:
    """What one unit of each other currency is worth in the shop's own, by the profile where it says so; BadArgument without rates."""
    base, said = recipe["client"]["currency"], rates_of_countries(recipe)
    if base not in IN_EUROS:
        raise BadArgument(f"mixed_currencies has no rates for a shop in {base}.", f"It has them for: {', '.join(IN_EUROS)}.")
    return {name: said.get(name, round(IN_EUROS[name] / IN_EUROS[base], RATE_DIGITS)) for name in PAID_IN if name != base}


def _worth(total: Floats, refunded: Floats, rate: Floats) -> dict[str, pa.Array]:
    """What orders are worth in the shop's own currency, from cents in theirs."""
    return {"total_base": _money(total * rate), "net_base": _money((total - refunded) * rate)}


def _seconds(moments: pa.ChunkedArray) -> Ints:
    return np.asarray(moments.cast(pa.int64())) // arrow.SECOND_US


def _cents(column: pa.ChunkedArray, rows: Ints) -> Floats:
    cents: Floats = np.round(np.asarray(column.take(pa.array(rows)).cast(pa.float64())) * 100)
    return cents


def _money(cents: Floats) -> pa.Array:
    return arrow.money(np.round(cents).astype(np.int64))


FAULTS = {
    "mixed_currencies": Fault("orders in other currencies than the shop's", 0.05, named, pay_in_other_currencies),
    "fee_lines": Fault("lines that are no product: postage, manual, bank charges", 0.05, named, charge_fees),
    "unlinked_cancellations": Fault("a cancelled order is paid back without saying which order it was", 0.02, named, cancel_without_link),
}
