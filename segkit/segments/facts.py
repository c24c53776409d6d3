"""What is known of one person for conditions about what people are: the value, since when, and who says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from segkit.engine import Query, Rules, Store
from segkit.features import purchase
from segkit.segments import rows, tree, words
from segkit.segments.tree import Condition

PROPERTY, FLAG, OWN, DATE, BIRTHDAY, CONSENT, LIST, LEFT = "property", "flag", "own", "date", "birthday", "consent", "list", "left"
SCORE = "score"
ORDER = "placed_order"


@dataclass(frozen=True)
class Fact:
    """One thing that is known, or is not: `value` is None.

    `what` is the kind of fact, `name` which property, date or list; `day` since when (local), `reason` why, `source` who
    says so: a source system, or "placed_order" for what comes from the last order.
    """

    what: str
    name: str
    value: Any = None
    day: date | None = None
    reason: str | None = None
    source: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """The fact as plain data; what there is none of is left out, but for the value."""
        told = asdict(self) | {"day": self.day and str(self.day), "value": str(self.value) if isinstance(self.value, date) else self.value}
        return {key: value for key, value in told.items() if value is not None or key == "value"}


class Facts:
    """Answers about one person; `local` gives the local day of a moment."""

    def __init__(
        self, store: Store, rules: Rules, profile: str, local: Callable[[datetime], date], scores: Query | None = None
    ) -> None:  # fmt: skip
        self.store, self.rules, self.local, self.is_this = store, rules, local, f"profile_id = {rows.literal(profile)}"
        self.scores = scores

    def of(self, leaf: Condition) -> list[Fact]:
        """What is known that a condition asks for; nothing for conditions about what people did."""
        match leaf:
            case tree.Profile(test) | tree.ProfileDate(test) if _name(test).startswith(words.OWN):
                return self._own(_name(test).removeprefix(words.OWN), isinstance(leaf, tree.ProfileDate))
            case tree.Profile(test) if test.name != "country":
                prop = words.people()[test.name]
                return [self._flag(prop) if prop.type == words.FLAG else self._on_profile(PROPERTY, prop.name, prop.expression)]
            case tree.Profile() | tree.InRegion():
                return [self._country()]
            case tree.ProfileDate("birthday"):
                return [self._birthday()]
            case tree.ProfileDate(name):
                found = self._on_profile(DATE, name, words.dates()[name])
                return [Fact(DATE, name, found.value and self.local(found.value), source=found.source)]
            case tree.CanReceive(channel, purpose) | tree.ConsentIs(channel, _, purpose):
                return self._consents(channel, purpose)
            case tree.InList(name):
                return self._lists(name)
            case tree.Score(name):
                return [self._score(name)]
            case tree.Near():
                return [fact for name in ("latitude", "longitude") for fact in self._own(name, False)]
        return []

    def _rows(self, query: Query) -> list[dict[str, Any]]:
        frame = self.store.ask(query.keep(self.is_this))
        return [{str(name): plain_value(value) for name, value in row.items()} for row in frame.to_dict("records")]

    def _on_profile(self, what: str, name: str, column: str) -> Fact:
        columns = tuple(dict.fromkeys(("profile_id", column, "source")))
        (row, *_) = [*self._rows(self.rules.table("profiles", columns, known=False)), {}]
        return Fact(what, name, row.get(column), source=row.get("source") if name != "source" else None)

    def _flag(self, prop: words.Property) -> Fact:
        """Asked as a text: an unknown flag is no number and no truth."""
        query = self.rules.table("profiles", ("profile_id", prop.expression, "source"), known=False)
        told = query.label({"told": {"true": prop.expression, "false": f"NOT {prop.expression}"}}).only(["profile_id", "told", "source"])
        (row, *_) = [*self._rows(told), {}]
        return Fact(FLAG, prop.name, {"true": True, "false": False}.get(row.get("told") or ""), source=row.get("source"))

    def _score(self, name: str) -> Fact:
        """A prediction as of the moment of the question."""
        (row, *_) = [*(self._rows(self.scores.only(["profile_id", name])) if self.scores else []), {}]
        return Fact(SCORE, name, row.get(name), self.rules.as_of.day)

    def _country(self) -> Fact:
        ordered = self._rows(purchase.last_country(self.rules))
        if ordered and ordered[0]["order_country"]:
            return Fact(PROPERTY, "country", ordered[0]["order_country"], source=ORDER)
        return self._on_profile(PROPERTY, "country", "country_code")

    def _birthday(self) -> Fact:
        (row, *_) = [*self._rows(self.rules.table("profiles", ("profile_id", "birth_month", "birth_day", "source"), known=False)), {}]
        known = row.get("birth_month") and row.get("birth_day")
        return Fact(BIRTHDAY, "birthday", f"{row['birth_month']:02}-{row['birth_day']:02}" if known else None, source=row.get("source"))

    def _own(self, name: str, is_date: bool) -> list[Fact]:
        columns = ("profile_id", "name", "value_text", "value_date", "source_system")
        found = self._rows(self.rules.table("profile_properties", columns, f"name = {rows.literal(name)}", known=False))
        told = [Fact(OWN, name, self._own_value(row, is_date), source=row["source_system"]) for row in found]
        return told or [Fact(OWN, name)]

    def _own_value(self, row: dict[str, Any], is_date: bool) -> Any:
        return row["value_date"] and self.local(row["value_date"]) if is_date else row["value_text"]

    def _consents(self, channel: str, purpose: str) -> list[Fact]:
        """Every record, newest first."""
        columns = ("profile_id", "status", "suppression_reason", "occurred_at", "source_system", "channel", "purpose")
        about = f"channel = '{channel}' AND purpose = '{purpose}'"
        found = _newest_first(self._rows(self.rules.table("consents", columns, about)), "occurred_at")
        told = [
            Fact(CONSENT, channel, row["status"], self._day(row["occurred_at"]), row["suppression_reason"], row["source_system"])
            for row in found
        ]
        return told or [Fact(CONSENT, channel)]

    def _lists(self, name: str) -> list[Fact]:
        columns = ("profile_id", "list_id", "list_name", "joined_at", "left_at", "source_system")
        asked = f"list_id = {rows.literal(name)} OR list_name = {rows.literal(name)}"
        found = _newest_first(self._rows(self.rules.table("list_memberships", columns, asked)), "joined_at")
        told = [Fact(LIST, name, True, self._day(row["joined_at"]), source=row["source_system"]) for row in found]
        told += [Fact(LEFT, name, True, self._day(row["left_at"]), source=row["source_system"]) for row in found if row["left_at"]]
        return told or [Fact(LIST, name)]

    def _day(self, at: datetime | None) -> date | None:
        return None if at is None else self.local(at)


def _name(asked: Any) -> str:
    return asked if isinstance(asked, str) else asked.name


def _newest_first(found: list[dict[str, Any]], at: str) -> list[dict[str, Any]]:
    return sorted(found, key=lambda row: row[at] or datetime.min, reverse=True)


def plain_value(value: Any) -> Any:
    """A cell as plain Python: None where there is nothing, a list as a tuple."""
    if isinstance(value, (list, tuple)) or getattr(value, "ndim", 0) > 0:
        return tuple(map(str, value)) or None
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    value = value.item() if hasattr(value, "item") else value
    return int(value) if isinstance(value, float) and value.is_integer() else value
