"""The segments a shop brings along: in the project's verbs, as Klaviyo says them, and as good or bad as the answer key says."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from ruamel.yaml import YAML
from segkit_generators import make_shop
from segkit_generators.own_segments import klaviyo
from segkit_generators.recipe import load_recipe, profile_names

from tests.generators.shops import data_of

WITH = [name for name in profile_names() if "segments" in load_recipe(name)]
VERBS = {"did", "never", "last", "total_value", "profile", "can_receive", "in_list", "all", "any"}
UNTIL = pd.Timestamp("2026-10-31")


def leaves(segment: dict) -> list[dict]:
    rules = segment.get("all") or segment.get("any") or [segment["rule"]]
    return [leaf for rule in rules for leaf in (leaves(rule) if "any" in rule else [rule])]


def test_segments_yaml_is_written_beside_client_yaml_and_an_edited_one_stays(tmp_path: Path) -> None:
    shop = make_shop("fashion", 30, seed=1)
    shop.write(tmp_path)
    read = YAML(typ="safe").load((tmp_path / "segments.yaml").read_text(encoding="utf-8"))
    assert read == shop.segments
    assert read["version"] == 1
    assert "fault" not in json.dumps(read)
    (tmp_path / "segments.yaml").write_text("version: 1\n", encoding="utf-8")
    shop.write(tmp_path)
    assert (tmp_path / "segments.yaml").read_text(encoding="utf-8") == "version: 1\n"


def test_a_shop_without_segments_of_its_own_writes_none(tmp_path: Path) -> None:
    make_shop("bakery", 20, seed=1).write(tmp_path)
    assert not (tmp_path / "segments.yaml").exists()


@pytest.mark.parametrize("name", WITH)
def test_they_are_said_in_the_verbs_and_some_are_bad(name: str) -> None:
    own = load_recipe(name)["segments"]
    for segment in own.values():
        assert set(segment["title"]) == {"nl", "en"}
        assert all(set(leaf) & VERBS for leaf in leaves(segment))
    truth = make_shop(name, 20, seed=1).truth["segments"]
    assert list(truth["segment_id"]) == list(own)
    assert (truth["fault"] == "none").any()
    assert set(truth["klaviyo"]) == {json.dumps(klaviyo(segment)) for segment in own.values()}


def test_klaviyo_says_the_same() -> None:
    said = klaviyo({"all": [{"can_receive": "email"}, {"last": "placed_order", "was": "between 90 and 180 days ago"}]})
    consent, some, none = [group["conditions"][0] for group in said["condition_groups"]]
    assert consent["type"] == "profile-marketing-consent"
    assert (some["timeframe_filter"]["quantity"], some["measurement_filter"]["operator"]) == (180, "greater-than")
    assert (none["timeframe_filter"]["quantity"], none["measurement_filter"]) == (89, {"type": "numeric", "operator": "equals", "value": 0})
    either = klaviyo({"any": [{"did": "clicked_email", "where": {"bot_click": False}}, {"did": "opened_email"}]})
    assert len(either["condition_groups"]) == 1
    assert either["condition_groups"][0]["conditions"][0]["metric_filters"][0]["property"] == "Bot Click"
    assert either["condition_groups"][0]["conditions"][1]["metric_filters"] is None


def facts(name: str) -> pd.DataFrame:
    """What the rules of segments ask, by profile."""
    t = data_of(name)
    orders, mail = t.purchases.groupby("profile_id"), t.email_events
    opens = mail[(mail["event_type"] == "opened") & ((UNTIL - mail["occurred_on"]).dt.days <= 90)]
    table = pd.DataFrame(index=t.profiles["profile_id"])
    table["orders"], table["age"] = orders.size(), (UNTIL - orders["ordered_on"].max()).dt.days
    table["opens"] = opens.groupby("profile_id").size()
    table["human_opens"] = opens[opens["is_machine_open"].eq(False)].groupby("profile_id").size()
    return table.fillna({"orders": 0, "opens": 0, "human_opens": 0})


def test_each_planted_fault_is_one() -> None:
    """Machine opens fill a segment, a contradiction and a wrong threshold empty one, two names hold the same people."""
    fashion, coffee, pianos = facts("fashion"), facts("coffee"), facts("pianos")
    readers = fashion[fashion["opens"] >= 10]
    assert len(readers) > 2 * (fashion["human_opens"] >= 10).sum() > 0
    assert (pianos["orders"] >= 12).sum() == 0
    regular, loyal = coffee[(coffee["orders"] >= 3) & (coffee["age"] <= 60)], coffee[(coffee["age"] <= 60) & (coffee["orders"] > 2)]
    assert list(regular.index) == list(loyal.index)
    received = data_of("fashion").email_events.query("event_type == 'received'")
    recent = received[(UNTIL - received["occurred_on"]).dt.days <= 365]["profile_id"].nunique()
    assert recent > 0.8 * received["profile_id"].nunique()
