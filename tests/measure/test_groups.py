"""The facts of a group of people, or why they are not told."""

import pandas as pd
import pytest

from segkit.measure.groups import facts

TABLE = pd.DataFrame({
    "a": [True, True, False, False], "b": [True, False, True, False], "members": [40, 5, 20, 100], "orders": [80, 5, 10, 0], "revenue": [400.0, 50.0, 30.0, 0.0],
})  # fmt: skip


def test_facts_of_a_group() -> None:
    assert facts(TABLE, TABLE["a"], True, 6) == {
        "members": 45, "orders": 85, "revenue": 450.0, "value_per_head": 10.0, "status": "computed", "reason": None,
    }  # fmt: skip


@pytest.mark.parametrize(("least", "reason"), [(50, "too_few_profiles"), (6, "differs_by_too_few_profiles")])
def test_what_is_not_told_is_empty_with_the_reason(least: int, reason: str) -> None:
    found = facts(TABLE, TABLE["a"], False, least)
    assert found == {"members": 45, "orders": None, "revenue": None, "value_per_head": None, "status": "not_computable", "reason": reason}


def test_without_purchases_delivered_nobody_spent_zero() -> None:
    found = facts(TABLE[["a", "b", "members"]], TABLE["a"], True, 6)
    assert (found["members"], found["revenue"], found["reason"]) == (45, None, "no_orders")
