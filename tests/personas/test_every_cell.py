"""The personas on every kind of profile there is: 17 buyer states x 5 engagement states x site intent or not."""

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pandas as pd
import pytest

from segkit import features, personas
from segkit.clock import AsOf
from segkit.engine import Rules
from segkit.segments.evaluate import with_flags
from segkit.segments.library import literal_personas
from segkit.settings import default_settings
from tests.canonical import store_of

NOON = datetime(2026, 10, 31, 12)
BOUGHT = {"recent": 60, "4-6 months": 150, "6-13 months": 300, "longer ago": 500}  # days since the last order
READS = {"never": (0, 0), "few, recent": (2, 30), "few, past": (2, 200), "often, recent": (3, 30), "often, past": (3, 200)}
HIGH, LOW = Decimal(100), Decimal(10)


def kinds() -> list[tuple[str, str, str, str, bool]]:
    """All 170 kinds: frequency, last order, value, engagement, site intent."""
    buyers = [("never", "-", "-"), *product(("1-2", "3+"), BOUGHT, ("high", "low"))]
    return [(*buyer, reads, site) for buyer, reads, site in product(buyers, READS, (True, False))]


@pytest.fixture(scope="module")
def census(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """One profile of each kind, judged; and one more profile with ordinary orders that keeps the shop's mean between low and high."""
    rows: dict[str, list[dict[str, Any]]] = {"profiles": [], "orders": [], "email_events": [], "site_events": []}
    for place, (frequency, last, value, reads, site) in enumerate(kinds()):
        name = f"k{place}"
        rows["profiles"].append({"profile_id": name, "created_at": NOON - timedelta(days=900)})
        for order in range({"never": 0, "1-2": 2, "3+": 3}[frequency]):
            moment = NOON - timedelta(days=BOUGHT[last] + order)
            rows["orders"].append({"order_id": f"{name}-{order}", "profile_id": name, "ordered_at": moment, "counts_as_purchase": True,
                                   "total_base": HIGH if value == "high" else LOW})  # fmt: skip
        count, age = READS[reads]
        rows["email_events"] += [{"profile_id": name, "event_type": "clicked", "occurred_at": NOON - timedelta(days=age)}] * count
        if site:
            rows["site_events"].append({"profile_id": name, "event_type": "viewed_product", "occurred_at": NOON - timedelta(days=10)})
    store = store_of(tmp_path_factory.mktemp("kinds"), **rows)
    rules = Rules(default_settings(), AsOf.parse("2026-10-31", "Europe/Amsterdam"))
    flags = {f"is_{name}": one.condition for name, one in literal_personas(default_settings()).items()}
    judged = personas.with_personas(features.profile_features(rules), True).join(with_flags(rules, flags), "profile_id", zero=flags)
    frame = store.ask(judged).set_index("profile_id")
    named = pd.DataFrame(kinds(), columns=["frequency", "last", "value", "reads", "site"], index=[f"k{p}" for p in range(len(kinds()))])
    return named.join(frame)


def matches(census: pd.DataFrame) -> pd.Series:
    """How many of the fourteen each kind is."""
    return census[[f"is_{name}" for name in literal_personas(default_settings())]].sum(axis=1)


def test_there_are_170_kinds_and_the_value_cut_lies_between_high_and_low(census: pd.DataFrame) -> None:
    assert len(census) == 170
    buyers = census[census["frequency"] != "never"]
    assert (buyers["is_high_value"] == (buyers["value"] == "high")).all()


def test_the_documented_fourteen_leave_20_kinds_out_and_count_68_more_than_once(census: pd.DataFrame) -> None:
    """The enumeration published with the design: 20 in none; 50 in two, 17 in three, 1 in four."""
    assert Counter(matches(census).tolist()) == {0: 20, 1: 82, 2: 50, 3: 17, 4: 1}


def test_the_kinds_in_no_persona_are_the_two_known_families(census: pd.DataFrame) -> None:
    out = census[matches(census) == 0]
    cooling = (out["frequency"] == "1-2") & (out["last"] == "4-6 months") & (out["value"] == "low")
    assert (cooling | (out["last"] == "longer ago")).all()
    assert (out["reads"].isin(["few, recent", "often, recent"])).all()


def test_every_kind_is_in_exactly_one_cell_of_the_partition(census: pd.DataFrame) -> None:
    assert census["persona"].notna().all()
    assert set(census["persona"]) <= set(personas.partition())
    never_seen_here = {"newcomers", "engagement_unknown", "espresso_shot"}  # they need a new profile, no mail at all, or a read this week
    assert set(personas.partition()) - set(census["persona"]) == never_seen_here


def test_the_partition_says_what_the_priority_order_says(census: pd.DataFrame) -> None:
    def expected(row: Any) -> str:
        often, high, recent_reader = row.frequency == "3+", row.value == "high", "recent" in row.reads
        if row.last == "recent":
            return (
                ("high_rollers" if high else "brand_lovers") if often else ("potential_high_rollers" if high else "potential_brand_lovers")
            )
        if row.last in ("4-6 months", "6-13 months"):
            if often:
                return "lapsed_high_rollers" if high else "lost_enthusiasts"
            return "one_hit_wonders" if high else "just_passing_through" if row.last == "6-13 months" else "cooling_one_timers"
        if row.last == "longer ago":
            return "long_lapsed_readers" if recent_reader else "false_starts" if "often" in row.reads else "dead_weight"
        if recent_reader:
            return "window_shoppers" if row.site else "almost_there" if "often" in row.reads else "waiting_to_be_wowed"
        return "false_starts" if "often" in row.reads else "dead_weight"

    assert census["persona"].tolist() == [expected(row) for row in census.itertuples()]


@pytest.mark.parametrize(
    ("persona", "members", "sample"),
    [
        ("one_hit_wonders", 5_000, 2_500), ("one_hit_wonders", 1_500, 1_000), ("one_hit_wonders", 400, 400),
        ("just_passing_through", 10_001, 2_501), ("false_starts", 30_000, 3_000), ("false_starts", 0, 0), ("high_rollers", 5_000, None),
    ],
)  # fmt: skip
def test_a_sample_is_the_larger_of_a_share_and_a_thousand_but_never_more_than_everyone(
    persona: str, members: int, sample: int | None
) -> None:
    part = literal_personas(default_settings())[persona].sample
    assert (part and part.size(members)) == sample
