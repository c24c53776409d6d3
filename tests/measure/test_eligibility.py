"""From members to recipients, against a count by hand and against the segment one may write to."""

from pathlib import Path

import pandas as pd
import pytest

from segkit.segments import ask
from tests.measure.crowd import ASKED, Crowd, crowd, inside, spent

LAST = ["under_cap", "recipients"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Crowd:
    return crowd(tmp_path_factory.mktemp("crowd"))


def by_hand(shop: Crowd, segment: str, cap: int) -> dict[str, pd.Series]:
    facts, member = shop.facts, inside(shop.facts)[segment]
    agreed = member & facts["subscribed"]
    free = agreed & ~facts["suppressed"]
    capped = free & (facts["mails"] < cap)
    return {"member": member, "consent": agreed, "not_suppressed": free, "under_cap": capped, "recipients": capped}


@pytest.mark.parametrize("cap", [1, 2, 3])
@pytest.mark.parametrize("segment", ["often", "reader"])
def test_each_step_equals_a_count_by_hand(segment: str, cap: int, tmp_path: Path) -> None:
    shop = crowd(tmp_path, frequency_cap_mails=cap)
    found = shop.view.eligibility(ASKED[segment]).set_index("step")
    groups = by_hand(shop, segment, cap)
    assert list(found.index) == list(groups)
    before = groups["member"].sum()
    for step, group in groups.items():
        row = found.loc[step]
        assert (row["members"], row["lost"]) == (group.sum(), before - group.sum())
        assert row["share"] == pytest.approx(group.sum() / groups["member"].sum())
        if row["status"] == "computed":
            assert (row["members"], row["orders"], row["revenue"]) == spent(shop.facts, group)
        before = group.sum()
    assert found.loc[["member", "recipients"], "status"].tolist() == ["computed", "computed"]


def test_every_step_costs_somebody_here(tmp_path: Path) -> None:
    found = crowd(tmp_path, frequency_cap_mails=1).view.eligibility(ask.did("received_email"))
    assert (found["lost"].iloc[1:4] > 0).all()
    assert found["members"].iloc[-1] > 0


def test_before_the_cap_they_are_those_one_may_write_to(shop: Crowd) -> None:
    found = shop.view.eligibility(ASKED["often"]).set_index("step")
    assert found.loc["not_suppressed", "members"] == shop.view.count(ASKED["often"] & ask.can_receive("email"))


def test_the_days_of_the_cap_count(tmp_path: Path) -> None:
    week = crowd(tmp_path / "week", frequency_cap_mails=1).view.eligibility(ask.did("received_email"))
    year = crowd(tmp_path / "year", frequency_cap_mails=1, frequency_cap_days=600).view.eligibility(ask.did("received_email"))
    assert year["members"].iloc[-1] == 0 < week["members"].iloc[-1]


def test_without_consents_delivered_nobody_is_said_to_have_refused(tmp_path: Path) -> None:
    found = crowd(tmp_path, without=("consents",)).view.eligibility(ASKED["often"])
    assert found["members"].notna().tolist() == [True, False, False, False, False]
    assert set(found["reason"].iloc[1:]) == {"no_consents"}


def test_a_channel_that_no_consent_speaks_of_is_not_computable(shop: Crowd) -> None:
    found = shop.view.eligibility(ASKED["often"], "sms")
    assert set(found["reason"].iloc[1:]) == {"no_consents_on_channel"}


def test_without_received_mails_delivered_nobody_is_under_the_cap(tmp_path: Path) -> None:
    found = crowd(tmp_path, without=("email_events",)).view.eligibility(ASKED["often"]).set_index("step")
    assert found.loc["not_suppressed", "members"] > 0
    assert found.loc[LAST, "members"].isna().all()
    assert set(found.loc[LAST, "reason"]) == {"no_received_messages"}


def test_money_of_steps_that_differ_by_a_few_is_not_told(shop: Crowd, tmp_path: Path) -> None:
    hidden = crowd(tmp_path, smallest_group=30).view.eligibility(ASKED["often"])
    pd.testing.assert_series_equal(hidden["members"], shop.view.eligibility(ASKED["often"])["members"])
    assert (hidden["status"] != "computed").any()
