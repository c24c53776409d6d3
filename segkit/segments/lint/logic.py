"""Findings that follow from the definitions alone: what no data could change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product
from typing import Any

import numpy as np

from segkit.segments import tree
from segkit.segments.definition import Segment
from segkit.segments.lint.finding import HINT, NOTE, WARNING, LintFinding
from segkit.segments.lint.kinds import Kinds, kinds, size_of
from segkit.segments.lint.streams import History, Key, holds, normal, streams
from segkit.segments.tree import Condition, leaves

MOST_KINDS = 2 * 10**5  # beyond so many, sets are looked at two segments at a time
EXCLUSIVE = (("win_back", "remove"), ("keep", "remove"), ("grow", "remove"), ("first_order", "remove"))
NOT_FOR_PEOPLE = "block"  # the goal of a part of other segments

Conditions = Mapping[str, Condition]
Segments = Mapping[str, Segment]


def of_logic(segments: Segments, conditions: Conditions) -> Iterator[LintFinding]:
    """Never or always true, the same twice, one inside another, and what contradicts or overlaps in the whole set."""
    usable = {name: condition for name, condition in conditions.items() if size_of({name: condition}) <= MOST_KINDS}
    alone = {name: kinds({name: condition}) for name, condition in usable.items()}
    dead = [name for name, found in alone.items() if not found.inside[name].any()]
    full = [name for name, found in alone.items() if found.inside[name].all()]
    yield from (LintFinding("never_true", WARNING, (name,)) for name in dead)
    yield from (LintFinding("always_true", WARNING, (name,)) for name in full)
    living = {name: condition for name, condition in usable.items() if name not in (*dead, *full)}
    yield from _pairs(segments, living)
    meant = {name: condition for name, condition in living.items() if segments[name].goal != NOT_FOR_PEOPLE}
    if len(meant) > 1 and size_of(meant) <= MOST_KINDS:
        yield from _of_set(segments, kinds(meant))
    yield from _gaps(meant)


def _pairs(segments: Segments, conditions: Conditions) -> Iterator[LintFinding]:
    """Segments with the same members whatever the data, and segments inside another."""
    for one, other in combinations(conditions, 2):
        both = {one: conditions[one], other: conditions[other]}
        if not _share_rows(both) or size_of(both) > MOST_KINDS:
            continue
        found = kinds(both)
        first, second = found.inside[one], found.inside[other]
        if (first == second).all():
            yield LintFinding("same_members", WARNING, (one, other))
        elif not (first & ~second).any():
            yield LintFinding("inside_another", NOTE, (one, other))
        elif not (second & ~first).any():
            yield LintFinding("inside_another", NOTE, (other, one))


def _share_rows(conditions: Conditions) -> bool:
    keys = [{stream.key for stream in streams([normal(condition)])} for condition in conditions.values()]
    return bool(set.intersection(*keys))


def _of_set(segments: Segments, found: Kinds) -> Iterator[LintFinding]:
    """What the set as a whole leaves out, says twice, or tells to do two things at once."""
    told = found.how_many()
    several, none = int((told > 1).sum()), np.flatnonzero(told == 0)
    if len(none):
        numbers = {"kinds": found.size, "none": len(none)}
        yield LintFinding("holes", HINT, tuple(found.inside), numbers, example=plain_histories(found.histories(int(none[0]))))
    if several:
        numbers = {"kinds": found.size, "several": several, **{f"in_{n}": int((told == n).sum()) for n in range(2, int(told.max()) + 1)}}
        yield LintFinding("overlaps", NOTE, tuple(found.inside), numbers, example=plain_histories(found.histories(int(np.argmax(told)))))
    for one, other in EXCLUSIVE:
        clash = _with_goal(segments, found, one) & _with_goal(segments, found, other)
        if clash.any():
            concerned = tuple(name for name in found.inside if segments[name].goal in (one, other) and (found.inside[name] & clash).any())
            clashing: dict[str, Any] = {"kinds": found.size, "clash": int(clash.sum()), "one": one, "other": other}
            example = plain_histories(found.histories(int(np.argmax(clash))))
            yield LintFinding("contradiction", WARNING, concerned, clashing, example=example)


def _with_goal(segments: Segments, found: Kinds, goal: str) -> np.ndarray:
    chosen = [flags for name, flags in found.inside.items() if segments[name].goal == goal]
    return np.logical_or.reduce(chosen) if chosen else np.zeros(found.size, dtype=bool)


# --- gaps along one axis: days since, and scores ----------------------------------------------------------------------


def _gaps(conditions: Conditions) -> Iterator[LintFinding]:
    """Single days between two windows, and scores between two bands, that no segment of the set covers."""
    told = {name: normal(condition) for name, condition in conditions.items()}
    for key in dict.fromkeys(stream.key for stream in streams(told.values())):
        if key[0] != "events":
            continue
        spoken = {name: condition for name, condition in told.items() if any(stream.key == key for stream in streams([condition]))}
        if len(spoken) > 1:
            yield from _day_gaps(key, spoken)
            yield from _score_gaps(key, spoken)


def _day_gaps(key: Key, conditions: Conditions) -> Iterator[LintFinding]:
    concerned = [leaf for condition in conditions.values() for leaf in leaves(condition) if _is_of(leaf, key)]
    windows = [leaf.window for leaf in concerned]  # type: ignore[attr-defined]
    edges = {edge for window in windows for edge in (window.newest, window.oldest) if edge is not None}
    for day in sorted({age for edge in edges for age in (edge - 1, edge, edge + 1) if age > 0}):
        before, at, after = (_covering(key, conditions, History((age,))) for age in (day - 1, day, day + 1))
        if before and after and not at and before != after:
            metric = key[1][0]  # type: ignore[index]
            yield LintFinding("boundary_gap", WARNING, tuple(sorted({*before, *after})), {"days": day, "metric": metric})


def _score_gaps(key: Key, conditions: Conditions) -> Iterator[LintFinding]:
    """Runs of whole scores from 1 to 10 that lie between two that are covered."""
    tests = [
        test for condition in conditions.values() for leaf in leaves(condition) if isinstance(leaf, tree.Latest) for test in leaf.where
    ]
    if not any(test.name == "score_10" for test in tests) or key[2:] != ((), ()):
        return
    scores = range(1, len(["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]) + 1)
    covered = {score: _covering(key, conditions, History((0,), value=score)) for score in scores}
    taken = [score for score in scores if covered[score]]
    holes = [score for score in scores if not covered[score] and taken and taken[0] < score < taken[-1]]
    if holes:
        yield LintFinding("score_gap", WARNING, tuple(conditions), {"low": holes[0], "high": holes[-1]})


def _is_of(leaf: Condition, key: Key) -> bool:
    return any(stream.key == key for stream in streams([leaf])) and hasattr(leaf, "window")


def _covering(key: Key, conditions: Conditions, history: History) -> list[str]:
    """The segments that some person with this history in one stream is in, whatever is true of the others."""
    return [name for name, condition in conditions.items() if _can_hold(condition, key, history)]


def _can_hold(condition: Condition, key: Key, history: History) -> bool:
    found = streams([condition])
    fixed = {leaf: holds(leaf, history) for stream in found if stream.key == key for leaf in stream.leaves}
    others = [[dict(zip(stream.leaves, state.truth, strict=True)) for state in stream.states] for stream in found if stream.key != key]
    return any(_true(condition, {**fixed, **{leaf: told for part in chosen for leaf, told in part.items()}}) for chosen in product(*others))


def _true(condition: Condition, truth: Mapping[Condition, bool]) -> bool:
    match condition:
        case tree.All(inner):
            return all(_true(one, truth) for one in inner)
        case tree.Any(inner):
            return any(_true(one, truth) for one in inner)
        case tree.Not(inner):
            return not _true(inner, truth)
    return truth[condition]


def plain_histories(histories: Mapping[Key, History]) -> dict[str, Any]:
    """A made-up person as plain data: per stream the ages in days of the events, what each was worth, and the value."""
    return {
        _name(key): {
            "ages": list(history.ages),
            "worth": float(history.worth),
            "value": None if history.value is None else str(history.value),
        }
        for key, history in histories.items()
    }


def _name(key: Key) -> str:
    return "+".join(key[1]) if key[0] == "events" else str(key[1]) if key[0] != "alone" else type(key[1]).__name__.lower()  # type: ignore[arg-type]
