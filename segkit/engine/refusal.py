"""Why a delivered row cannot be used: told with the cell for the quarantine, and without it for everybody else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from segkit.engine import convert
from segkit.engine.convert import Cell, Column

NEVER = ("country", "email", "text")  # what they cannot be read as is empty, and counted as mended
WITH_ITS_ORDER = "with_its_order"  # nothing is wrong with the row itself
ARTICLES = {
    "integer": "a whole number", "number": "a number", "money": "an amount", "boolean": "yes or no", "date": "a date",
    "local_time": "a time", "utc_time": "a time", "unix_time": "a time", "unix_ms": "a time", "id": "an id", "list": "a list",
}  # fmt: skip


@dataclass(frozen=True)
class Refusal:
    """A cell that is not what its type says: when, told with the cell for the quarantine, and why as key|column without it."""

    when: str
    told: str
    why: str


def of_cell(column: Column, cell: Cell, title: str) -> Refusal:
    """Values that the mapping itself makes null are not refused."""
    emptied = [convert.quoted(key) for key, value in column.values.items() if value is None]
    but = f" AND {cell.text} NOT IN ({', '.join(emptied)})" if emptied else ""
    told = f"{convert.quoted(f'{title}: ')} || left({cell.text}, 80) || ' is not {ARTICLES.get(column.type, column.type)}'"
    return Refusal(f"{cell.text} IS NOT NULL AND {cell.value} IS NULL{but}", told, convert.quoted(f"not_{column.type}|{title}"))


def of_unit(unit: str, columns: Iterable[str]) -> tuple[str, str]:
    """A row that does not say which order it belongs to: told, and as key|columns, by the columns that the unit is made of."""
    named = ", ".join(name for name in columns if re.search(rf"\b{name}\b", unit))
    return f"{named} is empty", f"no_unit|{named}"


def first(refusals: Sequence[Refusal], part: str) -> str:
    """What the first refusal that holds says."""
    cases = " ".join(f"WHEN {refusal.when} THEN {getattr(refusal, part)}" for refusal in refusals)
    return f"CASE {cases} END" if cases else "NULL"


def in_words(key: str, column: str | None) -> str:
    """Why, for an error; reports and the command line say it in their own language."""
    told = {
        "no_unit": f"{column} is empty", "missing": f"there is no value for {column}", "not_split": "the line cannot be split into cells",
        "with_its_order": "another row of the same order cannot be used",
    }  # fmt: skip
    return told.get(key) or f"{column} is not {ARTICLES[key.removeprefix('not_')]}"
