"""Conditions written back as plain data, in the words they are read in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from segkit.segments import tree, values
from segkit.segments.tree import Amount, Condition, Tests
from segkit.segments.window import HOURS_A_DAY, Window

Data = dict[str, Any]
MEASURES = {tree.SUM: "total_value", tree.MEAN: "average_value", tree.MAX: "highest_value", tree.COUNT: "count"}
_FIGURES = {"order_value_mean": "average order value", "order_value_median": "median order value"}


def plain(condition: Condition) -> Data:
    """The mapping that `read.condition` reads as the same condition."""
    match condition:
        case tree.All(inner):
            return {"all": [plain(one) for one in inner]}
        case tree.Any(inner):
            return {"any": [plain(one) for one in inner]}
        case tree.Not(tree.CanReceive(channel, purpose)):
            return {"cannot_receive": channel, **_unless(purpose="marketing", given=purpose)}
        case tree.Not(tree.InSegment(id)):
            return {"not_in_segment": id}
        case tree.Not(tree.InList(name, window)) if window.is_ever:
            return {"not_in_list": name}
        case tree.Not(inner):
            return {"not": plain(inner)}
    return _leaf(condition)


def _leaf(condition: Condition) -> Data:
    match condition:
        case tree.Event():
            return _event(condition)
        case tree.Every(metrics, least, where, item, window):
            return {"every": _metrics(metrics), "at_least": least, **_tests(where, item), **_window(window)}
        case tree.Latest(which, metrics, where, item, window):
            return {which: _metrics(metrics), **_tests(where, item), **_window(window, "was")}
        case tree.Follow():
            return _follow(condition)
        case tree.Profile(test):
            return {"profile": _mapping((test,))}
        case tree.ProfileDate(name, window):
            return {"date": name, "is": str(window)}
        case tree.CanReceive(channel, purpose):
            return {"can_receive": channel, **_unless(purpose="marketing", given=purpose)}
        case tree.ConsentIs(channel, status, purpose):
            return {"consent": channel, "is": status, **_unless(purpose="marketing", given=purpose)}
        case tree.InList(name, window):
            return {"in_list": name, **_window(window, "joined")}
        case tree.InSegment(id):
            return {"in_segment": id}
        case tree.Score(name, op, amount):
            return {"score": name, op: _amount(amount)}
        case tree.Near(latitude, longitude, km):
            return {"near": [_amount(latitude), _amount(longitude)], "km": _amount(km)}
        case tree.InRegion(name):
            return {"in_region": name}
        case tree.Top(share, measure, metrics, window):
            return {"top": f"{_amount(share * 100)}%", "by": MEASURES[measure], "of": _metrics(metrics), **_window(window)}
    raise TypeError(f"{type(condition).__name__} has no words")


def _event(event: tree.Event) -> Data:
    rest = {**_tests(event.where, event.item), **_window(event.window)}
    if event.measure != tree.COUNT:
        return {MEASURES[event.measure]: _metrics(event.metrics), event.op: _amount(event.amount), **rest}
    if (event.op, event.amount) == (tree.EXACTLY, 0):
        return {"never": _metrics(event.metrics), **rest}
    often = {} if (event.op, event.amount) == (tree.AT_LEAST, 1) else {event.op: _amount(event.amount)}
    return {"did": _metrics(event.metrics), **often, **rest}


def _follow(follow: tree.Follow) -> Data:
    """Whole days are said as days."""
    days = follow.hours % HOURS_A_DAY == 0
    after = {**_mapping(follow.where_next), **({"same": list(follow.same)} if follow.same else {})}
    return {
        "after": follow.first, **_tests(follow.where, ()), **_window(follow.window),
        "followed_by" if follow.followed else "not_followed_by": follow.then,
        **({"where_next": after} if after else {}),
        "days" if days else "hours": follow.hours // HOURS_A_DAY if days else follow.hours,
    }  # fmt: skip


def _metrics(metrics: tuple[str, ...]) -> str | list[str]:
    return metrics[0] if len(metrics) == 1 else list(metrics)


def _tests(where: Tests, item: Tests) -> Data:
    return {key: _mapping(tests) for key, tests in (("where", where), ("item", item)) if tests}


def _mapping(tests: Tests) -> Data:
    """{property: value} where one plain test says it, else {property: {operator: value}}."""
    found: dict[str, dict[str, Any]] = {}
    for test in tests:
        op, value = (values.KNOWN, test.op == values.KNOWN) if test.op in (values.KNOWN, values.UNKNOWN) else (test.op, test.value)
        found.setdefault(test.name, {})[op] = _amounts(value)
    return {name: _short(told) for name, told in found.items()}


def _short(told: dict[str, Any]) -> Any:
    return told[values.IS] if set(told) == {values.IS} else told


def _amounts(value: Any) -> Any:
    return [_amount(one) for one in value] if isinstance(value, tuple) else _amount(value)


def _amount(amount: Amount | Any) -> Any:
    """A number that YAML reads back as the same; a figure of the shop in words."""
    if isinstance(amount, tree.Shop):
        return shop_words(amount)
    if not isinstance(amount, Decimal):
        return amount
    return int(amount) if amount == amount.to_integral_value() else float(amount) if Decimal(repr(float(amount))) == amount else str(amount)


def shop_words(figure: tree.Shop) -> str:
    """A figure of the shop as a definition says it."""
    told = _FIGURES.get(figure.figure) or f"{format((figure.share or Decimal(0)) * 100, 'f')}% quantile of average value"
    return f"shop {told}" if figure.factor == 1 else f"{format(figure.factor, 'f')} x shop {told}"


def _window(window: Window, key: str = "within") -> Data:
    return {} if window.is_ever else {key: str(window)}


def _unless(purpose: str, given: str) -> Data:
    return {} if given == purpose else {"purpose": given}
