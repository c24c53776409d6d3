"""Definitions are read back complete, in both languages, and as a marketer would say them (said/nl.txt and en.txt)."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from segkit.segments import tree
from segkit.segments.definition import Segment, SegmentSet
from segkit.segments.library import stock
from segkit.segments.read import condition
from segkit.segments.say import say, short, title
from segkit.segments.tree import Condition, leaves
from segkit.settings import default_settings
from tests.segments.trees import definitions

HERE = Path(__file__).parent / "said"
BESIDE = [  # forms that the library does not use
    {"did": "placed_order", "within": "last 0 days"}, {"did": "placed_order", "within": "last 1 days"}, {"did": "opened_email", "within": "last 48 hours"},
    {"did": "placed_order", "within": "since 2026-01-01", "at_most": 1}, {"never": "placed_order", "within": "before 2026-01-01"},
    {"did": "placed_order", "within": "from 2026-01-01 to 2026-03-31", "less_than": 2}, {"highest_value": "placed_order", "at_least": 249.95},
    {"total_value": "added_to_cart", "more_than": 50, "within": "last 30 days"}, {"average_value": "placed_order", "at_least": "1.5 x shop median order value"},
    {"average_value": "placed_order", "less_than": "shop 80% quantile of average value"}, {"first": "placed_order", "was": "more than 390 days ago"},
    {"every": "placed_order", "where": {"channel": "web"}, "within": "last 365 days"}, {"not": {"profile": {"city": "Gent"}}},
    {"not": {"any": [{"did": "placed_order"}, {"did": "opened_email", "where": {"apple_privacy_open": True}}]}},
    {"not": {"all": [{"profile": {"tag": "vip"}}, {"profile": {"birth_year": {"less_than": 1980}}}]}}, {"profile": {"country": ["NL", "BE"]}},
    {"profile": {"country": {"not_in": ["FR", "DE"]}}}, {"profile": {"own.smaak": {"known": False}}}, {"profile": {"is_business": True}},
    {"date": "birthday", "is": "next 1 days"}, {"date": "own.verlenging", "is": "next 30 days"}, {"cannot_receive": "sms"},
    {"can_receive": "email", "purpose": "partner"}, {"consent": "email", "is": "pending"}, {"in_list": "Nieuws", "joined": "last 30 days"},
    {"not_in_list": "Nieuws"}, {"in_region": "european_union"}, {"near": [51.05, 3.72], "km": 25}, {"top": "2.5%", "by": "count", "of": "opened_email"},
    {"top": "10%", "by": "average_value", "of": "placed_order", "within": "last 365 days"}, {"score": "own_score", "at_least": 3},
    {"after": "opened_email", "followed_by": "clicked_email", "hours": 1, "within": "last 7 days"},
    {"did": "placed_order", "item": {"price": {"at_least": 100}, "category": {"is_not": "Brood"}}},
    {"any": [{"all": [{"did": "placed_order"}, {"can_receive": "email"}]}, {"did": "logged_in"}]},
]  # fmt: skip


def everything(lang: str) -> str:
    segments = stock(default_settings())
    named = {"brand": "Nike", "category": "Schoenen", "product": "Slagroomtaart", "country": "NL"}
    filled = {
        name: one.fill(**{blank: named.get(what, what) for blank, what in one.blanks.items()}) for name, one in segments.templates.items()
    }
    library: dict[str, Segment] = {**segments.segments, **filled}
    told = [f"# {title(name, one, lang)}\n{say(one, lang, segments=segments)}" for name, one in library.items()]
    told += [say(condition(data, "x"), lang) for data in BESIDE]
    return "\n\n".join(told) + "\n"


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_what_is_said_is_what_was_read_aloud(lang: str) -> None:
    """To renew after a change of wording: delete the file, run twice, and read it aloud."""
    file = HERE / f"{lang}.txt"
    if not file.exists():
        file.write_text(everything(lang), encoding="utf-8")
        pytest.fail(f"{file.name} was written anew: read it aloud, then run again")
    assert everything(lang) == file.read_text(encoding="utf-8")


def test_no_line_is_the_same_in_both_languages() -> None:
    dutch, english = ({line.strip() for line in everything(lang).splitlines() if " " in line.strip()} for lang in ("nl", "en"))
    assert {line for line in dutch & english if not line.startswith("#")} == set()


INTERNAL = re.compile(r"None|Decimal|\bself\b|[{}$]|tree\.|\w+_\w+|say\.")


@given(definitions())
def test_no_internals_leak_and_every_number_is_said(told: Any) -> None:
    one = condition(told, "x")
    for lang in ("nl", "en"):
        text, line = say(one, lang), short(one, lang)
        assert not INTERNAL.search(text), text
        assert "\n" not in line
        for number in numbers(one):
            assert number in re.sub(r"(?<=\d)[.,](?=\d{3}\b)", "", text), (number, text)


def numbers(one: Condition) -> set[str]:
    """The numbers of a definition that are said in digits: counts and days of two and more."""
    found = set()
    for leaf in leaves(one):
        window = getattr(leaf, "window", None)
        if window is not None:
            found |= {str(edge) for edge in (window.oldest,) if edge and edge > 1}
        if isinstance(leaf, tree.Event) and leaf.measure == tree.COUNT and isinstance(leaf.amount, int) and leaf.amount > 1:
            found.add(str(leaf.amount))
    return found


def test_a_segment_is_called_by_its_title_its_persona_or_its_id() -> None:
    one = Segment("eigen", condition({"did": "placed_order"}, "x"), title={"nl": "Kopers"})
    assert [title("eigen", one, lang) for lang in ("nl", "en")] == ["Kopers", "eigen"]
    assert title("high_rollers", None, "nl") == "Hoge rollers"


def test_another_segment_is_named_by_its_title() -> None:
    segments = SegmentSet({"eigen": Segment("eigen", condition({"did": "placed_order"}, "x"), title={"nl": "Kopers", "en": "Buyers"})})
    assert "“Kopers”" in say(condition({"in_segment": "eigen"}, "x"), "nl", segments=segments)


def test_money_is_in_the_currency_and_form_of_the_language() -> None:
    one = condition({"total_value": "placed_order", "more_than": 1234.5}, "x")
    assert "€ 1.234,50" in say(one, "nl").replace("\xa0", " ")
    assert "£1,234.50" in say(one, "en", "GBP")
    assert Decimal("1234.5") == next(iter(leaves(one))).amount  # type: ignore[attr-defined]
