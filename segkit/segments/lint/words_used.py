"""Findings about how a single definition is worded: machine opens, static lists, consent, names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from segkit.segments import tree
from segkit.segments.definition import Segment, SegmentSet
from segkit.segments.lint.finding import HINT, NOTE, WARNING, LintFinding
from segkit.segments.tree import Condition, leaves

_UNCLEAR = re.compile(
    r"(segment|lijst|list|test|temp|copy|kopie|nieuw|new|untitled|naamloos|groep|group)[\s_-]*(of|van)?[\s_-]*\d*", re.IGNORECASE
)
_DAYS = re.compile(r"(\d+)[\s_-]*(?:dagen|days|dgn|d\b)", re.IGNORECASE)
_UNMAILED = ("block", "remove")  # goals for which nobody is written to


def of_words(segments: SegmentSet, conditions: Mapping[str, Condition]) -> Iterator[LintFinding]:
    """What a definition or its name says that it should not."""
    for name, one in segments.segments.items():
        yield from _machines(name, conditions[name])
        yield from _lists(name, conditions[name])
        yield from _name(name, one, conditions[name])
    yield from _consent(segments.segments, conditions)
    yield from _sprawl(conditions)
    titles = Counter(one.title.get("nl", name) for name, one in segments.segments.items())
    for title in (title for title, count in titles.items() if count > 1):
        twice = tuple(name for name, one in segments.segments.items() if one.title.get("nl", name) == title)
        yield LintFinding("same_title", HINT, twice, {"title": title})


def _machines(name: str, condition: Condition) -> Iterator[LintFinding]:
    found = {kind for leaf in leaves(condition) for kind in _counted_machines(leaf)}
    if "opened_email" in found:
        yield LintFinding("machine_opens", WARNING, (name,))
    if "clicked_email" in found:
        yield LintFinding("bot_clicks", HINT, (name,))


def _counted_machines(leaf: Condition) -> Iterator[str]:
    """The kinds of events in which this leaf counts machines with people."""
    tested = {test.name for test in (*getattr(leaf, "where", ()), *getattr(leaf, "where_next", ()))}
    metrics = (leaf.first, leaf.then) if isinstance(leaf, tree.Follow) else getattr(leaf, "metrics", ())
    for metric, flag in (("opened_email", "apple_privacy_open"), ("clicked_email", "bot_click")):
        if metric in metrics and flag not in tested:
            yield metric


def _lists(name: str, condition: Condition) -> Iterator[LintFinding]:
    for leaf in leaves(condition):
        if isinstance(leaf, tree.InList) and leaf.window.is_ever:
            yield LintFinding("static_list", WARNING, (name,), {"list": leaf.name})


def _consent(segments: Mapping[str, Segment], conditions: Mapping[str, Condition]) -> Iterator[LintFinding]:
    """Segments to write to that do not ask whether one may; sending adds that, but a list made of them would not."""
    meant = [name for name, one in segments.items() if one.goal not in _UNMAILED]
    silent = tuple(
        name for name in meant if not any(isinstance(leaf, (tree.CanReceive, tree.ConsentIs)) for leaf in leaves(conditions[name]))
    )
    if silent:
        yield LintFinding("no_consent", NOTE, silent)


def _name(name: str, one: Segment, condition: Condition) -> Iterator[LintFinding]:
    told = one.title.get("nl") or one.title.get("en") or name
    if _UNCLEAR.fullmatch(told.strip()):
        yield LintFinding("unclear_name", HINT, (name,), {"title": told})
    said = {int(days) for days in _DAYS.findall(told)}
    windows = [getattr(leaf, "window", None) for leaf in leaves(condition)]
    asked = {edge for window in windows if window for edge in (window.newest, window.oldest, (window.newest or 0) - 1) if edge}
    if said and not said & asked:
        yield LintFinding("name_and_rule", HINT, (name,), {"title": told, "days": min(said)})


def _sprawl(conditions: Mapping[str, Condition]) -> Iterator[LintFinding]:
    """Several lists for one thing: names that begin with the same word."""
    lists = sorted({leaf.name for condition in conditions.values() for leaf in leaves(condition) if isinstance(leaf, tree.InList)})
    first = Counter(re.split(r"[\s_-]+", name.lower())[0] for name in lists)
    for word, count in first.items():
        if count > 2:
            using = [name for name, condition in conditions.items() if any(isinstance(leaf, tree.InList) for leaf in leaves(condition))]
            yield LintFinding("list_sprawl", HINT, tuple(using), {"word": word, "lists": count})
