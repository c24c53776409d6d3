"""Seeded random streams, one per name, so that adding one draw never shifts another."""

from zlib import crc32

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Streams:
    """Hands out a fresh numpy Generator per name; the same seed, block and name always give the same numbers."""

    def __init__(self, seed: int, block: int = 0, prefix: str = "") -> None:
        self.seed, self.block, self._prefix = seed, block, prefix

    def __call__(self, name: str) -> np.random.Generator:
        block = [self.block] if self.block else []
        return np.random.default_rng([self.seed, crc32(f"{self._prefix}{name}".encode()), *block])

    def apart(self, prefix: str) -> "Streams":
        """Streams of the same seed and block that share no number with these."""
        return Streams(self.seed, self.block, f"{prefix} ")


LEAST = 1e-200
"""A taste that is so small counts as so much: none of all would leave nothing to choose."""


def between(rng: np.random.Generator, low: int, high: int, size: int) -> Ints:
    """Whole numbers from `low` to below `high`; `low` itself where the two are one."""
    return rng.integers(low, max(high, low + 1), size)


def choose(rng: np.random.Generator, weights: npt.ArrayLike, size: int) -> Ints:
    """`size` positions drawn with these relative weights, one uniform number each."""
    cumulative = np.cumsum(np.asarray(weights, dtype=float))
    return np.searchsorted(cumulative / cumulative[-1], rng.random(size), side="right").astype(np.int64)


def choose_rows(rng: np.random.Generator, weights: Floats) -> Ints:
    """One position per row of a matrix of relative weights."""
    cumulative = np.cumsum(weights, axis=1)
    drawn = rng.random(len(weights)) * cumulative[:, -1]
    return (drawn[:, None] >= cumulative).sum(axis=1).astype(np.int64)
