"""The verbs as Python functions: the same words and keys as in YAML."""

from __future__ import annotations

from typing import Any as Anything

from segkit.segments.tree import Condition
from segkit.segments.verbs import build

__all__ = [
    "after", "average_value", "can_receive", "cannot_receive", "consent", "date", "did", "every", "first", "highest_value", "in_list",
    "in_region", "in_segment", "last", "near", "never", "no", "not_in_list", "not_in_segment", "profile", "score", "top", "total_value",
]  # fmt: skip


def _say(verb: str, main: Anything, keys: dict[str, Anything]) -> Condition:
    told = {key.rstrip("_"): value for key, value in keys.items()}  # is_= where Python keeps `is` for itself
    return build(verb, {verb: main, **told}, f"{verb}({main!r})")


def did(metric: str | list[str], **keys: Anything) -> Condition:
    """Did something so often (at least once): did("placed_order", at_least=3, within="last 90 days", item={"brand": "Nike"})."""
    return _say("did", metric, keys)


def never(metric: str | list[str], **keys: Anything) -> Condition:
    """Did not do it, ever or within a window: never("placed_order", within="last 90 days")."""
    return _say("never", metric, keys)


def no(metric: str | list[str], **keys: Anything) -> Condition:
    """No such event passes the tests: no("placed_order", item={"category": "Taarten"})."""
    return _say("no", metric, keys)


def every(metric: str | list[str], **keys: Anything) -> Condition:
    """There are some, and each one passes the tests: every("placed_order", item={"brand": "Nike"}, at_least=2)."""
    return _say("every", metric, keys)


def total_value(metric: str | list[str], **keys: Anything) -> Condition:
    """The sum of the value: total_value("placed_order", more_than=1000)."""
    return _say("total_value", metric, keys)


def average_value(metric: str | list[str], **keys: Anything) -> Condition:
    """The mean value: average_value("placed_order", more_than="shop average order value"); false without any event."""
    return _say("average_value", metric, keys)


def highest_value(metric: str | list[str], **keys: Anything) -> Condition:
    """The highest value: highest_value("placed_order", at_least=250); false without any event."""
    return _say("highest_value", metric, keys)


def last(metric: str | list[str], **keys: Anything) -> Condition:
    """The last one lies in a window or passes tests: last("placed_order", was="between 90 and 180 days ago")."""
    return _say("last", metric, keys)


def first(metric: str | list[str], **keys: Anything) -> Condition:
    """The first one lies in a window or passes tests: first("placed_order", was="last 30 days")."""
    return _say("first", metric, keys)


def after(metric: str, **keys: Anything) -> Condition:
    """One event followed by another or not: after("added_to_cart", not_followed_by="placed_order", days=1, within="last 14 days")."""
    return _say("after", metric, keys)


def profile(**tests: Anything) -> Condition:
    """Properties of the person: profile(country="NL", gender={"is_not": "m"}); own__NAME for a property of the shop's own."""
    return _say("profile", {key.replace("own__", "own."): value for key, value in tests.items()}, {})


def date(name: str, is_: str) -> Condition:
    """A date of the person lies in a window: date("created", "more than 90 days ago")."""
    return _say("date", name, {"is": is_})


def can_receive(channel: str, **keys: Anything) -> Condition:
    """May be written to: can_receive("email"), can_receive("email", purpose="partner")."""
    return _say("can_receive", channel, keys)


def cannot_receive(channel: str, **keys: Anything) -> Condition:
    """May not be written to; the rest of can_receive."""
    return _say("cannot_receive", channel, keys)


def consent(channel: str, **keys: Anything) -> Condition:
    """The newest state of consent: consent("email", is_="unsubscribed")."""
    return _say("consent", channel, keys)


def in_list(name: str, **keys: Anything) -> Condition:
    """In a list of the platform: in_list("Nieuwsbrief", joined="last 30 days")."""
    return _say("in_list", name, keys)


def not_in_list(name: str) -> Condition:
    """Not in a list of the platform."""
    return _say("not_in_list", name, {})


def in_segment(id: str) -> Condition:
    """In another segment, by id."""
    return _say("in_segment", id, {})


def not_in_segment(id: str) -> Condition:
    """Not in another segment, by id."""
    return _say("not_in_segment", id, {})


def score(name: str, **keys: Anything) -> Condition:
    """A prediction: score("churn_90d", more_than=0.66)."""
    return _say("score", name, keys)


def near(latitude: float, longitude: float, km: float) -> Condition:
    """Within so many kilometres of a place."""
    return _say("near", [latitude, longitude], {"km": km})


def in_region(name: str) -> Condition:
    """In one of the countries of a region: in_region("european_union")."""
    return _say("in_region", name, {})


def top(share: str | float, **keys: Anything) -> Condition:
    """Those with most: top("10%", by="total_value", of="placed_order")."""
    return _say("top", share, keys)
