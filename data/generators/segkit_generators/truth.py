"""The answer key: what was planted, per customer, order, day and cake participant."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segkit_generators.cake import BANDS, STEPS
from segkit_generators.catalogue import expected_order_value
from segkit_generators.coupons import NO_CODE, coupons
from segkit_generators.expectation import AHEAD, expect
from segkit_generators.moments import DAY, NEVER
from segkit_generators.orders import profile_ids
from segkit_generators.purchases import dropout_day, first_days
from segkit_generators.recipe import Recipe
from segkit_generators.streams import Ints
from segkit_generators.world import World

MOMENTS = ("form_at", "mail_at", "seen_at", "reminder_at", "last_chance_at", "order_at", "survey_at", "answered_at")


def customer_truth(
    world: World, orders: pd.DataFrame, mails: pd.DataFrame, subscriptions: pd.DataFrame, products: pd.DataFrame, referrer: Ints
) -> pd.DataFrame:
    """One row a profile: its hidden parameters, drop-out date (null: never bought), and how it really reads."""
    hidden = world.hidden
    left = dropout_day(world, first_days(world, orders))
    read = mails[mails["read_at"] != NEVER]
    unseen = read[read["open_at"] == NEVER]
    truth = pd.DataFrame({"profile_id": world.profiles().to_pandas(), "lifecycle": hidden["lifecycle"]})
    truth["source"] = hidden["source"]
    if "referrals" in world.recipe:
        truth["referred_by"] = profile_ids(world, referrer).to_pandas()
    truth["purchase_rate_per_day"] = hidden["purchase_rate"]
    truth["dropped_out_on"] = _date(left)
    truth["is_alive_at_until"] = (left != NEVER) & (left > world.calendar.last)
    truth["order_value_mean"] = expected_order_value(world, products)
    for days in AHEAD:
        truth[f"expected_orders_{days}d"], truth[f"expected_value_{days}d"] = expect(world, products, orders, world.calendar.last, days)
    truth["order_scale"] = hidden["order_scale"]
    for column in [f"affinity_{category}" for category in world.categories]:
        truth[column] = hidden[column]
    for column in [name for name in map(str, hidden) if name.startswith("brand_affinity_") or name == "return_factor"]:
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


def machine_truth(events: pa.Table) -> pd.DataFrame:
    """One row an event that no person made: an open by Apple's proxy, a click by a scanner."""
    made = pc.or_kleene(pc.fill_null(events["is_machine_open"], False), pc.fill_null(events["is_bot_click"], False))
    return events.select(["event_id", "event_type"]).filter(made).to_pandas()


def hindsight_truth(world: World, orders: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """One row a buyer of a year before the end: what was to be expected of him then, for beside what he did."""
    as_of = world.calendar.last - AHEAD[-1]
    if as_of < world.calendar.first:  # nobody had bought
        return pd.DataFrame(
            columns=["profile_id", "as_of_on", *(f"expected_{what}_{days}d" for days in AHEAD for what in ("orders", "value"))]
        )
    truth = pd.DataFrame({"profile_id": world.profiles().to_pandas(), "as_of_on": _date(np.full(world.size, as_of))})
    for days in AHEAD:
        truth[f"expected_orders_{days}d"], truth[f"expected_value_{days}d"] = expect(world, products, orders, as_of, days)
    return truth[truth[f"expected_orders_{AHEAD[0]}d"].notna()].reset_index(drop=True)


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


def order_truth(world: World, orders: pd.DataFrame, carts: pd.DataFrame) -> pd.DataFrame:
    """One row an order: why it was placed, the day it was (or will be) picked up, whether its cart lay abandoned, whether it is a gift."""
    code = orders["code"].to_numpy()
    return pd.DataFrame(
        {
            "order_id": orders["order_id"], "kind": orders["kind"],
            "picked_up_on": _date(orders["pickup_day"].to_numpy()),
            "discount": pd.Series(np.where(code == NO_CODE, None, np.array(list(coupons(world.recipe)), dtype=object)[code]), dtype="str"),
            "is_recovered_cart": np.isin(orders.index, carts["recovered"]),
            "is_gift": (orders["ship_to"] != orders["customer"]).to_numpy(),
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


def pair_truth(recipe: Recipe) -> pd.DataFrame:
    """One row a pair: of the baskets with the product `first`, the share that takes one of `second` beyond chance."""
    rows = [{"first": pair["first"], "second": pair["second"], "share": pair["share"]} for pair in recipe["pairs"]]
    return pd.DataFrame(rows)


def day_truth(world: World) -> pd.DataFrame:
    """One row a local day (and country with feasts of its own): its planted weight for ordering (mean 1)."""
    season, days = world.calendar.past.weights, world.calendar.days
    countries = np.array([None, *world.calendar.countries], dtype=object)
    truth = pd.DataFrame({"day_on": _date(np.tile(days, len(season))), "weight": season.ravel()})
    return truth.assign(country_code=pd.Series(np.repeat(countries, len(days)), dtype="string")) if len(season) > 1 else truth


def _moment(at: Ints) -> pd.Series:
    """Naive UTC timestamps, null for NEVER and for what lies centuries ahead."""
    happened = at != NEVER
    return pd.Series(np.where(happened, at, 0).astype("datetime64[s]").astype("datetime64[us]")).where(happened)


def _date(day: Ints) -> pd.Series:
    return _moment(np.where(day == NEVER, NEVER, np.where(day == NEVER, 0, day) * DAY))
