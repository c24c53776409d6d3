"""A segment against the rest: intervals against textbook formulas and against repeated sampling."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from segkit.measure.compare import segment_against_rest
from segkit.measure.concentration import concentration
from segkit.settings import default_settings

SETTINGS = default_settings()


def people(seed: int, count: int = 400) -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    orders = draw.poisson(1.5, count)
    revenue = orders * draw.gamma(2, 20, count)
    return pd.DataFrame({"order_count": orders, "revenue": revenue, "engaged_days": pd.array(draw.integers(0, 400, count), dtype="Int64")})


def test_means_per_head_have_welchs_interval() -> None:
    frame = people(1)
    inside = pd.Series(np.arange(len(frame)) < 150)
    told = segment_against_rest(frame, inside, True, SETTINGS)["revenue_per_head"]
    peer = stats.ttest_ind(frame.revenue[inside], frame.revenue[~inside], equal_var=False).confidence_interval(0.95)
    assert (told["low"], told["high"]) == pytest.approx((peer.low, peer.high))
    assert told["difference"] == pytest.approx(frame.revenue[inside].mean() - frame.revenue[~inside].mean())


def test_order_value_is_all_revenue_by_all_orders() -> None:
    frame = people(2)
    inside = pd.Series(np.arange(len(frame)) % 3 == 0)
    told = segment_against_rest(frame, inside, True, SETTINGS)["order_value_mean"]
    assert told["inside"] == pytest.approx(frame.revenue[inside].sum() / frame.order_count[inside].sum())


@pytest.fixture(scope="module")
def drawn_alike() -> list[dict[str, dict[str, float]]]:
    """Two halves of the same people, 150 times."""
    halves = pd.Series(np.arange(400) < 200)
    return [segment_against_rest(people(seed), halves, True, SETTINGS) for seed in range(150)]


@pytest.mark.parametrize("measure", ["order_value_mean", "orders_per_head", "revenue_per_head", "engaged_share"])
def test_intervals_cover_no_difference_about_as_often_as_they_say(measure: str, drawn_alike: list) -> None:
    """Two groups drawn alike differ by nothing; the 95 % interval must hold 0 in 90-99.5 of 100 draws."""
    held = [row[measure]["low"] <= 0 <= row[measure]["high"] for row in drawn_alike]
    assert 0.90 <= np.mean(held) <= 0.995


def test_newcombes_published_example() -> None:
    """Newcombe 1998, table II (a): 56/70 against 48/80, method 10: 0.0524 to 0.3339."""
    frame = pd.DataFrame(
        {"order_count": 1, "revenue": 1.0, "engaged_days": pd.array([0] * 56 + [999] * 14 + [0] * 48 + [999] * 32, dtype="Int64")}
    )
    told = segment_against_rest(frame, pd.Series([True] * 70 + [False] * 80), True, SETTINGS)["engaged_share"]
    assert (round(told["low"], 4), round(told["high"], 4)) == (0.0524, 0.3339)


def test_small_groups_are_not_compared() -> None:
    frame = people(3)
    assert segment_against_rest(frame, pd.Series(np.arange(len(frame)) < 9), True, SETTINGS)["reason"] == "too_few_profiles"


def test_ties_at_the_border_of_a_top_stay_in() -> None:
    frame = pd.DataFrame({"order_count": [1] * 20, "revenue": [100.0, 50, 50, 50] + [1.0] * 16})
    assert concentration(frame, SETTINGS)["top_10pct"] == {"threshold": 50, "buyers": 4, "revenue_share": pytest.approx(250 / 266)}


def test_gini_and_curve_of_known_spreads() -> None:
    equal = concentration(pd.DataFrame({"order_count": [1] * 50, "revenue": [7.0] * 50}), SETTINGS)
    assert equal["gini"] == pytest.approx(0, abs=1e-12)
    assert equal["curve"][10] == pytest.approx([0.5, 0.5])
    one = concentration(pd.DataFrame({"order_count": [1] * 50, "revenue": [7.0] + [0.0] * 49}), SETTINGS)
    assert one["gini"] == pytest.approx(49 / 50)
    assert sum(one["tenths"]) == pytest.approx(1)
