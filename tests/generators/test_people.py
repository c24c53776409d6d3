"""What people like and whom they know: sex, brands, friends, gifts and languages are found again in the data alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from segkit_generators.recipe import load_recipe

from tests.generators.shops import CUSTOMERS, data_of, near, shop_of


def first_lines(name: str) -> pd.DataFrame:
    """The first line of the first order of each customer: what he came for, drawn once each."""
    t = data_of(name)
    first = t.orders[t.orders["kind"] == "first"]
    lines = t.order_items[t.order_items["line_no"] == 1].merge(first[["order_id", "profile_id"]], on="order_id")
    return lines.merge(t.profiles[["profile_id", "gender"]], on="profile_id").merge(shop_of(name).truth["customers"], on="profile_id")


@pytest.mark.parametrize(("gender", "own", "other"), [("female", "dames", "heren"), ("male", "heren", "dames")])
def test_people_buy_what_is_made_for_their_sex(gender: str, own: str, other: str) -> None:
    lines = first_lines("sneakers").query("gender == @gender")
    for category in (own, other):
        assert near((lines["category"] == category).mean(), lines[f"affinity_{category}"].mean(), len(lines))
    assert (lines["category"] == own).sum() > 2 * (lines["category"] == other).sum()


def test_people_keep_to_their_brands() -> None:
    t, truth = data_of("sneakers"), shop_of("sneakers").truth["customers"].set_index("profile_id")
    goods = t.order_items[t.order_items["category"].isin(["heren", "dames", "kinderen"])].merge(
        t.orders[["order_id", "profile_id"]].dropna(), on="order_id"
    )
    bought = pd.crosstab(goods["profile_id"], goods["brand"], normalize="index")[goods.groupby("profile_id").size() >= 4]
    for brand in ("Vento", "Kade"):
        assert np.corrcoef(bought[brand], truth.loc[bought.index, f"brand_affinity_{brand}"])[0, 1] > 0.5


@pytest.mark.parametrize("name", ["fashion", "coffee"])
def test_some_were_brought_by_a_customer_who_had_bought_before(name: str) -> None:
    t, rules = data_of(name), load_recipe(name)["referrals"]
    known = t.profile_properties
    assert set(known["name"]) == {"referred_by"}
    assert (known["value_text"] < known["profile_id"]).all()
    first = t.orders[t.orders["kind"] == "first"].set_index("profile_id")
    joined = t.profiles.set_index("profile_id")["created_at"]
    assert (first["ordered_at"].reindex(known["value_text"]).to_numpy() < joined.reindex(known["profile_id"]).to_numpy()).all()
    uses = first["discount_codes"].map(lambda codes: rules["code"] in list(codes))
    assert set(uses.index[uses]) >= set(known["profile_id"]) - set(first.index[first["total"] == 0])
    assert uses.sum() <= len(known)
    assert not t.orders.loc[t.orders["kind"] != "first", "discount_codes"].map(lambda codes: rules["code"] in list(codes)).any()
    late = first.iloc[len(first) // 2 :]  # for the first customers there is often nobody who could have brought them
    found = late.index.isin(known["profile_id"]).mean()
    assert 0.6 * rules["share"] < found < 1.3 * rules["share"]
    key = shop_of(name).truth["customers"].set_index("profile_id")["referred_by"].dropna()
    assert key.to_dict() == known.set_index("profile_id")["value_text"].to_dict()


def test_gifts_go_to_another_address_and_most_of_all_in_december() -> None:
    t, rules = data_of("international"), load_recipe("international")["gifts"]
    own = t.orders[t.orders["kind"].isin(["first", "repeat"])].merge(t.profiles[["profile_id", "zip"]], on="profile_id")
    away = own["shipping_zip"] != own["zip"]
    december = own["ordered_on"].dt.month == 12
    assert near(away[december].mean(), rules["december_share"], december.sum())
    assert near(away[~december].mean(), rules["share"], (~december).sum())
    gift = shop_of("international").truth["orders"].set_index("order_id")["is_gift"]
    assert gift.reindex(own.loc[away, "order_id"]).all()


def test_newsletters_come_in_the_language_of_the_reader() -> None:
    t = data_of("international")
    letters = t.email_events[t.email_events["message_id"].str.startswith("newsletter") & (t.email_events["event_type"] == "sent")]
    spoken = letters["profile_id"].map(t.profiles.set_index("profile_id")["locale"]).str[:2]
    assert (letters["message_id"].str[-2:] == spoken).all()
    assert set(spoken) == {"nl", "fr", "de", "en"}
    audiences = t.messages.set_index("message_id").loc[letters["message_id"].unique(), "audience_names"].map(lambda names: names[0])
    assert audiences.nunique() == 4


def test_shops_without_these_habits_have_none_of_them() -> None:
    t = data_of("giftware")
    assert not hasattr(t, "profile_properties")
    assert not shop_of("giftware").truth["orders"]["is_gift"].any()
    assert len(t.profiles) == CUSTOMERS
