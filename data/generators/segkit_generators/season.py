"""The shop's calendar: how much each local day weighs for ordering, by weekday, month and feast."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from segkit_generators.feasts import feast_day
from segkit_generators.moments import DAY, HOUR, NEVER, Zone, weekday
from segkit_generators.recipe import Recipe
from segkit_generators.streams import Bools, Floats, Ints, choose

EPOCH = date(1970, 1, 1)
DAYS_AHEAD = 365
TRIES = 8  # days to the next open one, an hour of the clock included


@dataclass(frozen=True)
class Season:
    """What the days are like: a row a group of countries (0 = those without feasts of their own), a column a day."""

    weights: Floats  # mean 1 over the history in each group
    boosts: Floats  # third axis: how much more each category is wanted
    discounts: Floats  # off everything, 0-1

    def cut(self, first: int, last: int) -> "Season":
        return Season(self.weights[:, first:last], self.boosts[:, first:last], self.discounts[:, first:last])


@dataclass(frozen=True)
class Calendar:
    """Local days `first` up to and including `last` (days since 1970-01-01), and the days after them."""

    first: int
    last: int
    past: Season
    ahead: Season  # of the days after `last`, for what is to be expected
    hours: Floats
    closed: Bools  # Monday .. Sunday: takes no orders
    zone: Zone
    countries: tuple[str, ...]  # the countries with feasts of their own, in the order of the groups 1, 2, ...

    @property
    def days(self) -> Ints:
        return np.arange(self.first, self.last + 1, dtype=np.int64)

    @property
    def start(self) -> int:
        """First second of the history, UTC."""
        return int(self.zone.to_utc(np.array([self.first * DAY]))[0])

    @property
    def end(self) -> int:
        """First second after the history, UTC."""
        return int(self.zone.to_utc(np.array([(self.last + 1) * DAY]))[0])

    def group(self, country: str) -> int:
        """The row of a country in the season."""
        return self.countries.index(country) + 1 if country in self.countries else 0

    def mass(self, day: Ints | Floats, group: Ints | int = 0) -> Floats:
        """Weight of all days before this one, in season-weighted days; outside the history it stays at the edge."""
        edges = np.arange(self.first, self.last + 2)
        return self._by_group(day, group, lambda weights, days: np.interp(days, edges, np.concatenate([[0.0], np.cumsum(weights)])))

    def day_of(self, mass: Floats, group: Ints | int = 0) -> Ints:
        """The day on which the running weight reaches `mass`; beyond the history: last + 1."""
        found = self._by_group(mass, group, lambda weights, masses: np.searchsorted(np.cumsum(weights), masses, side="right"))
        return self.first + found.astype(np.int64)

    def drawn_day(self, uniform: Floats, growth: float, group: Ints | int = 0) -> Ints:
        """A day for each uniform number, by the days' weights that grow by so much from the first day to the last."""
        grown = 1 + growth * np.arange(len(self.days)) / len(self.days)

        def draw(weights: Floats, numbers: Floats) -> Ints:
            running = np.cumsum(weights * grown)
            return np.searchsorted(running / running[-1], numbers, side="right")

        return self.first + self._by_group(uniform, group, draw).astype(np.int64)

    def moment(self, day: Ints, rng: np.random.Generator) -> Ints:
        """A UTC second on each local day, by the shop's hours."""
        second = choose(rng, self.hours, len(day)) * HOUR + rng.integers(0, HOUR, len(day))
        return self.zone.to_utc(day * DAY + second)

    def closes(self, day: Ints) -> Bools:
        """Whether the shop takes no orders on each local day; never on NEVER."""
        happens = day != NEVER
        return happens & self.closed[weekday(np.where(happens, day, 0))]

    def open_days(self, day: Ints) -> Ints:
        """Each local day, or the next that takes orders."""
        wait = np.array([next(days for days in range(7) if not self.closed[(number + days) % 7]) for number in range(7)])
        return day + wait[weekday(day)]

    def on_open_days(self, at: Ints, limit: int = NEVER) -> Ints:
        """The same moments, days later where the shop takes no orders on their day, or days earlier where that would pass `limit`."""
        later = self._moved(at, DAY)
        return np.where(later > limit, self._moved(at, -DAY), later) if limit != NEVER else later

    def _moved(self, at: Ints, seconds: int) -> Ints:
        for _ in range(TRIES if self.closed.any() else 0):
            at = at + np.where(self.closes(self.zone.day(at)), seconds, 0)
        return at

    def local(self, day: Ints, hour: int) -> Ints:
        """The UTC second of a full local hour on each local day."""
        return self.zone.to_utc(day * DAY + hour * HOUR)

    def _by_group(self, values: Floats | Ints, group: Ints | int, ask: Callable[[Floats, Floats], npt.NDArray]) -> npt.NDArray:
        """What `ask` answers to each value, given the weights of its group."""
        answers, groups = np.zeros(len(values)), np.broadcast_to(group, len(values))
        for number, weights in enumerate(self.past.weights):
            own = groups == number
            answers[own] = ask(weights, values[own])
        return answers


def make_calendar(recipe: Recipe, until: date) -> Calendar:
    """The calendar of the recipe's history up to and including `until`."""
    last, length = (until - EPOCH).days, recipe["history_days"]
    first = last - length + 1
    days = [EPOCH + timedelta(day) for day in range(first, last + 1 + DAYS_AHEAD)]
    local = tuple(sorted({code for feast in recipe["feasts"].values() for code in feast.get("countries", [])}))
    season = _season(recipe, days, local, length)
    zone = Zone(recipe["client"]["time_zone"], first, last)
    hours = np.array(recipe["hour"], dtype=float)
    closed = np.array(recipe["weekday"]) == 0
    return Calendar(first, last, season.cut(0, length), season.cut(length, len(days)), hours, closed, zone, local)


def _season(recipe: Recipe, days: list[date], local: tuple[str, ...], length: int) -> Season:
    usual = np.array([recipe["weekday"][day.weekday()] * recipe["month"][day.month - 1] for day in days])
    categories = list(recipe["category_base"])
    weights = np.tile(usual, (1 + len(local), 1))
    boosts, discounts = np.ones((*weights.shape, len(categories))), np.zeros(weights.shape)
    for name, feast in recipe["feasts"].items():
        inside = inside_feast(days, name, feast)
        there = [local.index(code) + 1 for code in feast["countries"]] if "countries" in feast else range(len(weights))
        for group in there:
            weights[group, inside] *= feast["factor"]
            discounts[group, inside] = np.maximum(discounts[group, inside], feast.get("discount", 0.0))
            for category, factor in feast.get("boost", {}).items():
                boosts[group, inside, categories.index(category)] *= factor
    return Season(weights / weights[:, :length].mean(axis=1, keepdims=True), boosts, discounts)


def inside_feast(days: list[date], name: str, feast: Recipe) -> npt.NDArray[np.bool_]:
    """The days up to and including a feast, the first days of a sale (`begins`: month-day), or the last of every month (`month_end`)."""
    if feast.get("month_end"):
        return np.array([(day + timedelta(feast["days"])).month != day.month for day in days])
    if "begins" in feast:
        month, first = map(int, feast["begins"].split("-"))
        return _within(days, feast["days"], lambda day, year: (day - date(year, month, first)).days)
    return _within(days, feast["days"], lambda day, year: (feast_day(name, year) - day).days)


def _within(days: list[date], length: int, count: Callable[[date, int], int]) -> npt.NDArray[np.bool_]:
    """The days that are fewer than so many from the occasion of their own year or of a year beside it."""
    return np.array([any(0 <= count(day, year) < length for year in (day.year - 1, day.year, day.year + 1)) for day in days])
