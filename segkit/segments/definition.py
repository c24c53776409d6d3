"""Segments and sets of them: a definition with its title, purpose and sample, read from YAML and written back."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from segkit.errors import SegmentError
from segkit.segments import values
from segkit.segments.read import GROUPS, NOT, condition, escaped, filled, parameters_in, readable
from segkit.segments.tree import CanReceive, Condition, InSegment, leaves, replaced
from segkit.segments.write import plain
from segkit.settings import Settings, read_yaml, suggestion

VERSION = 1
LONGEST_LINE = 10**4  # a text stays on its line
KINDS = ("lifecycle", "purchase", "interest", "interaction", "feedback", "predictive", "deliverability")
GOALS = ("keep", "grow", "first_order", "second_order", "win_back", "remove", "inform", "ask", "block")
MOST_DISCOUNT = 3  # none, an extra, a second step, up front
BLANKS = ("brand", "category", "product", "country", "campaign", "page", "link", "form", "list")
_LANGUAGES = ("nl", "en")
_TEXTS = ("title", "why", "action")
_ID = re.compile(r"[a-z][a-z0-9_]{0,59}")
_RULES = ("rule", *GROUPS, NOT)
_KEYS = (*_TEXTS, "kind", "goal", "source", "sample", "discount", "blanks", *_RULES)
_AOV = {
    "mean": "shop average order value", "median": "shop median order value",
    "quantile": "shop {share}% quantile of average value",
}  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """A part of a segment: a share, or so many when that is more, at most everyone; the seed decides who."""

    share: Decimal
    at_least: int = 1
    seed: int = 1

    def size(self, members: int) -> int:
        """How many of so many members are taken."""
        return min(members, max(math.ceil(members * self.share), self.at_least))


@dataclass(frozen=True)
class Segment:
    """A named condition: who is in it (`condition`), how it reads, and what it is for.

    `title`, `why` and `action` hold a text per language ({"nl": ..., "en": ...}); `goal` says what is done with its
    members, one of GOALS; `discount` how much persuasion by price fits (0 none to 3 first); `source` is where the
    definition comes from.
    """

    id: str
    condition: Condition
    title: Mapping[str, str] = field(default_factory=dict, hash=False)
    why: Mapping[str, str] = field(default_factory=dict, hash=False)
    action: Mapping[str, str] = field(default_factory=dict, hash=False)
    kind: str | None = None
    goal: str | None = None
    source: str | None = None
    sample: Sample | None = None
    discount: int | None = None

    def to_send(self, channel: str = "email") -> Segment:
        """The members one may write to: subscribed and not suppressed."""
        return replace(self, condition=self.condition & CanReceive(channel))

    def to_advertise(self) -> Segment:
        """The members whose address may be given to an advertising partner, which is a consent of its own."""
        return replace(self, condition=self.condition & CanReceive("email", "partner"))


@dataclass(frozen=True)
class Template:
    """A segment with blanks, such as a brand: it has no members until they are filled in."""

    id: str
    blanks: Mapping[str, str] = field(hash=False)  # blank -> what fills it, one of BLANKS
    data: Mapping[str, Any] = field(hash=False)
    parameters: Mapping[str, Any] = field(hash=False)

    def fill(self, id: str | None = None, **given: str) -> Segment:
        """The segment with its blanks filled in, under an id of its own."""
        for name in given:
            values.name(name, self.blanks, f"segments.{self.id}", "blank")
        missing = [name for name in self.blanks if name not in given]
        if missing:
            raise SegmentError(f"segments.{self.id} needs a {missing[0]}.", f"Fill it in:  {missing[0]}: ...")
        data = {key: value for key, value in self.data.items() if key != "blanks"}
        return _segment(id or self.id, data, {**self.parameters, **given})  # type: ignore[return-value]

    @property
    def title(self) -> Mapping[str, str]:
        """Its title, in which a blank stands as $name."""
        return self.data.get("title", {})


class SegmentSet(Mapping[str, Segment | Template]):
    """Segments by id, which may speak of each other; a cycle or an unknown id is an error.

    `beside` are segments of another set that these may speak of too.
    """

    def __init__(
        self,
        segments: Mapping[str, Segment | Template],
        parameters: Mapping[str, Any] | None = None,
        beside: Mapping[str, Segment | Template] | None = None,
    ) -> None:
        self._segments, self.parameters = dict(segments), dict(parameters or {})
        self._known = {**(beside or {}), **self._segments}
        for name in self._segments:
            if isinstance(self[name], Segment):
                self.resolved(name)

    def __getitem__(self, name: str) -> Segment | Template:
        if name not in self._segments:
            raise SegmentError(f"Unknown segment {name!r}.", suggestion(name, self._segments))
        return self._segments[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._segments)

    def __contains__(self, name: object) -> bool:
        return name in self._segments

    def __len__(self) -> int:
        return len(self._segments)

    def __or__(self, other: Mapping[str, Segment | Template]) -> SegmentSet:
        """Both sets; where both have an id, that of `other` is meant."""
        return SegmentSet({**self, **other}, {**self.parameters, **getattr(other, "parameters", {})})

    @property
    def segments(self) -> dict[str, Segment]:
        """Those that have members."""
        return {name: one for name, one in self.items() if isinstance(one, Segment)}

    @property
    def templates(self) -> dict[str, Template]:
        """Those with blanks to fill in."""
        return {name: one for name, one in self.items() if isinstance(one, Template)}

    def resolved(self, name: str) -> Condition:
        """The condition of a segment with every segment that it speaks of written out."""
        one = self[name]
        if isinstance(one, Template):
            raise SegmentError(f"segments.{name} needs a {next(iter(one.blanks))}.", "Fill in its blanks first.")
        return self.expanded(one.condition, (name,))

    def expanded(self, condition: Condition, above: tuple[str, ...] = ()) -> Condition:
        """A condition with every segment that it speaks of written out."""
        named = {leaf: leaf.id for leaf in leaves(condition) if isinstance(leaf, InSegment)}
        return replaced(condition, {leaf: self._expanded_segment(id, above) for leaf, id in named.items()})

    def _expanded_segment(self, id: str, above: tuple[str, ...]) -> Condition:
        if id in above:
            raise SegmentError(
                f"segments.{above[0]}: {' -> '.join((*above[above.index(id) :], id))} is a circle.", "Leave one of them out."
            )
        if id not in self._known:
            told = suggestion(id, self._known)
            raise SegmentError(f"segments.{above[-1] if above else ''}: unknown segment {id!r}.", told)
        one = self._known[id]
        if isinstance(one, Template):
            raise SegmentError(f"segments.{above[-1] if above else ''}: {id} has blanks to fill in.", "Speak of a filled-in segment.")
        return self.expanded(one.condition, (*above, id))

    def conditions(self) -> dict[str, Condition]:
        """The resolved condition of every segment that has members."""
        return {name: self.resolved(name) for name in self.segments}


def load(file: str | Path, settings: Settings, beside: Mapping[str, Segment | Template] | None = None, **parameters: Any) -> SegmentSet:
    """The segments of a YAML file, which may speak of those `beside` them.

    `parameters` go before those of the file, and those before thresholds of the same name.
    """
    path = Path(file)
    try:
        data = read_yaml(path, SegmentError)
    except RecursionError:
        raise SegmentError(f"{path.name}: nested too deeply to read.", "Give inner parts a name, and use in_segment:.") from None
    try:
        return read_set(data, settings, parameters, beside)
    except SegmentError as error:
        raise SegmentError(f"{path.name}: {error.problem}", error.todo) from None


def read_set(
    data: Any, settings: Settings, parameters: Mapping[str, Any] | None = None, beside: Mapping[str, Segment | Template] | None = None
) -> SegmentSet:
    """The segments that plain data say: {"version": 1, "parameters": {...}, "segments": {id: {...}}}."""
    readable(data, "segments")
    _check_top(data)
    own = data.get("parameters") or {}
    for name, value in own.items():
        if not isinstance(value, (int, float, str)) or isinstance(value, bool):
            raise SegmentError(f"parameters.{name}: {value!r} is not a number or text.", "Write a number, a text or a figure of the shop.")
        if isinstance(value, float):
            values.number(value, f"parameters.{name}")
    for name in parameters or {}:
        values.name(name, own, "parameters", "parameter")
    known = {**thresholds(settings), **own, **(parameters or {})}
    segments = {name: _segment(name, one, known) for name, one in data["segments"].items()}
    return SegmentSet(segments, {**own, **(parameters or {})}, beside)


def thresholds(settings: Settings) -> dict[str, Any]:
    """The thresholds that definitions may name, with two that follow from them.

    `aov` is the line between a high and a low order value, `purchase_not_recent_days` the first day that is not recent.
    """
    rule = settings["high_value_rule"]
    share = format(Decimal(str(settings["high_value_quantile"])) * 100, "f")
    derived = {"aov": _AOV[rule].format(share=share), "purchase_not_recent_days": settings["purchase_recent_days"] + 1}
    return {**{name: settings[name] for name in settings.thresholds}, **derived}


def _check_top(data: Any) -> None:
    if not isinstance(data, Mapping):
        raise SegmentError("the file holds no segments.", "Begin with  version: 1  and  segments:")
    for key in data:
        values.name(key, ("version", "parameters", "segments"), "top level", "key")
    if data.get("version") != VERSION:
        raise SegmentError(f"version: {data.get('version')!r} is unknown.", f"Begin the file with  version: {VERSION}")
    if not isinstance(data.get("segments"), Mapping) or not data["segments"]:
        raise SegmentError("segments: holds nothing.", "Add one, such as  active: {rule: {last: placed_order, was: last 30 days}}")
    if not isinstance(data.get("parameters") or {}, Mapping):
        raise SegmentError("parameters: is no mapping.", "Write each on a line of its own, such as  often: 3")


def _segment(name: Any, data: Any, parameters: Mapping[str, Any]) -> Segment | Template:
    path = f"segments.{name}"
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise SegmentError(f"{path}: {name!r} is no id.", "Use small letters, digits and underscores, beginning with a letter.")
    if not isinstance(data, Mapping):
        raise SegmentError(f"{path}: {data!r} is no definition.", "Write  rule: {...}  or  all: [...]  under it.")
    for key in data:
        values.name(key, _KEYS, path, "key")
    if data.get("blanks"):
        return _template(name, data, parameters, path)
    told = filled(data, parameters, path)
    rule = _rule(told, path)
    texts = {key: _texts(told.get(key), f"{path}.{key}") for key in _TEXTS}
    kind, goal = _word(told, "kind", KINDS, path), _word(told, "goal", GOALS, path)
    sample = _sample(told.get("sample"), f"{path}.sample")
    made = condition(rule, f"{path}.rule" if "rule" in told else path)
    return Segment(
        name,
        made,
        **texts,
        kind=kind,
        goal=goal,
        source=told.get("source"),
        sample=sample,
        discount=_discount(told.get("discount"), f"{path}.discount"),
    )


def _template(name: str, data: Mapping[str, Any], parameters: Mapping[str, Any], path: str) -> Template:
    """Checked with its blanks filled in by their own names, so that a mistake is told when the file is read."""
    for blank, what in data["blanks"].items():
        values.name(what, BLANKS, f"{path}.blanks.{blank}", "blank")
        if blank not in parameters_in({key: data[key] for key in _RULES if key in data}):
            raise SegmentError(f"{path}.blanks.{blank} is not used.", f"Write ${blank} where it belongs, or leave the blank out.")
    template = Template(name, dict(data["blanks"]), dict(data), parameters)
    template.fill(**dict.fromkeys(data["blanks"], "XX"))
    return template


def _rule(data: Mapping[str, Any], path: str) -> Any:
    said = [key for key in _RULES if key in data]
    if len(said) != 1:
        problem = f"{path} has no rule." if not said else f"{path}: {' and '.join(said)} stand beside each other."
        raise SegmentError(problem, "Write one of  rule: {...},  all: [...],  any: [...]  or  not: {...}.")
    return data["rule"] if said == ["rule"] else {said[0]: data[said[0]]}


def _texts(given: Any, path: str) -> Mapping[str, str]:
    """A text per language; a bare text is meant for every language."""
    if given is None:
        return {}
    if isinstance(given, str):
        return dict.fromkeys(_LANGUAGES, given)
    if not isinstance(given, Mapping):
        raise SegmentError(f"{path}: {given!r} is not text.", "Write {nl: ..., en: ...}.")
    return {values.name(lang, _LANGUAGES, path, "language"): values.text(told, f"{path}.{lang}") for lang, told in given.items()}


def _word(data: Mapping[str, Any], key: str, allowed: tuple[str, ...], path: str) -> str | None:
    return values.name(data[key], allowed, f"{path}.{key}", key) if data.get(key) else None


def _discount(given: Any, path: str) -> int | None:
    if given is None:
        return None
    if values.whole(given, path) > MOST_DISCOUNT:
        raise SegmentError(f"{path}: {given} is too much.", f"Write 0 (none) to {MOST_DISCOUNT} (up front).")
    return int(given)


def _sample(given: Any, path: str) -> Sample | None:
    if given is None:
        return None
    if not isinstance(given, Mapping) or "share" not in given:
        raise SegmentError(f"{path}: {given!r} is no sample.", "Write {share: 50%, at_least: 1000}, with a seed: if you like.")
    for key in given:
        values.name(key, ("share", "at_least", "seed"), path, "key")
    least, seed = (values.whole(given.get(key, 1), f"{path}.{key}") for key in ("at_least", "seed"))
    return Sample(values.share(given["share"], f"{path}.share"), least, seed)


def data_of(segments: SegmentSet) -> dict[str, Any]:
    """The set as plain data that `read_set` reads as the same set; parameters are written out."""
    return {"version": VERSION, "segments": {name: _data(one) for name, one in segments.items()}}


def yaml_of(segments: SegmentSet) -> str:
    """The set as the text of a segments.yaml."""
    yaml, text = YAML(), io.StringIO()
    yaml.width = LONGEST_LINE
    yaml.dump(data_of(segments), text)
    return text.getvalue()


def _data(one: Segment | Template) -> dict[str, Any]:
    if isinstance(one, Template):
        return _template_data(one)
    texts = {key: dict(told) for key in _TEXTS if (told := getattr(one, key))}
    words = {key: told for key in ("kind", "goal", "source", "discount") if (told := getattr(one, key)) is not None}
    rule = plain(one.condition)
    sample = {"sample": _sample_data(one.sample)} if one.sample else {}
    alone = len(rule) == 1 and next(iter(rule)) in (*GROUPS, NOT)
    return escaped({**texts, **words, **sample, **(rule if alone else {"rule": rule})})


def _template_data(one: Template) -> dict[str, Any]:
    """Its data with parameters written out and blanks left open; what is no parameter stays escaped."""
    known = {name: escaped(value) for name, value in one.parameters.items()}
    return filled(dict(one.data), {**known, **{blank: f"${blank}" for blank in one.blanks}}, one.id, keep=True)


def _sample_data(sample: Sample) -> dict[str, Any]:
    return {"share": f"{format(sample.share * 100, 'f')}%", "at_least": sample.at_least, "seed": sample.seed}
