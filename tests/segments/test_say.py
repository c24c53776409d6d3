"""Definitions are read back complete, in both languages, and as a marketer would say them (said/nl.txt and en.txt)."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from segkit.segments import tree
from segkit.segments.definition import Segment, SegmentSet, read_set
from segkit.segments.library import stock
from segkit.segments.read import condition
from segkit.segments.say import say, short, title
from segkit.segments.tree import Condition, leaves
from segkit.segments.window import EVER
from segkit.settings import default_settings
from tests.segments.trees import definitions

HERE = Path(__file__).parent / "said"
BESIDE = [  # forms that the library does not use
    {"did": "placed_order", "within": "last 0 days"}, {"did": "placed_order", "within": "last 1 days"}, {"did": "opened_email", "within": "last 48 hours"},
    {"did": "placed_order", "within": "more than 0 days ago"}, {"did": "placed_order", "within": "between 1 and 1 days ago", "exactly": 3},
    {"did": "placed_order", "within": "since 2026-01-01", "at_most": 1}, {"never": "placed_order", "within": "before 2026-01-01"},
    {"did": "placed_order", "within": "from 2026-01-01 to 2026-03-31", "less_than": 2}, {"did": "placed_order", "within": "from 2026-01-01 to 2026-01-01"},
    {"highest_value": "placed_order", "at_least": 249.95}, {"total_value": "added_to_cart", "more_than": 50, "within": "last 30 days"},
    {"average_value": "viewed_product", "exactly": 10.005, "where": {"category": "Brood"}}, {"highest_value": "started_checkout", "at_most": 5},
    {"total_value": "placed_order", "at_least": 12.5, "item": {"brand": ["Nike", "Adidas"]}, "within": "between 30 and 60 days ago"},
    {"average_value": "placed_order", "at_least": "1.5 x shop median order value"}, {"average_value": "placed_order", "at_most": 60.67},
    {"average_value": "placed_order", "less_than": "shop 80% quantile of average value"}, {"first": "placed_order", "was": "more than 390 days ago"},
    {"last": "placed_order", "was": "last 3 days", "where": {"channel": "web"}}, {"last": "opened_email", "was": "last 30 days", "where": {"apple_privacy_open": False}}, {"last": "placed_order", "was": "between 90 and 180 days ago"},
    {"every": "placed_order", "where": {"channel": "web"}, "within": "last 365 days"},
    {"every": "placed_order", "where": {"channel": "web"}, "item": {"brand": "Nike"}, "at_least": 3},
    {"every": "opened_email", "where": {"apple_privacy_open": False}}, {"profile": {"city": "Gent"}}, {"profile": {"city": {"known": True}}},
    {"not": {"any": [{"did": "placed_order"}, {"did": "opened_email", "where": {"apple_privacy_open": True}}]}},
    {"not": {"all": [{"profile": {"tag": "vip"}}, {"profile": {"birth_year": {"less_than": 1980}}}]}}, {"profile": {"country": ["NL", "BE"]}},
    {"profile": {"country": {"not_in": ["US", "DE"]}}}, {"profile": {"own.smaak": {"known": False}}}, {"profile": {"is_business": True}},
    {"profile": {"own.punten": {"at_least": 10}}}, {"profile": {"own.smaak": "zoet"}}, {"profile": {"is_staff": {"is_not": True}}},
    {"profile": {"language": ["nl", "nl-BE"]}}, {"profile": {"zip": {"starts_with": "10"}}}, {"profile": {"gender": "m"}},
    {"profile": {"email_domain": "gmail.com"}}, {"profile": {"customer_group": {"contains": "akel"}}}, {"profile": {"source": "kassa"}},
    {"date": "birthday", "is": "next 1 days"}, {"date": "birthday", "is": "last 30 days"}, {"date": "own.verlenging", "is": "next 30 days"},
    {"date": "updated", "is": "last 90 days"}, {"cannot_receive": "sms"}, {"can_receive": "email", "purpose": "partner"},
    {"can_receive": "email", "purpose": "open_tracking"}, {"can_receive": "post", "purpose": "transactional"}, {"consent": "email", "is": "pending"},
    {"in_list": "Nieuws", "joined": "last 30 days"}, {"in_list": "Nieuws"}, {"in_segment": "eigen"}, {"in_region": "european_union"},
    {"near": [51.05, 3.72], "km": 25}, {"top": "2.5%", "by": "count", "of": "opened_email"}, {"top": "5%", "of": "added_to_cart", "within": "last 30 days"},
    {"top": "10%", "by": "average_value", "of": "placed_order", "within": "last 365 days"}, {"score": "own_score", "at_least": 3},
    {"score": "order_90d", "less_than": 0.125}, {"after": "opened_email", "followed_by": "clicked_email", "hours": 1, "within": "last 7 days"},
    {"after": "received_email", "not_followed_by": "opened_email", "where_next": {"same": "message"}, "days": 3},
    {"did": "placed_order", "item": {"price": {"at_least": 100}, "category": {"is_not": "Brood"}}},
    {"did": "placed_order", "item": {"product": ["Taart", "Brood"]}, "exactly": 0, "within": "last 30 days"},
    {"did": "placed_order", "where": {"channel": "web", "discount_code": "ZOMER"}, "item": {"brand": "Nike"}, "at_least": 3, "within": "last 90 days"},
    {"did": ["opened_email", "clicked_email"], "at_least": 3, "within": "last 90 days"}, {"never": ["opened_email", "clicked_email"], "within": "last 90 days"},
    {"never": ["opened_email", "clicked_email"]}, {"did": "unsubscribed", "within": "last 30 days"}, {"did": "marked_as_spam", "at_least": 2},
    {"did": "bounced_email", "where": {"bounce_type": "hard"}}, {"did": "active_on_site", "where": {"url": {"contains": "/taarten"}}},
    {"did": "submitted_form", "where": {"form": {"is_not": "F"}}}, {"did": "started_checkout", "where": {"category": "Brood"}},
    {"last": "gave_feedback", "where": {"score_10": {"at_least": 5, "less_than": 8}}}, {"did": "clicked_email", "where": {"bot_click": {"is_not": True}}},
    {"any": [{"all": [{"did": "placed_order"}, {"can_receive": "email"}]}, {"did": "logged_in"}]},
    {"last": "placed_order", "item": {"category": "Taart"}, "was": "last 400 days"}, {"first": ["clicked_email", "opened_email"], "where": {"campaign": "zomer"}},
    {"all": [{"can_receive": "email"}, {"any": [{"did": "logged_in"}, {"last": "gave_feedback", "where": {"score_10": {"less_than": 5}}}]}]},
    {"not": {"any": [{"did": "logged_in"}, {"last": "gave_feedback", "where": {"score_10": 9}}]}},
    {"never": "bounced_email", "where": {"bounce_type": "hard", "campaign": "zomer"}, "within": "last 90 days"},
    {"every": "clicked_email", "where": {"bot_click": True, "campaign": "zomer"}},
]  # fmt: skip


def everything(lang: str) -> str:
    segments = stock(default_settings())
    named = {"brand": "Nike", "category": "Schoenen", "product": "Slagroomtaart", "country": "NL"}
    filled = {
        name: one.fill(**{blank: named.get(what, what) for blank, what in one.blanks.items()}) for name, one in segments.templates.items()
    }
    library: dict[str, Segment] = {**segments.segments, **filled}
    told = [f"# {title(name, one, lang)}\n{say(one, lang, segments=segments)}" for name, one in library.items()]
    told += ["\n".join([say(one, lang), short(~one, lang)]) for data in BESIDE for one in [condition(data, "x")]]
    return "\n\n".join(told) + "\n"


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_what_is_said_is_what_was_read_aloud(lang: str) -> None:
    """To renew after a change of wording: delete the file, run twice, and read it aloud."""
    file = HERE / f"{lang}.txt"
    if not file.exists():
        file.write_text(everything(lang), encoding="utf-8")
        pytest.fail(f"{file.name} was written anew: read it aloud, then run again")
    assert everything(lang) == file.read_text(encoding="utf-8")


def test_of_the_very_last_one_is_said_when_it_was_and_what_it_must_be() -> None:
    one = condition({"last": "placed_order", "item": {"category": "taart"}, "was": "last 400 days"}, "x")
    assert (
        say(one, "nl")
        == "Iedereen van wie de laatste bestelling in de afgelopen 400 dagen viel en een product uit categorie taart bevatte."
    )
    assert say(one, "en") == "Everyone whose last order was in the last 400 days and held a product in category taart."


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
            assert number in re.sub(r"(?<=\d)[.,](?=\d)", "", text), (number, text)
            assert number in re.sub(r"(?<=\d)[.,](?=\d)", "", line), (number, line)


def numbers(one: Condition) -> set[str]:
    """The numbers of a definition as they are said in digits, without the marks between thousands; one and two are words."""
    return set().union(*(digits(leaf) for leaf in leaves(one)))


def digits(leaf: Any) -> set[str]:
    window, amount, found = getattr(leaf, "window", EVER), getattr(leaf, "amount", None), set()
    if window.hours:
        found.add(window.hours)
    if window.oldest is None and window.newest:
        found.add(window.newest - 1)
    elif not window.is_ahead:
        found |= {window.newest or 0, window.oldest or 0}
    found |= {-window.newest} if window.is_ahead else set()
    found |= {day.day for day in (window.start, window.last_day if window.start else window.end_before) if day}
    if isinstance(amount, tree.Shop):
        found |= {amount.factor, (amount.share or 0) * 100}
    elif amount is not None:
        found.add(amount * 100 if isinstance(leaf, tree.Score) else amount)
    found |= {leaf.at_least} if isinstance(leaf, tree.Every) else set()
    found |= {leaf.hours // 24 if leaf.hours % 24 == 0 else leaf.hours} if isinstance(leaf, tree.Follow) else set()
    found |= {leaf.share * 100} if isinstance(leaf, tree.Top) else set()
    found |= {leaf.km, leaf.latitude, leaf.longitude} if isinstance(leaf, tree.Near) else set()
    tests = [*getattr(leaf, "where", ()), *getattr(leaf, "item", ()), *([leaf.test] if isinstance(leaf, tree.Profile) else [])]
    found |= {test.value for test in tests if isinstance(test.value, int | Decimal) and not isinstance(test.value, bool)}
    return {format(Decimal(number).normalize(), "f").replace(".", "") for number in found if number not in (0, 1, 2)}


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


def test_dates_that_can_be_changed_hold_as_known_today_and_that_of_the_profile_itself_does_not() -> None:
    told = {
        name: say(condition({"date": name, "is": "last 30 days"}, "a"), "nl") for name in ("birthday", "updated", "created", "own.start")
    }
    assert {name: "zoals ze vandaag bekend zijn" in text for name, text in told.items()} == {
        "birthday": True, "updated": True, "created": False, "own.start": True,
    }  # fmt: skip


def test_a_sample_of_any_size_names_no_least() -> None:
    rule = {"did": "placed_order"}
    found = read_set(
        {"version": 1, "segments": {n: {"rule": rule, "sample": {"share": "20%", "at_least": n_}} for n, n_ in (("a", 1), ("b", 50))}},
        default_settings(),
    )
    assert "20%; de rest" in say(found["a"], "nl")
    assert "minstens 50 mensen" in say(found["b"], "nl")


def test_a_shop_and_a_product_read_as_they_are_said() -> None:
    assert "in winkel gent" in short(condition({"did": "placed_order", "where": {"store": "gent"}}, "a"), "nl")
    assert "over product P1" in short(condition({"did": "gave_feedback", "where": {"feedback_product": "P1"}}, "a"), "nl")


def test_what_the_mail_is_stands_beside_the_mail_and_what_the_link_is_beside_the_link() -> None:
    told = [short(condition({"did": "clicked_email", "where": where}, "a"), "nl") for where in ({"campaign": "c1"}, {"url": "/taart"})]
    assert "in een mail uit campagne c1 heeft geklikt" in told[0]
    assert "in een mail op een link met adres /taart heeft geklikt" in told[1]
    rule = {"after": "received_email", "followed_by": "clicked_email", "where_next": {"same": "flow"}, "days": 2}
    assert "op een link" not in short(condition(rule, "a"), "nl")
