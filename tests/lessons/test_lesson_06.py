"""Lesson 6 says what was planted: a hole at day 90, a segment that changes its people, and a list that nobody keeps."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from segkit.notebook.answers import answers_of
from segkit.notebook.check import AS_OF, exercises, said, start_again
from segkit.notebook.lesson import lesson_shop
from segkit.segments import Segment, SegmentSet, can_receive, did, in_list, last, not_in_list
from segkit.segments.tree import Condition
from segkit.shop import View

SHOP = Path(__file__).parents[2] / "data/cache/sneakers"
if not SHOP.is_dir():
    pytest.skip("no shops of the lessons: python dev.py lab makes them", allow_module_level=True)
MENS_SHOES = did("placed_order", item={"category": "heren"}, within="last 300 days")
MAY = can_receive("email")
ON_LIST, OFF_LIST = in_list("list_runners"), not_in_list("list_runners")


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    start_again()
    yield
    start_again()


@cache
def view(day: str = AS_OF) -> View:
    return lesson_shop("sneakers").at(day)


def bought(window: str) -> Condition:
    return last("placed_order", was=window)


def day_gaps(sleeping: str) -> list[tuple[int, int, int]]:
    """First and last day of each hole between the windows, and how many people are in it."""
    windows = {"active": "last 30 days", "cooling": "between 31 and 89 days ago", "sleeping": sleeping}
    found = view().lint(SegmentSet({name: Segment(name, bought(window)) for name, window in windows.items()}))
    return [(one.numbers["from"], one.numbers["to"], one.people or 0) for one in found if one.key == "day_gap"]


def ids(condition: Condition | str, day: str = AS_OF) -> set[str]:
    return set(view(day).members(condition)["profile_id"])


def test_the_linter_finds_the_day_between_two_windows_and_the_people_in_it() -> None:
    ((first, final, people),) = day_gaps("between 91 and 180 days ago")
    assert (first, final) == (90, 90)
    assert people == (view().features()["recency_days"] == 90).sum() > 0
    assert day_gaps("between 90 and 180 days ago") == []


def test_mended_windows_part_everybody() -> None:
    windows = ("last 30 days", "between 31 and 89 days ago", "between 90 and 180 days ago", "more than 180 days ago")
    assert sum(view().count(bought(window)) for window in windows) + view().count("not_yet") == len(view().features())


def test_most_of_the_active_are_others_a_month_later_though_there_are_about_as_many() -> None:
    history = view().history("active_customers", months=8)
    before = history["members"].shift()
    assert (history["left"] / before).dropna().min() > 0.4
    assert (history["members"] / before - 1).abs().median() < 0.3


def test_sleepers_leave_by_two_doors_and_the_one_of_time_is_the_wider() -> None:
    slept, still = ids("sleeping_customers", "2026-09-30"), ids("sleeping_customers")
    awake, away = slept & ids(bought("last 30 days")), slept & ids(bought("more than 180 days ago"))
    assert (slept & still) | awake | away == slept
    assert len(slept & still) + len(awake) + len(away) == len(slept)
    assert len(away) > len(awake) > 0


def test_the_list_was_true_on_the_day_it_was_made_and_is_less_so_each_quarter() -> None:
    planted = pd.read_parquet(SHOP / "truth/static_lists.parquet").set_index("list_id").loc["list_runners"]
    assert (planted["bought_within_days"], planted["category"]) == (300, "heren")
    made = planted["made_at"].strftime("%Y-%m-%d")
    listed = ids(ON_LIST)
    days = [made, "2025-12-31", "2026-03-31", "2026-06-30", "2026-09-30", AS_OF]
    shares = [len(listed & ids(MENS_SHOES, day)) / len(listed) for day in days]
    assert shares[0] == 1
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] < 0.4


def test_more_people_are_missing_from_the_list_than_are_rightly_on_it() -> None:
    assert view().count(MENS_SHOES & MAY & OFF_LIST) > view().count(MENS_SHOES & MAY & ON_LIST) > 0


def test_of_a_list_that_does_not_exist_nobody_is_a_member() -> None:
    assert (view().count(in_list("runners")), view().count(not_in_list("runners"))) == (0, len(view().features()))


def test_the_linter_finds_the_segment_that_was_planted_to_age_and_no_other() -> None:
    planted = pd.read_parquet(SHOP / "truth/segments.parquet").query("fault == 'ages'")["segment_id"]
    assert [one.segments[0] for one in view().lint() if one.key == "static_list"] == [*planted]


def right(exercise: str) -> set[str]:
    return answers_of("lesson_06")[exercise](view())  # type: ignore[return-value]


WINDOWS = (
    "between 91 and 180 days ago",
    "between 89 and 180 days ago",
    "between 90 and 179 days ago",
    "more than 89 days ago",
    "last 180 days",
)


@pytest.mark.parametrize("window", WINDOWS)
def test_a_window_that_still_misses_a_day_or_takes_one_twice_is_refused(window: str) -> None:
    assert exercises()["6a"].hint in said("6a", view().members(bought(window)), right("6a"))


def test_windows_that_touch_are_right() -> None:
    assert said("6a", view().members(bought("between 90 and 180 days ago")), right("6a")).startswith("6a is right")


def test_who_is_missing_is_right_and_an_audience_without_one_condition_is_refused() -> None:
    answer = right("6b")
    assert said("6b", view().members(MENS_SHOES & MAY & OFF_LIST), answer).startswith("6b is right")
    ever = did("placed_order", item={"category": "heren"})
    misses = [MENS_SHOES & MAY, MENS_SHOES & OFF_LIST, MAY & OFF_LIST, MENS_SHOES & MAY & ON_LIST, ~MENS_SHOES & MAY & ON_LIST]
    for wrong in [*misses, ever & MAY & OFF_LIST]:
        start_again()
        assert exercises()["6b"].hint in said("6b", view().members(wrong), answer)
