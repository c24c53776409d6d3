"""Jan's cream cake: every step of the story is found in the tables, at its time."""

import json

import pandas as pd
import pytest

DAY = pd.Timedelta(days=1)
LISTS = {
    "Slagroomtaart wedstrijd", "PROMO GELEZEN", "ORDERS", "VERDRIETIG", "TOPPERS", "BAKKER - LAATSTE SMULNIEUWTJES",
}  # fmt: skip


@pytest.fixture(scope="module")
def sent(tables):
    """When each participant got each mail of the story: profile_id by message_id."""
    events = tables.email_events[tables.email_events["event_type"] == "sent"]
    return events[events["message_id"].str.startswith("cake_")].pivot(index="profile_id", columns="message_id", values="occurred_at")


@pytest.fixture(scope="module")
def lists(tables):
    """When each profile came on each list: profile_id by list_name."""
    return tables.list_memberships.pivot(index="profile_id", columns="list_name", values="joined_at")


def test_there_are_six_static_lists_for_one_cake(tables, lists):
    assert set(lists.columns) == LISTS
    assert tables.list_memberships["left_at"].isna().all()
    assert (tables.list_memberships["kind"] == "list").all()


def test_the_form_puts_one_in_the_group_and_the_mail_follows_at_once(tables, sent, lists):
    forms = tables.site_events[tables.site_events["form_name"] == "wedstrijdformulier"].set_index("profile_id")["occurred_at"]
    assert set(forms.index) == set(sent["cake_mail"].dropna().index)
    assert (lists["Slagroomtaart wedstrijd"].reindex(forms.index) == forms).all()
    assert ((sent["cake_mail"] - forms).dropna() < pd.Timedelta(minutes=1)).all()


def test_the_reminder_goes_two_days_later_to_who_was_not_seen_opening(tables, sent):
    wait = (sent["cake_reminder"] - sent["cake_mail"]).dropna()
    assert len(wait) > 50
    assert (wait >= 2 * DAY).all()
    assert (wait < 2 * DAY + pd.Timedelta(hours=1)).all()
    events = tables.email_events
    opened = events[(events["message_id"] == "cake_mail") & (events["event_type"] == "opened")]
    within = opened.groupby("profile_id")["occurred_at"].min() - sent["cake_mail"]
    assert not set(wait.index) & set(within[within <= 2 * DAY].index)


def test_seen_readers_are_listed_and_the_machine_fools_the_shop(lists, truth):
    scenario = truth.cake_scenario.set_index("profile_id")
    seen = scenario["seen_by"] != "nobody"
    assert set(lists["PROMO GELEZEN"].dropna().index) == set(scenario.index[seen])
    assert (scenario["seen_by"] == "machine").sum() > 50
    assert scenario.loc[seen, "reminder_at"].isna().all()


def test_the_last_chance_goes_two_days_after_the_reminder_to_who_has_not_ordered(sent, truth):
    scenario = truth.cake_scenario.set_index("profile_id")
    wait = (sent["cake_last_chance"] - sent["cake_mail"]).dropna()
    assert (wait == 4 * DAY).all()
    assert not (scenario["order_at"].reindex(wait.index) <= sent["cake_last_chance"].dropna()).any()


def test_every_exit_is_taken(truth):
    exits = truth.cake_scenario["exit"].value_counts()
    assert set(exits.index) == {"cake_mail", "cake_reminder", "cake_last_chance", "no_order"}
    assert exits.min() >= 5
    assert (truth.cake_scenario["order_id"].isna() == (truth.cake_scenario["exit"] == "no_order")).all()


def test_the_order_is_half_a_cake_fetched_at_the_counter(tables, lists, truth):
    scenario = truth.cake_scenario.dropna(subset=["order_id"]).set_index("order_id")
    orders = tables.orders.set_index("order_id").loc[scenario.index]
    assert (orders["discount_total"] == orders["items_total"] / 2).all()
    assert (orders["channel"] == "pickup").all()
    assert (orders["ordered_at"] == scenario["order_at"]).all()
    assert set(lists["ORDERS"].dropna().index) == set(orders["profile_id"])
    titles = tables.order_items[tables.order_items["order_id"].isin(scenario.index)]["title"]
    assert set(titles) == {"Slagroomtaart"}


def test_the_survey_comes_three_days_after_the_chosen_pick_up_day(tables, sent):
    forms = tables.site_events[tables.site_events["form_name"] == "afhaalformulier"].set_index("profile_id")
    pickup = pd.to_datetime(forms["properties"].map(lambda text: json.loads(text)["pickup_on"]))
    local = sent["cake_survey"].dropna().dt.tz_localize("UTC").dt.tz_convert("Europe/Brussels").dt.tz_localize(None)
    assert len(local) > 50
    assert (local.dt.normalize() - pickup.reindex(local.index) == 3 * DAY).all()


def test_every_other_survey_comes_three_days_after_the_pick_up_too(tables, truth):
    answers = tables.feedback[tables.feedback["message_id"] == "survey"]
    fetched = answers["order_id"].map(truth.orders.set_index("order_id")["picked_up_on"])
    assert len(answers) > 100
    assert (answers["occurred_on"] - fetched >= 3 * DAY).all()


def test_scores_fall_in_bands_with_a_hole_of_five_to_seven(tables, lists, truth):
    answers = tables.feedback[tables.feedback["message_id"] == "cake_survey"].set_index("profile_id")["score"]
    assert set(lists["VERDRIETIG"].dropna().index) == set(answers[answers < 5].index)
    assert set(lists["TOPPERS"].dropna().index) == set(answers[answers >= 8].index)
    hole = answers[answers.between(5, 7)].index
    assert len(hole) > 10
    assert lists.loc[hole, ["VERDRIETIG", "TOPPERS"]].isna().all(axis=None)
    assert answers.between(1, 10).all()
    assert set(truth.cake_scenario["band"].dropna()) == {"sad", "between", "happy"}


def test_everyone_ends_on_the_list_of_the_news(lists):
    moved = lists["BAKKER - LAATSTE SMULNIEUWTJES"] - lists["Slagroomtaart wedstrijd"]
    assert moved.notna().all()
    assert (moved > 7 * DAY).all()
