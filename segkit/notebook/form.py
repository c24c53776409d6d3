"""The form of the segment builder as plain data: groups of rows, AND between groups and OR inside one."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from segkit.errors import SegmentError
from segkit.segments import ask, words
from segkit.segments.definition import Segment, SegmentSet, Template, yaml_of
from segkit.segments.tree import AT_LEAST, AT_MOST, EXACTLY, LESS_THAN, MORE_THAN, Condition, all_of, any_of
from segkit.segments.values import MOST
from segkit.segments.window import MOST_DAYS
from segkit.text import catalogue

OFTEN, MUCH = (AT_LEAST, AT_MOST, EXACTLY), (AT_LEAST, AT_MOST, MORE_THAN, LESS_THAN)
PROPERTIES, OF_A_LINE = ("country", "language", "gender"), ("category", "brand", "product")
BY_PEOPLE = "opened_email_by_people"  # opens that no machine made
_OPENED, _ORDER = "opened_email", "placed_order"
_ID = re.compile(r"[a-z][a-z0-9_]{0,59}")


def events() -> list[str]:
    """What a row can ask for: every event of the language, opens also by people alone."""
    return [one for name in words.metrics() for one in ([BY_PEOPLE, name] if name == _OPENED else [name])]


class Unfinished(SegmentError):
    """A row that does not say enough, or something that cannot be; `place` is its group and row, counted from 1."""

    def __init__(self, key: str, place: tuple[int, int] | None = None) -> None:
        t = catalogue("en")
        super().__init__(t(f"widgets.unfinished.{key}.problem"), t(f"widgets.unfinished.{key}.todo"))
        self.key, self.place = key, place

    def said(self, lang: str) -> str:
        """What is missing and what to do, in Dutch or English."""
        t = catalogue(lang)
        told = " ".join(t(f"widgets.unfinished.{self.key}.{part}") for part in ("problem", "todo"))
        if self.place is None:
            return told
        group, row = self.place
        return t("widgets.unfinished.at", group=group, row=row, told=told)


@dataclass(frozen=True)
class Did:
    """Did something so many times in the last `days` days; ever where `days` is None."""

    event: str = _ORDER
    comparison: Literal["at_least", "at_most", "exactly"] = AT_LEAST  # type: ignore[assignment]
    times: int = 1
    days: int | None = None

    def condition(self) -> Condition:
        """The condition by the verbs; Unfinished where the row does not say enough."""
        _one_of(self.comparison, OFTEN, "comparison")
        least = 1 if self.comparison == AT_LEAST else 0
        _whole(self.times, least, "times" if least == 0 else "at_least_none")
        metric, where = _event(self.event)
        return ask.did(metric, **{self.comparison: self.times}, **where, **_within(self.days))


@dataclass(frozen=True)
class DidNot:
    """Did not do it in the last `days` days; never at all where `days` is None."""

    event: str = _ORDER
    days: int | None = None

    def condition(self) -> Condition:
        """The condition by the verbs; Unfinished where the row does not say enough."""
        metric, where = _event(self.event)
        return ask.never(metric, **where, **_within(self.days))


@dataclass(frozen=True)
class Last:
    """The last event lies between `newest` and `oldest` days ago, both days in."""

    event: str = _ORDER
    newest: int = 90
    oldest: int = 180

    def condition(self) -> Condition:
        """The condition by the verbs; Unfinished where the row does not say enough."""
        metric, where = _event(self.event)
        _day(self.newest), _day(self.oldest)
        if self.newest > self.oldest:
            raise Unfinished("backwards")
        return ask.last(metric, was=f"between {self.newest} and {self.oldest} days ago", **where)


@dataclass(frozen=True)
class Spent:
    """Spent so much in total in the last `days` days; ever where `days` is None."""

    comparison: Literal["at_least", "at_most", "more_than", "less_than"] = MORE_THAN  # type: ignore[assignment]
    amount: float = 100
    days: int | None = None

    def condition(self) -> Condition:
        """The condition by the verbs; Unfinished where the row does not say enough."""
        _one_of(self.comparison, MUCH, "comparison")
        return ask.total_value(_ORDER, **{self.comparison: _amount(self.amount)}, **_within(self.days))


@dataclass(frozen=True)
class Bought:
    """Bought, or did not buy, something of a category or brand, or a product, in the last `days` days; ever where `days` is None."""

    is_: bool = True
    name: Literal["category", "brand", "product"] = "category"
    value: str = ""
    days: int | None = None

    def condition(self) -> Condition:
        """The condition by the verbs; Unfinished where the row does not say enough."""
        _one_of(self.name, OF_A_LINE, "item")
        verb = ask.did if self.is_ else ask.no
        return verb(_ORDER, item={self.name: _value(self.value)}, **_within(self.days))


@dataclass(frozen=True)
class Property:
    """A property of the person is, or is not, a value."""

    name: Literal["country", "language", "gender"] = "country"
    is_: bool = True
    value: str = ""

    def condition(self) -> Condition:
        """The condition by the verbs; Unfinished where the row does not say enough."""
        _one_of(self.name, PROPERTIES, "property")
        value = _value(self.value)
        return ask.profile(**{self.name: value if self.is_ else {"is_not": value}})


@dataclass(frozen=True)
class MayBeMailed:
    """May, or may not, be written to by e-mail."""

    is_: bool = True

    def condition(self) -> Condition:
        """The condition by the verbs."""
        return ask.can_receive("email") if self.is_ else ask.cannot_receive("email")


@dataclass(frozen=True)
class InSegment:
    """In, or not in, a segment of the library or of the shop, by id."""

    is_: bool = True
    id: str = ""

    def condition(self) -> Condition:
        """The condition by the verbs; Unfinished where no segment is chosen."""
        if not self.id:
            raise Unfinished("segment")
        return ask.in_segment(self.id) if self.is_ else ask.not_in_segment(self.id)


Known = Mapping[str, Segment | Template]
Row = Did | DidNot | Last | Spent | Bought | Property | MayBeMailed | InSegment
PALETTE: dict[str, type[Row]] = {
    "did": Did,
    "did_not": DidNot,
    "last": Last,
    "spent": Spent,
    "bought": Bought,
    "property": Property,
    "may_be_mailed": MayBeMailed,
    "in_segment": InSegment,
}


@dataclass(frozen=True)
class Form:
    """Groups of rows: a person is in when of every group at least one row holds."""

    groups: tuple[tuple[Row, ...], ...] = ()

    @classmethod
    def of(cls, *groups: Row | list[Row] | tuple[Row, ...]) -> Form:
        """A form from groups, each a list of rows or one row."""
        return cls(tuple(tuple(one) if isinstance(one, (list, tuple)) else (one,) for one in groups))

    def rows(self) -> Iterator[tuple[tuple[int, int], Row]]:
        """Every row with its place: group and row, counted from 1."""
        for group, rows in enumerate(self.groups, 1):
            for number, row in enumerate(rows, 1):
                yield (group, number), row

    def condition(self, known: Known | None = None) -> Condition:
        """The segment that the form says; Unfinished names the first row that does not say enough. Empty groups ask nothing.

        `known` are the segments that the form may speak of; without them any id passes.
        """
        made = {place: _at(place, row, known) for place, row in self.rows()}
        if not made:
            raise Unfinished("empty")
        groups = [[made[group, number] for number in range(1, len(rows) + 1)] for group, rows in enumerate(self.groups, 1) if rows]
        return all_of(*[any_of(*rows) for rows in groups])


def _at(place: tuple[int, int], row: Row, known: Known | None) -> Condition:
    try:
        if isinstance(row, InSegment) and known is not None and not (row.id in known and isinstance(known[row.id], Segment)):
            raise Unfinished("segment")
        return row.condition()
    except Unfinished as error:
        raise Unfinished(error.key, place) from None
    except SegmentError:
        raise Unfinished("value", place) from None  # a text that no definition can hold


def segments_yaml(form: Form, id: str, known: Known) -> str:
    """The form as the text of a segments.yaml with one segment, which reads back as the same condition.

    `known` are the segments that it may speak of. Raises Unfinished where a row or the id does not say enough.
    """
    if not _ID.fullmatch(id):
        raise Unfinished("id")
    if id in known:
        raise Unfinished("id_taken")
    return yaml_of(SegmentSet({id: Segment(id, form.condition(known))}, beside=known))


def _event(name: str) -> tuple[str, dict[str, Any]]:
    _one_of(name, events(), "event")
    return (_OPENED, {"where": {"apple_privacy_open": False}}) if name == BY_PEOPLE else (name, {})


def _value(given: Any) -> str:
    if not isinstance(given, str) or not given.strip():
        raise Unfinished("value")
    return given


def _within(days: int | None) -> dict[str, str]:
    return {} if days is None else {"within": f"last {_day(days)} days"}


def _day(days: Any) -> int:
    found = _whole(days, 0, "days")
    if found > MOST_DAYS:
        raise Unfinished("days")
    return found


def _whole(value: Any, least: int, key: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST:
        raise Unfinished(key)
    return value


def _amount(value: Any) -> float:
    """An amount of money: whole cents, from nothing up."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if not is_number or not 0 <= value <= MOST or round(value, 2) != value:
        raise Unfinished("amount")
    return value


def _one_of(value: Any, allowed: Any, key: str) -> None:
    if value not in allowed:
        raise Unfinished(key)
