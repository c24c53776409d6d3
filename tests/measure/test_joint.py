"""A whole report: whatever of its tables is put together, nothing follows about what a few people spent."""

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from segkit import quality
from segkit.audit import _Audit
from tests.measure.crowd import DAY, crowd

NESTED = """
version: 1
segments:
  big: {rule: {did: placed_order, at_least: 2}}
  big_but_few:
    all: [{did: placed_order, at_least: 2}, {total_value: placed_order, less_than: 150}]
  nearly_all: {rule: {total_value: placed_order, less_than: 180}}
  readers:
    all: [{did: opened_email}, {did: placed_order, at_least: 2}]
"""


@pytest.fixture(scope="module", params=[5, 10])
def audited(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> _Audit:
    folder = tmp_path_factory.mktemp("nested")
    (folder / "segments.yaml").write_text(NESTED, encoding="utf-8")
    shop = crowd(folder / "shop", smallest_group=request.param).view.shop
    return _Audit(shop.store, shop.at(DAY).as_of, shop.client, shop.load, folder / "segments.yaml")


def told(result: dict[str, Any], frame: pd.DataFrame) -> dict[str, pd.Series]:
    """Who is in each group of which the report says what it spent."""
    groups = {"everyone": pd.Series(True, index=frame.index)}
    for name, card in result["segments"].items():
        groups[f"segment {name}"] = frame[f"in_{name}"] if card["revenue"] is not None else None
    for kind in ("partition", "literal"):
        for name, card in result["personas"][kind].items():
            inside = frame["persona"] == name if kind == "partition" else frame[f"is_{name}"]
            groups[f"{kind} {name}"] = inside if card["revenue"] is not None else None
    for row in result["segment_comparison"]["rank"]:
        column = f"is_{row['segment']}" if f"in_{row['segment']}" not in frame else f"in_{row['segment']}"
        groups[f"recipients {row['segment']}"] = frame[column] & frame["is_mailable"] if row["revenue"] is not None else None
    for name, rows in result["segment_comparison"]["costs"].items():
        so_far = pd.Series(True, index=frame.index)
        for row in rows:
            so_far = so_far & (frame[f"of_{name}_part_{row['step']}"] if row["step"] else True)
            groups[f"costs {name} {row['step']}"] = so_far if row["revenue"] is not None else None
    for moved in result["segment_comparison"]["moved"]:
        for row in moved["rows"]:
            column = frame[f"moved_{moved['segment']}_{row['value']}"]
            groups[f"moved {moved['segment']} {row['value']}"] = column if row["revenue"] is not None else None
    return {name: inside for name, inside in groups.items() if inside is not None}


def test_no_two_sums_differ_by_a_few_people(audited: _Audit) -> None:
    groups, least = told(audited.result(), audited.frame), audited.settings["smallest_group"]
    for one, other in combinations(groups, 2):
        assert not 0 < (groups[one] ^ groups[other]).sum() < least, (one, other)
    assert all(not 0 < inside.sum() < least for inside in groups.values())
    assert len(groups) > 12


def test_no_sum_about_one_person_or_kind_of_person_follows_from_all_of_them(audited: _Audit) -> None:
    groups, least = told(audited.result(), audited.frame), audited.settings["smallest_group"]
    table = pd.DataFrame(groups).astype(int)
    cells = table.groupby(list(table)).size().reset_index(name="people")
    sums = cells[list(table)].to_numpy(dtype=float).T
    for place in np.flatnonzero(cells["people"] < least):
        wanted = np.eye(len(cells))[place]
        found, *_ = np.linalg.lstsq(sums.T, wanted, rcond=None)
        assert np.abs(sums.T @ found - wanted).max() > 1e-6


def test_some_of_them_are_withheld_here(audited: _Audit) -> None:
    result = audited.result()
    cards = [*result["segments"].values(), *result["personas"]["partition"].values(), *result["personas"]["literal"].values()]
    reasons = {card["reason"] for card in cards if card["members"]}
    assert {"too_few_profiles", "differs_by_too_few_profiles"} <= reasons
    assert isinstance(audited.quality, quality.Quality)
