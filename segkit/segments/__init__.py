"""The first segments: who is active, asleep, valuable, new or loyal, and who lives where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from ruamel.yaml import YAML

from segkit.engine import Query

TOP_SHARE = "top_share_threshold"  # what the last buyer of the top share has spent in all


@dataclass(frozen=True)
class Segment:
    """A named condition over features; `needs` is what must have been delivered, `threshold` a computed amount to show."""

    id: str
    when: str
    needs: tuple[str, ...] = ()
    threshold: str | None = None


@cache
def stock() -> dict[str, Segment]:
    """The segments every shop gets, by id."""
    text = resources.files(__package__).joinpath("stock.yaml").read_text(encoding="utf-8")
    rows = YAML(typ="safe").load(text)
    return {name: Segment(name, row["when"], tuple(row.get("needs", ())), row.get("threshold")) for name, row in rows.items()}


def of_countries(codes: Sequence[str]) -> dict[str, Segment]:
    """One segment per country code, by id such as country_nl."""
    return {f"country_{code.lower()}": Segment(f"country_{code.lower()}", f"country_code = '{code}'") for code in codes}


def with_segments(features: Query, countries: Sequence[str] = ()) -> Query:
    """The feature table with a flag in_ID per segment and the thresholds they need."""
    share = features.rules.settings["top_share"]
    query = features.cross(features.at_rank({TOP_SHARE: ("revenue", share, "top")}, "order_count > 0"))
    return query.flag({f"in_{name}": segment.when for name, segment in {**stock(), **of_countries(countries)}.items()})
