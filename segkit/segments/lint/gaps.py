"""Boundary gaps: days, scores and counts between two segments that neither of them holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from segkit.segments import tree, words
from segkit.segments.lint import probes
from segkit.segments.lint.finding import HINT, WARNING, LintFinding
from segkit.segments.lint.grid import Flags, Grid, Model, joined
from segkit.segments.lint.life import Happening, Life, Subject, is_of, question
from segkit.segments.lint.limits import MOST_KINDS, MOST_POINTS
from segkit.segments.lint.reach import Band, bands, cuts, is_count, windows_of
from segkit.segments.lint.samples import kinds_of_rows
from segkit.segments.lint.streams import OF_ROWS, Stream, subjects_of
from segkit.segments.tree import Condition
from segkit.segments.write import plain


@dataclass(frozen=True)
class Line:
    """People who differ in one thing only, in order: how long ago, which score, how many."""

    axis: str
    points: tuple[Condition, ...]
    lives: tuple[Life, ...]
    widths: tuple[int | None, ...]


def gaps(model: Model, most: int, narrow: int, holes: bool) -> Iterator[LintFinding]:
    """Points of a line that no segment holds, though segments hold points on both sides of it.

    Only segments that change along the line make a gap, but who is in any other segment is not in it. `holes` says that
    all kinds of people are looked at: a wide gap of which some segment holds a part is then told as a hole, more exactly.
    """
    told: dict[tuple[str, str], LintFinding] = {}
    for stream in model.streams:
        along = [_Along(line, *_held_along(model, stream, line, most)) for line in lines(stream)]
        for one in along:
            alike = [other for other in along if other.line.points == one.line.points]
            for span, there in one.gaps():
                finding = _gap(model, stream, one, span, there, most, narrow)
                is_told_as_hole = holes and finding and finding.severity == HINT and any(other.holds_in(span) for other in alike)
                if finding and not is_told_as_hole:
                    told.setdefault((finding.key, str(finding.numbers["span"])), finding)
    yield from told.values()


@dataclass(frozen=True)
class _Along:
    """A line, and for each segment and point the states of the other streams in which it holds somebody."""

    line: Line
    held: dict[str, list[Flags]]
    beside: Grid

    @property
    def changing(self) -> dict[str, list[Flags]]:
        """The segments that hold some points of the line and not others."""
        return {name: along for name, along in self.held.items() if not all(np.array_equal(along[0], point) for point in along[1:])}

    def gaps(self) -> Iterator[tuple[tuple[int, int], Flags]]:
        """First and last point of each gap, and the states of the other streams in which it is one."""
        changing, count = self.changing, len(self.line.points)
        if len(changing) < 2:
            return
        anyone = [reduce(np.logical_or, [along[place] for along in changing.values()]) for place in range(count)]
        for first in range(1, count - 1):
            for last in range(first, count - 1):
                nobody = reduce(np.logical_and, [~anyone[place] for place in range(first, last + 1)])
                there = nobody & anyone[first - 1] & anyone[last + 1]
                if there.any():
                    yield (first, last), there

    def holds_in(self, span: tuple[int, int]) -> bool:
        """Whether some segment holds somebody there."""
        return any(along[place].any() for along in self.held.values() for place in range(span[0], span[1] + 1))


def _held_along(model: Model, stream: Stream, line: Line, most: int) -> tuple[dict[str, list[Flags]], Grid]:
    about = {name: one for name, one in model.audiences.items() if stream in model.streams_of([one])}
    beside = _beside(model, stream, about)
    if beside.size > most // len(line.points):
        about = {name: one for name, one in about.items() if _is_only_about(model, stream, one)}
        beside = _beside(model, stream, about)
    return {name: [_held(beside, stream, one, life) for life in line.lives] for name, one in about.items()}, beside


def _beside(model: Model, stream: Stream, conditions: Mapping[str, Condition]) -> Grid:
    return Grid(tuple(one for one in model.streams_of(conditions.values()) if one is not stream))


def _is_only_about(model: Model, stream: Stream, condition: Condition) -> bool:
    """Whether nothing but consent is asked beside."""
    others = [one for one in model.streams_of([condition]) if one is not stream]
    return all(isinstance(one.leaves[0], (tree.CanReceive, tree.ConsentIs)) for one in others)


def _held(beside: Grid, stream: Stream, condition: Condition, life: Life) -> Flags:
    """In which states of the other streams somebody with this life is in."""
    own = {leaf: question(leaf)(life) for leaf in tree.leaves(condition) if leaf in stream.column}
    return np.broadcast_to(_asked(beside, condition, own), beside.shape)


def _asked(beside: Grid, condition: Condition, own: dict[Condition, bool]) -> Flags:
    match condition:
        case tree.All(inner):
            return reduce(np.logical_and, [_asked(beside, one, own) for one in inner])
        case tree.Any(inner):
            return reduce(np.logical_or, [_asked(beside, one, own) for one in inner])
        case tree.Not(one):
            return ~_asked(beside, one, own)
    return np.array(own[condition]) if condition in own else beside.of(condition)


def _gap(
    model: Model, stream: Stream, along: _Along, span: tuple[int, int], there: Flags, most: int, narrow: int
) -> LintFinding | None:  # fmt: skip
    """The finding, with somebody like that; none where everybody like that is in a segment for another reason."""
    (first, last), line = span, along.line
    around = [name for name, held in along.changing.items() if (held[first - 1] & there).any() or (held[last + 1] & there).any()]
    widths = [width for width in line.widths[first : last + 1] if width is not None]
    is_narrow = line.axis == "days" and sum(widths) <= narrow
    key = "day_gap" if is_narrow else f"{line.axis}_gap"
    numbers = {"span": [plain(point) for point in line.points[first : last + 1]]} | _ends(line, first, last)
    severity = WARNING if is_narrow or line.axis == "score" else HINT
    who = tree.all_of(tree.any_of(*line.points[first : last + 1]), ~tree.any_of(*model.audiences.values()))
    life = _left_out(model, stream, along, span, there, most)
    return LintFinding(key, severity, tuple(around), numbers, who).with_witness(life) if life else None


def _left_out(model: Model, stream: Stream, along: _Along, span: tuple[int, int], there: Flags, most: int) -> Life | None:
    """Somebody in a gap who is in no segment at all; in none that asks about the stream where all would be too much."""
    wide = _beside(model, stream, model.audiences)
    about = {name: model.audiences[name] for name in along.held}
    segments, beside = (model.audiences, wide) if 0 < wide.size <= most else (about, along.beside)
    free = np.broadcast_to(_widened(there, along.beside, beside), beside.shape)
    for life in along.line.lives[span[0] : span[1] + 1]:
        left = np.argwhere(free & ~reduce(np.logical_or, [_held(beside, stream, one, life) for one in segments.values()]))
        if len(left):
            return joined([life, beside.example(left[0])])
    return None


def _widened(there: Flags, narrow: Grid, wide: Grid) -> Flags:
    """The same with an axis for each stream of a wider grid, of which it has all the streams in order."""
    return there.reshape([len(stream.states) if stream in narrow.streams else 1 for stream in wide.streams])


def _ends(line: Line, first: int, last: int) -> dict[str, Any]:
    """Where a gap begins and ends."""
    if line.axis == "days":
        return {"from": line.points[first].window.newest, "to": line.points[last].window.oldest}  # type: ignore[attr-defined]
    return _borders(line, first, last) if line.axis == "score" else {"from": first, "to": last}


def _borders(line: Line, first: int, last: int) -> dict[str, Any]:
    low = next(test.value for test in line.points[first].where if test.op == tree.AT_LEAST)  # type: ignore[attr-defined]
    high = next(test.value for test in line.points[last].where if test.op == tree.LESS_THAN)  # type: ignore[attr-defined]
    return {"from": _exact(low), "to": _exact(high)}


def _exact(number: Any) -> float:
    return int(number) if number == int(number) else float(number)


# --- lines ------------------------------------------------------------------------------------------------------------


def lines(stream: Stream) -> Iterator[Line]:
    """The lines of a stream of events: age of one event, or of several; number of a property of the first or last event."""
    if not isinstance(stream.leaves[0], OF_ROWS):
        return
    table_rows = stream_rows(stream)
    spans = bands([window for window in windows_of(stream.leaves) if window.hours is None])
    if 2 < len(spans) <= MOST_POINTS:
        yield from _ages(stream, table_rows, spans)
    yield from _scores(stream)
    yield from _counts(stream, table_rows)


def stream_rows(stream: Stream) -> list[Any]:
    """A row of each kind that the stream's own conditions tell apart."""
    table = words.metrics()[stream.leaves[0].metrics[0]].table  # type: ignore[attr-defined]
    return kinds_of_rows(table, list(dict.fromkeys(subject for leaf in stream.leaves for subject in subjects_of(leaf))))[:MOST_KINDS]


def _worths(stream: Stream) -> list[Any]:
    found = dict.fromkeys(event.worth for state in stream.states for event in state.example.events)
    return list(found)[:MOST_POINTS] or [()]


def _times(stream: Stream) -> list[int]:
    return cuts(stream.leaves)


def _ages(stream: Stream, rows: Sequence[Any], spans: list[Band]) -> Iterator[Line]:
    for row in rows:
        metrics = next((leaf.metrics for leaf in stream.leaves if is_of(Subject(leaf.metrics), row)), None)  # type: ignore[attr-defined]
        if metrics is None:
            continue
        points = tuple(tree.Latest("last", metrics, window=band.window) for band in spans)
        widths = tuple(None if band.window.oldest is None else band.window.oldest - (band.window.newest or 0) + 1 for band in spans)
        for worth in _worths(stream):
            for times in _times(stream):
                lives = tuple(Life(tuple(Happening(band.middle - place, row, worth) for place in range(times))) for band in spans)
                yield Line("days", points, lives, widths)


def _scores(stream: Stream) -> Iterator[Line]:
    tested = [(leaf.which, leaf.metrics, test.name) for leaf in stream.leaves if isinstance(leaf, tree.Latest) for test in leaf.where]
    for which, metrics, name in dict.fromkeys(tested):
        borders = probes.numbers_of(stream.leaves, which, metrics, name)
        if len(borders) < 2:
            continue
        points = tuple(tree.Latest(which, metrics, where=told) for told in probes.neighbours(name, borders))
        subjects = [Subject(point.metrics, point.where) for point in points]
        rows = kinds_of_rows(words.metrics()[metrics[0]].table, subjects)
        found = [next((row for row in rows if is_of(subject, row)), None) for subject in subjects]
        if None not in found:
            newest = bands(windows_of(stream.leaves))[0].middle
            yield Line("score", points, tuple(Life((Happening(newest, row),)) for row in found if row), (None,) * len(points))


def _counts(stream: Stream, rows: Sequence[Any]) -> Iterator[Line]:
    whole = [leaf for leaf in stream.leaves if is_count(leaf) and leaf.window.is_ever]  # type: ignore[attr-defined]
    most = max((int(leaf.amount) for leaf in whole), default=0) + 2  # type: ignore[attr-defined]
    if not whole or most > MOST_POINTS:
        return
    newest = bands(windows_of(stream.leaves))[0].middle
    for row in rows:
        points = tuple(tree.Event(whole[0].metrics, tree.EXACTLY, times, where=whole[0].where, item=whole[0].item) for times in range(most))  # type: ignore[attr-defined]
        for worth in _worths(stream):
            lives = tuple(Life(tuple(Happening(newest - place, row, worth) for place in range(times))) for times in range(most))
            yield Line("count", points, lives, (None,) * most)
