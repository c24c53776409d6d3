"""Every shop can be made and read; what is planted in each is recovered from its data alone, within its sampling error."""

from __future__ import annotations

import math
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from segkit_generators import make_shop
from segkit_generators.errors import BadProfile
from segkit_generators.exports import EXPORTS
from segkit_generators.recipe import _read, checked_recipe, load_recipe, profile_names

import segkit
from tests.generators.conftest import frame_of
from tests.generators.shops import CUSTOMERS, SURE, data_of, near, shop_of


@pytest.mark.parametrize("name", profile_names())
def test_every_shop_hangs_together(name: str) -> None:
    t, shop = data_of(name), shop_of(name)
    assert len(t.profiles) == len(shop.truth["customers"]) == CUSTOMERS
    assert set(t.orders["profile_id"].dropna()) <= set(t.profiles["profile_id"])
    assert set(t.order_items["order_id"]) == set(t.orders["order_id"])
    np.testing.assert_allclose(t.order_items.groupby("order_id")["line_total"].sum().reindex(t.orders["order_id"]), t.orders["total"])
    assert t.profiles["email"].is_unique
    repeats = t.purchases.groupby("profile_id").size()
    assert 0.25 < (repeats > 1).mean() < 0.75
    assert t.purchases["ordered_on"].max() <= pd.Timestamp("2026-10-31")


@pytest.mark.parametrize("name", profile_names())
def test_the_same_arguments_give_the_same_shop_and_a_bigger_one_begins_with_the_same_people(name: str) -> None:
    small, again = make_shop(name, 60, seed=11), make_shop(name, 60, seed=11)
    assert all(small.tables[table].equals(again.tables[table]) for table in small.tables)
    fixed = ["lifecycle", "purchase_rate_per_day", "open_propensity", "is_apple_reader", "source"]
    pd.testing.assert_frame_equal(small.truth["customers"][fixed], shop_of(name).truth["customers"][fixed].head(60))


@pytest.mark.parametrize("name", profile_names())
def test_segkit_makes_features_of_every_shop(name: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    make_shop(name, 300, seed=11).write(tmp_path)
    view = segkit.open(tmp_path).at("2026-10-31")
    assert len(view.features()) == 300
    assert view.features()["order_count"].sum() > 0


@pytest.mark.parametrize("name", ["fashion", "giftware"])
def test_every_shop_can_be_delivered_by_every_system(name: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    shop = make_shop(name, 80, seed=11)
    for system in EXPORTS:
        EXPORTS[system](shop).write(tmp_path / system)
        assert any((tmp_path / system).iterdir())


def test_carts_are_in_the_money_of_who_fills_them() -> None:
    t = data_of("international")
    country = t.profiles.set_index("profile_id")["country_code"]
    british = t.carts["profile_id"].map(country) == "GB"
    assert set(t.carts.loc[british, "currency"]) == {"GBP"}
    assert set(t.carts.loc[british, "state"]) >= {"converted", "abandoned"}
    assert set(t.carts.loc[~british, "currency"]) == {"EUR"}


def test_what_visitors_look_at_is_in_the_money_that_they_pay_in() -> None:
    t = data_of("international")
    british = t.site_events["profile_id"].map(t.profiles.set_index("profile_id")["country_code"]) == "GB"
    shown = t.site_events["value"].notna()
    assert set(t.site_events.loc[british & shown, "currency"]) == {"GBP"}
    assert set(t.site_events.loc[~british & shown, "currency"]) == {"EUR"}
    assert t.site_events.loc[~shown, "currency"].isna().all()


def test_sneakers_drop_in_the_last_three_days_of_the_month() -> None:
    days = data_of("sneakers").purchases["ordered_on"]
    last = (days + pd.Timedelta(days=3)).dt.month != days.dt.month
    all_days = pd.date_range("2024-07-01", "2026-10-31")
    share_of_days = ((all_days + pd.Timedelta(days=3)).month != all_days.month).mean()
    expected = 3 * share_of_days / (1 + 2 * share_of_days)
    assert abs(last.mean() - expected) < 0.05
    assert last.mean() > 2 * share_of_days  # without a drop it would be the share of days


def test_a_coffee_drinker_comes_back_at_regular_gaps_and_a_sneaker_buyer_does_not() -> None:
    def spread(name: str) -> float:
        """Median over customers of the coefficient of variation of their gaps."""
        gaps = data_of(name).purchases.groupby("profile_id")["ordered_on"].diff().dt.days
        of_each = gaps.groupby(data_of(name).purchases["profile_id"]).agg(["mean", "std", "count"])
        many = of_each[of_each["count"] >= 6]
        return float((many["std"] / many["mean"]).median())

    assert abs(spread("coffee") - 1 / math.sqrt(load_recipe("coffee")["gap_shape"])) < 0.08
    assert spread("sneakers") > 0.75


@pytest.mark.parametrize(("name", "alike"), [("coffee", "filter_vol"), ("fashion", "pantalon")])
def test_products_that_go_together_are_bought_together_as_often_as_planted(name: str, alike: str) -> None:
    """Chance is what orders with a product like the first, and not the first, have of the second."""
    pair, t = load_recipe(name)["pairs"][0], data_of(name)
    has = t.order_items.pivot_table(index="order_id", columns="sku", values="quantity", aggfunc="count").notna()
    together = has.loc[has[pair["first"]], pair["second"]]
    chance = has.loc[has[alike] & ~has[pair["first"]], pair["second"]]
    expected = 1 - (1 - chance.mean()) * (1 - pair["share"])
    spread = math.sqrt(together.var() / len(together) + chance.var() / len(chance))
    assert abs(together.mean() - expected) < SURE * spread
    assert together.mean() - chance.mean() > SURE * spread, "without the pair the two would be alike"


def test_giftware_is_bought_by_businesses_in_office_hours_and_never_on_saturday() -> None:
    t = data_of("giftware")
    assert near(t.profiles["is_business"].mean(), load_recipe("giftware")["business_share"], CUSTOMERS)
    value = t.purchases.merge(t.profiles[["profile_id", "is_business"]], on="profile_id").groupby("is_business")["total_base"].mean()
    assert value[True] > 3 * value[False]
    by_day = t.purchases["ordered_on"].dt.day_of_week.value_counts(normalize=True)
    made_by_customers = t.orders[~t.orders["kind"].isin(["guest", "test"])]
    assert set(made_by_customers["kind"]) == {"first", "repeat", "trial"}
    assert (t.orders["ordered_on"].dt.day_of_week != 5).all()
    weight = shop_of("giftware").truth["days"].set_index("day_on")["weight"]
    assert (t.orders["ordered_on"].map(weight) > 0).all()
    weights = np.array(load_recipe("giftware")["weekday"])
    assert abs(by_day[3] - weights[3] / weights.sum()) < 0.03


def test_pianos_are_bought_so_seldom_that_four_months_say_nothing() -> None:
    t = data_of("pianos").purchases
    gaps = t.groupby("profile_id")["ordered_on"].diff().dt.days.dropna()
    assert gaps.median() > 120  # the default threshold of "recent"
    assert t["total_base"].mean() > 5 * t["total_base"].median()


def test_orders_from_britain_are_in_pounds_at_the_rate_and_all_others_in_euros() -> None:
    t = data_of("international")
    pounds = t.orders["currency"] == "GBP"
    assert set(t.orders.loc[pounds, "billing_country"]) == {"GB"}
    assert set(t.orders.loc[~pounds, "currency"]) == {"EUR"}
    np.testing.assert_allclose(t.orders["total_base"], t.orders["total"] * np.where(pounds, 1.17, 1.0), atol=0.0051)
    shares = t.profiles["country_code"].value_counts(normalize=True)
    assert all(near(shares[code], share, CUSTOMERS) for code, share in {"NL": 0.30, "BE": 0.22, "DE": 0.26, "FR": 0.14, "GB": 0.08}.items())


def measured(t: SimpleNamespace, truth: dict[str, Any]) -> tuple[float, float, float]:
    """What the data of a trial alone say: how much more of the mailed ordered in its window, the standard error, the held out who did."""
    assigned = t.experiment_assignments
    at, window = assigned["assigned_at"].iloc[0], pd.Timedelta(days=truth["within_days"] + 1)
    within = t.orders[(t.orders["ordered_at"] > at) & (t.orders["ordered_at"] <= at + window)]
    ordered = assigned["profile_id"].isin(within["profile_id"])
    control, treated = ordered[assigned["is_control"]], ordered[~assigned["is_control"]]
    spread = math.sqrt(treated.var() / len(treated) + control.var() / len(control))
    return treated.mean() - control.mean(), spread, control.mean()


@pytest.mark.parametrize("name", profile_names())
def test_a_holdout_is_drawn_by_chance_and_never_mailed_and_the_uplift_does_not_speak_against_the_planted_one(name: str) -> None:
    t, (truth,) = data_of(name), shop_of(name).truth["trials"].to_dict("records")
    assigned = t.experiment_assignments
    assert near(assigned["is_control"].mean(), truth["holdout"], len(assigned))
    assert (assigned["probability"] == np.where(assigned["is_control"], truth["holdout"], 1 - truth["holdout"])).all()
    mailed = set(t.email_events.loc[t.email_events["message_id"] == truth["experiment_id"], "profile_id"])
    assert mailed == set(assigned.loc[~assigned["is_control"], "profile_id"])
    effect, spread, _ = measured(t, truth)
    assert abs(effect - truth["uplift"]) < SURE * spread
    before = t.purchases[t.purchases["ordered_at"] < assigned["assigned_at"].iloc[0]].groupby("profile_id").size()
    history, held = assigned["profile_id"].map(before).fillna(0), assigned["is_control"]
    gap = history[held].mean() - history[~held].mean()
    assert abs(gap) < SURE * math.sqrt(history.var() * (1 / held.sum() + 1 / (~held).sum()))


def test_an_uplift_that_is_big_enough_to_see_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shops' own uplifts are so small that the test above can pass without them; this one cannot."""
    recipe, planted = load_recipe("coffee"), 0.3
    recipe["trials"][0]["uplift"] = planted
    monkeypatch.setattr("segkit_generators.shop.load_recipe", lambda profile: recipe)
    shop = make_shop("coffee", 1000, seed=11)
    t, (truth,) = SimpleNamespace(**{name: frame_of(table) for name, table in shop.tables.items()}), shop.truth["trials"].to_dict("records")
    effect, spread, base = measured(t, truth)
    assert truth["uplift"] == planted
    assert effect > SURE * spread
    assert abs(effect - planted * (1 - base)) < SURE * spread  # some of those it moved would have ordered anyway


def test_what_a_trial_causes_is_there_only_with_the_trial() -> None:
    orders = shop_of("coffee").truth["orders"]
    caused = (orders["kind"] == "trial").sum()
    assigned = data_of("coffee").experiment_assignments
    treated = (~assigned["is_control"]).sum()
    assert near(caused / treated, shop_of("coffee").truth["trials"]["uplift"].iloc[0], treated)


@pytest.mark.parametrize("name", ["bakery", "fashion"])
def test_a_shop_with_a_trial_is_the_shop_without_it_and_what_the_trial_causes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with_trial = make_shop(name, 300, seed=11)
    quiet = load_recipe(name)
    del quiet["trials"]
    monkeypatch.setattr("segkit_generators.shop.load_recipe", lambda profile: quiet)
    without = make_shop(name, 300, seed=11)
    for table in ("profiles", "consents", "orders", "order_items", "refunds", "carts", "messages", "site_events", "feedback"):
        before, now = without.tables[table], with_trial.tables[table]
        assert now.slice(0, len(before)).equals(before), table
    more = with_trial.truth["orders"].iloc[len(without.truth["orders"]) :]
    assert len(more) > 0
    assert (more["kind"] == "trial").all()


def test_the_trial_of_the_pianos_is_too_small_to_prove_anything() -> None:
    """Two standard errors are more than the planted uplift."""
    assigned, uplift = data_of("pianos").experiment_assignments, shop_of("pianos").truth["trials"]["uplift"].iloc[0]
    arms = assigned["is_control"].value_counts()
    assert len(assigned) < 150
    least = math.sqrt(uplift * (1 - uplift) / arms[False])  # even if nobody ordered of himself
    assert uplift < 2 * least


def test_the_trial_of_giftware_is_about_consumers() -> None:
    t = data_of("giftware")
    assert not t.profiles.set_index("profile_id").loc[t.experiment_assignments["profile_id"], "is_business"].any()


def test_whoever_orders_is_alive_and_whoever_is_alive_at_the_end_was_so_before() -> None:
    shop, t = shop_of("sneakers"), data_of("sneakers")
    alive = shop.truth["alive"].set_index("profile_id")
    own = t.orders[t.orders["kind"].isin(["first", "repeat"])]
    last = own.groupby("profile_id")["ordered_on"].max()
    month = f"alive_{pd.Timestamp('2026-09-30'):%Y_%m}"
    ordered_since = last[last >= pd.Timestamp("2026-10-01")].index
    first = own.groupby("profile_id")["ordered_on"].min()
    here_before = [profile for profile in ordered_since if first[profile] <= pd.Timestamp("2026-09-30")]
    assert alive.loc[here_before, month].all()
    ends = alive.to_numpy(dtype=int)
    assert (np.abs(np.diff(ends, axis=1)).sum(axis=1) <= 2).all(), "nobody comes back from the dead"
    customers = shop.truth["customers"].set_index("profile_id").loc[alive.index]
    assert (alive["alive_2026_10"] == customers["is_alive_at_until"]).all()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda own: own.pop("products"), "lacks products"),
        (lambda own: own.update(moon=1), "unknown key 'moon'"),
        (lambda own: own["vat"].pop("bonen"), "vat and category_base differ in bonen"),
        (lambda own: own["newsletter"]["topics"].append("thee"), "thee is a topic of mail and no category"),
        (lambda own: own["countries"][0].update(share=0.5), "shares of countries add up to 0.6"),
        (lambda own: own["pairs"][0].update(first="thee"), "thee is in pairs and no product"),
        (lambda own: own.clear(), "lacks client"),
        (lambda own: own.update(orders={"test_orders": 1}), "lacks orders.cancelled_share"),
        (lambda own: own["products"]["molen"].update(prize=3), "unknown key 'products.molen.prize'"),
        (lambda own: own["products"]["molen"].update(price="9,95"), "products.molen.price is '9,95'"),
        (lambda own: own["client"].update(time_zone="Europe/Mokum"), "client.time_zone is 'Europe/Mokum'"),
        (lambda own: own["countries"][0].update(pool="es_ES"), "countries.0.pool is 'es_ES'"),
        (lambda own: own.update(weekday=[1.0] * 6), "weekday is"),
        (lambda own: own["trials"][0].update(holdout=1.5), "trials.0.holdout is 1.5"),
        (lambda own: own.update(feasts={"full_moon": {"days": 3, "factor": 2.0}}), "full_moon is no feast that the calendar knows"),
        (lambda own: own["flows"].pop("winback"), "winback needs a flow of that name"),
        (lambda own: own["flows"].pop("survey"), "survey is a flow that every shop has"),
        (lambda own: own.update(category_sex={"thee": "male"}), "thee is in category_sex and no category"),
        (lambda own: own["segments"]["trouw"].update(fault="ugly"), "segments.trouw.fault is 'ugly'"),
    ],
)
def test_a_malformed_profile_names_the_file_the_key_and_what_is_allowed(change, told: str) -> None:  # type: ignore[no-untyped-def]
    own = _read("coffee")
    change(own)
    with pytest.raises(BadProfile, match=told) as raised:
        checked_recipe("coffee", own, _read("_common"))
    assert "coffee.yaml" in str(raised.value)


def test_what_is_allowed_stands_beside_what_is_wrong() -> None:
    own = _read("coffee")
    own["client"]["moon"] = 1
    with pytest.raises(BadProfile) as raised:
        checked_recipe("coffee", own, _read("_common"))
    assert "currency, language, name, time_zone" in str(raised.value)


def test_a_profile_that_is_no_mapping_says_so() -> None:
    with pytest.raises(BadProfile, match="holds no keys"):
        checked_recipe("coffee", ["a"], _read("_common"))


@pytest.mark.parametrize("name", profile_names())
def test_every_table_and_column_of_the_answer_key_is_described(name: str, checkout: Path) -> None:
    page = (checkout / "data" / "generators" / "README.md").read_text(encoding="utf-8")
    for table, frame in shop_of(name).truth.items():
        assert f"`{table}`" in page
        for column in frame.columns:
            found = re.sub(r"^alive_\d{4}_\d{2}$", "alive_YYYY_MM", str(column))
            found = re.sub(
                r"^(brand_affinity|affinity)_.*", lambda match: f"{match[1]}_{'BRAND' if match[1].startswith('b') else 'CATEGORY'}", found
            )
            assert f"`{found}`" in page or (table == "hindsight" and found.startswith("expected_")), (table, column)
