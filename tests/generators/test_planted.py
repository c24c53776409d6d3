"""What is planted in the bakery is found again in its tables, within sampling error."""

import numpy as np
import pandas as pd
import pytest
from segkit_generators.recipe import load_recipe
from segkit_generators.season import feast_day

from tests.generators.conftest import UNTIL

DAY = pd.Timedelta(days=1)
CATEGORIES = ("brood", "taart", "patisserie", "chocolade", "workshop")


def per_day(purchases, truth):
    days = truth.days.set_index("day_on")
    return purchases.groupby("ordered_on").size().reindex(days.index, fill_value=0).loc["2025-06-01":]


def test_history_is_some_28_months(purchases):
    months = (purchases["ordered_on"].max() - purchases["ordered_on"].min()).days / 30.44
    assert 25 < months < 30


def test_a_quarter_to_a_third_never_bought(tables, purchases):
    share = 1 - tables.profiles["profile_id"].isin(purchases["profile_id"]).mean()
    assert 0.25 < share < 0.35


def test_sign_ups_grow(tables, truth):
    """The planted growth of 1 over the history makes 1.33 times the sign-ups of the year before."""
    joined = tables.profiles.loc[tables.profiles["source"] != "landing_page", "created_at"]
    years = [joined.between(f"{year}-09-01", f"{year + 1}-08-31").sum() for year in (2024, 2025)]
    assert 1.15 < years[1] / years[0] < 1.5


def test_december_peaks(purchases, truth):
    daily = per_day(purchases, truth)
    december = daily.loc["2025-12"].mean()
    assert december > 1.5 * daily.loc["2025-11"].mean()
    assert december > 1.5 * daily.loc["2026-01"].mean()


@pytest.mark.parametrize(("feast", "length", "factor"), [("easter", 9, 1.9), ("mothers_day", 6, 2.0)])
def test_the_days_before_a_feast_peak(purchases, truth, feast, length, factor):
    daily = per_day(purchases, truth)
    last = pd.Timestamp(feast_day(feast, 2026))
    before = daily[last - (length - 1) * DAY : last]
    usual = pd.concat([daily[start : start + 6 * DAY] for start in (last - 27 * DAY, last + 8 * DAY)])
    weekday = daily.groupby(daily.index.day_of_week).mean()
    lift = (before.sum() / weekday[before.index.day_of_week].sum()) / (usual.sum() / weekday[usual.index.day_of_week].sum())
    assert factor * 0.65 < lift < factor * 1.35


def test_saturday_peaks_and_most_of_it_is_fetched(purchases):
    weekday = purchases["ordered_on"].dt.day_of_week
    counts = purchases.groupby(weekday).size()
    assert counts.idxmax() == 5
    assert counts[5] > 1.3 * counts.drop(5).max()
    pickup = (purchases["channel"] == "pickup").groupby(weekday).mean()
    assert pickup.idxmax() == 5
    assert pickup[5] > 1.5 * pickup[0]


def test_orders_come_in_at_the_planted_local_hours(purchases, truth):
    kind = purchases["order_id"].map(truth.orders.set_index("order_id")["kind"])
    moments = purchases.loc[kind.isin(["repeat", "guest"]), "ordered_at"]
    hour = moments.dt.tz_localize("UTC").dt.tz_convert("Europe/Brussels").dt.hour
    planted = pd.Series(load_recipe("bakery")["hour"], dtype=float)
    found = hour.value_counts(normalize=True).reindex(range(24), fill_value=0)
    assert (found - planted / planted.sum()).abs().max() < 0.015


def test_a_tenth_of_the_buyers_brings_four_tenths_of_the_revenue(purchases):
    revenue = purchases.groupby("profile_id")["net_base"].sum().sort_values(ascending=False)
    assert 0.35 < revenue.head(len(revenue) // 10).sum() / revenue.sum() < 0.45


def test_about_half_of_the_buyers_bought_once(purchases):
    assert 0.45 < (purchases.groupby("profile_id").size() == 1).mean() < 0.60


def test_about_four_in_five_may_be_mailed(tables):
    last = tables.consents.sort_values("occurred_at", kind="stable").drop_duplicates("profile_id", keep="last")
    assert set(last["profile_id"]) == set(tables.profiles["profile_id"])
    assert 0.75 < (last["status"] == "subscribed").mean() < 0.85


def test_order_values_are_skewed(purchases):
    assert purchases["net_base"].mean() > 1.15 * purchases["net_base"].median()


def test_countries_are_mostly_belgium(tables):
    shares = tables.profiles["country_code"].value_counts(normalize=True)
    assert set(shares.index) == {"BE", "NL", "FR", "LU"}
    assert shares["BE"] > 0.75


def test_purchase_rates_are_recovered(purchases, truth):
    """Orders after the first follow the planted rate over the season-weighted days until drop-out."""
    weight = truth.days.set_index("day_on")["weight"].cumsum()
    kind = purchases["order_id"].map(truth.orders.set_index("order_id")["kind"])
    own = purchases[kind.isin(["first", "repeat"])]
    customers = truth.customers.set_index("profile_id").loc[own["profile_id"].unique()]
    first = own.groupby("profile_id")["ordered_on"].min().reindex(customers.index)
    last = customers["dropped_out_on"].clip(upper=pd.Timestamp(UNTIL))
    span = (weight.reindex(last).to_numpy() - weight.reindex(first).to_numpy()).clip(0)
    expected = (customers["purchase_rate_per_day"] * span).groupby(customers["lifecycle"]).sum()
    found = (own.groupby("profile_id").size() - 1).groupby(customers["lifecycle"]).sum()
    for lifecycle in ("regular", "occasional"):
        assert found[lifecycle] == pytest.approx(expected[lifecycle], rel=0.10)


def test_nobody_orders_by_himself_after_dropping_out(tables, truth):
    kind = truth.orders.set_index("order_id")["kind"]
    repeats = tables.orders[tables.orders["order_id"].map(kind) == "repeat"]
    left = repeats["profile_id"].map(truth.customers.set_index("profile_id")["dropped_out_on"])
    assert left.notna().all()
    assert (repeats["ordered_on"] <= left).all()
    assert (repeats["ordered_on"] == left).any(), "the day itself may have one: he leaves in the course of it"


def test_who_leaves_in_the_course_of_a_month_is_not_alive_at_its_end(truth):
    left = truth.customers.set_index("profile_id")["dropped_out_on"]
    alive = truth.alive.set_index("profile_id")
    for name in alive:
        end = pd.Period(name[-7:].replace("_", "-"), "M")
        assert not alive.loc[left.loc[alive.index] <= end.end_time, name].any()


def test_order_value_follows_the_planted_mean(purchases, truth):
    planted = purchases["profile_id"].map(truth.customers.set_index("profile_id")["order_value_mean"])
    own = purchases[planted.notna() & purchases["discount_codes"].map(len).eq(0)]
    gross = own["items_total"].groupby(pd.qcut(planted, 5, labels=False)).mean()
    meant = planted[own.index].groupby(pd.qcut(planted, 5, labels=False)).mean()
    assert gross.is_monotonic_increasing
    assert np.allclose(gross, meant, rtol=0.2)


def test_category_affinity_is_recovered(tables, purchases, truth):
    items = tables.order_items.merge(purchases[["order_id", "profile_id"]], on="order_id").dropna(subset=["category"])
    bought = pd.crosstab(items["profile_id"], items["category"], normalize="index")
    frequent = bought[items.groupby("profile_id").size() >= 10]
    planted = truth.customers.set_index("profile_id").loc[frequent.index]
    for category in CATEGORIES:
        assert np.corrcoef(frequent[category], planted[f"affinity_{category}"])[0, 1] > 0.6


def test_most_brands_are_the_house_brand(tables):
    brands = tables.order_items["brand"].value_counts(normalize=True)
    assert brands.index[0] == "Bakkerij Jan"
    assert 2 <= len(brands) <= 5


def opens(tables):
    return tables.email_events[tables.email_events["event_type"] == "opened"]


def test_every_open_is_a_machines_or_a_humans(tables):
    assert opens(tables)["is_machine_open"].notna().all()
    assert opens(tables)["machine_open_basis"].notna().all()
    others = tables.email_events[tables.email_events["event_type"] != "opened"]
    assert others["is_machine_open"].isna().all()


def test_apple_share_is_recovered(tables, truth):
    customers = truth.customers.set_index("profile_id")
    by_machine = set(opens(tables).loc[opens(tables)["is_machine_open"].astype(bool), "profile_id"])
    assert customers.loc[list(by_machine), "is_apple_reader"].all()
    received = tables.email_events[tables.email_events["event_type"] == "received"].groupby("profile_id").size()
    mailed = customers.loc[received[received >= 5].index]
    assert mailed.index[mailed["is_apple_reader"]].isin(by_machine).mean() > 0.99
    assert 0.42 < mailed["is_apple_reader"].mean() < 0.56  # 42 %, and everyone of the Apple domain


def test_proxies_fetch_the_planted_share_of_mails(tables, truth):
    apple = truth.customers.set_index("profile_id")["is_apple_reader"]
    received = tables.email_events[tables.email_events["event_type"] == "received"]
    machine = opens(tables)["is_machine_open"].astype(bool).sum()
    assert machine / received["profile_id"].map(apple).sum() == pytest.approx(0.93, abs=0.01)


def received_by_the_seen(tables, truth):
    """Every newsletter that reached a reader outside Apple Mail: hidden parameters, is_opened, years subscribed."""
    customers = truth.customers[~truth.customers["is_apple_reader"]]
    events = tables.email_events[tables.email_events["message_id"].str.startswith("newsletter")]
    received = events[events["event_type"] == "received"].merge(customers, on="profile_id")
    opened = opens(tables)[["profile_id", "message_id"]].drop_duplicates().assign(is_opened=1.0)
    received = received.merge(opened, on=["profile_id", "message_id"], how="left").fillna({"is_opened": 0.0})
    return received.assign(years=(received["occurred_at"] - received["subscribed_at"]).dt.days / 365.25)


def test_people_open_by_propensity(tables, truth):
    received = received_by_the_seen(tables, truth)
    assert received["is_opened"].groupby(pd.qcut(received["open_propensity"], 4, labels=False)).mean().diff().min() > 0.03


def test_people_tire_of_the_mail(tables, truth):
    """Opens per propensity fall as exp(-fatigue * years) for as long as one reads at all."""
    received = received_by_the_seen(tables, truth)
    received = received[(received["occurred_at"] < received["stops_reading_at"]) & (received["years"] > 1)]
    planted = received["open_propensity"] * np.exp(-received["fatigue_per_year"] * received["years"])
    quarter = pd.qcut(received["fatigue_per_year"], 4, labels=False)
    found = received["is_opened"].groupby(quarter).sum() / received["open_propensity"].groupby(quarter).sum()
    meant = planted.groupby(quarter).sum() / received["open_propensity"].groupby(quarter).sum()
    assert np.allclose(found, meant, rtol=0.15)
    assert found[3] < 0.6 * found[0]


def test_people_stop_reading(tables, truth):
    received = received_by_the_seen(tables, truth)
    assert received.loc[received["occurred_at"] >= received["stops_reading_at"], "is_opened"].sum() == 0


def test_people_click_on_what_they_like(tables, truth):
    events = tables.email_events
    topic = events["message_id"].map(tables.messages.set_index("message_id")["name"].str.extract(r": (\w+)$")[0])
    long = truth.customers.set_index("profile_id")[[f"affinity_{category}" for category in CATEGORIES]].stack()
    keys = pd.MultiIndex.from_arrays([events["profile_id"], "affinity_" + topic])
    liking = pd.Series(long.reindex(keys).to_numpy(), index=events.index)
    clicked = liking[(events["event_type"] == "clicked") & events["is_bot_click"].eq(False)].mean()
    opened = liking[(events["event_type"] == "opened") & events["is_machine_open"].eq(False)].mean()
    assert clicked > 1.15 * opened


def test_scanner_clicks_are_flagged_and_come_from_scanners(tables, truth):
    clicks = tables.email_events[tables.email_events["event_type"] == "clicked"]
    bots = clicks[clicks["is_bot_click"].astype(bool)]
    scanner = truth.customers.set_index("profile_id")["has_link_scanner"]
    assert 0 < len(bots) < len(clicks) / 2
    assert bots["profile_id"].map(scanner).all()
    events = tables.email_events
    mail = ["profile_id", "message_id"]
    arrived = events[events["event_type"] == "received"].groupby(mail)["occurred_at"].apply(list).rename("arrived")
    waits = bots.join(arrived, on=mail, how="left").explode("arrived")
    waits = (waits["occurred_at"] - pd.to_datetime(waits["arrived"])).dt.total_seconds()
    after = waits[waits > 0].groupby(level=0).min().reindex(bots.index)  # a flow's mail may come again
    assert after.between(1, 15).all(), "a few seconds after the mail that it clicks in, never before"


def test_hidden_apple_reads_leave_no_human_open(truth):
    apple = truth.customers[truth.customers["is_apple_reader"]]
    assert apple["mails_read_unseen"].sum() / apple["mails_read"].sum() == pytest.approx(0.88, abs=0.04)
    assert truth.customers.loc[~truth.customers["is_apple_reader"], "mails_read_unseen"].sum() == 0


def test_mail_goes_only_to_who_is_subscribed(tables):
    sent = tables.email_events[tables.email_events["event_type"] == "sent"]
    consents = tables.consents
    begun = consents[consents["status"] == "subscribed"].groupby("profile_id")["occurred_at"].min()
    ended = consents[consents["status"].isin(["unsubscribed", "suppressed"])].groupby("profile_id")["occurred_at"].max()
    assert (sent["occurred_at"] >= sent["profile_id"].map(begun)).all()
    after = sent["occurred_at"] - sent["profile_id"].map(ended)
    assert not (after > pd.Timedelta(0)).any()
    assert after.notna().any()


def test_form_sign_ups_are_confirmed_twice_and_endings_have_reasons(tables):
    consents = tables.consents
    pending = consents[consents["status"] == "pending"]
    confirmed = consents[(consents["status"] == "subscribed") & (consents["opt_in_level"] == "double")]
    assert set(confirmed["profile_id"]) < set(pending["profile_id"])
    assert set(consents.loc[consents["status"] == "suppressed", "suppression_reason"]) == {
        "spam_complaint",
        "hard_bounce",
    }
    kinds = set(tables.email_events["event_type"])
    assert {"unsubscribed", "spam_complaint", "bounced"} <= kinds


def test_site_events_only_of_who_allows_tracking(tables, truth):
    """Forms are sent in by the visitor himself; everything else is tracked, and needs consent."""
    tracked = tables.site_events[tables.site_events["event_type"] != "submitted_form"]
    allowed = truth.customers.set_index("profile_id")["allows_site_tracking"]
    assert tracked["profile_id"].map(allowed).all()
    assert (tracked["consent_basis"] == "consent").all()
    forms = tables.site_events[tables.site_events["event_type"] == "submitted_form"]
    assert (forms["consent_basis"] == "form_submission").all()
    assert not forms["profile_id"].map(allowed).all()


def test_some_abandoned_carts_are_recovered(tables, truth):
    carts = tables.carts
    recovered = carts[carts["state"] == "recovered"]
    ordered = recovered["recovered_order_id"].map(tables.orders.set_index("order_id")["ordered_at"])
    assert len(recovered) > 100
    assert (ordered > recovered["abandoned_at"]).all()
    assert set(recovered["recovered_order_id"]) == set(truth.orders.loc[truth.orders["is_recovered_cart"], "order_id"])
    assert (carts["state"] == "abandoned").sum() > 300
    mailed = tables.email_events[tables.email_events["message_id"] == "cart"]
    assert set(mailed["profile_id"]) <= set(carts.loc[carts["abandoned_at"].notna(), "profile_id"])
