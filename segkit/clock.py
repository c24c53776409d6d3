"""As-of moments and calendar-day windows in the shop's time zone: the only date arithmetic in the package."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from segkit.errors import AsOfError, SettingsError


def zone(name: str) -> ZoneInfo:
    """The IANA time zone called `name`; an unknown name is an error."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(f"Unknown time zone {name!r}.", "Use an IANA name such as Europe/Amsterdam, Europe/Brussels or UTC.") from error


def utc_of_local(local: datetime, tz: ZoneInfo) -> datetime:
    """The naive UTC instant of a naive shop-local time.

    A local time that happens twice (clocks back) is the second one; one that never happens (clocks forward)
    takes the offset before the gap. This is the rule of the database that loads deliveries.
    """
    second = local.replace(tzinfo=tz, fold=1)
    before = local.replace(tzinfo=tz, fold=0)
    in_gap = second.utcoffset() > before.utcoffset()  # type: ignore[operator]
    return (before if in_gap else second).astimezone(UTC).replace(tzinfo=None)


def local_of_utc(instant: datetime, tz: ZoneInfo) -> datetime:
    """The naive shop-local time of a naive UTC instant."""
    return instant.replace(tzinfo=UTC).astimezone(tz).replace(tzinfo=None)


EARLIEST, LATEST = 1970, 2200  # years an audit can be of: a typing error is told, and day arithmetic stays within the calendar


@dataclass(frozen=True)
class AsOf:
    """The moment a question is asked about: nothing later is known.

    A bare date means the end of that local day, and events are then compared by their local day (`_on`);
    a moment compares instants (`_at`). Ages count calendar days in the shop's zone: today is age 0.
    """

    day: date
    time_zone: str
    moment: datetime | None = None  # naive UTC; None when a bare date was given

    @classmethod
    def parse(cls, value: str | date | datetime, time_zone: str) -> AsOf:
        """Read "2026-11-01", "2026-11-01T14:30" (shop-local), "2026-11-01T14:30+01:00", a date or a datetime."""
        tz = zone(time_zone)
        if isinstance(value, str):
            value = _from_text(value)
        if not isinstance(value, date):
            raise AsOfError(f"{value!r} is no date.", 'Write it between quotes, such as "2026-11-01".')
        if not EARLIEST <= value.year <= LATEST:
            raise AsOfError(f"No shop has data of {value.year}.", f"Give a date between {EARLIEST} and {LATEST}.")
        if not isinstance(value, datetime):
            return cls(value, time_zone)
        naive = value if value.tzinfo is None else local_of_utc(value.astimezone(UTC).replace(tzinfo=None), tz)
        utc = utc_of_local(value, tz) if value.tzinfo is None else value.astimezone(UTC).replace(tzinfo=None)
        return cls(naive.date(), time_zone, utc)

    @property
    def end_at(self) -> datetime:
        """The naive UTC instant up to which things are known: the moment, or the start of the next local day."""
        if self.moment is not None:
            return self.moment
        return self.day_begins_at(self.day + timedelta(days=1))

    def days_ago(self, days: int) -> date:
        """The local calendar day that many days before the as-of day."""
        return self.day - timedelta(days=days)

    def day_start_at(self, days: int) -> datetime:
        """The naive UTC instant at which the local day that many days ago began."""
        return self.day_begins_at(self.days_ago(days))

    def day_begins_at(self, day: date) -> datetime:
        """The naive UTC instant at which a local calendar day begins: the first midnight where it comes twice."""
        return datetime.combine(day, time(), zone(self.time_zone)).astimezone(UTC).replace(tzinfo=None)

    def in_utc(self) -> AsOf:
        """The same moment with its days counted in UTC, as the large platforms count them."""
        last = self.moment or self.end_at - timedelta(microseconds=1)
        return AsOf(last.date(), "UTC", last)

    def __str__(self) -> str:
        return self.day.isoformat() if self.moment is None else f"{self.moment.isoformat()}Z"


def _from_text(text: str) -> date | datetime:
    text = text.strip()
    try:
        return date.fromisoformat(text) if len(text) <= len("2026-11-01") else datetime.fromisoformat(text)
    except ValueError as error:
        raise AsOfError(f"Cannot read {text!r} as a date.", "Write the date as YYYY-MM-DD, for example 2026-11-01.") from error


LEAP_DAY, MARCH_FIRST, YEAR_DAYS = (2, 29), (3, 1), 366


def is_leap(day: date) -> bool:
    """Whether the year of a day has a 29 February."""
    return calendar.isleap(day.year)


def month_ends(as_of: AsOf, months: int) -> list[date]:
    """The last days of so many months before the as-of day, oldest first, and the as-of day itself."""
    first = as_of.day.replace(day=1)
    ends = []
    for _ in range(months):
        last = first - timedelta(days=1)
        ends.append(last)
        first = last.replace(day=1)
    return [*ends[::-1], as_of.day]


def next_day(day: date) -> date:
    """The day after."""
    return day + timedelta(days=1)
