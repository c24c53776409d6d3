"""The discount codes of a shop, and which order was placed with which."""

from datetime import timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd

from segkit_generators.recipe import Recipe
from segkit_generators.season import EPOCH, inside_feast
from segkit_generators.streams import Bools, Floats, Ints
from segkit_generators.world import World

NO_CODE = -1


class Coupon(NamedTuple):
    """What is typed in the checkout, and the share of the goods that it takes off."""

    code: str
    discount: float


def coupons(recipe: Recipe) -> dict[str, Coupon]:
    """The codes by what they are given for; orders hold their number in this order."""
    found = {"welcome": recipe["welcome_code"], "other": recipe["other_code"]}
    found |= {name: recipe[name] for name in ("cake", "referrals", "birthday", "winback") if name in recipe}
    found |= recipe.get("codes", {})
    return {name: Coupon(one["code"], one["discount"]) for name, one in found.items()}


def draw_coupons(world: World, orders: pd.DataFrame) -> Ints:
    """The number of the code of each order, NO_CODE without one."""
    recipe, kind, names = world.recipe, orders["kind"], list(coupons(world.recipe))
    drawn = world.streams("codes").random(len(orders))
    by_form = (world.hidden["source"] != "checkout").to_numpy()[orders["customer"]]
    first = kind == "first"
    cases = {"referrals": first & orders["is_referred"]} if "referrals" in recipe else {}
    cases |= {"welcome": first & by_form & (drawn < recipe["welcome_code"]["share"])}
    cases |= {"other": (kind == "repeat") & (drawn < recipe["other_code"]["share"])}
    cases |= {name: kind == name for name in ("cake", "birthday", "winback") if name in recipe}
    cases |= {name: _in_season(world, orders, name) for name in recipe.get("codes", {})}
    return np.select(list(cases.values()), [names.index(name) for name in cases], NO_CODE).astype(np.int64)


def code_days(world: World, name: str, days: Ints) -> Bools:
    """On which of these days a code of the season is valid."""
    return inside_feast([EPOCH + timedelta(int(day)) for day in days], name, world.recipe["codes"][name])


def discount_rates(world: World, orders: pd.DataFrame, code: Ints, group: Ints) -> Floats:
    """The share of the goods that is taken off: the code's, and of what is left the sale's."""
    rates = np.array([one.discount for one in coupons(world.recipe).values()] + [0.0])[code]
    sale = world.calendar.past.discounts[group, orders["day"] - world.calendar.first]
    return np.where(orders["is_free"], 1.0, rates + sale - rates * sale)


def _in_season(world: World, orders: pd.DataFrame, name: str) -> Bools:
    """The orders of whoever uses a code of the season; other codes come first."""
    valid = code_days(world, name, world.calendar.days)[orders["day"].to_numpy() - world.calendar.first]
    uses = world.streams(f"code {name}").random(len(orders)) < world.recipe["codes"][name]["share"]
    return valid & uses & orders["kind"].isin(["first", "repeat"]).to_numpy()
