"""What lesson 8 says of holes, overlaps and rhythm holds against the answer keys, and its checks refuse what it warns of."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from segkit import shop as shops
from segkit.notebook.answers import lesson_08
from segkit.notebook.check import AS_OF, right_answer, said, start_again
from segkit.segments import SegmentSet
from segkit.segments.library import literal_personas
from segkit.segments.lint import kinds
from segkit.shop import View

CACHE = Path(__file__).parents[2] / "data/cache"
NAMES = (lesson_08.SHOP, lesson_08.OTHER)
pytestmark = pytest.mark.skipif(
    not all((CACHE / name).is_dir() for name in NAMES), reason="no shops of the lessons: python dev.py lab makes them"
)


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    start_again()
    yield
    start_again()


@cache
def view(name: str) -> View:
    return shops.open(CACHE / name).at(AS_OF)


@cache
def people(name: str) -> pd.DataFrame:
    """Every profile with its features, its personas and what the answer key knows of it."""
    key = pd.read_parquet(CACHE / name / "truth/customers.parquet")[["profile_id", "is_alive_at_until", "expected_orders_365d"]]
    return view(name).features().merge(view(name).personas(), on="profile_id").merge(key, on="profile_id")


@cache
def flags(name: str) -> pd.DataFrame:
    return view(name).personas().filter(like="is_")


@cache
def fit(name: str) -> dict[str, dict[str, object]]:
    return view(name).suggest_thresholds()["thresholds"]


def fitted_days(name: str) -> int:
    return int(fit(name)["purchase_recent_days"]["fitted"])  # type: ignore[call-overload]


def between(name: str, first: int, last: int) -> pd.DataFrame:
    return people(name)[people(name)["recency_days"].between(first, last).fillna(False)]


def test_the_fourteen_add_up_to_more_people_than_there_are_and_still_leave_some_out() -> None:
    places = flags("demo").sum(axis=1)
    assert flags("demo").to_numpy().sum() > len(places)
    assert (places > 1).sum() > 1000
    assert (places == 0).sum() > 100


def test_they_tell_170_kinds_apart_of_which_82_have_one_place() -> None:
    told = kinds(SegmentSet(literal_personas(view("demo").rules.settings)))
    assert (told.kinds, told.in_none, told.in_several, told.by_segments[1]) == (170, 20, 68, 82)


def test_the_first_row_of_trouble_is_who_is_won_back_and_removed() -> None:
    found = [one for one in view("demo").lint(SegmentSet(literal_personas(view("demo").rules.settings))) if "kinds" in one.numbers]
    assert (found[0].key, found[0].numbers["goals"], found[0].numbers["kinds"]) == ("contradiction", ["win_back", "remove"], 54)
    assert found[0].people == len(right_answer("8a"))


def test_the_holes_have_names_in_the_partition_and_everybody_is_in_it_once() -> None:
    everyone = people("demo")
    assert set(everyone.loc[(flags("demo").sum(axis=1) == 0).to_numpy(), "persona"]) == {"long_lapsed_readers", "cooling_one_timers"}
    assert everyone["persona"].notna().all()


def test_a_reader_who_begins_to_cool_is_nowhere_in_the_article() -> None:
    cooling = people("demo").query("persona == 'cooling_one_timers' and engaged_days <= 90")
    assert len(cooling) > 10
    assert not cooling[flags("demo").columns].to_numpy().any()


def test_recency_says_more_of_tomorrow_than_frequency_or_value() -> None:
    buyers = people("demo").query("order_count > 0")
    splits = {"recency": buyers["recency_days"] <= 120, "frequency": buyers["order_count"] >= 3, "value": buyers["is_high_value"]}
    alive = buyers["is_alive_at_until"].astype(float)
    apart = {name: alive[yes.astype(bool)].mean() - alive[~yes.astype(bool)].mean() for name, yes in splits.items()}
    assert max(apart, key=lambda name: apart[name]) == "recency"
    assert alive[buyers["recency_days"] > 390].mean() < 0.1


def test_every_default_is_wrong_at_the_piano_shop_and_near_enough_at_the_bakery() -> None:
    assert all(row["fitted"] != row["default"] for row in fit("pianos").values())
    assert fit("pianos")["high_value_rule"]["fitted"] == "median"
    assert fit("demo")["high_value_rule"]["fitted"] == "mean"
    assert fitted_days("pianos") > 2 * 120
    assert 120 / 1.5 < fitted_days("demo") < 120 * 1.5


def test_most_who_come_back_for_pianos_have_a_usual_gap_that_the_default_calls_too_long() -> None:
    back = {name: people(name).query("order_count > 1") for name in NAMES}
    longer = {name: (one["first_order_days"] - one["recency_days"]) / (one["order_count"] - 1) > 120 for name, one in back.items()}
    assert longer["pianos"].mean() > 0.5
    assert longer["demo"].mean() < 0.25


def test_the_same_silence_is_mostly_goodbye_at_the_bakery_and_mostly_not_at_the_piano_shop() -> None:
    alive = {name: between(name, 121, fitted_days("pianos"))["is_alive_at_until"].mean() for name in NAMES}
    assert alive["demo"] < 1 / 3
    assert alive["pianos"] > 2 / 3


def test_former_customers_who_read_are_gone_at_the_bakery_and_often_not_at_the_piano_shop() -> None:
    alive = {name: people(name).query("persona == 'long_lapsed_readers'")["is_alive_at_until"].mean() for name in NAMES}
    assert alive["demo"] < 0.1
    assert alive["pianos"] > 0.3


def test_fatima_is_in_no_persona_but_cooling_though_she_bought_twice() -> None:
    cooling = people("demo").query("persona == 'cooling_one_timers'")
    assert (cooling["order_count"] < 3).all()
    assert (cooling["order_count"] == 2).any()
    assert cooling["recency_days"].between(121, 179).all()


def test_the_answer_fits_the_threshold_that_the_kit_suggests() -> None:
    mailable = between("demo", 121, fitted_days("pianos")).query("is_mailable")
    assert right_answer("8c") == set(mailable["profile_id"])


def one_day_off(first: int, last: int) -> list[tuple[int, int]]:
    """The windows that take in a day too many or too few at one end: on each of those days somebody must have bought last."""
    return [(first - 1, last), (first + 1, last), (first, last - 1), (first, last + 1)]


def near_misses() -> dict[str, list[object]]:
    """The mistakes that the lesson warns of."""
    told, own = people("demo"), fitted_days("pianos")
    won = ["is_lapsed_high_rollers", "is_lost_enthusiasts", "is_one_hit_wonders", "is_just_passing_through", "is_false_starts"]
    back, dead = told[won].any(axis=1), told["is_dead_weight"]
    return {
        "8a": [told[back | dead], told[back], told[dead], told[told[won[:-1]].any(axis=1) & dead], told[told[won].all(axis=1) & dead]],
        "8b": ["just_passing_through", "dead_weight", "potential_brand_lovers", "long_lapsed_readers", "one_hit_wonders"],
        "8c": [
            between("demo", 121, own),
            between("demo", 0, own).query("is_mailable"),
            between("demo", 121, 390).query("is_mailable"),
            between("pianos", 121, own).query("is_mailable"),
            *[between("demo", first, last).query("is_mailable") for first, last in one_day_off(121, own)],
        ],
    }


@pytest.mark.parametrize("exercise", ["8a", "8b", "8c"])
def test_near_misses_are_refused(exercise: str) -> None:
    right = right_answer(exercise)
    for answer in near_misses()[exercise]:
        start_again()
        assert said(exercise, answer, right).startswith(f"{exercise}: not yet")
