"""The condition waterfall against a count by hand, and its identities."""

from pathlib import Path

import pandas as pd
import pytest

from segkit.segments.read import condition
from segkit.segments.tree import All, Any, Condition
from tests.measure.crowd import ASKED, PEOPLE, Crowd, crowd, inside, spent

PARTS = list(ASKED)
WHOLE = All(tuple(ASKED.values()))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    return crowd(tmp_path_factory.mktemp("crowd"))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Everything told, also of one person: least is 2, so the rows that differ by one are left to the tests of privacy."""
    return crowd(tmp_path_factory.mktemp("crowd")).view.waterfall(WHOLE)


def triple(row: pd.Series, prefix: str = "") -> tuple[int, int, float]:
    return row[f"{prefix}members"], row[f"{prefix}orders"], row[f"{prefix}revenue"]


def test_each_row_equals_a_count_by_hand(shop: Crowd, found: pd.DataFrame) -> None:
    flags = inside(shop.facts)
    told = 0
    for step in range(len(PARTS) + 1):
        row = found.iloc[step]
        groups = {"": flags[PARTS[:step]].all(axis=1)}
        if step:
            groups |= {"alone_": flags[PARTS[step - 1]], "without_": flags.drop(columns=PARTS[step - 1]).all(axis=1)}
        for prefix, group in groups.items():
            expected = spent(shop.facts, group)
            assert row[f"{prefix}members"] == expected[0]
            if row[f"{prefix}status"] == "computed":
                told += 1
                assert triple(row, prefix) == expected
                assert row[f"{prefix}value_per_head"] == pytest.approx(expected[2] / expected[0])
    assert told > 3 * len(PARTS) - 2


def test_it_begins_with_everyone_and_ends_with_the_segment(shop: Crowd, found: pd.DataFrame) -> None:
    assert list(found["step"]) == [0, 1, 2, 3, 4]
    assert found["members"].iloc[0] == len(PEOPLE)
    assert found["members"].iloc[-1] == shop.view.count(WHOLE)
    assert triple(found.iloc[-1]) == spent(shop.facts, inside(shop.facts).all(axis=1))


def test_what_the_conditions_cost_adds_up(found: pd.DataFrame) -> None:
    assert (found["members"].diff().iloc[1:] == -found["lost_members"].iloc[1:]).all()
    assert found["lost_members"].iloc[1:].sum() == found["members"].iloc[0] - found["members"].iloc[-1]
    both = found["revenue"].notna() & found["revenue"].shift().notna()
    assert both.any()
    assert found.loc[both, "lost_revenue"].tolist() == pytest.approx((-found["revenue"].diff())[both].tolist())
    assert found["lost_members"].isna().tolist() == [True, False, False, False, False]


def test_the_conditions_stand_in_reading_order_and_can_be_read_back(found: pd.DataFrame) -> None:
    assert found["definition"].iloc[0] is None
    assert [condition(told, "x") for told in found["definition"].iloc[1:]] == list(ASKED.values())


@pytest.mark.parametrize("one", [ASKED["often"], Any((ASKED["often"], ASKED["reader"])), ~WHOLE])
def test_what_is_no_list_of_conditions_has_one_step(shop: Crowd, one: Condition) -> None:
    found = shop.view.waterfall(one)
    assert list(found["members"]) == [len(PEOPLE), shop.view.count(one)]
    assert found["alone_members"].iloc[1] == found["members"].iloc[1]
    assert found["without_members"].iloc[1] == len(PEOPLE)


def test_steps_that_cost_a_few_people_hide_the_money_and_not_the_size(shop: Crowd, tmp_path: Path) -> None:
    hidden = crowd(tmp_path, smallest_group=10).view.waterfall(WHOLE)
    told = shop.view.waterfall(WHOLE)
    for column in ("members", "lost_members", "alone_members", "without_members"):
        pd.testing.assert_series_equal(hidden[column], told[column])
    sizes, withheld = hidden["members"], hidden["status"] != "computed"
    assert withheld.any()
    told_sizes = sizes[~withheld].tolist()
    assert all(abs(one - other) >= 10 for one in told_sizes for other in told_sizes if one != other)
    assert hidden.loc[withheld, ["orders", "revenue", "value_per_head"]].isna().all(axis=None)


def test_without_orders_delivered_there_is_no_money_and_a_reason(tmp_path: Path) -> None:
    found = crowd(tmp_path, without=("orders", "order_items", "refunds")).view.waterfall(ASKED["reader"])
    assert found["members"].notna().all()
    assert found["revenue"].isna().all()
    assert set(found["reason"]) == {"no_orders"}
