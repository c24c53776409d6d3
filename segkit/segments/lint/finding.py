"""What the linter finds, as plain data: no sentences."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

WARNING, HINT, NOTE = "warning", "hint", "note"
SEVERITIES = (WARNING, HINT, NOTE)
MOST_WITNESSES = 3


@dataclass(frozen=True)
class LintFinding:
    """One finding about a set of segments.

    `numbers` fill in its sentence (text: lint.KEY). `people` is how many profiles it concerns in the data and `witnesses`
    some of them; `example` is a made-up person of that kind, for where the data have none. None where no data were given.
    """

    key: str
    severity: str
    segments: tuple[str, ...]
    numbers: dict[str, Any] = field(default_factory=dict, hash=False)
    people: int | None = None
    witnesses: tuple[str, ...] = ()
    example: dict[str, Any] | None = field(default=None, hash=False)

    def as_dict(self) -> dict[str, Any]:
        """The finding as plain data."""
        return asdict(self)
