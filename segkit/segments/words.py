"""What segments can speak of: the events, and the properties of events, order lines and people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from ruamel.yaml import YAML

TEXT, NUMBER, FLAG, LIST, DATE = "text", "number", "flag", "list", "date"
NONE, ANSWER = "none", "answer"
MOST_LATITUDE, MOST_LONGITUDE = 90, 180
OWN = "own."  # what a shop keeps about people beside the usual: own.NAME is the property called NAME


@dataclass(frozen=True)
class Property:
    """Something that can be tested: its expression over the rows, its type, and the table it is joined from, if any.

    `empty` says what an empty cell means: NONE that there is none, ANSWER what the test says of it; without it nobody knows.
    """

    name: str
    expression: str
    type: str
    of: str | None = None
    empty: str | None = None


@dataclass(frozen=True)
class Metric:
    """A kind of event: the table of its rows, which of them are meant, what must be delivered, and what can be tested."""

    name: str
    table: str
    needs: str
    when: str | None
    value: str | None
    properties: dict[str, Property]
    has_items: bool


@cache
def _words() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("words.yaml").read_text(encoding="utf-8")
    return YAML(typ="safe").load(text)


def _properties(part: str) -> dict[str, Property]:
    return {name: Property(name, row["is"], row["type"], row.get("of"), row.get("empty")) for name, row in _words()[part].items()}


@cache
def metrics() -> dict[str, Metric]:
    """Every kind of event by name."""
    known = _properties("properties")
    return {
        name: Metric(
            name, row["table"], row["needs"], row.get("is"), row.get("value"),
            {key: known[key] for key in row["properties"]}, row.get("item", False),
        )
        for name, row in _words()["metrics"].items()
    }  # fmt: skip


@cache
def items() -> dict[str, Property]:
    """What can be tested of one line of an order."""
    return _properties("items")


@cache
def people() -> dict[str, Property]:
    """What can be tested of a person, beside the shop's own properties."""
    return _properties("profile")


def spelling(name: str) -> str:
    """The one name of a property that is known under several."""
    return spellings().get(name, name)


def spellings() -> dict[str, str]:
    """Other names of properties, each with the one that is meant."""
    return _words()["also"]


def dates() -> dict[str, str]:
    """The dates of a person: name -> column."""
    return _words()["dates"]


def regions() -> dict[str, list[str]]:
    """The countries of each region."""
    return _words()["regions"]


def choices(what: str) -> list[str]:
    """The allowed channels, purposes or statuses of consent, or the predictions that are chances."""
    return _words()[what]
