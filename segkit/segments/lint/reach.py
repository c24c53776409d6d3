"""What can have happened to a person, as far as conditions about one table tell apart: every reachable history, found step by step."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from segkit.segments import tree
from segkit.segments.lint.life import AN_HOUR, Happening, Life, Number, Of, Row, Subject, fact, is_of, size, unit, within
from segkit.segments.lint.limits import LONG, MOST_HISTORIES, MOST_WORTHS
from segkit.segments.lint.samples import around, cuts_of
from segkit.segments.tree import Condition
from segkit.segments.window import HOURS_A_DAY, Window

Leaf = tree.Event | tree.Every | tree.Latest | tree.Top


@dataclass(frozen=True)
class Band:
    """A span of time before the as-of moment in which no window begins or ends: from `near` to `far` hours ago."""

    near: int
    far: int | None

    @property
    def middle(self) -> int:
        """A moment in it, in seconds ago: noon of its newest day, or half-way where it is shorter than a day."""
        far = self.near + HOURS_A_DAY if self.far is None else self.far
        return self.near * AN_HOUR + min(HOURS_A_DAY, far - self.near) * AN_HOUR // 2

    @property
    def window(self) -> Window:
        """The band in days."""
        return Window(self.near // HOURS_A_DAY, None if self.far is None else self.far // HOURS_A_DAY - 1)


def bands(windows: Iterable[Window]) -> list[Band]:
    """The spans between the borders of the windows, newest first."""
    borders = {0}
    for window in windows:
        if window.hours is not None:
            borders.add(window.hours)
        else:
            borders |= {day * HOURS_A_DAY for day in (window.newest, None if window.oldest is None else window.oldest + 1) if day}
    ends = sorted(border for border in borders if border >= 0)
    return [Band(near, far) for near, far in zip(ends, [*ends[1:], None], strict=True)]


@dataclass(frozen=True)
class _Counted:
    """A number that a history is judged by: how many rows of a kind (or, of those, not passing) lie in a window, up to `cap`."""

    is_meant: Of
    window: Window
    cap: int
    is_passing: Of | None = None

    def counts(self, row: Row, ago: int) -> bool:
        there = within(self.window, ago) and self.is_meant(row)
        return there and (self.is_passing is None or not self.is_passing(row))


class _Latest:
    """Whether the first or last event of a kind, as far as is known, lies in the window and passes; None before there is any."""

    def __init__(self, leaf: tree.Latest) -> None:
        self.leaf, self.is_meant = leaf, Of(Subject(leaf.metrics))
        self.is_passing = Of(Subject(leaf.metrics, leaf.where, leaf.item))

    def after(self, before: bool | None, row: Row, ago: int) -> bool | None:
        if not self.is_meant(row) or (self.leaf.which == "first" and before is not None):
            return before
        return within(self.leaf.window, ago) and self.is_passing(row)


@dataclass(frozen=True)
class Reached:
    """The histories, shortest first, and whether they are all there are."""

    histories: list[tuple[Happening, ...]]
    is_complete: bool


def histories(leaves: Sequence[Leaf], rows: Sequence[Row]) -> Reached:
    """One history for each way in which counts, first and last events can stand, each built by adding one later event."""
    counted, latest = _counted(leaves), [_Latest(leaf) for leaf in leaves if isinstance(leaf, tree.Latest)]
    spans = [band.middle for band in bands(windows_of(leaves))]
    steps = [
        _Step(place, ago, row, times, counted, latest) for place, ago in enumerate(spans) for row in rows for times in _strides(leaves)
    ]
    start = (len(spans), (0,) * len(counted), (None,) * len(latest))
    found: dict[Any, tuple[Happening, ...]] = {start: ()}
    frontier = [start]
    while frontier and len(found) <= MOST_HISTORIES:
        ahead = []
        for state in frontier:
            for step in steps:
                reached = step.after(state) if step.place <= state[0] else state
                if reached not in found:
                    found[reached] = found[state] + step.events
                    ahead.append(reached)
        frontier = ahead
    return Reached([_in_order(history) for history in found.values()], not frontier)


class _Step:
    """One more event, or several of one kind in one span, and what it changes."""

    def __init__(self, place: int, ago: int, row: Row, times: int, counted: list[_Counted], latest: list[_Latest]) -> None:
        self.place, self.row, self.ago, self.latest = place, row, ago, latest
        self.events = (Happening(ago, row),) * times
        self.more = [(times if one.counts(row, ago) else 0, one.cap) for one in counted]

    def after(self, state: Any) -> Any:
        _, counts, seen = state
        more = tuple(min(cap, count + added) for count, (added, cap) in zip(counts, self.more, strict=True))
        told = tuple(one.after(before, self.row, self.ago) for one, before in zip(self.latest, seen, strict=True))
        return self.place, more, told


def _in_order(history: tuple[Happening, ...]) -> tuple[Happening, ...]:
    """Events of one band a second apart, so that the last one is the last."""
    return tuple(Happening(one.ago - place, one.row) for place, one in enumerate(history))


def windows_of(leaves: Iterable[Condition]) -> list[Window]:
    """The windows that conditions speak of."""
    return [leaf.window for leaf in leaves if hasattr(leaf, "window")]


def cuts(leaves: Iterable[Condition]) -> list[int]:
    """The counts of events from which on some condition turns."""
    turned = {cut for leaf in leaves if is_count(leaf) for cut in cuts_of(leaf.op, int(leaf.amount))}  # type: ignore[attr-defined]
    least = {leaf.at_least for leaf in leaves if isinstance(leaf, tree.Every)}
    return sorted({cut for cut in turned | least | {1} if cut > 0})


def is_count(leaf: Condition) -> bool:
    """Whether it compares how often something happened."""
    return isinstance(leaf, tree.Event) and leaf.measure == tree.COUNT


def _strides(leaves: Sequence[Condition]) -> list[int]:
    """By how many events a history grows: one at a time, and in strides where counts are large."""
    turned = cuts(leaves)
    if turned[-1] <= LONG:
        return [1]
    return sorted({1, *turned, *(high - low for high in turned for low in turned if high > low)})


def _counted(leaves: Sequence[Condition]) -> list[_Counted]:
    are_mixed = mixes(leaves)
    caps: dict[tuple[Subject, Window, Subject | None], int] = {}

    def count(subject: Subject, window: Window, cap: int, passing: Subject | None = None) -> None:
        caps[subject, window, passing] = max(cap, caps.get((subject, window, passing), 1))

    for leaf in leaves:
        if isinstance(leaf, tree.Event):
            turned = cuts_of(leaf.op, int(leaf.amount)) if is_count(leaf) else [2 if are_mixed else 1]  # type: ignore[arg-type]
            count(Subject(leaf.metrics, leaf.where, leaf.item), leaf.window, max(turned))
        elif isinstance(leaf, tree.Every):
            count(Subject(leaf.metrics), leaf.window, leaf.at_least)
            count(Subject(leaf.metrics), leaf.window, 1, Subject(leaf.metrics, leaf.where, leaf.item))
        elif isinstance(leaf, tree.Top):
            count(Subject(leaf.metrics), leaf.window, 1)
    return [
        _Counted(Of(subject), window, cap, None if passing is None else Of(passing)) for (subject, window, passing), cap in caps.items()
    ]


def lives(leaves: Sequence[Leaf], found: Iterable[tuple[Happening, ...]]) -> Iterable[list[Life]]:
    """Each history with what its events were worth, and where the person ranks among all, in every way that makes a difference."""
    worths, are_mixed = _worths(leaves), mixes(leaves)
    tops = [leaf for leaf in leaves if isinstance(leaf, tree.Top)]
    for history in found:
        priced = [
            tuple(Happening(one.ago, one.row, worth) for one, worth in zip(history, told, strict=True))
            for told in _told_worths(worths, are_mixed, len(history))
        ]
        yield [Life(events, facts) for events in priced for facts in _ranks(tops, events)]


Worth = tuple[tuple[Any, Number], ...]


def _told_worths(worths: list[Worth], are_mixed: bool, events: int) -> Iterable[tuple[Worth, ...]]:
    """What each event of a history is worth: all the same, and where conditions can tell, the oldest or newest apart."""
    if not events:
        yield ()
        return
    for worth in worths:
        yield (worth,) * events
    if are_mixed and events > 1:
        for one, rest in product(_corners(worths), repeat=2):
            if one != rest:
                yield (one,) + (rest,) * (events - 1)
                yield (rest,) * (events - 1) + (one,)


def _corners(worths: list[Worth]) -> list[Worth]:
    """Those that are lowest or highest in each unit."""
    levels = [sorted({worth[place] for worth in worths}) for place in range(len(worths[0]))]
    return [worth for worth in worths if all(one in (levels[place][0], levels[place][-1]) for place, one in enumerate(worth))]


def mixes(leaves: Sequence[Condition]) -> bool:
    """Whether some unit is measured in more than one way, so that events of different worth make a difference.

    Only some of those differences are tried, so nothing is said to be impossible on such grounds.
    """
    ways: dict[Any, set[Any]] = {}
    for leaf in leaves:
        if isinstance(leaf, tree.Event) and leaf.measure != tree.COUNT:
            ways.setdefault(unit(leaf.amount), set()).add((leaf.measure, leaf.window, leaf.metrics, leaf.where, leaf.item))
    return any(len(found) > 1 for found in ways.values())


def _worths(leaves: Sequence[Condition]) -> list[Worth]:
    """What every event of a history is worth, by unit: below, at and above each amount in use."""
    borders: dict[Any, set[Fraction]] = {}
    most = cuts(leaves)
    for leaf in leaves:
        if isinstance(leaf, tree.Event) and leaf.measure != tree.COUNT:
            told = size(leaf.amount)
            parts = [told / times for times in most] if leaf.measure == tree.SUM else [told]
            borders.setdefault(unit(leaf.amount), set()).update(parts)
    options = {name: sorted({Fraction(0), *(worth for worth in around(sorted(found)) if worth > 0)}) for name, found in borders.items()}
    chosen: list[Worth] = [tuple(zip(options, worth, strict=True)) for worth in product(*options.values())]
    return chosen[:: 1 + len(chosen) // MOST_WORTHS]


def _ranks(tops: list[tree.Top], events: tuple[Happening, ...]) -> Iterable[dict[Any, Fraction]]:
    """Where the person stands among all who have anything: a share from above."""
    shares: dict[Any, set[Fraction]] = {}
    for leaf in tops:
        if any(within(leaf.window, one.ago) and is_of(Subject(leaf.metrics), one.row) for one in events):
            shares.setdefault(fact(leaf), set()).add(Fraction(leaf.share))
    levels = {name: [*sorted(found), Fraction(2)] for name, found in shares.items()}
    return (dict(zip(levels, chosen, strict=True)) for chosen in product(*levels.values()))
