"""What the linter found, as plain data; its words are in segkit/text under `lint`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from segkit.segments import words
from segkit.segments.lint.life import Happening, Life, Row, is_kind, types_of
from segkit.segments.lint.person import known
from segkit.segments.tree import Condition, all_of
from segkit.segments.write import plain

ERROR, WARNING, HINT = "error", "warning", "hint"
SEVERITIES = (ERROR, WARNING, HINT)
Witness = Mapping[str, Any]


@dataclass(frozen=True)
class LintFinding:
    """One thing about a set of segments: `key` says what, `segments` about which, the one to look at first.

    `numbers` fill its sentence. `who` is the condition of the people concerned, where there are any; with a store `people`
    counts them and `profiles` names a few; without any in the data `witness` describes somebody like them, made up.
    """

    key: str
    severity: str
    segments: tuple[str, ...] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict, hash=False)
    who: Condition | None = None
    people: int | None = None
    profiles: tuple[str, ...] = ()
    witness: Witness | None = field(default=None, hash=False)

    def as_dict(self) -> dict[str, Any]:
        """The finding as plain data."""
        who = None if self.who is None or (self.people is None and self.witness is None) else _plain_or_all(self.who)
        return {
            "key": self.key, "severity": self.severity, "segments": list(self.segments), "numbers": dict(self.numbers), "who": who,
            "people": self.people, "profiles": list(self.profiles), "witness": self.witness,
        }  # fmt: skip

    def with_witness(self, life: Life) -> LintFinding:
        """The finding with a made-up person."""
        return replace(self, witness=told_life(life))


def _plain_or_all(who: Condition) -> dict[str, Any]:
    return plain(who) if getattr(who, "conditions", True) else {}


def told_life(life: Life) -> Witness:
    """A made-up person as plain data: {"events": [...], "facts": {...}}, events oldest first, days ago.

    Where something is said of the person, `who` is that as a condition.
    """
    events = [_told_event(one) for one in life.events]
    facts = {".".join(map(_part, name)): _told(value) for name, value in life.facts.items()}
    who = known(life.facts)
    return {"events": events, "facts": facts} | ({"who": plain(all_of(*who))} if who else {})


def _part(name: Any) -> str:
    return "+".join(name) if isinstance(name, tuple) else str(name)


def _told_event(one: Happening) -> dict[str, Any]:
    told: dict[str, Any] = {"event": _name(one.row), "days_ago": one.days_ago}
    told |= {name: _told(value) for name, value in one.row.properties if value is not None}
    worth = {str(name if isinstance(name, str) else name[0]): _told(value) for name, value in one.worth}
    lines = [{name: _told(value) for name, value in line if value is not None} for line in one.row.lines]
    return told | ({"worth": worth} if worth else {}) | ({"lines": lines} if lines else {})


def _name(row: Row) -> str:
    """The event that a row is, by its narrowest name."""
    fitting = [metric for metric in words.metrics().values() if is_kind(metric, row)]
    return min(fitting, key=lambda metric: (metric.when is None, len(types_of(metric)))).name


def _told(value: Any) -> Any:
    if isinstance(value, Fraction | Decimal):
        return int(value) if value == int(value) else float(value)
    return list(value) if isinstance(value, tuple) else value


def by_severity(findings: Sequence[LintFinding]) -> list[LintFinding]:
    """Most severe first; within a severity in the order in which the checks are made."""
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
