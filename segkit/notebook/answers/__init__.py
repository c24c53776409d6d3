"""The right answers of the exercises, a module per lesson, each worked out from the shop that the lesson looks at.

A number that follows from the data is computed and never written down, so that another shop gives other right answers and
no lesson that is wrong. Functions rather than expressions in the YAML: they are typed, tested and found by search. A module
holds SHOP, the name of its shop, and ANSWERS, a function for each exercise; a group of profiles is a set of their ids.
"""

from __future__ import annotations

from importlib import import_module, resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from segkit.shop import View

Answer = float | str | set[str]


def lessons() -> list[str]:
    """The names of the lessons that have exercises, such as lesson_01."""
    return sorted(file.name.removesuffix(".py") for file in resources.files(__name__).iterdir() if file.name.startswith("lesson_"))


def shop_of(lesson: str) -> str:
    """The name of the shop that a lesson looks at."""
    return str(import_module(f"{__name__}.{lesson}").SHOP)


def answers_of(lesson: str) -> dict[str, Callable[[View], Answer]]:
    """The functions that work the answers of a lesson out, by exercise."""
    return dict(import_module(f"{__name__}.{lesson}").ANSWERS)
