"""What may be told of groups of people: never sums from which follows what a few of them spent."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

_ZERO = 1e-6  # the sums are of whole people, so what is smaller comes from rounding
_MOST_TRIED = 2000


class Disclosure:
    """Which groups have been told, of people counted by cell: the smallest sets that all groups are made of.

    `members` are the people of each cell. A new group may be told when it does not hold 1 to `least` - 1 people, and when
    no sum about so few follows from it and those told before: not by taking one group off another, and not by adding and
    taking away any number of them. Everyone is told from the start.
    """

    def __init__(self, members: pd.Series, least: int) -> None:
        self.members, self.least = members.to_numpy(dtype="int64"), least
        self.small = (self.members > 0) & (self.members < least)
        self._told = np.ones((1, len(self.members)))

    def tellable(self, groups: Mapping[Any, pd.Series]) -> set[Any]:
        """The groups that may be told, those named first going before later ones; they count as told from now on."""
        return {name for name, inside in groups.items() if self.tell(inside)}

    def tell(self, inside: pd.Series) -> bool:
        """Whether a group may be told, which it then is."""
        group = inside.to_numpy(dtype="float64")
        if self._is_few(group) or any(self._is_few(group - other) for other in self._told):
            return False
        if self.small.any() and self._solves_a_few(np.vstack([self._told, group])):
            return False
        self._told = np.vstack([self._told, group])
        return True

    def _is_few(self, weights: np.ndarray) -> bool:
        return bool(0 < self.members[weights != 0].sum() < self.least)

    def _solves_a_few(self, told: np.ndarray) -> bool:
        """Whether some combination of the groups is about fewer people than may be told.

        What is left when the large cells cancel out is about small cells alone. Those combinations are a space; the ones
        about fewest cells each vanish on as many cells less one as it has dimensions, so all of them can be tried. Where
        they are too many to try, the answer is yes.
        """
        large = told[:, self.members >= self.least]  # a cell of nobody holds no sum that could hide another
        values, vectors = np.linalg.eigh(large @ large.T)
        space = _reduced(vectors[:, values < _ZERO].T @ told[:, self.small])
        if not len(space):
            return False
        directions, sizes = _directions(space, self.members[self.small])
        if math.comb(len(sizes), len(space) - 1) > _MOST_TRIED:
            return True
        return any(
            0 < sizes[np.abs(left) > _ZERO].sum() < self.least
            for gone in combinations(range(len(sizes)), len(space) - 1)
            for left in _vanishing(directions, list(gone))
        )


def _directions(space: np.ndarray, members: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The cells that every combination weighs alike taken together, and their people; those that none is about left out."""
    length = np.abs(space).max(axis=0)
    about = length > _ZERO
    columns = space[:, about] / length[about]
    first = np.take_along_axis(columns, np.argmax(np.abs(columns) > _ZERO, axis=0)[None], axis=0)
    alike, place = np.unique(np.round(columns * np.sign(first), 6), axis=1, return_inverse=True)
    return alike, np.bincount(place.ravel(), weights=members[about])


def _vanishing(space: np.ndarray, gone: list[int]) -> list[np.ndarray]:
    """The one combination that is not about these cells; none when they leave more than one."""
    _, values, vectors = np.linalg.svd(space[:, gone].T, full_matrices=True)
    free = len(space) - int((values > _ZERO).sum())
    return [vectors[-1] @ space] if free == 1 else []


def _reduced(rows: np.ndarray) -> np.ndarray:
    """The rows solved as far as they can be (reduced row echelon form): what each of them says by itself."""
    rows, done = rows.copy(), 0
    for column in range(rows.shape[1]):
        if done == len(rows):
            break
        best = done + int(np.abs(rows[done:, column]).argmax())
        if abs(rows[best, column]) < _ZERO:
            continue
        rows[[done, best]] = rows[[best, done]]
        rows[done] /= rows[done, column]
        others = np.arange(len(rows)) != done
        rows[others] -= np.outer(rows[others, column], rows[done])
        done += 1
    return rows[:done]
