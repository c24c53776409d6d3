"""What comes back: pieces by category, with a reason and after some days, and the money that goes with them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from segkit_generators.recipe import load_recipe

from tests.generators.shops import SURE, data_of, near, shop_of

LAST = pd.Timestamp("2026-10-01")  # what was ordered before it has come back by the end, if ever


def settled_pieces(name: str) -> pd.DataFrame:
    """The goods of orders that were paid and not cancelled or paid back as a whole."""
    t = data_of(name)
    of_order = t.refunds[t.refunds["linkage"] == "order"]["order_id"]
    orders = t.orders[
        (t.orders["ordered_on"] < LAST) & (t.orders["status"] != "cancelled") & ~t.orders["is_test"] & (t.orders["total"] > 0)
    ]
    orders = orders[~orders["order_id"].isin(of_order)]
    pieces = t.order_items[(t.order_items["line_type"] == "product") & (t.order_items["line_total"] > 0)]
    return pieces.merge(orders[["order_id", "profile_id", "ordered_at"]], on="order_id")


@pytest.mark.parametrize("name", ["fashion", "sneakers"])
def test_of_each_category_the_planted_share_comes_back(name: str) -> None:
    """People differ, so the error is that between customers."""
    pieces, shares = settled_pieces(name), load_recipe(name)["returns"]["share"]
    back = (
        (pieces["refunded_quantity"] > 0)
        .groupby([pieces["category"], pieces["profile_id"].fillna(pieces["order_id"])])
        .agg(["sum", "size"])
    )
    for category, share in shares.items():
        of_each = back.loc[category]
        error = math.sqrt(((of_each["sum"] - share * of_each["size"]) ** 2).sum()) / of_each["size"].sum()
        assert abs(of_each["sum"].sum() / of_each["size"].sum() - share) < SURE * error
    others = pieces[~pieces["category"].isin(shares)]
    assert (others["refunded_quantity"] == 0).all()


def test_reasons_are_given_as_often_as_planted_and_only_for_pieces() -> None:
    refunds, reasons = data_of("fashion").refunds, load_recipe("fashion")["returns"]["reasons"]
    pieces = refunds[refunds["linkage"] == "line"]
    found = pieces["reason"].value_counts(normalize=True)
    assert all(near(found[reason], weight / sum(reasons.values()), len(pieces)) for reason, weight in reasons.items())
    assert refunds.loc[refunds["linkage"] != "line", ["reason", "order_item_id"]].isna().all(axis=None)


def test_they_come_back_after_so_many_days() -> None:
    refunds, (low, high) = data_of("fashion").refunds.query("linkage == 'line'"), load_recipe("fashion")["returns"]["after_days"]
    ordered = refunds["order_id"].map(data_of("fashion").orders.set_index("order_id")["ordered_at"])
    lag = (refunds["refunded_at"] - ordered).dt.total_seconds() / 86_400
    assert lag.between(low, high).all()
    per_order = lag[ordered < LAST].groupby(refunds["order_id"]).first()
    assert abs(per_order.mean() - (low + high) / 2) < SURE * per_order.std() / math.sqrt(len(per_order))


def test_the_money_back_is_that_of_the_pieces_and_whoever_sends_all_back_bought_nothing() -> None:
    t = data_of("fashion")
    pieces = t.refunds[t.refunds["linkage"] == "line"]
    line = t.order_items.set_index("order_item_id").loc[pieces["order_item_id"]]
    np.testing.assert_allclose(line["line_total"].to_numpy(), pieces["amount"])
    assert (line["order_id"].to_numpy() == pieces["order_id"].to_numpy()).all()
    orders = t.orders.set_index("order_id")
    linked = t.refunds[t.refunds["linkage"] != "unlinked"].groupby("order_id")["amount"].sum()
    np.testing.assert_allclose(linked.reindex(orders.index).fillna(0), orders["refunded_total"])
    goods = t.order_items[t.order_items["line_type"] == "product"].groupby("order_id")[["quantity", "refunded_quantity"]].sum()
    sent_back = goods.index[(goods["quantity"] == goods["refunded_quantity"])]
    assert (orders.loc[sent_back, "status"] == "refunded").all()
    assert not orders.loc[sent_back, "counts_as_purchase"].any()


def test_some_send_back_more_than_others() -> None:
    pieces = settled_pieces("fashion")
    factor = pieces["profile_id"].map(shop_of("fashion").truth["customers"].set_index("profile_id")["return_factor"])
    high = factor > factor.median()
    back = (pieces["refunded_quantity"] > 0) & factor.notna()
    assert back[high].mean() > 1.4 * back[~high & factor.notna()].mean()
