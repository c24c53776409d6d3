"""What a set of segments says by itself: holes, overlaps, contradictions, conditions that are never or always true, doubles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from segkit.segments.lint.describe import families
from segkit.segments.lint.finding import ERROR, HINT, WARNING, LintFinding
from segkit.segments.lint.grid import Enumeration, Flags, Grid, Group, Model, depth_of
from segkit.segments.lint.reach import mixes
from segkit.segments.tree import Condition, all_of, any_of, leaves
from segkit.segments.write import plain

BUYERS = ("keep", "grow")
EXCLUSIVE = (  # goals that nobody can be given at once
    (("win_back",), ("remove",)),
    ((*BUYERS, "first_order", "second_order"), ("remove",)),
    (BUYERS, ("win_back",)),
    (("first_order",), ("keep", "second_order")),
)


def of_each(model: Model, most: int) -> Iterator[LintFinding]:
    """Segments that are never true, or true of everybody; or only so far, as they ask about days that are still to come."""
    for name, condition in _checked(model):
        grid = model.grid(condition)
        if grid.size > most:
            continue
        there = grid.of(condition)
        ahead = _days_ahead(condition)
        if ahead and (there.all() or not there.any()):
            yield LintFinding("not_yet", HINT, (name,), {"n": ahead})
        elif not there.any():
            yield LintFinding("never_true", ERROR, (name,))
        elif there.all():
            yield LintFinding("always_true", ERROR, (name,))


def _days_ahead(condition: Condition) -> int | None:
    """In how many days the first window begins that is still to begin; None without one. What asks for days to come is no such."""
    windows = [window for leaf in leaves(condition) if (window := getattr(leaf, "window", None))]
    ages = [window.oldest for window in windows if window.oldest is not None and not window.is_ahead]
    return min((-age for age in ages if age < 0), default=None)


def _checked(model: Model) -> list[tuple[str, Condition]]:
    """The segments of which all histories could be looked at."""
    sure = {name: one for name, one in model.conditions.items() if not mixes(list(leaves(one)))}
    return [(name, one) for name, one in sure.items() if all(stream.is_complete for stream in model.streams_of([one]))]


def of_pairs(model: Model, most: int) -> Iterator[LintFinding]:
    """Segments with the same members by definition, and segments inside another."""
    names = [name for name, one in _checked(model) if name in model.audiences]
    told = {name: set(map(id, model.streams_of([model.conditions[name]]))) for name in names}
    for first, second in combinations(names, 2):
        if told[first] & told[second]:
            yield from _pair(model, first, second, most)


def _pair(model: Model, first: str, second: str, most: int) -> Iterator[LintFinding]:
    a, b = model.conditions[first], model.conditions[second]
    grid = model.grid(a, b)
    if grid.size > most or mixes([*leaves(a), *leaves(b)]):
        return
    one, other = grid.of(a), grid.of(b)
    if not (one.any() and other.any()) or one.all() or other.all():
        return
    only_one, only_other = (one & ~other).any(), (other & ~one).any()
    if not only_one and not only_other:
        yield _seen(LintFinding("same_members", WARNING, (second, first), who=a), grid, one)
    elif not only_one:
        yield _seen(LintFinding("inside", HINT, (first, second), who=a), grid, one)
    elif not only_other:
        yield _seen(LintFinding("inside", HINT, (second, first), who=b), grid, other)


def _seen(finding: LintFinding, grid: Grid, there: Flags) -> LintFinding:
    """The finding with a made-up person of the first kind that it is about."""
    found = np.argwhere(np.broadcast_to(there, grid.shape))
    return finding.with_witness(grid.example(found[0])) if len(found) else finding


def of_goals(model: Model, most: int) -> Iterator[LintFinding]:
    """Kinds of people who are told two things at once that exclude each other."""
    whole = model.grid(*model.audiences.values())
    for sides in EXCLUSIVE:
        one, other = ({name: model.conditions[name] for name, goal in model.goals.items() if goal in side} for side in sides)
        grid = whole if whole.size <= most else model.grid(*one.values(), *other.values())
        if one and other and 0 < grid.size <= most:
            yield from _holetwice(model, grid, one, other)


def _holetwice(model: Model, grid: Grid, one: dict[str, Condition], other: dict[str, Condition]) -> Iterator[LintFinding]:
    told = (any_of(*one.values()), any_of(*other.values()))
    both = grid.whole(told[0]) & grid.whole(told[1])
    if not both.any():
        return
    clashing = [name for name in (*one, *other) if (grid.of(model.conditions[name]) & both).any()]
    goals = list(dict.fromkeys(goal for name in clashing if (goal := model.goals[name])))
    numbers = {"goals": goals, "kinds": int(both.sum()), "of": grid.size}
    yield _seen(LintFinding("contradiction", ERROR if "remove" in goals else WARNING, tuple(clashing), numbers, all_of(*told)), grid, both)


def of_kinds(model: Model, found: Enumeration, most_families: int) -> Iterator[LintFinding]:
    """Kinds of people in no segment, and in several."""
    for group in found.groups:
        if not group.by_segments:
            yield LintFinding("too_many_kinds", HINT, group.segments, {"kinds": group.kinds})
        elif len(group.segments) > 1:
            yield from _of_group(model, group, most_families)


def _of_group(model: Model, group: Group, most: int) -> Iterator[LintFinding]:
    conditions = [model.conditions[name] for name in group.segments]
    grid = model.grid(*conditions)
    depth = depth_of(model, group.segments, grid)
    several = depth > 1
    if several.any():
        numbers = {"kinds": int(several.sum()), "of": grid.size, "most": int(depth.max())}
        twice = any_of(*[all_of(one, any_of(*conditions[place:])) for place, one in enumerate(conditions[:-1], 1)])
        told = tuple(_involved(model, group.segments, grid, several))
        yield _seen(LintFinding("overlap", HINT, told, numbers, twice), grid, several)
    holes = depth == 0
    found = families(grid, holes) if holes.any() else []
    covered = any_of(*conditions)
    for family, there in found[:most]:
        hole: dict[str, Any] = {"kinds": int(there.sum()), "holes": int(holes.sum()), "of": grid.size, "families": len(found)}
        hole["family"] = plain(family)
        yield _seen(LintFinding("hole", HINT, (), hole, all_of(family, ~covered)), grid, there)


def _involved(model: Model, names: Sequence[str], grid: Grid, there: Flags) -> Iterator[str]:
    return (name for name in names if (grid.of(model.conditions[name]) & there).any())
