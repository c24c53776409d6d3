"""Intervals and the curve of second orders against scipy's statistics, and against published numbers."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from segkit.measure import intervals

LEVELS = st.sampled_from([0.8, 0.9, 0.95, 0.99])
PEOPLE = st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=60)


@given(LEVELS, st.floats(1, 1_000))
def test_reaches_are_those_of_the_normal_and_of_students_t(level: float, freedom: float) -> None:
    assert intervals.normal_reach(level) == pytest.approx(stats.norm.ppf((1 + level) / 2), rel=1e-12)
    assert intervals.t_reach(level, freedom) == pytest.approx(stats.t.ppf((1 + level) / 2, freedom), rel=1e-9)


@given(LEVELS, st.integers(1, 500), st.data())
def test_wilsons_interval_is_scipys(level: float, total: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, total))
    peer = stats.binomtest(hits, total).proportion_ci(level, method="wilson")
    assert intervals.wilson(hits, total, level) == pytest.approx((peer.low, peer.high), abs=1e-12)


@given(LEVELS, PEOPLE)
def test_the_curve_is_scipys_wherever_somebody_is_still_waiting(level: float, people: list[tuple[int, bool]]) -> None:
    waited, happened = np.array([day for day, _ in people], dtype=float), np.array([flag for _, flag in people])
    curve = intervals.kaplan_meier(waited, happened, level)
    peer = stats.ecdf(stats.CensoredData(uncensored=waited[happened], right=waited[~happened])).cdf
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        bounds = peer.confidence_interval(level, method="log-log")
    for day in range(42):
        share, low, high = curve.at(day)
        assert share == pytest.approx(float(peer.evaluate(day)), abs=1e-12)
        if 0 < share < 1 - 1e-12:
            assert (low, high) == pytest.approx((float(bounds.low.evaluate(day)), float(bounds.high.evaluate(day))), abs=1e-9)


def test_the_published_curve_of_gehans_leukaemia_patients() -> None:
    """Remission times under 6-MP (Freireich 1963, in Cox and Oakes 1984): survival 0.857 at 6 weeks, 0.627 at 16, 0.448 at 23."""
    times = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35], dtype=float)
    relapsed = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], dtype=bool)
    curve = intervals.kaplan_meier(times, relapsed, 0.95)
    assert [round(1 - curve.at(week)[0], 3) for week in (6, 7, 10, 13, 16, 22, 23)] == [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert [round(1 - bound, 3) for bound in curve.at(6)[1:]] == [0.952, 0.620]  # as R's survfit(conf.type="log-log") prints it


def test_after_it_happened_to_all_the_share_is_one_and_the_interval_reaches_it() -> None:
    curve = intervals.kaplan_meier(np.array([1.0, 2.0]), np.array([True, True]), 0.95)
    share, low, high = curve.at(2)
    assert (share, high) == (1.0, 1.0)
    assert low == curve.at(1)[1] > 0
    assert intervals.kaplan_meier(np.array([3.0]), np.array([True]), 0.95).at(3) == (1.0, 0.0, 1.0)


def test_before_anything_happened_the_share_is_zero() -> None:
    assert intervals.kaplan_meier(np.array([5.0]), np.array([False]), 0.95).at(5) == (0.0, 0.0, 0.0)
