"""The products of a shop, and what an order of a customer is worth on average."""

import numpy as np
import pandas as pd
import pyarrow as pa

from segkit_generators import arrow
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
    """Mean value in euros of a customer's order, before season, discount and carriage (closed form)."""
    recipe, affinity = world.recipe, world.affinity
    weighted = products.assign(price=products["price"] * products["weight"]).groupby("category_no")
    price = (weighted["price"].sum() / weighted["weight"].sum()).to_numpy()
    quantity = 1 + np.outer(world.hidden["order_scale"], [recipe["extra_quantity"][c] for c in world.categories])
    line = price * quantity
    extra, stay = np.array([recipe["extra_lines"][c] for c in world.categories]), recipe["stay_in_category"]
    further = stay * line + (1 - stay) * (affinity * line).sum(axis=1, keepdims=True)
    value: Floats = (affinity * (line + extra * further)).sum(axis=1)
    return value


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
