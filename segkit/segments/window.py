"""Windows of time: their words, and which days they hold."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from segkit.errors import SegmentError

FORMS = (
    "ever", "last 30 days", "last 48 hours", "between 90 and 180 days ago", "more than 390 days ago", "since 2026-01-01",
    "before 2026-01-01", "from 2026-01-01 to 2026-03-31", "next 7 days",
)  # fmt: skip
MOST_DAYS = 36_500  # a century: earlier days are not in anyone's deliveries
HOURS_A_DAY, DAYS_A_WEEK = 24, 7
_DAY = r"(\d{4}-\d{2}-\d{2})"
_PATTERNS = {
    "ever": re.compile("ever"),
    "last": re.compile(r"last (\d+) (hour|day|week)s?"),
    "between": re.compile(r"between (\d+) and (\d+) (day|week)s? ago"),
    "more_than": re.compile(r"more than (\d+) (day|week)s? ago"),
    "since": re.compile(f"since {_DAY}"),
    "before": re.compile(f"before {_DAY}"),
    "from": re.compile(f"from {_DAY} to {_DAY}"),
    "next": re.compile(r"next (\d+) (day|week)s?"),
}


@dataclass(frozen=True)
class Window:
    """A span of time seen from the as-of moment.

    `newest` and `oldest` are ages in calendar days (today is 0, tomorrow -1), both in; `hours` is a rolling span; `start` is
    the first day and `end_before` the day after the last. What is None is open.
    """

    newest: int | None = None
    oldest: int | None = None
    hours: int | None = None
    start: date | None = None
    end_before: date | None = None

    @property
    def is_ever(self) -> bool:
        """Whether it holds every moment up to the as-of moment."""
        return self == EVER

    @property
    def is_ahead(self) -> bool:
        """Whether it looks into the future."""
        return self.newest is not None and self.newest < 0

    @property
    def last_day(self) -> date | None:
        """The last day of a span of days; None where it is open."""
        return None if self.end_before is None else date.fromordinal(self.end_before.toordinal() - 1)

    def holds_age(self, age: int) -> bool:
        """Whether a day that many days ago is in; only for windows counted in days."""
        return (self.newest is None or age >= self.newest) and (self.oldest is None or age <= self.oldest)

    def __str__(self) -> str:
        if self.hours is not None:
            return f"last {self.hours} hours"
        if self.start or self.end_before:
            return _span_text(self)
        if self.is_ahead:
            return f"next {-(self.newest or 0)} days"
        if self.oldest is None:
            return "ever" if self.newest is None else f"more than {self.newest - 1} days ago"
        return f"between {self.newest} and {self.oldest} days ago" if self.newest else f"last {self.oldest} days"


EVER = Window()


def parse(text: object, path: str) -> Window:
    """A window from its words; an error at `path` lists the forms there are."""
    if isinstance(text, date):
        raise SegmentError(f"{path}: {text} is a day, not a window.", f"Write  since {text}  or  before {text}.")
    told = " ".join(str(text).split()).lower() if isinstance(text, str) else None
    for kind, pattern in _PATTERNS.items():
        if told and (found := pattern.fullmatch(told)):
            return _window(kind, found.groups(), path, told)
    raise SegmentError(f"{path}: {text!r} is not a window.", f"Write {', '.join(map(repr, FORMS[:-1]))} or {FORMS[-1]!r} (no months).")


def _window(kind: str, found: tuple[str, ...], path: str, told: str) -> Window:
    if kind in ("since", "before", "from"):
        return _span(kind, [_day(text, path) for text in found], path)
    if kind == "ever":
        return EVER
    *counts, unit = found
    if unit == "hour":
        return Window(hours=within_a_century(int(counts[0]), MOST_DAYS * HOURS_A_DAY, path, told))
    days = [within_a_century(int(count) * (DAYS_A_WEEK if unit == "week" else 1), MOST_DAYS, path, told) for count in counts]
    if kind == "between" and days[0] > days[1]:
        raise SegmentError(f"{path}: {told!r} runs backwards.", f"Write  between {days[1]} and {days[0]} days ago.")
    return {
        "last": lambda: Window(0, days[0]),
        "between": lambda: Window(days[0], days[-1]),
        "more_than": lambda: Window(days[0] + 1),
        "next": lambda: Window(-days[0], 0),
    }[kind]()


def within_a_century(count: int, most: int, path: str, told: str) -> int:
    """The count itself; an error at `path` when it is more than `most`."""
    if count > most:
        raise SegmentError(f"{path}: {told!r} is longer than a century.", "Write a number of days that the deliveries can hold.")
    return count


def _span(kind: str, days: list[date], path: str) -> Window:
    if kind == "before":
        return Window(end_before=days[0])
    if kind == "since":
        return Window(start=days[0])
    if days[0] > days[1]:
        raise SegmentError(f"{path}: from {days[0]} to {days[1]} runs backwards.", f"Write  from {days[1]} to {days[0]}.")
    return Window(start=days[0], end_before=date.fromordinal(days[1].toordinal() + 1))


def _day(text: str, path: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise SegmentError(f"{path}: {text} is not a day.", "Write the day as YYYY-MM-DD, for example 2026-11-01.") from error
    if day.year in (date.min.year, date.max.year):  # their days begin in a year that no calendar has, somewhere on earth
        raise SegmentError(f"{path}: {text} is at the end of the calendar.", "Leave that end open, with  since ...  or  before ...")
    return day


def _span_text(window: Window) -> str:
    if window.start is None:
        return f"before {window.end_before}"
    if window.end_before is None:
        return f"since {window.start}"
    return f"from {window.start} to {window.last_day}"
