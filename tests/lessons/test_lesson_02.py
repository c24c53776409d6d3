"""Lesson 2 says what was planted: gender, age and country move taste and not spending; orders move both."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segkit.notebook.answers import answers_of
from segkit.notebook.check import AS_OF, exercises, said, start_again
from segkit.notebook.lesson import lesson_shop
from segkit.segments import can_receive, did, profile
from segkit.shop import View

SHOP = Path(__file__).parents[2] / "data/cache/fashion"
if not SHOP.is_dir():
    pytest.skip("no shops of the lessons: python dev.py lab makes them", allow_module_level=True)
THEN = "2025-10-30"
DEMOGRAPHICS, ORDERS = ["gender", "age", "country_code"], ["bought", "last"]
DRESS = did("placed_order", item={"category": "jurken"})
DRESS_THIS_YEAR = did("placed_order", item={"category": "jurken"}, within="last 365 days")
WOMEN = profile(gender="female")
FRENCH = profile(language="fr-BE")


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    start_again()
    yield
    start_again()


@cache
def view(day: str = AS_OF) -> View:
    return lesson_shop("fashion").at(day)


@cache
def people() -> pd.DataFrame:
    """What the lesson makes of them: known on the day before the year, with what they spent in it and the planted value."""
    stated = pd.read_parquet(view().shop.store.folder / "profiles.parquet", columns=["profile_id", "gender", "birth_year", "locale"])
    after = view().features()[["profile_id", "revenue_365d"]].rename(columns={"revenue_365d": "spent"})
    planted = pd.read_parquet(SHOP / "truth/hindsight.parquet", columns=["profile_id", "expected_value_365d"])
    found = view(THEN).features().merge(stated, on="profile_id").merge(after, on="profile_id").merge(planted, on="profile_id", how="left")
    return found.assign(
        gender=found["gender"].fillna("unknown"),
        age=pd.cut(2025 - found["birth_year"], [0, 29, 39, 49, 59, 120]).astype("object").fillna("unknown"),
        bought=pd.cut(found["order_count"], [-1, 0, 1, 2, 4, 999]),
        last=pd.cut(found["recency_days"], [-1, 30, 90, 180, 365, 9999]).astype("object").fillna("never"),
        expected=found["expected_value_365d"].fillna(0),
    )


def explained(by: list[str], what: str = "spent", dropna: bool = True) -> float:
    found = people()
    off = ((found[what] - found[what].mean()) ** 2).sum()
    return float(1 - ((found[what] - found.groupby(by, dropna=dropna)[what].transform("mean")) ** 2).sum() / off)


def test_no_order_is_both_known_and_spent() -> None:
    orders = pd.read_parquet(view().shop.store.folder / "orders.parquet", columns=["ordered_on"])["ordered_on"].pipe(pd.to_datetime)
    year_begins = pd.Timestamp(AS_OF) - pd.Timedelta(days=365)
    assert pd.Timestamp(THEN) + pd.Timedelta(days=1) == year_begins
    assert (orders == year_begins).any()  # an order of that day is in the year, and would be known a day later


def test_gender_age_and_country_explain_no_more_than_shuffled_amounts() -> None:
    rng, keys = np.random.default_rng(7), [people()[name] for name in DEMOGRAPHICS]
    dealt = [pd.Series(rng.permutation(people()["spent"])) for _ in range(100)]
    luck = [one.groupby(keys).transform("mean").var() / one.var() for one in dealt]
    assert explained(DEMOGRAPHICS) < np.quantile(luck, 0.95)
    assert explained(["gender"]) < 0.01


def test_orders_explain_many_times_what_demographics_do_and_each_of_the_two_counts() -> None:
    assert explained(ORDERS) > 5 * explained(DEMOGRAPHICS)
    assert explained(ORDERS) > max(explained(["bought"]), explained(["last"])) > 3 * explained(DEMOGRAPHICS)


def test_so_it_is_in_the_planted_value_of_that_year_too() -> None:
    assert explained(DEMOGRAPHICS, "expected") < 0.03
    assert explained(ORDERS, "expected") > 0.3


def test_women_spend_about_what_men_do() -> None:
    means = people().groupby("gender")["spent"].mean()
    assert 0.8 < means["female"] / means["male"] < 1.25


def test_the_longer_ago_the_last_order_the_less_is_spent() -> None:
    means = people().query("order_count > 0").groupby(pd.cut(people()["recency_days"], [-1, 30, 90, 180, 365, 9999]))["spent"].mean()
    assert means.is_monotonic_decreasing
    assert people().query("order_count == 0")["spent"].mean() > 1.5 * means.iloc[-1]  # longer than a year ago


def test_twins_on_paper_are_a_regular_and_somebody_who_never_bought() -> None:
    orders = people().query("gender != 'unknown'").groupby(["gender", "birth_year", "locale"])["order_count"]
    widest = (orders.max() - orders.min()).idxmax()
    assert orders.min()[widest] == 0
    assert orders.max()[widest] > 5


def test_women_are_planted_to_want_dresses_and_no_more_orders() -> None:
    truth = pd.read_parquet(SHOP / "truth/customers.parquet").merge(people()[["profile_id", "gender"]], on="profile_id")
    means = truth.groupby("gender")[["affinity_jurken", "affinity_heren", "purchase_rate_per_day"]].mean()
    assert means.loc["female", "affinity_jurken"] > 2 * means.loc["male", "affinity_jurken"]
    assert means.loc["male", "affinity_heren"] > 2 * means.loc["female", "affinity_heren"]
    assert 0.8 < means.loc["female", "purchase_rate_per_day"] / means.loc["male", "purchase_rate_per_day"] < 1.25


def test_who_bought_a_dress_buys_one_again_sooner_than_a_woman_does() -> None:
    ids, buys = people()["profile_id"], people()["profile_id"].isin(view().members(DRESS_THIS_YEAR)["profile_id"])
    had, women = ids.isin(view(THEN).members(DRESS)["profile_id"]), people()["gender"] == "female"
    assert buys[had].mean() > 1.3 * buys[women].mean()
    assert had.sum() < women.sum()


def test_beside_a_dress_gender_adds_next_to_nothing_and_leaves_out_many_who_would_buy() -> None:
    ids, buys = people()["profile_id"], people()["profile_id"].isin(view().members(DRESS_THIS_YEAR)["profile_id"])
    had, women = ids.isin(view(THEN).members(DRESS)["profile_id"]), people()["gender"] == "female"
    assert abs(buys[had & women].mean() - buys[had].mean()) < 0.05
    assert (had & ~women & buys).sum() > 0.3 * (had & buys).sum()
    assert (people()[had & buys]["gender"] == "unknown").any()


def test_fewer_groups_of_behaviour_have_less_luck() -> None:
    rng = np.random.default_rng(7)
    dealt = [people().assign(spent=rng.permutation(people()["spent"])) for _ in range(100)]
    by = {name: [one.groupby(list(keys))["spent"].transform("mean").var() / one["spent"].var() for one in dealt]
          for name, keys in {"orders": ORDERS, "demographics": DEMOGRAPHICS}.items()}  # fmt: skip
    assert np.mean(by["orders"]) < np.mean(by["demographics"]) < 0.05


def test_a_language_as_nobody_wrote_it_finds_no_one() -> None:
    assert view().count(profile(language="fr")) == 0 < view().count(FRENCH)


def test_many_cannot_read_dutch_and_all_say_their_language() -> None:
    mailable = people()[people()["is_mailable"]]
    assert mailable["locale"].notna().all()
    assert 0.1 < mailable["locale"].str.startswith("fr").mean() < 0.3


def right(exercise: str) -> float | set[str]:
    return answers_of("lesson_02")[exercise](view())  # type: ignore[return-value]


def test_the_shares_of_the_lesson_are_right_and_near_misses_are_refused() -> None:
    answer = right("2a")
    assert said("2a", round(explained(ORDERS), 2), answer).startswith("2a is right")
    never_bought_left_out = people().query("order_count > 0")
    among_buyers = never_bought_left_out.groupby(ORDERS)["spent"].transform("mean").var() / never_bought_left_out["spent"].var()
    for wrong in (explained(["bought"]), explained(["last"]), explained(DEMOGRAPHICS), 1 - explained(ORDERS), among_buyers):
        start_again()
        assert exercises()["2a"].hint in said("2a", wrong, answer)


def test_an_audience_without_one_of_its_conditions_is_refused() -> None:
    answer = right("2b")
    assert said("2b", view().members(FRENCH & DRESS_THIS_YEAR & can_receive("email")), answer).startswith("2b is right")
    may = can_receive("email")
    misses = [FRENCH & DRESS_THIS_YEAR, FRENCH & may, DRESS_THIS_YEAR & may, FRENCH & DRESS & may, FRENCH | DRESS_THIS_YEAR]
    misses += [WOMEN & DRESS_THIS_YEAR & may, FRENCH & WOMEN & DRESS_THIS_YEAR & may]  # gender would leave people out
    for wrong in misses:
        start_again()
        assert exercises()["2b"].hint in said("2b", view().members(wrong), answer)
