"""Visits to the site without buying."""

import numpy as np
import pandas as pd

from segkit_generators.streams import choose_rows
from segkit_generators.world import World

CART_SECONDS = 260  # from the beginning of a visit to the product in the cart


def browse(world: World, products: pd.DataFrame) -> pd.DataFrame:
    """One row a visit: customer, at, product looked at, has_cart (it stays in the cart), has_checkout (begun)."""
    calendar, rng, rates = world.calendar, world.streams("browse"), world.recipe["carts"]
    begins = calendar.mass(world.hidden["joined_day"].to_numpy() + 1, world.group)
    stops = world.hidden["joined_day"] + 1 + world.hidden["visiting_after_days"]
    ends = calendar.mass(stops.to_numpy(), world.group)
    customer = np.repeat(np.arange(world.size), rng.poisson(world.hidden["visit_rate"].to_numpy() * (ends - begins)))
    day = calendar.day_of(begins[customer] + rng.random(len(customer)) * (ends - begins)[customer], world.group[customer])
    visits = pd.DataFrame({"customer": customer, "at": calendar.moment(np.minimum(day, calendar.last), rng)})
    visits["product"] = tastes(world, customer, products, rng)
    visits["has_cart"] = rng.random(len(visits)) < rates["abandon_share"]
    visits["has_checkout"] = visits["has_cart"] & (rng.random(len(visits)) < rates["checkout_share"])
    return visits


def tastes(world: World, customer: np.ndarray, products: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """A product per row, by the customer's taste and the product's popularity."""
    share = products["weight"] / products.groupby("category_no")["weight"].transform("sum")
    return choose_rows(rng, (world.affinity[:, products["category_no"]] * share.to_numpy())[customer])
