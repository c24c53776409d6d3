"""A value that the shop has nowhere is named, with the shop's own values beside it."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from segkit.clock import AsOf
from segkit.engine import Rules, Store
from segkit.segments.lint import LintFinding, lint
from segkit.segments.lint.told import tell
from segkit.text import catalogue
from tests.canonical import store_of
from tests.segments.lint.sets import SETTINGS, keys, set_of

RULES = Rules(SETTINGS, AsOf(date(2026, 7, 1), "UTC"))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A bakery: Taart twice, Brood once; two campaigns, a list with a name and one without, a label and a taste of its own."""
    at, people = datetime(2026, 6, 1, 12), ["ann", "bob", "cor"]
    return store_of(
        tmp_path_factory.mktemp("bakery"), "UTC",
        profiles=[{"profile_id": one, "created_at": at, "country_code": "NL", "gender": "f", "tags": ["vaste klant", "vip"]} for one in people],
        orders=[{"order_id": one, "profile_id": one, "ordered_at": at, "total_base": 10, "counts_as_purchase": True, "shipping_country": "BE",
                 "discount_codes": ["LENTE26"]} for one in people],
        order_items=[{"order_id": one, "category": kind} for one, kind in zip(people, ("Taart", "Taart", "Brood"), strict=True)],
        messages=[{"message_id": "m1", "campaign_id": "c1", "name": "Pasen 2026"}],
        email_events=[{"profile_id": "ann", "event_type": "received", "message_id": "m1", "occurred_at": at}],
        list_memberships=[{"profile_id": one, "list_id": f"l_{one}", "list_name": name} for one, name in (("ann", "Taartbrief"), ("bob", None))],
        profile_properties=[{"profile_id": "ann", "name": "taste", "value_text": "zoet"}],
        consents=[{"profile_id": "ann", "channel": "email", "purpose": "marketing", "status": "subscribed", "occurred_at": at}],
    )  # fmt: skip


def found(store: Store, rule: str) -> list[LintFinding]:
    return [one for one in lint(set_of(f"{{people: {{title: Mensen, rule: {rule}}}}}"), SETTINGS, store, RULES) if one.segments]


STRANGE = {  # what is asked, what of it is nowhere, and what is offered
    "category": ("{did: placed_order, item: {category: taartjes}}", ["taartjes"], ["Taart", "Brood"]),
    "nothing like it": ("{every: placed_order, item: {category: Vlaai}}", ["Vlaai"], ["Taart", "Brood"]),
    "in a list of values": ("{did: placed_order, item: {category: [Taart, broodje]}}", ["broodje"], ["Brood", "Taart"]),
    "another value than this": ("{did: placed_order, item: {category: {is_not: taart}}}", ["taart"], ["Taart", "Brood"]),
    "a part": ("{did: placed_order, item: {category: {contains: Koek}}}", ["Koek"], ["Taart", "Brood"]),
    "country": ("{profile: {country: DE}}", ["DE"], ["BE", "NL"]),
    "a label": ("{profile: {tag: VIP}}", ["VIP"], ["vip", "vaste klant"]),
    "a discount code": ("{last: placed_order, where: {discount_code: LENTE25}}", ["LENTE25"], ["LENTE26"]),
    "of a message": ("{did: received_email, where: {campaign_name: Pasen}}", ["Pasen"], ["Pasen 2026"]),
    "a list": ("{in_list: Taart}", ["Taart"], ["Taartbrief", "l_bob"]),
    "not in a list": ("{not_in_list: taartbrief}", ["taartbrief"], ["Taartbrief", "l_bob"]),
    "its own": ("{profile: {own.taste: Zoet}}", ["Zoet"], ["zoet"]),
    "what follows": (
        "{after: received_email, where: {campaign: c2}, followed_by: placed_order, days: 1}", ["c2"], ["c1"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rule", "strange", "offers"), STRANGE.values(), ids=STRANGE)
def test_a_value_that_occurs_nowhere_is_named(store: Store, rule: str, strange: list[str], offers: list[str]) -> None:
    (one,) = [one for one in found(store, rule) if one.key == "unknown_value"]
    assert (one.numbers["strange"], one.numbers["offers"]) == (strange, offers)
    assert one.severity == ("hint" if "[" in rule else "warning")


@pytest.mark.parametrize(
    "rule",
    [
        "{did: placed_order, item: {category: [Taart, Brood]}}", "{did: placed_order, item: {category: {starts_with: Br}}}", "{in_list: l_ann}",
        "{in_list: Taartbrief}", "{profile: {country: [NL, BE]}}", "{profile: {gender: [f, vrouw]}}", "{profile: {tag: {contains: vaste klant}}}",
        "{profile: {own.taste: zoet}}", "{did: placed_order, item: {category: {known: false}}}", "{profile: {city: Gent}}",
    ],
)  # fmt: skip
def test_a_value_that_occurs_is_not(store: Store, rule: str) -> None:
    assert "unknown_value" not in keys(found(store, rule))


def test_no_threshold_is_blamed_for_a_value_that_occurs_nowhere(store: Store) -> None:
    assert keys(found(store, "{did: placed_order, item: {category: taartjes}}")) == {"unknown_value", "no_consent"}


def test_it_is_told_with_what_to_write(store: Store) -> None:
    (one,) = [one for one in found(store, "{did: placed_order, item: {category: taartjes}}") if one.key == "unknown_value"]
    told = tell(one, catalogue("nl"))
    assert "zoekt “taartjes”" in told
    assert "Doen: Neem over wat de winkel zelf gebruikt, zoals “Taart”, “Brood”." in told


def test_a_list_is_told_as_a_list_and_not_as_the_key(store: Store) -> None:
    (one,) = [one for one in found(store, "{in_list: Taart}") if one.key == "unknown_value"]
    assert "Onder “lijsten” staat" in tell(one, catalogue("nl"))
