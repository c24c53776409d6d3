"""Conditions that speak of the same rows form a stream; a state of a stream is all that its conditions can tell of a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any

from segkit.segments import tree, words
from segkit.segments.lint import probes
from segkit.segments.lint.life import A_DAY, AN_HOUR, Happening, Life, Question, Row, Subject, fact, question
from segkit.segments.lint.limits import MOST_HISTORIES, MOST_KINDS
from segkit.segments.lint.reach import bands, histories, is_count, lives, windows_of
from segkit.segments.lint.samples import around, kinds_of_rows, list_samples, samples
from segkit.segments.tree import Condition
from segkit.segments.window import EVER

OF_ROWS = (tree.Event, tree.Every, tree.Latest, tree.Top)


@dataclass(frozen=True)
class State:
    """What a stream's conditions say of a person, the probes that say the same of everyone like that, and an example."""

    truths: tuple[bool, ...]
    probed: Mapping[Condition, bool]
    example: Life


@dataclass(frozen=True)
class Stream:
    """Conditions about the same rows or fact, and every state that a person can be in."""

    name: str
    leaves: tuple[Condition, ...]
    probes: tuple[Condition, ...]
    states: tuple[State, ...]
    is_complete: bool = True
    is_exact: bool = True  # else parts of it were looked at as if they had nothing to do with each other

    @cached_property
    def column(self) -> dict[Condition, list[bool]]:
        """For each condition whether it is true, by state."""
        return {leaf: [state.truths[place] for state in self.states] for place, leaf in enumerate(self.leaves)}


def streams(conditions: Iterable[Condition]) -> list[Stream]:
    """The streams of a set of normal conditions, in order of their first appearance."""
    found = dict.fromkeys(leaf for condition in conditions for leaf in tree.leaves(condition))
    groups: list[tuple[set[Any], list[Condition]]] = []
    for leaf in found:
        touched = [group for group in groups if group[0] & _touches(leaf)]
        joined = (set(_touches(leaf)).union(*[keys for keys, _ in touched]), [one for _, part in touched for one in part] + [leaf])
        place = groups.index(touched[0]) if touched else len(groups)
        groups = [group for group in groups if group not in touched]
        groups.insert(place, joined)
    order = {leaf: place for place, leaf in enumerate(found)}
    return [stream for _, part in groups for stream in _made_of(sorted(part, key=order.__getitem__))]


def _touches(leaf: Condition) -> set[Any]:
    """What a condition speaks of: two that share anything are of one stream."""
    if isinstance(leaf, OF_ROWS):
        table = words.metrics()[leaf.metrics[0]].table
        others = {name: metric for name, metric in words.metrics().items() if metric.table == table}
        speaks_of_all = any(others[name].when is None for name in leaf.metrics)
        return {("rows", name) for name in (others if speaks_of_all else leaf.metrics)}
    if isinstance(leaf, tree.Follow):
        return {replace(leaf, hours=1, followed=True, window=EVER)}
    return {fact(leaf)}


def _made_of(leaves: Sequence[Any]) -> list[Stream]:
    if isinstance(leaves[0], OF_ROWS):
        return _of_rows(leaves)
    if isinstance(leaves[0], tree.Follow):
        return [_made(leaves[0].first, list(leaves), [], _follow_lives(leaves), True)]
    probing = probes.of_facts(leaves)
    asked = list(dict.fromkeys(leaf for one in (*leaves, *probing) for leaf in tree.leaves(one)))
    return [_made(_name(leaves[0]), list(leaves), probing, _fact_lives(asked), True)]


def _of_rows(leaves: Sequence[Any]) -> list[Stream]:
    """One stream; where that has too many histories, one for each kind of rows, as if those had nothing to do with each other.

    The latter only adds people who cannot be, so whatever is true of everybody stays true.
    """
    whole = _one_of_rows(leaves)
    parts: dict[Subject, list[Any]] = {}
    for leaf in leaves:
        parts.setdefault(subjects_of(leaf)[-1], []).append(leaf)
    if whole.is_complete or len(parts) == 1:
        return [whole]
    return [replace(_one_of_rows(part), is_exact=False) for part in parts.values()]


def _one_of_rows(leaves: Sequence[Any]) -> Stream:
    """Somebody with none of the rows is another kind of person than somebody with too few, so counts are also asked for any."""
    judged = list(dict.fromkeys([*leaves, *[at_all for leaf in leaves if (at_all := _at_all(leaf)) is not None]]))
    probing = [probe for probe in probes.of_rows(leaves) if probe not in judged]
    asked = list(dict.fromkeys(leaf for one in (*judged, *probing) for leaf in tree.leaves(one)))
    table = words.metrics()[leaves[0].metrics[0]].table
    rows = kinds_of_rows(table, list(dict.fromkeys(subject for leaf in asked for subject in subjects_of(leaf))))
    if len(rows) > MOST_KINDS:
        return Stream(leaves[0].metrics[0], tuple(judged), tuple(probing), (), False)
    reached = histories(asked, rows)  # type: ignore[arg-type]
    if not reached.is_complete:
        return Stream(leaves[0].metrics[0], tuple(judged), tuple(probing), (), False)
    return _made(leaves[0].metrics[0], judged, probing, lives(leaves, reached.histories), True)


def _at_all(leaf: Any) -> Condition | None:
    """That there is any of what a condition counts, or tests the first or last of."""
    if isinstance(leaf, tree.Latest) and leaf.where:
        return tree.Event(leaf.metrics)
    return replace(leaf, op=tree.AT_LEAST, amount=1) if is_count(leaf) else None


def subjects_of(leaf: Any) -> list[Subject]:
    """The rows that a condition speaks of: those it counts, and those among which it looks."""
    if isinstance(leaf, tree.Top):
        return [Subject(leaf.metrics)]
    return [Subject(leaf.metrics), Subject(leaf.metrics, leaf.where, leaf.item)]


def _made(name: str, judged: list[Condition], probing: list[Condition], found: Iterable[list[Life]], whole: bool) -> Stream:
    """Lives that make the same conditions true are one state; a probe that they disagree on is left out.

    Lives come in lists that differ in nothing but worth and rank.
    """
    questions, probed = [_asked(one) for one in judged], [_asked(one) for one in probing]
    states: dict[tuple[bool, ...], tuple[Life, list[bool | None]]] = {}
    for same in found:
        answers = [[ask(life) for life in same] if by_worth else [ask(same[0])] * len(same) for ask, by_worth in questions]
        told = [[ask(life) for life in same] if by_worth else [ask(same[0])] * len(same) for ask, by_worth in probed]
        for place, life in enumerate(same):
            truths, probes_ = tuple(column[place] for column in answers), [column[place] for column in told]
            before = states.setdefault(truths, (life, list(probes_)))[1]
            before[:] = [a if a == b else None for a, b in zip(before, probes_, strict=True)]
    made = [
        State(truths, {probe: value for probe, value in zip(probing, probes_, strict=True) if value is not None}, life)
        for truths, (life, probes_) in states.items()
    ]
    return Stream(name, tuple(judged), tuple(probing), tuple(made), whole)


def _asked(condition: Condition) -> tuple[Question, bool]:
    """The question, and whether its answer depends on worth or rank."""
    parts = list(tree.leaves(condition))
    by_worth = any(isinstance(leaf, tree.Top) or (isinstance(leaf, tree.Event) and not is_count(leaf)) for leaf in parts)
    return question(condition), by_worth


def _name(leaf: Condition) -> str:
    told = fact(leaf)
    return ".".join(part for part in told if isinstance(part, str))


# --- facts about the person -------------------------------------------------------------------------------------------


def _fact_lives(leaves: Sequence[Any]) -> list[list[Life]]:
    return [[Life((), {fact(leaves[0]): value})] for value in _values(leaves)]


def _values(leaves: Sequence[Any]) -> list[Any]:
    first = leaves[0]
    if isinstance(first, tree.Profile):
        tests = [leaf.test for leaf in leaves]
        prop = words.people().get(first.test.name)
        return list_samples(tests) if prop and prop.type == words.LIST else samples(tests)
    if isinstance(first, (tree.CanReceive, tree.ConsentIs)):
        return [None, *words.choices("statuses")]
    if isinstance(first, tree.Score):
        return [None, *around(sorted({Fraction(leaf.amount) for leaf in leaves}))]
    if isinstance(first, (tree.InList, tree.ProfileDate)):
        return _moments(leaves)
    return [True, False]


def _moments(leaves: Sequence[Any]) -> list[Any]:
    """A moment in each span that the windows make, past and to come; None is unknown or not there. A birthday counts in days."""
    windows = windows_of(leaves)
    if isinstance(leaves[0], tree.ProfileDate) and leaves[0].name == "birthday":
        ages = [age for window in windows for age in (window.newest or 0, (window.oldest or 0) + 1)]
        return [None, *sorted({age + step for age in ages for step in (-1, 0)})]
    ahead = sorted({-(window.newest or 0) for window in windows if window.is_ahead})
    coming = [-days * A_DAY + A_DAY // 2 for days in [*ahead, *(day + 1 for day in ahead)]]
    return [None, *[band.middle for band in bands([window for window in windows if not window.is_ahead])], *coming]


# --- one event after another ------------------------------------------------------------------------------------------


def _follow_lives(leaves: Sequence[tree.Follow]) -> Iterable[list[Life]]:
    """None of the first event; one, followed after each length of time that makes a difference or not at all; and two such."""
    first, then = (_row(leaves[0].first, leaves[0].where), _row(leaves[0].then, leaves[0].where_next))
    shared = tuple((name, "x") for name in leaves[0].same)
    first, then = (replace(row, properties=(*row.properties, *shared)) for row in (first, then))
    spans = sorted({leaf.hours for leaf in leaves})
    moments = [band.middle for band in bands([*windows_of(leaves), *[replace(EVER, hours=hours) for hours in spans]])]
    waits = [None, *(hours * AN_HOUR - AN_HOUR // 2 for hours in spans), (spans[-1] + 1) * AN_HOUR]
    single = [
        (Happening(at, first), *([] if wait is None else [Happening(at - wait, then)]))
        for at in moments for wait in waits if wait is None or wait < at
    ]  # fmt: skip
    pairs = list(product(single, single))[:MOST_HISTORIES]
    for events in [(), *single, *((*one, *other) for one, other in pairs)]:
        yield [Life(tuple(sorted(events, key=lambda event: -event.ago)))]


def _row(metric: str, where: tree.Tests) -> Row:
    """A row that passes the tests."""
    table = words.metrics()[metric].table
    asked = Subject((metric,), where)
    rows = kinds_of_rows(table, [asked])
    return rows[0] if rows else Row(table, metric)
