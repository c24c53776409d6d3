"""Every number on the page is the number at its path in the result, and is written as that number."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest

from segkit.report.bind import at
from segkit.text import catalogue
from tests.report.pages import elements, html, page, result

REPORTS = [("full", "nl"), ("full", "en"), ("without_mail", "nl"), ("without_orders", "en")]


def numbers(text: str) -> list[dict[str, Any]]:
    return [element for element in elements(text) if element["tag"] == "data"]


def raw(number: dict[str, Any], name: str) -> Any:
    """What the result says at the path of a number, or the share that it is of another."""
    value = at(result(name), number["attrs"]["data-path"])
    of = number["attrs"].get("data-of")
    return value / at(result(name), of) if of else value


def read(shown: str, lang: str) -> tuple[float, float]:
    """The number that a reader sees, and how far the real one may be from it by rounding."""
    figures = re.sub(r"[^\d.,−%]", "", shown).rstrip(".,")
    thousands, decimal = (".", ",") if lang == "nl" else (",", ".")
    plain = figures.replace(thousands, "").replace(decimal, ".").replace("−", "-")
    scale = 100 if plain.endswith("%") else 1
    places = len(plain.rstrip("%").partition(".")[2])
    return float(plain.rstrip("%")) / scale, 0.5000001 * 10**-places / scale


@pytest.mark.parametrize(("name", "lang"), REPORTS)
def test_every_number_equals_the_result_at_its_path(name, lang):
    found = numbers(html(name, lang))
    assert len(found) > 50
    wrong = {n["attrs"]["data-path"]: n["attrs"]["value"] for n in found if str(raw(n, name)) != n["attrs"]["value"]}
    assert wrong == {}


@pytest.mark.parametrize(("name", "lang"), REPORTS)
def test_every_number_is_written_as_what_it_is(name, lang):
    t, wrong = catalogue(lang), []
    for number in numbers(html(name, lang)):
        value, shown = raw(number, name), number["text"]
        if isinstance(value, str):
            year = re.fullmatch(r"\d{4}-\d\d-\d\d", value) and str(date.fromisoformat(value).year)
            fits = (year or "") in shown and shown.strip()
        else:
            seen, tolerance = read(shown, lang)
            fits = abs(seen - value) <= tolerance
        if not fits:
            wrong.append((number["attrs"]["data-path"], value, shown))
    assert wrong == []
    assert t.lang == lang


@pytest.mark.parametrize(("name", "lang"), REPORTS)
def test_the_page_holds_the_same_numbers_as_the_sections(name, lang):
    kept = {(n["attrs"]["data-path"], n["attrs"]["value"], n["text"]) for n in numbers(page(name, lang))}
    assert {(n["attrs"]["data-path"], n["attrs"]["value"], n["text"]) for n in numbers(html(name, lang))} <= kept


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_a_sentence_about_the_client_holds_no_loose_number(lang):
    """What is said in the summary and above each chapter comes from the result, figure by figure."""
    loose = re.sub(r"<data\b.*?</data>|<svg\b.*?</svg>|<style\b.*?</style>", "", html("full", lang), flags=re.S)
    spoken = [e for e in elements(loose) if e["tag"] == "p" and not {"foot", "why"} & {e["attrs"].get("class")}]
    assert [e["text"] for e in spoken if re.search(r"\d", e["text"]) and "Apple" not in e["text"]] == _rerun(lang)


def _rerun(lang: str) -> list[str]:
    """The fingerprint and the version, which are no numbers, stand in one sentence."""
    return [catalogue(lang)("method.rerun", hash="ab12cd34ef56", version="0.1.0")]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_finding_says_its_evidence(lang):
    told = {n["attrs"]["data-path"] for n in numbers(html("full", lang))}
    for place, finding in enumerate(result("full")["findings"]):
        evidence = {f"findings.{place}.evidence.{name}" for name in finding["evidence"] if name != "country"}
        assert evidence <= told, finding["key"]


def test_a_changed_number_is_found():
    """The test itself can fail: a page of another result does not pass."""
    found = numbers(html("full", "nl"))
    assert any(str(raw(n, "without_mail")) != n["attrs"]["value"] for n in found)
    assert read("€\u00a01.234,50", "nl") == (1234.5, pytest.approx(0.005, rel=1e-3))
    assert read("−12.3%", "en")[0] == pytest.approx(-0.123)
