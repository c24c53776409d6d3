"""Thresholds fitted to a shop's own rhythm: the piano shop, where every default is wrong."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from segkit.audit import audit
from segkit.clock import AsOf
from segkit.engine import Store
from segkit.errors import AsOfError
from segkit.settings import Client
from tests.canonical import store_of

AS_OF = datetime(2026, 10, 31)
LOAD = {"load_id": "test", "receipts": [], "duplicates": {}, "currency": {"code": "EUR", "basis": "said"}}
YEAR = 365


def piano_shop(folder: Path, people: int = 480) -> Store:
    """A quarter of the buyers come back once, after two to three years; prices from 2,000 to 40,000."""
    orders: list[dict[str, Any]] = []
    for person in range(people):
        first = AS_OF - timedelta(days=200 + 7 * person % 3_000 + (person % 4 == 0) * 900)
        dates = [first, first + timedelta(days=730 + person % YEAR)] if person % 4 == 0 else [first]
        for place, moment in enumerate(dates):
            orders.append({
                "order_id": f"{person}-{place}", "profile_id": f"p{person}", "ordered_at": moment, "counts_as_purchase": True,
                "total_base": Decimal(2_000 + 38_000 * (person % 10 == 0)),
            })  # fmt: skip
    return store_of(folder, orders=orders, profiles=[{"profile_id": f"p{person}"} for person in range(people)])


def fitted(store: Store, **thresholds: Any) -> dict[str, Any]:
    client = Client(name="Piano's", thresholds=thresholds)
    return audit(store, AsOf.parse("2026-10-31", "Europe/Amsterdam"), client, LOAD).as_dict()


def test_a_piano_shop_asks_for_other_thresholds(tmp_path: Path) -> None:
    result = fitted(piano_shop(tmp_path))
    told = {name: row["fitted"] for name, row in result["persona_fit"]["thresholds"].items()}
    assert told["purchase_often_count"] == 2
    assert 2 * YEAR < told["purchase_recent_days"] <= 3 * YEAR + 10
    assert told["purchase_lapsed_days"] >= 2 * told["purchase_recent_days"]
    assert told["high_value_rule"] == "median"
    assert result["persona_fit"]["would_change"] > 100
    assert "thresholds_do_not_fit" in [finding["key"] for finding in result["findings"]]


def test_accepted_thresholds_are_what_the_audit_uses(tmp_path: Path) -> None:
    store = piano_shop(tmp_path)
    before = fitted(store)
    told = {name: row["fitted"] for name, row in before["persona_fit"]["thresholds"].items()}
    after = fitted(store, **told)
    assert after["persona_fit"]["would_change"] == 0
    moved = {
        name: after["personas"]["partition"][name]["members"] != cell["members"] for name, cell in before["personas"]["partition"].items()
    }
    assert any(moved.values())


def test_with_few_repeat_orders_nothing_is_fitted(tmp_path: Path) -> None:
    fit = fitted(piano_shop(tmp_path, people=30))["persona_fit"]
    assert (fit["would_change"], fit["reason"]) == (None, "too_few_repeat_orders")


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    store = piano_shop(tmp_path)
    ask = AsOf.parse("2026-10-31", "Europe/Amsterdam")
    one, other = (audit(store, ask, Client(name="x"), LOAD).to_json() for _ in range(2))
    assert one == other


def test_a_date_before_the_first_order_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(AsOfError, match="nothing had been ordered"):
        audit(piano_shop(tmp_path), AsOf.parse("1999-01-01", "Europe/Amsterdam"), Client(name="x"), LOAD)


def test_zero_complaints_prove_the_limit_from_the_stated_number_of_mails_on() -> None:
    """The smallest n for which (1 - limit)^n is at most 5 %."""
    settings = Client(name="x").settings()
    limit, mails = settings["guard_complaint_share"], settings["guard_complaint_proof_mails"]
    assert (1 - limit) ** mails <= 0.05 < (1 - limit) ** (mails - 1)
