"""The mails a shop sends on its own go to whom they are meant for, when they are meant to, and cause what was planted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from segkit_generators import make_shop
from segkit_generators.recipe import load_recipe, profile_names

import segkit
from tests.generators.conftest import frame_of
from tests.generators.shops import data_of, near, shop_of

DAY = pd.Timedelta(days=1)
HOUR = pd.Timedelta(hours=1)
WITH = {key: [name for name in profile_names() if key in load_recipe(name)] for key in ("birthday", "winback", "sunset", "static_lists")}


def sent(name: str, message: str) -> pd.DataFrame:
    events = data_of(name).email_events
    return events[(events["message_id"] == message) & (events["event_type"] == "sent")]


def seen_readers(name: str, message: str, settled: str = "2026-10-20") -> pd.DataFrame:
    """Who opened a mail where opening is seen (not in Apple Mail), the last days aside: one row each with the moment."""
    events, truth = data_of(name).email_events, shop_of(name).truth["customers"].set_index("profile_id")
    opened = events[(events["message_id"] == message) & (events["event_type"] == "opened") & events["is_machine_open"].eq(False)]
    opened = opened[~opened["profile_id"].map(truth["is_apple_reader"]) & (opened["occurred_at"] < pd.Timestamp(settled))]
    return opened.sort_values("occurred_at").drop_duplicates(["profile_id", "message_id", "occurred_on"])


def test_who_ordered_since_he_left_his_cart_gets_no_mail_about_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mail that waits a day comes too late for many; one that waits some hours, as in the shops, for hardly any."""
    recipe, wait = load_recipe("coffee"), 24
    recipe["carts"]["mail_after_hours"] = wait
    monkeypatch.setattr("segkit_generators.shop.load_recipe", lambda profile: recipe)
    tables = {name: frame_of(table) for name, table in make_shop("coffee", 400, seed=11).tables.items()}
    mails, orders = tables["email_events"], tables["orders"]
    posted = mails[(mails["event_type"] == "sent") & (mails["message_id"] == "cart")]
    left = (
        tables["carts"]
        .dropna(subset=["abandoned_at", "profile_id"])
        .assign(occurred_at=lambda c: c["abandoned_at"] + pd.Timedelta(hours=wait))
    )
    mailed = left.merge(posted[["profile_id", "occurred_at"]], on=["profile_id", "occurred_at"]).merge(
        orders[["profile_id", "ordered_at"]], on="profile_id"
    )
    assert len(mailed)
    assert not mailed["ordered_at"].between(mailed["abandoned_at"], mailed["occurred_at"]).any()


@pytest.mark.parametrize("name", profile_names())
def test_who_left_a_cart_is_reminded_after_two_days_and_two_days_later_unless_he_ordered(name: str) -> None:
    flows, t = load_recipe(name)["flows"], data_of(name)
    left = t.carts.dropna(subset=["abandoned_at", "profile_id"])
    ordered = t.orders.dropna(subset=["profile_id"]).sort_values("ordered_at")
    following = pd.merge_asof(
        left.sort_values("abandoned_at"), ordered[["profile_id", "ordered_at"]], by="profile_id", left_on="abandoned_at", right_on="ordered_at",
        direction="forward",
    )  # fmt: skip
    for message in {"cart_reminder", "cart_last_chance"} & set(flows):
        wait = flows[message]["after_hours"] * HOUR
        silent = following[~(following["ordered_at"] <= following["abandoned_at"] + wait)]
        due = pd.MultiIndex.from_arrays([silent["profile_id"], silent["abandoned_at"] + wait])
        got = pd.MultiIndex.from_frame(sent(name, message)[["profile_id", "occurred_at"]])
        assert len(got) > 20
        assert got.isin(due).all()
    assert ("cart_reminder" in flows) == (name != "bakery")


@pytest.mark.parametrize("name", WITH["birthday"])
def test_a_birthday_mail_comes_on_the_birthday(name: str) -> None:
    t, rules, mails = data_of(name), load_recipe(name)["birthday"], sent(name, "birthday")
    profile = t.profiles.set_index("profile_id").loc[mails["profile_id"]]
    local = mails["occurred_on"]
    assert (local.dt.month.to_numpy() == profile["birth_month"].to_numpy()).all()
    leap = (profile["birth_month"].to_numpy() == 2) & (profile["birth_day"].to_numpy() == 29)
    assert (local.dt.day.to_numpy() == profile["birth_day"].to_numpy())[~leap].all()
    assert len(mails) > 300
    assert set(orders_with(name, rules["code"])["kind"]) == {"birthday"}


@pytest.mark.parametrize("name", WITH["birthday"])
def test_a_birthday_mail_moves_the_planted_share_of_its_readers(name: str) -> None:
    rules, readers = load_recipe(name)["birthday"], seen_readers(name, "birthday")
    orders = orders_with(name, rules["code"])
    here, there = (
        pd.MultiIndex.from_arrays([rows["profile_id"], rows[day].dt.year])
        for rows, day in ((readers, "occurred_on"), (orders, "ordered_on"))
    )
    moved = here.drop_duplicates().isin(there)
    assert near(moved.mean(), rules["order_share"], len(moved))


@pytest.mark.parametrize("name", WITH["winback"])
def test_a_win_back_follows_so_many_days_after_an_order_that_none_followed(name: str) -> None:
    t, rules, mails = data_of(name), load_recipe(name)["winback"], sent(name, "winback")
    own = t.orders[t.orders["profile_id"].notna() & ~t.orders["kind"].isin(["test", "winback"])].sort_values("ordered_at")
    last = pd.merge_asof(
        mails.sort_values("occurred_at"), own[["profile_id", "ordered_at", "ordered_on"]], by="profile_id", left_on="occurred_at",
        right_on="ordered_at",
    )  # fmt: skip
    assert ((last["occurred_on"] - last["ordered_on"]) == rules["after_days"] * DAY).all()
    assert len(mails) > 100
    readers = seen_readers(name, "winback")
    orders = orders_with(name, rules["code"])
    soon = pd.merge_asof(
        readers, orders[["profile_id", "ordered_at"]].sort_values("ordered_at"), by="profile_id", left_on="occurred_at", right_on="ordered_at",
        direction="forward",
    )  # fmt: skip
    assert near(soon["ordered_at"].notna().mean(), rules["order_share"], len(readers))
    assert set(orders["kind"]) == {"winback"}


def orders_with(name: str, code: str) -> pd.DataFrame:
    orders = data_of(name).orders
    return orders[orders["discount_codes"].map(lambda codes: code in list(codes))]


@pytest.mark.parametrize("name", WITH["sunset"])
def test_who_has_not_been_heard_of_is_asked_once_and_then_left_alone(name: str) -> None:
    t, rules, mails = data_of(name), load_recipe(name)["sunset"], sent(name, "sunset").set_index("profile_id")
    letters = t.email_events[t.email_events["message_id"].str.startswith("newsletter")]
    heard = letters[letters["event_type"].isin(["opened", "clicked"])]
    before = heard[heard["occurred_at"] < heard["profile_id"].map(mails["occurred_at"])].groupby("profile_id")["occurred_at"].max()
    silence = (mails["occurred_at"] - before).dropna()
    assert (silence > rules["after_days"] * DAY).all()
    assert mails.index.is_unique
    gone = t.consents[(t.consents["status"] == "unsubscribed") & (t.consents["method"] == "sunset")].set_index("profile_id")["occurred_at"]
    assert len(gone) > 50
    assert (gone - mails["occurred_at"].reindex(gone.index) == rules["answer_days"] * DAY).all()
    later = letters[(letters["event_type"] == "sent") & (letters["occurred_at"] >= letters["profile_id"].map(gone))]
    assert later.empty
    clicked = t.email_events[(t.email_events["message_id"] == "sunset") & (t.email_events["event_type"] == "clicked")]
    assert not set(clicked.loc[clicked["is_bot_click"].eq(False), "profile_id"]) & set(gone.index)


@pytest.mark.parametrize("name", WITH["static_lists"])
def test_a_static_list_held_who_fitted_when_it_was_made_and_has_aged_since(name: str) -> None:
    t, lists = data_of(name), shop_of(name).truth["static_lists"].set_index("list_id")
    for rule in load_recipe(name)["static_lists"]:
        made = lists.loc[rule["key"], "made_at"]
        members = set(t.list_memberships.loc[t.list_memberships["list_id"] == rule["key"], "profile_id"])
        assert members == fitting(t, rule, made)
        today = fitting(t, rule, pd.Timestamp("2026-10-31 22:00"))
        assert len(members) > 20
        assert len(members & today) < 0.8 * len(members)
        assert len(today - members) > 0.2 * len(today)
        assert made.date() == pd.Timestamp("2026-10-31").date() - rule["days_before_until"] * DAY.to_pytimedelta()


def fitting(t, rule, moment: pd.Timestamp) -> set[str]:  # type: ignore[no-untyped-def]
    """Who may be mailed at a moment and had bought often enough in the days before it."""
    bought = t.purchases[(t.purchases["ordered_at"] < moment) & (t.purchases["ordered_at"] >= moment - rule["bought_within_days"] * DAY)]
    if "category" in rule:
        bought = bought[bought["order_id"].isin(t.order_items.loc[t.order_items["category"] == rule["category"], "order_id"])]
    times = bought.groupby("profile_id").size()
    last = t.consents[t.consents["occurred_at"] <= moment].sort_values("occurred_at").drop_duplicates("profile_id", keep="last")
    return set(times.index[times >= rule["at_least"]]) & set(last.loc[last["status"] == "subscribed", "profile_id"])


@pytest.mark.parametrize("faults", [(), ("opens_without_flag",)])
def test_the_answer_key_knows_what_machines_made_even_where_the_tables_do_not_say(faults: tuple[str, ...]) -> None:
    shop = make_shop("sneakers", 200, seed=11, faults=faults)
    events = shop.tables["email_events"].to_pandas().set_index("event_id")
    made = shop.truth["machine_events"].set_index("event_id")["event_type"]
    flagged = events.index[events["is_machine_open"].eq(True) | events["is_bot_click"].eq(True)]
    assert set(flagged) <= set(made.index)
    assert (len(flagged) < len(made)) == bool(faults)
    assert (events.loc[made.index, "event_type"] == made).all()


@pytest.mark.parametrize("name", [name for name in profile_names() if name != "bakery"])
def test_proxies_open_the_planted_share_of_what_their_readers_get(name: str) -> None:
    t, truth = data_of(name), shop_of(name).truth["customers"].set_index("profile_id")
    opens = t.email_events[(t.email_events["event_type"] == "opened") & t.email_events["is_machine_open"].eq(True)]
    received = t.email_events[t.email_events["event_type"] == "received"]
    by_apple = received["profile_id"].map(truth["is_apple_reader"]).sum()
    assert near(len(opens) / by_apple, load_recipe(name)["reaction"]["machine_open_share"], by_apple)
    readers = received.groupby("profile_id").size().pipe(lambda found: found.index[found >= 5])
    shown = pd.Index(opens["profile_id"].unique())
    rules, share = load_recipe(name)["reaction"], load_recipe(name)["email_domains"]["icloud.example"]
    assert near(np.isin(readers, shown).mean(), rules["apple_share"] + (1 - rules["apple_share"]) * share, len(readers))


@pytest.mark.parametrize("system", ["klaviyo", "activecampaign"])
def test_who_was_let_go_may_not_be_mailed_in_a_delivery_either(system: str, tmp_path: Path) -> None:
    shop = make_shop("fashion", 120, seed=11)
    shop.write(tmp_path, ("canonical", system))
    here, there = (segkit.open(tmp_path / name).at("2026-10-31").features()["is_mailable"].sum() for name in ("", system))
    assert (shop.tables["consents"].to_pandas()["method"] == "sunset").sum() > 3
    assert here == there
