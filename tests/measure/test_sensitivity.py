"""A definition that moves: by a threshold or by hand, against a count by hand."""

from pathlib import Path

import pandas as pd
import pytest

from segkit.errors import SegmentError, SettingsError
from segkit.segments import ask
from tests.measure.crowd import ASKED, Crowd, crowd, spent

DAYS = [100, 110, 120, 130, 140, 150]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    return crowd(tmp_path_factory.mktemp("crowd"))


def forms() -> dict[str, object]:
    return {str(days): ask.last("placed_order", was=f"last {days} days") for days in DAYS}


def test_each_form_equals_a_count_by_hand(shop: Crowd) -> None:
    found = shop.view.forms(forms(), "120").set_index("value")
    now = shop.facts["age"] <= 120
    for days in DAYS:
        row, group = found.loc[str(days)], shop.facts["age"] <= days
        assert (row["members"], row["gained"], row["lost"]) == (group.sum(), (group & ~now).sum(), (now & ~group).sum())
        if row["status"] == "computed":
            assert (row["members"], row["orders"], row["revenue"]) == spent(shop.facts, group)
    assert found["members"].is_monotonic_increasing
    assert found["members"].nunique() > 3
    assert list(found["is_current"]) == [days == 120 for days in DAYS]


def test_a_threshold_moves_the_segments_of_the_library(shop: Crowd) -> None:
    found = shop.view.sensitivity("potential_brand_lovers", "purchase_recent_days", [150, 100]).set_index("value")
    assert list(found.index) == [100, 120, 150]  # the value in use is always there
    facts = shop.facts
    line = facts["revenue"].sum() / facts["orders"].sum()
    small = facts["orders"].between(1, 2) & (facts["revenue"] <= line * facts["orders"])
    assert found["members"].to_dict() == {days: (small & (facts["age"] <= days)).sum() for days in found.index}
    assert found["members"].nunique() == 3


def test_at_the_value_in_use_it_is_the_count(shop: Crowd) -> None:
    row = shop.view.sensitivity("brand_lovers", "purchase_recent_days", [100, 150]).query("is_current").iloc[0]
    assert (row["members"], row["gained"], row["lost"]) == (shop.view.count("brand_lovers"), 0, 0)


def test_a_rule_moves_too(shop: Crowd) -> None:
    found = shop.view.sensitivity("high_rollers", "high_value_rule", ["median"])
    assert set(found["value"]) == {"mean", "median"}


def test_the_shops_own_segments_follow_their_thresholds(tmp_path: Path) -> None:
    text = "version: 1\nsegments:\n  mine: {rule: {last: placed_order, was: last $active_days days}}\n"
    made = crowd(tmp_path / "shop")
    file = tmp_path / "segments.yaml"
    file.write_text(text)
    view = made.view.shop.at("2026-10-31", file)
    found = view.sensitivity("mine", "active_days", [8]).set_index("value")["members"]
    assert found.to_dict() == {8: (made.facts["age"] <= 8).sum(), 30: (made.facts["age"] <= 30).sum()}


def test_a_threshold_that_a_segment_does_not_speak_of_is_an_error(shop: Crowd) -> None:
    with pytest.raises(SegmentError, match="does not depend on active_days"):
        shop.view.sensitivity("high_rollers", "active_days", [10, 20])
    with pytest.raises(SettingsError, match="no_such"):
        shop.view.sensitivity("high_rollers", "no_such", [10])
    with pytest.raises(SettingsError, match="gap_quantiles"):
        shop.view.sensitivity("high_rollers", "gap_quantiles", [10])


def test_forms_that_differ_by_a_few_keep_their_size_and_hide_their_money(shop: Crowd, tmp_path: Path) -> None:
    hidden = crowd(tmp_path, smallest_group=10).view.forms(forms(), "120")
    pd.testing.assert_series_equal(hidden["members"], shop.view.forms(forms(), "120")["members"])
    assert hidden.query("is_current")["status"].tolist() == ["computed"]
    near = hidden[(hidden["gained"] + hidden["lost"]).between(1, 9)]
    assert len(near)
    assert near["revenue"].isna().all()


def test_what_cannot_be_asked_is_an_error_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(SegmentError, match="The delivery holds no e-mail events"):
        crowd(tmp_path, without=("email_events",)).view.forms({"a": ASKED["reader"], "b": ASKED["often"]}, "b")
