"""The checks of exercises: right, wrong three times, of the wrong kind, and not filled in."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dev_shops import GENERATED
from segkit.errors import ParameterError
from segkit.notebook import check
from segkit.notebook.answers import answers_of, lessons, shop_of
from segkit.notebook.check import exercises, right_answer, said, start_again
from segkit.segments import did


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    start_again()
    yield
    start_again()


def test_every_exercise_has_an_answer_that_is_worked_out() -> None:
    assert set(exercises()) == {name for lesson in lessons() for name in answers_of(lesson)}


def test_every_lesson_looks_at_a_shop_that_is_made() -> None:
    assert {shop_of(lesson) for lesson in lessons()} <= set(GENERATED)


def test_a_right_answer_says_why_and_may_be_rounded() -> None:
    told = exercises()["1a"]
    assert said("1a", 73.0, 73.497) == f"1a is right. {told.right}"
    assert said("1b", " Sleeping_Customers ", "sleeping_customers") == f"1b is right. {exercises()['1b'].right}"


def test_the_answer_of_each_exercise_is_of_the_form_that_it_asks_for() -> None:
    """Worked out from the shops of the lessons, where they are."""
    if not (Path(__file__).parents[2] / "data/cache/demo").is_dir():
        pytest.skip("no shops of the lessons: python dev.py lab makes them")
    assert 1 < right_answer("1a") < 1000
    assert len(right_answer("1b")) > 10


def test_wrong_answers_get_a_hint_then_a_smaller_question_then_the_answer_in_the_same_words_each_run() -> None:
    told = exercises()["1a"]
    first = [said("1a", 10, 73.497) for _ in range(4)]
    assert told.hint in first[0]
    assert told.smaller in first[1]
    assert "73.50" in first[2]
    assert first[3] == first[2]
    start_again()
    assert [said("1a", 10, 73.497) for _ in range(4)] == first


@pytest.mark.parametrize("answer", [..., None, "", "  ", float("nan"), np.float32("nan"), Decimal("NaN"), pd.NA, pd.NaT])
def test_what_is_not_filled_in_is_told_so_and_is_no_attempt(answer: object) -> None:
    assert "1a is still open" in said("1a", answer, 73.497)
    assert exercises()["1a"].hint in said("1a", 10, 73.497)


@pytest.mark.parametrize(
    ("exercise", "answer", "right"),
    [
        ("1a", "73.5", 73.497),
        ("1a", np.str_("73.5"), 73.497),
        ("1a", 10**400, 73.497),
        ("1a", np.datetime64("2026-01-01"), 73.497),
        ("1a", 73.5 + 1j, 73.497),
        ("1a", True, 73.497),
        ("1a", pd.Series([73.5, 73.5]), 73.497),
        ("1b", 3, "vip"),
    ],
)
def test_an_answer_of_another_kind_is_told_what_is_asked_and_is_no_attempt(exercise: str, answer: object, right: object) -> None:
    assert exercises()[exercise].form in said(exercise, answer, right)
    wrong = 10 if exercise == "1a" else "not_yet"
    assert exercises()[exercise].hint in said(exercise, wrong, right)


@pytest.mark.parametrize("answer", [Decimal("73.5"), np.float64(73.5), np.float32(73.0)])
def test_a_number_may_be_of_any_sort(answer: object) -> None:
    assert "1a is right" in said("1a", answer, 73.497)


@pytest.mark.parametrize("answer", [{"p1", "p2"}, ["p2", "p1", "p1"], pd.Series(["p1", "p2"]), pd.DataFrame({"profile_id": ["p1", "p2"]})])
def test_a_group_may_be_any_list_of_ids_or_a_table_of_profiles(answer: object) -> None:
    assert "1a is right" in said("1a", answer, {"p1", "p2"})


def test_a_wrong_group_is_told_how_many_are_too_many_and_how_many_are_missing() -> None:
    assert said("1a", ["p1", "p3", "p4"], {"p1", "p2"}).endswith("Do not belong in your group: 2. Are missing from it: 1.")
    said("1a", [], {"p1", "p2"})
    assert "the answer is a group of 2 profiles" in said("1a", [], {"p1", "p2"})


@pytest.mark.parametrize("answer", ["p1", 3, {"p1": 1}, [1, 2], pd.DataFrame({"name": ["p1"]})])
def test_what_is_no_group_of_profiles_is_told_what_is_asked(answer: object) -> None:
    assert exercises()["1a"].form in said("1a", answer, {"p1"})


def test_an_unknown_exercise_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(ParameterError, match="no exercise '9z'") as error:
        check("9z", 1)
    assert "1a" in error.value.todo


@pytest.mark.parametrize(
    ("answer", "right", "told"),
    [
        (did("placed_order"), {"p1"}, "view.members"),
        (pd.Series([True, False]), {"p1"}, "square brackets"),
        (pd.Series([True, False], index=pd.Index(["p1", "p2"], name="profile_id")), {"p1"}, "square brackets"),
        (pd.Series([True, False]), 2, ".sum() counts"),
        ((12, 5), 12.5, "12.5"),
    ],
)
def test_the_usual_slips_are_told_and_are_no_attempt(answer: object, right: object, told: str) -> None:
    assert told in said("1a", answer, right)  # type: ignore[arg-type]
    assert exercises()["1a"].hint in said("1a", 10, 73.5)


def test_a_column_by_profile_gives_its_profiles() -> None:
    personas = pd.Series(["vip", "new"], index=pd.Index(["p1", "p2"], name="profile_id"))
    assert "1b is right" in said("1b", personas, {"p1", "p2"})
    assert "1b is right" in said("1b", personas.to_frame("persona"), {"p1", "p2"})


def test_a_share_may_be_given_as_a_percentage_and_a_whole_number_is_shown_whole() -> None:
    assert "2a is right" in said("2a", 27, 0.27)
    assert "not yet" in said("2a", 2.7, 0.27)
    said("1a", 3, 34.0), said("1a", 3, 34.0)
    assert "the answer is 34." in said("1a", 3, 34.0)
