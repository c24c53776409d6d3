"""The words in which a shop's YAML says its own segments, and the check that a rule uses no others."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from segkit_generators.errors import BadProfile

METRICS = {
    "placed_order": "Placed Order", "opened_email": "Opened Email", "clicked_email": "Clicked Email", "received_email": "Received Email",
    "viewed_product": "Viewed Product", "active_on_site": "Active on Site",
}  # fmt: skip
FLAGS = {"apple_privacy_open": "Apple Privacy Open", "bot_click": "Bot Click"}
ITEMS = {"brand": "Brands", "category": "Categories"}
OPERATORS = {"at_least": "greater-than-or-equal", "at_most": "less-than-or-equal", "more_than": "greater-than", "less_than": "less-than",
             "exactly": "equals"}  # fmt: skip
LAST, BETWEEN, BEFORE = (
    re.compile(text) for text in (r"last (\d+) days", r"between (\d+) and (\d+) days ago", r"more than (\d+) days ago")
)
WITHIN = "last 90 days"
WAS = f"{WITHIN}, between 90 and 180 days ago, more than 180 days ago"
ABOUT = ("within", "where", "item")
BESIDE = {"did": (*OPERATORS, *ABOUT), "never": ABOUT, "total_value": (*OPERATORS, *ABOUT), "last": ("was",)}
"""What may stand beside a verb; the other verbs stand alone."""
VERBS = ("did", "never", "total_value", "last", "profile", "can_receive", "in_list", "any")

Known = Mapping[str, Collection[str]]
"""What the shop has: names by in_list, country, gender, brand, category."""


def check_segment(where: str, segment: Mapping[str, Any], known: Known) -> None:
    """BadProfile names the part of the segment (after `where`) that cannot be said, and what can."""
    kinds = [kind for kind in ("rule", "all", "any") if kind in segment]
    if len(kinds) != 1:
        raise BadProfile(f"{where} has {' and '.join(kinds) or 'no rule'}.", "Give it one of: rule, all, any.")
    kind = kinds[0]
    if kind == "rule":
        return _check(f"{where}.rule", segment["rule"], known)
    for number, rule in enumerate(segment[kind]):
        _check(f"{where}.{kind}.{number}", rule, known, one_only=kind == "any")


def _check(where: str, rule: Any, known: Known, one_only: bool = False) -> None:
    verbs = [verb for verb in VERBS if isinstance(rule, Mapping) and verb in rule]
    if len(verbs) != 1:
        raise BadProfile(f"{where} is {_plain(rule)!r}.", f"Say it with one of: {', '.join(VERBS)}.")
    verb = verbs[0]
    _among(where, set(rule) - {verb}, BESIDE.get(verb, ()))
    value = rule[verb]
    if verb in ("did", "never", "total_value", "last"):
        _among(f"{where}.{verb}", [value], METRICS)
        _check_beside(where, rule, known, verb)
    elif verb == "can_receive":
        _among(f"{where}.can_receive", [value], ("email", "sms"))
    elif verb == "in_list":
        _among(f"{where}.in_list", [value], known["in_list"])
    elif verb == "profile":
        _check_named(f"{where}.profile", value, known, ("country", "gender"))
    else:
        _check_any(where, value, known, one_only)


def _check_any(where: str, rules: Any, known: Known, inside: bool) -> None:
    if inside or not isinstance(rules, list) or not rules:
        raise BadProfile(f"{where}.any is {_plain(rules)!r}.", "Give a list of rules, and no any inside an any.")
    for number, rule in enumerate(rules):
        _check(f"{where}.any.{number}", rule, known, one_only=True)


def _check_beside(where: str, rule: Mapping[str, Any], known: Known, verb: str) -> None:
    if verb == "last" and not any(form.fullmatch(str(rule.get("was"))) for form in (LAST, BETWEEN, BEFORE)):
        raise BadProfile(f"{where}.was is {rule.get('was')!r}.", f"Write one such as: {WAS}.")
    if "within" in rule and not LAST.fullmatch(str(rule["within"])):
        raise BadProfile(f"{where}.within is {rule['within']!r}.", f"Write it such as: {WITHIN}.")
    for name in OPERATORS:
        if name in rule and (isinstance(rule[name], bool) or not isinstance(rule[name], int | float)):
            raise BadProfile(f"{where}.{name} is {rule[name]!r}.", "Give a number.")
    if "where" in rule:
        _check_named(f"{where}.where", rule["where"], dict.fromkeys(FLAGS, (True, False)), FLAGS)
    if "item" in rule:
        _check_named(f"{where}.item", rule["item"], known, ITEMS)


def _check_named(where: str, named: Any, known: Mapping[str, Collection[Any]], names: Collection[str]) -> None:
    """A mapping of these names to values that are known."""
    if not isinstance(named, Mapping) or not named:
        raise BadProfile(f"{where} is {_plain(named)!r}.", f"Give one of: {', '.join(names)}.")
    _among(where, named, names)
    for name, value in named.items():
        _among(f"{where}.{name}", [value], known[name])


def _among(where: str, found: Collection[Any], allowed: Collection[Any]) -> None:
    for one in found:
        if one not in allowed:
            raise BadProfile(f"{where} has {one!r}.", f"Allowed there: {', '.join(map(str, allowed)) or 'nothing'}.")


def _plain(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else value
