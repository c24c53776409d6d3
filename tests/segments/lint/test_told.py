"""Every finding is told in Dutch and in English, with its numbers and names."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest

from segkit.segments import tree
from segkit.segments.lint import LintFinding, lint
from segkit.segments.lint.life import A_DAY, Life
from segkit.segments.lint.told import tell
from segkit.segments.say import short
from segkit.segments.window import Window
from segkit.text import LOCALES, catalogue
from tests.segments.lint.sets import SETTINGS, set_of
from tests.segments.lint.test_checks import BAD_AND_GOOD

OF_THE_DATA = [
    LintFinding("not_delivered", "warning", ("a",), {"reason": "no_site_events"}),
    LintFinding("unreachable", "warning", ("a",), {"first": "2026-01-01", "days": 303, "from": 391}),
    LintFinding("reaches_back", "hint", ("a",), {"first": "2026-01-01", "days": 303, "from": 390}),
    LintFinding(
        "static_list", "warning", ("a",), {"list": "Hardlopers 2025", "days": 420, "members": 1299}, people=1299, profiles=("p1", "p2")
    ),
    LintFinding("nobody", "warning", ("a",), {"profiles": 3000}),
    LintFinding("everyone", "warning", ("a",), {"share": 0.97, "whom": "mailable"}),
    LintFinding("no_value_at_all", "warning", ("a",), {"property": "tag", "strange": ["vip"]}),
    LintFinding("not_yet", "hint", ("a",), {"n": 1}),
    LintFinding("too_many_kinds", "hint", ("a", "b"), {"kinds": 1234567}),
]
LOGICAL = [(key, text) for key, (text, _) in BAD_AND_GOOD.items()]


@pytest.mark.parametrize("lang", LOCALES)
@pytest.mark.parametrize(("key", "text"), LOGICAL)
def test_what_the_definitions_say_is_told(lang: str, key: str, text: str) -> None:
    segments = set_of(text)
    (finding, *_) = [one for one in lint(segments, SETTINGS) if one.key == key]
    said = tell(finding, catalogue(lang), segments)
    assert len(said.splitlines()) >= 3
    assert not re.search(r"\b(None|Fraction|Event|placed_order)\b|[{}]", said), said


@pytest.mark.parametrize("lang", LOCALES)
@pytest.mark.parametrize("finding", OF_THE_DATA, ids=lambda finding: finding.key)
def test_what_the_data_say_is_told(lang: str, finding: LintFinding) -> None:
    assert not re.search(r"None|[{}]", tell(finding, catalogue(lang), set_of("{a: {title: Lopers, rule: {did: placed_order}}}")))


def test_titles_and_numbers_are_written_as_the_language_writes_them():
    said = tell(OF_THE_DATA[3], catalogue("nl"), set_of("{a: {title: Hardlopers, rule: {in_list: Hardlopers 2025}}}"))
    assert said.startswith("Hardlopers rust op een lijst")
    assert "1.299 leden" in said
    assert "onder wie p1, p2" in said


@pytest.mark.parametrize(
    ("lang", "once", "more"), [("nl", "Precies één keer", "2 tot en met 4 keer"), ("en", "Exactly once", "2 to 4 times")]
)
def test_a_gap_of_one_number_is_no_range(lang: str, once: str, more: str):
    for last, words in ((1, once), (4, more)):
        gap = LintFinding("count_gap", "hint", ("a",), {"from": min(last, 2), "to": last})
        assert tell(gap, catalogue(lang)).startswith(f"{words} ")


def test_one_kind_and_one_day_are_told_in_the_singular():
    hole = {"kinds": 1, "holes": 1, "of": 5, "families": 1, "family": {"did": "placed_order"}}
    told = [
        LintFinding("hole", "hint", (), hole, witness={"events": [{"event": "placed_order", "days_ago": age}], "facts": {}})
        for age in (0, 1, 2)
    ]
    said = [tell(one, catalogue("nl")).splitlines() for one in told]
    assert said[0][1] == "De enige soort mensen die nergens in valt, van de 5 die deze segmenten onderscheiden."
    assert [lines[2].split(": ")[1] for lines in said] == [
        "bestelling (vandaag).",
        "bestelling (gisteren).",
        "bestelling (2 dagen geleden).",
    ]


def test_every_severity_and_finding_has_words():
    for lang in LOCALES:
        t = catalogue(lang)
        assert all(t.has(f"lint.severity.{one}") for one in ("error", "warning", "hint"))
        assert all(t.has(f"lint.{key}.do") for key in [*BAD_AND_GOOD, *(one.key for one in OF_THE_DATA)])


def test_a_made_up_person_is_told_in_words() -> None:
    facts = {
        ("consent", "email", "marketing"): "subscribed", ("list", "Topers"): 43200, ("profile", "city"): "~", ("profile", "tag"): ("vip", "~"),
        ("rank", "sum", ("placed_order",), Window(None, 365)): Fraction(1, 10), ("score", "churn_90d"): Fraction(1, 3),
        ("date", "birthday"): -3, ("date", "created"): 90 * A_DAY, ("profile", "birth_year"): Fraction(1980),
        ("is", tree.Near(Decimal(51), Decimal(3), Decimal(25))): False, ("profile", "own.shoe"): None,
    }  # fmt: skip
    finding = LintFinding("always_true", "error", ("a",)).with_witness(Life((), facts))
    for lang, said in (("nl", "iemand die voor marketing per mail"), ("en", "somebody who is known as “subscribed” for marketing")):
        told = tell(finding, catalogue(lang)).splitlines()[2]
        assert said in told
        assert not re.search(r"[~()_]|rank|43200|placed|churn|consent\.", re.sub(r"\([^)]*\)", "", told)), told
    assert "rank.sum.placed_order.last 365 days" in finding.witness["facts"]


@pytest.mark.parametrize("lang", LOCALES)
def test_someone_with_facts_begins_with_the_word_that_is_taken_off(lang: str) -> None:
    assert short(tree.InList("Topers"), lang).startswith(catalogue(lang)("lint.who"))
