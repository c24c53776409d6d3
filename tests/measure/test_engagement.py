"""Engagement with and without machines, and segments in which machine opens count."""

from pathlib import Path

import pytest

from segkit.errors import SegmentError
from segkit.measure.engagement import counting_all_opens
from segkit.measure.intervals import wilson
from segkit.segments import ask
from tests.measure.crowd import ASKED, HUMAN, Crowd, crowd, inside


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    return crowd(tmp_path_factory.mktemp("crowd"))


@pytest.mark.parametrize("segment", ASKED)
def test_shares_equal_a_count_by_hand(shop: Crowd, segment: str) -> None:
    found = shop.view.engagement(ASKED[segment]).set_index("reactions")
    group = shop.facts[inside(shop.facts)[segment]]
    for reactions, column in (("by_people", "reacted"), ("by_all", "reacted_at_all")):
        row = found.loc[reactions]
        assert (row["members"], row["engaged"]) == (len(group), group[column].sum())
        assert row["share"] == pytest.approx(group[column].mean())
        assert (row["low"], row["high"]) == pytest.approx(wilson(int(group[column].sum()), len(group), 0.95))
    assert (group["reacted"].sum() < group["reacted_at_all"].sum()) == (segment != "reader")


def test_of_a_small_group_only_the_size_is_told(tmp_path: Path) -> None:
    shop = crowd(tmp_path, smallest_group=120)
    found = shop.view.engagement(ASKED["recent"])
    assert set(found["members"]) == {int(inside(shop.facts)["recent"].sum())}
    assert found[["engaged", "share", "low", "high"]].isna().all(axis=None)
    assert set(found["reason"]) == {"too_few_profiles"}


def test_without_mail_delivered_nobody_is_said_to_be_silent(tmp_path: Path) -> None:
    with pytest.raises(SegmentError, match="The delivery holds no e-mail events"):
        crowd(tmp_path, without=("email_events",)).view.engagement(ASKED["recent"])


def test_machine_opens_make_readers_of_more_people(shop: Crowd) -> None:
    found = shop.view.machine_sensitivity(ASKED["reader"])
    people, everyone = shop.facts["opened"].sum(), shop.facts["opened_at_all"].sum()
    assert found == {"members": people, "with_machines": everyone, "gained": everyone - people, "lost": 0, "is_concerned": True}
    assert people < everyone


def test_machine_opens_take_people_out_of_who_does_not_read(shop: Crowd) -> None:
    found = shop.view.machine_sensitivity(~ASKED["reader"])
    assert (found["gained"], found["lost"]) == (0, (shop.facts["opened_at_all"] & ~shop.facts["opened"]).sum())


def test_a_segment_that_does_not_speak_of_opens_is_not_concerned(shop: Crowd) -> None:
    found = shop.view.machine_sensitivity(ASKED["often"])
    assert (found["members"], found["is_concerned"]) == (found["with_machines"], False)


ALL = ask.did("opened_email", within="last 90 days")


@pytest.mark.parametrize(
    ("told", "counted"),
    [
        (HUMAN, ALL),
        (ask.did("opened_email", where={"apple_privacy_open": {"is_not": True}}, within="last 90 days"), ALL),
        (~HUMAN & ask.did("placed_order"), ~ALL & ask.did("placed_order")),
        (
            ask.did(["opened_email", "clicked_email"], where={"apple_privacy_open": False, "bot_click": False}),
            ask.did(["opened_email", "clicked_email"], where={"bot_click": False}),
        ),
        (
            ask.last("opened_email", was="last 30 days", where={"apple_privacy_open": False, "campaign": "c1"}),
            ask.last("opened_email", was="last 30 days", where={"campaign": "c1"}),
        ),
        (
            ask.after("received_email", followed_by="opened_email", where_next={"apple_privacy_open": False, "same": "campaign"}, days=2),
            ask.after("received_email", followed_by="opened_email", where_next={"same": "campaign"}, days=2),
        ),
        (
            ask.after("opened_email", where={"apple_privacy_open": False}, not_followed_by="clicked_email", days=2),
            ask.after("opened_email", not_followed_by="clicked_email", days=2),
        ),
    ],
)
def test_the_test_that_leaves_machines_out_is_dropped_wherever_it_stands(told, counted) -> None:
    assert counting_all_opens(told) == counted


def test_who_asks_for_machine_opens_or_clicks_of_people_still_gets_them() -> None:
    apple = ask.did("opened_email", where={"apple_privacy_open": True})
    clicks = ask.did("clicked_email", where={"bot_click": False})
    assert counting_all_opens(apple & clicks) == apple & clicks
