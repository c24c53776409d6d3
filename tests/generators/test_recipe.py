"""A profile that cannot be a shop says so in one line, with file, key and cure, before anything is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from segkit_generators import make_shop
from segkit_generators.arguments import check_arguments
from segkit_generators.errors import BadProfile
from segkit_generators.recipe import Recipe, _read, checked_recipe, load_recipe, parse_yaml
from segkit_generators.season import inside_feast

Own = dict[str, Any]


def rule(rule: dict[str, Any]) -> Callable[[Own], None]:
    return lambda own: own["segments"]["slapend"].update(rule=rule)


def two_rates(own: Own) -> None:
    for country, rate in zip(own["countries"], (1.1, 1.2), strict=False):
        country.update(currency="GBP", rate=rate)


def always_buys(own: Own) -> None:
    own["lifecycles"] = _read("_common")["lifecycles"]
    own["lifecycles"]["regular"].update(purchase_rate_30d=600)


def spoil_orders(own: Own) -> None:
    own["orders"] = _read("_common")["orders"] | {"cancelled_share": 0.02, "refunded_share": 0.5, "partial_share": 0.9}


def refused(profile: str, change: Callable[[Own], Any]) -> BadProfile:
    own = _read(profile)
    change(own)
    with pytest.raises(BadProfile) as raised:
        checked_recipe(profile, own, _read("_common"))
    assert raised.value.problem.startswith(f"{profile}.yaml: ")
    assert "\n" not in raised.value.problem + raised.value.todo
    return raised.value


@pytest.mark.parametrize(
    ("change", "problem", "cure"),
    [
        (lambda own: own.update(gifts=None), "gifts holds nothing", "leave the key out"),
        (lambda own: own["products"]["jeans"].update(brand=None), "products.jeans.brand holds nothing", "leave the key out"),
        (lambda own: own.update(static_lists=[]), "static_lists is []", "at least 1 item"),
        (lambda own: own["feasts"]["winter_sale"].update(begins="02-29"), "winter_sale.begins is '02-29'", "a day that every year has"),
        (lambda own: own["codes"]["midseason"].update(begins="02-31"), "codes.midseason.begins is '02-31'", "a day that every year has"),
        (lambda own: own["returns"].update(after_days=[28, 5]), "returns.after_days is [28, 5]", "the lower number first"),
        (lambda own: own.update(pickup_after_days=[4, 1]), "pickup_after_days is [4, 1]", "the lower number first"),
        (lambda own: own.update(birth_year={"from": 2000, "to": 1990}), "birth_year is", "`to` that is not before `from`"),
        (lambda own: own.update(hour=[0] * 24), "hour is [0, 0,", "above 0"),
        (lambda own: own.update(weekday=[0] * 7), "weekday is [0, 0,", "above 0"),
        (lambda own: own["survey"].update(scores=[0] * 10), "survey.scores is [0,", "above 0"),
        (lambda own: own["feasts"]["winter_sale"].update(countries=["UK"]), "feasts.winter_sale.countries has UK", "Use: BE, NL"),
        (lambda own: own.update(pickup_country="UK"), "pickup_country has UK", "Use: BE, NL"),
        (lambda own: own["trials"][0].update(days_before_until=5000), "trials.0.days_before_until is 5000", "fewer than 853"),
        (lambda own: own["static_lists"][1].update(days_before_until=853), "static_lists.1.days_before_until is 853", "fewer than 853"),
        (lambda own: own["pairs"][0].update(second="jeans"), "pairs.0 is jeans with itself", "two products"),
        (rule({"foo": "bar"}), "segments.slapend.rule is {'foo': 'bar'}", "did, never, total_value, last"),
        (rule({"in_list": "list_gone"}), "slapend.rule.in_list has 'list_gone'", "list_summer, list_dresses"),
        (rule({"did": "bought"}), "slapend.rule.did has 'bought'", "placed_order"),
        (rule({"did": "placed_order", "at_lest": 2}), "slapend.rule has 'at_lest'", "at_least"),
        (rule({"did": "placed_order", "at_least": "2"}), "slapend.rule.at_least is '2'", "a number"),
        (rule({"did": "placed_order", "within": "3 weeks"}), "slapend.rule.within is '3 weeks'", "last 90 days"),
        (rule({"last": "placed_order"}), "slapend.rule.was is None", "between 90 and 180 days ago"),
        (rule({"did": "placed_order", "item": {"category": "hoeden"}}), "rule.item.category has 'hoeden'", "jurken"),
        (rule({"did": "opened_email", "where": {"bot": True}}), "rule.where has 'bot'", "bot_click"),
        (rule({"profile": {"country": "UK"}}), "rule.profile.country has 'UK'", "BE, NL"),
        (rule({"can_receive": "post"}), "rule.can_receive has 'post'", "email, sms"),
        (rule({"any": [{"any": [{"in_list": "list_summer"}]}]}), "rule.any.0.any is", "no any inside an any"),
        (lambda own: own["segments"]["slapend"].update(all=[]), "segments.slapend has rule and all", "one of: rule, all, any"),
        (lambda own: own["segments"]["slapend"].pop("rule"), "segments.slapend has no rule", "one of: rule, all, any"),
        (lambda own: own.update(known={"phone": 0.5}), "lacks known.gender", "Add it"),
        (lambda own: own["countries"][1].update(currency="GBP"), "countries.1.currency is GBP and countries.1 has no rate", "worth in EUR"),
        (lambda own: own["countries"][1].update(rate=2.0), "countries.1.rate is 2, of EUR", "or give countries.1.currency"),
        (two_rates, "countries.1.rate is 1.2, that of countries.0 is 1.1, and both are of GBP", "one rate"),
        (lambda own: own["trials"].append(own["trials"][0]), "trials.1.key is trial_new_collection, as is trials.0", "one of its own"),
        (lambda own: own["trials"][0].update(key="cart"), "trials.0.key is cart, as is flows.cart", "one of its own"),
        (lambda own: own["trials"][0].update(key="newsletter_001"), "as newsletters are called", "begin otherwise"),
        (lambda own: own["static_lists"].append(own["static_lists"][0]), "static_lists.2.key is list_summer, as is static_lists.0", "own"),
        (lambda own: own["pairs"].append(own["pairs"][0]), "pairs.", "one of its own"),
        (lambda own: own["codes"].update(welcome=own["codes"]["midseason"]), "codes.welcome has the name of another code", "other than"),
        (spoil_orders, "orders.cancelled_share, orders.refunded_share, orders.partial_share add up to 1.42", "1 at the most"),
        (lambda own: own["flows"]["cart_reminder"].pop("after_hours"), "lacks flows.cart_reminder.after_hours", "after how many hours"),
        (lambda own: own.update(birth_year={"from": -5, "to": 99999}), "birth_year.from is -5", "greater than or equal to 1900"),
        (lambda own: own.update(growth=float("nan")), "growth is nan", "finite"),
        (lambda own: own.update(brand_concentration=0.001), "brand_concentration is 0.001", "equal to 0.01"),
        (always_buys, "lifecycles.regular.purchase_rate_30d is 600", "equal to 100"),
        (lambda own: own.update(reaction=_read("_common")["reaction"] | {"read_sigma": 50}), "reaction.read_sigma is 50", "equal to 5"),
        (lambda own: own.update(opening={"share": 0.1, "days": 854}), "opening.days is 854, longer than the history", "at most 853"),
        (lambda own: own.update(email_domains={"icloud.example": 0.3}), "the shares of email_domains add up to 0.3", "1"),
        (lambda own: own["flows"]["welcome_1"].pop("after_hours"), "lacks flows.welcome_1.after_hours", "after how many hours"),
    ],
)
def test_what_no_shop_can_be_made_of(change: Callable[[Own], Any], problem: str, cure: str) -> None:
    error = refused("fashion", change)
    assert problem in error.problem
    assert cure in error.todo


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda own: own.pop("contest_product"), "cake needs contest_product"),
        (lambda own: own["products"].pop("slagroomtaart"), "slagroomtaart is the contest_product and no product"),
        (lambda own: own["flows"].pop("cake_survey"), "cake needs flows.cake_survey"),
        (lambda own: own["cake"]["order_share"].pop("cake_mail"), "lacks cake.order_share.cake_mail"),
        (lambda own: own["cake"].update(open_days=71), "cake.open_days is 71, beyond the end"),
        (lambda own: own["cake"].update(opens_days_before_until=5000), "cake.opens_days_before_until is 5000"),
    ],
)
def test_the_story_of_the_cake_needs_its_cake_and_its_mails(change: Callable[[Own], Any], problem: str) -> None:
    assert problem in refused("bakery", change).problem


def test_the_story_can_be_that_of_another_product(monkeypatch: pytest.MonkeyPatch) -> None:
    own = load_recipe("bakery")
    own["contest_product"] = "eclair"
    monkeypatch.setattr("segkit_generators.shop.load_recipe", lambda profile: own)
    assert len(make_shop("bakery", 60, seed=1).truth["cake_scenario"]) > 0


@pytest.mark.parametrize(
    ("content", "problem", "cure"),
    [
        (b"a: 1\na: 2\n", 'mine.yaml, line 2: a second key "a".', "Keep one of the two."),
        (b"a: [1\nb: 2\n", "mine.yaml, line 2: expected ',' or ']', but got ':'.", "Correct the YAML there."),
        (b"a: 1\nb: caf\xe9\n", "mine.yaml, line 2: a letter that is not UTF-8.", "Save the file as UTF-8."),
        (b"a: \x07\n", "mine.yaml: unacceptable character #x0007: special characters are not allowed.", "Correct the YAML there."),
        (b"a: 2024-13-45\n", "mine.yaml: month must be in 1..12.", "Correct the YAML there."),
    ],
)
def test_a_file_that_is_no_yaml_says_in_which_line(content: bytes, problem: str, cure: str) -> None:
    with pytest.raises(BadProfile) as raised:
        parse_yaml("mine.yaml", content)
    assert (raised.value.problem, raised.value.todo) == (problem, cure)


@pytest.mark.parametrize(
    ("name", "feast", "first", "last"),
    [
        ("sale", {"begins": "12-27", "days": 10}, date(2025, 12, 27), date(2026, 1, 5)),
        ("valentine", {"days": 60}, date(2025, 12, 17), date(2026, 2, 14)),
    ],
)
def test_a_season_goes_on_over_new_year(name: str, feast: dict[str, Any], first: date, last: date) -> None:
    days = [date(2025, 6, 1) + timedelta(day) for day in range(365)]
    inside = [day for day, is_in in zip(days, inside_feast(days, name, Recipe(feast)), strict=True) if is_in]
    assert (inside[0], inside[-1], len(inside)) == (first, last, (last - first).days + 1)


def test_the_load_is_named_after_all_that_the_profile_says() -> None:
    own = _read("coffee")
    one = check_arguments("coffee", checked_recipe("coffee", own, _read("_common")), 10, 1, "2026-10-31")
    again = check_arguments("coffee", load_recipe("coffee"), 10, 1, "2026-10-31")
    own["stay_in_category"] = 0.5
    other = replace(one, recipe=checked_recipe("coffee", own, _read("_common")))
    assert one.load_id == again.load_id != other.load_id


def test_a_profile_is_read_once_for_one_shop(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    monkeypatch.setattr("segkit_generators.shop.load_recipe", lambda profile: read.append(profile) or load_recipe(profile))
    shop = make_shop("coffee", 10, seed=1)
    assert shop.segments["segments"]
    assert read == ["coffee"]
