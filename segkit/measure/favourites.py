"""What the members of a segment like to buy, and what they buy more than the others do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from segkit.engine import Query, Rules, Store
from segkit.errors import SegmentError
from segkit.features import purchase
from segkit.measure.intervals import newcombe
from segkit.segments import words
from segkit.segments.evaluate import with_flags
from segkit.segments.tree import Condition
from segkit.settings import Settings, suggestion

NEEDS = ("purchases", "items")
KINDS = ("product", "category", "brand")
_SOLD = "coalesce(line_type, 'unknown') IN ('product', 'gift_card', 'unknown')"  # shipping, fees and discounts are nobody's favourite
_COMPARED = ("rest_share", "ratio", "difference", "low", "high")


def favourites(store: Store, rules: Rules, condition: Condition, kind: str = "product") -> pd.DataFrame:
    """One row per product (category, brand) that members bought, the one with most buyers among them first.

    value, buyers of it in the segment, n (buyers of anything there of which that property is known), share; rest_buyers,
    rest_n and rest_share of everyone else; ratio of the shares (empty where the rest never bought it), difference with low
    and high (Newcombe 1998). Only what at least `smallest_group` members bought is told, and the rest is compared with
    only when it has so many buyers. Of many rows some intervals miss by chance.
    """
    return of_flags(store, with_flags(rules, {"inside": condition}), ["inside"], kind)["inside"]


def of_flags(store: Store, flagged: Query, names: Sequence[str], kind: str = "product") -> dict[str, pd.DataFrame]:
    """The same for several segments in one statement, by name; `flagged` has one row per profile and a flag per name."""
    rules, column = flagged.rules, _column(kind)
    counted = store.ask(_counted(flagged, names, column)).sort_values("value", ignore_index=True)
    return {name: _told(counted, place, rules.settings) for place, name in enumerate(names)}


def _told(counted: pd.DataFrame, place: int, settings: Settings) -> pd.DataFrame:
    """The favourites of one segment: its own columns of what was counted, the rest being everyone less its members."""
    found = pd.DataFrame({"value": counted["value"]})
    for name in ("buyers", "n"):
        found[name] = counted[f"{name}_{place}"]
        found[f"rest_{name}"] = counted[f"{name}_all"] - found[name]
    found = found[found["buyers"] >= settings["smallest_group"]]
    found = found.sort_values(["buyers", "value"], ascending=[False, True], ignore_index=True)
    found["share"] = found["buyers"] / found["n"]
    compared = [_against(row, settings) for row in found.itertuples()]
    beside = pd.DataFrame(compared, columns=list(_COMPARED), index=found.index, dtype="float64")
    return found.join(beside)[["value", "buyers", "n", "share", "rest_buyers", "rest_n", *_COMPARED]]


def over_indexed(found: pd.DataFrame) -> pd.DataFrame:
    """The favourites that members buy surely more than the rest, the highest ratio first, before it what the rest never bought."""
    surely = found[found["low"] > 0]
    return surely.sort_values(["ratio", "difference"], ascending=False, na_position="first", ignore_index=True)


def _column(kind: str) -> str:
    if kind not in KINDS:
        raise SegmentError(f"There are no favourites by {kind!r}.", suggestion(kind, KINDS))
    return words.items()[kind].expression


def _counted(flagged: Query, names: Sequence[str], column: str) -> Query:
    """One row a value: its buyers in each segment and in all, and beside it the buyers of anything there."""
    rules = flagged.rules
    lines = rules.table("order_items", ("order_id", column, "line_type"), f"({_SOLD}) AND {column} IS NOT NULL")
    bought = lines.join(purchase.purchases(rules).only(["order_id", "profile_id"]), "order_id").keep("profile_id IS NOT NULL")
    each = bought.aggregate(["profile_id", column], {"lines": "count(*)"}).join(flagged.only(["profile_id", *names]), "profile_id")
    anyone = bought.aggregate("profile_id", {"lines": "count(*)"}).join(flagged.only(["profile_id", *names]), "profile_id")
    counts = {f"buyers_{place}": f"count_where({name})" for place, name in enumerate(names)} | {"buyers_all": "count(*)"}
    totals = {name.replace("buyers", "n"): expression for name, expression in counts.items()}
    return each.extend({"value": column}).aggregate("value", counts).cross(anyone.aggregate(None, totals))


def _against(row: Any, settings: Settings) -> tuple[float | None, ...]:
    if row.rest_n < settings["smallest_group"]:
        return (None,) * len(_COMPARED)
    hits, n, rest_hits, rest_n = row.buyers, row.n, row.rest_buyers, row.rest_n
    share, rest = hits / n, rest_hits / rest_n
    return rest, share / rest if rest else None, share - rest, *newcombe(hits, n, rest_hits, rest_n, settings["confidence"])
