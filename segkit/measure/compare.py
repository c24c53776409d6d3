"""A segment against the rest: differences with intervals."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from segkit.measure.intervals import newcombe, normal_reach, t_reach
from segkit.settings import Settings

_ASKED = ("order_count", "revenue", "engaged_days")
TOO_FEW, NO_BUYERS = "too_few_profiles", "no_purchases_in_group"


def segment_against_rest(frame: pd.DataFrame, inside: pd.Series, engaged: bool, settings: Settings, bought: bool = True) -> dict[str, Any]:
    """The segment and everyone else, side by side, for each measure: {inside, rest, difference, low, high}.

    `frame` has one row per profile (order_count, revenue, engaged_days). Means per head get Welch's interval, the order
    value (a ratio of sums) the linearised interval of survey sampling (Cochran 1977, ch. 6), shares Newcombe's (1998).
    A measure is {"status", "reason"} when a side has fewer profiles than `smallest_group`; measures of mail and of purchases
    are left out where those were not delivered (not `engaged`, not `bought`).
    """
    asked = frame[[name for name in _ASKED if name in frame]]
    groups = [asked[inside], asked[~inside]]
    if min(map(len, groups)) < settings["smallest_group"]:
        return {"status": "not_computable", "reason": TOO_FEW}
    level = settings["confidence"]
    measures: dict[str, Any] = {}
    if bought:
        measures = {
            "order_value_mean": _ratios(groups, level),
            "orders_per_head": _means([group["order_count"] for group in groups], level),
            "revenue_per_head": _means([group["revenue"] for group in groups], level),
        }
    if engaged:
        within = settings["engaged_recent_days"]
        measures["engaged_share"] = _shares([(group["engaged_days"] <= within).fillna(False) for group in groups], level)
    return measures


def _compared(inside: float, rest: float, low: float, high: float) -> dict[str, float]:
    return {"inside": inside, "rest": rest, "difference": inside - rest, "low": low, "high": high}


def _means(samples: list[pd.Series], level: float) -> dict[str, float]:
    """Welch's interval: unequal variances, degrees of freedom after Satterthwaite."""
    one, other = (sample.to_numpy(dtype=float) for sample in samples)
    errors = [float(sample.var(ddof=1)) / len(sample) for sample in (one, other)]
    difference = float(one.mean() - other.mean())
    if not sum(errors):
        return _compared(float(one.mean()), float(other.mean()), difference, difference)
    freedom = sum(errors) ** 2 / sum(error**2 / (len(sample) - 1) for error, sample in zip(errors, (one, other), strict=True))
    reach = t_reach(level, freedom) * math.sqrt(sum(errors))
    return _compared(float(one.mean()), float(other.mean()), difference - reach, difference + reach)


def _ratios(groups: list[pd.DataFrame], level: float) -> dict[str, Any]:
    """Mean order value: all revenue by all orders; a profile is the unit that varies."""
    if any(group["order_count"].sum() == 0 for group in groups):
        return {"status": "not_computable", "reason": NO_BUYERS}
    values, variances = zip(*map(_ratio, groups), strict=True)
    reach = normal_reach(level) * math.sqrt(sum(variances))
    difference = values[0] - values[1]
    return _compared(values[0], values[1], difference - reach, difference + reach)


def _ratio(group: pd.DataFrame) -> tuple[float, float]:
    buyers = group[group["order_count"] > 0]
    orders, revenue = buyers["order_count"].to_numpy(dtype=float), buyers["revenue"].to_numpy(dtype=float)
    ratio = revenue.sum() / orders.sum()
    residuals = revenue - ratio * orders
    count = len(buyers)
    variance = residuals.var(ddof=1) / count / orders.mean() ** 2 if count > 1 else 0.0
    return float(ratio), float(variance)


def _shares(flags: list[pd.Series], level: float) -> dict[str, float]:
    hits, totals = [int(flag.sum()) for flag in flags], [len(flag) for flag in flags]
    return _compared(hits[0] / totals[0], hits[1] / totals[1], *newcombe(hits[0], totals[0], hits[1], totals[1], level))
