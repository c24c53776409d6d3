"""The days on which a feast falls, by name; each country keeps its own."""

from collections.abc import Callable
from datetime import date, timedelta

from dateutil.easter import easter

SUNDAY = 6


def _sunday(year: int, month: int, number: int) -> date:
    """The n-th Sunday of a month."""
    first = date(year, month, 1)
    return first + timedelta((SUNDAY - first.weekday()) % 7 + 7 * (number - 1))


def _kings_day(year: int) -> date:
    day = date(year, 4, 27)
    return day - timedelta(1) if day.weekday() == SUNDAY else day


def _mothers_day_fr(year: int) -> date:
    """The last Sunday of May, the first of June when that is Whit Sunday."""
    last = _sunday(year, 6, 1) - timedelta(7)
    return last + timedelta(7) if last == easter(year) + timedelta(49) else last


def _thanksgiving(year: int) -> date:
    first = date(year, 11, 1)
    return first + timedelta((3 - first.weekday()) % 7 + 21)


FEASTS: dict[str, Callable[[int], date]] = {
    "valentine": lambda year: date(year, 2, 14),
    "mothering_sunday": lambda year: easter(year) - timedelta(21),  # Great Britain
    "easter": easter,
    "kings_day": _kings_day,  # Netherlands
    "mothers_day": lambda year: _sunday(year, 5, 2),  # Belgium, Netherlands, Germany
    "mothers_day_fr": _mothers_day_fr,
    "bastille_day": lambda year: date(year, 7, 14),  # France
    "national_day_be": lambda year: date(year, 7, 21),
    "unity_day": lambda year: date(year, 10, 3),  # Germany
    "black_friday": lambda year: _thanksgiving(year) + timedelta(1),
    "sinterklaas": lambda year: date(year, 12, 6),
    "christmas": lambda year: date(year, 12, 25),
}
"""Name -> the date of that feast in a year."""


def feast_day(name: str, year: int) -> date:
    """The date of a feast in a year."""
    return FEASTS[name](year)
