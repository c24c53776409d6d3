"""The words that stand beside a number are true of that number, whatever the client's thresholds and delivery."""

from __future__ import annotations

import re

import pytest

from segkit.report import Report
from segkit.text import catalogue
from tests.report.fixture_result import full


def text(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def card(lang: str, **cell) -> str:
    """The card with advice of the one-hit wonders, of whom there are 354."""
    result = full()
    result["personas"]["partition"]["one_hit_wonders"].update(cell)
    cards = re.findall(r"<li style.*?</li>", Report(result, lang).personas()._repr_html_(), re.S)
    title = catalogue(lang)("persona.one_hit_wonders.title")
    return text(next(found for found in cards if f">{title}<" in found))


@pytest.mark.parametrize(
    ("mailable", "sample", "said"),
    [
        (139, 139, "mail everyone you may mail (139)"),
        (300, 150, "a sample of 150 first, taken from those you may mail"),
        (None, 354, "take the whole group (354). The delivery does not say whom of them you may mail"),
        (None, 177, "a sample of 177 first; everyone outside it is the control group. The delivery does not say whom"),
        (0, 0, "You may mail nobody in this group"),
    ],
)
def test_the_sample_is_worded_by_its_kind(mailable, sample, said):
    assert said in card("en", mailable=mailable, sample=sample)


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_an_approach_never_speaks_of_a_sample_for_the_sample_may_be_everyone(lang):
    t = catalogue(lang)
    for persona in ("one_hit_wonders", "just_passing_through", "false_starts"):
        assert not re.search("steekproef|sample|hele groep|whole group", t(f"persona.{persona}.action"))


def test_how_recent_recent_is_comes_from_the_result():
    result = full()
    row = next(row for row in result["thresholds"] if row["name"] == "active_days")
    assert "Kocht in de laatste 30 dagen" in text(Report(result, "nl").base()._repr_html_())
    row["value"] = 45
    shown = text(Report(result, "nl").base()._repr_html_())
    assert "Kocht in de laatste 45 dagen" in shown
    assert "30 dagen" not in shown


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_reason_of_a_default_is_not_given_for_a_clients_own_value(lang):
    result = full()
    row = next(row for row in result["thresholds"] if row["name"] == "vip_order_count")
    own = catalogue(lang)("method.own_choice", why="")
    before = text(Report(result, lang).method()._repr_html_())
    row["value"] = row["default"] - 5
    after = text(Report(result, lang).method()._repr_html_())
    assert after.count(own) == before.count(own) + 1


def test_what_is_withheld_in_a_table_is_a_dash_with_its_reason():
    result = full()
    small = {"orders": None, "revenue": None, "mailable": None, "status": "not_computable", "reason": "too_few_profiles"}
    result["segments"]["not_yet"].update(small, members=7)
    report = Report(result, "nl")
    reason = catalogue("nl")("reasons.too_few_profiles")
    assert reason in text(report.base()._repr_html_())
    assert reason in text(report.segments()._repr_html_())
    assert 'data-path="segments.not_yet.revenue"' not in report.base()._repr_html_()
