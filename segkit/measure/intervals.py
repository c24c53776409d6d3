"""The textbook intervals of the report; only scipy's functions are loaded, for its statistics take a second to import."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special


def normal_reach(level: float) -> float:
    """How many standard errors an interval of this confidence reaches to either side."""
    return float(special.ndtri((1 + level) / 2))


def t_reach(level: float, freedom: float) -> float:
    """The same with an estimated variance of so many degrees of freedom (Student's t)."""
    return float(special.stdtrit(freedom, (1 + level) / 2))


def wilson(hits: int, total: int, level: float) -> tuple[float, float]:
    """Wilson's interval for a share (1927); lies within 0 and 1, also for none and for all."""
    z = normal_reach(level)
    share, shrink = hits / total, 1 + z**2 / total
    centre = (share + z**2 / (2 * total)) / shrink
    reach = z / shrink * math.sqrt(share * (1 - share) / total + (z / (2 * total)) ** 2)
    return (0.0 if hits == 0 else centre - reach), (1.0 if hits == total else centre + reach)


def newcombe(hits: int, total: int, other_hits: int, other_total: int, level: float) -> tuple[float, float]:
    """Newcombe's interval for the difference of two shares, the first minus the other (1998, method 10)."""
    one, other = hits / total, other_hits / other_total
    low, high = wilson(hits, total, level)
    other_low, other_high = wilson(other_hits, other_total, level)
    return one - other - math.hypot(one - low, other_high - other), one - other + math.hypot(high - one, other - other_low)


def mean_interval(count: int, total: float, squares: float, level: float) -> tuple[float, float]:
    """Student's interval for a mean, from how many there are (two or more), their sum and the sum of their squares."""
    mean = total / count
    variance = max(squares - total * mean, 0) / (count - 1)
    reach = t_reach(level, count - 1) * math.sqrt(variance / count)
    return mean - reach, mean + reach


@dataclass(frozen=True)
class Curve:
    """Share that something happened to by each day on which it did: `days` rising, `share` with `low` and `high`."""

    days: np.ndarray
    share: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def at(self, day: float) -> tuple[float, float, float]:
        """Share, low and high on a day; zero before anything happened."""
        place = int(np.searchsorted(self.days, day, side="right")) - 1
        return (0.0, 0.0, 0.0) if place < 0 else (float(self.share[place]), float(self.low[place]), float(self.high[place]))


def kaplan_meier(waited: np.ndarray, happened: np.ndarray, level: float) -> Curve:
    """The curve of Kaplan and Meier (1958), one row per person: days waited, and whether it happened or they are waiting still.

    The interval is the log-log one with Greenwood's variance. Once it has happened to all it says nothing more: `low`
    stays where it last was and `high` is 1.
    """
    days, events = np.unique(waited[happened], return_counts=True)
    at_risk = len(waited) - np.searchsorted(np.sort(waited), days, side="left")
    left = np.cumprod(1 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):  # all gone: no variance and no logarithm
        variance = np.cumsum(events / (at_risk * (at_risk - events)))
        power = np.exp(normal_reach(level) * np.sqrt(variance) / np.log(left))  # below 1, for the logarithm is negative
        low, high = 1 - left**power, 1 - left ** (1 / power)
    if len(left) and left[-1] == 0:
        low[-1], high[-1] = (low[-2] if len(low) > 1 else 0.0), 1.0
    return Curve(days, 1 - left, low, high)
