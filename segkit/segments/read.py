"""Definitions as plain data, as YAML and JSON hold them, read into conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from segkit.errors import SegmentError
from segkit.segments.tree import Condition, all_of, any_of
from segkit.segments.values import LONGEST
from segkit.segments.verbs import VERBS, build
from segkit.settings import suggestion

GROUPS = {"all": all_of, "any": any_of}
NOT = "not"
DEEPEST = 40  # no person follows more, and a reader in recursion falls over far beyond it
_DEEPEST_DATA = DEEPEST * 2 * 2  # a group is a mapping with a list in it, and its leaves go a few levels further
MOST_PARTS = 10**5  # of all definitions together; a file of a few lines can hold more when it speaks of itself
_PARAMETER = re.compile(r"\$(\$?)([A-Za-z_]\w*)")  # $name is a parameter; $$name is the text $name
_DOLLAR = re.compile(r"\$(?=[A-Za-z_])")


def condition(data: Any, path: str, depth: int = 0) -> Condition:
    """The condition that a mapping says: one verb with its keys, or all:, any: or not: over others.

    An error names the path, such as segments.a.all[1].within, and what is allowed there.
    """
    if depth > DEEPEST:
        raise SegmentError(f"{_start(path)}: conditions are nested deeper than {DEEPEST}.", "Give inner parts a name, and use in_segment:.")
    if not isinstance(data, Mapping):
        raise SegmentError(
            f"{path}: {_short(data)} is no condition.", "Write a verb with its keys, such as {did: placed_order, at_least: 3}."
        )
    for group, join in GROUPS.items():
        if group in data:
            return join(*_members(data, group, path, depth))
    if NOT in data:
        _alone(data, NOT, path)
        return ~condition(data[NOT], f"{path}.not", depth + 1)
    found = [key for key in data if key in VERBS]
    main = next((verb for verb in VERBS if verb in found), None)  # `top: ..., of:` and `every: ..., item:` share no main verb
    if main is None:
        raise SegmentError(f"{path}: no verb in {_short(dict(data))}.", suggestion(str(next(iter(data), "")), [*VERBS, *GROUPS, NOT]))
    if len(found) > 1:
        raise SegmentError(f"{path}: {' and '.join(map(str, found))} are two verbs.", "Make two conditions of them, under all: or any:.")
    return build(main, data, path)


def _members(data: Mapping[str, Any], group: str, path: str, depth: int) -> list[Condition]:
    _alone(data, group, path)
    inner = data[group]
    if not isinstance(inner, (list, tuple)) or not inner:
        raise SegmentError(
            f"{path}.{group}: {_short(inner)} is no list of conditions.", "Put each condition on a line that begins with  - "
        )
    return [condition(one, f"{path}.{group}[{place}]", depth + 1) for place, one in enumerate(inner)]


def _alone(data: Mapping[str, Any], group: str, path: str) -> None:
    others = [key for key in data if key != group]
    if others:
        raise SegmentError(f"{path}: {group} stands beside {others[0]!r}.", f"Put everything that belongs to it under {group}:.")


def readable(data: Any, path: str) -> None:
    """An error where data are nested too deeply, or endless through what YAML calls an alias."""
    found, parts = [(data, 0)], 0
    while found:
        one, depth = found.pop()
        parts += 1
        if depth > _DEEPEST_DATA:
            raise SegmentError(f"{path}: nested deeper than {DEEPEST} conditions.", "Give inner parts a name, and use in_segment:.")
        if parts > MOST_PARTS:
            raise SegmentError(
                f"{path}: more than {MOST_PARTS} parts.", "Give what repeats a name, and use in_segment: rather than & and *."
            )
        inner = one.values() if isinstance(one, Mapping) else one if isinstance(one, (list, tuple)) else ()
        found += [(part, depth + 1) for part in inner]


def filled(data: Any, parameters: Mapping[str, Any], path: str, keep: bool = False) -> Any:
    """The same data with each $name replaced: a value on its own keeps its type, inside a text it becomes text.

    $$name becomes the text $name, or stays as it is with `keep`.
    """
    if isinstance(data, Mapping):
        return {key: filled(inner, parameters, f"{path}.{key}", keep) for key, inner in data.items()}
    if isinstance(data, (list, tuple)):
        return [filled(inner, parameters, f"{path}[{place}]", keep) for place, inner in enumerate(data)]
    if not isinstance(data, str):
        return data
    alone = _PARAMETER.fullmatch(data)
    if alone and not alone[1]:
        return _parameter(alone[2], parameters, path)
    return _PARAMETER.sub(lambda found: _text(found, parameters, path, keep), data)


def _text(found: re.Match[str], parameters: Mapping[str, Any], path: str, keep: bool) -> str:
    is_text, name = found.groups()
    if is_text:
        return found[0] if keep else f"${name}"
    return str(_parameter(name, parameters, path))


def escaped(data: Any) -> Any:
    """The same data as `filled` reads it back: the text $name, which no parameter is meant by, as $$name."""
    if isinstance(data, Mapping):
        return {key: escaped(inner) for key, inner in data.items()}
    if isinstance(data, (list, tuple)):
        return [escaped(inner) for inner in data]
    return _DOLLAR.sub("$$", data) if isinstance(data, str) else data


def _parameter(name: str, parameters: Mapping[str, Any], path: str) -> Any:
    if name not in parameters:
        raise SegmentError(
            f"{path}: unknown parameter ${name}.",
            f"Add it under parameters:, or write $${name} for that text. {suggestion(name, parameters)}",
        )
    return parameters[name]


def parameters_in(data: Any) -> set[str]:
    """The names of all parameters that the data speak of."""
    if isinstance(data, Mapping):
        return set().union(*map(parameters_in, data.values())) if data else set()
    if isinstance(data, (list, tuple)):
        return set().union(*map(parameters_in, data)) if data else set()
    return {name for is_text, name in _PARAMETER.findall(data) if not is_text} if isinstance(data, str) else set()


def _short(data: Any) -> str:
    try:
        told = repr(data)
    except RecursionError:
        return "that"
    return told if len(told) <= LONGEST else f"{told[:LONGEST]}..."


def _start(path: str) -> str:
    return ".".join(path.replace("[", ".").split(".")[:2])
