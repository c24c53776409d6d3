"""What the report sets side by side, against the same questions asked one by one, each of which has a count by hand of its own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import segkit
from segkit.measure.comparison import LIKED, MOST_ADDED, MOST_LIKED
from segkit.measure.groups import NEARLY_ANOTHER
from segkit.measure.pack import MOVED
from tests.measure.crowd import DAY, crowd

OWN = """
version: 1
segments:
  lezers:
    all: [{did: opened_email, where: {apple_privacy_open: false}, within: last 90 days}, {did: placed_order, at_least: 2}]
  kopers: {rule: {did: placed_order}}
"""


@dataclass
class Audited:
    view: segkit.View
    told: dict[str, Any]  # the comparison in the result
    names: list[str]


def audited(folder: Path, own: str = OWN, without: tuple[str, ...] = ()) -> Audited:
    file = folder / "segments.yaml"
    file.write_text(own, encoding="utf-8")
    view = crowd(folder / "shop", without=without, smallest_group=2).view.shop.at(DAY, file)
    result = view.audit().as_dict()
    return Audited(view, result["segment_comparison"], [name for name, card in result["segments"].items() if card["members"] is not None])


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    return audited(tmp_path_factory.mktemp("audited"))


def same(told: list[dict[str, Any]], asked: pd.DataFrame) -> None:
    """The rows of a result are those of a table, in the same order; what the report withholds for what stands beside it is empty."""
    assert len(told) == len(asked)
    for mine, (_, row) in zip(told, asked.iterrows(), strict=True):
        for name, value in mine.items():
            expected = row[name]
            if value is None:
                assert pd.isna(expected) or mine.get("reason") == NEARLY_ANOTHER, name
            elif name in ("status", "reason") and mine["reason"] == NEARLY_ANOTHER:
                continue
            else:
                assert value == (pytest.approx(float(expected), abs=1e-6) if isinstance(value, float) else expected), name


def test_the_steps_to_a_mailing(shop: Audited) -> None:
    for name in shop.names:
        steps = shop.view.eligibility(name)[["step", "members", "lost", "share"]]
        same(
            [{"step": step, **{key: row[key] for key in ("members", "lost", "share")}} for step, row in shop.told["reach"][name].items()],
            steps,
        )


def test_who_reacts_with_and_without_machines(shop: Audited) -> None:
    for name in shop.names:
        same([{"reactions": kind, **row} for kind, row in shop.told["engagement"][name].items()], shop.view.engagement(name))
    assert any(row["by_all"]["engaged"] > row["by_people"]["engaged"] for row in shop.told["engagement"].values())


@pytest.mark.parametrize("kind", LIKED)
def test_what_members_like(shop: Audited, kind: str) -> None:
    for name in shop.names:
        same(shop.told["liked"][kind][name], shop.view.over_indexed(name, kind).head(MOST_LIKED))
    assert any(shop.told["liked"][kind].values())


def test_what_each_condition_costs_of_the_segments_that_ask_for_several_things(shop: Audited) -> None:
    assert set(shop.told["costs"]) == {"vip", "lezers"}
    for name, rows in shop.told["costs"].items():
        same(rows, shop.view.waterfall(name))


def test_size_and_money_as_a_threshold_moves(shop: Audited) -> None:
    assert {one["segment"]: one["threshold"] for one in shop.told["moved"]} == MOVED
    for one in shop.told["moved"]:
        values = [row["value"] for row in one["rows"]]
        same(one["rows"], shop.view.sensitivity(one["segment"], one["threshold"], values))
        assert [row["is_current"] for row in one["rows"]].count(True) == 1
        assert one["rows"][0]["members"] < one["rows"][-1]["members"]


def test_the_best_recipients_first(shop: Audited) -> None:
    names = [row["segment"] for row in shop.told["rank"]]
    assert {"lezers", "kopers", "vip", "high_rollers"} < set(names)
    asked = shop.view.rank(names)
    asked = asked[asked["status"] == "computed"]  # which one is withheld for standing beside another depends on what else is told
    both = set(asked["segment"]) & {row["segment"] for row in shop.told["rank"] if row["status"] == "computed"}
    same([row for row in shop.told["rank"] if row["segment"] in both], asked[asked["segment"].isin(both)])
    assert len(both) > 10


def test_what_to_add_is_asked_of_those_whom_the_own_segments_leave_out(tmp_path: Path, shop: Audited) -> None:
    few = audited(tmp_path, OWN.replace("  kopers: {rule: {did: placed_order}}\n", ""))
    added = [row["segment"] for row in few.told["next"]]
    assert len(added) == MOST_ADDED
    same(few.told["next"], few.view.add_next(["lezers"], added))
    assert not [row for row in shop.told["next"] if row["revenue"]]  # whoever bought is in kopers already
    assert not {"dead_weight", "country_nl", "lezers"} & {row["segment"] for row in few.told["next"]}


def test_without_segments_of_its_own_nothing_is_advised(tmp_path: Path) -> None:
    told = crowd(tmp_path).view.audit().as_dict()["segment_comparison"]
    assert told["next"] == []
    assert told["rank"]


@pytest.mark.parametrize(
    ("without", "empty"),
    [("email_events", ["engagement"]), ("order_items", ["liked"]), ("consents", ["rank", "next"]), ("orders", ["rank", "costs"])],
)
def test_what_was_not_delivered_is_left_out(tmp_path: Path, without: str, empty: list[str]) -> None:
    told = audited(tmp_path, without=(without,)).told
    for part in empty:
        assert not any(told[part].values() if isinstance(told[part], dict) else told[part]), part
