"""Checks of the exercises in the lessons: a hint, then a smaller question, then the answer, in the same words each run."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from segkit.errors import ParameterError
from segkit.notebook.answers import Answer, answers_of, lessons, shop_of
from segkit.notebook.given import is_open, of_kind, slip
from segkit.notebook.lesson import LANG, lesson_shop
from segkit.settings import read_yaml, suggestion, validated
from segkit.text import catalogue

if TYPE_CHECKING:
    from segkit.shop import View

AS_OF = "2026-10-31"  # the day on which all lessons look at their shop
_attempts: dict[str, int] = {}


class Exercise(BaseModel):
    """What is said about one exercise; `within` is how near is right, `minutes` what a learner needs for it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    form: str
    hint: str
    smaller: str
    right: str
    minutes: int
    within: float = 0.005  # a share may be rounded to two decimals


def check(exercise: str, answer: Any = ...) -> None:
    """Say whether an answer is right. A first wrong one gives a hint, a second a smaller question, a third the answer.

    An answer is a number, a text, or a group of profiles (their ids, or a table with profile_id). One that is not filled
    in or of another kind is told so, and does not count as an attempt. Attempts live as long as the kernel;
    `start_again` forgets them. An unknown exercise is an error that lists the known ones.
    """
    print(said(exercise, answer, right_answer(exercise)))


def said(exercise: str, answer: Any, right: Answer) -> str:
    """The sentence about an answer, and the attempt counted."""
    told, t = _exercise(exercise), catalogue(LANG)
    if is_open(answer):
        return t("check.open", exercise=exercise, form=told.form)
    given = of_kind(answer, right)
    if given is None:
        asked, known = t("check.kind", exercise=exercise, form=told.form), slip(answer)
        return f"{asked} {t(f'check.slips.{known}')}" if known else asked
    if _matches(given, right, told.within):
        _attempts.pop(exercise, None)
        return t("check.right", exercise=exercise, why=told.right)
    return _not_right(exercise, given, right)


def _not_right(exercise: str, given: Any, right: Answer) -> str:
    _attempts[exercise] = attempt = _attempts.get(exercise, 0) + 1
    told, t = _exercise(exercise), catalogue(LANG)
    if attempt > 2:
        return t("check.answer", exercise=exercise, answer=_shown(right), why=told.right)
    wrong = t("check.not_yet", exercise=exercise, help=told.hint if attempt == 1 else told.smaller)
    if isinstance(right, set):
        return f"{wrong} {t('check.group', extra=len(given - right), lacking=len(right - given))}"
    return wrong


def start_again() -> None:
    """Forget all attempts, as a fresh kernel does."""
    _attempts.clear()


def right_answer(exercise: str) -> Answer:
    """The answer, worked out from the shop of the lesson."""
    _exercise(exercise)
    lesson = next(name for name in lessons() if exercise in answers_of(name))
    return answers_of(lesson)[exercise](_view(shop_of(lesson)))


@cache
def exercises() -> dict[str, Exercise]:
    """Every exercise by its id; raises SettingsError where a file of exercises/ says something unknown or too little."""
    return {name: exercise for lesson in lessons() for name, exercise in _exercises_of(lesson).items()}


def _exercises_of(lesson: str) -> dict[str, Exercise]:
    with resources.as_file(resources.files(__package__).joinpath("exercises", f"{lesson}.yaml")) as file:
        listed: dict[str, Any] = read_yaml(Path(file))
    return {name: validated(Exercise, what, f"{lesson}.yaml, {name}") for name, what in listed.items()}


def _exercise(name: str) -> Exercise:
    if name not in exercises():
        raise ParameterError(f"There is no exercise {name!r}.", suggestion(name, exercises()))
    return exercises()[name]


@cache
def _view(shop: str) -> View:
    return lesson_shop(shop).at(AS_OF)


def _matches(given: Any, right: Answer, within: float) -> bool:
    if isinstance(right, set):
        return bool(given == right)
    return given.lower() == right.lower() if isinstance(right, str) else abs(given - right) <= within


def _shown(right: Answer) -> str:
    if isinstance(right, str):
        return repr(right)
    if isinstance(right, set):
        return catalogue(LANG)("check.profiles", n=len(right))
    return catalogue(LANG).number(int(right) if right == int(right) else right)
