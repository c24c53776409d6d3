"""When orders are placed and by whom: first orders, repeats while the customer has not left, guests, tests."""

import numpy as np
import pandas as pd

from segkit_generators.moments import NEVER
from segkit_generators.streams import Ints
from segkit_generators.world import World

GUEST = -1
CHECKOUT_SECONDS = 900  # from opening the account in the checkout to the order itself


def organic_orders(world: World) -> pd.DataFrame:
    """One row an order that customers place of themselves: customer, at, kind (first or repeat)."""
    first_at = _first_orders(world)
    bought = np.flatnonzero(first_at < world.calendar.end)
    first = pd.DataFrame({"customer": bought, "at": first_at[bought], "kind": "first"})
    return pd.concat([first, _repeats(world, first)], ignore_index=True)


def other_orders(world: World, organic: int) -> pd.DataFrame:
    """Guest orders (customer GUEST) and test orders of the staff."""
    rates, rng = world.recipe["orders"], world.streams("other orders")
    guests, tests = round(rates["guest_share"] * organic), 0 if world.block else rates["test_orders"]
    customer = np.full(guests + tests, GUEST)
    customer[guests:] = rng.choice(np.flatnonzero(world.staff()), tests) if tests else GUEST
    day = world.calendar.day_of(rng.random(len(customer)) * len(world.calendar.days))
    kind = np.where(np.arange(len(customer)) < guests, "guest", "test")
    orders = pd.DataFrame({"customer": customer, "at": world.calendar.moment(day, rng), "kind": kind})
    too_early = (customer != GUEST) & (orders["at"].to_numpy() < world.joined_at[customer])
    orders.loc[too_early, "at"] = world.joined_at[customer[too_early]] + CHECKOUT_SECONDS
    return orders[orders["at"] < world.calendar.end]


def dropout_day(world: World, first_day: Ints) -> Ints:
    """Local day on which a buyer leaves, after which he orders nothing (it may lie after the history); NEVER for who never bought."""
    left = first_day + np.ceil(world.hidden["dropout_after_days"].to_numpy()).astype(np.int64)
    return np.where(first_day == NEVER, NEVER, left)


def first_days(world: World, orders: pd.DataFrame) -> Ints:
    """Local day of the first order of each customer; NEVER without one."""
    days = np.full(world.size, NEVER)
    first = orders[orders["kind"] == "first"]
    days[first["customer"]] = world.calendar.zone.day(first["at"].to_numpy())
    return days


def _first_orders(world: World) -> Ints:
    hidden, calendar = world.hidden, world.calendar
    at_checkout = _before_closing(world, world.joined_at, CHECKOUT_SECONDS)
    wait = world.recipe["first_order_mean_days"] * world.streams("first order").exponential(size=world.size)
    day = calendar.day_of(calendar.mass(hidden["joined_day"].to_numpy() + 1, world.group) + wait, world.group)
    later = np.where(day <= calendar.last, calendar.moment(day, world.streams("first order hour")), NEVER)
    return np.where(hidden["buys"], np.where(hidden["source"] == "checkout", at_checkout, later), NEVER)


def _before_closing(world: World, at: Ints, seconds: int) -> Ints:
    """So many seconds later, or sooner where that would be on a day that takes no orders."""
    later, zone = at + seconds, world.calendar.zone
    left = np.maximum(world.calendar.local(zone.day(at) + 1, 0) - at, 0)
    return np.where(world.calendar.closes(zone.day(later)), at + np.minimum(left // 2, seconds), later)


def _repeats(world: World, first: pd.DataFrame) -> pd.DataFrame:
    """A Poisson process in season-weighted time from the day after the first order until drop-out.

    With a `gap_shape` in the recipe it is a renewal process with gamma gaps of that shape: the higher, the more regular.
    """
    if "gap_shape" in world.recipe:
        return _regular(world, first)
    calendar, rng = world.calendar, world.streams("repeats")
    hidden = world.hidden.iloc[first["customer"]]
    start = calendar.zone.day(first["at"].to_numpy()) + 1
    group = world.group[first["customer"]]
    begins = calendar.mass(start, group)
    ends = calendar.mass(start + hidden["dropout_after_days"].to_numpy(), group)
    count = rng.poisson(hidden["purchase_rate"].to_numpy() * (ends - begins))
    row = np.repeat(np.arange(len(first)), count)
    day = calendar.day_of(begins[row] + rng.random(len(row)) * (ends - begins)[row], group[row])
    day = np.minimum(day, calendar.last)
    customer = first["customer"].to_numpy()[row]
    return pd.DataFrame({"customer": customer, "at": calendar.moment(day, rng), "kind": "repeat"})


def _regular(world: World, first: pd.DataFrame) -> pd.DataFrame:
    """Repeats at gaps that have the customer's own mean and the recipe's shape; a year has no season for what must be refilled."""
    calendar, rng, shape = world.calendar, world.streams("repeats"), world.recipe["gap_shape"]
    hidden = world.hidden.iloc[first["customer"]]
    start = calendar.zone.day(first["at"].to_numpy())
    until_day = np.minimum(start + hidden["dropout_after_days"].to_numpy(), calendar.last + 1)
    mean_gap = 1 / np.maximum(hidden["purchase_rate"].to_numpy(), 1e-9)
    expected = (until_day - start) / mean_gap
    count = np.ceil(expected + 4 * np.sqrt(expected / shape) + 2).astype(np.int64)  # more than fit, nearly always
    row = np.repeat(np.arange(len(first)), count)
    gap = rng.gamma(shape, 1 / shape, len(row)) * mean_gap[row]
    passed = np.cumsum(gap)
    before = np.concatenate([[0.0], passed])[np.cumsum(count) - count]
    day = start[row] + np.maximum(np.round(passed - before[row]), 1).astype(np.int64)
    day = calendar.open_days(day)
    fits = day < until_day[row]
    customer = first["customer"].to_numpy()[row[fits]]
    return pd.DataFrame({"customer": customer, "at": calendar.moment(day[fits], rng), "kind": "repeat"})
