"""Overlapping deliveries: the same rows twice change nothing, a newer order wins, a cut file is passed over."""

import itertools
import os
import random
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit
from segkit.errors import MappingError
from segkit.settings import Client
from segkit.sources import load_delivery
from segkit.sources.mapping import checked

LINES = {
    "source": "shop",
    "read": {"lines": {"files": "*.csv", "unit": "order_no", "columns": {
        "order_no": {"from": "order", "type": "id"}, "customer": {"from": "customer", "type": "id"},
        "day": {"from": "day", "type": "date"}, "amount": {"from": "amount", "type": "money"},
    }}},
    "write": {
        "orders": {"from": "lines", "one_row_per": {"order_id": "order_no"},
                   "columns": {"profile_id": "min(customer)", "ordered": "min(day)", "total": "sum(amount)"}},
        "order_items": {"from": "lines", "one_row_per": "row",
                        "columns": {"order_item_id": "order_no || '#' || line_no", "order_id": "order_no", "line_no": "line_no", "line_total": "amount"}},
    },
}  # fmt: skip
Row = tuple[str, str, str, int]
SHOP: list[Row] = [
    (f"o{order}", f"c{order % 3}", f"2026-01-{order + 1:02}", line + 1) for order in range(12) for line in range(order % 3 + 1)
]


def deliver(folder: Path, **files: list[Row]) -> None:
    """Files in the order given, each a minute newer than the one before."""
    folder.mkdir(parents=True, exist_ok=True)
    for minute, (name, rows) in enumerate(files.items()):
        file = folder / f"{name}.csv"
        file.write_text("\n".join(["order,customer,day,amount", *[",".join(map(str, row)) for row in rows]]) + "\n", encoding="utf-8")
        os.utime(file, (1_700_000_000 + 60 * minute,) * 2)


def lines(folder: Path) -> tuple[list[Any], segkit.Shop]:
    shop = segkit.open(folder, mapping=LINES)
    items = pd.read_parquet(shop.store.folder / "order_items.parquet").sort_values("order_item_id")
    return list(zip(items["order_item_id"], map(float, items["line_total"]), strict=True)), shop


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    folder = tmp_path_factory.mktemp("one")
    deliver(folder, all=SHOP)
    return lines(folder)[0]


def test_the_same_file_twice_is_read_once(tmp_path: Path, truth: list[Any]) -> None:
    deliver(tmp_path, one=SHOP, two=SHOP)
    told, shop = lines(tmp_path)
    assert told == truth
    assert [receipt["status"] for receipt in shop.load["receipts"]] == ["read", "skipped"]


@pytest.mark.parametrize("start", range(0, len(SHOP), 3))
def test_a_file_and_its_own_tail_wherever_it_is_cut(tmp_path: Path, truth: list[Any], start: int) -> None:
    deliver(tmp_path, all=SHOP, tail=SHOP[start:])
    assert lines(tmp_path)[0] == truth


def test_a_newer_delivery_in_which_an_order_lost_a_line_shows_the_newer_order(tmp_path: Path, truth: list[Any]) -> None:
    newer = [row for row in SHOP if row != ("o5", "c2", "2026-01-06", 3)]
    deliver(tmp_path, older=SHOP, newer=newer)
    told, _ = lines(tmp_path)
    assert set(truth) - set(told) == {("o5#3", 3.0)}


def test_which_file_is_newer_is_its_time_not_its_name(tmp_path: Path) -> None:
    newer = [row for row in SHOP if row != ("o5", "c2", "2026-01-06", 3)]
    deliver(tmp_path, z_older=SHOP, a_newer=newer)
    assert "o5#3" not in dict(lines(tmp_path)[0])


def test_lines_that_repeat_are_kept_and_told(tmp_path: Path) -> None:
    deliver(tmp_path, all=[*SHOP, SHOP[-1]])
    told, shop = lines(tmp_path)
    assert len(told) == len(SHOP) + 1
    assert shop.load["duplicates"] == {"shop.lines": 1}


@given(st.integers(0, 10**6), st.integers(2, 4))
def test_any_overlapping_cuts_give_the_whole_and_every_row_a_place(seed: int, pieces: int) -> None:
    """Windows over the same export that together cover it, in any order of age."""
    import tempfile

    draw = random.Random(seed)
    borders = sorted({0, len(SHOP), *(draw.randrange(len(SHOP)) for _ in range(pieces - 1))})
    windows = [SHOP[max(0, start - draw.randrange(6)) : end + draw.randrange(3)] for start, end in itertools.pairwise(borders)]
    whole = [*windows, SHOP]
    draw.shuffle(whole)
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        deliver(Path(one), **{f"f{place}": rows for place, rows in enumerate(whole)})
        deliver(Path(other), all=SHOP)
        told, shop = lines(Path(one))
        assert told == lines(Path(other))[0]
        for receipt in shop.load["receipts"]:
            assert receipt["rows_read"] == receipt["kept"] + receipt["mended"] + receipt["set_aside"] + receipt["refused"]


def test_a_load_that_fails_leaves_the_old_tables_in_force(tmp_path: Path) -> None:
    deliver(tmp_path / "deliveries", all=SHOP)
    client, mapping, canonical = Client(name="x"), checked(LINES, "mapping"), tmp_path / "canonical"
    first = load_delivery(tmp_path / "deliveries", canonical, client, mapping, tmp_path / "q")
    (tmp_path / "deliveries" / "broken.csv").write_text(
        'order,customer,day,amount\no99,"c1,2026-02-01,1\no98,c1,2026-02-01,1\n', encoding="utf-8"
    )
    with pytest.raises(segkit.SegkitError):
        load_delivery(tmp_path / "deliveries", canonical, client, mapping, tmp_path / "q")
    assert (canonical / "CURRENT").read_text().strip() == first.load_id
    assert len(pd.read_parquet(canonical / first.load_id / "orders.parquet")) == 12


def test_a_second_load_replaces_the_first_and_the_old_one_goes(tmp_path: Path) -> None:
    deliver(tmp_path / "deliveries", all=SHOP)
    client, mapping, canonical = Client(name="x"), checked(LINES, "mapping"), tmp_path / "canonical"
    first = load_delivery(tmp_path / "deliveries", canonical, client, mapping, tmp_path / "q")
    deliver(tmp_path / "deliveries", all=SHOP[:5])
    second = load_delivery(tmp_path / "deliveries", canonical, client, mapping, tmp_path / "q")
    assert first.load_id != second.load_id
    assert [path.name for path in canonical.iterdir() if path.is_dir()] == [second.load_id]


def changed(**parts: Any) -> dict[str, Any]:
    import copy

    data = copy.deepcopy(LINES)
    for path, value in parts.items():
        *above, last = path.split("__")
        place: Any = data
        for step in above:
            place = place[step]
        place[last] = value
    return data


@pytest.mark.parametrize(
    ("mapping", "named"),
    [
        (changed(reed={}), "reed"),
        (changed(write__ordres={"from": "lines", "one_row_per": "row"}), "ordres"),
        (changed(write__orders__from="line"), "'line'"),
        (changed(read__lines__columns__amount={"from": "amount", "type": "monney"}), "amount.type"),
        (changed(write__orders__columns={"ordered": "min(day)", "totl": "sum(amount)"}), "totl"),
        (changed(write__orders__columns={"ordered": "min(day)", "total": "sum(amonut)"}), "amonut"),
        (changed(write__orders__columns={"ordered": "min(day)", "total": "(SELECT 1)"}), "vocabulary"),
        (changed(write__orders__where="read_csv('x') = 1"), "vocabulary"),
        (changed(read__lines__labels={"row_is": {"big": "amount > 1"}}), "neither written nor set aside"),
        (
            changed(
                read__lines__labels={"row_is": {"big": "amount > 1", "small": "otherwise"}},
                write__orders__rows=["big"],
                write__order_items__rows=["big"],
            ),
            "small",
        ),
        (changed(time_zone="Europe/Amsterdm"), "time zone"),
        (changed(read__lines__columns__select={"from": "amount", "type": "money"}), "'select'"),
    ],
)
def test_mistakes_in_a_mapping_are_errors_that_name_the_place(mapping: dict[str, Any], named: str, tmp_path: Path) -> None:
    deliver(tmp_path, all=SHOP)
    with pytest.raises(segkit.SegkitError, match=named.replace("(", r"\(")) as raised:
        segkit.open(tmp_path, mapping=mapping)
    assert isinstance(raised.value, MappingError) or "time zone" in named
    assert raised.value.todo
