"""Why one person is in a segment or not: a verdict per condition, the evidence, and what would have to change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

import pandas as pd

from segkit.clock import local_of_utc, zone
from segkit.engine import Rules, Store
from segkit.errors import SegmentError
from segkit.segments import rows, tree
from segkit.segments.definition import SegmentSet
from segkit.segments.evaluate import evidence, with_flags
from segkit.segments.tree import Condition, leaves
from segkit.segments.window import EVER, Window
from segkit.segments.write import plain

SHOWN = 5  # events that are told one by one


@dataclass(frozen=True)
class Change:
    """What flips a verdict: `what` is more, amount, until, from or again; with its number or day, where it has one.

    more: so many more events; amount: so much more value; until: true up to this day if nothing happens; from: true from
    this day on if nothing happens; again: a new event, after which the window does the rest.
    """

    what: str
    number: float | None = None
    day: date | None = None


@dataclass(frozen=True)
class Verdict:
    """One condition without parts: whether it holds, what was found (a count or value), and the newest events behind it."""

    condition: Condition
    holds: bool
    found: float | None = None
    evidence: tuple[tuple[date, float | None], ...] = ()  # local day and value
    more: int = 0  # events beyond those told
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """The answer for one person; `verdicts` in reading order, one for each different condition."""

    segment: str
    profile_id: str
    as_of: str
    is_member: bool
    condition: Condition
    verdicts: dict[Condition, Verdict] = field(hash=False)

    def holds(self, condition: Condition) -> bool:
        """Whether a part of the condition holds for this person."""
        match condition:
            case tree.All(inner):
                return all(map(self.holds, inner))
            case tree.Any(inner):
                return any(map(self.holds, inner))
            case tree.Not(inner):
                return not self.holds(inner)
        return self.verdicts[condition].holds

    def as_dict(self) -> dict[str, Any]:
        """The answer as plain data."""
        told = [{**asdict(verdict), "condition": plain(condition)} for condition, verdict in self.verdicts.items()]
        return {
            "segment": self.segment, "profile_id": self.profile_id, "as_of": self.as_of, "is_member": self.is_member,
            "definition": plain(self.condition), "conditions": told,
        }  # fmt: skip


def explain(store: Store, rules: Rules, segments: SegmentSet, segment: str, profile: str) -> Explanation:
    """Judge every condition of a segment for one person; an unknown person is an error."""
    condition = segments.resolved(segment)
    named = {f"leaf_{place}": leaf for place, leaf in enumerate(dict.fromkeys(leaves(condition)), 1)}
    frame = store.ask(with_flags(rules, {"is_member": condition, **named}).keep(f"profile_id = {rows.literal(profile)}"))
    if frame.empty:
        raise SegmentError(f"Nobody is called {profile!r} as of {rules.as_of}.", "Give a profile_id, such as members() lists.")
    row = frame.iloc[0]
    verdicts = {leaf: _verdict(store, rules, leaf, bool(row[name]), profile) for name, leaf in named.items()}
    return Explanation(segment, profile, str(rules.as_of), bool(row["is_member"]), condition, verdicts)


def _verdict(store: Store, rules: Rules, leaf: Condition, holds: bool, profile: str) -> Verdict:
    if not isinstance(leaf, (tree.Event, tree.Every, tree.Latest, tree.Follow)):
        return Verdict(leaf, holds)
    metrics = (leaf.first,) if isinstance(leaf, tree.Follow) else leaf.metrics
    window = EVER if isinstance(leaf, tree.Latest) else leaf.window
    tests = () if isinstance(leaf, tree.Latest) else leaf.where
    items = () if isinstance(leaf, (tree.Follow, tree.Latest)) else leaf.item
    frame = store.ask(evidence(rules, metrics, tests, items, window, profile)).sort_values(
        "happened_at", ascending=isinstance(leaf, tree.Latest) and leaf.which == "first"
    )
    tz = zone(rules.as_of.time_zone)
    events = [
        (local_of_utc(at.to_pydatetime(), tz).date(), None if pd.isna(worth) else float(worth))
        for at, worth in zip(frame["happened_at"], frame["worth"], strict=True)
    ]
    found = _found(leaf, events)
    return Verdict(
        leaf, holds, found, tuple(events[:SHOWN]), max(0, len(events) - SHOWN), tuple(_changes(leaf, holds, found, events, rules))
    )


def _found(leaf: Condition, events: list[tuple[date, float | None]]) -> float | None:
    if not isinstance(leaf, tree.Event) or leaf.measure == tree.COUNT:
        return len(events)
    worth = [value for _, value in events if value is not None]
    if leaf.measure == tree.SUM:
        return sum(worth)
    return None if not worth else max(worth) if leaf.measure == tree.MAX else sum(worth) / len(worth)


def _changes(leaf: Condition, holds: bool, found: float | None, events: list[tuple[date, float | None]], rules: Rules) -> Iterable[Change]:
    days = sorted((day for day, _ in events), reverse=True)
    if isinstance(leaf, tree.Latest):
        yield from _of_latest(leaf, holds, days, rules.as_of.day)
    elif isinstance(leaf, tree.Event) and leaf.measure == tree.COUNT and not isinstance(leaf.amount, tree.Shop):
        yield from _of_count(leaf, days)
    elif (
        isinstance(leaf, tree.Event) and not holds and not isinstance(leaf.amount, tree.Shop) and leaf.op in (tree.AT_LEAST, tree.MORE_THAN)
    ):
        yield Change("amount", float(leaf.amount) - (found or 0))


def _of_count(leaf: tree.Event, days: list[date]) -> Iterable[Change]:
    """Fewer than needed: so many more. Otherwise the day on which enough events have left a window of the last days."""
    least, most = _bounds(leaf.op, int(leaf.amount))  # type: ignore[arg-type]
    if len(days) < least:
        yield Change("more", least - len(days))
        return
    rolling = leaf.window.newest == 0 and leaf.window.oldest is not None
    if most is not None and len(days) > most:
        if rolling:
            yield Change("from", day=_leaves(days[most], leaf.window) + timedelta(days=1))
        return
    if least and rolling:
        yield Change("until", day=_leaves(days[least - 1], leaf.window))


def _bounds(op: str, amount: int) -> tuple[int, int | None]:
    """The fewest and most events that satisfy a comparison."""
    return {
        tree.AT_LEAST: (amount, None), tree.MORE_THAN: (amount + 1, None), tree.AT_MOST: (0, amount), tree.LESS_THAN: (0, amount - 1),
        tree.EXACTLY: (amount, amount),
    }[op]  # fmt: skip


def _leaves(day: date, window: Window) -> date:
    """The last day on which an event of that day is in a window of the last days."""
    return day + timedelta(days=window.oldest or 0)


def _of_latest(leaf: tree.Latest, holds: bool, days: list[date], today: date) -> Iterable[Change]:
    """Only the last one moves through a window counted in days; the first one stays where it is, but ages too."""
    window = leaf.window
    if window.hours is not None or window.start or window.end_before or window.is_ever:
        return
    if not days:
        yield Change("again")
        return
    day = days[0] if leaf.which == "last" else days[-1]
    age = (today - day).days
    if holds and window.oldest is not None:
        yield Change("until", day=_leaves(day, window))
    elif not holds and window.newest is not None and age < window.newest:
        yield Change("from", day=day + timedelta(days=window.newest))
    elif not holds and leaf.which == "last":
        yield Change("again")
