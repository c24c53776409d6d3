"""The data: orders that a broken-off file hides, the last day of a delivery, and people whose reading nobody knew."""

from __future__ import annotations

import pandas as pd

from segkit.notebook.lesson import lesson_shop
from segkit.shop import Shop, View, can_and_cannot

SHOP = "exports"
FIRST = "exports/shopify"  # the delivery that the lesson begins with


def orders_that_broke_off(view: View) -> float:
    """Orders that the customers' file counts and that the delivered orders, tests left out, do not hold."""
    tables = lesson_shop(FIRST).store.folder
    orders = pd.read_parquet(tables / "orders.parquet", columns=["profile_id", "is_test"])
    customers = pd.read_parquet(tables / "profile_snapshots.parquet", columns=["profile_id", "orders_count"])
    delivered = orders[~orders["is_test"] & orders["profile_id"].isin(customers["profile_id"])]
    return float(customers["orders_count"].sum() - len(delivered))


def active_on_the_last_day(view: View) -> float:
    """Active customers as of the last day with a delivered order."""
    first = lesson_shop(FIRST)
    return float(first.at(last_day(first)).count("active_customers"))


def no_dead_weight_after_all(view: View) -> set[str]:
    """Those whose reading the first delivery left unknown, and whom the second shows to be no dead weight."""
    first = lesson_shop(FIRST)
    before, after = (one.at(last_day(first)).personas() for one in (first, view.shop))
    unknown = before.query("persona == 'engagement_unknown'")["profile_id"]
    return set(after.query("persona != 'dead_weight'")["profile_id"]) & set(unknown)


def last_day(shop: Shop) -> str:
    """The last local day with an order."""
    return next(str(line["to"]) for line in can_and_cannot(shop)["coverage"] if line["table"] == "orders")


ANSWERS = {"3a": orders_that_broke_off, "3b": active_on_the_last_day, "3c": no_dead_weight_after_all}
