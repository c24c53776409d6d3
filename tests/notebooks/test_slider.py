"""The recency slider: the count is the plain count, and the sentence follows it in both languages."""

import pandas as pd
import pytest

from segkit.notebook import slider

FEATURES = pd.DataFrame({"recency_days": pd.array([0, 30, 31, None], dtype="Int64"), "revenue_365d": [10.0, 20.0, 70.0, 0.0]})


class Shop:
    def features(self) -> pd.DataFrame:
        return FEATURES


@pytest.mark.parametrize(("days", "members", "revenue"), [(0, 1, 0.1), (29, 1, 0.1), (30, 2, 0.3), (31, 3, 1.0), (365, 3, 1.0)])
def test_the_border_day_is_in_and_who_never_bought_is_not(days: int, members: int, revenue: float) -> None:
    found = slider.bought_within(FEATURES, days)
    assert (found["members"], found["share"], found["revenue_share"]) == (members, members / 4, pytest.approx(revenue))


def test_the_sentence_says_the_count_in_both_languages() -> None:
    found = slider.bought_within(FEATURES, 30)
    assert slider.sentence(found, 30, "nl").startswith("2 profielen (50%) kochten in de afgelopen 30 dagen.")
    assert slider.sentence(found, 1, "en").startswith("2 profiles (50%) bought in the last 1 day.")
    assert "30%" in slider.sentence(found, 30, "en")


def test_without_revenue_nothing_is_claimed_about_it() -> None:
    found = slider.bought_within(FEATURES.assign(revenue_365d=0.0), 30)
    assert found["revenue_share"] is None
    assert slider.sentence(found, 30, "en") == "2 profiles (50%) bought in the last 30 days."
    assert slider.bought_within(FEATURES.iloc[:0], 30) == {"members": 0, "share": 0.0, "revenue_share": None}


def test_moving_the_slider_renews_the_count() -> None:
    box = slider.recency_slider(Shop(), "en", days=30)  # type: ignore[arg-type]
    handle, told, _ = box.children
    assert 'data-count="2"' in told.value
    handle.value = 31
    assert 'data-count="3"' in told.value
    assert 'role="status"' in told.value
    assert handle.description == "Bought in the last … days"
