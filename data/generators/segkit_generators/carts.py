"""The carts of a shop: those that were ordered, those that lay abandoned first, those left behind."""

import numpy as np
import pandas as pd
import pyarrow as pa

from segkit_generators import arrow
from segkit_generators.baskets import NO_PRODUCT
from segkit_generators.moments import HOUR, NEVER, until
from segkit_generators.orders import currencies, profile_ids
from segkit_generators.purchases import GUEST
from segkit_generators.reactions import after
from segkit_generators.streams import between
from segkit_generators.visits import CART_SECONDS
from segkit_generators.world import World


def make_carts(world: World, orders: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """One row a cart: of every order (some lay abandoned first: `recovered` is its row), then those left behind."""
    rates, rng = world.recipe["carts"], world.streams("carts")
    low, high = rates["recovered_after_hours"]
    lead = between(rng, low * HOUR, high * HOUR, len(orders))
    known_since = np.where(orders["customer"] == GUEST, 0, world.joined_at[orders["customer"]])
    long_enough = orders["at"].to_numpy() - lead > known_since
    recovered = (orders["kind"] == "repeat") & (rng.random(len(orders)) < rates["recovered_share"]) & long_enough
    made = orders["at"] - np.where(recovered, lead, rng.integers(60, 800, len(orders)))
    bought = pd.DataFrame({"customer": orders["customer"], "at": made})
    bought["recovered"] = np.where(recovered, orders.index, -1)
    bought["state"] = np.where(recovered, "recovered", "converted")
    bought["order"] = orders.index
    left = visits.loc[visits["has_cart"], ["customer", "at", "product"]]
    left = left.assign(recovered=-1, state="abandoned", order=-1)
    left["at"] += CART_SECONDS
    left = left[left["at"] < world.calendar.end]
    carts = pd.concat([bought.assign(product=NO_PRODUCT), left], ignore_index=True)
    lay = (carts["state"] != "converted").to_numpy()
    idle, wait, end = rates["idle_hours"] * HOUR, rates["mail_after_hours"] * HOUR, world.calendar.end
    carts["abandoned_at"] = until(after(np.where(lay, carts["at"], NEVER), idle), end)
    carts["mail_at"] = until(after(carts["abandoned_at"].to_numpy(), wait), end)
    carts.loc[lay & (carts["abandoned_at"] == NEVER), "state"] = "open"
    return carts


def cart_table(world: World, carts: pd.DataFrame, orders: pd.DataFrame, lines: pd.DataFrame, products: pd.DataFrame) -> pa.Table:
    """One row a cart, with the products of its order or the one product left behind."""
    order, product = carts["order"].to_numpy(), carts["product"].to_numpy()
    goods = lines[lines["product"] != NO_PRODUCT]
    count = np.bincount(goods["order"], minlength=len(orders))
    left = product[order < 0]
    codes = np.concatenate([goods["product"].to_numpy(), left])
    lengths = np.concatenate([count, np.ones(len(left), dtype=np.int64)])
    gross = np.where(order >= 0, orders["items"].to_numpy()[order], products["cents"].to_numpy()[product])
    placed = np.where(order >= 0, orders["at"].to_numpy()[order], NEVER)
    columns = {
        "cart_id": world.ids("K", len(carts)), "profile_id": profile_ids(world, carts["customer"]),
        "created_at": carts["at"].to_numpy(), "updated_at": np.where(placed == NEVER, carts["at"], placed),
        "abandoned_at": carts["abandoned_at"].to_numpy(),
        "recovered_order_id": arrow.pick(orders["order_id"], carts["recovered"].to_numpy()), "state": carts["state"],
        "value": gross, "currency": arrow.pick(*currencies(world, carts)),
        "product_ids": arrow.lists(arrow.pick(products["product_id"], codes), lengths),
    }  # fmt: skip
    return arrow.table("carts", len(carts), columns)
