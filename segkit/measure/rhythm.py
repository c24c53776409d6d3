"""How often and how long people keep buying: gaps, the second order, months and cohorts."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from segkit import clock
from segkit.measure.intervals import kaplan_meier
from segkit.settings import Settings

QUARTER_MONTHS = 12 // 4


def rhythm(purchases: pd.DataFrame, seen_to: date, complete_from: date | None, settings: Settings) -> dict[str, Any]:
    """Gaps between purchase days, the curve of second orders, revenue by month, and retention by cohort.

    `purchases` has one row per purchase (profile_id, ordered_on, value); `seen_to` is the last day on which a purchase
    could have been seen; `complete_from` the first day of the data. Two orders of a profile on one day are one purchase day.
    """
    if purchases.empty:
        return {"status": "not_computable", "reason": "no_buyers"}
    days = purchase_days(purchases)
    return {
        "gap_days": gap_summary(days, settings),
        "second_order": second_order(days, seen_to, settings),
        "monthly": monthly(purchases, seen_to, complete_from),
        "cohorts": cohorts(days, seen_to, settings),
    }


def purchase_days(purchases: pd.DataFrame) -> pd.DataFrame:
    """One row per profile and day with a purchase, in order: person (a number), day, nth from 0, gap_days."""
    person = pd.factorize(purchases["profile_id"])[0]
    days = pd.DataFrame({"person": person, "day": purchases["ordered_on"].to_numpy("datetime64[D]").astype("int64")})
    days = days.drop_duplicates().sort_values(["person", "day"], ignore_index=True)
    days["nth"] = days.groupby("person").cumcount()
    days["gap_days"] = days["day"].diff().where(days["nth"] > 0)
    return days


def gap_summary(days: pd.DataFrame, settings: Settings) -> dict[str, Any]:
    """Quantiles of the days between two purchase days of a profile, and how many gaps there are (people who never came back have none)."""
    gaps = days["gap_days"].dropna().to_numpy()
    names = ["median" if 2 * share == 1 else f"p{share * 100:g}" for share in settings["gap_quantiles"]]
    if not len(gaps):
        return {**dict.fromkeys(names), "n": 0, "status": "not_computable", "reason": "no_repeat_orders"}
    values = np.quantile(gaps, settings["gap_quantiles"], method="inverted_cdf")
    return {**{name: int(value) for name, value in zip(names, values, strict=True)}, "n": len(gaps)}


def second_order(days: pd.DataFrame, seen_to: date, settings: Settings) -> dict[str, Any]:
    """Share of first-time buyers who came back by each day (Kaplan-Meier, with its log-log interval).

    Buyers who have not come back count for as long as they could be seen, so young buyers do not pull the curve down.
    """
    first = days.loc[days["nth"] == 0].set_index("person")["day"]
    second = days.loc[days["nth"] == 1].set_index("person")["day"].reindex(first.index)
    waited = (second.fillna(_day_number(seen_to)) - first).to_numpy(dtype=float)
    came_back = second.notna().to_numpy()
    curve = kaplan_meier(waited, came_back, settings["confidence"])
    longest = _day_number(seen_to) - first.min() if came_back.all() else waited.max()  # once all are back the curve is known for good
    steps = range(0, int(settings["second_order_horizon_days"]) + 1, int(settings["second_order_step_days"]))
    seen = [step for step in steps if step <= longest]
    share, low, high = zip(*map(curve.at, seen), strict=True)
    year = int(settings["year_days"])
    reached = curve.days[curve.share >= 1 / 2]
    return {
        "n": len(first),
        "curve": [[step, value] for step, value in zip(seen, share, strict=True)],
        "low": list(low),
        "high": list(high),
        "median_days": int(reached[0]) if len(reached) else None,
        "share_365d": curve.at(year)[0] if longest >= year else None,
    }


def monthly(purchases: pd.DataFrame, seen_to: date, complete_from: date | None) -> list[dict[str, Any]]:
    """Orders and revenue per calendar month; the first and last month are complete only when all their days were seen."""
    month = purchases["ordered_on"].dt.to_period("M")
    sums = purchases.groupby(month).agg(orders=("value", "size"), revenue=("value", "sum"))
    sums = sums.reindex(pd.period_range(month.min(), month.max(), freq="M"), fill_value=0)
    return [
        {
            "month": str(period),
            "orders": int(orders),
            "revenue": round(float(revenue), 2),
            "complete": _all_seen(period, seen_to, complete_from),
        }
        for period, orders, revenue in zip(sums.index, sums["orders"], sums["revenue"], strict=True)
    ]


def _all_seen(period: pd.Period, seen_to: date, complete_from: date | None) -> bool:
    return period.end_time.date() <= seen_to and (complete_from is None or period.start_time.date() >= complete_from)


def cohorts(days: pd.DataFrame, seen_to: date, settings: Settings) -> dict[str, Any]:
    """Per quarter of first purchase: buyers, and the share of them who bought in each later quarter.

    A quarter that is not over on `seen_to` is null (not seen yet), never zero.
    """
    quarter = _quarter(days["day"].to_numpy())
    start = pd.Series(quarter).groupby(days["person"].to_numpy()).transform("min").to_numpy()
    horizon = int(settings["cohort_horizon_quarters"])
    last_full = int(_quarter(np.array([_day_number(clock.next_day(seen_to))]))[0]) - 1
    table = pd.DataFrame({"start": start, "later": quarter - start, "person": days["person"]}).drop_duplicates()
    sizes = table[table["later"] == 0].groupby("start")["person"].size()
    active = table.groupby(["start", "later"])["person"].size()
    rows = [
        {
            "cohort": _quarter_name(cohort),
            "buyers": int(size),
            "retention": _retention(active, cohort, size, last_full, horizon),
        }
        for cohort, size in sizes.items()
    ]
    return {"period": "quarter", "rows": rows}


def _retention(active: pd.Series, cohort: Any, size: int, last_full: int, horizon: int) -> list[float | None]:
    later = range(1, horizon + 1)
    return [None if cohort + step > last_full else float(active.get((cohort, step), 0) / size) for step in later]


def _day_number(day: date) -> int:
    return int(np.datetime64(day, "D").astype("int64"))


def _quarter(day_numbers: np.ndarray) -> np.ndarray:
    months = day_numbers.astype("datetime64[D]").astype("datetime64[M]").astype("int64")
    return months // QUARTER_MONTHS


def _quarter_name(quarter: Any) -> str:
    month = np.datetime64(int(quarter) * QUARTER_MONTHS, "M").astype(object)
    return f"{month.year}Q{month.month // QUARTER_MONTHS + 1}"
