"""Lists that were made once, from the orders of that day, and never again: who is on them ages."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from segkit_generators import arrow
from segkit_generators.moments import DAY
from segkit_generators.orders import profile_ids
from segkit_generators.purchases import GUEST
from segkit_generators.recipe import Recipe
from segkit_generators.streams import Ints
from segkit_generators.world import World

if TYPE_CHECKING:
    from segkit_generators.shop import Trade

HOUR_MADE = 9


def made_at(world: World, rules: Recipe) -> int:
    """The UTC second at which a list was made."""
    return int(world.calendar.local(np.array([world.calendar.last - rules["days_before_until"]]), HOUR_MADE)[0])


def members(world: World, rules: Recipe, trade: "Trade", subscriptions: pd.DataFrame) -> Ints:
    """Who was subscribed when the list was made, and had bought often enough in the days before, of the right category."""
    at, orders, lines, products = made_at(world, rules), trade.orders, trade.lines, trade.products
    fits = orders["counts"] & (orders["customer"] != GUEST) & orders["at"].between(at - rules["bought_within_days"] * DAY, at - 1)
    if "category" in rules:
        of_it = (products["category"] == rules["category"]).to_numpy()[lines["product"]] & (lines["product"] >= 0).to_numpy()
        fits &= np.isin(orders.index, lines["order"].to_numpy()[of_it])
    subscribed = (subscriptions["start"] <= at) & (at < subscriptions["end"])
    return np.flatnonzero(subscribed & (np.bincount(orders.loc[fits, "customer"], minlength=world.size) >= rules["at_least"]))


def static_table(world: World, trade: "Trade", subscriptions: pd.DataFrame) -> pa.Table:
    """The canonical table list_memberships of the static lists: one row a member, who is never taken off."""
    rules = world.recipe["static_lists"]
    who = [members(world, one, trade, subscriptions) for one in rules]
    code = np.repeat(np.arange(len(rules)), [len(one) for one in who])
    columns = {
        "profile_id": profile_ids(world, np.concatenate(who)), "list_id": arrow.pick([one["key"] for one in rules], code),
        "list_name": arrow.pick([one["name"] for one in rules], code), "kind": "list",
        "joined_at": np.array([made_at(world, one) for one in rules])[code], "source_system": "mailer",
    }  # fmt: skip
    return arrow.table("list_memberships", len(code), columns)


def static_truth(world: World) -> pd.DataFrame:
    """One row a static list: when it was made, and the rule by which."""
    rows = [{"list_id": one["key"], "name": one["name"], "made_at": np.datetime64(made_at(world, one), "s").astype("datetime64[us]"),
             "bought_within_days": one["bought_within_days"], "at_least": one["at_least"], "category": one.get("category")}
            for one in world.recipe["static_lists"]]  # fmt: skip
    return pd.DataFrame(rows)
