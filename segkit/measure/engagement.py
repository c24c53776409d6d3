"""Engagement of a segment with and without what machines do, and what a segment becomes when their opens count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from segkit.engine import Rules, Store
from segkit.features.engagement import HUMAN
from segkit.measure.compare import TOO_FEW
from segkit.measure.groups import frame
from segkit.measure.intervals import wilson
from segkit.quality import COMPUTED, NOT_COMPUTABLE
from segkit.segments import tree, values
from segkit.segments.evaluate import with_flags
from segkit.segments.members import counts
from segkit.segments.tree import Condition, Test, Tests, leaves, replaced
from segkit.settings import Settings

NEEDS = ("engagement",)
_RECENT = "age_days <= $engaged_recent_days"
REACTIONS = {
    "by_people": f"count_where({HUMAN} AND {_RECENT})",
    "by_all": f"count_where(event_type IN ('opened', 'clicked') AND {_RECENT})",
}
_SHARE = ("members", "engaged", "share", "low", "high", "status", "reason")
_OPEN, _MACHINE = "opened_email", "apple_privacy_open"


def engagement(store: Store, rules: Rules, condition: Condition) -> pd.DataFrame:
    """Two rows, by opens and clicks of people and by all of them, machines' included: how many members reacted recently.

    reactions (by_people, by_all), members, engaged, share with low and high (Wilson), status, reason. Recently is within
    `engaged_recent_days`. Of a segment of fewer than `smallest_group` members only the size is told.
    """
    reacted = rules.aggregate("email_events", "profile_id", REACTIONS, "profile_id IS NOT NULL")
    flagged = with_flags(rules, {"inside": condition}).join(reacted, "profile_id", zero=REACTIONS)
    sums = {"members": "count_where(inside)", **{f"{name}_n": f"count_where(inside AND {name} > 0)" for name in REACTIONS}}
    row = store.row(flagged.aggregate(None, sums))
    return _shares({name: row[f"{name}_n"] for name in REACTIONS}, row["members"], rules.settings)


def of_frame(group: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """The same for the members of a segment, one row each with REACTIONS."""
    return _shares({name: int((group[name] > 0).sum()) for name in REACTIONS}, len(group), settings)


def _shares(engaged: Mapping[str, int], members: int, settings: Settings) -> pd.DataFrame:
    return frame([{"reactions": name, **_share(number, members, settings)} for name, number in engaged.items()], ("reactions", *_SHARE))


def _share(engaged: int, members: int, settings: Settings) -> dict[str, Any]:
    if 0 < members < settings["smallest_group"]:
        return {**dict.fromkeys(_SHARE), "members": members, "status": NOT_COMPUTABLE, "reason": TOO_FEW}
    low, high = wilson(engaged, members, settings["confidence"]) if members else (None, None)
    share = engaged / members if members else None
    return {"members": members, "engaged": engaged, "share": share, "low": low, "high": high, "status": COMPUTED, "reason": None}


def machine_sensitivity(store: Store, rules: Rules, condition: Condition) -> dict[str, Any]:
    """How many are in as defined and when all opens count: members, with_machines, gained, lost, and is_concerned.

    `is_concerned` says whether the definition leaves machine opens out anywhere; when not, nothing can change.
    """
    other = counting_all_opens(condition)
    both = {"members": condition, "with_machines": other, "gained": other & ~condition, "lost": condition & ~other}
    return {**counts(store, rules, both), "is_concerned": other != condition}


def counting_all_opens(condition: Condition) -> Condition:
    """The same condition in which an open counts whoever made it; who asks for machine opens still gets them."""
    return replaced(condition, {leaf: _with_machines(leaf) for leaf in leaves(condition)})


def _with_machines(leaf: Condition) -> Condition:
    match leaf:
        case tree.Event() | tree.Every() | tree.Latest() if _OPEN in leaf.metrics:
            return replace(leaf, where=_without(leaf.where))
        case tree.Follow():
            where = _without(leaf.where) if leaf.first == _OPEN else leaf.where
            return replace(leaf, where=where, where_next=_without(leaf.where_next) if leaf.then == _OPEN else leaf.where_next)
    return leaf


def _without(tests: Tests) -> Tests:
    return tuple(test for test in tests if not _leaves_machines_out(test))


def _leaves_machines_out(test: Test) -> bool:
    return test.name == _MACHINE and (test.op, test.value) in ((values.IS, False), (values.IS_NOT, True))
