"""What every part of the behaviour reads: the recipe, the calendar, the random streams and the people."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa

from segkit_generators import arrow
from segkit_generators.hidden import affinities, groups, make_hidden
from segkit_generators.moments import DAY, NEVER
from segkit_generators.people import make_people
from segkit_generators.recipe import Recipe
from segkit_generators.season import Calendar, make_calendar
from segkit_generators.streams import Bools, Floats, Ints, Streams

CUSTOMERS_OF_BLOCK = 20_000
"""A bigger shop is made in blocks of so many customers, each with streams of its own, so that none needs all in memory."""
ROWS_OF_BLOCK = 10_000_000  # ids are numbered from a multiple of it in each block; no table has as many rows of one block
ROWS_APART = 5_000_000  # and what is made apart in a block from here on


@dataclass(frozen=True)
class World:
    """One row per customer in `people` and `hidden`, in the same order; `customer` numbers below are these rows."""

    recipe: Recipe
    calendar: Calendar
    streams: Streams
    people: pd.DataFrame
    hidden: pd.DataFrame
    block: int = 0
    rows_before: int = 0

    @property
    def size(self) -> int:
        return len(self.people)

    @property
    def categories(self) -> list[str]:
        return list(self.recipe["category_base"])

    @property
    def affinity(self) -> Floats:
        return affinities(self.hidden, self.recipe)

    @property
    def group(self) -> Ints:
        """The row of the season in which each customer lives."""
        return groups(self.recipe, self.people, self.calendar)

    @property
    def joined_at(self) -> Ints:
        return self.hidden["joined_at"].to_numpy()

    def ids(self, prefix: str, count: int, width: int = 7) -> pa.Array:
        """The ids of `count` rows of this block, unlike those of any other block."""
        return self.numbered(prefix, self.rows(count), width)

    def rows(self, count: int) -> Ints:
        """The numbers of `count` rows of this block."""
        return np.arange(1, count + 1) + self.rows_before

    def profiles(self) -> pa.Array:
        """The profile id of each customer."""
        return self.numbered("C", np.arange(1, self.size + 1))

    def apart(self, name: str) -> "World":
        """The same people with random streams and ids of their own, so that what is made with it changes nothing else."""
        return replace(self, streams=self.streams.apart(name), rows_before=ROWS_APART)

    def numbered(self, prefix: str, numbers: Ints, width: int = 7) -> pa.Array:
        """The id of each row number of this block."""
        return arrow.numbered(prefix, numbers + self.block * ROWS_OF_BLOCK, width)

    def stops(self, column: str) -> Ints:
        """The moment joining + a hidden number of days, per customer."""
        return self.joined_at + (self.hidden[column].to_numpy() * DAY).astype(np.int64)

    def dies_at(self) -> Ints:
        """When an e-mail address stops working; NEVER for most."""
        span = self.calendar.end - self.joined_at
        moment = self.joined_at + (self.streams("dies").random(self.size) * span).astype(np.int64)
        return np.where(self.hidden["address_dies"], moment, NEVER)

    def staff(self) -> Bools:
        """Who works at the shop; at least the first customer."""
        chosen = self.streams("staff").random(self.size) < self.recipe["staff_share"]
        return chosen if chosen.any() or self.block else np.arange(self.size) == 0


def make_world(recipe: Recipe, customers: int, seed: int, until: date, block: int = 0) -> World:
    """The people of one block and their hidden states, before anything happens."""
    streams = Streams(seed, block)
    calendar = make_calendar(recipe, until)
    people = make_people(recipe, customers, streams, block * CUSTOMERS_OF_BLOCK)
    return World(recipe, calendar, streams, people, make_hidden(recipe, people, calendar, streams), block)
