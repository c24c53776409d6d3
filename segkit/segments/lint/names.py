"""Names of segments and lists that mislead or say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from typing import Any

from ruamel.yaml import YAML

from segkit.segments import tree
from segkit.segments.definition import Segment, Template
from segkit.segments.lint.finding import HINT, WARNING, LintFinding
from segkit.segments.tree import Condition
from segkit.segments.window import DAYS_A_WEEK, HOURS_A_DAY

SHORTEST = len("word")  # letters of a word that a list can be about
_WORD = re.compile(r"[^\W\d_]+")


@cache
def _words() -> dict[str, Any]:
    return YAML(typ="safe").load(resources.files(__package__).joinpath("names.yaml").read_text(encoding="utf-8"))


def of_names(
    segments: Mapping[str, Segment], conditions: Mapping[str, Condition], titled: Iterable[str], month_days: int
) -> Iterator[LintFinding]:
    """Names that say nothing, the same title twice, no title, and a number of days that the rule does not have.

    `titled` have their title elsewhere.
    """
    for name, segment in segments.items():
        told = [name.replace("_", " "), *segment.title.values()]
        unclear = [text for text in (segment.title.values() or told[:1]) if says_nothing(text)]
        if unclear:
            yield LintFinding("unclear_name", WARNING, (name,), {"name": unclear[-1]})
        elif not segment.title and name not in titled:
            yield LintFinding("no_title", HINT, (name,))
        yield from _days(name, told, conditions[name], month_days)
    yield from _same_titles(segments)


def of_library(segments: Mapping[str, Segment | Template], library: Mapping[str, Segment | Template]) -> Iterator[LintFinding]:
    """Segments with the id of one of the library and another rule: they are meant wherever the library speaks of that id."""
    for name, segment in segments.items():
        if name in library and _rule(segment) != _rule(library[name]):
            yield LintFinding("replaces_library", WARNING, (name,), {"id": name})


def _rule(segment: Segment | Template) -> object:
    return segment.condition if isinstance(segment, Segment) else segment.data


def says_nothing(text: str) -> bool:
    """Whether a name tells nobody who is in it."""
    plain = re.sub(r"[\s_-]+", " ", text.strip().lower())
    return any(re.fullmatch(pattern, plain) for pattern in _words()["says_nothing"])


def _same_titles(segments: Mapping[str, Segment]) -> Iterator[LintFinding]:
    found: dict[str, list[str]] = {}
    for name, segment in segments.items():
        for text in dict.fromkeys(" ".join(title.lower().split()) for title in segment.title.values()):
            found.setdefault(text, []).append(name)
    for names in dict.fromkeys(tuple(names) for names in found.values() if len(names) > 1):
        yield LintFinding("same_title", WARNING, names[::-1], {"name": next(iter(segments[names[0]].title.values()))})


def _days(name: str, told: list[str], condition: Condition, month_days: int) -> Iterator[LintFinding]:
    """A number of days in the name must be one of the rule's; a month is any number of days that a month can have."""
    own = days_of(condition)
    for text in told:
        said = [(int(days), 0) for days in re.findall(_words()["days"], text.lower())]
        said += [(int(weeks) * DAYS_A_WEEK, 0) for weeks in re.findall(_words()["weeks"], text.lower())]
        said += [(int(months) * month_days, int(months)) for months in re.findall(_words()["months"], text.lower())]
        wrong = [days for days, slack in said if own and not any(abs(days - one) <= 1 + slack for one in own)]
        if wrong:
            yield LintFinding("other_days", WARNING, (name,), {"name": text, "said": wrong[0], "days": sorted(own)})
            return


def days_of(condition: Condition) -> set[int]:
    """The numbers of days that the windows of a condition speak of."""
    found: set[int] = set()
    for leaf in tree.leaves(condition):
        window = getattr(leaf, "window", None)
        if window is not None:
            found |= {days for days in (window.newest, window.oldest, window.hours and window.hours // HOURS_A_DAY) if days}
        if isinstance(leaf, tree.Follow):
            found.add(leaf.hours // HOURS_A_DAY)
    return {abs(days) for days in found}


def sprawl(lists: Iterable[str], least: int) -> Iterator[LintFinding]:
    """Several lists about one thing: names that share a word."""
    about: dict[str, set[str]] = {}
    for name in sorted(set(lists)):
        for word in set(_WORD.findall(name.lower().replace("_", " "))):
            if len(word) >= SHORTEST and word not in _words()["about_nothing"]:
                about.setdefault(word, set()).add(name)
    for word, names in sorted(about.items()):
        if len(names) >= least:
            yield LintFinding("list_sprawl", WARNING, (), {"word": word, "lists": sorted(names)})
