"""People counted by combination of flags: the one small table behind every comparison of groups, and what it may tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from segkit.engine import Query, Store
from segkit.features import purchase
from segkit.measure.compare import TOO_FEW
from segkit.quality import COMPUTED, NOT_COMPUTABLE, Quality

NEARLY_ANOTHER = "differs_by_too_few_profiles"
MONEY = ("orders", "revenue", "value_per_head")
FACTS = ("members", *MONEY, "status", "reason")
_SPENT = {"order_count": "count(*)", "revenue": "sum(value)"}
_TYPES = {  # by the last word of a column
    **dict.fromkeys(("members", "orders", "recipients", "gained", "lost", "engaged"), "Int64"),
    **dict.fromkeys(("revenue", "head", "recipient", "share", "low", "high"), "float64"),
}


def counted(store: Store, flagged: Query, flags: Sequence[str], judged: Quality) -> pd.DataFrame:
    """One row per combination of flags that occurs: the flags, members, and where purchases were delivered orders and revenue.

    `flagged` has one row per profile. The rows add up to all profiles.
    """
    columns = {"members": "count(*)"}
    if judged.capabilities["purchases"].yes:
        spent = purchase.purchases(flagged.rules).aggregate("profile_id", _SPENT)
        flagged = flagged.join(spent, "profile_id", zero=_SPENT)
        columns |= {"orders": "sum(order_count)", "revenue": "sum(revenue)"}
    return store.ask(flagged.aggregate(flags, columns)).sort_values(list(flags), ignore_index=True)


def tally(frame: pd.DataFrame, flags: Mapping[str, pd.Series], judged: Quality) -> pd.DataFrame:
    """The table of `counted`, of a frame with one row per profile and the order_count and revenue of each."""
    columns = pd.DataFrame({**flags, "members": 1})
    if judged.capabilities["purchases"].yes:
        columns = columns.assign(orders=frame["order_count"], revenue=frame["revenue"])
    return columns.groupby(list(flags), sort=True).sum().reset_index()


def size(table: pd.DataFrame, inside: pd.Series) -> int:
    """How many people are in the chosen combinations."""
    return int(table.loc[inside, "members"].sum())


def everyone(table: pd.DataFrame) -> pd.Series:
    """All combinations."""
    return pd.Series(True, index=table.index)


def facts(table: pd.DataFrame, inside: pd.Series, told: bool, least: int) -> dict[str, Any]:
    """Members, orders, revenue and value per head of a group, with a status; only the members of one that is not `told`."""
    if not told or "revenue" not in table:
        reason = "no_orders" if told else TOO_FEW if size(table, inside) < least else NEARLY_ANOTHER
        return {"members": size(table, inside), **dict.fromkeys(MONEY), "status": NOT_COMPUTABLE, "reason": reason}
    members, orders, revenue = (table.loc[inside, name].sum() for name in ("members", "orders", "revenue"))
    per_head = float(revenue / members) if members else None
    amounts = {"orders": int(orders), "revenue": money(revenue), "value_per_head": per_head}
    return {"members": int(members), **amounts, "status": COMPUTED, "reason": None}


def money(value: float) -> float:
    """An amount as a result holds it."""
    return round(float(value), 2)


def frame(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """A frame with these columns, in which counts are whole numbers and what is not told is empty."""
    made = pd.DataFrame(list(rows), columns=list(columns))
    words = {name: name.rsplit("_", 1)[-1] for name in columns}
    return made.astype({name: _TYPES[word] for name, word in words.items() if word in _TYPES})
