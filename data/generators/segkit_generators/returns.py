"""What is sent back: which pieces of an order, why, and when the money goes back."""

import numpy as np
import pandas as pd

from segkit_generators.baskets import NO_PRODUCT, total
from segkit_generators.moments import DAY, NEVER, until
from segkit_generators.streams import Floats, between, choose
from segkit_generators.world import World

MOST = 0.95  # nobody sends everything back for certain


def return_chance(world: World) -> Floats:
    """The chance that a piece goes back: a row a customer, and one more for guests (the last); a column a category."""
    rules = world.recipe["returns"]
    share = np.array([rules["share"].get(category, 0.0) for category in world.categories])
    return np.minimum(np.outer(np.append(world.hidden["return_factor"].to_numpy(), 1.0), share), MOST)


def send_back(world: World, orders: pd.DataFrame, lines: pd.DataFrame, products: pd.DataFrame) -> None:
    """Draws is_returned and reason (number) of each line, and return_at of each order (NEVER: nothing comes back in time)."""
    lines["is_returned"], lines["reason"], orders["return_at"] = False, -1, NEVER
    if "returns" not in world.recipe:
        return
    rules, rng = world.recipe["returns"], world.streams("returns")
    product, order = lines["product"].to_numpy(), lines["order"].to_numpy()
    category = products["category_no"].to_numpy()[product]
    chance = return_chance(world)[orders["customer"].to_numpy()[order], category]  # GUEST = -1 = the last row
    low, high = rules["after_days"]
    at = until(orders["at"].to_numpy() + between(rng, low * DAY, high * DAY, len(orders)), world.calendar.end)
    may = ~orders["kind"].isin(["cake", "test"]).to_numpy() & (at != NEVER)
    paid = (product != NO_PRODUCT) & (lines["line_total"] > 0).to_numpy()
    lines["is_returned"] = (rng.random(len(lines)) < chance) & may[order] & paid
    lines["reason"] = choose(rng, list(rules["reasons"].values()), len(lines))
    back = total(lines["is_returned"].astype(np.int64), lines["order"], len(orders)) > 0
    orders["return_at"] = np.where(back, at, NEVER)
