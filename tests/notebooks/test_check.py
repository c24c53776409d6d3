"""The checks of exercises: right, wrong three times, of the wrong kind, and not filled in."""

from collections.abc import Iterator

import pandas as pd
import pytest

from segkit.errors import ParameterError
from segkit.notebook import check
from segkit.notebook.answers import ANSWERS
from segkit.notebook.check import exercises, said, start_again


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    start_again()
    yield
    start_again()


def test_every_exercise_has_an_answer_that_is_worked_out() -> None:
    assert {exercise.answer for exercise in exercises().values()} == set(ANSWERS)


def test_a_right_answer_says_why_and_may_be_rounded() -> None:
    told = exercises()["1a"]
    assert said("1a", 0.598, 0.5983) == f"1a is right. {told.right}"
    assert said("1b", " Sleeping_Customers ", "sleeping_customers") == f"1b is right. {exercises()['1b'].right}"


def test_wrong_answers_get_a_hint_then_a_smaller_question_then_the_answer_in_the_same_words_each_run() -> None:
    told = exercises()["1a"]
    first = [said("1a", 0.1, 0.5983) for _ in range(4)]
    assert told.hint in first[0]
    assert told.smaller in first[1]
    assert "0.60" in first[2]
    assert first[3] == first[2]
    start_again()
    assert [said("1a", 0.1, 0.5983) for _ in range(4)] == first


@pytest.mark.parametrize("answer", [..., None, "", "  ", float("nan")])
def test_what_is_not_filled_in_is_told_so_and_is_no_attempt(answer: object) -> None:
    assert "1a is still open" in said("1a", answer, 0.5983)
    assert exercises()["1a"].hint in said("1a", 0.1, 0.5983)


@pytest.mark.parametrize(
    ("exercise", "answer", "right"), [("1a", "0.6", 0.5983), ("1a", True, 0.5983), ("1a", pd.Series([0.6, 0.6]), 0.5983), ("1b", 3, "vip")]
)
def test_an_answer_of_another_kind_is_told_what_is_asked_and_is_no_attempt(exercise: str, answer: object, right: object) -> None:
    assert exercises()[exercise].form in said(exercise, answer, right)
    wrong = 0.1 if exercise == "1a" else "not_yet"
    assert exercises()[exercise].hint in said(exercise, wrong, right)


def test_an_unknown_exercise_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(ParameterError, match="no exercise '9z'") as error:
        check("9z", 1)
    assert "1a" in error.value.todo
