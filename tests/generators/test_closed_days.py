"""On a weekday of weight 0 nobody orders, whatever the reason that he would."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from segkit_generators import Shop

from tests.generators.conftest import frame_of
from tests.generators.shops import own_shop
from tests.generators.test_recipe import refused

WEEK = [1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0]
UPLIFT = 0.5
LATE = [0.0] * 23 + [1.0]


def closed(own: dict[str, Any]) -> None:
    """No weekend, and a trial, win-backs and birthdays that move many."""
    own.update(weekday=WEEK)
    own["trials"][0].update(uplift=UPLIFT)
    for name in {"winback", "birthday"} & set(own):
        own[name].update(order_share=0.9)


def orders(shop: Shop) -> pd.DataFrame:
    return frame_of(shop.tables["orders"]).assign(kind=shop.truth["orders"]["kind"].to_numpy())


@pytest.mark.parametrize("profile", ["fashion", "coffee", "bakery"])
def test_nobody_orders_on_a_closed_day(profile: str) -> None:
    placed = orders(own_shop(profile, closed, 400))
    assert {"first", "repeat", "trial", "guest"} <= set(placed["kind"])
    assert (placed["ordered_on"].dt.day_of_week < 5).all(), placed.loc[placed["ordered_on"].dt.day_of_week >= 5, "kind"].value_counts()


def test_who_joins_in_the_last_hour_before_a_closed_day_orders_before_it() -> None:
    def change(own: dict[str, Any]) -> None:
        own.update(weekday=WEEK, hour=LATE)

    placed = orders(own_shop("fashion", change, 200))
    first = placed[placed["kind"] == "first"]
    assert (placed["ordered_on"].dt.day_of_week < 5).all()
    assert first["ordered_on"].dt.day_of_week.eq(4).any()


@pytest.mark.parametrize("within_days", [3, 4, 10])
def test_who_orders_because_of_a_trial_does_so_in_its_days(within_days: int) -> None:
    def change(own: dict[str, Any]) -> None:
        closed(own)
        own["trials"][0].update(within_days=within_days)

    shop = own_shop("fashion", change, 400)
    placed = orders(shop)
    sent = frame_of(shop.tables["experiment_assignments"])["assigned_at"].iloc[0]
    after = placed.loc[placed["kind"] == "trial", "ordered_at"] - sent
    assert len(after) > 50
    assert after.min() >= pd.Timedelta(seconds=600)
    assert after.max() <= pd.Timedelta(days=within_days, seconds=600)


def test_a_trial_shorter_than_the_shop_is_closed_is_refused() -> None:
    def change(own: dict[str, Any]) -> None:
        own.update(weekday=[0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0])
        own["trials"][0].update(within_days=2)

    error = refused("fashion", change)
    assert "trials.0.within_days is 2, and the shop takes no orders 2 days in a row" in error.problem
    assert "more than 2 days" in error.todo
