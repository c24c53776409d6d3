"""Predict first, then run: a learner's guess beside what turned out."""

from __future__ import annotations

from typing import Any

from segkit.notebook.given import is_open, number, slip
from segkit.notebook.lesson import LANG
from segkit.text import Text, catalogue


def compare(guess: Any, actual: float | str, form: str = "number") -> None:
    """Print a guess beside the outcome. `form` says what a number is: a "share" between 0 and 1, or a "number".

    A guess is never wrong, so it costs no attempt: one that is open, or is no number where one is asked, is told so kindly.
    """
    print(told(guess, actual, form))


def told(guess: Any, actual: float | str, form: str = "number") -> str:
    """The sentence."""
    t = catalogue(LANG)
    if is_open(guess):
        return t("predict.open", actual=_shown(actual, form, t))
    if isinstance(actual, str):
        said = str(guess).strip()
        return t("predict.same", guess=said) if said.lower() == actual.lower() else t("predict.differs", guess=said, actual=actual)
    given = number(guess)
    if form == "share" and given is not None and given > 1:
        given /= 100  # 40 was meant as 40 %
    if given is None or (form == "share" and not 0 <= given <= 1):
        asked = t(f"predict.no_{form}", actual=_shown(actual, form, t))
        return f"{t('check.slips.comma')} {asked}" if slip(guess) == "comma" else asked
    shown = {"guess": _shown(given, form, t), "actual": _shown(actual, form, t)}
    if shown["guess"] == shown["actual"]:
        return t("predict.same", guess=shown["guess"])
    return t("predict.too_high" if given > actual else "predict.too_low", **shown)


def _shown(value: float | str, form: str, t: Text) -> str:
    if isinstance(value, str):
        return value
    return t.percent(value) if form == "share" else t.number(int(value) if value == int(value) else value)
