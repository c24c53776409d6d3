"""What a card says where something was not delivered, and what it takes for a result to be another one."""

from datetime import datetime
from pathlib import Path
from typing import Any

import segkit
from segkit.report import Report
from tests.canonical import store_of

READERS = "version: 1\nsegments:\n  lezers: {rule: {did: clicked_email, where: {bot_click: false}}}\n"


def audited(folder: Path, own: str) -> dict[str, Any]:
    """Thirty people of whom twenty clicked; nobody's orders were delivered. The client has segments of its own."""
    people = [{"profile_id": f"p{n}", "created_at": datetime(2026, 1, 1), "country_code": "NL"} for n in range(30)]
    clicks = [{"profile_id": f"p{n}", "event_type": "clicked", "occurred_at": datetime(2026, 10, 1)} for n in range(20)]
    store_of(folder / "canonical", profiles=people, orders=[], email_events=clicks)
    (folder / "segments.yaml").write_text(own, encoding="utf-8")
    return segkit.open(folder).at("2026-10-31").audit().as_dict()


def test_without_orders_nobody_spent_zero(tmp_path: Path) -> None:
    result = audited(tmp_path, READERS)
    for name in ("lezers", "country_nl"):
        card = result["segments"][name]
        assert (card["members"], card["status"]) == ({"lezers": 20, "country_nl": 30}[name], "computed")
        assert {part: card[part] for part in ("orders", "revenue", "revenue_365d", "value_per_head")} == dict.fromkeys(
            ("orders", "revenue", "revenue_365d", "value_per_head")
        )
    assert set(result["segments"]["lezers"]["versus_rest"]) == {"engaged_share"}


def test_another_definition_of_the_clients_own_is_another_input(tmp_path: Path) -> None:
    one = audited(tmp_path / "a" / "shop", READERS)["input_hash"]
    assert audited(tmp_path / "b" / "shop", READERS)["input_hash"] == one
    assert audited(tmp_path / "c" / "shop", READERS.replace("bot_click: false", "bot_click: true"))["input_hash"] != one


def test_the_overlap_is_counted_for_every_two_segments(tmp_path: Path) -> None:
    shared = audited(tmp_path, READERS)["segment_overlap"]
    assert shared["lezers"] == {"country_nl": 20}
    assert shared["country_nl"] == {}


def test_own_segments_come_first_in_the_overlap_and_keep_their_titles(tmp_path: Path) -> None:
    own = (
        "version: 1\nsegments:\n  country_lovers: {title: {nl: Landliefhebbers}, rule: {profile: {country: NL}}}\n"
        + READERS.split("segments:\n")[1]
    )
    shown = str(Report(audited(tmp_path, own), "nl").segments()._repr_html_())
    assert "Landliefhebbers" in shown
    table = shown.partition("Wie in twee segmenten tegelijk zit")[2].partition("</table>")[0]
    assert table.index("Landliefhebbers") < table.index("lezers") < table.index("Nederland")
    assert 'data-path="segment_overlap.lezers.country_lovers">20</data>' in table
