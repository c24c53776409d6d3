"""Why one person is in a segment or not: a verdict per condition, the evidence, and what would have to change."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pandas as pd

from segkit.clock import local_of_utc, zone
from segkit.engine import Query, Rules, Store
from segkit.errors import SegmentError
from segkit.segments import changes, rows, standing, tree, words
from segkit.segments.changes import Change, Happened
from segkit.segments.definition import SegmentSet
from segkit.segments.evaluate import evidence, figures_of, shared_by, shop_figures, with_flags
from segkit.segments.facts import Fact, Facts, plain_value
from segkit.segments.tree import Condition, leaves
from segkit.segments.window import EVER
from segkit.segments.write import plain

SHOWN = 5  # events that are told one by one
_DATED = {"created": "created_at", "updated": "updated_at"}


@dataclass(frozen=True)
class Evidence:
    """An event that a condition looks at: its local day, kind, and value where it has one.

    `then` is what came after it in time, where that is asked. `passes` says whether it is what the condition asks of it;
    None where nothing is asked.
    """

    day: date
    what: str
    value: Decimal | None = None
    then: Evidence | None = None
    passes: bool | None = None

    def as_dict(self) -> dict[str, Any]:
        """The event as plain data."""
        told = {"day": str(self.day), "what": self.what, "value": _number(self.value)}
        then = {"then": self.then.as_dict()} if self.then else {}
        return told | then | ({} if self.passes is None else {"passes": self.passes})


@dataclass(frozen=True)
class Verdict:
    """A condition without parts: whether it holds, the figure found and the one asked for, and the events behind it.

    `found` is a count or value, `needed` a count or amount (a figure of the shop as of the moment; of a top share what its
    last member has); both are None where the condition has none. `evidence` is newest first, `more` how many older events there are beside.
    """

    condition: Condition
    holds: bool
    found: Decimal | None = None
    needed: Decimal | None = None
    evidence: tuple[Evidence, ...] = ()
    more: int = 0
    changes: tuple[Change, ...] = ()
    facts: tuple[Fact, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The verdict as plain data; what there is none of is left out."""
        told = {
            "found": _number(self.found), "needed": _number(self.needed), "more": self.more or None,
            "evidence": [one.as_dict() for one in self.evidence],
            "facts": [one.as_dict() for one in self.facts],
            "changes": [{"what": one.what, "number": _number(one.number), "day": one.day and str(one.day)} for one in self.changes],
        }  # fmt: skip
        return {
            "condition": plain(self.condition),
            "holds": self.holds,
            **{key: value for key, value in told.items() if value not in (None, [])},
        }


@dataclass(frozen=True)
class Explanation:
    """The answer for one person; `verdicts` in reading order, one for each different condition without parts."""

    segment: str
    profile_id: str
    as_of: str
    is_member: bool
    condition: Condition
    verdicts: dict[Condition, Verdict] = field(hash=False)
    figures: dict[tree.Shop, float] = field(default_factory=dict, hash=False)

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
        """The answer as plain data; `tree` has the verdict of every part."""
        return {
            "segment": self.segment, "profile_id": self.profile_id, "as_of": self.as_of, "is_member": self.is_member,
            "tree": self._tree(self.condition),
        }  # fmt: skip

    def _tree(self, condition: Condition) -> dict[str, Any]:
        match condition:
            case tree.All(inner):
                return {"all": [self._tree(one) for one in inner], "holds": self.holds(condition)}
            case tree.Any(inner):
                return {"any": [self._tree(one) for one in inner], "holds": self.holds(condition)}
            case tree.Not(inner):
                return {"not": self._tree(inner), "holds": self.holds(condition)}
        return self.verdicts[condition].as_dict()


def explain(
    store: Store, rules: Rules, segments: SegmentSet, segment: str, profile: str, scores: Query | None = None
) -> Explanation:  # fmt: skip
    """Judge every condition of a segment for one person; an unknown person is an error.

    `scores` has one row per profile and a column per prediction, made as of the same moment (`with_flags`).
    """
    condition = segments.resolved(segment)
    parts = {f"leaf_{place}": leaf for place, leaf in enumerate(dict.fromkeys(leaves(condition)), 1)}
    keep = tuple(sorted({_DATED[leaf.name] for leaf in parts.values() if isinstance(leaf, tree.ProfileDate) and leaf.name in _DATED}))
    frame = store.ask(with_flags(rules, {"is_member": condition, **parts}, scores, keep).keep(f"profile_id = {rows.literal(profile)}"))
    if frame.empty:
        raise SegmentError(f"Nobody is called {profile!r} as of {rules.as_of}.", "Give a profile_id, such as members() lists.")
    row = frame.iloc[0]
    amounts = figures(store, rules, parts.values())
    case = _Case(store, rules, profile, amounts, {column: row[column] for column in keep}, scores)
    verdicts = {leaf: case.verdict(leaf, bool(row[name])) for name, leaf in parts.items()}
    return Explanation(segment, profile, str(rules.as_of), bool(row["is_member"]), condition, verdicts, amounts)


def figures(store: Store, rules: Rules, asked: Iterable[Condition]) -> dict[tree.Shop, float]:
    """The shop's own figures that the conditions compare with; none where nobody bought."""
    shops = [amount for leaf in asked if isinstance(amount := getattr(leaf, "amount", None), tree.Shop)]
    return figures_of(shops, store.row(shop_figures(rules, shops))) if shops else {}


class _Case:
    """One person, as of one moment."""

    def __init__(
        self, store: Store, rules: Rules, profile: str, figures: dict[tree.Shop, float], dates: dict[str, Any], scores: Query | None
    ) -> None:  # fmt: skip
        self.store, self.rules, self.profile, self.figures, self.dates = store, rules, profile, figures, dates
        self.day, self.zone = rules.as_of.day, zone(rules.as_of.time_zone)
        self.facts = Facts(store, rules, profile, self._local, scores)

    def verdict(self, leaf: Condition, holds: bool) -> Verdict:
        """What is found for a condition, and what would turn it."""
        match leaf:
            case tree.Event():
                return self._event(leaf, holds)
            case tree.Every(metrics, least, where, item, window):
                events = self._judged(metrics, where, item)
                seen = self._seen(tree.Event(metrics, window=window))
                turned = changes.corrected(leaf, changes.of_every(leaf, events, self.day, holds), holds, bool(events))
                marked = sorted(_marked(seen, events), key=lambda event: event.passes)
                return _shown(Verdict(leaf, holds, Decimal(len(seen)), Decimal(least), changes=tuple(turned)), marked, True)
            case tree.Latest(which, metrics, where, item):
                events = self._judged(metrics, where, item)
                turned = changes.corrected(leaf, changes.of_latest(leaf, events, self.day, holds), holds, bool(events))
                verdict = Verdict(leaf, holds, changes=tuple(turned))
                return _shown(verdict, events if which == "last" else events[::-1], bool(where or item))
            case tree.Follow():
                return self._follow(leaf, holds)
            case tree.Top(_, measure, metrics, window):
                seen = self._seen(tree.Event(metrics, window=window))
                least = self.store.row(standing.border(self.rules, leaf))["border"]
                return _shown(Verdict(leaf, holds, _found(measure, seen), None if pd.isna(least) else Decimal(str(least))), seen)
            case tree.ProfileDate(name, window) if name in _DATED:
                return Verdict(leaf, holds, changes=tuple(self._of_date(leaf, holds)), facts=tuple(self.facts.of(leaf)))
        return Verdict(leaf, holds, facts=tuple(self.facts.of(leaf)))

    def _event(self, leaf: tree.Event, holds: bool) -> Verdict:
        seen, events = self._seen(leaf), self._events(leaf.metrics, leaf.where, leaf.item)
        found, needed = _found(leaf.measure, seen), self._needed(leaf)
        if leaf.measure == tree.COUNT:
            turned = changes.of_count(leaf, events, self.day, holds, len(seen))
        else:
            turned = [] if needed is None else changes.of_value(leaf, events, self.day, holds, found, needed)
        turned = changes.corrected(leaf, turned, holds, bool(seen))
        return _shown(Verdict(leaf, holds, found, needed, changes=tuple(turned)), seen)

    def _needed(self, leaf: tree.Event) -> Decimal | None:
        if not isinstance(leaf.amount, tree.Shop):
            return Decimal(leaf.amount)
        return Decimal(str(self.figures[leaf.amount])) if leaf.amount in self.figures else None

    def _follow(self, leaf: tree.Follow, holds: bool) -> Verdict:
        """The first events with what came after each; those that decide come first where the condition holds."""
        firsts, thens = self._events((leaf.first,), leaf.where, ()), self._events((leaf.then,), leaf.where_next, ())
        pairs = list(zip(firsts, self._after(leaf, firsts, thens), strict=True))
        seen = {one.at for one in self._seen(tree.Event((leaf.first,), where=leaf.where, window=leaf.window))}
        turned = changes.of_follow(leaf, pairs, seen, self.rules.as_of, holds, self._local)
        shown = [pair for pair in pairs if pair[0].at in seen]
        if holds:
            over = self.rules.as_of.end_at - timedelta(hours=leaf.hours)
            shown.sort(key=lambda pair: not (pair[1] is not None if leaf.followed else pair[1] is None and pair[0].at <= over))
        verdict = _shown(Verdict(leaf, holds, Decimal(len(shown)), changes=tuple(turned)), [first for first, _ in shown])
        told = [Evidence(then.day, then.metric, then.value) if then else None for _, then in shown[:SHOWN]]
        return replace(verdict, evidence=tuple(replace(one, then=then) for one, then in zip(verdict.evidence, told, strict=True)))

    def _after(self, leaf: tree.Follow, firsts: list[Happened], thens: list[Happened]) -> list[Happened | None]:
        """What came after each of the first events in time, of those that are alike where they must be."""
        until = timedelta(hours=leaf.hours)
        if not leaf.same:
            return [_earliest(_between(thens, one.at, one.at + until)) for one in firsts]
        mine, theirs = self._shared(leaf, leaf.first, leaf.where), self._shared(leaf, leaf.then, leaf.where_next)
        found = []
        for one in firsts:
            told = mine[one.at].pop()  # of several at one moment each has its turn
            near = _between(thens, one.at, one.at + until)
            found.append(_earliest([then for then in near if any(_alike(told, other) for other in theirs[then.at])]))
        return found

    def _shared(self, leaf: tree.Follow, metric: str, where: tree.Tests) -> dict[datetime, list[tuple[Any, ...]]]:
        """For each moment of such an event the properties that the other must share; None where one is not known."""
        frame = self.store.ask(shared_by(self.rules, metric, where, EVER, leaf.same, self.profile))
        found: dict[datetime, list[tuple[Any, ...]]] = {}
        told = [map(plain_value, frame[f"same_{name}"]) for name in leaf.same]
        for at, values in zip(frame["happened_at"], zip(*told, strict=True), strict=True):
            found.setdefault(at.to_pydatetime(), []).append(values)
        return found

    def _of_date(self, leaf: tree.ProfileDate, holds: bool) -> list[Change]:
        at = self.dates[_DATED[leaf.name]]
        if pd.isna(at) or at.to_pydatetime() >= self.rules.as_of.end_at:
            return []
        event = Happened(at.to_pydatetime(), self._local(at.to_pydatetime()), leaf.name, None)

        def judge(day: date) -> bool:
            return changes.inside(event, leaf.window, day)

        return list(changes.by_waiting([event], leaf.window, self.day, holds, judge))

    # --- events -------------------------------------------------------------------------------------------------------

    def _seen(self, leaf: tree.Event) -> list[Happened]:
        """The events in the window of a condition, newest first."""
        return self._asked(leaf.metrics, leaf)

    def _events(self, metrics: tuple[str, ...], where: tree.Tests, item: tree.Tests) -> list[Happened]:
        """All events that pass, newest first."""
        return self._asked(metrics, tree.Event(metrics, where=where, item=item))

    def _judged(self, metrics: tuple[str, ...], where: tree.Tests, item: tree.Tests) -> list[Happened]:
        """All events, newest first, with whether they pass; of several alike the passing ones come first."""
        passing = self._events(metrics, where, item)
        if not where and not item:
            return passing
        rest = self._events(metrics, (), ())
        for event in passing:
            rest.remove(event)
        failing = [Happened(event.at, event.day, event.metric, event.value, False) for event in rest]
        return sorted([*passing, *failing], key=lambda event: event.at, reverse=True)

    def _asked(self, metrics: tuple[str, ...], leaf: tree.Event) -> list[Happened]:
        found: list[Happened] = []
        for metric in metrics:
            known = tuple(test for test in leaf.where if test.name in words.metrics()[metric].properties)
            frame = self.store.ask(evidence(self.rules, (metric,), known, leaf.item, leaf.window, self.profile))
            found += [
                self._happened(at.to_pydatetime(), metric, worth) for at, worth in zip(frame["happened_at"], frame["worth"], strict=True)
            ]
        return sorted(found, key=lambda event: event.at, reverse=True)

    def _happened(self, at: datetime, metric: str, worth: Any) -> Happened:
        return Happened(at, self._local(at), metric, None if pd.isna(worth) else Decimal(str(worth)))

    def _local(self, at: datetime) -> date:
        return local_of_utc(at, self.zone).date()


def _earliest(events: list[Happened]) -> Happened | None:
    return min(events, key=lambda event: event.at, default=None)


def _between(events: list[Happened], after: datetime, until: datetime) -> list[Happened]:
    """The events later than a moment and not later than another, of events that stand newest first."""
    age = datetime.max  # bisect wants what rises: the newest has the least of it
    start = bisect_left(events, age - until, key=lambda event: age - event.at)
    return events[start : bisect_left(events, age - after, key=lambda event: age - event.at)]


def _alike(one: tuple[Any, ...], other: tuple[Any, ...]) -> bool:
    """Whether all properties are known and the same; of two lists some element stands in both."""
    if None in one or None in other:
        return False
    return all(bool(set(a) & set(b)) if isinstance(a, tuple) else a == b for a, b in zip(one, other, strict=True))


def _found(measure: str, seen: list[Happened]) -> Decimal | None:
    return Decimal(len(seen)) if measure == tree.COUNT else changes.measured(measure, seen)


def _marked(seen: list[Happened], judged: list[Happened]) -> list[Happened]:
    """The events that were seen, each as it was judged."""
    left, found = list(judged), []
    for one in seen:
        same = next(event for event in left if (event.at, event.metric, event.value) == (one.at, one.metric, one.value))
        left.remove(same)
        found.append(same)
    return found


def _shown(verdict: Verdict, events: list[Happened], is_judged: bool = False) -> Verdict:
    """A verdict with its first events as evidence."""
    told = tuple(Evidence(event.day, event.metric, event.value, passes=event.passes if is_judged else None) for event in events[:SHOWN])
    return replace(verdict, evidence=told, more=max(0, len(events) - SHOWN))


def _number(value: Decimal | None) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)
