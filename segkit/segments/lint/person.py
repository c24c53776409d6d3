"""What is known of a made-up person, as a condition that can be said in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from segkit.segments import tree, values
from segkit.segments.lint.life import A_DAY
from segkit.segments.lint.samples import OTHER
from segkit.segments.tree import Condition, Test
from segkit.segments.window import Window

FINEST = Decimal("0.0001")  # a chance or share in words is told no finer
Name = tuple[Any, ...]


def known(facts: Mapping[Name, Any]) -> tuple[Condition, ...]:
    """A condition for each thing that is known; a rank that is no share is left out."""
    return tuple(condition for name, value in facts.items() if value is not None for condition in _said(name, value))


def _said(name: Name, value: Any) -> Iterator[Condition]:
    match name:
        case ("profile", str(prop)):
            yield from _property(prop, value)
        case ("consent", channel, purpose):
            yield tree.ConsentIs(channel, value, purpose)
        case ("list", asked):
            yield tree.InList(asked, _on_day(value // A_DAY))
        case ("date", "birthday"):
            yield tree.ProfileDate("birthday", _on_day(value))
        case ("date", date):
            yield tree.ProfileDate(date, _on_day(value // A_DAY))
        case ("score", score):
            yield tree.Score(score, tree.EXACTLY, _decimal(value))
        case ("rank", measure, metrics, window) if 0 < value < 1:
            yield tree.Top(_decimal(value), measure, metrics, window)
        case ("is", Condition() as leaf):
            yield leaf if value else ~leaf


def _property(name: str, value: Any) -> Iterator[Condition]:
    if isinstance(value, tuple):
        yield from (tree.Profile(Test(name, values.CONTAINS, one)) for one in value if one != OTHER)
    elif value == OTHER:
        yield tree.Profile(Test(name, values.KNOWN, True))
    else:
        told = _decimal(value) if isinstance(value, Fraction) else value
        yield tree.Profile(Test(name, tree.EXACTLY if isinstance(told, Decimal) else values.IS, told))


def _on_day(age: int) -> Window:
    """The day that lies so many days back, or within so many days to come."""
    return Window(age, age) if age >= 0 else Window(age, -1)


def _decimal(value: Fraction) -> Decimal:
    return Decimal(int(value)) if value == int(value) else Decimal(float(value)).quantize(FINEST)
