"""A list of members is written only when asked for, holds whom it may hold, and cannot run in a spreadsheet."""

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from segkit.clock import AsOf
from segkit.engine import Rules
from segkit.errors import SegmentError
from segkit.export.lists import COLUMNS, write_list
from segkit.segments.definition import Sample, Segment
from segkit.segments.read import condition
from segkit.settings import default_settings
from tests.canonical import store_of

EVERYONE = condition({"never": "placed_order"}, "x")
NASTY = ["=cmd|' /C calc'!A0", "+31612345678", "-1+1", "@sum(a)", "\tx", "gewoon"]


def shop(folder: Path) -> tuple[Any, Rules]:
    people = [{"profile_id": f"p{n}", "email": f"p{n}@x.example", "first_name": name} for n, name in enumerate(NASTY)]
    yes = {"channel": "email", "status": "subscribed", "occurred_at": datetime(2026, 1, 1)}
    consents = [{**yes, "profile_id": f"p{n}", "purpose": "marketing"} for n in range(4)] + [
        {**yes, "profile_id": "p0", "purpose": "partner"}
    ]
    consents.append({**yes, "profile_id": "p1", "purpose": "marketing", "status": "suppressed"})
    return store_of(folder, profiles=people, consents=consents), Rules(default_settings(), AsOf.parse("2026-10-31", "UTC"))


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize(("use", "who"), [("send", ["p0", "p2", "p3"]), ("ads", ["p0"]), ("all", [f"p{n}" for n in range(6)])])
def test_a_list_holds_whom_its_use_allows(use: str, who: list[str], tmp_path: Path) -> None:
    store, rules = shop(tmp_path / "shop")
    receipt = write_list(store, rules, Segment("a", EVERYONE), EVERYONE, tmp_path / "out" / "a.csv", use)
    assert [row["profile_id"] for row in rows(tmp_path / "out" / "a.csv")] == who
    assert (receipt.members, receipt.rows, receipt.use) == (6, len(who), use)
    assert json.loads((tmp_path / "out" / "a.receipt.json").read_text())["rows"] == len(who)


def test_no_cell_begins_like_a_formula(tmp_path: Path) -> None:
    store, rules = shop(tmp_path / "shop")
    receipt = write_list(store, rules, Segment("a", EVERYONE), EVERYONE, tmp_path / "a.csv", "all", COLUMNS)
    cells = [cell for row in rows(tmp_path / "a.csv") for cell in row.values()]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
    assert receipt.made_safe == 5
    assert rows(tmp_path / "a.csv")[5]["first_name"] == "gewoon"
    assert rows(tmp_path / "a.csv")[5]["phone"] == ""


def test_a_sampled_segment_says_who_is_held_out(tmp_path: Path) -> None:
    store, rules = shop(tmp_path / "shop")
    from decimal import Decimal

    receipt = write_list(store, rules, Segment("a", EVERYONE, sample=Sample(Decimal("0.5"))), EVERYONE, tmp_path / "a.csv", "all")
    parts = [row["part"] for row in rows(tmp_path / "a.csv")]
    assert sorted(parts) == ["holdout"] * 3 + ["sample"] * 3
    assert receipt.sampled == 3


def test_an_unknown_use_or_column_is_told(tmp_path: Path) -> None:
    store, rules = shop(tmp_path / "shop")
    with pytest.raises(SegmentError, match="use 'post'"):
        write_list(store, rules, Segment("a", EVERYONE), EVERYONE, tmp_path / "a.csv", "post")
    with pytest.raises(SegmentError, match="cannot hold 'birth_year'"):
        write_list(store, rules, Segment("a", EVERYONE), EVERYONE, tmp_path / "a.csv", "all", ("birth_year",))
    assert not (tmp_path / "a.csv").exists()


def test_nobody_who_was_removed_or_is_no_person_or_has_no_address_is_listed_and_the_receipt_says_so(tmp_path: Path) -> None:
    people: list[dict[str, Any]] = [
        {"email": "a@x.example"}, {"email": "b@x.example", "deleted_at": datetime(2026, 9, 1)}, {"email": "c@x.example", "is_test": True},
        {"email": None}, {"email": ""}, {"email": "f@x.example", "deleted_at": datetime(2027, 1, 1)}, {"email": "g@x.example"},
    ]  # fmt: skip
    profiles = [{"profile_id": f"p{n}", **one} for n, one in enumerate(people)]
    yes = {"channel": "email", "purpose": "marketing", "status": "subscribed", "occurred_at": datetime(2026, 1, 1)}
    consents = [{**yes, "profile_id": one["profile_id"]} for one in profiles[:-1]]
    consents.append({**yes, "profile_id": "p6", "valid_until": datetime(2026, 2, 1)})
    store, rules = (
        store_of(tmp_path / "shop", profiles=profiles, consents=consents),
        Rules(default_settings(), AsOf.parse("2026-10-31", "UTC")),
    )
    told = write_list(store, rules, Segment("a", EVERYONE), EVERYONE, tmp_path / "a.csv")
    assert [row["profile_id"] for row in rows(tmp_path / "a.csv")] == ["p0", "p5"]
    assert (told.members, told.rows) == (7, 2)
    assert (told.removed, told.test_profiles, told.not_allowed, told.without_address) == (1, 1, 1, 2)
    told = write_list(store, rules, Segment("a", EVERYONE), EVERYONE, tmp_path / "b.csv", "all")
    assert (told.rows, told.removed, told.test_profiles, told.without_address) == (6, 1, 0, 0)
