"""What each condition of a segment costs in people and money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from segkit.engine import Rules, Store
from segkit.measure import groups
from segkit.measure.disclosure import Disclosure
from segkit.quality import Quality
from segkit.segments import tree
from segkit.segments.evaluate import with_flags
from segkit.segments.tree import Condition
from segkit.segments.write import plain

_LOST = ("members", "orders", "revenue")
_OTHER = ("alone", "without")
_COLUMNS = (
    "step",
    "definition",
    *groups.FACTS,
    *(f"lost_{name}" for name in _LOST),
    *(f"{kind}_{name}" for kind in _OTHER for name in groups.FACTS),
)


def waterfall(store: Store, rules: Rules, condition: Condition, judged: Quality) -> pd.DataFrame:
    """One row per condition that must hold, in reading order, after a first row for everyone; the last row is the segment.

    step (0 = everyone), definition (plain data), members, orders, revenue and value_per_head of those who are left,
    status, reason; lost_* what the condition costs at this place; alone_* the same numbers for this condition by itself, and
    without_* for the segment without it. Money that would point at fewer than `smallest_group` people is empty.
    A condition that is no All has one step.
    """
    parts = parts_of(condition)
    table = groups.counted(store, with_flags(rules, parts), list(parts), judged)
    return of_table(table, parts, Disclosure(table["members"], rules.settings["smallest_group"]))


def parts_of(condition: Condition) -> dict[str, Condition]:
    """What must all hold, by name, in reading order."""
    parts = condition.conditions if isinstance(condition, tree.All) else (condition,)
    return {f"part_{number}": part for number, part in enumerate(parts, 1)}


def of_table(table: pd.DataFrame, parts: Mapping[str, Condition], disclosure: Disclosure) -> pd.DataFrame:
    """The same of people counted by combination of parts; `disclosure` knows what else was told of these combinations."""
    masks = _masks(table[list(parts)])
    told = disclosure.tellable(masks)
    found = {name: groups.facts(table, inside, name in told, disclosure.least) for name, inside in masks.items()}
    return groups.frame([_row(step, part, found) for step, part in enumerate((None, *parts.values()))], _COLUMNS)


def _masks(flags: pd.DataFrame) -> dict[str, pd.Series]:
    """The groups that are shown, those first whose money is told first: the segment, then the steps back to everyone."""
    steps = range(flags.shape[1], -1, -1)
    one_out = {f"without_{step}": flags.drop(columns=f"part_{step}").all(axis=1) for step in sorted(steps) if step}
    alone = {f"alone_{step}": flags[f"part_{step}"] for step in sorted(steps) if step}
    return {**{f"step_{step}": flags.iloc[:, :step].all(axis=1) for step in steps}, **one_out, **alone}


def _row(step: int, part: Condition | None, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    here = found[f"step_{step}"]
    row = {"step": step, "definition": None if part is None else plain(part), **here}
    before = found.get(f"step_{step - 1}", here)
    row |= {f"lost_{name}": _less(before[name], here[name]) if step else None for name in _LOST}
    others = [(kind, found[f"{kind}_{step}"]) for kind in _OTHER if step]
    return row | {f"{kind}_{name}": value for kind, facts in others for name, value in facts.items()}


def _less(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else round(before - after, 2)
