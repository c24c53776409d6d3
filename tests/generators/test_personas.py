"""Every cell of the persona partition has members, counted here in plain pandas with thresholds 120, 390, 90 and 3."""

import numpy as np
import pandas as pd
import pytest

from tests.generators.conftest import UNTIL

INTENT = ("viewed_product", "added_to_cart", "started_checkout")
CELLS = (
    "high_rollers", "brand_lovers", "potential_high_rollers", "potential_brand_lovers", "lapsed_high_rollers",
    "lost_enthusiasts", "one_hit_wonders", "just_passing_through", "cooling_one_timers", "long_lapsed_readers",
    "newcomers", "window_shoppers", "almost_there", "espresso_shot", "waiting_to_be_wowed", "false_starts",
    "dead_weight",
)  # fmt: skip


@pytest.fixture(scope="module")
def cells(tables, purchases):
    """The cell of every profile, first match wins."""
    facts = profile_facts(tables, purchases)
    age, often, high = (
        facts["age"],
        facts["orders"] >= 3,
        facts["value"] > purchases.loc[~purchases["is_guest"], "net_base"].mean(),
    )
    engaged, k, never = facts["engaged_age"] <= 90, facts["engagements"], facts["orders"] == 0
    lapsed, old = age.between(121, 390), age > 390
    rules = [
        ((age <= 120) & often & high, "high_rollers"), ((age <= 120) & often, "brand_lovers"),
        ((age <= 120) & high, "potential_high_rollers"), (age <= 120, "potential_brand_lovers"),
        (lapsed & often & high, "lapsed_high_rollers"), (lapsed & often, "lost_enthusiasts"),
        (lapsed & high, "one_hit_wonders"),
        (lapsed & (age >= 180), "just_passing_through"), (lapsed, "cooling_one_timers"),
        (old & engaged, "long_lapsed_readers"),
        (old & (k >= 3), "false_starts"), (old, "dead_weight"),
        (never & (facts["tenure"] < 30) & ~engaged, "newcomers"),
        (never & engaged & (facts["intent_age"] <= 90), "window_shoppers"),
        (never & engaged & (k >= 3), "almost_there"),
        (never & engaged & (facts["engaged_age"] <= 7), "espresso_shot"), (never & engaged, "waiting_to_be_wowed"),
        (never & (k >= 3), "false_starts"), (never, "dead_weight"),
    ]  # fmt: skip
    return pd.Series(np.select([rule for rule, _ in rules], [name for _, name in rules], "none"))


def profile_facts(tables, purchases):
    events, visits = tables.email_events, tables.site_events
    human = events[
        ((events["event_type"] == "opened") & events["is_machine_open"].eq(False))
        | ((events["event_type"] == "clicked") & events["is_bot_click"].eq(False))
    ].groupby("profile_id")["occurred_on"]
    orders = purchases.groupby("profile_id")
    facts = pd.DataFrame({"joined_at": tables.profiles.set_index("profile_id")["created_at"]})
    facts["orders"], facts["value"] = orders.size(), orders["net_base"].mean()
    facts["age"], facts["engaged_age"] = days_ago(orders["ordered_on"].max()), days_ago(human.max())
    facts["engagements"], facts["tenure"] = human.size(), days_ago(facts["joined_at"])
    facts["intent_age"] = days_ago(visits[visits["event_type"].isin(INTENT)].groupby("profile_id")["occurred_on"].max())
    return facts.fillna({"orders": 0, "engagements": 0})


def days_ago(moments):
    return (pd.Timestamp(UNTIL) - moments.dt.normalize()).dt.days


@pytest.mark.parametrize("cell", CELLS)
def test_the_cell_has_members(cells, cell):
    assert (cells == cell).sum() >= 3


def test_the_cells_cover_everyone(cells):
    assert set(cells) == set(CELLS)
