"""Faults of money in shops of several currencies: amounts stay in the order's own money, and worth follows from its rate."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from segkit_generators import make_shop
from segkit_generators.arguments import check_arguments
from segkit_generators.errors import BadArgument
from segkit_generators.recipe import Recipe, load_recipe
from segkit_generators.shop import shop_of

from tests.generators.conftest import frame_of


def data(profile: str, *faults: str) -> SimpleNamespace:
    shop = make_shop(profile, 300, seed=7, faults=faults)
    return SimpleNamespace(
        **{name: frame_of(shop.tables[name]) for name in ("orders", "refunds", "carts", "order_items")}, truth=shop.truth
    )


@pytest.mark.parametrize(("profile", "own", "foreign"), [("giftware", "GBP", {"USD", "EUR"}), ("bakery", "EUR", {"USD", "GBP"})])
def test_orders_are_in_another_money_than_the_shops_own_and_at_their_rate(profile: str, own: str, foreign: set[str]) -> None:
    orders = data(profile, "mixed_currencies=0.4").orders
    rates = orders.groupby("currency")["fx_to_base"].unique().map(list)
    assert set(rates.index) == {own} | foreign
    assert rates[own] == [1.0]
    dollar, euro = (rates.get(name, [1.0])[0] for name in ("USD", "EUR"))
    assert dollar == pytest.approx(0.92 * euro, abs=1e-4), "a dollar is worth as much of a euro in every shop"
    np.testing.assert_allclose(orders["total_base"], orders["total"] * orders["fx_to_base"], atol=0.0051)


def test_who_paid_in_his_own_money_pays_in_a_third_one() -> None:
    clean, struck = data("international").orders, data("international", "mixed_currencies=1")
    told = set(struck.truth["faults"]["row_id"])
    before, after = (orders.set_index("order_id")["currency"] for orders in (clean, struck.orders))
    assert "GBP" in set(before[list(told)])
    assert told == set(before.index[before != after])


def test_the_cart_and_what_is_paid_back_are_in_the_money_of_the_order() -> None:
    t = data("bakery", "mixed_currencies=0.4")
    money = t.orders.set_index("order_id")["currency"]
    linked = t.refunds.dropna(subset=["order_id"])
    assert set(linked["currency"]) > {"EUR"}
    assert (linked["currency"] == linked["order_id"].map(money)).all()
    bought = t.carts.merge(t.orders, on="cart_id")
    assert (bought["currency_x"] == bought["currency_y"]).all()


def test_a_cancellation_pays_back_what_its_order_is_in_the_end() -> None:
    t = data("bakery", "unlinked_cancellations=0.3", "mixed_currencies=0.5", "fee_lines=0.5")
    told = t.truth["faults"].query("fault == 'unlinked_cancellations'")["row_id"]
    back = t.refunds[t.refunds["refund_id"].isin(told)].merge(t.orders, on="profile_id")
    whole = back[(back["amount"] == back["total"]) & (back["currency_x"] == back["currency_y"])]
    assert set(whole["refund_id"]) == set(told)
    assert set(whole["currency_x"]) > {"EUR"}


def test_the_profile_knows_the_rate_of_a_currency_and_none_is_made_up() -> None:
    recipe = load_recipe("international")
    countries = [entry | {"rate": 1.25} if "rate" in entry else entry for entry in recipe["countries"]]
    shop = made_of(recipe, countries=countries)
    orders = frame_of(shop.tables["orders"])
    assert set(orders.loc[orders["currency"] == "GBP", "fx_to_base"]) == {1.25}
    with pytest.raises(BadArgument, match="no rates for a shop in JPY"):
        made_of(recipe, client=recipe["client"] | {"currency": "JPY"})


def made_of(recipe: Recipe, **keys: Any) -> Any:
    return shop_of(check_arguments("international", Recipe(recipe | keys), 100, 7, "2026-10-31", ["mixed_currencies=0.5"]))


@pytest.mark.parametrize("faults", [("fee_lines=1",), ("fee_lines=1", "mixed_currencies=0.5")])
def test_a_fee_is_worth_its_orders_rate(faults: tuple[str, ...]) -> None:
    orders = data("international", *faults).orders
    assert (orders["fx_to_base"] != 1).any()
    np.testing.assert_allclose(orders["total_base"], orders["total"] * orders["fx_to_base"], atol=0.0051)
    np.testing.assert_allclose(orders["net_base"], (orders["total"] - orders["refunded_total"]) * orders["fx_to_base"], atol=0.0051)


@pytest.mark.parametrize("system", ["klaviyo", "activecampaign"])
def test_a_fee_is_a_line_without_a_product_in_answers_that_are_json(system: str, tmp_path: Path) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    shop = make_shop("bakery", 120, seed=7, faults=["fee_lines=0.5"])
    shop.write(tmp_path, system)
    pages = [json.loads(file.read_text(encoding="utf-8"), parse_constant=refuse) for file in (tmp_path / system).glob("*.json")]
    if system == "klaviyo":
        lines = pd.json_normalize([line for page in pages for line in lines_of(page)])
        fees = lines[lines["ProductName"].isin(["POSTAGE", "Manual", "BANK CHARGES"])]
        assert len(fees) == len(shop.truth["faults"])
        assert fees[["ProductID", "SKU"]].isna().all(axis=None)
        assert (fees["ProductCategories"].map(len) == 0).all()


def lines_of(page: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of the orders of one page of events."""
    events = page["data"] if isinstance(page["data"], list) else []
    told = [event["attributes"].get("event_properties", {}) for event in events]
    return [line for properties in told for line in properties.get("$extra", {}).get("line_items", [])]
