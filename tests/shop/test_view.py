"""A shop seen from a day answers for any segment: an id, a definition of one's own, or a condition made of verbs."""

import json
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

import segkit
from segkit.cli.segments import segments
from segkit.errors import AsOfError, NothingToRead, SegmentError, UnreadableFile
from segkit.segments import Segment, average_value, can_receive, did, in_segment, last, never
from segkit.text import catalogue
from tests.canonical import store_of

OWN = """
version: 1
segments:
  vip: {title: Onze vips, rule: {did: placed_order, at_least: 2}}
  stille_vips: {all: [{in_segment: vip}, {not_in_segment: active_customers}]}
"""


@pytest.fixture
def view(tmp_path: Path) -> segkit.View:
    """Ann bought twice, last on 31 October at half past midnight in Amsterdam; Bob once, in May; Cor never."""
    people = [{"profile_id": name, "created_at": datetime(2026, 1, 1), "country_code": "NL"} for name in ("ann", "bob", "cor")]
    bought = [("ann", datetime(2026, 10, 30, 23, 30)), ("ann", datetime(2026, 5, 1)), ("bob", datetime(2026, 5, 2))]
    orders = [
        {"order_id": f"o{n}", "profile_id": who, "ordered_at": at, "total_base": 10, "counts_as_purchase": True}
        for n, (who, at) in enumerate(bought)
    ]
    lines = [{"order_id": "o0", "brand": "Nike", "title": "Schoen"}, {"order_id": "o2", "brand": "Nike", "title": "Sok"}]
    store_of(tmp_path / "shop" / "canonical", profiles=people, orders=orders, order_items=lines)
    (tmp_path / "shop" / "segments.yaml").write_text(OWN, encoding="utf-8")
    return segkit.open(tmp_path / "shop").at("2026-10-31")


def test_a_segment_is_an_id_a_definition_or_a_condition(view: segkit.View) -> None:
    twice = did("placed_order", at_least=2)
    assert [view.count(one) for one in ("exactly_once", Segment("x", twice), twice & ~never("placed_order"), "country_nl")] == [1, 1, 1, 3]
    assert view.members(twice)["profile_id"].tolist() == ["ann"]


def test_a_segment_of_the_shop_goes_before_that_of_the_library_and_may_speak_of_it(view: segkit.View) -> None:
    assert view.title("vip", "nl") == "Onze vips"
    assert view.title("country_be", "nl") == "Land: België"
    assert view.members("vip")["profile_id"].tolist() == ["ann"]
    assert view.count("stille_vips") == 0
    assert view.count(in_segment("vip") & in_segment("active_customers")) == 1


def test_features_that_were_not_delivered_are_empty_and_those_that_were_are_zero(view: segkit.View) -> None:
    found = view.features().set_index("profile_id")
    assert found["order_count"].tolist() == [2, 1, 0]
    for name in ("email_received_count_90d", "site_event_count_90d", "subscribed_count", "is_mailable", "has_consent_record"):
        assert found[name].isna().all(), name


def test_what_was_not_delivered_is_never_counted_as_zero(view: segkit.View) -> None:
    with pytest.raises(SegmentError, match="The delivery does not say who gave consent"):
        view.count(did("placed_order") & can_receive("email"))
    counted = view.count_all().set_index("segment")
    assert pd.isna(counted.loc["safe_to_mail", "members"])
    assert counted.loc["safe_to_mail", "reason"] in ("no_consents", "no_email_events")
    assert counted.loc["churn_risk", "reason"] == "no_scores"
    assert counted.loc["always_brand", "reason"] == "to_fill_in"


def test_a_template_offers_the_shops_own_values_and_counts_once_filled(view: segkit.View) -> None:
    assert view.offers("always_brand")["brand"].to_numpy().tolist() == [["Nike", 2]]
    with pytest.raises(SegmentError, match="needs a brand"):
        view.count("always_brand")
    with pytest.raises(SegmentError, match="has no blanks"):
        view.offers("vip")


def test_days_can_be_counted_in_utc(view: segkit.View) -> None:
    """The order of half past midnight is of the 30th in UTC: the last 0 days of the 31st do not hold it."""
    today = last("placed_order", was="last 0 days")
    assert (view.count(today), view.in_utc().count(today)) == (1, 0)


def test_history_tells_who_came_and_went(view: segkit.View) -> None:
    told = view.history("active_customers", months=6)
    assert told["members"].tolist() == [0, 2, 0, 0, 0, 0, 1]
    assert told["entered"].tolist()[1:] == [2, 0, 0, 0, 0, 1]
    assert told["left"].tolist()[1:] == [0, 2, 0, 0, 0, 0]


@pytest.mark.parametrize("months", [0, -3, 2.5, True, 10**6])
def test_history_is_of_one_month_or_more(view: segkit.View, months: int) -> None:
    with pytest.raises(SegmentError, match=f"months is {months}") as caught:
        view.history("active_customers", months=months)
    assert "from 1 to" in caught.value.todo


def test_the_matrix_holds_sizes_and_what_is_shared(view: segkit.View) -> None:
    shared = view.matrix(["vip", "more_than_once", "exactly_once"])
    assert shared.to_numpy().tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 1]]


def test_an_unknown_segment_names_near_ones(view: segkit.View) -> None:
    with pytest.raises(SegmentError, match="Unknown segment 'vips'") as caught:
        view.count("vips")
    assert "vip" in caught.value.todo


def test_yaml_of_the_shop_is_read_as_the_same(view: segkit.View, tmp_path: Path) -> None:
    (tmp_path / "again.yaml").write_text(view.segments_yaml(["vip", "stille_vips"]), encoding="utf-8")
    again = view.shop.at("2026-10-31", tmp_path / "again.yaml")
    assert again.own_segments.conditions() == {name: view.segments.resolved(name) for name in ("vip", "stille_vips")}


def test_the_shops_own_figures_are_told_with_their_amounts(view: segkit.View, tmp_path: Path) -> None:
    above = average_value("placed_order", more_than="shop average order value")
    assert "(€10.00)" in view.say(above, "en")
    nobody = [{"profile_id": "ann", "created_at": datetime(2026, 1, 1)}]
    store_of(tmp_path / "empty" / "canonical", profiles=nobody, orders=[]).close()
    assert "(" not in segkit.open(tmp_path / "empty").at("2026-10-31").say(above, "en")


def test_what_is_no_segment_is_told(view: segkit.View) -> None:
    with pytest.raises(SegmentError, match="3 is no segment"):
        view.count(3)  # type: ignore[arg-type]
    with pytest.raises(SegmentError, match="No segments were given"):
        view.overlap([])
    with pytest.raises(SegmentError, match="called 'c'"):
        view.forms({"a": "vip"}, "c")
    with pytest.raises(SegmentError, match="segment with an id"):
        view.explain("ann", did("placed_order"))  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        did("placed_order") & 3  # type: ignore[operator]


def test_why_segments_are_not_counted_is_said_once_below_the_table(
    view: segkit.View, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    segments(str(tmp_path / "shop"), "2026-10-31", lang="nl")
    table, _, below = capsys.readouterr().out.rpartition("┘")
    reason = catalogue("nl")("reasons.to_fill_in")
    assert "invulling" not in table
    (line,) = [line for line in below.splitlines() if line.startswith(reason)]
    assert "always_brand" in line
    assert "no_consents" not in below
    assert below.count(catalogue("nl")("reasons.no_scores")) == 1


def test_counts_for_machines_are_json(view: segkit.View, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    segments(str(tmp_path / "shop"), "2026-10-31", as_json=True)
    told = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert told["segments"]["exactly_once"] == {"members": 1, "status": "computed", "reason": None}


@pytest.mark.parametrize("has_load", [True, False])
def test_people_who_are_gone_are_an_error_and_no_zero(tmp_path: Path, has_load: bool) -> None:
    folder = tmp_path / "canonical" / "l1"
    store_of(folder, profiles=[{"profile_id": "ann"}], orders=[]).close()
    (tmp_path / "canonical" / "CURRENT").write_text("l1", encoding="utf-8")
    if has_load:
        (folder / "load.json").write_text(json.dumps({"load_id": "l1", "receipts": [], "rows": {"profiles": 1}}), encoding="utf-8")
    segkit.open(tmp_path)
    (folder / "profiles.parquet").unlink()
    with pytest.raises(NothingToRead, match=r"profiles\.parquet is not in l1"):
        segkit.open(tmp_path)


def test_a_table_that_the_load_made_is_missed(tmp_path: Path) -> None:
    folder = tmp_path / "canonical"
    store_of(folder, profiles=[{"profile_id": "ann"}], orders=[]).close()
    load = {"load_id": "l1", "receipts": [], "rows": {"profiles": 1, "refunds": 0, "consents": 3}}
    (folder / "load.json").write_text(json.dumps(load), encoding="utf-8")
    with pytest.raises(NothingToRead, match=r"consents\.parquet is not in canonical"):
        segkit.open(tmp_path)


def test_a_file_that_was_cut_off_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "canonical"
    store_of(folder, profiles=[{"profile_id": "ann"}], orders=[]).close()
    whole = (folder / "orders.parquet").read_bytes()
    (folder / "orders.parquet").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableFile, match=r"orders\.parquet is not a readable"):
        segkit.open(tmp_path)


@pytest.mark.parametrize("most", [-1, 0, True, 2.5])
def test_so_many_offers_are_a_whole_number(view: segkit.View, most: object) -> None:
    with pytest.raises(SegmentError, match="most is"):
        view.offers("always_brand", most=most)


@pytest.mark.parametrize("day", [None, 20261031])
def test_what_is_no_day_is_told(view: segkit.View, day: object) -> None:
    with pytest.raises(AsOfError, match="is no date"):
        view.shop.at(day)
