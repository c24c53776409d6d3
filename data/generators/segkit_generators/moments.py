"""Moments as whole seconds in UTC, and the shop's local calendar day of each."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import numpy as np

from segkit_generators.streams import Ints

APPLE_FLAG_SINCE = date(2021, 11, 20)  # earlier opens cannot be told from a proxy's; no shop here has them
DAY = 86_400
HOUR = 3_600
NEVER = np.iinfo(np.int64).max
"""Stands for "has not happened" in every array of moments, days or cents; becomes null in the tables."""


class Zone:
    """A time zone over a span of days, by a table of its UTC offset in every hour (per-row look-ups are slow)."""

    def __init__(self, name: str, first_day: int, last_day: int) -> None:
        zone = ZoneInfo(name)
        self._first_hour = (first_day - 2) * 24
        hours = range(self._first_hour, (last_day + 3) * 24)
        self._offsets = np.array([_offset(zone, hour) for hour in hours], dtype=np.int64)

    def to_utc(self, local: Ints) -> Ints:
        """UTC seconds of local wall-clock seconds; a time the clock skips lands an hour later."""
        guess = local - self._offset(local)
        return local - self._offset(guess)

    def day(self, at: Ints) -> Ints:
        """Local calendar day (days since 1970-01-01) of UTC seconds; NEVER stays NEVER."""
        happened = at != NEVER
        seconds = np.where(happened, at, 0)
        return np.where(happened, (seconds + self._offset(seconds)) // DAY, NEVER)

    def _offset(self, at: Ints) -> Ints:
        return self._offsets[np.clip(at // HOUR - self._first_hour, 0, len(self._offsets) - 1)]


def _offset(zone: ZoneInfo, hour: int) -> int:
    offset = datetime.fromtimestamp(hour * HOUR, UTC).astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def weekday(day: Ints) -> Ints:
    """Monday 0 .. Sunday 6 of days since 1970-01-01, which was a Thursday."""
    return (day + 3) % 7


def next_of(customer: Ints, at: Ints) -> Ints:
    """The next moment of the same customer, NEVER for the last; both sorted by customer and moment."""
    follows = np.append(customer[1:] == customer[:-1], False)
    return np.where(follows, np.append(at[1:], NEVER), NEVER)


def until(at: Ints, end: int) -> Ints:
    """The same moments, NEVER where they fall at or after `end`."""
    return np.where(at < end, at, NEVER)
