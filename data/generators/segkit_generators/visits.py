"""Visits to the site without buying, and what stays behind in a cart."""

import numpy as np
import pandas as pd

from segkit_generators.baskets import NO_PRODUCT
from segkit_generators.moments import HOUR, NEVER, until
from segkit_generators.purchases import GUEST
from segkit_generators.reactions import after
from segkit_generators.streams import choose_rows
from segkit_generators.world import World

CART_SECONDS = 260  # from the beginning of a visit to the product in the cart


def browse(world: World, products: pd.DataFrame) -> pd.DataFrame:
    """One row a visit: customer, at, product looked at, has_cart (it stays in the cart), has_checkout (begun)."""
    calendar, rng, rates = world.calendar, world.streams("browse"), world.recipe["carts"]
    begins = calendar.mass(world.hidden["joined_day"].to_numpy() + 1)
    stops = world.hidden["joined_day"] + 1 + world.hidden["visiting_after_days"]
    ends = calendar.mass(stops.to_numpy())
    customer = np.repeat(np.arange(world.size), rng.poisson(world.hidden["visit_rate"].to_numpy() * (ends - begins)))
    day = calendar.day_of(begins[customer] + rng.random(len(customer)) * (ends - begins)[customer])
    visits = pd.DataFrame({"customer": customer, "at": calendar.moment(np.minimum(day, calendar.last), rng)})
    visits["product"] = tastes(world, customer, products, rng)
    visits["has_cart"] = rng.random(len(visits)) < rates["abandon_share"]
    visits["has_checkout"] = visits["has_cart"] & (rng.random(len(visits)) < rates["checkout_share"])
    return visits


def tastes(world: World, customer: np.ndarray, products: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """A product per row, by the customer's taste and the product's popularity."""
    share = products["weight"] / products.groupby("category_no")["weight"].transform("sum")
    return choose_rows(rng, (world.affinity[:, products["category_no"]] * share.to_numpy())[customer])


def make_carts(world: World, orders: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """One row a cart: of every order (some lay abandoned first: `recovered` is its row), then those left behind."""
    rates, rng = world.recipe["carts"], world.streams("carts")
    low, high = rates["recovered_after_hours"]
    lead = rng.integers(low * HOUR, high * HOUR, len(orders))
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
