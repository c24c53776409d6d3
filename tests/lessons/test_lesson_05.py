"""What lesson 5 says of machines and hidden readers holds against the answer key, and its checks refuse what it warns of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from segkit import shop as shops
from segkit.notebook.answers import lesson_05
from segkit.notebook.check import AS_OF, right_answer, said, start_again
from segkit.segments import did
from segkit.shop import View

FOLDER = Path(__file__).parents[2] / "data/cache" / lesson_05.SHOP
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="no shops of the lessons: python dev.py lab makes them")
ONCE = ["profile_id", "message_id"]
MONTH = "last 30 days"
NO_APPLE, NO_BOTS = {"apple_privacy_open": False}, {"bot_click": False}


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    start_again()
    yield
    start_again()


@pytest.fixture(scope="module")
def view() -> View:
    return shops.open(FOLDER).at(AS_OF)


@pytest.fixture(scope="module")
def log() -> pd.DataFrame:
    return pd.read_parquet(next(FOLDER.glob("canonical/*/email_events.parquet")))


@pytest.fixture(scope="module")
def people(view: View, log: pd.DataFrame) -> pd.DataFrame:
    """Who may be mailed, with what the answer key knows of them."""
    features = view.features().query("is_mailable").set_index("profile_id")
    key = pd.read_parquet(FOLDER / "truth/customers.parquet").set_index("profile_id")
    got = log[log["event_type"] == "received"].groupby("profile_id").size()
    known = key[["is_apple_reader", "mails_read", "mails_read_unseen", "stops_reading_at"]]
    return features.join(known).assign(
        received=got, seen=(features["engaged_days"] <= 90).fillna(False), apple=features["machine_open_count_90d"] > 0
    )


def test_more_than_half_of_the_mails_count_as_opened_and_few_of_those_by_people(log: pd.DataFrame) -> None:
    recent = log[log["occurred_at"] >= "2026-08-02"]
    sent = recent[recent["event_type"] == "received"].drop_duplicates(ONCE)
    opens = recent[recent["event_type"] == "opened"]
    by_people = opens[opens["is_machine_open"].eq(False)].drop_duplicates(ONCE)
    assert len(opens.drop_duplicates(ONCE)) > len(sent) / 2
    assert len(by_people) < len(opens.drop_duplicates(ONCE)) / 4


def test_every_mark_of_a_machine_is_true(log: pd.DataFrame) -> None:
    key = set(pd.read_parquet(FOLDER / "truth/machine_events.parquet")["event_id"])
    assert set(log.loc[log["is_machine_open"].eq(True) | log["is_bot_click"].eq(True), "event_id"]) == key


def test_a_scanner_clicks_at_once_and_a_person_takes_hours(log: pd.DataFrame) -> None:
    sent = log[log["event_type"] == "received"].drop_duplicates(ONCE)[[*ONCE, "occurred_at"]]
    clicks = log[log["event_type"] == "clicked"].merge(sent, on=ONCE, suffixes=("", "_sent"))
    minutes = (clicks["occurred_at"] - clicks["occurred_at_sent"]).dt.total_seconds() / 60
    median = minutes.groupby(clicks["is_bot_click"].astype(bool)).median()
    assert median[True] < 1
    assert median[False] > 60


def test_only_scanners_make_bot_clicks_and_the_clicks_of_apple_readers_are_seen(log: pd.DataFrame) -> None:
    key = pd.read_parquet(FOLDER / "truth/customers.parquet").set_index("profile_id")
    clicks = log[log["event_type"] == "clicked"]
    assert key.loc[clicks.loc[clicks["is_bot_click"].eq(True), "profile_id"], "has_link_scanner"].all()
    assert key.loc[clicks.loc[clicks["is_bot_click"].eq(False), "profile_id"], "is_apple_reader"].mean() > 0.3


def test_machines_swell_the_readers_and_melt_the_dead_weight_and_nothing_moves_that_never_left_them_out(view: View) -> None:
    for name in ("engaged_recently", "almost_there"):
        moved = view.machine_sensitivity(name)
        assert (moved["gained"] > moved["members"] / 2, moved["lost"]) == (True, 0)
    dead = view.machine_sensitivity("dead_weight")
    assert (dead["lost"] > dead["members"] / 4, dead["gained"]) == (True, 0)
    opened = view.machine_sensitivity("opened")
    assert (opened["gained"], opened["lost"], opened["is_concerned"]) == (0, 0, False)


def test_who_is_taken_for_an_apple_reader_is_one_and_hardly_any_is_missed(people: pd.DataFrame) -> None:
    assert people.loc[people["apple"], "is_apple_reader"].all()
    assert people.loc[~people["apple"], "is_apple_reader"].mean() < 0.01


def test_apple_readers_read_like_the_others_but_most_of_it_goes_unseen(people: pd.DataFrame) -> None:
    sums = people.groupby("is_apple_reader")[["mails_read", "mails_read_unseen", "received"]].sum()
    read = sums["mails_read"] / sums["received"]
    unseen = sums["mails_read_unseen"] / sums["mails_read"]
    assert abs(read[True] - read[False]) < 0.02
    assert unseen[False] == 0
    assert unseen[True] > 0.5
    still = (people["stops_reading_at"] > pd.Timestamp(AS_OF)).groupby(people["is_apple_reader"]).mean()
    assert abs(still[True] - still[False]) < 0.05
    seen = people["seen"].groupby(people["apple"]).mean()
    assert seen[True] < seen[False] - 0.1


def test_some_of_the_silent_are_alive_and_the_careful_form_spares_them(view: View, people: pd.DataFrame) -> None:
    silent = people[~people["seen"]]
    alive = (silent["order_count_90d"] > 0) | (silent["site_event_count_90d"] > 0)
    careful = set(view.members("dead_weight_safe")["profile_id"])
    assert alive.sum() > 100
    assert careful <= set(silent.index)
    assert not careful & set(silent.index[alive])


def wrong(view: View, people: pd.DataFrame) -> dict[str, list[object]]:
    """The mistakes that the lesson warns of."""
    reacted = view.engagement("opened").set_index("reactions")
    seen, apple = people["seen"], people["apple"]
    opens, clicks = did("opened_email", where=NO_APPLE, within=MONTH), did("clicked_email", where=NO_BOTS, within=MONTH)
    halves = [opens, clicks, opens & clicks, opens | did("clicked_email", within=MONTH), did("opened_email", within=MONTH) | clicks]
    longer = did("opened_email", where=NO_APPLE, within="last 90 days") | did("clicked_email", where=NO_BOTS, within="last 90 days")
    return {
        "5a": [*reacted["engaged"], *reacted["share"], reacted["members"].iloc[0]],
        "5b": [
            apple.sum() - seen[apple].sum(),
            seen[~apple].mean() * apple.sum(),
            seen.mean() * apple.sum() - seen[apple].sum(),
            seen[~apple].mean() - seen[apple].mean(),
        ],
        "5c": [view.members(one) for one in [*halves, longer, view.segments["opened"].condition]],
    }


def test_the_rounded_percentages_on_the_screen_are_near_enough_and_the_answer_is_whole(people: pd.DataFrame) -> None:
    seen, apple = people["seen"], people["apple"]
    others, own = round(seen[~apple].mean(), 2), round(seen[apple].mean(), 2)
    for answer in (others * apple.sum() - own * apple.sum(), round((others - own) * apple.sum()), others * apple.sum() - seen[apple].sum()):
        assert said("5b", answer, right_answer("5b")).startswith("5b is right")
    assert right_answer("5b") == int(right_answer("5b"))  # type: ignore[arg-type]


@pytest.mark.parametrize("exercise", ["5a", "5b", "5c"])
def test_near_misses_are_refused(exercise: str, view: View, people: pd.DataFrame) -> None:
    right = right_answer(exercise)
    for answer in wrong(view, people)[exercise]:
        start_again()
        assert said(exercise, answer, right).startswith(f"{exercise}: not yet")
