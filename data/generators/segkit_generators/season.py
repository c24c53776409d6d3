"""The shop's calendar: how much each local day weighs for ordering, by weekday, month and feast."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
from dateutil.easter import easter

from segkit_generators.moments import DAY, HOUR, Zone
from segkit_generators.recipe import Recipe
from segkit_generators.streams import Floats, Ints, choose

EPOCH = date(1970, 1, 1)
DAYS_AHEAD = 365


@dataclass(frozen=True)
class Calendar:
    """Local days `first` up to and including `last` (days since 1970-01-01), each with a weight of mean 1."""

    first: int
    last: int
    weights: Floats
    boosts: Floats  # one row a day, one column a category: how much more it is wanted
    hours: Floats
    zone: Zone
    ahead: Floats  # the weights of the days after `last`, for what is to be expected

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

    def mass(self, day: Ints | Floats) -> Floats:
        """Weight of all days before this one, in season-weighted days; outside the history it stays at the edge."""
        return np.interp(day, np.arange(self.first, self.last + 2), np.concatenate([[0.0], np.cumsum(self.weights)]))

    def day_of(self, mass: Floats) -> Ints:
        """The day on which the running weight reaches `mass`; beyond the history: last + 1."""
        return self.first + np.searchsorted(np.cumsum(self.weights), mass, side="right").astype(np.int64)

    def moment(self, day: Ints, rng: np.random.Generator) -> Ints:
        """A UTC second on each local day, by the shop's hours."""
        second = choose(rng, self.hours, len(day)) * HOUR + rng.integers(0, HOUR, len(day))
        return self.zone.to_utc(day * DAY + second)

    def local(self, day: Ints, hour: int) -> Ints:
        """The UTC second of a full local hour on each local day."""
        return self.zone.to_utc(day * DAY + hour * HOUR)


def make_calendar(recipe: Recipe, until: date) -> Calendar:
    """The calendar of the recipe's history up to and including `until`."""
    last = (until - EPOCH).days
    first = last - recipe["history_days"] + 1
    days = [EPOCH + timedelta(day) for day in range(first, last + 1 + DAYS_AHEAD)]
    weights = np.array([recipe["weekday"][day.weekday()] * recipe["month"][day.month - 1] for day in days])
    boosts = np.ones((len(days), len(recipe["category_base"])))
    for name, feast in recipe["feasts"].items():
        inside = _inside(days, name, feast)
        weights[inside] *= feast["factor"]
        for category, factor in feast.get("boost", {}).items():
            boosts[inside, list(recipe["category_base"]).index(category)] *= factor
    zone = Zone(recipe["client"]["time_zone"], first, last)
    past, ahead = np.split(weights, [recipe["history_days"]])
    mean = past.mean()
    return Calendar(first, last, past / mean, boosts[: len(past)], np.array(recipe["hour"], dtype=float), zone, ahead / mean)


def feast_day(name: str, year: int) -> date:
    """The date of a feast in a year, as Belgium keeps it."""
    first_of_may = date(year, 5, 1)
    return {
        "easter": easter(year),
        "mothers_day": first_of_may + timedelta((6 - first_of_may.weekday()) % 7 + 7),
        "sinterklaas": date(year, 12, 6),
        "christmas": date(year, 12, 25),
    }[name]


def _inside(days: list[date], name: str, feast: Recipe) -> npt.NDArray[np.bool_]:
    """The days up to and including a feast, the first days of a sale (`begins`: month-day), or the last of every month (`month_end`)."""
    if feast.get("month_end"):
        return np.array([(day + timedelta(feast["days"])).month != day.month for day in days])
    if "begins" in feast:
        month, first = map(int, feast["begins"].split("-"))
        return np.array([0 <= (day - date(day.year, month, first)).days < feast["days"] for day in days])
    return np.array([0 <= (feast_day(name, day.year) - day).days < feast["days"] for day in days])
