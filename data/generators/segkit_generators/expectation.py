"""What to expect of each customer after a day, from what is hidden: orders that he places of himself, and what is left of their value."""

from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.special import gammainc, gammaincc

from segkit_generators.catalogue import basket_value, line_value
from segkit_generators.coupons import code_days
from segkit_generators.purchases import dropout_day, first_days
from segkit_generators.returns import return_chance
from segkit_generators.season import Season
from segkit_generators.streams import Floats, Ints
from segkit_generators.world import World

AHEAD = (90, 365)  # days for which the answer key says what to expect
STEP = 7  # days at a time for regular gaps
FINE = 0.02  # of a mean gap, in the table of renewals
OLDEST = 4.0  # mean gaps since the last order; older counts as this old
AGES = 81
LONGEST = 200.0  # mean gaps in that table
NO_LONGER = 1e-12  # so seldom a gap lasts so long that it counts as over


def expect(world: World, products: pd.DataFrame, orders: pd.DataFrame, as_of: int, days: int) -> tuple[Floats, Floats]:
    """Orders and value to expect in so many days after `as_of`; NaN for who had not bought by then, 0 for who had left.

    Orders: rate x the season's weight of each day x the chance to be still there on it (who is there leaves after an
    exponential time with the mean of his lifecycle); with regular gaps the expected renewals since the last order.
    Value: each day's orders x the mean value of a basket under that day's wishes and sale, without what is cancelled,
    paid back or sent back, and without carriage.
    """
    first = first_days(world, orders)
    left = dropout_day(world, first)
    there = first <= as_of
    season = _days_after(world, as_of, days)
    kinds, kind = _kinds_of_day(world, season, as_of)
    expected = _regular(world, orders, as_of, days, kind) if "gap_shape" in world.recipe else _poisson(world, season, kind, len(kinds))
    value = sum(expected[:, number] * order_value(world, products, boost, off) for number, (boost, off) in enumerate(kinds))
    alive = left > as_of
    placed, worth = (np.where(there, np.where(alive, one, 0.0), np.nan) for one in (expected.sum(axis=1), value))
    return placed, worth


def order_value(world: World, products: pd.DataFrame, boost: Floats, off: float) -> Floats:
    """What is left on average of an order on a day when categories are wanted so much more and so much is taken off."""
    taste = world.affinity * boost
    taste /= taste.sum(axis=1, keepdims=True)
    line, rates = line_value(world, products), world.recipe["orders"]
    kept = 1 - return_chance(world)[:-1] if "returns" in world.recipe else None
    extra = np.array([world.recipe["extra_lines"][c] for c in world.categories])
    gross, first = basket_value(world, products, taste, line), (taste * line * (1 - np.exp(-extra))).sum(axis=1)
    whole = basket_value(world, products, taste, line, kept)
    spoiled = rates["cancelled_share"] + rates["refunded_share"] + rates["partial_share"]
    value: Floats = (1 - rates["free_share"]) * (1 - off) * ((1 - spoiled) * whole + rates["partial_share"] * (gross - first))
    return value


def _days_after(world: World, as_of: int, days: int) -> Season:
    """The season of the days after `as_of`, which may lie in the history or after it."""
    past, ahead, start = world.calendar.past, world.calendar.ahead, as_of + 1 - world.calendar.first
    parts = (np.concatenate([getattr(past, name), getattr(ahead, name)], axis=1) for name in ("weights", "boosts", "discounts"))
    return Season(*parts).cut(start, start + days)


def _kinds_of_day(world: World, season: Season, as_of: int) -> tuple[list[tuple[Floats, float]], Ints]:
    """The kinds of day there are (wishes, share taken off), and which of them each day of each group is."""
    groups, days = season.weights.shape
    codes = np.zeros(days)
    for name in reversed(world.recipe.get("codes", {})):
        rules, valid = world.recipe["codes"][name], code_days(world, name, np.arange(as_of + 1, as_of + 1 + days))
        codes = np.where(valid, rules["share"] * rules["discount"] + (1 - rules["share"]) * codes, codes)
    other = world.recipe["other_code"]
    codes = other["share"] * other["discount"] + (1 - other["share"]) * codes
    off = codes + season.discounts - codes * season.discounts
    rows = np.concatenate([season.boosts, off[:, :, None]], axis=2).reshape(groups * days, -1).round(9)
    unique, kind = np.unique(rows, axis=0, return_inverse=True)
    return [(row[:-1], float(row[-1])) for row in unique], kind.reshape(groups, days)


def _poisson(world: World, season: Season, kind: Ints, kinds: int) -> Floats:
    """Expected orders of each customer on each kind of day."""
    life = _life(world)
    expected = np.zeros((world.size, kinds))
    for mean in np.unique(life):
        there = mean * -np.diff(np.exp(-np.arange(season.weights.shape[1] + 1) / mean))
        for group, weights in enumerate(season.weights):
            of_kind = np.bincount(kind[group], weights * there, minlength=kinds)
            expected[(life == mean) & (world.group == group)] = of_kind
    return expected * world.hidden["purchase_rate"].to_numpy()[:, None]


def _regular(world: World, orders: pd.DataFrame, as_of: int, days: int, kind: Ints) -> Floats:
    """Expected orders at regular gaps, given how long ago the last was; spread evenly over the kinds of day."""
    own = orders[orders["kind"].isin(["first", "repeat"]) & (orders["day"] <= as_of)]
    last = np.full(world.size, as_of)
    latest = own.groupby("customer")["day"].max()
    last[latest.index] = latest
    rate, life = world.hidden["purchase_rate"].to_numpy(), _life(world)
    renewals = Renewals(world.recipe["gap_shape"], days * rate.max())
    edges = np.append(np.arange(0, days, STEP), days)
    total, before = np.zeros(world.size), np.zeros(world.size)
    for begin, end in pairwise(edges):
        now = renewals((as_of + 0.5 - last) * rate, end * rate)  # an order is on the day nearest to its moment
        total += (now - before) * np.exp(-((begin + end) / 2 + 0.5) / life)
        before = now
    share = np.bincount(kind[0], minlength=kind.max() + 1) / kind.shape[1]
    return np.asarray(total[:, None] * share)


def _life(world: World) -> Floats:
    """The mean days until a customer of each one's lifecycle leaves."""
    lifecycles = world.recipe["lifecycles"]
    return world.hidden["lifecycle"].map({name: one["dropout_days"] for name, one in lifecycles.items()}).to_numpy(dtype=float)


class Renewals:
    """Expected renewals within a time, given the time since the last, for gamma gaps of mean 1; a table, looked up bilinearly."""

    def __init__(self, shape: float, longest: float) -> None:
        longest = min(longest, LONGEST)
        time = np.arange(0, longest + 2 * FINE, FINE)
        gaps = np.arange(1, int(longest + 6 * np.sqrt(longest / shape + 1)) + 2)
        usual = gammainc(gaps[:, None] * shape, shape * time).sum(axis=0)  # renewals after a renewal
        self._ages = np.linspace(0, OLDEST, AGES)
        self._table = np.stack([_after(age, shape, time, usual) for age in self._ages])

    def __call__(self, age: Floats, time: Floats) -> Floats:
        end = FINE * (self._table.shape[1] - 1)
        within, beyond = np.minimum(time, end), np.maximum(time - end, 0)  # after so many gaps one follows every mean gap
        across, down = np.minimum(age, OLDEST) / self._ages[1], within / FINE
        row, column = np.minimum(across.astype(int), len(self._ages) - 2), np.minimum(down.astype(int), self._table.shape[1] - 2)
        right, below = across - row, down - column
        upper = self._table[row, column] * (1 - below) + self._table[row, column + 1] * below
        lower = self._table[row + 1, column] * (1 - below) + self._table[row + 1, column + 1] * below
        return np.asarray(upper * (1 - right) + lower * right + beyond)


def _after(age: float, shape: float, time: Floats, usual: Floats) -> Floats:
    """The first renewal comes after what is left of a gap that has lasted `age`; from there on they are as usual."""
    over = gammaincc(shape, shape * age)
    if over < NO_LONGER:
        return 1 + usual
    reached = 1 - gammaincc(shape, shape * (age + time)) / over
    between = (usual + np.append(usual[1:], usual[-1])) / 2  # a renewal within a step is on average halfway
    return reached + np.convolve(np.diff(reached, prepend=0.0), between)[: len(time)]
