"""The segments that every shop gets: the fourteen personas and those of the source articles, by thresholds of the shop."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

from ruamel.yaml import YAML

from segkit.segments.definition import Segment, SegmentSet, read_set
from segkit.segments.tree import Condition
from segkit.settings import Settings

PERSONAS, LIFECYCLE, BEHAVIOUR = "personas", "lifecycle", "behaviour"
CORE = ("active_customers", "sleeping_customers", "high_value", "not_yet", "exactly_once", "more_than_once", "vip")
"""The handful to begin with."""
_BLOCKS = ("engaged_recently", "engaged_often")


@cache
def _data(part: str) -> dict[str, Any]:
    return YAML(typ="safe").load(resources.files(__package__).joinpath(f"{part}.yaml").read_text(encoding="utf-8"))


def stock(settings: Settings) -> SegmentSet:
    """Every segment and template of the library under the shop's thresholds, by id."""
    segments = {name: one for part in (PERSONAS, LIFECYCLE, BEHAVIOUR) for name, one in _data(part)["segments"].items()}
    return read_set({"version": 1, "segments": segments}, settings)


def alone(name: str, settings: Settings) -> Condition:
    """The condition of a segment of the library that speaks of no other, under these thresholds; the others are not read."""
    found = next(_data(part)["segments"][name] for part in (PERSONAS, LIFECYCLE, BEHAVIOUR) if name in _data(part)["segments"])
    return read_set({"version": 1, "segments": {name: found}}, settings).resolved(name)


def literal_personas(settings: Settings) -> dict[str, Segment]:
    """The fourteen personas as documented, by id, with the segments they speak of written out."""
    personas = read_set(_data(PERSONAS), settings)
    return {name: _resolved(personas, one) for name, one in personas.segments.items() if name not in _BLOCKS}


def of_country(segments: SegmentSet, code: str) -> Segment:
    """The segment of the people who live in a country, by ISO code; its id is such as country_nl."""
    return segments.templates["country"].fill(f"country_{code.lower()}", country=code.upper())


def country_code(id: str) -> str | None:
    """The country that an id such as country_nl means; None when it means none."""
    code = id.removeprefix("country_")
    return code.upper() if id.startswith("country_") and len(code) == 2 and code.isalpha() else None


def _resolved(segments: SegmentSet, one: Segment) -> Segment:
    return replace(one, condition=segments.resolved(one.id))
