"""Each check finds a set that was made wrong, and has nothing to say of the same set made right."""

from __future__ import annotations

import pytest

from segkit.segments.library import stock
from segkit.segments.lint import lint
from tests.segments.lint.sets import SETTINGS, found_in, keys

BAD_AND_GOOD = {
    "replaces_library": (
        "{engaged_recently: {title: Klikkers, rule: {did: clicked_email}}}",
        "{clicked_recently: {title: Klikkers, rule: {did: clicked_email}}}",
    ),
    "never_true": (
        "{a: {title: Grote kopers, all: [{did: placed_order, at_least: 10}, {never: placed_order}]}}",
        "{a: {title: Grote kopers, all: [{did: placed_order, at_least: 10}, {never: placed_order, within: last 30 days}]}}",
    ),
    "always_true": (
        "{a: {title: Klant of niet, any: [{did: placed_order}, {never: placed_order, within: last 30 days}]}}",
        "{a: {title: Klant of niet, any: [{did: placed_order, at_least: 2}, {never: placed_order}]}}",
    ),
    "contradiction": (
        """{a: {title: Terug, goal: win_back, rule: {never: placed_order, within: last 90 days}},
            b: {title: Weg, goal: remove, rule: {never: placed_order, within: last 365 days}}}""",
        """{a: {title: Terug, goal: win_back, rule: {last: placed_order, was: between 91 and 365 days ago}},
            b: {title: Weg, goal: remove, rule: {never: placed_order, within: last 365 days}}}""",
    ),
    "same_members": (
        "{a: {title: Vast, rule: {did: placed_order, at_least: 3}}, b: {title: Trouw, rule: {did: placed_order, more_than: 2}}}",
        "{a: {title: Vast, rule: {did: placed_order, at_least: 3}}, b: {title: Trouw, rule: {did: placed_order, more_than: 3}}}",
    ),
    "inside": (
        "{a: {title: Kopers, rule: {did: placed_order}}, b: {title: Recente, rule: {last: placed_order, was: last 30 days}}}",
        "{a: {title: Oude, rule: {never: placed_order, within: last 30 days}}, b: {title: Recente, rule: {last: placed_order, was: last 30 days}}}",
    ),
    "day_gap": (
        """{a: {title: Actief, rule: {last: placed_order, was: last 89 days}},
            b: {title: Slapend, rule: {last: placed_order, was: between 91 and 180 days ago}}}""",
        """{a: {title: Actief, rule: {last: placed_order, was: last 89 days}},
            b: {title: Slapend, rule: {last: placed_order, was: between 90 and 180 days ago}}}""",
    ),
    "days_gap": (
        """{a: {title: Actief, rule: {last: placed_order, was: last 30 days}},
            b: {title: Slapend, rule: {last: placed_order, was: between 90 and 180 days ago}}}""",
        """{a: {title: Actief, rule: {last: placed_order, was: last 30 days}},
            b: {title: Slapend, rule: {last: placed_order, was: between 31 and 180 days ago}}}""",
    ),
    "score_gap": (
        """{a: {title: Verdrietig, rule: {last: gave_feedback, where: {score_10: {less_than: 5}}}},
            b: {title: Toppers, rule: {last: gave_feedback, where: {score_10: {at_least: 8}}}}}""",
        """{a: {title: Verdrietig, rule: {last: gave_feedback, where: {score_10: {less_than: 8}}}},
            b: {title: Toppers, rule: {last: gave_feedback, where: {score_10: {at_least: 8}}}}}""",
    ),
    "count_gap": (
        "{a: {title: Eenmalig, rule: {did: placed_order, exactly: 1}}, b: {title: Trouw, rule: {did: placed_order, at_least: 4}}}",
        "{a: {title: Eenmalig, rule: {did: placed_order, exactly: 1}}, b: {title: Trouw, rule: {did: placed_order, at_least: 2}}}",
    ),
    "border_day": (
        """{a: {title: Slapend, all: [{did: placed_order, within: between 90 and 180 days ago},
                                      {never: placed_order, within: last 90 days}]}}""",
        """{a: {title: Slapend, all: [{did: placed_order, within: between 90 and 180 days ago},
                                      {never: placed_order, within: last 89 days}]}}""",
    ),
    "machine_opens": (
        "{a: {title: Lezers, rule: {did: opened_email, within: last 90 days}}}",
        "{a: {title: Lezers, rule: {did: opened_email, where: {apple_privacy_open: false}, within: last 90 days}}}",
    ),
    "bot_clicks": (
        "{a: {title: Klikkers, rule: {never: clicked_email, within: last 90 days}}}",
        "{a: {title: Klikkers, rule: {never: clicked_email, where: {bot_click: false}, within: last 90 days}}}",
    ),
    "no_consent": (
        "{a: {title: Kopers, rule: {did: placed_order}}}",
        "{a: {title: Kopers, rule: {did: placed_order}}, b: {title: Te mailen kopers, all: [{in_segment: a}, {can_receive: email}]}}",
    ),
    "unclear_name": ("{segment_1: {rule: {did: placed_order}}}", "{recent_buyers: {rule: {did: placed_order}}}"),
    "no_title": ("{recent_buyers: {rule: {did: placed_order}}}", "{recent_buyers: {title: Kopers, rule: {did: placed_order}}}"),
    "same_title": (
        "{ab_1: {title: Kopers, rule: {did: placed_order}}, ab_2: {title: kopers, rule: {did: placed_order, at_least: 2}}}",
        "{ab_1: {title: Kopers, rule: {did: placed_order}}, ab_2: {title: Vaste kopers, rule: {did: placed_order, at_least: 2}}}",
    ),
    "other_days": (
        "{stil: {title: 90 dagen stil, rule: {never: placed_order, within: last 60 days}}}",
        "{stil: {title: 3 maanden stil, rule: {never: placed_order, within: last 90 days}}}",
    ),
    "list_sprawl": (
        """{ab: {title: Taart, any: [{in_list: Slagroomtaart wedstrijd}, {in_list: Slagroomtaart promo gelezen},
                                      {in_list: SLAGROOMTAART ORDERS}]}}""",
        "{ab: {title: Taart, any: [{in_list: Slagroomtaart wedstrijd}, {in_list: Promo gelezen}, {in_list: Orders}]}}",
    ),
    "overlap": (
        "{a: {title: Kopers, rule: {did: placed_order}}, b: {title: Vrouwen, rule: {profile: {gender: f}}}}",
        "{a: {title: Mannen, rule: {profile: {gender: m}}}, b: {title: Vrouwen, rule: {profile: {gender: f}}}}",
    ),
    "hole": (
        "{a: {title: Mannen, rule: {profile: {gender: m}}}, b: {title: Vrouwen, rule: {profile: {gender: f}}}}",
        "{a: {title: Mannen, rule: {profile: {gender: m}}}, b: {title: Anderen, not: {profile: {gender: m}}}}",
    ),
}  # fmt: skip

LADIES = BAD_AND_GOOD["count_gap"][0][:-1] + ", c: {title: Vrouwen, rule: {profile: {gender: f}}}"


@pytest.mark.parametrize("key", BAD_AND_GOOD)
def test_what_is_wrong_is_found_and_what_is_right_is_not(key: str) -> None:
    bad, good = BAD_AND_GOOD[key]
    assert key in keys(found_in(bad))
    assert key not in keys(found_in(good))


def test_the_survey_hole_is_found_by_itself():
    (gap,) = [one for one in found_in(BAD_AND_GOOD["score_gap"][0]) if one.key == "score_gap"]
    assert (gap.numbers["from"], gap.numbers["to"], gap.severity) == (5, 8, "warning")
    assert 5 <= gap.witness["events"][0]["score_10"] < 8


def test_the_day_90_hole_tells_its_day():
    (gap,) = [one for one in found_in(BAD_AND_GOOD["day_gap"][0]) if one.key == "day_gap"]
    assert (gap.numbers["from"], gap.numbers["to"], gap.segments) == (90, 90, ("a", "b"))
    assert gap.witness["events"] == [{"event": "placed_order", "days_ago": 90}]


def test_a_segment_that_does_not_change_with_time_hides_no_gap():
    text = BAD_AND_GOOD["day_gap"][0][:-1] + ", c: {title: Eenmalig, rule: {did: placed_order, exactly: 1}}}"
    assert "day_gap" in keys(found_in(text))


def test_a_span_that_a_segment_holds_in_part_is_told_as_the_hole_that_it_is():
    text = """{a: {title: Klein, all: [{did: placed_order, exactly: 1}, {total_value: placed_order, less_than: 100}]},
               b: {title: Vaker, rule: {did: placed_order, at_least: 2}}, c: {title: Nooit, rule: {never: placed_order}}}"""
    found = found_in(text)
    assert "count_gap" not in keys(found)
    assert [one.numbers["kinds"] for one in found if one.key == "hole"] == [1]


def test_whoever_is_in_another_segment_is_in_no_gap():
    (gap,) = [one for one in found_in(LADIES + "}") if one.key == "count_gap"]
    assert gap.segments == ("a", "b")
    assert gap.witness["facts"] != {"profile.gender": "f"}
    assert "count_gap" not in keys(found_in(LADIES + ", d: {title: Anderen, not: {profile: {gender: f}}}}"))


def test_of_two_doubles_the_later_one_is_to_look_at():
    (same,) = [one for one in found_in(BAD_AND_GOOD["same_members"][0]) if one.key == "same_members"]
    assert same.segments == ("b", "a")


def test_an_average_can_be_low_and_the_highest_order_high():
    text = "{a: {title: Mix, all: [{average_value: placed_order, less_than: 50}, {highest_value: placed_order, more_than: 100}]}}"
    assert "never_true" not in keys(found_in(text))


@pytest.mark.parametrize(
    "name", ["Segment 1", "test", "Nieuw", "Copy of VIP", "Kopie van slapers", "untitled", "x1", "Lijst 3", "VIP (copy)"]
)
def test_names_that_say_nothing(name: str) -> None:
    assert "unclear_name" in keys(found_in(f"{{recent_buyers: {{title: '{name}', rule: {{did: placed_order}}}}}}"))


@pytest.mark.parametrize("name", ["VIP", "Nieuwe klanten", "Testers van de proefdoos", "Kopers", "Frankrijk", "Top 100 kopers"])
def test_names_that_say_enough(name: str) -> None:
    assert "unclear_name" not in keys(found_in(f"{{recent_buyers: {{title: '{name}', rule: {{did: placed_order}}}}}}"))


def test_most_severe_first_and_the_same_each_time():
    text = BAD_AND_GOOD["contradiction"][0][:-1] + f", {BAD_AND_GOOD['never_true'][0][1:]}".replace("{a:", "{z:").replace(", a:", ", z:")
    found = found_in(text)
    order = [("error", "warning", "hint").index(one.severity) for one in found]
    assert order == sorted(order)
    assert [one.as_dict() for one in found] == [one.as_dict() for one in found_in(text)]


def test_the_library_does_not_replace_itself() -> None:
    assert "replaces_library" not in keys(lint(stock(SETTINGS), SETTINGS))
