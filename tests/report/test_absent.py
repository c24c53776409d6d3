"""What cannot be computed is a reason, never a zero."""

from __future__ import annotations

import re

import pytest

from segkit.findings import RULES
from segkit.report.bind import Absent, Bound, Numbers
from segkit.report.sections.advice import EVIDENCE, GROUP_OF
from segkit.text import catalogue
from tests.report.fixture_result import FINDINGS, PARTITION, SILENT
from tests.report.pages import elements, html, result


def row(name: str, persona: str) -> str:
    """The text of a persona's row in the census."""
    title = catalogue("nl")(f"persona.{persona}.title")
    rows = (e["text"] for e in elements(html(name, "nl")) if e["tag"] == "tr" and e["text"].startswith(title))
    return next(rows)


def test_a_missing_count_is_a_dash_with_its_reason():
    reason = catalogue("nl")("reasons.no_email_events")
    cards = [e for e in elements(html("without_mail", "nl")) if e["tag"] == "li" and "kpis" in "".join(e["inside"])]
    engaged = next(card for card in cards if card["text"].startswith(catalogue("nl")("summary.kpi.engaged")))
    assert "unknown" in engaged["attrs"]["class"]
    assert engaged["text"].endswith(f"–{reason}")
    assert "0" not in engaged["text"]


@pytest.mark.parametrize("persona", SILENT)
def test_a_group_that_depends_on_reading_has_no_size_without_mail_events(persona):
    assert result("without_mail")["personas"]["partition"][persona]["members"] == 0
    assert not re.search(r"\d", row("without_mail", persona))
    assert "–" in row("without_mail", persona)
    assert re.search(r"\d", row("full", persona))


def test_an_empty_group_is_nought_when_it_could_be_counted():
    changed = {**result("full"), "personas": {"partition": {"dead_weight": {"members": 0, "share": 0.0, "orders": 0}}}}
    from segkit.report import Report

    shown = Report(changed, "en").personas()._repr_html_()
    assert '<data value="0" data-path="personas.partition.dead_weight.members">0</data>' in shown


def test_without_orders_nothing_is_said_about_buying():
    text = html("without_orders", "en")
    assert catalogue("en")("reasons.no_orders") in text
    assert not any("revenue" in e["attrs"].get("data-path", "") for e in elements(text) if e["tag"] == "data")


@pytest.mark.parametrize(("name", "lang"), [("full", "nl"), ("without_mail", "nl"), ("without_orders", "en"), ("hostile", "nl")])
def test_nothing_unset_reaches_the_page(name, lang):
    shown = [e["text"] for e in elements(html(name, lang)) if e["tag"] in ("data", "td", "p", "li")]
    assert [text for text in shown if re.search(r"\b(None|nan|null)\b", text)] == []


def test_a_share_of_nothing_is_no_number():
    numbers = Numbers({"counts": {"buyers": 0, "profiles": 0, "mailable": None}}, catalogue("en"))
    assert isinstance(numbers.percent("counts.buyers", of="counts.profiles"), Absent)
    assert isinstance(numbers.percent("counts.mailable", of="counts.profiles"), Absent)
    assert numbers.count("counts.buyers") == Bound(0, "0", "counts.buyers")


def test_an_unknown_reason_is_shown_as_its_key():
    numbers = Numbers({"status": {"counts.x": {"reason": "new_reason"}}, "counts": {"x": None}}, catalogue("en"))
    assert "new_reason" in numbers.reason("counts.x")


def test_every_finding_and_persona_has_its_words():
    assert set(RULES) == set(EVIDENCE) == set(FINDINGS)
    assert set(GROUP_OF) == set(PARTITION)
    for lang in ("nl", "en"):
        t = catalogue(lang)
        assert all(t.has(f"persona.{name}.{part}") for name in GROUP_OF for part in ("title", "rule", "goal", "action"))
