"""The mails a shop sends on its own: welcome, abandoned cart with its follow-ups, survey after the pick-up."""

import numpy as np
import pandas as pd

from segkit_generators.moments import HOUR, NEVER
from segkit_generators.purchases import GUEST
from segkit_generators.reactions import Mailbox, after
from segkit_generators.streams import Bools, Ints
from segkit_generators.surveys import ask, survey_moment

SPREAD = 10**11  # more than any moment: customer and moment in one sortable number


def welcome_mails(mailbox: Mailbox, end: Ints) -> list[pd.DataFrame]:
    """The two welcome mails, counted from the beginning of the subscription: at once, and after some days."""
    flows = mailbox.world.recipe["flows"]
    return [_welcome(mailbox, end, key, flows[key]["after_hours"] * HOUR) for key in ("welcome_1", "welcome_2")]


def cart_mails(mailbox: Mailbox, end: Ints, carts: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """One mail for every abandoned cart of a subscriber who has ordered nothing since he left it."""
    customer, at = carts["customer"].to_numpy(), carts["mail_at"].to_numpy()
    due = (customer != GUEST) & _may_be_mailed(mailbox, end, customer, at)
    due[due] = next_order(orders, customer[due], carts["abandoned_at"].to_numpy()[due]) > at[due]
    return mailbox.send("cart", "cart", customer[due], at[due])


def cart_follow_ups(mailbox: Mailbox, end: Ints, carts: pd.DataFrame, orders: pd.DataFrame) -> list[pd.DataFrame]:
    """The reminder and the last chance, to whoever has ordered nothing since he left his cart; only where the shop has them."""
    flows, left = mailbox.world.recipe["flows"], carts[(carts["abandoned_at"] != NEVER) & (carts["customer"] != GUEST)]
    customer, since = left["customer"].to_numpy(), left["abandoned_at"].to_numpy()
    next_at = next_order(orders, customer, since)
    sent = []
    for key in ("cart_reminder", "cart_last_chance"):
        if key in flows:
            at = since + flows[key]["after_hours"] * HOUR
            due = _may_be_mailed(mailbox, end, customer, at) & (next_at > at)
            sent.append(mailbox.send(key, key, customer[due], at[due]))
    return sent


def next_order(orders: pd.DataFrame, customer: Ints, since: Ints) -> Ints:
    """When each customer first ordered at or after a moment; NEVER when he did not."""
    named = orders.loc[orders["customer"] != GUEST, ["customer", "at"]].sort_values(["customer", "at"], kind="stable")
    keys = named["customer"].to_numpy() * SPREAD + named["at"].to_numpy()
    place = np.searchsorted(keys, customer * SPREAD + since)
    inside = place < len(keys)
    found = np.where(inside, place, 0)
    same = inside & (named["customer"].to_numpy()[found] == customer) if len(keys) else inside
    return np.where(same, named["at"].to_numpy()[found] if len(keys) else NEVER, NEVER)


def survey_mails(mailbox: Mailbox, end: Ints, orders: pd.DataFrame, lines: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """One survey for every fetched order with something of the surveyed categories in it; cakes have their own."""
    rules = mailbox.world.recipe["survey"]
    surveyed = products["category"].isin(rules["categories"]).to_numpy()
    tasted = np.isin(orders.index, lines["order"][surveyed[lines["product"]] & (lines["product"] >= 0)])
    asked = tasted & orders["counts"] & (orders["kind"] != "cake") & (orders["customer"] != GUEST)
    received = orders["pickup_day"].to_numpy()
    if "delivered_after_days" in rules:
        received = np.where(received == NEVER, orders["day"] + rules["delivered_after_days"], received)
    asked &= received != NEVER
    orders, received = orders[asked], received[asked]
    customer, day = orders["customer"].to_numpy(), received
    due = _may_be_mailed(mailbox, end, customer, survey_moment(mailbox, day))
    sent = ask(mailbox, "survey", customer[due], day[due], rules)
    return sent.assign(order_id=orders["order_id"].to_numpy()[due])


def _welcome(mailbox: Mailbox, end: Ints, key: str, wait: int) -> pd.DataFrame:
    customer = np.arange(len(mailbox.start))
    at = after(mailbox.start, np.full(len(customer), wait + 5))
    due = _may_be_mailed(mailbox, end, customer, at)
    return mailbox.send(key, key, customer[due], at[due])


def _may_be_mailed(mailbox: Mailbox, end: Ints, customer: Ints, at: Ints) -> Bools:
    subscribed = (mailbox.start[customer] <= at) & (at < end[customer])
    return subscribed & (at < mailbox.world.calendar.end)
