"""Overlap of any number of segments: in each two at once, and the exact combinations that occur."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from segkit.engine import Rules, Store
from segkit.measure import groups
from segkit.measure.disclosure import Disclosure
from segkit.quality import Quality
from segkit.segments.evaluate import with_flags
from segkit.segments.members import matrix
from segkit.segments.tree import Condition


@dataclass(frozen=True)
class Overlap:
    """`members`: how many are in both of each two segments, sizes on the diagonal; `shares`: the part of the row's segment
    that is in the column's too (empty for a segment without members).

    `combinations`: one row per exact set of segments that somebody is in, () for none, most members first: segments,
    share of everyone, members, orders, revenue, value_per_head, status, reason.
    """

    members: pd.DataFrame
    shares: pd.DataFrame
    combinations: pd.DataFrame


def overlap(store: Store, rules: Rules, conditions: Mapping[str, Condition], judged: Quality) -> Overlap:
    """Which segments share people, asked in one statement; what a combination spent is empty where it would point at somebody."""
    columns = {f"in_{name}": condition for name, condition in conditions.items()}
    table = groups.counted(store, with_flags(rules, columns), list(columns), judged)
    flags = table[list(columns)].set_axis(list(conditions), axis=1)
    members = matrix(flags, table["members"])
    sizes = pd.Series(members.to_numpy().diagonal(), members.index)
    shares = members.div(sizes.where(sizes > 0), axis=0)
    return Overlap(members, shares, _combinations(table, flags, rules.settings["smallest_group"]))


def _combinations(table: pd.DataFrame, flags: pd.DataFrame, least: int) -> pd.DataFrame:
    told, total = _told(table["members"], flags, least), groups.size(table, groups.everyone(table))
    rows = []
    for place, (inside, is_told) in enumerate(zip(flags.to_numpy(), told, strict=True)):
        facts = groups.facts(table, pd.Series(table.index == place), is_told, least)
        rows.append({"segments": tuple(flags.columns[inside]), "share": facts["members"] / total, **facts})
    rows.sort(key=lambda row: (-row["members"], row["segments"]))
    return groups.frame(rows, ("segments", "share", *groups.FACTS))


def _told(members: pd.Series, flags: pd.DataFrame, least: int) -> pd.Series:
    """Which combinations are told: what each segment spent is known, and so is the total; the largest go first."""
    disclosure = Disclosure(members, least)
    disclosure.tellable({name: flags[name] for name in flags})
    told = disclosure.tellable({place: pd.Series(members.index == place) for place in members.sort_values(ascending=False).index})
    return pd.Series([place in told for place in members.index], index=members.index)
