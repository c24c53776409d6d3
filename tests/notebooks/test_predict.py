"""What a lesson says about a guess: never wrong, always beside the outcome."""

import numpy as np
import pandas as pd
import pytest

from segkit.notebook.check import exercises, said, start_again
from segkit.notebook.predict import told


@pytest.mark.parametrize(
    ("guess", "actual", "form", "words"),
    [
        (0.6, 0.41, "share", "You said 60%; it is 41%, so less than you thought."),
        (60, 0.41, "share", "You said 60%; it is 41%, so less than you thought."),
        (0.41, 0.4099, "share", "You said 41%, and so it is."),
        (1, 1.0, "share", "You said 100%, and so it is."),
        (12, 1500, "number", "You said 12; it is 1,500, so more than you thought."),
        (np.int64(1500), 1500, "number", "You said 1,500, and so it is."),
        (" NOT_yet ", "not_yet", "number", "You said NOT_yet, and so it is."),
        ("vip", "not_yet", "number", "You said vip; it is not_yet."),
    ],
)
def test_a_guess_is_told_beside_the_outcome(guess: object, actual: float | str, form: str, words: str) -> None:
    assert told(guess, actual, form) == words


@pytest.mark.parametrize("guess", [..., None, "", float("nan"), pd.NA])
def test_no_guess_is_told_so(guess: object) -> None:
    assert told(guess, 0.41, "share") == "You did not guess this time. It is 41%."


@pytest.mark.parametrize("guess", ["a lot", True, pd.Series([1, 2]), [0.4]])
def test_a_guess_of_another_kind_is_told_what_is_asked(guess: object) -> None:
    assert told(guess, 0.41, "share") == "A share is a number between 0 and 1, such as 0.25. It is 41%."
    assert told(guess, 12, "number") == "A guess here is a number, such as 12. It is 12."


def test_a_guess_is_no_attempt() -> None:
    start_again()
    told(1, 2)
    assert exercises()["1a"].hint in said("1a", 10, 73.497)
    start_again()
