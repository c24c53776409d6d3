"""Gaps, second orders, months and cohorts against counts made by hand."""

from datetime import date

import pandas as pd
import pytest

from segkit.measure import rhythm
from segkit.settings import default_settings

SETTINGS = default_settings()


def purchases(*rows: tuple[str, str, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["profile_id", "ordered_on", "value"])
    return frame.assign(ordered_on=pd.to_datetime(frame["ordered_on"]).astype("datetime64[us]"))


SHOP = purchases(
    ("ann", "2025-01-10", 10), ("ann", "2025-01-10", 5), ("ann", "2025-02-09", 20), ("ann", "2025-07-01", 20),
    ("bob", "2025-02-01", 30), ("bob", "2025-05-02", 30), ("cor", "2025-04-01", 40),
)  # fmt: skip


def test_two_orders_on_one_day_are_one_purchase_day() -> None:
    days = rhythm.purchase_days(SHOP)
    assert len(days) == 6
    assert sorted(days["gap_days"].dropna()) == [30, 90, 142]


def test_gap_quantiles_are_gaps_that_occurred() -> None:
    gaps = rhythm.gap_summary(rhythm.purchase_days(SHOP), SETTINGS)
    assert (gaps["p25"], gaps["median"], gaps["p75"], gaps["p90"], gaps["n"]) == (30, 90, 142, 142, 3)


def test_second_orders_by_hand_kaplan_meier() -> None:
    """Ann came back after 30 days, Bob after 90; Cor is seen for 120 days and had not: at 90 days 2 of 3 are back."""
    told = rhythm.second_order(rhythm.purchase_days(SHOP), date(2025, 7, 30), SETTINGS)
    assert told["n"] == 3
    assert dict(map(tuple, told["curve"])) == pytest.approx({0: 0, 30: 1 / 3, 60: 1 / 3, 90: 2 / 3, 120: 2 / 3})
    assert told["median_days"] == 90
    assert told["share_365d"] is None  # nobody could be seen that long


def test_buyers_who_could_not_be_seen_longer_do_not_pull_the_curve_down() -> None:
    young = purchases(("ann", "2025-01-01", 1), ("ann", "2025-03-02", 1), ("bob", "2025-03-20", 1))
    told = rhythm.second_order(rhythm.purchase_days(young), date(2025, 3, 30), SETTINGS)
    assert dict(map(tuple, told["curve"]))[60] == 1.0  # bob was seen for ten days only


def test_months_without_orders_are_there_and_cut_months_are_marked() -> None:
    told = rhythm.monthly(SHOP, date(2025, 7, 15), date(2025, 1, 10))
    assert [row["month"] for row in told] == [f"2025-0{month}" for month in range(1, 8)]
    assert [row["orders"] for row in told] == [2, 2, 0, 1, 1, 0, 1]
    assert [row["complete"] for row in told] == [False, True, True, True, True, True, False]
    assert sum(row["revenue"] for row in told) == 155


def test_cohorts_leave_quarters_that_are_not_over_empty() -> None:
    told = rhythm.cohorts(rhythm.purchase_days(SHOP), date(2025, 9, 29), SETTINGS)
    assert [(row["cohort"], row["buyers"]) for row in told["rows"]] == [("2025Q1", 2), ("2025Q2", 1)]
    assert told["rows"][0]["retention"][:2] == [0.5, None]  # bob bought in the second quarter, the third is not over
    over = rhythm.cohorts(rhythm.purchase_days(SHOP), date(2025, 9, 30), SETTINGS)
    assert over["rows"][0]["retention"][:3] == [0.5, 0.5, None]


def test_without_purchases_there_is_a_reason_and_no_zero() -> None:
    assert rhythm.rhythm(SHOP.iloc[:0], date(2025, 9, 30), None, SETTINGS) == {"status": "not_computable", "reason": "no_buyers"}


def test_once_everybody_came_back_the_curve_goes_on_at_one() -> None:
    """Thirty buyers who all came back after 45 days: 0 % by day 30, all of them from day 60 on."""
    people = [f"p{n}" for n in range(30)]
    shop = pd.DataFrame({
        "profile_id": people * 2, "value": 10.0,
        "ordered_on": pd.to_datetime(["2025-01-01"] * 30 + ["2025-02-15"] * 30),
    })  # fmt: skip
    curve = rhythm.second_order(rhythm.purchase_days(shop), date(2025, 6, 30), SETTINGS)
    assert curve["median_days"] == 45
    assert curve["curve"][:4] == [[0, 0.0], [30, 0.0], [60, 1.0], [90, 1.0]]
    assert max(day for day, _ in curve["curve"]) == 180
