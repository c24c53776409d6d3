"""The verbs: one table of them gives the Python functions, the YAML form, the schema and the error texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from segkit.errors import SegmentError
from segkit.segments import phrases, tree, values, words
from segkit.segments.tree import Condition
from segkit.settings import suggestion

Keys = Mapping[str, Any]


@dataclass(frozen=True)
class Verb:
    """A verb: the kind of its own value, the kind of each further key, and what it builds."""

    name: str
    main: str
    keys: dict[str, str]
    build: Callable[[Keys, str], Condition]


def build(verb: str, keys: Keys, path: str) -> Condition:
    """The condition that a verb with its keys says; an error names the key and what is allowed."""
    known = VERBS[verb]
    for key in keys:
        if key != verb and key not in known.keys:
            raise SegmentError(f"{path}: unknown key {key!r}.", suggestion(str(key), [verb, *known.keys]))
    return known.build(keys, path)


def _named(verb: str, make: Callable[[str], Condition]) -> Callable[[Keys, str], Condition]:
    """A verb that takes one name and nothing else."""
    return lambda keys, path: make(values.text(keys[verb], f"{path}.{verb}"))


def _region(keys: Keys, path: str) -> Condition:
    return tree.InRegion(values.name(keys["in_region"], words.regions(), f"{path}.in_region", "region"))


_TESTS = {"where": "event tests", "item": "item tests"}
_EVENT = {**_TESTS, "within": "window"}
_AMOUNTS = dict.fromkeys(tree.COMPARISONS, "amount")
_TIMES = dict.fromkeys(tree.COMPARISONS, "times")
_PAIR = {
    "where": "event tests", "within": "window", "followed_by": "event", "not_followed_by": "event", "where_next": "next tests",
    "days": "times", "hours": "times",
}  # fmt: skip
_ALL = (
    Verb("did", "events", {**_TIMES, **_EVENT}, phrases.did),
    Verb("never", "events", _EVENT, phrases.never),
    *(Verb(name, "events with value", {**_AMOUNTS, **_EVENT}, phrases.value(name)) for name in phrases.MEASURES if name != tree.COUNT),
    Verb("every", "events", {"at_least": "times", **_EVENT}, phrases.every),
    Verb("no", "events", _EVENT, phrases.no),
    *(Verb(which, "events", {**_TESTS, "was": "window"}, phrases.extreme(which)) for which in ("last", "first")),
    Verb("after", "event", _PAIR, phrases.after),
    Verb("profile", "profile tests", {}, phrases.profile),
    Verb("date", "date", {"is": "window"}, phrases.date),
    Verb("can_receive", "channel", {"purpose": "purpose"}, phrases.consent("can_receive", True)),
    Verb("cannot_receive", "channel", {"purpose": "purpose"}, phrases.consent("cannot_receive", False)),
    Verb("consent", "channel", {"is": "status", "purpose": "purpose"}, phrases.consent_is),
    Verb("in_list", "text", {"joined": "window"}, phrases.in_list),
    Verb("not_in_list", "text", {}, _named("not_in_list", lambda name: ~tree.InList(name))),
    Verb("in_segment", "segment", {}, _named("in_segment", tree.InSegment)),
    Verb("not_in_segment", "segment", {}, _named("not_in_segment", lambda id: ~tree.InSegment(id))),
    Verb("score", "text", _AMOUNTS, phrases.score),
    Verb("near", "place", {"km": "number"}, phrases.near),
    Verb("in_region", "region", {}, _region),
    Verb("top", "share", {"by": "measure", "of": "events", "within": "window"}, phrases.top),
)
VERBS: dict[str, Verb] = {verb.name: verb for verb in _ALL}
