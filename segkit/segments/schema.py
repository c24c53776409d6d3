"""The JSON Schema of segments.yaml, made from the table of verbs, so that an editor completes and checks while one types."""

from __future__ import annotations

from typing import Any

from segkit.segments import phrases, values, words
from segkit.segments.definition import BLANKS, GOALS, KINDS, MOST_DISCOUNT, VERSION
from segkit.segments.read import GROUPS, NOT
from segkit.segments.verbs import VERBS, Verb
from segkit.segments.window import FORMS

Schema = dict[str, Any]
_PARAMETER = {"type": "string", "pattern": r"\$[A-Za-z_]\w*"}
_TEXTS = {"anyOf": [{"type": "string"}, {"type": "object", "properties": {"nl": {"type": "string"}, "en": {"type": "string"}},
                                         "additionalProperties": False}]}  # fmt: skip


def schema() -> Schema:
    """The schema of a whole segments.yaml (draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "segments.yaml of segkit",
        "type": "object",
        "required": ["version", "segments"],
        "additionalProperties": False,
        "properties": {
            "version": {"const": VERSION},
            "parameters": {"type": "object", "additionalProperties": {"type": ["number", "string"]}},
            "segments": {"type": "object", "minProperties": 1, "additionalProperties": {"$ref": "#/$defs/segment"}},
        },
        "$defs": {
            "segment": _segment(),
            "condition": {"oneOf": [*_groups(), *[{"$ref": f"#/$defs/{name}"} for name in VERBS]]},
            **_verbs(),
        },
    }


def _segment() -> Schema:
    rules = ["rule", *GROUPS, NOT]
    told: Schema = {"title": _TEXTS, "why": _TEXTS, "action": _TEXTS, "source": {"type": "string"}, "kind": {"enum": list(KINDS)},
                    "goal": {"enum": list(GOALS)}, "discount": {"type": "integer", "minimum": 0, "maximum": MOST_DISCOUNT},
                    "blanks": {"type": "object", "additionalProperties": {"enum": list(BLANKS)}}, "sample": _sample()}  # fmt: skip
    return {
        "type": "object",
        "properties": {**told, "rule": {"$ref": "#/$defs/condition"}, **_members()},
        "additionalProperties": False,
        "oneOf": [{"required": [rule]} for rule in rules],
    }


def _sample() -> Schema:
    whole = {"anyOf": [{"type": "integer", "minimum": 0}, _PARAMETER]}
    parts = {"share": {"type": ["number", "string"]}, "at_least": whole, "seed": whole}
    return {"type": "object", "required": ["share"], "properties": parts, "additionalProperties": False}


def _members() -> Schema:
    several = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/condition"}}
    return {**dict.fromkeys(GROUPS, several), NOT: {"$ref": "#/$defs/condition"}}


def _groups() -> list[Schema]:
    return [
        {"type": "object", "required": [name], "properties": {name: part}, "additionalProperties": False}
        for name, part in _members().items()
    ]


def _verb_references() -> list[Schema]:
    return [{"$ref": f"#/$defs/{name}"} for name in VERBS]


def _verbs() -> dict[str, Schema]:
    return {name: _verb(verb) for name, verb in VERBS.items()}


def _verb(verb: Verb) -> Schema:
    properties = {verb.name: _kind(verb.main), **{key: _kind(kind) for key, kind in verb.keys.items()}}
    return {"type": "object", "required": [verb.name], "properties": properties, "additionalProperties": False}


def _kind(kind: str) -> Schema:
    """What may stand for a kind of value; a $parameter may stand for every one."""
    made = {
        "event": _one_of(words.metrics()),
        "events": _several(words.metrics()),
        "events with value": _several(name for name, metric in words.metrics().items() if metric.value),
        "times": {"type": "integer", "minimum": 0},
        "number": {"type": ["number", "string"]},
        "amount": {"anyOf": [{"type": "number"}, {"type": "string", "description": f"a number, or {', '.join(values.SHOP_FORMS)}"}]},
        "window": {"type": "string", "examples": list(FORMS)},
        "event tests": _tests({name for metric in words.metrics().values() for name in metric.properties}),
        "next tests": _tests({"same", *(name for metric in words.metrics().values() for name in metric.properties)}),
        "item tests": _tests(words.items()),
        "profile tests": {"type": "object", "minProperties": 1},
        "place": {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2},
        "share": {"type": ["number", "string"]},
        "channel": _one_of(words.choices("channels")),
        "purpose": _one_of(words.choices("purposes")),
        "status": _one_of(words.choices("statuses")),
        "region": _one_of(words.regions()),
        "measure": _one_of(phrases.MEASURES),
        "date": {"type": "string", "examples": [*words.dates(), f"{words.OWN}NAME"]},
        "segment": {"type": "string"},
        "text": {"type": "string"},
    }[kind]
    return {"anyOf": [made, _PARAMETER]} if made.get("type") != "string" or "enum" in made else made


def _one_of(names: Any) -> Schema:
    return {"type": "string", "enum": sorted(names)}


def _several(names: Any) -> Schema:
    one = _one_of(names)
    return {"anyOf": [one, {"type": "array", "minItems": 1, "items": one}]}


def _tests(names: Any) -> Schema:
    also = {spelling for spelling, name in words.spellings().items() if name in names}
    return {"type": "object", "minProperties": 1, "properties": dict.fromkeys(sorted({*names, *also}), True), "additionalProperties": False}
