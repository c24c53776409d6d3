"""What a person is, is explained by what is known: the value, since when, and who says so; of orders by which of them fail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from segkit.clock import AsOf
from segkit.engine import Rules
from segkit.segments.definition import Segment, SegmentSet
from segkit.segments.explain import Explanation, explain
from segkit.segments.read import condition
from segkit.segments.told import tell
from segkit.settings import default_settings
from tests.canonical import store_of
from tests.segments.test_explain import lines, small, verdict_on

ANN = {
    "profile_id": "ann", "created_at": datetime(2026, 10, 1, 22, 30), "country_code": "BE", "gender": "f", "source": "kassa", "tags": ["vip", "b2b"],
    "birth_month": 2, "birth_day": 29, "is_business": True, "birth_year": 1980,
}  # fmt: skip
TABLES: dict[str, list[dict[str, Any]]] = {
    "profiles": [ANN, {"profile_id": "bob", "created_at": datetime(2026, 10, 1)}],
    "orders": [
        {"order_id": "o", "profile_id": "ann", "ordered_at": datetime(2026, 10, 2), "total_base": 9, "counts_as_purchase": True, "shipping_country": "NL"}
    ],
    "consents": [
        {"profile_id": "ann", "channel": "email", "purpose": "marketing", "status": "subscribed", "occurred_at": datetime(2026, 1, 1), "source_system": "winkel"},
        {"profile_id": "ann", "channel": "email", "purpose": "marketing", "status": "suppressed", "suppression_reason": "spam", "occurred_at": datetime(2026, 2, 1)},
    ],
    "list_memberships": [
        {"profile_id": "ann", "list_id": "l1", "list_name": "Nieuws", "kind": "list", "joined_at": datetime(2026, 3, 1), "left_at": datetime(2026, 4, 1)}
    ],
    "profile_properties": [{"profile_id": "ann", "name": "smaak", "value_text": "zoet", "source_system": "crm"}],
}  # fmt: skip


def explained(folder: Path, told: Any, who: str) -> Explanation:
    store = store_of(folder, "Europe/Amsterdam", **TABLES)
    rules = Rules(default_settings(), AsOf(date(2026, 10, 31), "Europe/Amsterdam"))
    return explain(store, rules, SegmentSet({"a": Segment("a", condition(told, "x"))}), "a", who)


@pytest.mark.parametrize(
    ("told", "ann", "bob"),
    [
        ({"profile": {"gender": "f"}}, ["bekend: geslacht vrouw (bron: kassa)"], ["bekend: geslacht onbekend"]),
        ({"profile": {"country": "BE"}}, ["bekend: land Nederland (van de laatste bestelling)"], ["bekend: land onbekend"]),
        ({"in_region": "benelux"}, ["bekend: land Nederland (van de laatste bestelling)"], ["bekend: land onbekend"]),
        ({"profile": {"tag": "vip"}}, ["bekend: label vip, b2b (bron: kassa)"], ["bekend: label onbekend"]),
        ({"profile": {"birth_year": {"less_than": 1990}}}, ["bekend: geboortejaar 1980 (bron: kassa)"], ["bekend: geboortejaar onbekend"]),
        ({"profile": {"is_business": True}}, ["bekend: zakelijk ja (bron: kassa)"], ["bekend: zakelijk onbekend"]),
        ({"profile": {"own.smaak": "zoet"}}, ["bekend: smaak zoet (bron: crm)"], ["bekend: smaak onbekend"]),
        ({"date": "created", "is": "ever"}, ["bekend: profiel aangemaakt 2 oktober 2026 (bron: kassa)"], ["bekend: profiel aangemaakt 1 oktober 2026"]),
        ({"date": "birthday", "is": "next 7 days"}, ["bekend: verjaardag 29 februari (bron: kassa)"], ["bekend: verjaardag onbekend"]),
        ({"can_receive": "email"}, ["geblokkeerd op 1 februari 2026 (reden: spam)", "aangemeld op 1 januari 2026 (bron: winkel)"], ["geen toestemming vastgelegd"]),
        ({"in_list": "Nieuws"}, ["op de lijst gekomen op 1 maart 2026", "van de lijst gegaan op 1 april 2026"], ["nooit op deze lijst gezien"]),
    ],
)  # fmt: skip
def test_what_is_known_is_told_with_who_says_so(tmp_path: Path, told: Any, ann: list[str], bob: list[str]) -> None:
    for who, known in (("ann", ann), ("bob", bob)):
        found = explained(tmp_path / who, told, who)
        assert [line.strip() for line in tell(found, "nl").splitlines()[2 : 2 + len(known)]] == known
        assert found.as_dict()["tree"]["facts"]


def test_of_each_time_so_the_orders_that_fail_come_first_and_say_it() -> None:
    shop = small(5, 10, 20)
    shop = replace(shop, orders=[{**row, "channel": "till" if row["order_id"] == "o1" else "web"} for row in shop.orders])
    assert lines(shop, {"every": "placed_order", "where": {"channel": "web"}})[1] == (
        "  3 keer gevonden: 21 oktober 2026 (€ 11,00, voldoet niet); 26 oktober 2026 (€ 10,00); 11 oktober 2026 (€ 12,00)"
    )
    assert [one.passes for one in verdict_on(shop, {"last": "placed_order", "where": {"channel": "web"}}).evidence] == [True, False, True]
    assert [one.passes for one in verdict_on(shop, {"did": "placed_order"}).evidence] == [None, None, None]


def test_a_prediction_is_told_with_its_value_and_its_day(tmp_path: Path) -> None:
    store = store_of(tmp_path, "Europe/Amsterdam", **TABLES)
    rules = Rules(default_settings(), AsOf(date(2026, 10, 31), "Europe/Amsterdam"))
    scores = rules.table("profiles", ("profile_id", "birth_year"), known=False).extend(
        {"churn_90d": "(birth_year - 1955) / 100.0", "points": "birth_year"}
    )
    segments = SegmentSet({name: Segment(name, condition({"score": name, "more_than": 0.2}, "x")) for name in ("churn_90d", "points")})
    told = {
        (name, who): explain(store, rules, segments, name, who, scores.only(["profile_id", "churn_90d", "points"]))
        for name in segments
        for who in ("ann", "bob")
    }
    assert [one.is_member for one in told.values()] == [True, False, True, False]
    said = {key: tell(one, "nl").splitlines()[-1].strip() for key, one in told.items()}
    assert said["churn_90d", "ann"] == "voorspelling “churn 90d” op 31 oktober 2026: 25%"
    assert said["churn_90d", "bob"] == "geen voorspelling “churn 90d” op 31 oktober 2026"
    assert said["points", "ann"] == "voorspelling “points” op 31 oktober 2026: 1.980"
    (verdict,) = told["churn_90d", "ann"].verdicts.values()
    assert verdict.as_dict()["facts"] == [{"what": "score", "name": "churn_90d", "value": 0.25, "day": "2026-10-31"}]
