"""Mails on an occasion of one's own and the orders they cause: a birthday, and a silence after the last order."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segkit_generators.moments import NEVER, next_of
from segkit_generators.people import birthdays
from segkit_generators.purchases import GUEST
from segkit_generators.reactions import Mailbox, orders_caused
from segkit_generators.recipe import Recipe
from segkit_generators.streams import Ints

KINDS = ("birthday", "winback")


@dataclass(frozen=True)
class Occasion:
    """The mails sent on an occasion, and the orders (customer, at, kind) of those whom they moved."""

    sent: pd.DataFrame
    orders: pd.DataFrame


def greet(mailbox: Mailbox, end: Ints) -> Occasion:
    """A mail on every birthday that the shop knows, to whoever is subscribed that day."""
    world = mailbox.world
    born, known = birthdays(world.recipe, world.streams, world.size)
    who = np.flatnonzero(known)
    first, last = (int(day.astype("datetime64[Y]").astype(int)) for day in world.calendar.days[[0, -1]].astype("datetime64[D]"))
    year = np.repeat(np.arange(first, last + 1), len(who))
    customer = np.tile(who, last + 1 - first)
    month = ((year * 12) + born.month.to_numpy()[customer] - 1).astype("datetime64[M]")
    day = month.astype("datetime64[D]").astype(np.int64) + born.day.to_numpy()[customer] - 1  # 29 February: 1 March in other years
    return _send(mailbox, end, "birthday", customer, day)


def win_back(mailbox: Mailbox, end: Ints, placed: pd.DataFrame) -> Occasion:
    """A mail so many days after an order that no other followed; `placed` are all orders (customer, at) until then."""
    named = placed.loc[placed["customer"] != GUEST, ["customer", "at"]].sort_values(["customer", "at"], kind="stable")
    customer, at = named["customer"].to_numpy(), named["at"].to_numpy()
    rules, calendar = mailbox.world.recipe["winback"], mailbox.world.calendar
    day = calendar.zone.day(at) + rules["after_days"]
    silent = calendar.local(day, rules["hour"]) < next_of(customer, at)
    return _send(mailbox, end, "winback", customer[silent], day[silent])


def occasion_truth(recipe: Recipe) -> pd.DataFrame:
    """One row an occasion: of those who read its mail, the share that orders because of it."""
    rows = [{"flow": name, "order_share": recipe[name]["order_share"], "code": recipe[name]["code"]} for name in KINDS if name in recipe]
    return pd.DataFrame(rows)


def _send(mailbox: Mailbox, end: Ints, name: str, customer: Ints, day: Ints) -> Occasion:
    world, rules = mailbox.world, mailbox.world.recipe[name]
    at = world.calendar.local(day, rules["hour"])
    due = (mailbox.start[customer] <= at) & (at < end[customer]) & (at < world.calendar.end)
    sent = mailbox.send(name, name, customer[due], at[due])
    rng = world.streams(f"{name} orders")
    ordered = orders_caused(rng, sent, rules["order_share"], rules["order_median_hours"], world.calendar)
    orders = pd.DataFrame({"customer": sent["customer"], "at": ordered, "kind": name})
    return Occasion(sent, orders[ordered != NEVER].reset_index(drop=True))
