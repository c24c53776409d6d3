"""What a fault in a shop is: whom it can strike, how many, and what it does to them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from segkit_generators.streams import Bools, Ints
from segkit_generators.world import World

Tables = dict[str, pa.Table]
Planted = tuple[Tables, dict[str, pa.Array]]
"""The tables with the fault in them, and the ids of the rows concerned by their table."""


@dataclass(frozen=True)
class Fault:
    """One fault. `share` of the rows of table `of` that `may_strike` allows (None: all) are handed to `plant`.

    One that is there or not, in no smaller part (`takes_share` false), is planted whole.
    """

    about: str
    share: float
    may_strike: Callable[[Tables], Bools] | None
    plant: Callable[[World, Tables, Ints, np.random.Generator], Planted]
    of: str = "orders"
    takes_share: bool = True

    def strike(self, world: World, tables: Tables, share: float, rng: np.random.Generator) -> Planted:
        """Plant it in `share` of the rows it may strike, in one of them at the least; nothing where there is none."""
        candidates = np.flatnonzero(self.may_strike(tables)) if self.may_strike else np.arange(tables[self.of].num_rows)
        count = min(len(candidates), max(1, round(share * len(candidates))))
        if not count:
            return tables, {}
        return self.plant(world, tables, np.sort(rng.choice(candidates, count, replace=False)), rng)
