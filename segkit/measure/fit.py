"""Thresholds fitted to a shop's own rhythm, beside the defaults."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from segkit.settings import Settings


def suggest_thresholds(days: pd.DataFrame, frame: pd.DataFrame, settings: Settings) -> dict[str, Any]:
    """Recency, frequency and value thresholds from the shop's own gaps and values: {name: {"default", "fitted", "basis"}}.

    `days` has one row per profile and purchase day (rhythm.purchase_days), `frame` one per profile. With too few repeat
    purchases nothing is fitted: {"status", "reason"}.
    """
    gaps = days.dropna(subset=["gap_days"])
    if len(gaps) < settings["fit_minimum_gaps"]:
        return {"status": "not_computable", "reason": "too_few_repeat_orders", "gaps": len(gaps)}
    of_person = gaps.groupby("person")["gap_days"]  # a person counts once, or the few who buy weekly would decide
    recent = _rounded(of_person.median().to_numpy(), settings["fit_recent_quantile"], settings)
    lapsed = max(_rounded(of_person.max().to_numpy(), settings["fit_lapsed_quantile"], settings), 2 * recent)
    orders = frame.loc[frame["order_count"] > 0, "order_count"].to_numpy()
    passing = int(min(recent * settings["fit_passing_ratio"], lapsed))
    fitted = {
        "purchase_recent_days": recent,
        "purchase_lapsed_days": lapsed,
        "passing_through_days": passing,
        "purchase_often_count": _often(orders, settings["fit_often_share"]),
        "high_value_rule": _value_rule(frame, settings),
    }
    return {
        name: {"default": settings.threshold(name).default, "current": settings[name], "fitted": value} for name, value in fitted.items()
    }


def _rounded(gaps: np.ndarray, share: float, settings: Settings) -> int:
    step = int(settings["fit_round_days"])
    return int(-(-np.quantile(gaps, share, method="inverted_cdf") // step) * step)


def _often(orders: np.ndarray, share: float) -> int:
    """The smallest order count, at least two, that no more than about `share` of buyers reach."""
    for count in range(2, int(orders.max()) + 2):
        if (orders >= count).mean() <= share:
            return count
    return int(orders.max()) + 1


def _value_rule(frame: pd.DataFrame, settings: Settings) -> str:
    """The mean where it splits buyers about in half, the median where money is too skewed for that."""
    buyers = frame[frame["order_count"] > 0]
    mean = buyers["revenue"].sum() / buyers["order_count"].sum()
    above = (buyers["order_value_mean"] > mean).mean()
    return "mean" if abs(above - 1 / 2) <= settings["poor_cut_distance"] else "median"
