"""Every kind of person that a set of definitions tells apart, and which segments each kind is in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from segkit.segments import tree
from segkit.segments.lint.streams import History, Key, Stream, normal, streams
from segkit.segments.tree import Condition

Flags = np.ndarray


@dataclass(frozen=True)
class Kinds:
    """All kinds: `size` of them; `inside` says for each segment which kinds are in."""

    streams: list[Stream]
    size: int
    inside: dict[str, Flags]

    def how_many(self) -> Flags:
        """In how many segments each kind is."""
        return np.sum([flags.astype(int) for flags in self.inside.values()], axis=0)

    def histories(self, kind: int) -> dict[Key, History]:
        """What a person of that kind did, per stream."""
        places = np.unravel_index(kind, [len(stream.states) for stream in self.streams])
        return {stream.key: stream.states[int(place)].history for stream, place in zip(self.streams, places, strict=True)}


def size_of(conditions: Mapping[str, Condition]) -> int:
    """How many kinds there would be."""
    return math.prod(len(stream.states) for stream in streams(map(normal, conditions.values())))


def kinds(conditions: Mapping[str, Condition]) -> Kinds:
    """The kinds that resolved conditions tell apart, every one of them worked out."""
    told = {name: normal(condition) for name, condition in conditions.items()}
    found = streams(told.values())
    shape = [len(stream.states) for stream in found]
    truth: dict[Condition, Flags] = {}
    for axis, stream in enumerate(found):
        for place, leaf in enumerate(stream.leaves):
            along = np.array([state.truth[place] for state in stream.states])
            truth[leaf] = np.broadcast_to(along.reshape([-1 if one == axis else 1 for one in range(len(shape))]), shape)
    inside = {name: np.broadcast_to(_logic(condition, truth), shape).reshape(-1) for name, condition in told.items()}
    return Kinds(found, math.prod(shape), inside)


def _logic(condition: Condition, truth: Mapping[Condition, Flags]) -> Flags:
    match condition:
        case tree.All(inner):
            return np.logical_and.reduce(np.broadcast_arrays(*[_logic(one, truth) for one in inner]))
        case tree.Any(inner):
            return np.logical_or.reduce(np.broadcast_arrays(*[_logic(one, truth) for one in inner]))
        case tree.Not(inner):
            return ~_logic(inner, truth)
    return truth[condition]
