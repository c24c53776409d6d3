"""Counting the base: groups so small that a number would point at someone, and tenths of fewer than ten buyers."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest

import segkit
from segkit.report import Report
from segkit.settings import Client

WITHHELD = {"status": "not_computable", "reason": "too_few_profiles"}


def audited(few: int, many: int = 40, gone: int = 0, **thresholds: Any) -> dict[str, Any]:
    """A shop in which `few` bought eleven times for a thousand in all, and `many` once; all on one day, and `gone` two years before."""
    rows = [(f"f{person}-{order}", f"f{person}", 100.0) for person in range(few) for order in range(11)]
    rows += [(f"m{person}", f"m{person}", 10.0) for person in range(many)]
    orders = pd.DataFrame(rows, columns=["order_id", "profile_id", "total"]).assign(ordered_at=pd.to_datetime("2026-10-01"))
    past = [(f"g{person}", f"g{person}", 10.0, pd.to_datetime("2024-10-01")) for person in range(gone)]
    orders = pd.concat([orders, pd.DataFrame(past, columns=orders.columns)])
    client = Client(name="A", time_zone="UTC", thresholds=thresholds)
    return segkit.open(orders=orders, client=client).at("2026-10-31").audit().as_dict()


@pytest.mark.parametrize("few", [1, 9])
def test_what_a_small_group_did_is_withheld_but_not_its_size(few: int, checkout: Path) -> None:
    result = audited(few)
    for card in (result["segments"]["vip"], result["personas"]["partition"]["high_rollers"], result["personas"]["literal"]["high_rollers"]):
        assert card["members"] == few
        assert {name: card[name] for name in WITHHELD} == WITHHELD
        told = {name for name, value in card.items() if value is not None}
        defined = {"title", "why", "action", "goal", "is_own", "definition", "without_history"}
        assert told <= {"members", "share", "discount", "status", "reason", "versus_rest"} | defined
    jsonschema.validate(result, json.loads((checkout / "docs/result.schema.json").read_text(encoding="utf-8")))


@pytest.mark.parametrize(("few", "thresholds"), [(10, {}), (4, {"smallest_group": 4})])
def test_a_group_of_the_smallest_size_is_told(few: int, thresholds: dict[str, int]) -> None:
    card = audited(few, **thresholds)["segments"]["vip"]
    assert (card["members"], card["orders"], card["revenue"], card["status"]) == (few, 11 * few, 1100.0 * few, "computed")


def test_an_empty_group_spent_nothing_and_points_at_nobody() -> None:
    card = audited(0)["segments"]["vip"]
    assert (card["members"], card["orders"], card["revenue"], card["status"]) == (0, 0, 0.0, "computed")


def test_the_report_says_why_and_leaves_the_group_out_of_the_picture() -> None:
    result = audited(9, gone=60)
    shown = Report(result, "en").personas()._repr_html_()
    assert "Groups of fewer than" in shown
    assert "personas.partition.high_rollers.revenue" not in shown
    assert "could point at one of them" in Report(result, "en").segments()._repr_html_()
    assert "differs_by_too_few_profiles" in {card["reason"] for card in result["personas"]["partition"].values()}
    assert "Groups of fewer than" not in Report(audited(10), "en").personas()._repr_html_()


@pytest.mark.parametrize(("few", "many", "tenths"), [(0, 9, 0), (0, 10, 10)])
def test_fewer_than_ten_buyers_have_no_tenths(few: int, many: int, tenths: int) -> None:
    assert len(audited(few, many)["concentration"]["tenths"]) == tenths
