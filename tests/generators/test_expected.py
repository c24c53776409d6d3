"""What the answer key expects of each customer is what the shop then does, and what lives drawn without its formula do."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pandas as pd
import pytest
from segkit_generators import make_shop
from segkit_generators.expectation import Renewals
from segkit_generators.recipe import load_recipe, profile_names

from tests.generators.conftest import frame_of
from tests.generators.shops import SURE, data_of, shop_of

UNTIL = pd.Timestamp("2026-10-31")
DRAWS = 400


def own_orders(name: str) -> pd.DataFrame:
    return data_of(name).orders[data_of(name).orders["kind"].isin(["first", "repeat"])]


@cache
def year_after(name: str, days: int) -> pd.DataFrame:
    """A row for everyone expected something of a year before the end: expected and found orders and value, by profile."""
    expected = shop_of(name).truth["hindsight"].set_index("profile_id")
    orders, as_of = own_orders(name), expected["as_of_on"].iloc[0]
    after = orders[orders["ordered_on"].between(as_of + pd.Timedelta(days=1), as_of + pd.Timedelta(days=days))]
    after = after.assign(left=(after["net_base"] - after["shipping_total"] * after["fx_to_base"]).where(after["counts_as_purchase"], 0))
    found = after.groupby("profile_id")["left"].agg(["size", "sum"]).reindex(expected.index, fill_value=0)
    columns = {"orders": expected[f"expected_orders_{days}d"], "value": expected[f"expected_value_{days}d"]}
    return pd.DataFrame({**columns, "found_orders": found["size"], "found_value": found["sum"]})


@pytest.mark.parametrize("days", [90, 365])
@pytest.mark.parametrize("name", profile_names())
def test_in_the_year_that_follows_customers_do_what_was_expected_of_them(name: str, days: int) -> None:
    """Summed over all and over the half of whom most was expected, within the spread between customers."""
    year = year_after(name, days)
    for group in (year, year[year["orders"] > year["orders"].median()]):
        for what in ("orders", "value"):
            gap = group[f"found_{what}"] - group[what]
            assert abs(gap.sum()) < SURE * math.sqrt((gap**2).sum())
    assert year["found_orders"].sum() > 2 * SURE * math.sqrt((year["found_orders"] - year["orders"]).pow(2).sum()), "too few to tell"
    assert (year.loc[year["orders"] == 0, "found_orders"] == 0).all(), "who had left orders nothing more"


@pytest.mark.parametrize("name", ["sneakers", "pianos"])
def test_what_is_expected_tells_customers_apart_as_well_as_anybody_could(name: str) -> None:
    year = year_after(name, 365)
    by = pd.qcut(year["orders"].rank(method="first"), 4, labels=False)
    sums = year.groupby(by)[["orders", "found_orders"]].sum()
    assert sums["found_orders"].is_monotonic_increasing
    assert (np.abs(sums["orders"] - sums["found_orders"]) < SURE * np.sqrt(2 * sums["orders"] + 9)).all()


def weights_ahead(name: str, days: pd.DatetimeIndex) -> np.ndarray:
    """Weekday x month of days after the history, in the unit of the history: written down once more."""
    recipe = load_recipe(name)
    past = pd.DatetimeIndex(shop_of(name).truth["days"]["day_on"])

    def raw(those: pd.DatetimeIndex) -> np.ndarray:
        return np.array(recipe["weekday"])[those.day_of_week] * np.array(recipe["month"])[those.month - 1]

    return raw(days) / raw(past).mean()


def test_lives_drawn_day_by_day_give_what_is_expected_of_a_shop_without_feasts() -> None:
    """Pianos: whoever is there leaves after an exponential time; on each day he orders by his rate and the day's weight."""
    truth = shop_of("pianos").truth["customers"]
    alive = truth[truth["is_alive_at_until"] & (truth["lifecycle"] == "regular")]
    season = weights_ahead("pianos", pd.date_range(UNTIL + pd.Timedelta(days=1), periods=90))
    rng = np.random.default_rng(5)
    life = rng.exponential(load_recipe("pianos")["lifecycles"]["regular"]["dropout_days"], (DRAWS, len(alive)))
    seen = np.clip(life[:, :, None] - np.arange(90), 0, 1) @ season
    totals = rng.poisson(seen * alive["purchase_rate_per_day"].to_numpy()).mean(axis=1)
    assert abs(totals.mean() - alive["expected_orders_90d"].mean()) < SURE * totals.std() / math.sqrt(DRAWS)


def test_gaps_drawn_one_after_the_other_give_what_is_expected_of_regular_gaps() -> None:
    """Coffee: gamma gaps, the first of them given how long ago the last order was, until the customer leaves."""
    recipe, truth = load_recipe("coffee"), shop_of("coffee").truth["customers"].set_index("profile_id")
    alive = truth[truth["is_alive_at_until"] & (truth["lifecycle"] == "regular")].head(200)
    age = (UNTIL - own_orders("coffee").groupby("profile_id")["ordered_on"].max().reindex(alive.index)).dt.days.to_numpy()
    rng, shape = np.random.default_rng(6), recipe["gap_shape"]
    mean_gap = 1 / alive["purchase_rate_per_day"].to_numpy()
    gaps = rng.gamma(shape, mean_gap[:, None, None] / shape, (len(alive), DRAWS, 40))
    first = rng.gamma(shape, mean_gap[:, None] / shape, (len(alive), 40 * DRAWS))
    longer = first > age[:, None] + 0.5  # an order is on the day nearest to its moment
    life = rng.exponential(recipe["lifecycles"]["regular"]["dropout_days"], (len(alive), DRAWS))
    found = np.full(len(alive), np.nan)
    for row in np.flatnonzero(longer.sum(axis=1) >= DRAWS):
        gaps[row, :, 0] = first[row][longer[row]][:DRAWS] - age[row]
        at = np.round(np.cumsum(gaps[row], axis=1))
        found[row] = ((at <= 90) & (at < life[row][:, None])).sum(axis=1).mean()
    judged = ~np.isnan(found)
    assert judged.sum() > 150
    gap = found[judged] - alive["expected_orders_90d"].to_numpy()[judged]
    assert abs(gap.mean()) < SURE * gap.std() / math.sqrt(judged.sum())
    assert gap.std() < 0.15
    poisson = alive["purchase_rate_per_day"].to_numpy()[judged] * 90
    assert gap.std() < 0.5 * (found[judged] - poisson).std(), "who ordered yesterday is not who ordered a month ago"


def test_renewals_without_memory_are_those_of_poisson_and_regular_ones_wait_their_turn() -> None:
    time = np.linspace(0, 5, 11)
    np.testing.assert_allclose(Renewals(1.0, 5)(np.full(11, 1.3), time), time, atol=0.03)
    clockwork = Renewals(400.0, 5)
    assert clockwork(np.array([0.0]), np.array([0.8]))[0] < 0.01
    assert clockwork(np.array([0.5]), np.array([0.8]))[0] > 0.99


@pytest.mark.parametrize("name", ["sneakers", "fashion"])
def test_purchase_rates_have_the_planted_mean_and_spread(name: str) -> None:
    """Orders of those who were there all along: mean and overdispersion of a gamma mixture of Poissons."""
    recipe, truth = load_recipe(name), shop_of(name).truth["customers"].set_index("profile_id")
    kind = recipe["lifecycles"]["regular"]
    first = own_orders(name).groupby("profile_id")["ordered_on"].agg(["min", "size"])
    there = truth[truth["is_alive_at_until"] & (truth["lifecycle"] == "regular")].index
    mass = shop_of(name).truth["days"].set_index("day_on")["weight"].cumsum()
    seen = mass.iloc[-1] - mass.reindex(first.loc[there, "min"]).to_numpy()
    count = first.loc[there, "size"].to_numpy() - 1
    rate = kind["purchase_rate_30d"] / 30
    expected, shape = rate * seen, recipe["purchase_rate_shape"]
    spread = math.sqrt((expected + expected**2 / shape).sum())
    assert abs(count.sum() - expected.sum()) < SURE * spread
    excess = (count - expected) ** 2 - count
    found, error = excess.sum() / (expected**2).sum(), math.sqrt(((excess - excess.mean()) ** 2).sum()) / (expected**2).sum()
    assert abs(found - 1 / shape) < SURE * error
    assert found > 2 * error, "people of one rate would have none"


def test_customers_drop_out_at_the_planted_rate() -> None:
    """Coffee: of who came weeks apart, the share that still orders a year and more after his first order."""
    orders, truth = own_orders("coffee"), shop_of("coffee").truth["customers"].set_index("profile_id")
    mean = load_recipe("coffee")["lifecycles"]["regular"]["dropout_days"]
    often = truth.index[(truth["lifecycle"] == "regular") & (truth["purchase_rate_per_day"] > 1 / 35)]
    first = orders[orders["profile_id"].isin(often)].groupby("profile_id")["ordered_on"].min()
    first = first[first <= UNTIL - pd.Timedelta(days=365 + 120)]
    age = (orders["ordered_on"] - orders["profile_id"].map(first)).dt.days
    still = first.index.isin(orders.loc[(age > 365) & (age <= 365 + 120), "profile_id"])
    gap = 1 / truth.loc[first.index, "purchase_rate_per_day"]
    expected = np.exp(-(365 + gap / 2) / mean).mean()
    assert len(first) > 150
    assert abs(still.mean() - expected) < SURE * math.sqrt(expected * (1 - expected) / len(first))
    assert still.mean() < 0.75, "without drop-out it would be everyone"


def test_a_shop_with_half_more_orders_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shop made with other numbers than the key was read with: the tests above would notice."""
    recipe = load_recipe("sneakers")
    recipe["lifecycles"]["regular"]["purchase_rate_30d"] *= 1.5
    monkeypatch.setattr("segkit_generators.shop.load_recipe", lambda profile: recipe)
    other = make_shop("sneakers", 3000, seed=11)
    orders = frame_of(other.tables["orders"]).assign(kind=other.truth["orders"]["kind"].to_numpy())
    expected = shop_of("sneakers").truth["hindsight"]
    after = orders[(orders["ordered_on"] > expected["as_of_on"].iloc[0]) & orders["kind"].eq("repeat")]
    found = after.groupby("profile_id").size().reindex(expected["profile_id"], fill_value=0).to_numpy()
    gap = found - expected["expected_orders_365d"].to_numpy()
    assert gap.sum() > SURE * math.sqrt((gap**2).sum())
