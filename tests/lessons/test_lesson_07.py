"""What lesson 7 says of not, and, or and order lines holds in its shop, and its checks refuse the traps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from segkit import shop as shops
from segkit.notebook.answers import lesson_07
from segkit.notebook.check import AS_OF, right_answer, said, start_again
from segkit.segments import can_receive, did, last, never, total_value
from segkit.segments.told import tell
from segkit.segments.tree import Condition
from segkit.shop import View

FOLDER = Path(__file__).parents[2] / "data/cache" / lesson_07.SHOP
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="no shops of the lessons: python dev.py lab makes them")

CANDLES, MANY = {"category": "candles"}, {"quantity": {"at_least": 24}}
had_candles, no_candles = did("placed_order", item=CANDLES), never("placed_order", item=CANDLES)
cards = did("placed_order", item={"category": "cards"})
other = did("placed_order", item={"category": {"is_not": "candles"}})
bought, mailable = did("placed_order"), can_receive("email")
lately, quiet = did("placed_order", within="last 90 days"), last("placed_order", was="more than 90 days ago")


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    start_again()
    yield
    start_again()


@pytest.fixture(scope="module")
def view() -> View:
    return shops.open(FOLDER).at(AS_OF)


@pytest.fixture(scope="module")
def lines(view: View) -> pd.DataFrame:
    """Every line of an order that counts, with the profile and the category: worked out from the tables, without the language."""
    table = {name: pd.read_parquet(next(FOLDER.glob(f"canonical/*/{name}.parquet"))) for name in ("orders", "order_items", "products")}
    orders = table["orders"].query("counts_as_purchase").dropna(subset="profile_id")[["order_id", "profile_id"]]
    kinds = table["products"][["product_id", "product_type"]]
    return table["order_items"].merge(orders, on="order_id").merge(kinds, on="product_id")


def ids(view: View, condition: Condition | str) -> set[str]:
    return set(view.members(condition)["profile_id"])


def test_the_shops_own_segment_and_the_one_in_python_are_the_same_people(view: View) -> None:
    by_hand = did("placed_order", at_least=5) & total_value("placed_order", more_than=1500)
    assert ids(view, by_hand) == ids(view, "trade") != set()


def test_most_who_bought_something_else_than_candles_bought_candles_too_and_they_are_nearly_every_customer(view: View) -> None:
    assert view.count(other & had_candles) > view.count(other) / 2
    assert view.count(other) > 0.9 * view.count(bought)


def test_never_bought_candles_is_what_the_order_lines_say(view: View, lines: pd.DataFrame) -> None:
    with_candles = set(lines.loc[lines["product_type"] == "candles", "profile_id"])
    assert ids(view, had_candles) == with_candles
    assert ids(view, bought & no_candles) == ids(view, bought) - with_candles
    assert view.count(no_candles) > view.count(bought & no_candles)


def test_those_without_candles_spent_far_less_and_care_less_for_them(view: View) -> None:
    key = pd.read_parquet(FOLDER / "truth/customers.parquet").set_index("profile_id")["affinity_candles"]
    features = view.features().query("order_count > 0").set_index("profile_id")
    without = features.index.isin(ids(view, bought & no_candles))
    assert features.loc[without, "revenue"].mean() < features["revenue"].mean() / 2
    assert features.loc[without, "order_count"].mean() < features["order_count"].mean() / 2
    assert key[features.index[without]].mean() < key[features.index[~without]].mean()


def test_without_brackets_everyone_who_ever_bought_candles_is_in(view: View) -> None:
    assert ids(view, had_candles) <= ids(view, had_candles | cards & lately)
    assert view.count(had_candles | cards & lately) > view.count((had_candles | cards) & lately)


def test_not_lately_holds_those_who_never_ordered_and_gone_quiet_does_not(view: View) -> None:
    not_lately = ~last("placed_order", was="last 90 days")
    assert ids(view, not_lately) - ids(view, quiet) == ids(view, never("placed_order")) != set()


def test_two_conditions_take_in_people_whom_one_line_does_not(view: View, lines: pd.DataFrame) -> None:
    candles = lines[(lines["product_type"] == "candles") & (lines["quantity"] >= 24)]
    assert right_answer("7c") == set(candles["profile_id"])
    assert right_answer("7c") < ids(view, had_candles & did("placed_order", item=MANY))


def test_the_shop_on_the_phone_is_short_of_money_only(view: View) -> None:
    features = view.features().sort_values(["revenue", "profile_id"])
    near = features.query("order_count >= 5 and revenue <= 1500")["profile_id"].iloc[-1]
    found = view.explain(near, "trade")
    assert not found.is_member
    assert [verdict.holds for verdict in found.verdicts.values()] == [True, False]
    assert "£" in tell(found, "en", view.currency, view.segments)


def test_never_with_a_category_that_does_not_occur_is_everybody(view: View) -> None:
    assert view.count(never("placed_order", item={"category": "Candles"})) == len(view.features())
    assert view.count(did("placed_order", item={"category": "Candles"})) == 0


TRAPS = {
    "7a": [other, other & mailable, no_candles, no_candles & mailable, bought & no_candles, bought & mailable, ~had_candles & mailable],
    "7b": [had_candles | cards & quiet, (had_candles | cards) & lately, had_candles & cards & quiet, quiet, had_candles & quiet,
           (had_candles | cards) & last("placed_order", was="between 90 and 180 days ago")],
    "7c": [had_candles & did("placed_order", item=MANY), did("placed_order", item=MANY), did("placed_order", item=CANDLES, at_least=24),
           did("placed_order", item={**CANDLES, "quantity": {"more_than": 24}})],
}  # fmt: skip


@pytest.mark.parametrize("exercise", list(TRAPS))
def test_the_traps_are_refused(exercise: str, view: View) -> None:
    right = right_answer(exercise)
    assert len(right) > 20
    for trap in TRAPS[exercise]:
        start_again()
        assert said(exercise, view.members(trap), right).startswith(f"{exercise}: not yet")
