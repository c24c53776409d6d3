"""The sentences: the same keys and placeholders in each language, all of them used, numbers as a language writes them."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path

import pytest

from segkit.settings import default_settings
from segkit.text import LOCALES, TextError, catalogue, placeholders

SPEAKERS = ("t", "text", "html", "say", "column", "missing", "has")  # what a key is handed to
ROOMS = {key.split(".")[0] for key in catalogue("en").sentences}
DUTCH_ONLY = re.compile(r"thresholds\.\w+\.why")  # the English reason stands beside the value, in settings/defaults.yaml


def shared(lang: str) -> dict[str, str]:
    return {key: text for key, text in catalogue(lang).sentences.items() if not DUTCH_ONLY.fullmatch(key)}


def sources(checkout: Path) -> list[ast.AST]:
    return [ast.parse(path.read_text(encoding="utf-8")) for path in (checkout / "segkit").rglob("*.py")]


def key_patterns(tree: ast.AST) -> set[str]:
    """Every string in the code that may be a key, as a pattern; what an f-string fills in stands for one name or more."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(re.escape(node.value))
        elif isinstance(node, ast.JoinedStr):
            parts = [re.escape(p.value) if isinstance(p, ast.Constant) else r"[\w.]+" for p in node.values]
            found.add("".join(map(str, parts)))
    return {pattern for pattern in found if pattern.replace("\\", "").split(".")[0] in ROOMS}


def spoken_keys(tree: ast.AST) -> set[str]:
    """The whole keys that are handed to whatever speaks."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args)
    named = ((getattr(call.func, "id", getattr(call.func, "attr", "")), call.args[0]) for call in calls)
    constants = (first.value for name, first in named if name in SPEAKERS and isinstance(first, ast.Constant))
    return {key for key in constants if isinstance(key, str) and key.split(".")[0] in ROOMS}


def test_each_language_has_the_same_keys():
    assert shared("nl").keys() == shared("en").keys()


def test_each_language_has_the_same_placeholders():
    nl, en = shared("nl"), shared("en")
    assert {key: placeholders(nl[key]) for key in nl} == {key: placeholders(en[key]) for key in nl}


def test_no_sentence_is_empty_or_left_in_the_other_language():
    nl, en = shared("nl"), shared("en")
    assert [key for key in nl if not nl[key].strip() or not en[key].strip()] == []
    same = {key for key in nl if nl[key] == en[key] and len(nl[key].split()) > 3 and not re.search(r"\{\w+\} ·", nl[key])}
    assert same == set()


def test_every_sentence_is_used(checkout):
    patterns = set().union(*map(key_patterns, sources(checkout)))
    used = re.compile("|".join(sorted(patterns)))
    keys = {re.sub(r"\.(one|other)$", "", key) for key in catalogue("en").sentences}
    assert sorted(key for key in keys if not used.fullmatch(key)) == []


def test_every_key_in_the_code_exists(checkout):
    spoken = set().union(*map(spoken_keys, sources(checkout)))
    assert len(spoken) > 100
    assert sorted(key for key in spoken if not catalogue("nl").has(key)) == []


def test_every_threshold_has_a_label_and_a_dutch_reason():
    names, said = set(default_settings().thresholds), catalogue("nl").sentences
    for part in ("label", "why"):
        told = {key.split(".")[1] for key in said if re.fullmatch(rf"thresholds\.\w+\.{part}", key)}
        assert told == names


@pytest.mark.parametrize("lang", LOCALES)
def test_a_sentence_needs_exactly_its_placeholders(lang):
    t = catalogue(lang)
    assert "12" in t("units.days", n=12)
    for wrong in ({}, {"n": 1, "m": 2}):
        with pytest.raises(TextError):
            t("units.days", **wrong)
    with pytest.raises(TextError):
        t("units.no_such_key")


def test_an_unknown_language_is_refused():
    with pytest.raises(TextError, match="nl"):
        catalogue("fr")


def test_one_is_singular():
    assert (catalogue("nl").days(1), catalogue("nl").days(2)) == ("1 dag", "2 dagen")
    assert (catalogue("en").days(1), catalogue("en").days(0)) == ("1 day", "0 days")


def test_numbers_are_written_as_the_language_writes_them():
    nl, en = catalogue("nl"), catalogue("en")
    assert (nl.number(6000), en.number(6000)) == ("6.000", "6,000")
    assert (nl.percent(0.1234, 1), en.percent(0.1234, 1)) == ("12,3%", "12.3%")
    assert (nl.money(1234.5, "EUR"), en.money(1234.5, "EUR")) == ("€\u00a01.234,50", "€1,234.50")
    assert (nl.money(-1234, "EUR", 0), en.money(-1234, "GBP", 0)) == ("€\u00a0−1.234", "−£1,234")
    assert nl.money(1234.5, "JPY") == "JP¥\u00a01.234"
    assert (nl.money(-0.3, "EUR", 0), nl.money(-0.3, "EUR")) == ("€\u00a00", "€\u00a0−0,30")  # no minus before nothing
    assert (nl.date(date(2026, 10, 31)), en.date("2026-10-31")) == ("31 oktober 2026", "31 October 2026")
    assert (nl.month("2026-10"), en.quarter("2026Q4")) == ("okt 2026", "Q4 2026")


def test_what_rounds_to_nothing_has_no_minus():
    assert catalogue("nl").percent(-0.0001) == "0%"


def test_values_are_escaped_in_html_and_nowhere_else():
    t = catalogue("en")
    assert t("report.see", section="<b>") == "More in: <b>"
    assert t.html("report.see", section="<b>") == "More in: &lt;b&gt;"
    assert "{profiles}" in t("report.see", section="{profiles}")
