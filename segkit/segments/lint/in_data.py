"""Findings that need the shop's data: who is concerned, what is never seen, what cannot be seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from segkit import quality
from segkit.engine import Rules, Store
from segkit.quality import Quality
from segkit.segments import members, tree, words
from segkit.segments.definition import Segment
from segkit.segments.lint.finding import HINT, MOST_WITNESSES, WARNING, LintFinding
from segkit.segments.lint.logic import EXCLUSIVE
from segkit.segments.tree import CanReceive, Condition, leaves

_TABLES = {"purchases": "orders"}
_MAILED = "may_be_mailed"


def of_data(store: Store, rules: Rules, conditions: Mapping[str, Condition]) -> tuple[list[LintFinding], pd.DataFrame]:
    """Findings about what the data show, and the flags of every segment that can be computed, one row per profile."""
    judged = quality.judge(store, rules)
    can, cannot = members.Availability(judged).split(conditions)
    mail = {_MAILED: CanReceive("email")} if judged.capabilities["consent"].yes else {}
    frame = members.flags(store, rules, {**can, **mail})
    mailed = frame.pop(_MAILED) if mail else None
    found = [LintFinding("not_computable", HINT, (name,), {"reason": answer.reason}) for name, answer in cannot.items()]
    for name, condition in can.items():
        found += [*_sizes(name, frame[name], mailed, rules), *_windows(name, condition, judged, rules)]
    return found, frame


def _sizes(name: str, inside: pd.Series, mailed: pd.Series | None, rules: Rules) -> Iterator[LintFinding]:
    """Nobody, or nearly everyone: of all profiles, or of those who may be mailed."""
    if not inside.any():
        yield LintFinding("nobody", WARNING, (name,), people=0)
        return
    share = max(float(inside.mean()), float(inside[mailed].mean()) if mailed is not None and mailed.any() else 0.0)
    if share >= rules.settings["lint_everyone_share"]:
        yield LintFinding("nearly_everyone", WARNING, (name,), {"share": share}, people=int(inside.sum()))


def _windows(name: str, condition: Condition, judged: Quality, rules: Rules) -> Iterator[LintFinding]:
    """Windows that begin before the first day of their table."""
    for leaf in leaves(condition):
        metrics = getattr(leaf, "metrics", None)
        window = getattr(leaf, "window", None)
        if not metrics or window is None:
            continue
        table = words.metrics()[metrics[0]].table
        first = judged.coverage[_TABLES.get(table, table)].first_on
        if first is None:
            continue
        days = (rules.as_of.day - first).days
        if window.newest is not None and window.newest > days:
            yield LintFinding("beyond_the_data", WARNING, (name,), {"days": window.newest, "known": days})
        elif _asks_for_silence(leaf) and window.oldest is not None and window.oldest > days:
            yield LintFinding("silence_unknown", HINT, (name,), {"days": window.oldest, "known": days})


def _asks_for_silence(leaf: Condition) -> bool:
    return isinstance(leaf, tree.Event) and leaf.measure == tree.COUNT and leaf.op in (tree.EXACTLY, tree.AT_MOST, tree.LESS_THAN)


def with_witnesses(finding: LintFinding, segments: Mapping[str, Segment], frame: pd.DataFrame) -> LintFinding:
    """The finding with the people of the data whom it concerns."""
    told = [name for name in finding.segments if name in frame.columns]
    if not told or finding.people is not None:
        return finding
    concerned = _concerned(finding, segments, frame, told)
    if concerned is None:
        return finding
    some = tuple(frame.loc[concerned, "profile_id"].head(MOST_WITNESSES))
    return replace(finding, people=int(concerned.sum()), witnesses=some, example=None if some else finding.example)


def _concerned(finding: LintFinding, segments: Mapping[str, Segment], frame: pd.DataFrame, told: list[str]) -> np.ndarray | None:
    flags = frame[told].to_numpy()
    if finding.key == "holes":
        return np.asarray(~flags.any(axis=1))
    if finding.key == "overlaps":
        return np.asarray(flags.sum(axis=1) > 1)
    if finding.key == "contradiction":
        goals = [goal for pair in EXCLUSIVE for goal in pair if goal in (finding.numbers["one"], finding.numbers["other"])]
        sides = [frame[[name for name in told if segments[name].goal == goal]].to_numpy().any(axis=1) for goal in dict.fromkeys(goals)]
        return np.asarray(np.logical_and.reduce(sides))
    return np.asarray(flags.all(axis=1)) if finding.key in ("same_members", "machine_opens", "static_list") else None
