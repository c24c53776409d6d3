"""The canonical table carts."""

import numpy as np
import pandas as pd
import pyarrow as pa

from segkit_generators import arrow
from segkit_generators.baskets import NO_PRODUCT
from segkit_generators.moments import NEVER
from segkit_generators.orders import profile_ids
from segkit_generators.world import World


def cart_table(
    world: World, carts: pd.DataFrame, orders: pd.DataFrame, lines: pd.DataFrame, products: pd.DataFrame
) -> pa.Table:
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
        "cart_id": arrow.ids("K", len(carts)), "profile_id": profile_ids(world, carts["customer"]),
        "created_at": carts["at"].to_numpy(), "updated_at": np.where(placed == NEVER, carts["at"], placed),
        "abandoned_at": carts["abandoned_at"].to_numpy(),
        "recovered_order_id": arrow.pick(orders["order_id"], carts["recovered"].to_numpy()), "state": carts["state"],
        "value": gross, "currency": world.recipe["client"]["currency"],
        "product_ids": arrow.lists(arrow.pick(products["product_id"], codes), lengths),
    }  # fmt: skip
    return arrow.table("carts", len(carts), columns)
