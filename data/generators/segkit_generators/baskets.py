"""What lies in each order: lines by taste and season, discounts, carriage, value added tax, all in cents."""

import numpy as np
import pandas as pd

from segkit_generators.coupons import NO_CODE, discount_rates, draw_coupons
from segkit_generators.hidden import brands
from segkit_generators.moments import DAY, weekday
from segkit_generators.purchases import GUEST
from segkit_generators.recipe import Recipe
from segkit_generators.streams import Bools, Floats, Ints, choose_rows
from segkit_generators.world import World

CARRIAGE_VAT = 0.21
NO_PRODUCT = -1


def add_terms(world: World, orders: pd.DataFrame) -> pd.DataFrame:
    """The orders in order of time with local day, pick-up or delivery, gift, discount rate and code (-1 = none)."""
    orders = orders.sort_values("at", kind="stable", ignore_index=True)
    orders["day"] = world.calendar.zone.day(orders["at"].to_numpy())
    orders["is_pickup"] = _is_pickup(world, orders)
    free = world.streams("free").random(len(orders)) < world.recipe["orders"]["free_share"]
    orders["is_free"] = free & orders["kind"].isin(["first", "repeat"])
    code = draw_coupons(world, orders)
    orders["code"] = np.where(orders["is_free"], NO_CODE, code)
    orders["discount_rate"] = discount_rates(world, orders, code, season_group(world, orders))
    orders["ship_to"] = _addresses(world, orders)
    return orders


def make_lines(world: World, orders: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """One row an order line: order (row number), product, quantity, unit, discount, line_total, tax, line_no."""
    lines = _products(world, orders, products)
    lines["unit"] = products["cents"].to_numpy()[lines["product"]]
    gross = lines["unit"] * lines["quantity"]
    lines["discount"] = (gross * orders["discount_rate"].to_numpy()[lines["order"]]).round().astype(np.int64)
    lines["line_total"] = gross - lines["discount"]
    lines["vat"] = products["vat"].to_numpy()[lines["product"]]
    lines = pd.concat([lines, _carriage(world.recipe, orders, lines)], ignore_index=True)
    lines = lines.sort_values("order", kind="stable", ignore_index=True)
    lines["tax"] = (lines["line_total"] * lines["vat"] / (1 + lines["vat"])).round().astype(np.int64)
    lines["line_no"] = lines.groupby("order").cumcount() + 1
    return lines


def total(values: pd.Series, order: pd.Series, orders: int) -> Ints:
    """Exact sum per order of whole cents."""
    summed = np.zeros(orders, dtype=np.int64)
    np.add.at(summed, order.to_numpy(), values.to_numpy())
    return summed


def _is_pickup(world: World, orders: pd.DataFrame) -> Bools:
    recipe, customer = world.recipe, orders["customer"].to_numpy()
    home = np.array([entry["code"] == recipe["pickup_country"] for entry in recipe["countries"]])
    near = (customer == GUEST) | home[world.people["country"].to_numpy()[customer]]
    drawn = world.streams("pickup").random(len(orders)) < np.array(recipe["pickup_share"])[weekday(orders["day"].to_numpy())]
    return (near & drawn) | (orders["kind"] == "cake").to_numpy()


def _addresses(world: World, orders: pd.DataFrame) -> Ints:
    """The customer to whose address each order goes: his own, or in some of those that are sent, that of someone he gives it to."""
    customer = orders["customer"].to_numpy()
    if "gifts" not in world.recipe:
        return customer
    rules, rng = world.recipe["gifts"], world.streams("gifts")
    december = (orders["day"].to_numpy() * DAY).astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) % 12 == 11
    given = rng.random(len(orders)) < np.where(december, rules["december_share"], rules["share"])
    given &= orders["kind"].isin(["first", "repeat"]).to_numpy() & ~orders["is_pickup"].to_numpy()
    return np.where(given, rng.integers(0, world.size, len(orders)), customer)


def _products(world: World, orders: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    rng, recipe = world.streams("baskets"), world.recipe
    wanted = _wanted(world, orders)
    first = choose_rows(rng, wanted)
    extra = rng.poisson(np.array([recipe["extra_lines"][c] for c in world.categories])[first])
    extra[orders["kind"] == "cake"] = 0
    order = np.repeat(np.arange(len(orders)), 1 + extra)
    opening = np.concatenate([[True], order[1:] != order[:-1]])
    stays = opening | (rng.random(len(order)) < recipe["stay_in_category"])
    category = np.where(stays, first[order], choose_rows(rng, wanted[order]))
    weights = _product_weights(products)[category]
    if "brand_concentration" in recipe:
        weights = weights * brand_tastes(world, products)[orders["customer"].to_numpy()[order]]  # GUEST = -1 = the last row
    product = choose_rows(rng, weights)
    guest = orders["customer"].to_numpy() == GUEST
    scale = np.where(guest, 1.0, world.hidden["order_scale"].to_numpy()[orders["customer"]])[order]
    quantity = 1 + rng.poisson(np.array([recipe["extra_quantity"][c] for c in world.categories])[category] * scale)
    if "cake" in recipe:
        cake = (orders["kind"] == "cake").to_numpy()[order]
        contest = int(np.flatnonzero(products["key"] == recipe["contest_product"])[0])
        product, quantity = np.where(cake, contest, product), np.where(cake, 1, quantity)
    lines = pd.DataFrame({"order": order, "product": product, "quantity": quantity})
    return _with_pairs(world, lines, products)


def _with_pairs(world: World, lines: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """Products that go together: of the orders with the first, a share also takes one of the second, beyond chance."""
    number = {key: row for row, key in enumerate(products["key"])}
    for pair in world.recipe.get("pairs", []):
        first, second = number[pair["first"]], number[pair["second"]]
        with_first = np.unique(lines["order"][lines["product"] == first])
        takes = world.streams(f"pair {pair['first']} {pair['second']}").random(len(with_first)) < pair["share"]
        already = np.isin(with_first, lines["order"][lines["product"] == second])
        more = pd.DataFrame({"order": with_first[takes & ~already], "product": second, "quantity": 1})
        lines = pd.concat([lines, more], ignore_index=True)
    return lines


def brand_tastes(world: World, products: pd.DataFrame) -> Floats:
    """How much more each customer wants each product for its brand (mean 1), and a last row of ones for guests."""
    names = brands(world.recipe)
    taste = world.hidden[[f"brand_affinity_{brand}" for brand in names]].to_numpy() * len(names)
    own = taste[:, products["brand"].map(names.index).to_numpy()]
    return np.vstack([own, np.ones(len(products))])


def _wanted(world: World, orders: pd.DataFrame) -> Floats:
    """Weight of every category for every order: the customer's taste, guests the shop's, times the season."""
    base = np.array(list(world.recipe["category_base"].values()))
    taste = np.vstack([world.affinity, base / base.sum()])[orders["customer"]]  # GUEST = -1 = the last row
    return taste * world.calendar.past.boosts[season_group(world, orders), orders["day"] - world.calendar.first]


def season_group(world: World, orders: pd.DataFrame) -> Ints:
    """The row of the season of each order; guests live where there are no feasts of a country's own."""
    return np.append(world.group, 0)[orders["customer"]]


def _product_weights(products: pd.DataFrame) -> Floats:
    weights = np.zeros((products["category_no"].max() + 1, len(products)))
    weights[products["category_no"], np.arange(len(products))] = products["weight"]
    return weights


def _carriage(recipe: Recipe, orders: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    goods = total(lines["line_total"], lines["order"], len(orders))
    pays = ~orders["is_pickup"] & ~orders["is_free"] & (goods < recipe["delivery"]["free_from"] * 100)
    price = round(recipe["delivery"]["price"] * 100)
    carriage = pd.DataFrame({"order": np.flatnonzero(pays), "product": NO_PRODUCT, "quantity": 1, "unit": price})
    return carriage.assign(discount=0, line_total=price, vat=CARRIAGE_VAT)
