"""The segment builder: a form says a segment, the count is the kit's own, and what is unfinished or not delivered is told in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import segkit
from segkit.errors import SegmentError
from segkit.notebook.builder import SegmentBuilder, own_values, segment_builder
from segkit.notebook.form import (
    MUCH,
    OF_A_LINE,
    OFTEN,
    PALETTE,
    PROPERTIES,
    Bought,
    Did,
    DidNot,
    Form,
    InSegment,
    Last,
    MayBeMailed,
    Property,
    Row,
    Spent,
    Unfinished,
    events,
    segments_yaml,
)
from segkit.notebook.recount import COUNTED, NOT_DELIVERED, UNFINISHED, Recount, found
from segkit.segments import can_receive, did, in_segment, last, never, no, profile, total_value
from segkit.segments.definition import load
from segkit.segments.library import stock
from segkit.segments.tree import all_of, any_of
from segkit.settings import default_settings
from segkit.text import catalogue
from tests.notebooks.shops import write_shop

DAYS = st.one_of(st.none(), st.integers(0, 400))
PERIODS = st.tuples(st.integers(0, 400), st.integers(0, 400)).map(sorted)
EVENTS = st.sampled_from(events())
ROWS: st.SearchStrategy[Row] = st.one_of(
    st.builds(Did, EVENTS, st.sampled_from(OFTEN), st.integers(1, 9), DAYS),
    st.builds(DidNot, EVENTS, DAYS),
    st.builds(lambda event, period: Last(event, *period), EVENTS, PERIODS),
    st.builds(Spent, st.sampled_from(MUCH), st.integers(0, 10**7).map(lambda cents: cents / 100), DAYS),
    st.builds(Bought, st.booleans(), st.sampled_from(OF_A_LINE), st.text(min_size=1, max_size=12), DAYS),
    st.builds(Property, st.sampled_from(PROPERTIES), st.booleans(), st.text(min_size=1, max_size=12)),
    st.builds(MayBeMailed, st.booleans()),
    st.builds(InSegment, st.booleans(), st.sampled_from(["vip", "high_rollers", "active_customers"])),
)
FORMS = st.lists(st.lists(ROWS, min_size=1, max_size=3), min_size=1, max_size=3).map(lambda groups: Form.of(*groups))
LIBRARY = stock(default_settings())
AMOUNTS = st.sampled_from([0.0, 40.0, 99.5, 128.0])
COUNTABLE = st.one_of(
    st.builds(
        Did, st.sampled_from(["placed_order", "opened_email", "opened_email_by_people"]), st.sampled_from(OFTEN), st.integers(1, 4), DAYS
    ),
    st.builds(DidNot, st.just("placed_order"), DAYS),
    st.builds(lambda period: Last("placed_order", *period), PERIODS),
    st.builds(Spent, st.sampled_from(MUCH), AMOUNTS, DAYS),
    st.builds(Bought, st.booleans(), st.just("category"), st.sampled_from(["Cake", "Bread"]), DAYS),
    st.builds(Property, st.just("country"), st.booleans(), st.sampled_from(["NL", "BE"])),
    st.builds(MayBeMailed, st.booleans()),
    st.builds(InSegment, st.booleans(), st.sampled_from(["vip", "active_customers"])),
)


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> segkit.View:
    return segkit.open(write_shop(tmp_path_factory.mktemp("shop"))).at("2026-10-31")


@pytest.fixture(scope="module")
def recount(view: segkit.View) -> Recount:
    return Recount(view)


# --- a form says a segment --------------------------------------------------------------------------------------------


def test_each_row_is_a_verb() -> None:
    said = {
        Did("placed_order", "at_least", 3, 90): did("placed_order", at_least=3, within="last 90 days"),
        Did("opened_email_by_people"): did("opened_email", where={"apple_privacy_open": False}),
        DidNot("clicked_email", 30): never("clicked_email", within="last 30 days"),
        DidNot("clicked_email"): never("clicked_email"),
        Last("placed_order", 90, 180): last("placed_order", was="between 90 and 180 days ago"),
        Spent("more_than", 99.5): total_value("placed_order", more_than=99.5),
        Bought(True, "category", "Cake", 90): did("placed_order", item={"category": "Cake"}, within="last 90 days"),
        Bought(False, "brand", "Nike"): no("placed_order", item={"brand": "Nike"}),
        Property("country", True, "NL"): profile(country="NL"),
        Bought(True, "brand", "$ome"): did("placed_order", item={"brand": "$ome"}),  # a text, not a parameter
        Property("gender", False, "m"): profile(gender={"is_not": "m"}),
        MayBeMailed(): can_receive("email"),
        MayBeMailed(False): ~can_receive("email"),
        InSegment(False, "vip"): ~in_segment("vip"),
    }
    assert {row: row.condition() for row in said} == said
    assert {type(row) for row in said} == set(PALETTE.values())


def test_groups_are_joined_by_and_and_rows_by_or() -> None:
    form = Form.of([Did(times=3), MayBeMailed()], Property(value="NL"))
    assert form.condition() == all_of(any_of(did("placed_order", at_least=3), can_receive("email")), profile(country="NL"))
    assert Form.of([], MayBeMailed()).condition() == can_receive("email")  # an empty group asks nothing


@given(FORMS)
def test_the_yaml_of_any_form_reads_back_as_the_same_condition(tmp_path_factory: pytest.TempPathFactory, form: Form) -> None:
    try:
        expected = form.condition(LIBRARY)
    except Unfinished:
        assert any(isinstance(row, (Property, Bought)) for _, row in form.rows())  # a blank text, or one that no file can hold
        return
    file = tmp_path_factory.mktemp("yaml") / "segments.yaml"
    file.write_text(segments_yaml(form, "mine", LIBRARY), encoding="utf-8")
    read: Any = load(file, default_settings(), LIBRARY)["mine"]
    assert read.condition == expected


# --- what is unfinished or impossible is told kindly -------------------------------------------------------------------

WRONG: list[tuple[Any, str]] = [
    (Did("bought"), "event"), (Did(comparison="about"), "comparison"), (Did(times=0), "at_least_none"), (Did(times=2.5), "at_least_none"),  # type: ignore[arg-type]
    (Did(comparison="at_most", times=-1), "times"), (Did(times=True), "at_least_none"), (Did(days=-1), "days"), (Did(days=40_000), "days"),
    (Did(days="90"), "days"), (Last(newest=180, oldest=90), "backwards"), (Last(newest=-1), "days"), (Spent(amount=-1), "amount"),  # type: ignore[arg-type]
    (Spent(amount=float("nan")), "amount"), (Spent(amount=float("inf")), "amount"), (Spent(amount=0.001), "amount"),
    (Spent(amount=None), "amount"), (Property(), "value"), (Property(value="\0"), "value"),  # type: ignore[arg-type]
    (Property("shoe_size", True, "44"), "property"), (InSegment(), "segment"), (InSegment(id="no_such"), "segment"),  # type: ignore[arg-type]
    (InSegment(id="always_brand"), "segment"), (Bought(), "value"), (Bought(True, "colour", "red"), "item"),  # type: ignore[arg-type]
]  # fmt: skip


@pytest.mark.parametrize(("row", "key"), WRONG, ids=lambda one: str(one))
def test_a_row_that_cannot_be_is_named_with_its_place(row: Row, key: str) -> None:
    with pytest.raises(Unfinished) as told:
        Form.of(MayBeMailed(), [MayBeMailed(), row]).condition(LIBRARY)
    assert (told.value.key, told.value.place) == (key, (2, 2))
    assert isinstance(told.value, SegmentError)
    assert told.value.said("nl").startswith("Groep 2, regel 2: ")
    assert told.value.said("en").startswith("Group 2, row 2: ")
    assert told.value.problem in told.value.said("en")


@pytest.mark.parametrize("form", [Form(), Form.of([]), Form.of([], [])])
def test_a_form_without_rows_says_that_it_is_empty(form: Form) -> None:
    with pytest.raises(Unfinished) as told:
        form.condition()
    assert (told.value.key, told.value.place) == ("empty", None)


@pytest.mark.parametrize(("id", "key"), [("Mijn segment", "id"), ("", "id"), ("9lives", "id"), ("vip", "id_taken")])
def test_a_name_that_no_file_can_hold_is_refused(id: str, key: str) -> None:
    with pytest.raises(Unfinished) as told:
        segments_yaml(Form.of(MayBeMailed()), id, LIBRARY)
    assert told.value.key == key


# --- the count and the comparison -------------------------------------------------------------------------------------


@given(st.lists(st.lists(COUNTABLE, min_size=1, max_size=3), min_size=1, max_size=3))
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], max_examples=25)
def test_the_count_is_the_count_of_the_kit(view: segkit.View, recount: Recount, groups: list[list[Row]]) -> None:
    form = Form.of(*groups)
    assert found(recount, form, "nl").members == view.count(form.condition(view.segments))


def test_the_comparison_is_the_plain_mean_of_both_sides(recount: Recount) -> None:
    """Persons 2, 7, ... 57 buy twice for 10 + n each, 3, 8, ... three times, 4, 9, ... four times: 36 of 60."""
    result = found(recount, Form.of(Did(times=2)), "nl")
    inside = [(10 + n) * (n % 5) for n in range(60) if n % 5 >= 2]
    rest = [(10 + n) * (n % 5) for n in range(60) if n % 5 < 2]
    assert (result.state, result.members, result.share) == (COUNTED, 36, 0.6)
    told = result.compared["revenue_per_head"]
    assert (told["inside"], told["rest"]) == (pytest.approx(sum(inside) / 36), pytest.approx(sum(rest) / 24))
    engaged = [n for n in range(60) if n % 3 == 0 and n % 6]  # every third opens, within 60 days; machines are no people
    assert result.compared["engaged_share"]["inside"] == pytest.approx(sum(n % 5 >= 2 for n in engaged) / 36)


def test_a_condition_that_was_asked_before_is_not_asked_again(view: segkit.View, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    members = view.members
    monkeypatch.setattr(view, "members", lambda condition: asked.append(condition) or members(condition))
    recount = Recount(view)
    for form in (Form.of(Did(), MayBeMailed()), Form.of([MayBeMailed(), Did()]), Form.of(MayBeMailed(False))):
        found(recount, form, "en")
    assert asked == [did("placed_order"), can_receive("email")]


def test_too_few_people_are_not_compared(recount: Recount, view: segkit.View) -> None:
    box = segment_builder(view, "en", Form.of(Last(newest=4, oldest=12)))
    assert 'data-count="3"' in box.told.value
    assert "fewer than 10 profiles" in box.told.value
    assert "€" not in box.told.value


def test_what_was_not_delivered_is_told_in_words_and_is_not_zero(tmp_path: Path) -> None:
    view = segkit.open(write_shop(tmp_path, consents=False)).at("2026-10-31")
    result = found(Recount(view), Form.of(Did(), MayBeMailed()), "nl")
    assert (result.state, result.members) == (NOT_DELIVERED, None)
    assert catalogue("nl")("reasons.no_consents") in result.reason
    box = segment_builder(view, "en", Form.of(InSegment(id="churn_risk")))
    assert "data-count" not in box.told.value
    assert catalogue("en")("reasons.no_scores") in box.told.value
    assert "churn" in box.yaml  # what cannot be counted here can still be written down


def test_a_shop_without_orders_compares_mail_alone(tmp_path: Path) -> None:
    view = segkit.open(write_shop(tmp_path, orders=False)).at("2026-10-31")
    box = segment_builder(view, "nl", Form.of(MayBeMailed()))
    assert 'data-count="30"' in box.told.value
    assert 'data-measure="engaged_share"' in box.told.value
    assert "revenue_per_head" not in box.told.value


# --- the widget -------------------------------------------------------------------------------------------------------


def rows_of(box: SegmentBuilder, group: int = 0) -> Any:
    return box.groups.children[group].rows.children


def test_a_changed_number_changes_count_sentence_and_yaml(view: segkit.View) -> None:
    box = segment_builder(view, "nl", Form.of(Did()))
    assert 'data-count="48"' in box.told.value
    rows_of(box)[0].inputs["times"].value = 4
    assert 'data-count="12"' in box.told.value
    assert "4 keer" in box.told.value
    assert "at_least: 4" in box.yaml
    assert box.form == Form.of(Did(times=4))
    assert view.count(box.condition) == 12
    rows_of(box)[0].inputs["period"].value = True
    assert box.form == Form.of(Did(times=4, days=90))
    rows_of(box)[0].inputs["period"].value = False
    assert box.form == Form.of(Did(times=4))


def test_rows_and_groups_come_and_go(view: segkit.View) -> None:
    box = segment_builder(view, "en", Form.of(Did(times=4)))
    group = box.groups.children[0]
    group.add.click()
    rows_of(box)[1].kind.value = "may_be_mailed"
    assert box.form == Form.of([Did(times=4), MayBeMailed()])
    assert box.found.members == view.count(did("placed_order", at_least=4) | can_receive("email"))
    box.add.click()
    rows_of(box, 1)[0].kind.value = "property"
    assert "Group 2, row 1: The value is still missing." in box.told.value
    assert box.yaml == ""
    rows_of(box, 1)[0].inputs["value"].value = "BE"
    assert box.form == Form.of([Did(times=4), MayBeMailed()], Property("country", True, "BE"))
    rows_of(box)[0].remove.click()
    assert box.form == Form.of(MayBeMailed(), Property("country", True, "BE"))
    for one in list(box.groups.children):
        one.remove.click()
    assert box.form == Form()
    assert "There is no condition yet." in box.told.value


def test_another_property_offers_other_values(view: segkit.View) -> None:
    box = segment_builder(view, "nl", Form.of(Property("country", True, "NL")))
    rows_of(box)[0].inputs["name"].value = "gender"
    assert box.form == Form.of(Property("gender", True, ""))
    assert [shown for shown, _ in rows_of(box)[0].inputs["value"].options] == ["kies…", "vrouw"]
    assert own_values(view, "country") == ["NL", "BE"]
    assert own_values(view, "language") == ["fr-BE", "nl-NL"]
    assert own_values(view, "category") == ["Cake", "Bread"]  # everybody who buys begins with cake
    assert own_values(view, "brand") == []


def test_a_form_of_another_shop_can_be_shown_and_counted(view: segkit.View) -> None:
    form = Form.of([Property("country", False, "DE"), InSegment(id="no_such"), Last("clicked_email", 1, 2)])
    box = segment_builder(view, "en", form)
    assert box.form == form
    assert box.found.state == UNFINISHED


@pytest.mark.parametrize("lang", ["nl", "en"])
@pytest.mark.parametrize("kind", PALETTE)
def test_every_control_has_a_label_and_the_result_is_heard(view: segkit.View, kind: str, lang: str) -> None:
    box = segment_builder(view, lang, Form.of(PALETTE[kind]()))
    row = rows_of(box)[0]
    assert all(one.description for one in row.children)
    assert all(one.description for one in (box.id, box.text, box.add, box.groups.children[0].add, box.groups.children[0].remove))
    assert 'role="status" aria-live="polite"' in box.told.value
    assert row.remove.tooltip in ("Verwijder regel 1 van groep 1", "Remove row 1 of group 1")


def test_a_name_of_a_shop_is_text_and_not_html(view: segkit.View) -> None:
    box = segment_builder(view, "en", Form.of(Property("language", True, "<b>x</b>")))
    assert "<b>" not in box.told.value
    assert "&lt;b&gt;" in box.told.value


def test_the_name_in_the_file_can_be_chosen(view: segkit.View) -> None:
    box = segment_builder(view, "nl", Form.of(MayBeMailed()))
    box.id.value = "lezers"
    assert "lezers:" in box.yaml
    box.id.value = "vip"
    assert (box.yaml, "andere naam" in box.text.placeholder) == ("", True)
