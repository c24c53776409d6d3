"""What the members of a segment like to buy, and what they buy more than the others do."""

from __future__ import annotations

from typing import Any

import pandas as pd

from segkit.engine import Query, Rules, Store
from segkit.errors import SegmentError
from segkit.features import purchase
from segkit.measure.intervals import newcombe
from segkit.segments import words
from segkit.segments.evaluate import with_flags
from segkit.segments.tree import Condition
from segkit.settings import suggestion

NEEDS = ("purchases", "items")
KINDS = ("product", "category", "brand")
_SOLD = "coalesce(line_type, 'unknown') IN ('product', 'gift_card', 'unknown')"  # shipping, fees and discounts are nobody's favourite
_BUYERS = {
    "buyers": "count(DISTINCT CASE WHEN inside THEN profile_id END)",
    "rest_buyers": "count(DISTINCT CASE WHEN NOT inside THEN profile_id END)",
}
_COMPARED = ("rest_share", "ratio", "difference", "low", "high")


def favourites(store: Store, rules: Rules, condition: Condition, kind: str = "product") -> pd.DataFrame:
    """One row per product (category, brand) that members bought, the one with most buyers among them first.

    value, buyers of it in the segment, n (buyers of anything there of which that property is known), share; rest_buyers,
    rest_n and rest_share of everyone else; ratio of the shares (empty where the rest never bought it), difference with low
    and high (Newcombe 1998). Only what at least `smallest_group` members bought is told, and the rest is compared with
    only when it has so many buyers. Of many rows some intervals miss by chance.
    """
    found = store.ask(_counted(rules, condition, _column(kind)).keep("buyers >= $smallest_group"))
    found = found.sort_values(["buyers", "value"], ascending=[False, True], ignore_index=True)
    found["share"] = found["buyers"] / found["n"]
    compared = [_against(row, rules) for row in found.itertuples()]
    beside = pd.DataFrame(compared, columns=list(_COMPARED), index=found.index, dtype="float64")
    found = found.join(beside)
    return found[["value", "buyers", "n", "share", "rest_buyers", "rest_n", *_COMPARED]]


def over_indexed(found: pd.DataFrame) -> pd.DataFrame:
    """The favourites that members buy surely more than the rest, the highest ratio first, before it what the rest never bought."""
    surely = found[found["low"] > 0]
    return surely.sort_values(["ratio", "difference"], ascending=False, na_position="first", ignore_index=True)


def _column(kind: str) -> str:
    if kind not in KINDS:
        raise SegmentError(f"There are no favourites by {kind!r}.", suggestion(kind, KINDS))
    return words.items()[kind].expression


def _counted(rules: Rules, condition: Condition, column: str) -> Query:
    """One row a value: its buyers inside and outside, and beside it the buyers of anything."""
    lines = rules.table("order_items", ("order_id", column, "line_type"), _SOLD)
    bought = lines.join(purchase.purchases(rules).only(["order_id", "profile_id"]), "order_id")
    flagged = bought.join(with_flags(rules, {"inside": condition}), "profile_id")
    known = flagged.keep(f"{column} IS NOT NULL AND inside IS NOT NULL").extend({"value": column})
    totals = known.aggregate(None, {name.replace("buyers", "n"): expression for name, expression in _BUYERS.items()})
    return known.aggregate("value", _BUYERS).cross(totals)


def _against(row: Any, rules: Rules) -> tuple[float | None, ...]:
    if row.rest_n < rules.settings["smallest_group"]:
        return (None,) * len(_COMPARED)
    hits, n, rest_hits, rest_n = row.buyers, row.n, row.rest_buyers, row.rest_n
    share, rest = hits / n, rest_hits / rest_n
    return rest, share / rest if rest else None, share - rest, *newcombe(hits, n, rest_hits, rest_n, rules.settings["confidence"])
