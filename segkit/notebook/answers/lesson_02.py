"""Demographics and behaviour: what orders explain of next year's spending, and an audience of both kinds of facts."""

from __future__ import annotations

import pandas as pd

from segkit.segments import can_receive, did, profile
from segkit.shop import View

SHOP = "fashion"
THEN = "2025-10-30"  # the day before the year that ends on the day of the lessons
OFTEN = [-1, 0, 1, 2, 4, float("inf")]
LONG_AGO = [-1, 30, 90, 180, 365, float("inf")]


def explained_by_orders(view: View) -> float:
    """Share of the variance of a year's spending that lies between groups of order count and recency of the day before that year."""
    known = view.shop.at(THEN).features().set_index("profile_id")
    spent = view.features().set_index("profile_id")["revenue_365d"].reindex(known.index)
    groups = [pd.cut(known["order_count"], OFTEN, labels=False), pd.cut(known["recency_days"], LONG_AGO, labels=False)]
    return float(spent.groupby(groups, dropna=False).transform("mean").var() / spent.var())


def french_speakers_with_a_new_dress(view: View) -> set[str]:
    """Who speaks French, bought a dress in the last 365 days and may be mailed."""
    dress = did("placed_order", item={"category": "jurken"}, within="last 365 days")
    return set(view.members(profile(language="fr-BE") & dress & can_receive("email"))["profile_id"])


ANSWERS = {"2a": explained_by_orders, "2b": french_speakers_with_a_new_dress}
