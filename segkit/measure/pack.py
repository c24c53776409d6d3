"""The segments that an audit shows, and what is asked about each profile to compare them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from segkit.measure.waterfall import parts_of
from segkit.quality import Answer, Quality
from segkit.segments.definition import Segment, SegmentSet, load
from segkit.segments.library import CORE, alone, literal_personas, of_country, stock
from segkit.segments.members import Availability
from segkit.segments.tree import Condition
from segkit.settings import Settings

MOVED = {  # segment -> the threshold that is moved to show what hangs on it
    "active_customers": "active_days",
    "high_rollers": "purchase_recent_days",
}


@dataclass(frozen=True)
class Pack:
    """The segments that an audit shows: the core of the library, the large countries, and the client's own."""

    segments: dict[str, Segment]
    conditions: dict[str, Condition]  # resolved
    personas: dict[str, Segment]  # the literal ones, resolved
    answers: dict[str, Answer]  # why some of both cannot be computed
    own: tuple[str, ...]
    settings: Settings

    @classmethod
    def of(cls, settings: Settings, quality: Quality, countries: Sequence[str], segments_file: Path | None) -> Pack:
        """Put the pack together; a mistake in the client's file is told with its place."""
        library = stock(settings)
        own = load(segments_file, settings, library) if segments_file else SegmentSet({})
        everything = library | own
        lands = [of_country(everything, code) for code in countries]
        core = {name: one for name, one in everything.segments.items() if name in CORE}
        chosen = {**{name: core[name] for name in CORE}, **{one.id: one for one in lands}, **own.segments}
        conditions = {name: everything.expanded(one.condition, (name,)) for name, one in chosen.items()}
        personas = literal_personas(settings)
        answers = Availability(quality).split({name: one.condition for name, one in personas.items()} | conditions)[1]
        return cls(chosen, conditions, personas, answers, tuple(own.segments), settings)

    def flags(self) -> dict[str, Condition]:
        """What is asked of each profile, by the name of its column: every persona, and what can be answered of the segments."""
        return {
            **{f"is_{name}": one.condition for name, one in self.personas.items()},
            **{f"in_{name}": condition for name, condition in self.answered.items()},
            **{part_prefix(name) + part: one for name, parts in self.parts.items() for part, one in parts.items()},
            **{column: condition for forms in self.moved.values() for column, condition in forms.values()},
        }

    @cached_property
    def answered(self) -> dict[str, Condition]:
        """The segments that can be answered."""
        return {name: condition for name, condition in self.conditions.items() if name not in self.answers}

    @cached_property
    def parts(self) -> dict[str, dict[str, Condition]]:
        """The parts of each segment that asks for several things at once."""
        found = {name: parts_of(condition) for name, condition in self.answered.items()}
        return {name: parts for name, parts in found.items() if len(parts) > 1}

    @cached_property
    def moved(self) -> dict[str, dict[int, tuple[str, Condition]]]:
        """The library's segments in MOVED: for each value of the threshold the column and the condition."""
        known = {name for name in MOVED if name not in {*self.own, *self.answers}}
        return {name: self._forms(name, threshold) for name, threshold in MOVED.items() if name in known}

    def _forms(self, name: str, threshold: str) -> dict[int, tuple[str, Condition]]:
        now = self.settings[threshold]
        values = sorted({now, *(round(now * factor) for factor in self.settings["sensitivity_factors"])})
        return {value: (f"moved_{name}_{value}", self._under(name, {threshold: value})) for value in values if value > 0}

    def _under(self, name: str, thresholds: dict[str, int]) -> Condition:
        return alone(name, self.settings.override(thresholds))

    def ranked(self) -> dict[str, str]:
        """The column of everything that can be ranked: the personas, and the segments."""
        personas = {name: f"is_{name}" for name in self.personas if name not in {*self.conditions, *self.answers}}
        return personas | {name: f"in_{name}" for name in self.answered}

    def addable(self) -> list[str]:
        """What may be advised to add to the client's own: the personas and the core that are there to be mailed."""
        known = self.personas | {name: one for name, one in self.segments.items() if name in CORE}
        return [name for name in self.ranked() if name in known and name not in self.own and known[name].goal != "remove"]


def part_prefix(name: str) -> str:
    """Before the names of the parts of a segment."""
    return f"of_{name}_"
