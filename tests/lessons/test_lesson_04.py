"""Lesson 4 says what was planted: gaps of one customer are regular, and silence means something only beside them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from segkit.notebook.answers import answers_of
from segkit.notebook.check import AS_OF, exercises, said, start_again
from segkit.notebook.lesson import lesson_shop
from segkit.segments import did, never
from segkit.shop import View

SHOP = Path(__file__).parents[2] / "data/cache/coffee"
if not SHOP.is_dir():
    pytest.skip("no shops of the lessons: python dev.py lab makes them", allow_module_level=True)
PAST_DAYS = ["2026-03-01", "2026-06-01", "2026-08-01", "2026-10-03"]
STATES = [-1, 0.75, 1.5, 3, 9999]
DUE = pd.Interval(0.75, 1.5, closed="right")


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    start_again()
    yield
    start_again()


@cache
def view(day: str = AS_OF) -> View:
    return lesson_shop("coffee").at(day)


def table(name: str) -> pd.DataFrame:
    return pd.read_parquet(view().shop.store.folder / f"{name}.parquet")


@cache
def bought(kept_only: bool = True) -> pd.DataFrame:
    orders = table("orders")
    named = orders[orders["profile_id"].notna() & (orders["counts_as_purchase"] | (not kept_only))]
    return named.assign(ordered_on=pd.to_datetime(named["ordered_on"])).sort_values(["profile_id", "ordered_at"])


def last_days(orders: pd.DataFrame) -> pd.Series:
    return (pd.Timestamp(AS_OF) - orders.groupby("profile_id")["ordered_on"].max()).dt.days


@cache
def regulars(day: str = AS_OF) -> pd.DataFrame:
    found = view(day).features().query("order_count >= 3")
    own_gap = (found["first_order_days"] - found["recency_days"]) / (found["order_count"] - 1)
    return found.assign(own_gap=own_gap, gaps_ago=found["recency_days"] / own_gap)


def with_return(day: str) -> pd.DataFrame:
    """Regulars of that day, and whether they ordered in the four weeks after it."""
    later = pd.Timestamp(day) + pd.Timedelta(days=28)
    came = view(later.strftime("%Y-%m-%d")).members(did("placed_order", within="last 27 days"))["profile_id"]
    return regulars(day).assign(is_back=regulars(day)["profile_id"].isin(came))


def test_some_orders_just_after_midnight_stand_on_another_day_in_utc_and_none_that_were_placed_later() -> None:
    local = bought()["ordered_at"].dt.tz_localize("UTC").dt.tz_convert("Europe/Amsterdam")
    assert (local.dt.tz_localize(None).dt.normalize() == bought()["ordered_on"]).all()
    other_day = bought()["ordered_at"].dt.normalize() != bought()["ordered_on"]
    assert 0 < other_day.mean() < 0.05
    assert set(local[other_day].dt.hour) <= {0, 1}


def test_another_clock_moves_the_last_day_of_some_customers_and_hardly_the_size_of_a_segment() -> None:
    in_utc = bought()["ordered_at"].dt.normalize().groupby(bought()["profile_id"]).max()
    assert (in_utc != bought().groupby("profile_id")["ordered_on"].max()).sum() > 5
    assert abs(view().count("bijna_op") - view().in_utc().count("bijna_op")) < 10


def test_the_numbers_by_hand_are_those_of_the_kit() -> None:
    buyers = view().features().query("order_count > 0").set_index("profile_id")
    by_hand = bought().assign(value=bought()["net_base"].astype(float)).groupby("profile_id")
    assert (by_hand.size() == buyers["order_count"]).all()
    assert (by_hand["value"].sum().round(2) == buyers["revenue"].round(2)).all()
    assert (last_days(bought()) == buyers["recency_days"]).all()


def test_gaps_are_regular_around_the_mean_that_was_planted_for_each() -> None:
    planted = pd.read_parquet(SHOP / "truth/customers.parquet").set_index("profile_id")["purchase_rate_per_day"]
    gaps = (
        bought().assign(gap=bought().groupby("profile_id")["ordered_on"].diff().dt.days).dropna(subset="gap").groupby("profile_id")["gap"]
    )
    enough = gaps.count() >= 5
    own, spread = gaps.mean()[enough], gaps.std()[enough]
    assert own.corr(1 / planted[own.index]) > 0.9
    assert (spread / own).median() < 0.55  # it would be near 1 if orders fell at random
    assert spread.median() < own.quantile(0.9) - own.quantile(0.1)


def test_no_fixed_day_fits_most_customers() -> None:
    shares = pd.cut(regulars()["own_gap"].astype(float), [-1, 14, 28, 56, 9999]).value_counts(normalize=True)
    assert shares.max() < 0.5
    in_window = regulars()[regulars()["profile_id"].isin(view().members("bijna_op")["profile_id"])]
    states = pd.cut(in_window["gaps_ago"].astype(float), STATES).value_counts(sort=False)
    assert states.iloc[0] > 0.4 * states.sum()  # too early for many
    due = regulars()[regulars()["gaps_ago"].between(0.75, 1.5, inclusive="right")]
    assert (~due["profile_id"].isin(in_window["profile_id"])).mean() > 0.5  # and it misses most who are due


def test_after_the_same_silence_those_who_came_monthly_are_gone_and_those_who_came_seldom_return() -> None:
    for day in PAST_DAYS:
        quiet = with_return(day).query("60 <= recency_days <= 120")
        assert quiet[quiet["own_gap"] > 45]["is_back"].mean() > quiet[quiet["own_gap"] <= 30]["is_back"].mean() + 0.1


def test_who_is_due_comes_and_who_is_three_gaps_silent_does_not() -> None:
    for day in PAST_DAYS:
        found = with_return(day)
        back = found.groupby(pd.cut(found["gaps_ago"].astype(float), STATES))["is_back"].mean()
        assert back.iloc[1] == back.max() > 0.4
        assert back.iloc[2] < back.iloc[1] - 0.1
        assert back.iloc[3] < 0.03 < 0.1 < back.iloc[2]


def test_three_gaps_silent_is_gone_in_truth_too() -> None:
    is_alive = pd.read_parquet(SHOP / "truth/customers.parquet").set_index("profile_id")["is_alive_at_until"]
    found = regulars().assign(is_alive=is_alive[regulars()["profile_id"]].to_numpy())
    assert found[found["gaps_ago"] > 3]["is_alive"].mean() < 0.1
    assert found[found["gaps_ago"].between(0.75, 1.5, inclusive="right")]["is_alive"].mean() > 0.6


def test_beans_and_filter_coffee_are_what_those_who_are_due_buy_most() -> None:
    lines = table("order_items").dropna(subset="category").merge(bought()[["order_id", "profile_id"]])
    counts = lines.groupby(["profile_id", "category"]).size().unstack(fill_value=0)
    due = regulars()[regulars()["gaps_ago"].between(0.75, 1.5, inclusive="right")]
    favourite = counts.loc[due["profile_id"]].idxmax(axis=1).value_counts(normalize=True)
    assert favourite[["bonen", "filter"]].sum() > 0.9
    assert favourite["filter"] > 0.1


def test_most_visits_stay_unseen_because_not_everybody_allows_them_to_be() -> None:
    truth = pd.read_parquet(SHOP / "truth/customers.parquet").set_index("profile_id")
    seen = view().features().set_index("profile_id")["last_site_event_on"].notna()
    assert seen.mean() < 0.6
    assert truth["allows_site_tracking"][seen[seen].index].all()
    assert view().count(did("active_on_site", at_least=3, within="last 30 days") & never("placed_order")) > 20


def right(exercise: str) -> float | set[str]:
    return answers_of("lesson_04")[exercise](view())  # type: ignore[return-value]


def test_active_customers_by_hand_are_right_and_the_wrong_edge_or_the_wrong_orders_are_refused() -> None:
    days, answer = last_days(bought()), right("4a")
    assert said("4a", (days <= 30).sum(), answer).startswith("4a is right")
    misses = [(days < 30).sum(), (last_days(bought(kept_only=False)) <= 30).sum(), (days <= 31).sum(), (days > 30).sum()]
    misses.append((bought()["ordered_on"] >= pd.Timestamp("2026-10-01")).sum())  # orders, not customers
    for wrong in misses:
        start_again()
        assert exercises()["4a"].hint in said("4a", wrong, answer)


def test_a_reminder_without_consent_or_by_one_clock_for_all_is_refused() -> None:
    found, answer = regulars(), right("4b")
    is_due, may = found["gaps_ago"].between(0.75, 1.5, inclusive="right"), found["is_mailable"]
    assert said("4b", found[is_due & may], answer).startswith("4b is right")
    by_bins = pd.cut(found["gaps_ago"].astype(float), STATES) == DUE
    assert said("4b", found[by_bins & may], answer).startswith("4b is right")  # the bins of the lesson's table
    fixed = found["profile_id"].isin(view().members("bijna_op")["profile_id"])
    half = bought().groupby("profile_id")["ordered_on"].diff().dt.days.median()
    by_the_shop = found["recency_days"].between(0.75 * half, 1.5 * half)
    for wrong in (is_due, may, is_due | may, fixed & may, by_the_shop & may, (found["gaps_ago"] >= 0.75) & may):
        start_again()
        assert exercises()["4b"].hint in said("4b", found[wrong], answer)
