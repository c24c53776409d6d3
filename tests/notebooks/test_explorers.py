"""The explorers: each number beside a slider is the one that plain pandas counts by hand, and impossible settings are told kindly."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.notebook import drawing, persona_explorer, top_share, window_explorer
from segkit.notebook.widgets import segment_builder, top_share_slider
from segkit.notebook.window_explorer import BETWEEN, BOTH, FIRST_ONLY, OUTSIDE, SECOND_ONLY
from segkit.report.palette import DARK, PALETTE
from segkit.segments import last
from segkit.text import catalogue
from tests.canonical import store_of
from tests.notebooks.shops import AS_OF, PEOPLE, write_shop

AGE = {who: 4 * n for n, who in enumerate(PEOPLE) if n % 5}  # days since the last purchase of each buyer
TIMES = {who: n % 5 for n, who in enumerate(PEOPLE)}


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> segkit.View:
    return segkit.open(write_shop(tmp_path_factory.mktemp("shop"))).at("2026-10-31")


@pytest.fixture
def without_orders(tmp_path: Path) -> segkit.View:
    return segkit.open(write_shop(tmp_path, orders=False)).at("2026-10-31")


# --- thresholds of personas -------------------------------------------------------------------------------------------


def by_hand(recent: int, lapsed: int, often: int) -> dict[str, str]:
    """What each buyer is, told apart by recency and frequency alone."""
    when = {who: "recent" if age <= recent else "lapsed" if age <= lapsed else "older" for who, age in AGE.items()}
    return {who: f"{when[who]} {'often' if TIMES[who] >= often else 'seldom'}" for who in AGE}


KIND = {
    "high_rollers": "recent often", "brand_lovers": "recent often", "potential_high_rollers": "recent seldom", "potential_brand_lovers": "recent seldom",
    "lapsed_high_rollers": "lapsed often", "lost_enthusiasts": "lapsed often", "one_hit_wonders": "lapsed seldom", "just_passing_through": "lapsed seldom",
    "cooling_one_timers": "lapsed seldom",
}  # fmt: skip


@pytest.mark.parametrize("values", [(120, 390, 3), (40, 200, 2), (8, 180, 4), (200, 201, 3)])
def test_the_personas_follow_the_thresholds_on_the_day(view: segkit.View, values: tuple[int, int, int]) -> None:
    found = persona_explorer.Census(view).of(dict(zip(persona_explorer.SLIDERS, values, strict=True)))
    expected = {who: kind for who, kind in by_hand(*values).items() if not kind.startswith("older")}
    assert {who: KIND[persona] for who, persona in found.items() if persona in KIND} == expected


def test_the_census_under_the_thresholds_of_the_shop_is_its_own(view: segkit.View) -> None:
    assert persona_explorer.Census(view).of({}).tolist() == view.personas()["persona"].tolist()


def test_moves_and_census_are_plain_counts() -> None:
    before = pd.Series({"a": "high_rollers", "b": "high_rollers", "c": "dead_weight", "d": "brand_lovers", "e": "high_rollers"})
    after = pd.Series({"a": "high_rollers", "b": "brand_lovers", "c": "dead_weight", "d": "one_hit_wonders", "e": "brand_lovers"})
    assert persona_explorer.moves(before, after).values.tolist() == [
        ["high_rollers", "brand_lovers", 2],
        ["brand_lovers", "one_hit_wonders", 1],
    ]
    assert persona_explorer.census(before, after).values.tolist() == [
        ["high_rollers", 3, 1, -2], ["brand_lovers", 1, 2, 1], ["one_hit_wonders", 0, 1, 1], ["dead_weight", 1, 1, 0],
    ]  # fmt: skip
    assert persona_explorer.moves(before, before).empty


def test_moving_a_slider_moves_the_census_and_tells_who_changes(view: segkit.View) -> None:
    box = persona_explorer.persona_explorer(view, "nl")
    assert 'data-changed="0"' in box.told.value
    box.sliders["purchase_recent_days"].value = 40
    moved = sum(40 < age <= 120 for age in AGE.values())
    assert f'data-changed="{moved}"' in box.told.value
    assert f"{moved} profielen (26,7%) krijgen een andere persona." in box.told.value
    assert box.values == {"purchase_recent_days": 40, "purchase_lapsed_days": 390, "purchase_often_count": 3}
    shown = {name: int(size) for name, size in re.findall(r'data-persona="(\w+)" data-members="(\d+)"', box.told.value)}
    assert {name: size for name, size in shown.items() if size} == box.census.of(box.values).value_counts().to_dict()
    assert sum(shown.values()) == len(PEOPLE)


def test_more_moves_than_are_told_one_by_one_are_counted_together() -> None:
    names = ["high_rollers", "brand_lovers", "one_hit_wonders", "dead_weight", "false_starts", "newcomers", "espresso_shot"]
    said = persona_explorer.told(pd.Series(names), pd.Series(names[1:] + names[:1]), "en")
    assert said.count("<li>") == persona_explorer.MOST_MOVES + 1
    assert "2 more between other personas" in said


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_thresholds_that_cross_are_told_kindly(view: segkit.View, lang: str) -> None:
    box = persona_explorer.persona_explorer(view, lang)
    box.sliders["purchase_lapsed_days"].value = 100
    assert 'data-state="impossible"' in box.told.value
    assert catalogue(lang).days(180) in box.told.value
    box.sliders["purchase_lapsed_days"].value = 390
    assert 'data-changed="0"' in box.told.value


def test_without_orders_the_reason_stands_where_the_numbers_would(without_orders: segkit.View) -> None:
    reason = catalogue("nl")("reasons.no_orders")
    assert reason in persona_explorer.persona_explorer(without_orders, "nl").told.value
    assert reason in top_share_slider(without_orders, "nl").told.value
    assert window_explorer.window_explorer(without_orders, "nl").of.value == "read_mail"


# --- windows ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "hole", "both"),
    [
        ((0, 89), (91, 180), (90, 90), None),
        ((0, 90), (91, 180), None, None),
        ((0, 95), (91, 180), None, (91, 95)),
        ((91, 180), (0, 60), (61, 90), None),
        ((0, 200), (50, 60), None, (50, 60)),
    ],
)
def test_two_windows_meet_overlap_or_leave_days_out(first: tuple[int, int], second: tuple[int, int], hole: object, both: object) -> None:
    assert (window_explorer.left_out(first, second), window_explorer.overlap(first, second)) == (hole, both)


def test_each_day_has_one_place_and_both_ends_are_in() -> None:
    days = pd.Series([0, 10, 11, 12, 20, 21])
    assert window_explorer.places(days, (0, 10), (12, 20)).tolist() == [FIRST_ONLY, FIRST_ONLY, BETWEEN, SECOND_ONLY, SECOND_ONLY, OUTSIDE]
    assert window_explorer.places(days, (0, 12), (10, 20)).tolist() == [FIRST_ONLY, BOTH, BOTH, BOTH, SECOND_ONLY, OUTSIDE]


@pytest.mark.parametrize(("first", "second"), [((0, 87), (89, 180)), ((4, 96), (92, 230)), ((0, 0), (236, 236))])
def test_the_count_of_a_window_is_the_count_of_the_kit(view: segkit.View, first: tuple[int, int], second: tuple[int, int]) -> None:
    found = window_explorer.counted(window_explorer.ages(view, "placed_order"), first, second)
    for name, (newest, oldest) in (("first", first), ("second", second)):
        assert found[name] == view.count(last("placed_order", was=f"between {newest} and {oldest} days ago"))
        assert found[name] == sum(newest <= age <= oldest for age in AGE.values())


def test_people_per_week_are_plain_counts(view: segkit.View) -> None:
    days = window_explorer.ages(view, "placed_order")
    table = window_explorer.weeks(days, (0, 87), (89, 180)).set_index("week")
    assert table.index.tolist() == list(range(58))
    for week in (0, 12, 13, 25, 33, 57):
        here = [age for age in AGE.values() if 7 * week <= age < 7 * week + 7]
        assert table.loc[week].sum() == len(here)
        assert table.loc[week, FIRST_ONLY] == sum(age <= 87 for age in here)
        assert table.loc[week, BETWEEN] == sum(age == 88 for age in here)


def test_the_day_that_two_windows_leave_out_is_told_and_drawn(view: segkit.View) -> None:
    box = window_explorer.window_explorer(view, "nl", (0, 87), (89, 180))
    assert 'data-between="1"' in box.told.value
    assert "Dag 88 ligt in geen van beide vensters: 1 profiel valt erbuiten." in box.told.value
    assert 'data-place="between" data-people="1"' in box.told.value
    box.ranges["first"].value = (0, 88)
    assert (box.first, 'data-between="0"' in box.told.value, "geen van beide" in box.told.value) == ((0, 88), True, False)


def test_mails_that_people_read_have_a_time_line_of_their_own(view: segkit.View) -> None:
    read = [n for n in range(60) if n % 3 == 0 and n % 6]
    assert sorted(window_explorer.ages(view, "read_mail")) == read
    box = window_explorer.window_explorer(view, "en", (0, 20), (30, 50))
    box.of.value = "read_mail"
    assert f'data-first="{sum(n <= 20 for n in read)}"' in box.told.value


# --- the largest buyers -----------------------------------------------------------------------------------------------

SPENT = np.array([100.0, 60.0, 20.0, 20.0, 20.0, 10.0, 10.0, 5.0, 5.0, 0.0])


@pytest.mark.parametrize(
    ("share", "buyers", "tied", "revenue", "threshold"),
    [(0.1, 1, 0, 0.4, 100), (0.2, 2, 0, 0.64, 60), (0.3, 5, 2, 0.88, 20), (0.5, 5, 0, 0.88, 20), (0.01, 1, 0, 0.4, 100), (1, 10, 0, 1, 0)],
)
def test_the_top_share_holds_its_ties(share: float, buyers: int, tied: int, revenue: float, threshold: float) -> None:
    found = top_share.shares(SPENT, share, least=1)
    assert (found["buyers"], found["tied"], found["of"]) == (buyers, tied, 10)
    assert (found["revenue_share"], found["threshold"]) == (pytest.approx(revenue), threshold)


def test_the_money_of_a_few_is_not_told() -> None:
    found = top_share.shares(SPENT, 0.2, least=3)
    assert (found["buyers"], found["revenue_share"], found["threshold"]) == (2, None, None)
    assert "2 buyers: too few" in top_share.sentence(found, "EUR", "en")
    assert "€" not in top_share.sentence(found, "EUR", "nl")


def test_the_curve_runs_from_nobody_to_everybody_and_through_each_buyer() -> None:
    assert top_share.curve(SPENT, 10) == [pytest.approx((n / 10, SPENT[:n].sum() / 250)) for n in range(11)]


def test_the_slider_says_what_the_largest_buyers_bring(view: segkit.View) -> None:
    spent = sorted(((10 + n) * (n % 5) for n in range(60) if n % 5), reverse=True)
    box = top_share_slider(view, "nl", 50)
    assert spent[23] == spent[24]  # two buyers tie at the border: both are in
    revenue = catalogue("nl").percent(sum(spent[:25]) / sum(spent), 1)
    told = f"De grootste 50% van de kopers (25 van 48) brengt {revenue} van de omzet."
    assert told in box.told.value
    assert "Eén koper met precies dat bedrag telt ook mee." in box.told.value
    assert 'data-buyers="25"' in box.told.value
    box.slider.value = 100
    assert 'data-buyers="48"' in box.told.value


def test_orders_that_bring_nothing_have_no_curve(tmp_path: Path) -> None:
    bought = [{"order_id": "o", "profile_id": "a", "ordered_at": AS_OF - timedelta(days=3), "total_base": 0, "counts_as_purchase": True}]
    store_of(tmp_path / "canonical", profiles=[{"profile_id": "a"}], orders=bought)
    (tmp_path / "client.yaml").write_text("name: X\n", encoding="utf-8")
    assert catalogue("en")("reasons.no_revenue") in top_share_slider(segkit.open(tmp_path).at("2026-10-31"), "en").told.value


# --- all of them ------------------------------------------------------------------------------------------------------


def test_every_control_is_labelled_and_every_result_is_heard(view: segkit.View) -> None:
    boxes = {
        persona_explorer.persona_explorer(view, "en"): 3, window_explorer.window_explorer(view, "en"): 3, top_share_slider(view, "en"): 1,
    }  # fmt: skip
    for box, controls in boxes.items():
        *inputs, told, _ = box.children
        assert len(inputs) == controls
        assert all(one.description and one.tooltip for one in inputs)
        assert 'role="status" aria-live="polite"' in told.value
        assert "run this notebook" in repr(box)
    assert "run this notebook" in repr(segment_builder(view))


def test_a_drawing_follows_light_and_dark_and_says_what_it_shows() -> None:
    drawn = drawing.drawing([drawing.words(0, 0, "<b>")], 100, 'a "label"')
    assert all(colour in drawn for colour in (PALETTE["brand"], DARK["brand"], "prefers-color-scheme:dark", "data-jp-theme-light"))
    assert 'role="img" aria-label="a &quot;label&quot;"' in drawn
    assert "<b>" not in drawn
