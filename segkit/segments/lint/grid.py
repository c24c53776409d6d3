"""Every kind of person that a set of segments can tell apart: the product of the states of its streams."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from segkit.segments import tree
from segkit.segments.lint.life import Life
from segkit.segments.lint.streams import Stream
from segkit.segments.tree import Condition

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Grid:
    """Some streams, one axis each: conditions are asked of all combinations of their states at once."""

    streams: tuple[Stream, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """How many states each stream has."""
        return tuple(len(stream.states) for stream in self.streams)

    @property
    def size(self) -> int:
        """How many kinds of people there are."""
        return prod(self.shape)

    def of(self, condition: Condition) -> Flags:
        """For each kind whether the condition is true; an axis that it does not depend on has length one."""
        match condition:
            case tree.All(inner):
                return reduce(np.logical_and, map(self.of, inner))
            case tree.Any(inner):
                return reduce(np.logical_or, map(self.of, inner))
            case tree.Not(inner):
                return ~self.of(inner)
        place, column = next((place, stream.column[condition]) for place, stream in enumerate(self.streams) if condition in stream.column)
        return np.array(column).reshape([-1 if axis == place else 1 for axis in range(len(self.streams))])

    def whole(self, condition: Condition) -> Flags:
        """The same with every axis at full length."""
        return np.broadcast_to(self.of(condition), self.shape)

    def example(self, place: Sequence[int]) -> Life:
        """A person of the kind at a place."""
        return joined(stream.states[state].example for stream, state in zip(self.streams, place, strict=True))


def joined(lives: Iterable[Life]) -> Life:
    """One person with what happened to, and is known of, each."""
    parts = list(lives)
    events = sorted((event for life in parts for event in life.events), key=lambda event: -event.ago)
    return Life(tuple(events), {name: value for life in parts for name, value in life.facts.items()})


@dataclass(frozen=True)
class Model:
    """A set of segments in normal form with its streams; building blocks (goal `block`) are no audience of their own."""

    conditions: Mapping[str, Condition]
    goals: Mapping[str, str | None]
    streams: tuple[Stream, ...]

    @property
    def audiences(self) -> dict[str, Condition]:
        """The segments that are made to be used by themselves."""
        return {name: condition for name, condition in self.conditions.items() if self.goals[name] != "block"}

    def streams_of(self, conditions: Iterable[Condition]) -> tuple[Stream, ...]:
        """The streams that some of the conditions speak of."""
        told = {leaf for condition in conditions for leaf in tree.leaves(condition)}
        return tuple(stream for stream in self.streams if told & set(stream.column))

    def grid(self, *conditions: Condition) -> Grid:
        """The kinds of people that these conditions can tell apart."""
        return Grid(self.streams_of(conditions))

    def groups(self) -> list[list[str]]:
        """Segments that share streams, directly or through others."""
        found: list[tuple[set[str], list[str]]] = []
        for name, condition in self.audiences.items():
            own = {stream.name + str(self.streams.index(stream)) for stream in self.streams_of([condition])}
            touched = [group for group in found if group[0] & own]
            merged = (own.union(*[keys for keys, _ in touched]), [one for _, part in touched for one in part] + [name])
            found = [group for group in found if group not in touched] + [merged]
        return [part for _, part in found]


@dataclass(frozen=True)
class Group:
    """Segments looked at together: how many kinds of people they tell apart, and how many kinds are in so many segments.

    `by_segments` is empty where there are more kinds than can be looked at.
    """

    segments: tuple[str, ...]
    streams: dict[str, int]
    kinds: int
    by_segments: dict[int, int]


@dataclass(frozen=True)
class Enumeration:
    """All kinds of people that a set of segments can tell apart, in groups of segments that have nothing to do with each other.

    There is one group where the whole set could be looked at at once.
    """

    groups: tuple[Group, ...]

    @property
    def kinds(self) -> int:
        """How many kinds there are in all groups."""
        return sum(group.kinds for group in self.groups)

    @property
    def by_segments(self) -> dict[int, int]:
        """How many kinds are in so many segments: {0: in none, 1: in one, ...}."""
        numbers = sorted({number for group in self.groups for number in group.by_segments})
        return {number: sum(group.by_segments.get(number, 0) for group in self.groups) for number in numbers}

    @property
    def in_none(self) -> int:
        """Kinds in no segment."""
        return self.by_segments.get(0, 0)

    @property
    def in_several(self) -> int:
        """Kinds in two segments or more."""
        return sum(kinds for number, kinds in self.by_segments.items() if number > 1)

    def as_dict(self) -> dict[str, Any]:
        """The counts as plain data."""
        groups = [
            {"segments": list(group.segments), "streams": group.streams, "kinds": group.kinds, "by_segments": group.by_segments}
            for group in self.groups
        ]
        return {"kinds": self.kinds, "by_segments": self.by_segments, "groups": groups}


def enumerated(model: Model, most: int) -> Enumeration:
    """The kinds of the whole set, or where those are more than `most`, of each group of segments that share a stream."""
    names = list(model.audiences)
    whole = model.grid(*model.audiences.values()).size <= most
    return Enumeration(tuple(_group(model, part, most) for part in ([names] if whole else model.groups())))


def _group(model: Model, names: list[str], most: int) -> Group:
    grid = model.grid(*[model.conditions[name] for name in names])
    told = {stream.name: len(stream.states) for stream in grid.streams}
    if grid.size > most:
        return Group(tuple(names), told, grid.size, {})
    depth = depth_of(model, names, grid)
    counts = np.bincount(depth.ravel())
    return Group(tuple(names), told, grid.size, {number: int(kinds) for number, kinds in enumerate(counts) if kinds})


def depth_of(model: Model, names: Sequence[str], grid: Grid) -> npt.NDArray[np.int64]:
    """For each kind in how many of the segments it is."""
    depth = np.zeros(grid.shape, dtype=np.int64)
    for name in names:
        depth += grid.of(model.conditions[name])
    return depth
