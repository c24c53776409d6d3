"""What may be said about a delivery: which tables it holds, over which days, and so which questions it can answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from segkit.engine import Query, Rules, Store
from segkit.tables import TABLES

COMPUTED, VENDOR, NOT_COMPUTABLE = "computed", "vendor_aggregates", "not_computable"

# A question needs a table with rows; without it the answer is the reason, never a zero.
NEEDS = {
    "purchases": ("orders", "no_orders"),
    "engagement": ("email_events", "no_email_events"),
    "site": ("site_events", "no_site_events"),
    "consent": ("consents", "no_consents"),
    "items": ("order_items", "no_order_items"),
    "feedback": ("feedback", "no_feedback"),
    "lists": ("list_memberships", "no_lists"),
    "own_properties": ("profile_properties", "no_own_properties"),
}
SCORES = "scores"  # predictions are made, not delivered
QUESTIONS = ("purchases", "engagement", "site", "consent")  # what every report says it can or cannot answer
HAPPENINGS = ("orders", "email_events", "site_events")
SHOWN = (
    "profiles", "orders", "order_items", "refunds", "products", "consents", "list_memberships", "profile_snapshots", "messages",
    "email_events", "site_events", "carts", "feedback",
)  # fmt: skip


@dataclass(frozen=True)
class Rows:
    """Where values of `expression` stand: rows of a table `among` which some pass `value`, by default that it is not empty.

    With `is_of_message` the expression is a column of the messages that are joined to the rows.
    """

    table: str
    expression: str
    among: str | None = None
    value: str | None = None
    is_of_message: bool = False

    def with_value(self, rules: Rules) -> Query:
        """The rows that have a value, with the column `told` that holds it; nothing is hidden by the as-of date."""
        value, columns = self.value or f"({self.expression}) IS NOT NULL", TABLES[self.table].names
        if self.is_of_message:
            events = rules.table(self.table, ("message_id",), self.among, known=False)
            joined = events.join(rules.table("messages", ("message_id", self.expression), known=False), "message_id")
            return joined.keep(value).extend({"told": self.expression})
        where = f"({self.among}) AND ({value})" if self.among else value
        return rules.table(self.table, columns, where, known=False).extend({"told": self.expression})


@dataclass(frozen=True)
class Filled:
    """A need beyond a table: some of the rows hold a value of what definitions call `name`, or else `reason` holds.

    Where there are no rows `among` which to look there is nothing to be filled in, and so nothing lacking.
    """

    name: str
    rows: tuple[Rows, ...]
    reason: str = "no_values"


Need = str | Filled


@dataclass(frozen=True)
class Answer:
    """Whether a question can be answered, and if not, the key of the reason; `about` names the value that is lacking."""

    status: str
    reason: str | None = None
    about: str | None = None

    @property
    def yes(self) -> bool:
        """Whether it can be answered from rows."""
        return self.status == COMPUTED

    def as_dict(self) -> dict[str, str | None]:
        """The answer as plain data."""
        return {"status": self.status, "reason": self.reason}


@dataclass(frozen=True)
class Coverage:
    """One canonical table: its rows, and the first and last local day in it (None where it has no days or no rows).

    `known_to` is the last day that is not after the as-of date, and `rows_after` how many rows are.
    """

    table: str
    rows: int
    first_on: date | None
    last_on: date | None
    answer: Answer
    known_to: date | None = None
    rows_after: int = 0

    def as_dict(self) -> dict[str, Any]:
        """The line of the coverage table."""
        days = {"from": self.first_on and self.first_on.isoformat(), "to": self.last_on and self.last_on.isoformat()}
        return {"table": self.table, "rows": self.rows, **days, **self.answer.as_dict()}


@dataclass(frozen=True)
class Quality:
    """The answers and the coverage of one store."""

    capabilities: dict[str, Answer]
    coverage: dict[str, Coverage]
    is_filled: Callable[[Filled], bool] = field(default=lambda need: True, compare=False, repr=False)

    @property
    def questions(self) -> dict[str, dict[str, str | None]]:
        """The answers that every report gives, as plain data."""
        return {name: self.capabilities[name].as_dict() for name in QUESTIONS}

    def first_missing(self, needs: tuple[Need, ...]) -> Answer:
        """COMPUTED when every need is met, else the answer for the first that is not."""
        return next((answer for answer in map(self._answer, needs) if not answer.yes), Answer(COMPUTED))

    def _answer(self, need: Need) -> Answer:
        if isinstance(need, str):
            return self.capabilities[need]
        return Answer(COMPUTED) if self.is_filled(need) else Answer(NOT_COMPUTABLE, need.reason, need.name)

    @property
    def last_day(self) -> date | None:
        """The last local day, up to the as-of date, on which anything is known to have happened."""
        return max((day for table in HAPPENINGS if (day := self.coverage[table].known_to)), default=None)

    @property
    def rows_after(self) -> int:
        """How many orders and events are of after the as-of date; nothing counts them."""
        return sum(self.coverage[table].rows_after for table in HAPPENINGS)


def judge(store: Store, rules: Rules) -> Quality:
    """Look at every table of a store; nothing is hidden by the as-of date here."""
    capabilities = {
        name: Answer(COMPUTED) if store.has(table) else Answer(NOT_COMPUTABLE, reason) for name, (table, reason) in NEEDS.items()
    }
    capabilities[SCORES] = Answer(NOT_COMPUTABLE, "no_scores")
    if not capabilities["engagement"].yes and _knows_of_mail(store, rules):
        capabilities["engagement"] = Answer(NOT_COMPUTABLE, "only_vendor_aggregates")
    coverage = {name: _coverage(store, rules, name) for name in SHOWN}
    return Quality(capabilities, coverage, cache(lambda need: _is_filled(store, rules, need)))


def _is_filled(store: Store, rules: Rules, need: Filled) -> bool:
    """Whether some row has a value; a column that is wholly empty was not delivered, whatever the delivery calls it."""
    if any(store.has_any(rows.with_value(rules)) for rows in need.rows):
        return True
    return not any(store.has_any(rules.table(one.table, TABLES[one.table].names[:1], one.among, known=False)) for one in need.rows)


def _knows_of_mail(store: Store, rules: Rules) -> bool:
    """Whether a system's own figures hold anybody's last open or click; those of a shop hold orders only."""
    figures = rules.table("profile_snapshots", ("last_open_at", "last_click_at"), known=False)
    some = {"people": "count_where(last_open_at IS NOT NULL OR last_click_at IS NOT NULL)"}
    return bool(store.row(figures.aggregate(None, some))["people"])


def _coverage(store: Store, rules: Rules, name: str) -> Coverage:
    table = TABLES[name]
    day = f"{table.time}_on" if table.time in table.moments else None
    columns = {"rows": "count(*)"}
    if day:
        columns |= {"first_on": f"min({day})", "last_on": f"max({day})"}
        columns |= {"known_to": "max_where(" + day + ", age_days >= 0)", "rows_after": "count_where(age_days < 0)"}
    some = day or table.names[0]
    row = store.row(rules.table(name, (some,), known=False).aggregate(None, columns))
    reason = next((reason for needed, reason in NEEDS.values() if needed == name), "not_delivered")
    answer = Answer(COMPUTED) if row["rows"] else Answer(NOT_COMPUTABLE, reason)
    if name == "profile_snapshots" and row["rows"]:
        answer = Answer(VENDOR, "vendor_aggregates_only")
    return Coverage(name, answer=answer, **{"first_on": None, "last_on": None, **row})
