"""Lesson 1 says what its tables show: the silent cost most mails, and a newsletter does not know the groups apart."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from segkit.notebook.answers import answers_of
from segkit.notebook.check import AS_OF, exercises, said, start_again
from segkit.notebook.lesson import lesson_shop
from segkit.shop import View

if not (Path(__file__).parents[2] / "data/cache/demo").is_dir():
    pytest.skip("no shops of the lessons: python dev.py lab makes them", allow_module_level=True)


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    start_again()
    yield
    start_again()


@cache
def view() -> View:
    return lesson_shop("demo").at(AS_OF)


def mailable() -> pd.DataFrame:
    return view().features().query("is_mailable")


def reads() -> pd.Series:
    return (mailable()["engaged_days"] <= 90).fillna(False)


def members(segment: str) -> pd.DataFrame:
    return mailable()[mailable()["profile_id"].isin(view().members(segment)["profile_id"])]


def mails_per_order(people: pd.DataFrame) -> float:
    return float(people["email_received_count_90d"].sum() / people["order_count_90d"].sum())


def test_orders_go_back_more_than_two_years() -> None:
    first = pd.to_datetime(pd.read_parquet(view().shop.store.folder / "orders.parquet")["ordered_on"]).min()
    assert first < pd.Timestamp(AS_OF) - pd.DateOffset(years=2)


def test_a_reader_costs_less_than_half_the_mails_for_an_order_of_a_silent_one() -> None:
    assert mails_per_order(mailable()[reads()]) < mails_per_order(mailable()[~reads()]) / 2


def test_the_groups_buy_differently_and_are_mailed_nearly_alike() -> None:
    groups = [members(name) for name in ("active_customers", "sleeping_customers", "not_yet")]
    mails = [group["email_received_count_90d"].mean() for group in groups]
    revenue = [group["revenue_365d"].mean() for group in groups]
    assert max(mails) < 1.3 * min(mails)
    assert revenue[0] > revenue[1] > revenue[2] == 0


def test_mails_for_an_order_are_right_and_near_misses_are_refused() -> None:
    answer = answers_of("lesson_01")["1a"](view())
    silent = mailable()[~reads()]
    assert said("1a", mails_per_order(silent), answer).startswith("1a is right")
    all_mails, all_orders = silent["email_received_count_90d"].sum(), silent["order_count"].sum()
    for wrong in (mails_per_order(mailable()), mails_per_order(mailable()[reads()]), all_mails, all_mails / all_orders):
        start_again()
        assert exercises()["1a"].hint in said("1a", wrong, answer)


def test_sleepers_who_came_back_before_are_right_and_near_misses_are_refused() -> None:
    answer, sleepers = answers_of("lesson_01")["1b"](view()), members("sleeping_customers")
    assert said("1b", sleepers[sleepers["order_count"] > 1], answer).startswith("1b is right")
    again = view().features().query("order_count > 1")
    for wrong in (sleepers, sleepers[sleepers["order_count"] >= 1], again, again[again["profile_id"].isin(mailable()["profile_id"])]):
        start_again()
        assert exercises()["1b"].hint in said("1b", wrong, answer)
