"""Some states of a stream in as few words as there are: conditions that hold for exactly those people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations, product

import numpy as np

from segkit.segments import tree
from segkit.segments.lint.grid import Flags, Grid
from segkit.segments.lint.limits import MOST_AXES, MOST_LITERALS
from segkit.segments.lint.streams import Stream
from segkit.segments.tree import Condition, all_of


@dataclass(frozen=True)
class _Literal:
    """A condition and the states in which it is true, as bits; `rank` is how plainly it reads, lowest first."""

    condition: Condition
    states: int
    rank: int


def families(grid: Grid, wanted: Flags) -> list[tuple[Condition, Flags]]:
    """The wanted kinds as few conditions, each with the kinds it holds for, all of them wanted; largest first."""
    found: dict[Condition, Flags] = {}
    for box in _boxes(wanted):
        for condition, states in _described(grid, box):
            there = np.zeros(grid.shape, dtype=bool)
            there[np.ix_(*states)] = True
            found[condition] = there
    return _needed(sorted(found.items(), key=lambda pair: -int(pair[1].sum())))


def _needed(found: list[tuple[Condition, Flags]]) -> list[tuple[Condition, Flags]]:
    """Those that hold for a kind that no earlier one holds for."""
    kept: list[tuple[Condition, Flags]] = []
    for condition, there in found:
        if not kept or (there & ~np.logical_or.reduce([before for _, before in kept])).any():
            kept.append((condition, there))
    return kept


Box = tuple[tuple[int, ...], ...]


def _boxes(wanted: Flags) -> list[Box]:
    """The wanted places as boxes (some states of each axis): those of the order of axes that needs fewest."""
    axes = range(wanted.ndim)
    orders = permutations(axes) if wanted.ndim <= MOST_AXES else [tuple(axes), tuple(reversed(axes))]
    tried = []
    for order in orders:
        boxes = [tuple(box[order.index(axis)] for axis in axes) for box in _paths(np.transpose(wanted, order))]
        tried.append(boxes)
    return min(tried, key=len)


def _paths(wanted: Flags) -> list[Box]:
    """Along the first axis, states with the same rest go together."""
    if wanted.ndim == 0:
        return [()] if wanted else []
    alike: dict[bytes, list[int]] = {}
    for state in range(wanted.shape[0]):
        if wanted[state].any():
            alike.setdefault(np.ascontiguousarray(wanted[state]).tobytes(), []).append(state)
    return [(tuple(states), *rest) for states in alike.values() for rest in _paths(wanted[states[0]])]


def _described(grid: Grid, box: Box) -> list[tuple[Condition, list[list[int]]]]:
    """A box as conditions with the states of each axis: one for each way to combine what the axes say."""
    told = [covered(stream, states) for stream, states in zip(grid.streams, box, strict=True)]
    return [(all_of(*[part for part, _ in parts if part is not None]), [states for _, states in parts]) for parts in product(*told)]


def covered(stream: Stream, states: Iterable[int]) -> list[tuple[Condition | None, list[int]]]:
    """Conditions that together hold in exactly these states, each with its own and as short as can be; None holds in all."""
    wanted, everyone = sum(1 << state for state in states), (1 << len(stream.states)) - 1
    if wanted == everyone:
        return [(None, list(range(len(stream.states))))]
    literals, found, left = _literals(stream), list[tuple[Condition | None, list[int]]](), wanted
    while left:
        first = left & -left
        chosen = _shortest([one for one in literals if one.states & first], wanted)
        met = _meet(chosen)
        found.append((all_of(*[one.condition for one in chosen]), [place for place in range(len(stream.states)) if met >> place & 1]))
        left &= ~met
    return found


def _literals(stream: Stream) -> list[_Literal]:
    """Everything that is either true or false of everyone in a state, and its opposite; plain words first."""
    everyone = (1 << len(stream.states)) - 1
    probes = [probe for probe in stream.probes if all(probe in state.probed for state in stream.states)]
    columns = {probe: [state.probed[probe] for state in stream.states] for probe in probes} | stream.column
    found = []
    for condition, column in columns.items():
        true = sum(1 << place for place, value in enumerate(column) if value)
        plain = condition in stream.column and stream.column[condition] is column
        found.append(_Literal(condition, true, _plainness(condition) + (not plain)))
        found.append(_Literal(~condition, everyone & ~true, _plainness(condition) + NEGATED))
    return sorted(found, key=lambda one: one.rank)


NEGATED, COMPOUND = 100, 2
THREE = 1 + 2


def _plainness(condition: Condition) -> int:
    return COMPOUND * (len(list(tree.leaves(condition))) - 1) + isinstance(condition, tree.Follow)


def _shortest(true: list[_Literal], wanted: int) -> list[_Literal]:
    """The fewest of the conditions that leave out everyone not wanted; of those, the ones that cover most, then the plainest."""
    for size in (1, 2, THREE) if len(true) <= MOST_LITERALS else (1, 2):
        fitting: list[Sequence[_Literal]] = [chosen for chosen in combinations(true, size) if not _meet(chosen) & ~wanted]
        if fitting:
            return list(min(fitting, key=lambda chosen: _wordiness(list(chosen))))
    kept = list(true)
    for one in reversed(true):  # the least plain goes first
        rest = [other for other in kept if other is not one]
        if rest and not _meet(rest) & ~wanted:
            kept = rest
    return kept


def _wordiness(chosen: Sequence[_Literal]) -> tuple[int, int, int]:
    """Least negations first, then most people, then plainest words."""
    return sum(one.rank >= NEGATED for one in chosen), -_meet(chosen).bit_count(), sum(one.rank for one in chosen)


def _meet(chosen: Sequence[_Literal]) -> int:
    met = chosen[0].states
    for one in chosen[1:]:
        met &= one.states
    return met
