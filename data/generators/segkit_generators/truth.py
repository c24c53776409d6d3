"""The answer key: what was planted, per customer, order, day and cake participant."""

import numpy as np
import pandas as pd

from segkit_generators.baskets import CODES
from segkit_generators.cake import BANDS, STEPS
from segkit_generators.catalogue import expected_order_value
from segkit_generators.moments import DAY, NEVER
from segkit_generators.orders import profile_ids
from segkit_generators.purchases import dropout_day, first_days
from segkit_generators.streams import Ints
from segkit_generators.world import World

AHEAD = (90, 365)  # days after the history for which the answer key says what to expect
MOMENTS = ("form_at", "mail_at", "seen_at", "reminder_at", "last_chance_at", "order_at", "survey_at", "answered_at")


def customer_truth(
    world: World, orders: pd.DataFrame, mails: pd.DataFrame, subscriptions: pd.DataFrame, products: pd.DataFrame
) -> pd.DataFrame:
    """One row a profile: its hidden parameters, drop-out date (null: never bought), and how it really reads."""
    hidden = world.hidden
    left = dropout_day(world, first_days(world, orders))
    read = mails[mails["read_at"] != NEVER]
    unseen = read[read["open_at"] == NEVER]
    truth = pd.DataFrame({"profile_id": world.ids("C", world.size).to_pandas(), "lifecycle": hidden["lifecycle"]})
    truth["source"] = hidden["source"]
    truth["purchase_rate_per_day"] = hidden["purchase_rate"]
    truth["dropped_out_on"] = _date(left)
    truth["is_alive_at_until"] = (left != NEVER) & (left > world.calendar.last)
    truth["order_value_mean"] = expected_order_value(world, products)
    for days in AHEAD:
        expected = expected_orders(world, left, days)
        truth[f"expected_orders_{days}d"] = expected
        truth[f"expected_value_{days}d"] = expected * truth["order_value_mean"]
    truth["order_scale"] = hidden["order_scale"]
    for column in [f"affinity_{category}" for category in world.categories]:
        truth[column] = hidden[column]
    for column in ("open_propensity", "click_propensity", "fatigue_per_year", "is_apple_reader", "has_link_scanner"):
        truth[column] = hidden[column]
    truth["stops_reading_at"] = _moment(world.stops("reading_after_days"))
    truth["visit_rate_per_day"] = hidden["visit_rate"]
    truth["allows_site_tracking"] = hidden["allows_tracking"]
    truth["address_dies_at"] = _moment(world.dies_at())
    truth["subscribed_at"] = _moment(subscriptions["start"].to_numpy())
    truth["subscription_ended_at"] = _moment(subscriptions["end"].to_numpy())
    truth["mails_read"] = np.bincount(read["customer"], minlength=world.size)
    truth["mails_read_unseen"] = np.bincount(unseen["customer"], minlength=world.size)
    return truth


def expected_orders(world: World, left: Ints, days: int) -> np.ndarray:
    """Orders to expect in so many days after the history from what is hidden; NaN for who never bought, 0 for who has left.

    Rate x the season's weight of each day x the chance to be still there on it: who is there leaves after an exponential
    time with the mean of his lifecycle, however long he has been there.
    """
    lifecycles = world.recipe["lifecycles"]
    mean = world.hidden["lifecycle"].map({name: one["dropout_days"] for name, one in lifecycles.items()}).to_numpy(dtype=float)
    weight = np.ones(days) if "gap_shape" in world.recipe else world.calendar.ahead.weights[0, :days]
    there = {life: life * -np.diff(np.exp(-np.arange(days + 1) / life)) @ weight for life in np.unique(mean)}
    expected = world.hidden["purchase_rate"].to_numpy() * np.array([there[life] for life in mean])
    return np.where(left == NEVER, np.nan, np.where(left > world.calendar.last, expected, 0.0))


def alive_truth(world: World, orders: pd.DataFrame) -> pd.DataFrame:
    """One row a buyer: alive_YYYY_MM says for the last day of each month whether he had bought by then and not left."""
    first = first_days(world, orders)
    buyers = np.flatnonzero(first != NEVER)
    left, first = dropout_day(world, first)[buyers], first[buyers]
    days = _date(world.calendar.days)
    ends = pd.DatetimeIndex(days[days.dt.is_month_end])
    truth = pd.DataFrame({"profile_id": profile_ids(world, buyers).to_pandas()})
    for end in ends:
        day = int(end.to_datetime64().astype("datetime64[D]").astype(int))
        truth[f"alive_{end:%Y_%m}"] = (first <= day) & (left > day)
    return truth


def order_truth(orders: pd.DataFrame, carts: pd.DataFrame) -> pd.DataFrame:
    """One row an order: why it was placed, the day it was (or will be) picked up, whether its cart lay abandoned."""
    code = orders["code"].to_numpy()
    return pd.DataFrame(
        {
            "order_id": orders["order_id"], "kind": orders["kind"],
            "picked_up_on": _date(orders["pickup_day"].to_numpy()),
            "discount": np.where(code < 0, None, np.array(CODES, dtype=object)[code]),
            "is_recovered_cart": np.isin(orders.index, carts["recovered"]),
        }
    )  # fmt: skip


def cake_truth(world: World, played: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """One row a participant of the cake contest: each step he went through, and by which exit he left."""
    cake = orders[orders["kind"] == "cake"].set_index("participant")["order_id"]
    truth = pd.DataFrame({"profile_id": profile_ids(world, played["customer"]).to_pandas(), "is_new": played["is_new"]})
    for column in MOMENTS:
        truth[column] = _moment(played[column].to_numpy())
    truth["seen_by"] = played["seen_by"]
    truth["order_id"] = played.index.to_series().map(cake)
    truth["picked_up_on"] = _date(played["pickup_day"].to_numpy())
    truth["exit"] = np.array([*STEPS, "no_order"], dtype=object)[played["ordered_after"]]
    truth["score"] = played["score"].where(played["score"] > 0).astype("Int64")
    truth["band"] = np.array([*BANDS, None], dtype=object)[played["band"]]
    return truth


def day_truth(world: World) -> pd.DataFrame:
    """One row a local day: its planted weight for ordering (mean 1)."""
    return pd.DataFrame({"day_on": _date(world.calendar.days), "weight": world.calendar.past.weights[0]})


def _moment(at: Ints) -> pd.Series:
    """Naive UTC timestamps, null for NEVER and for what lies centuries ahead."""
    happened = at != NEVER
    return pd.Series(np.where(happened, at, 0).astype("datetime64[s]").astype("datetime64[us]")).where(happened)


def _date(day: Ints) -> pd.Series:
    return _moment(np.where(day == NEVER, NEVER, np.where(day == NEVER, 0, day) * DAY))
