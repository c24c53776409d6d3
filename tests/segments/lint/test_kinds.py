"""The kinds of people that a set tells apart: on the literal personas exactly the enumeration that was made by hand."""

from __future__ import annotations

from segkit.segments.definition import SegmentSet
from segkit.segments.library import literal_personas, stock
from segkit.segments.lint import kinds, lint
from segkit.segments.read import condition
from segkit.segments.say import short
from tests.segments.lint.sets import SETTINGS, set_of

PERSONAS = SegmentSet(literal_personas(SETTINGS))
BUYERS = ["high_rollers", "brand_lovers", "potential_high_rollers", "potential_brand_lovers"]


def test_the_fourteen_personas_tell_170_kinds_apart():
    found = kinds(PERSONAS)
    assert [group.streams for group in found.groups] == [{"placed_order": 17, "clicked_email": 5, "added_to_cart": 2}]
    assert (found.kinds, found.in_none, found.in_several) == (170, 20, 68)
    assert found.by_segments == {0: 20, 1: 82, 2: 50, 3: 17, 4: 1}


def test_54_kinds_are_to_be_won_back_and_removed_and_8_recent_buyers_are_a_false_start():
    clashes = {tuple(one.numbers["goals"]): one for one in lint(PERSONAS, SETTINGS) if one.key == "contradiction"}
    assert clashes["win_back", "remove"].numbers["kinds"] == 54
    assert clashes["win_back", "remove"].severity == "error"
    assert clashes["keep", "grow", "win_back"].numbers["kinds"] == 8
    assert list(clashes["keep", "grow", "win_back"].segments) == [*BUYERS, "false_starts"]


def test_the_holes_of_the_personas_are_two_families():
    holes = [one for one in lint(PERSONAS, SETTINGS) if one.key == "hole"]
    assert [(one.numbers["kinds"], one.numbers["holes"]) for one in holes] == [(16, 20), (4, 20)]
    said = [short(condition(one.numbers["family"], "family"), "en") for one in holes]
    assert "more than 390 days ago" in said[0]
    assert "between 121 and 179 days ago" in said[1]
    assert all("clicked" in text and "last 90 days" in text for text in said)


def test_the_fifth_lies_in_the_sixth_and_the_seventh_is_the_sixth():
    found = lint(PERSONAS, SETTINGS)
    assert ("almost_there", "waiting_to_be_wowed") in [one.segments for one in found if one.key == "inside"]
    assert [one.segments for one in found if one.key == "same_members"] == [("espresso_shot", "waiting_to_be_wowed")]


def test_a_block_is_no_audience():
    both = SegmentSet({**{name: stock(SETTINGS)[name] for name in ("engaged_recently", "engaged_often")}, **PERSONAS})
    assert kinds(both).by_segments == kinds(PERSONAS).by_segments


def test_sets_with_nothing_in_common_are_multiplied():
    found = kinds(set_of("{a: {rule: {did: placed_order}}, b: {rule: {profile: {gender: f}}}}"))
    assert (found.kinds, found.by_segments) == (4, {0: 1, 1: 2, 2: 1})


def test_the_library_has_too_many_kinds_for_one_look_and_says_so():
    found = lint(stock(SETTINGS), SETTINGS)
    assert "too_many_kinds" in {one.key for one in found}
    assert not [one for one in found if one.severity == "error" and one.key in ("never_true", "always_true")]


def test_a_set_can_be_asked_for_an_id_that_it_does_not_have():
    assert "nobody_like_this" not in PERSONAS
    assert "high_rollers" in PERSONAS
