"""When people buy: weekdays, months, sales and each country's feasts are found again in the orders alone."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from segkit_generators import make_shop
from segkit_generators.feasts import FEASTS, feast_day
from segkit_generators.recipe import load_recipe

from tests.generators.shops import SURE, data_of, near, shop_of

HISTORY = pd.date_range("2024-07-01", "2026-10-31")
DAY = pd.Timedelta(days=1)


def test_each_weekday_has_the_planted_share_of_the_orders() -> None:
    """Of a shop without feasts, so that nothing else differs between weekdays."""
    orders, weights = data_of("pianos").orders, np.array(load_recipe("pianos")["weekday"])
    found = orders["ordered_on"].dt.day_of_week.value_counts(normalize=True)
    assert all(near(found[day], weight, len(orders)) for day, weight in enumerate(weights / weights.sum()))
    assert found[5] > 1.4 * found[2]


def test_each_month_has_the_planted_share_of_the_guests_orders() -> None:
    """Guests do not grow in number and do not leave: only the season moves them."""
    guests = data_of("giftware").orders.query("is_guest")["ordered_on"].dt.month
    expected = np.array(load_recipe("giftware")["month"]) * pd.Series(HISTORY.month).value_counts().sort_index().to_numpy()
    found = guests.value_counts(normalize=True).reindex(range(1, 13), fill_value=0)
    assert all(near(found[month], share, len(guests)) for month, share in enumerate(expected / expected.sum(), start=1))
    assert found[11] > 1.5 * found[5]


def test_in_the_sales_everything_is_cheaper_and_twice_as_much_is_sold() -> None:
    orders, recipe = data_of("fashion").orders, load_recipe("fashion")
    plain = orders[(orders["discount_codes"].map(len) == 0) & (orders["total"] > 0) & ~orders["is_test"]]
    in_sale = plain["ordered_on"].dt.strftime("%m-%d").between("01-03", "01-30") | plain["ordered_on"].dt.strftime("%m-%d").between(
        "07-01", "07-31"
    )
    off = plain["discount_total"] / plain["items_total"]
    np.testing.assert_allclose(off[in_sale], recipe["feasts"]["winter_sale"]["discount"], atol=0.001)
    assert (off[~in_sale] == 0).all()
    months = data_of("fashion").purchases["ordered_on"].dt.to_period("M").value_counts()
    assert months[pd.Period("2026-01")] > 1.35 * months[pd.Period("2026-02")]
    assert months[pd.Period("2026-07")] > 1.35 * months[pd.Period("2026-06")]


@pytest.fixture(scope="module")
def abroad() -> pd.DataFrame:
    """The orders of named customers in a bigger international shop: feasts are few and short."""
    orders = make_shop("international", 9000, seed=5).tables["orders"].select(["profile_id", "billing_country", "ordered_on"]).to_pandas()
    return orders.dropna(subset=["profile_id"]).astype({"ordered_on": "datetime64[us]"})


@pytest.mark.parametrize(
    ("feast", "keeps", "others"),
    [("kings_day", "NL", ["DE", "FR"]), ("bastille_day", "FR", ["NL", "DE"]), ("national_day_be", "BE", ["NL", "DE"]),
     ("unity_day", "DE", ["NL", "BE", "FR"]), ("mothering_sunday", "GB", ["NL", "BE", "DE"])],
)  # fmt: skip
def test_a_feast_moves_only_the_country_that_keeps_it(abroad: pd.DataFrame, feast: str, keeps: str, others: list[str]) -> None:
    """The days before a feast against the four weeks before them: in one country so many times what it is in the others."""
    rules = load_recipe("international")["feasts"][feast]
    counts = {True: [0, 0], False: [0, 0]}
    for day in (pd.Timestamp(feast_day(feast, year)) for year in (2024, 2025, 2026)):
        begins = day - (rules["days"] - 1) * DAY
        if begins - 28 * DAY >= HISTORY[0] and day <= HISTORY[-1]:
            for own, countries in ((True, [keeps]), (False, others)):
                days = abroad.loc[abroad["billing_country"].isin(countries), "ordered_on"]
                counts[own][0] += days.between(begins, day).sum()
                counts[own][1] += days.between(begins - 28 * DAY, begins - DAY).sum()
    (during, before), (elsewhere, elsewhere_before) = counts[True], counts[False]
    lift = math.log(during / before) - math.log(elsewhere / elsewhere_before)
    spread = math.sqrt(sum(1 / count for count in (during, before, elsewhere, elsewhere_before)))
    assert abs(lift - math.log(rules["factor"])) < SURE * spread
    assert lift > 2 * spread, "without the feast it would be nothing"


@pytest.mark.parametrize(
    ("feast", "day"),
    [("mothers_day", "2026-05-10"), ("mothers_day_fr", "2026-05-31"), ("mothers_day_fr", "2020-06-07"), ("mothering_sunday", "2026-03-15"),
     ("kings_day", "2026-04-27"), ("kings_day", "2025-04-26"), ("easter", "2026-04-05"), ("black_friday", "2026-11-27")],
)  # fmt: skip
def test_feasts_fall_on_their_days(feast: str, day: str) -> None:
    assert FEASTS[feast](int(day[:4])) == pd.Timestamp(day).date()


def test_a_code_of_the_season_is_used_in_its_days_by_its_share() -> None:
    orders, rules = data_of("sneakers").orders, load_recipe("sneakers")["codes"]["back_to_school"]
    used = orders["discount_codes"].map(lambda codes: rules["code"] in list(codes))
    days = orders["ordered_on"].dt.strftime("%m-%d")
    inside = days.between("08-20", "09-08") & orders["kind"].eq("repeat")
    assert not used[~days.between("08-20", "09-08")].any()
    assert near(used[inside].mean(), rules["share"] * (1 - load_recipe("sneakers")["other_code"]["share"]), inside.sum())


def test_days_of_the_answer_key_are_of_each_country_with_feasts_of_its_own() -> None:
    days = shop_of("international").truth["days"]
    assert set(days["country_code"].dropna()) == {"NL", "BE", "DE", "FR", "GB"}
    means = days.groupby("country_code", dropna=False)["weight"].mean()
    np.testing.assert_allclose(means, 1)
