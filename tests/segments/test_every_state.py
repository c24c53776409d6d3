"""Every combination of records about a person that chance would seldom draw: consents, stays on lists, refunds, own properties."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from segkit.segments.words import choices
from tests.segments.oracle import Row, Shop, members
from tests.segments.test_against_oracle import asked, made

DAY = date(2026, 10, 25)  # of 25 hours
MOMENT = datetime(2026, 10, 25, 13, 30)
BEFORE = (None, datetime(2026, 9, 1), datetime(2026, 10, 1))


def shop_of(as_of: date | datetime, each: Sequence[tuple[Row, ...]], table: str) -> Shop:
    """One person for every combination of records, who has these records in the table."""
    shop = Shop([], [], [], [], [], [], "Europe/Amsterdam", as_of)
    for place, records in enumerate(each):
        shop.profiles.append({"profile_id": f"p{place}", "created_at": None})
        getattr(shop, table).extend({**record, "profile_id": f"p{place}"} for record in records)
    return shop


def agrees(shop: Shop, told: Sequence[Any]) -> None:
    """The engine says what the oracle says, and some of it splits the people."""
    conditions = {f"s{place}": made(data) for place, data in enumerate(told)}
    expected = {name: members(shop, one) for name, one in conditions.items()}
    assert asked(shop, conditions) == expected
    assert any(0 < len(found) < len(shop.profiles) for found in expected.values())


@pytest.mark.parametrize("as_of", [DAY, MOMENT])
def test_every_pair_of_consents(as_of: date | datetime) -> None:
    times = (*BEFORE, MOMENT, MOMENT + timedelta(microseconds=1), MOMENT + timedelta(days=1))
    records = [
        {"channel": "email", "purpose": "marketing", "status": status, "list_id": None, "occurred_at": at}
        for status, at in product(choices("statuses"), times)
    ]
    shop = shop_of(as_of, [(), *product(records), *product(records, records)], "consents")
    told = [{"can_receive": "email"}, {"cannot_receive": "email"}, *({"consent": "email", "is": status} for status in choices("statuses"))]
    agrees(shop, [*told, {"can_receive": "sms"}, {"can_receive": "email", "purpose": "partner"}])


@pytest.mark.parametrize("as_of", [DAY, MOMENT])
def test_every_consent_that_ends(as_of: date | datetime) -> None:
    times = (*BEFORE, MOMENT, MOMENT + timedelta(microseconds=1), MOMENT + timedelta(days=1))
    records = [
        {"channel": "email", "purpose": "marketing", "status": status, "list_id": None, "occurred_at": at, "valid_until": until}
        for status, at, until in product(("subscribed", "unsubscribed", "suppressed"), BEFORE, times)
    ]
    shop = shop_of(as_of, [(), *product(records), *product(records, records)], "consents")
    agrees(
        shop,
        [
            {"can_receive": "email"},
            {"cannot_receive": "email"},
            {"consent": "email", "is": "subscribed"},
            {"consent": "email", "is": "suppressed"},
        ],
    )


def test_who_leaves_one_list_still_gets_what_another_brings_and_who_leaves_them_all_gets_nothing() -> None:
    records = [
        {"channel": "email", "purpose": "marketing", "status": status, "list_id": name, "occurred_at": at}
        for status, name, at in product(("subscribed", "unsubscribed"), (None, "news", "offers"), BEFORE)
    ]
    shop = shop_of(DAY, [(), *product(records, records, records)], "consents")
    agrees(shop, [{"can_receive": "email"}, {"cannot_receive": "email"}])


@pytest.mark.parametrize("as_of", [DAY, MOMENT])
def test_every_stay_on_a_list(as_of: date | datetime) -> None:
    times = (*BEFORE, MOMENT, MOMENT + timedelta(microseconds=1), datetime(2026, 10, 25, 23), MOMENT + timedelta(days=1))
    stays = [{"list_id": "l1", "list_name": "Nieuws", "joined_at": joined, "left_at": left} for joined, left in product(times, times)]
    shop = shop_of(as_of, [(), *product(stays), *product(stays[::3], stays[::5])], "list_memberships")
    agrees(shop, [{"in_list": "Nieuws"}, {"not_in_list": "l1"}, {"in_list": "l1", "joined": "last 30 days"}, {"in_list": "l2"}])


@pytest.mark.parametrize("as_of", [DAY, MOMENT])
def test_every_kind_of_order_and_refund(as_of: date | datetime) -> None:
    placed = (datetime(2026, 9, 1), MOMENT, MOMENT + timedelta(microseconds=1), MOMENT + timedelta(days=1))
    kinds = list(product((True, False, None), placed, ("order", "line", "unlinked"), (*BEFORE, MOMENT, MOMENT + timedelta(days=1))))
    orders = [({"order_id": f"o{place}", "counts_as_purchase": counts, "ordered_at": at, "total_base": Decimal(10)},)
              for place, (counts, at, _, _) in enumerate(kinds)]  # fmt: skip
    shop = shop_of(as_of, orders, "orders")
    shop.refunds += [{"order_id": f"o{place}", "linkage": linkage, "refunded_at": at, "amount": Decimal("2.5")}
                     for place, (_, _, linkage, at) in enumerate(kinds)]  # fmt: skip
    amounts = [{verb: "placed_order", op: amount} for verb in ("total_value", "average_value", "highest_value")
               for op in ("at_least", "exactly", "less_than") for amount in (0, 7.5, 10)]  # fmt: skip
    agrees(shop, [*amounts, {"did": "placed_order"}, {"never": "placed_order"}, {"top": "50%", "by": "total_value", "of": "placed_order"}])


def test_every_pair_of_values_of_an_own_property() -> None:
    values = [{"value_text": "zoet"}, {"value_text": "zout"}, {"value_text": None}, {"value_text": "5", "value_num": 5.0},
              {"value_text": "true", "value_bool": True}, {"value_text": "false", "value_bool": False}]  # fmt: skip
    empty = {"name": "taste", "value_num": None, "value_bool": None, "value_date": None}
    records = [{**empty, **value} for value in values] + [{**empty, "name": "other", "value_text": "zoet"}]
    shop = shop_of(DAY, [(), *product(records), *product(records, records)], "profile_properties")
    tests = ("zoet", {"is_not": "zoet"}, ["zoet", "zout"], {"not_in": ["zoet", "zout"]}, {"contains": "oe"}, {"does_not_contain": "oe"},
             {"starts_with": "z"}, {"known": True}, {"known": False}, 5, {"at_least": 5}, {"less_than": 5}, True, {"is_not": True})  # fmt: skip
    agrees(shop, [{"profile": {"own.taste": test}} for test in tests])


def test_every_mark_of_a_machine_on_a_mail_and_none() -> None:
    marks = (True, False, None)
    records = [
        {"event_id": f"e{place}", "event_type": kind, "is_machine_open": opened, "is_bot_click": clicked, "message_id": None, "url": None,
         "occurred_at": datetime(2026, 10, 1)}
        for place, (kind, opened, clicked) in enumerate(product(("opened", "clicked", "received"), marks, marks))
    ]  # fmt: skip
    shop = shop_of(DAY, [(), *product(records), *product(records, records)], "email_events")
    tests = [{"did": metric, "where": {mark: test}, "at_least": times}
             for metric, mark in (("opened_email", "apple_privacy_open"), ("clicked_email", "bot_click"))
             for test in (True, False, {"is_not": True}, {"is_not": False}) for times in (1, 2)]  # fmt: skip
    human = {"apple_privacy_open": False, "bot_click": False}
    agrees(
        shop,
        [*tests, {"did": ["opened_email", "clicked_email"], "where": human}, {"never": "clicked_email", "where": {"bot_click": False}}],
    )
