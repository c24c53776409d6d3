"""The site events of customers who allow tracking, and the forms people send in themselves."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa

from segkit_generators import arrow
from segkit_generators.baskets import NO_PRODUCT
from segkit_generators.moments import NEVER
from segkit_generators.orders import currencies, profile_ids
from segkit_generators.purchases import GUEST
from segkit_generators.visits import CART_SECONDS, tastes
from segkit_generators.world import World

EVENTS = ("active_on_site", "viewed_product", "added_to_cart", "started_checkout", "submitted_form")
ACTIVE, VIEWED, ADDED, CHECKOUT, FORM = range(5)
FORMS = ("wedstrijdformulier", "afhaalformulier")
BASIS = ("consent", "form_submission")


def site_events(
    world: World,
    visits: pd.DataFrame,
    orders: pd.DataFrame,
    lines: pd.DataFrame,
    mails: pd.DataFrame,
    products: pd.DataFrame,
) -> pd.DataFrame:
    """One row a tracked event in order of time: customer, at, type, product (-1), form (-1), visit."""
    rng = world.streams("site")
    all_visits = pd.concat([_visits_of_orders(orders, lines), visits, _visits_of_clicks(world, mails, products)], ignore_index=True)
    allowed = world.hidden["allows_tracking"].to_numpy()[all_visits["customer"]] & (all_visits["customer"] != GUEST)
    tracked = all_visits[allowed].reset_index(drop=True)
    tracked["visit"] = tracked.index
    tracked["at"] = np.maximum(tracked["at"], world.joined_at[tracked["customer"]])
    extra = tracked.loc[np.repeat(tracked.index, rng.poisson(world.recipe["site"]["extra_views"], len(tracked)))].copy()
    extra["product"] = tastes(world, extra["customer"].to_numpy(), products, rng)
    parts = [
        tracked.assign(type=ACTIVE, product=NO_PRODUCT),
        tracked.assign(type=VIEWED, at=tracked["at"] + 15),
        extra.assign(type=VIEWED, at=extra["at"] + rng.integers(20, 240, len(extra))),
        tracked[tracked["has_cart"]].assign(type=ADDED, at=lambda row: row["at"] + CART_SECONDS),
        tracked[tracked["has_checkout"]].assign(type=CHECKOUT, product=NO_PRODUCT, at=lambda row: row["at"] + 320),
    ]
    events = pd.concat(parts, ignore_index=True).assign(form=-1)
    return events[events["at"] < world.calendar.end]


def form_events(participants: pd.DataFrame) -> pd.DataFrame:
    """The forms of the cake contest: taking part, and choosing the pick-up day; sent in with or without tracking."""
    joined = participants[["customer"]].assign(at=participants["form_at"], form=0, pickup_day=NEVER)
    ordered = participants[participants["order_at"] != NEVER]
    chosen = ordered[["customer", "pickup_day"]].assign(at=ordered["order_at"], form=1)
    return pd.concat([joined, chosen], ignore_index=True).assign(type=FORM, product=NO_PRODUCT, visit=-1)


def site_table(world: World, events: pd.DataFrame, products: pd.DataFrame) -> pa.Table:
    """The canonical table site_events out of tracked and form events together."""
    events = events.sort_values(["at", "customer", "type"], kind="stable", ignore_index=True)
    product, kind, form = (events[name].to_numpy() for name in ("product", "type", "form"))
    shown = product != NO_PRODUCT
    url = world.recipe["site"]["url"]
    pages = [f"{url}/p/{key}" for key in products["key"]] + [f"{url}/", f"{url}/slagroomtaart"]
    page = np.where(shown, product, len(products) + (kind == FORM))
    money, place = currencies(world, events)
    columns = {
        "event_id": world.ids("S", len(events)), "profile_id": profile_ids(world, events["customer"]),
        "session_id": _sessions(world, events["visit"].to_numpy()),
        "event_type": arrow.pick(EVENTS, kind), **arrow.dated(world.calendar.zone, "occurred", events["at"].to_numpy()),
        "product_id": arrow.pick(products["product_id"], product),
        "category": arrow.pick(products["category"], product),
        "value": np.where(shown, products["cents"].to_numpy()[product], NEVER),
        "currency": arrow.pick(money, np.where(shown, place, -1)),
        "url": arrow.pick(pages, page), "form_name": arrow.pick(FORMS, form), "properties": _properties(events),
        "consent_basis": arrow.pick(BASIS, (kind == FORM).astype(np.int64)), "source_system": "site",
    }  # fmt: skip
    return arrow.table("site_events", len(events), columns)


def _visits_of_orders(orders: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    first = lines.drop_duplicates("order")["product"].to_numpy()
    visits = orders[["customer"]].assign(at=orders["at"] - 400, product=first, has_cart=True, has_checkout=True)
    return visits[orders["kind"] != "test"]


def _visits_of_clicks(world: World, mails: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    rng = world.streams("click visits")
    clicked = mails[mails["click_at"] != NEVER]
    clicked = clicked[rng.random(len(clicked)) < world.recipe["site"]["click_visit_share"]]
    customer = clicked["customer"].to_numpy()
    visits = pd.DataFrame({"customer": customer, "at": clicked["click_at"].to_numpy() + 2})
    return visits.assign(product=tastes(world, customer, products, rng), has_cart=False, has_checkout=False)


def _sessions(world: World, visit: np.ndarray) -> pa.Array:
    """The id of each visit, null for forms sent in outside of one."""
    return arrow.pick(world.ids("V", visit.max(initial=-1) + 1), visit)


def _properties(events: pd.DataFrame) -> pa.Array:
    """The chosen pick-up day as JSON, on the rows of that form only."""
    chosen = (events["form"] == 1).to_numpy()
    unique, codes = np.unique(events["pickup_day"].to_numpy()[chosen], return_inverse=True)
    texts = [json.dumps({"pickup_on": str(np.datetime64(int(day), "D"))}) for day in unique]
    index = np.full(len(events), -1)
    index[chosen] = codes
    return arrow.pick(texts or [""], index)
