"""How unevenly revenue is spread over buyers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from segkit.settings import Settings


def concentration(frame: pd.DataFrame, settings: Settings) -> dict[str, Any]:
    """Tops (threshold, buyers with ties in, share of revenue), Gini, the curve from the largest buyer down, and tenths.

    `frame` has one row per profile; only buyers count. Shares are of the revenue of all buyers. `tenths` is empty when there
    are fewer buyers than tenths.
    """
    spent = spent_by_buyer(frame)
    total = spent.sum()
    if total <= 0:
        return {"status": "not_computable", "reason": "no_revenue" if len(spent) else "no_buyers"}
    tops = {f"top_{share * 100:g}pct": top(spent, share) for share in settings["concentration_shares"]}
    cumulated = np.r_[0.0, np.cumsum(spent) / total]
    groups = int(settings["tenths"])
    parts = np.array_split(spent, groups) if len(spent) >= groups else []
    return {
        **tops,
        "gini": _gini(spent),
        "curve": _curve(cumulated, int(settings["lorenz_points"])),
        "tenths": [float(part.sum() / total) for part in parts],
    }


def spent_by_buyer(frame: pd.DataFrame) -> np.ndarray:
    """What each buyer spent, the largest first."""
    return np.sort(frame.loc[frame["order_count"] > 0, "revenue"].to_numpy(dtype=float))[::-1]


def top(spent: np.ndarray, share: float) -> dict[str, float]:
    """The top share of buyers: the amount it starts at (threshold), buyers with ties in, and their share of revenue.

    `spent` is that of `spent_by_buyer`, with someone in it and more than nothing in all.
    """
    parts = round(share * 10**6)  # whole millionths, as the engine ranks: no rounding decides who is in
    place = -(-len(spent) * parts // 10**6)
    threshold = spent[max(place, 1) - 1]
    inside = spent[spent >= threshold]
    return {"threshold": float(threshold), "buyers": len(inside), "revenue_share": float(inside.sum() / spent.sum())}


def _gini(spent: np.ndarray) -> float:
    count = len(spent)
    ranks = np.arange(1, count + 1)
    return float((2 * (ranks * spent[::-1]).sum() / spent.sum() - (count + 1)) / count)


def _curve(cumulated: np.ndarray, points: int) -> list[list[float]]:
    shares = np.linspace(0, 1, points + 1)
    places = shares * (len(cumulated) - 1)
    values = np.interp(places, np.arange(len(cumulated)), cumulated)
    return [[float(share), float(value)] for share, value in zip(shares, values, strict=True)]
