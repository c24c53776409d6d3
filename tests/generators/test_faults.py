"""Every fault is found again: its rows are those that differ from the shop without it, and the data alone show them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from segkit_generators import Shop, make_shop
from segkit_generators.__main__ import app
from segkit_generators.errors import BadArgument
from segkit_generators.faults import ALL, FAULTS, checked, plant
from segkit_generators.world import CUSTOMERS_OF_BLOCK, World, make_world
from typer.testing import CliRunner

from tests.generators.conftest import frame_of

CUSTOMERS = 500
PLANTED = {name: f"{name}=0.2" for name in ("marketplace_orders", "mixed_currencies")}  # else none of so few was paid back
README = Path(__file__).parents[2] / "data/generators/README.md"
Tables = SimpleNamespace


@pytest.fixture(scope="module")
def clean() -> Shop:
    return make_shop("bakery", CUSTOMERS, seed=7)


@pytest.fixture(scope="module")
def shops() -> dict[str, Shop]:
    return {name: make_shop("bakery", CUSTOMERS, seed=7, faults=[PLANTED.get(name, name)]) for name in FAULTS}


@pytest.fixture(scope="module")
def world(clean: Shop) -> World:
    made = clean.arguments
    return make_world(made.recipe, made.customers, made.seed, made.until)


def frames(shop: Shop) -> Tables:
    return SimpleNamespace(**{name: frame_of(table) for name, table in shop.tables.items()})


def different(clean: pd.DataFrame, faulty: pd.DataFrame) -> set[str]:
    """Ids of the rows that were added, taken away or changed; a table's first column names its rows, if more than one of them."""
    one, other = (pd.Series([repr(row) for row in frame.itertuples(index=False, name=None)]) for frame in (clean, faulty))
    counted = pd.concat([one.value_counts(), other.value_counts()], axis=1, keys=["clean", "faulty"]).fillna(0)
    odd = set(counted.index[counted["clean"] != counted["faulty"]])
    return {text.split("'")[1] for text in odd}


CHANGED_TOO = {
    "left_truncated": {"order_items", "refunds"}, "right_censored": {"order_items", "refunds"}, "case_duplicates": {"orders"},
    "guests": {"carts", "refunds"}, "marketplace_orders": {"carts", "refunds"}, "test_orders": {"order_items"},
    "mixed_currencies": {"carts", "refunds"}, "fee_lines": {"orders"}, "invented_products": {"order_items"},
    "aggregates_only": {"profile_snapshots"},
}  # fmt: skip
"""Tables in which something follows from the rows that were struck; the answer key names those only."""


@pytest.mark.parametrize("name", [name for name in FAULTS if name != "absent_columns"])
def test_the_rows_that_differ_are_those_that_the_answer_key_names(clean: Shop, shops: dict[str, Shop], name: str) -> None:
    shop, told = shops[name], shops[name].truth["faults"]
    assert set(told["fault"]) == {name}
    assert len(told) > 0
    for table in clean.tables.keys() | shop.tables.keys():
        if table in ("extracts", "capabilities") or table in CHANGED_TOO.get(name, ()):
            continue
        if table in clean.tables and table in shop.tables and clean.tables[table].equals(shop.tables[table]):
            assert table not in set(told["table"])
            continue
        before, after = (frame_of(of.tables[table]) if table in of.tables else pd.DataFrame() for of in (clean, shop))
        ids = set(before.iloc[:, 0]) if not len(after.columns) else different(before, after)
        assert ids == set(told.loc[told["table"] == table, "row_id"]), table


@pytest.mark.parametrize("name", FAULTS)
def test_no_other_table_changes_but_those_that_the_readme_names(clean: Shop, shops: dict[str, Shop], name: str) -> None:
    now, told = shops[name].tables, set(shops[name].truth["faults"]["table"])
    odd = {table for table in clean.tables.keys() | now.keys() if not now.get(table, pa.table({})).equals(clean.tables.get(table))}
    assert odd - told - {"extracts", "capabilities"} == CHANGED_TOO.get(name, set())
    row = f"| `{name}` | {', '.join(sorted(CHANGED_TOO.get(name, ())))} | "
    assert (row in README.read_text(encoding="utf-8")) == (name in CHANGED_TOO)


@pytest.mark.parametrize("name", FAULTS)
def test_every_column_keeps_its_type_and_every_line_its_order(clean: Shop, shops: dict[str, Shop], name: str) -> None:
    tables = shops[name].tables
    for table in tables.keys() & clean.tables.keys():
        assert tables[table].schema.equals(clean.tables[table].schema), table
    assert set(tables["order_items"]["order_id"].to_pylist()) <= set(tables["orders"]["order_id"].to_pylist())
    assert set(tables["orders"]["profile_id"].drop_null().to_pylist()) <= set(tables["profiles"]["profile_id"].to_pylist())


def twins(t: Tables) -> pd.Series:
    return t.profiles.loc[t.profiles["email"].str.lower().duplicated(), "profile_id"]


def in_two_countries(t: Tables) -> pd.Series:
    home = t.profiles.set_index("profile_id")["country_code"]
    return t.orders.loc[t.orders["shipping_country"] != t.orders["profile_id"].map(home).fillna(t.orders["billing_country"]), "order_id"]


def tied(t: Tables) -> pd.Series:
    real = t.orders[t.orders["profile_id"].notna() & ~t.orders["is_test"]]
    return real.loc[real.duplicated(["profile_id", "ordered_at"], keep=False), "order_id"]


def bounced_but_subscribed(t: Tables) -> pd.Series:
    last = t.consents["occurred_at"] == t.consents.groupby("profile_id")["occurred_at"].transform("max")
    words = t.consents[last].groupby("profile_id")["status"].agg(set)
    return words[words.map({"subscribed", "suppressed"}.__le__)].index.to_series()


def doubled(t: Tables) -> pd.Series:
    columns = [name for name in t.order_items.columns if name != "order_item_id"]
    return t.order_items.loc[t.order_items.duplicated(columns), "order_item_id"]


FOUND_BY: dict[str, Callable[[Tables], pd.Series]] = {
    "marketplace_orders": lambda t: t.orders.loc[t.orders["email_at_order"].str.contains("@marktplaats"), "order_id"],
    "test_orders": lambda t: t.orders.loc[t.orders["email_at_order"] == "test@example.com", "order_id"],
    "mixed_currencies": lambda t: t.orders.loc[t.orders["currency"] != "EUR", "order_id"],
    "two_countries": in_two_countries,
    "fee_lines": lambda t: t.order_items.loc[t.order_items["line_type"] == "fee", "order_item_id"],
    "duplicate_lines": doubled,
    "case_duplicates": twins,
    "formula_names": lambda t: t.profiles.loc[t.profiles["first_name"].str.startswith("="), "profile_id"],
    "html_names": lambda t: t.profiles.loc[t.profiles["last_name"].str.contains("<"), "profile_id"],
    "consent_and_suppression": bounced_but_subscribed,
    "opens_without_flag": lambda t: t.email_events.loc[
        (t.email_events["event_type"] == "opened") & t.email_events["is_machine_open"].isna(), "event_id"
    ],
    "invented_products": lambda t: t.products.loc[t.products["title"].str.fullmatch(r"Product \d+"), "product_id"],
}


@pytest.mark.parametrize("name", FOUND_BY)
def test_the_data_alone_show_exactly_the_planted_rows(clean: Shop, shops: dict[str, Shop], name: str) -> None:
    planted = set(shops[name].truth["faults"]["row_id"])
    assert set(FOUND_BY[name](frames(shops[name]))) == planted
    assert not set(FOUND_BY[name](frames(clean)))


def test_of_two_orders_in_one_second_the_answer_key_names_the_second(clean: Shop, shops: dict[str, Shop]) -> None:
    planted, t = set(shops["ties"].truth["faults"]["row_id"]), frames(shops["ties"])
    pairs = t.orders[t.orders["order_id"].isin(tied(t))]
    assert not set(tied(frames(clean)))
    assert planted <= set(pairs["order_id"])
    assert len(pairs) - pairs.groupby(["profile_id", "ordered_at"]).ngroups == len(planted)


def test_a_cancellation_without_a_link_pays_a_whole_order_back(clean: Shop, shops: dict[str, Shop]) -> None:
    t, planted = frames(shops["unlinked_cancellations"]), set(shops["unlinked_cancellations"].truth["faults"]["row_id"])
    refunds = t.refunds[t.refunds["refund_id"].isin(planted)]
    assert (refunds["linkage"] == "unlinked").all()
    assert refunds["order_id"].isna().all()
    paired = refunds.merge(t.orders, on="profile_id")
    paired = paired[(paired["amount"] == paired["total"]) & (paired["refunded_at"] >= paired["ordered_at"])]
    assert set(paired["refund_id"]) == planted


def test_a_fee_is_in_the_total_of_its_order(shops: dict[str, Shop]) -> None:
    t = frames(shops["fee_lines"])
    lines = t.order_items.groupby("order_id")["line_total"].sum()
    totals = t.orders.set_index("order_id")["total"]
    np.testing.assert_allclose(lines.reindex(totals.index), totals)


def test_an_order_in_another_currency_is_worth_its_rate(shops: dict[str, Shop]) -> None:
    t = frames(shops["mixed_currencies"])
    np.testing.assert_allclose(t.orders["total_base"], t.orders["total"] * t.orders["fx_to_base"], atol=0.0051)
    assert set(t.orders["currency"]) == {"EUR", "USD", "GBP"}


@pytest.mark.parametrize(("name", "of_the_start"), [("left_truncated", True), ("right_censored", False)])
def test_a_cut_history_lacks_its_oldest_or_newest_orders_and_all_of_theirs(
    clean: Shop, shops: dict[str, Shop], name: str, of_the_start: bool
) -> None:
    before, after, gone = frames(clean), frames(shops[name]), set(shops[name].truth["faults"]["row_id"])
    missing = before.orders[before.orders["order_id"].isin(gone)]
    assert len(before.orders) - len(after.orders) == len(gone) > 0
    days = pd.to_datetime(clean.truth["days"]["day_on"])
    count = round(FAULTS[name].share * len(days))
    if of_the_start:
        assert missing["ordered_on"].max() < days.min() + pd.Timedelta(days=count) <= after.orders["ordered_on"].min()
    else:
        assert missing["ordered_on"].min() > days.max() - pd.Timedelta(days=count) >= after.orders["ordered_on"].max()
    assert not after.order_items["order_id"].isin(gone).any()


@pytest.mark.parametrize("name", ["left_truncated", "right_censored"])
def test_a_history_is_cut_on_the_same_day_in_every_block(clean: Shop, world: World, name: str) -> None:
    """By a share of its orders each block would end on a day of its own, and the shop have a ragged edge."""
    orders = clean.tables["orders"]
    block = {**clean.tables, "orders": orders.filter(pc.greater(orders["ordered_on"], pc.min(orders["ordered_on"].take([0, 1, 2, 3]))))}
    whole, part = (set(plant(world, tables, {name: 0.4})[1]["row_id"]) for tables in (clean.tables, block))
    assert 0 < len(block["orders"]) < len(orders)
    assert part == whole & set(block["orders"]["order_id"].to_pylist())


def test_a_tied_order_was_paid_when_it_was_placed_though_the_one_before_was_cancelled(clean: Shop, world: World) -> None:
    tables, told = plant(world, clean.tables, {"ties": 1.0})
    orders = frame_of(tables["orders"])
    struck = orders["order_id"].isin(told["row_id"])
    at = orders.loc[struck, ["profile_id", "ordered_at"]]
    assert len(at.merge(orders[orders["status"] == "cancelled"], on=["profile_id", "ordered_at"]))
    assert (orders.loc[struck, "paid_at"] == orders.loc[struck, "ordered_at"]).all()


def test_aggregates_say_the_last_open_that_the_log_said(clean: Shop, shops: dict[str, Shop]) -> None:
    shop, events = shops["aggregates_only"], frame_of(clean.tables["email_events"])
    assert "email_events" not in shop.tables
    states = frame_of(shop.tables["capabilities"]).set_index("table_name")["state"]
    assert (states["email_events"], states["profile_snapshots"]) == ("absent", "full")
    last = events[events["event_type"] == "opened"].groupby("profile_id")["occurred_at"].max()
    told = frame_of(shop.tables["profile_snapshots"]).set_index("profile_id")["last_open_at"].dropna()
    pd.testing.assert_series_equal(told.sort_index(), last.sort_index(), check_names=False)


def test_a_share_is_the_share_that_is_planted(clean: Shop) -> None:
    shop = make_shop("bakery", CUSTOMERS, seed=7, faults=["mixed_currencies=0.5"])
    named = frame_of(clean.tables["orders"])[["counts_as_purchase", "profile_id"]].dropna()
    assert len(shop.truth["faults"]) == round(named["counts_as_purchase"].sum() / 2)


def test_several_faults_stand_in_the_answer_key_side_by_side() -> None:
    told = make_shop("bakery", 200, seed=7, faults=["test_orders", "guests=0.1", "html_names"]).truth["faults"]
    assert list(dict.fromkeys(told["fault"])) == ["guests", "test_orders", "html_names"]


def test_what_all_blocks_share_is_struck_alike_in_each() -> None:
    shop = make_shop("bakery", CUSTOMERS_OF_BLOCK + 50, seed=7, faults=["invented_products=0.5"])
    assert len(shop.truth["faults"]) == round(shop.tables["products"].num_rows / 2)
    titles = shop.tables["products"].select(["product_id", "title"]).to_pandas().set_index("product_id")["title"]
    items = shop.tables["order_items"].select(["product_id", "title"]).to_pandas().dropna()
    assert (items["product_id"].map(titles) == items["title"]).all()


def test_a_shop_without_faults_has_the_load_id_that_it_always_had(clean: Shop, shops: dict[str, Shop]) -> None:
    assert "faults" not in clean.truth
    assert len({shop.arguments.load_id for shop in [clean, *shops.values()]}) == 1 + len(FAULTS)


@pytest.mark.parametrize(
    ("fault", "told"), [("gremlins", "guests"), ("guests=2", "up to 1"), ("guests=0", "above 0"), ("guests=x", "0.02")]
)
def test_a_wrong_fault_says_what_is_allowed(fault: str, told: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadArgument, match=told):
        checked([fault])
    done = CliRunner().invoke(app, ["bakery", "--out", str(tmp_path), "--fault", fault])
    assert done.exit_code == 2
    assert told in done.stderr


@pytest.mark.parametrize("name", [name for name, fault in ALL.items() if not fault.takes_share])
def test_a_fault_that_has_no_share_refuses_one(name: str) -> None:
    """Else it would be planted whole, and the share that was asked for be lost without a word."""
    assert checked([name]) == {name: 1.0}
    with pytest.raises(BadArgument, match=f"{name}=0.5: {name} takes no share"):
        checked([f"{name}=0.5"])


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if fault.takes_share])
def test_a_fault_of_the_shop_that_takes_a_share_strikes_more_with_a_bigger_one(clean: Shop, world: World, name: str) -> None:
    small, big = (len(plant(world, clean.tables, {name: share})[1]) for share in (0.1, 0.9))
    assert small < big


def test_the_readme_names_every_fault_with_its_share() -> None:
    text = README.read_text(encoding="utf-8")
    for name, fault in ALL.items():
        assert f"| `{name}` | {fault.about} | {f'{fault.share:g}' if fault.takes_share else 'whole'} | {fault.of} |" in text


def test_a_test_order_is_paid_and_nothing_of_it_is_paid_back(clean: Shop, world: World) -> None:
    tables = {name: frame_of(table) for name, table in plant(world, clean.tables, {"test_orders": 1.0})[0].items()}
    tests = tables["orders"][tables["orders"]["email_at_order"] == "test@example.com"]
    assert len(tests) > 10
    assert (clean.tables["orders"].to_pandas()["refunded_total"] > 0).any(), "there is something that was paid back"
    for name in ("status", "source_status"):
        assert set(tests[name]) == {"completed"}
    assert set(tests["financial_status"]) == {"paid"}
    assert (tests["refunded_total"] == 0).all()
    assert (tests["net_base"] == tests["total_base"]).all()
    assert (tables["order_items"].loc[tables["order_items"]["order_id"].isin(tests["order_id"]), "refunded_quantity"] == 0).all()
