"""The products of a shop, and what an order of a customer is worth on average."""

import numpy as np
import pandas as pd
import pyarrow as pa

from segkit_generators import arrow
from segkit_generators.baskets import brand_tastes
from segkit_generators.recipe import Recipe
from segkit_generators.streams import Floats
from segkit_generators.world import World


def make_catalogue(recipe: Recipe) -> pd.DataFrame:
    """One row a product: product_id, title, brand, category (name and number), price in cents, weight, vat."""
    rows = [{"key": key, "brand": recipe["house_brand"], **product} for key, product in recipe["products"].items()]
    products = pd.DataFrame(rows)
    products["product_id"] = [f"P{number:03d}" for number in range(1, len(rows) + 1)]
    products["category_no"] = products["category"].map({c: i for i, c in enumerate(recipe["category_base"])})
    products["cents"] = (products["price"] * 100).round().astype(np.int64)
    products["vat"] = products["category"].map(dict(recipe["vat"]))
    return products


def expected_order_value(world: World, products: pd.DataFrame) -> Floats:
    """Mean value of a customer's order in the shop's currency, before season, discount, returns and carriage (closed form)."""
    return basket_value(world, products, world.affinity, line_value(world, products))


def line_value(world: World, products: pd.DataFrame) -> Floats:
    """Mean value of a line before discount: a row a customer, a column a category."""
    recipe = world.recipe
    quantity = 1 + np.outer(world.hidden["order_scale"], [recipe["extra_quantity"][c] for c in world.categories])
    if "brand_concentration" not in recipe:
        weighted = products.assign(price=products["price"] * products["weight"]).groupby("category_no")
        return np.asarray((weighted["price"].sum() / weighted["weight"].sum()).to_numpy() * quantity * rates(world)[:, None])
    shares = product_shares(world, products) * products["price"].to_numpy()
    price = np.stack([shares[:, products["category_no"] == number].sum(axis=1) for number in range(len(world.categories))], axis=1)
    return np.asarray(price * quantity * rates(world)[:, None])


def product_shares(world: World, products: pd.DataFrame) -> Floats:
    """The chance of each product when its category is wanted: a row a customer, a column a product."""
    weights = np.tile(products["weight"].to_numpy(dtype=float), (world.size, 1))
    if "brand_concentration" in world.recipe:
        weights *= brand_tastes(world, products)[:-1]
    for number in range(len(world.categories)):
        own = products["category_no"].to_numpy() == number
        weights[:, own] /= weights[:, own].sum(axis=1, keepdims=True)
    return weights


def basket_value(world: World, products: pd.DataFrame, taste: Floats, line: Floats, kept: Floats | None = None) -> Floats:
    """Mean value of a basket: the line one comes for, further lines, and what goes with them; `kept` is the share not sent back."""
    recipe = world.recipe
    extra, stay = np.array([recipe["extra_lines"][c] for c in world.categories]), recipe["stay_in_category"]
    left = line if kept is None else line * kept
    further = stay * left + (1 - stay) * (taste * left).sum(axis=1, keepdims=True)
    value: Floats = (taste * (left + extra * further)).sum(axis=1)
    for pair in recipe.get("pairs", []):
        second = products.set_index("key").loc[pair["second"]]
        stays = 1.0 if kept is None else kept[:, second["category_no"]]
        has, lacks = in_basket(world, products, taste, pair["first"]), 1 - in_basket(world, products, taste, pair["second"])
        value = value + has * lacks * pair["share"] * second["price"] * stays * rates(world)
    return value


def in_basket(world: World, products: pd.DataFrame, taste: Floats, key: str) -> Floats:
    """The chance that a product lies in a customer's basket of his own choosing: one minus that no line is it."""
    place = int(np.flatnonzero(products["key"] == key)[0])
    share, category = product_shares(world, products)[:, place], products["category_no"].iloc[place]
    extra, stay = np.array([world.recipe["extra_lines"][c] for c in world.categories]), world.recipe["stay_in_category"]
    own = np.arange(len(extra)) == category
    further = stay * own * share[:, None] + (1 - stay) * (taste[:, category] * share)[:, None]
    none: Floats = (taste * (1 - own * share[:, None]) * np.exp(-extra * further)).sum(axis=1)
    return 1 - none


def rates(world: World) -> Floats:
    """What one unit of the money that each customer pays in is worth in the shop's currency."""
    return np.array([entry.get("rate", 1.0) for entry in world.recipe["countries"]])[world.people["country"]]


def product_tables(world: World, products: pd.DataFrame) -> dict[str, pa.Table]:
    """The canonical tables products and product_categories."""
    recipe, rows = world.recipe, len(products)
    cost = products["cents"] / (1 + products["vat"]) * recipe["cost_share"]
    columns = {
        "product_id": products["product_id"], "source_system": "webshop", "sku": products["key"],
        "title": products["title"],
        "brand": products["brand"], "product_type": products["category"], "price": products["cents"],
        "unit_cost": cost.round().astype(np.int64), "currency": recipe["client"]["currency"], "is_product": True,
        "is_gift_card": False, "status": "active", "url": f"{recipe['site']['url']}/p/" + products["key"],
        "created_at": np.full(rows, world.calendar.start),
    }  # fmt: skip
    categories = {
        "product_id": products["product_id"], "category_id": products["category"],
        "category_path": "winkel > " + products["category"], "is_primary": True,
    }  # fmt: skip
    return {
        "products": arrow.table("products", rows, columns),
        "product_categories": arrow.table("product_categories", rows, categories),
    }
