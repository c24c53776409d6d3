"""A column that is empty throughout was not delivered: what a segment asks of it is unknown, never zero."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

import segkit
from segkit.errors import SegmentError
from segkit.segments import words
from segkit.segments.definition import SegmentSet
from segkit.segments.lint import lint
from segkit.segments.lint.told import tell
from segkit.segments.read import condition
from segkit.text import catalogue
from tests.canonical import store_of
from tests.segments.lint.sets import set_of

DAY = "2026-10-31"
LACKING = {  # what is asked of a shop that fills in nothing but the bare rows, and what is then lacking
    "a property of the person": ("profile: {city: Gent}", "city"),
    "another value than this": ("profile: {city: {is_not: Gent}}", "city"),
    "a label": ("profile: {tag: vip}", "tag"),
    "a flag": ("profile: {is_business: true}", "is_business"),
    "a country": ("profile: {country: BE}", "country"),
    "a region": ("in_region: benelux", "country"),
    "a date": ("{date: created, is: last 30 days}", "created"),
    "a birthday": ("{date: birthday, is: next 7 days}", "birthday"),
    "an own property": ("profile: {own.taste: zoet}", "own.taste"),
    "an own property of another type": ("profile: {own.shoe: {at_least: 40}}", "own.shoe"),
    "coordinates": ("{near: [51.05, 3.72], km: 25}", "own.latitude"),
    "an event property": ("{did: clicked_email, where: {url: /taart}}", "url"),
    "of another kind of event": ("{did: submitted_form, where: {url: /taart}}", "url"),
    "of a message": ("{did: received_email, where: {campaign_name: Pasen}}", "campaign_name"),
    "a discount code": ("{last: placed_order, where: {discount_code: LENTE}}", "discount_code"),
    "a line": ("{every: placed_order, item: {brand: Nike}}", "brand"),
    "an amount": ("{total_value: viewed_product, more_than: 10}", "total_value"),
    "the most": ("{top: 10%, by: highest_value, of: viewed_product}", "highest_value"),
    "a score": ("{last: gave_feedback, where: {score_10: {at_least: 8}}}", "score_10"),
    "what follows": ("{after: received_email, followed_by: clicked_email, where_next: {url: /taart}, days: 1}", "url"),
    "what both share": ("{after: received_email, followed_by: clicked_email, where_next: {same: campaign}, days: 1}", "campaign"),
    "another channel": ("can_receive: sms", "sms"),
    "a kind of event": ("{did: logged_in}", "logged_in"),
    "a kind of event that nobody did": ("{never: logged_in, within: last 30 days}", "logged_in"),
    "the last of a kind": ("{last: logged_in, was: last 30 days}", "logged_in"),
    "what did not follow": ("{after: viewed_product, not_followed_by: added_to_cart, days: 1}", "added_to_cart"),
    "the most of a kind": ("{top: 10%, by: count, of: added_to_cart}", "added_to_cart"),
}
ANSWERED = {  # what the same shop can answer all the same, and how many are in
    "whether it is known": ("profile: {city: {known: false}}", 2),
    "a known date": ("{date: created, is: ever}", 0),
    "not this label": ("profile: {tag: {does_not_contain: vip}}", 2),
    "not staff": ("profile: {is_staff: {is_not: true}}", 2),
    "orders without this code": ("{did: placed_order, where: {discount_code: {does_not_contain: LENTE}}}", 1),
    "opens of people, which are flagged": ("{never: opened_email, where: {apple_privacy_open: false}}", 2),
    "clicks of people, unless said otherwise": ("{did: clicked_email, where: {bot_click: false}}", 1),
    "an event that only others did": ("{never: submitted_form}", 1),
    "one of two kinds that occurs": ("{did: [submitted_form, logged_in]}", 1),
    "bounces, of which there may be none": ("{never: bounced_email, where: {bounce_type: hard}}", 2),
    "complaints, of which there may be none": ("{did: marked_as_spam}", 0),
    "who did not leave after a mail": ("{after: received_email, not_followed_by: unsubscribed, days: 1}", 1),
    "any event of a log": ("{did: active_on_site}", 1),
    "an event of a table of its own": ("{never: gave_feedback}", 1),
    "a property that is filled in": ("{did: viewed_page, where: {url: {contains: taart}}}", 1),
    "the amount of an order": ("{total_value: placed_order, at_least: 10}", 1),
}


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> segkit.View:
    """Ann did something of everything and Bob nothing; no property is filled in but the address of one page."""
    at = datetime(2026, 10, 1, 12)
    rows = {
        "email_events": [{"event_type": kind, "message_id": "m1"} for kind in ("received", "opened", "clicked")],
        "site_events": [{"event_type": "viewed_page", "url": "/taart"}, {"event_type": "viewed_product"}, {"event_type": "submitted_form"}],
        "feedback": [{}],
        "consents": [{"channel": "email", "purpose": "marketing", "status": "subscribed"}],
    }
    told = {table: [{"profile_id": "ann", "occurred_at": at, **row} for row in of] for table, of in rows.items()}
    folder = tmp_path_factory.mktemp("shop") / "canonical"
    store_of(
        folder,
        profiles=[{"profile_id": "ann"}, {"profile_id": "bob"}],
        orders=[{"order_id": "o1", "profile_id": "ann", "ordered_at": at, "total_base": 10, "counts_as_purchase": True}],
        order_items=[{"order_id": "o1", "title": "Taart"}],
        messages=[{"message_id": "m1"}],
        profile_properties=[{"profile_id": "ann", "name": "shoe", "value_text": "groot"}],
        **told,
    ).close()
    return segkit.open(folder.parent).at(DAY)


def of_rule(rule: str) -> SegmentSet:
    return set_of(f"{{a: {{rule: {rule if rule.startswith('{') else f'{{{rule}}}'}}}}}")


@pytest.mark.parametrize(("rule", "lacking"), LACKING.values(), ids=LACKING)
def test_a_value_that_the_shop_nowhere_has_makes_the_question_unanswerable(view: segkit.View, rule: str, lacking: str) -> None:
    asked = of_rule(rule)
    (row,) = view.count_all(asked).itertuples()
    reason = "no_consents_on_channel" if lacking == "sms" else "no_events_of_kind" if lacking in words.metrics() else "no_values"
    assert (row.status, row.reason) == ("not_computable", reason)
    with pytest.raises(SegmentError, match=f"“{lacking}”|\\({lacking}\\)"):
        view.count(asked.resolved("a"))


@pytest.mark.parametrize(("rule", "members"), ANSWERED.values(), ids=ANSWERED)
def test_what_an_empty_cell_answers_is_counted(view: segkit.View, rule: str, members: int) -> None:
    asked = of_rule(rule)
    assert view.count(asked.resolved("a")) == members


def test_lint_names_what_is_lacking_and_blames_no_threshold(view: segkit.View) -> None:
    asked = set_of("{gent: {title: Gent, all: [{profile: {city: Gent}}, {can_receive: email}]}}")
    (finding,) = lint(asked, view.rules.settings, view.shop.store, view.rules)
    assert finding.key == "not_delivered"
    assert "Nergens in de levering is “city” ingevuld." in tell(finding, catalogue("nl"), asked)


def test_lint_offers_no_labels_where_there_are_none(view: segkit.View) -> None:
    asked = set_of("{no_vips: {title: Geen vips, all: [{profile: {tag: {does_not_contain: vip}}}, {can_receive: email}]}}")
    (finding,) = [one for one in lint(asked, view.rules.settings, view.shop.store, view.rules) if "property" in one.numbers]
    told = tell(finding, catalogue("nl"), asked)
    assert finding.key == "no_value_at_all"
    assert "“tag” is bij niemand" in told
    assert "zoals" not in told


def test_a_shop_that_fills_it_in_is_counted_and_nobody_is_zero(tmp_path: Path) -> None:
    store_of(tmp_path / "canonical", profiles=[{"profile_id": "ann", "city": "Gent"}], orders=[]).close()
    view = segkit.open(tmp_path).at(DAY)
    assert [view.count(condition({"profile": {"city": city}}, "a")) for city in ("Gent", "Brugge")] == [1, 0]
