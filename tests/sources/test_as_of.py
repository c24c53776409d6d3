"""A delivery that goes on after the as-of date tells the same as one that stops there."""

from pathlib import Path

import pandas as pd

import segkit

COLUMNS = {"order_id": "no", "profile_id": "who", "ordered": "day", "total": "sum", "shipping_country": "land"}
ORDERS = pd.DataFrame(
    [("1", "ann", "2025-01-01", 10.0, "NL"), ("2", "ann", "2026-03-13", 10.0, "DE"), ("3", "bob", "2026-04-01", 5.0, "BE")],
    columns=["no", "who", "day", "sum", "land"],
).astype({"day": "datetime64[us]"})


def asked(orders: pd.DataFrame, as_of: str) -> tuple[pd.DataFrame, dict]:
    view = segkit.open(orders=orders, mapping=COLUMNS).at(as_of)
    return view.features(), view.audit().as_dict()["counts"]


def test_who_came_later_is_not_in_the_base_and_countries_are_those_of_then() -> None:
    features, counts = asked(ORDERS, "2025-06-01")
    assert features[["profile_id", "country_code"]].to_numpy().tolist() == [["ann", "NL"]]
    assert counts["profiles"] == 1
    past, known_then = asked(ORDERS[ORDERS["day"] <= "2025-06-01"], "2025-06-01")
    pd.testing.assert_frame_equal(features, past)
    assert counts == known_then


def test_somebody_known_by_several_tables_exists_from_the_earliest(tmp_path: Path) -> None:
    """Bob opened a mail before he ordered; the tables are read in another order than the days."""
    mails = pd.DataFrame({"who": ["bob"], "what": ["opened"], "when": pd.to_datetime(["2025-02-01"])})
    shop = segkit.open(orders=ORDERS, email_events=mails, mapping={
        "orders": COLUMNS, "email_events": {"profile_id": "who", "event_type": "what", "occurred": "when"}})  # fmt: skip
    assert set(shop.at("2025-06-01").features()["profile_id"]) == {"ann", "bob"}
    assert set(shop.at("2025-01-31").features()["profile_id"]) == {"ann"}


def test_of_two_orders_at_one_moment_the_country_does_not_depend_on_the_run() -> None:
    twice = pd.DataFrame({
        "no": [f"{n}" for n in range(4_000)], "who": [f"p{n // 2}" for n in range(4_000)], "day": pd.to_datetime(["2026-01-01"] * 4_000),
        "sum": 1.0, "land": ["NL", "DE"] * 2_000,
    })  # fmt: skip
    assert set(asked(twice, "2026-02-01")[0]["country_code"]) == {"NL"}
    assert set(asked(twice.iloc[::-1].reset_index(drop=True), "2026-02-01")[0]["country_code"]) == {"NL"}


def test_profiles_come_in_the_same_order_each_time() -> None:
    people = [f"p{n:05d}" for n in range(20_000)]
    many = pd.DataFrame({"no": people, "who": people[::-1], "day": pd.to_datetime("2026-01-01"), "sum": 1.0, "land": "NL"})
    view = segkit.open(orders=many, mapping=COLUMNS).at("2026-02-01")
    for frame in (view.features(), view.personas(), view.members("exactly_once")):
        assert list(frame["profile_id"]) == people


def test_a_refund_that_says_only_its_order_comes_off_that_order() -> None:
    refunds = pd.DataFrame({"id": ["r1", "r2"], "no": ["1", None], "back": [4.0, 3.0]})
    shop = segkit.open(
        orders=ORDERS, refunds=refunds, mapping={"orders": COLUMNS, "refunds": {"refund_id": "id", "order_id": "no", "amount": "back"}}
    )
    counts = shop.at("2026-05-01").audit().as_dict()["counts"]
    assert counts["revenue"] == 21.0
    assert (counts["linked_refund_amount"], counts["unlinked_refund_amount"]) == (4.0, 3.0)
