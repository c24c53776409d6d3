"""Which faults go together: all that are asked for are planted and still there, or the shop is refused and nothing is written."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pandas as pd
import pytest
from segkit_generators import big, make_shop
from segkit_generators.__main__ import app
from segkit_generators.errors import BadArgument, FaultNotShown
from segkit_generators.exports import CANONICAL, EXPORTS
from segkit_generators.exports.delivery import TextFile
from segkit_generators.faults import CONTRADICTIONS, FILE_FAULTS, checked
from segkit_generators.faults.files import overlap
from segkit_generators.streams import Streams
from segkit_generators.world import CUSTOMERS_OF_BLOCK
from typer.testing import CliRunner

import segkit

ORDERS = "orders_export.csv"


def written(folder: Path, *faults: str, customers: int = 200) -> Path:
    make_shop("bakery", customers, seed=7, faults=faults).write(folder, "shopify")
    return folder / "shopify"


@pytest.mark.parametrize("name", [name for name in FILE_FAULTS if name not in ("truncated_file", "overlapping_exports")])
def test_a_truncated_file_has_the_other_fault_too(name: str, tmp_path: Path) -> None:
    whole = written(tmp_path / "whole", name) / ORDERS
    part = written(tmp_path / "part", "truncated_file", name) / ORDERS
    told = pd.read_parquet(tmp_path / "part" / "truth" / "file_faults.parquet")
    assert set(told["fault"]) == {"truncated_file", name}
    assert 0 < part.stat().st_size < whole.stat().st_size
    assert whole.read_bytes().startswith(part.read_bytes())


def test_each_of_two_overlapping_exports_can_break_off(tmp_path: Path) -> None:
    whole = written(tmp_path / "whole", "overlapping_exports")
    part = written(tmp_path / "part", "truncated_file", "overlapping_exports")
    for name in ("orders_export_1.csv", "orders_export_2.csv"):
        assert (whole / name).read_bytes().startswith((part / name).read_bytes())
        assert not (part / name).read_bytes().endswith(b"\n")


def test_under_dutch_headers_overlapping_exports_cut_no_order_either(tmp_path: Path) -> None:
    english = written(tmp_path / "english", "overlapping_exports")
    dutch = written(tmp_path / "dutch", "overlapping_exports", "translated_headers")
    for file in sorted(english.glob("*_[12].csv")):
        one, other = (pd.read_csv(folder / file.name, dtype=str) for folder in (english, dutch))
        assert (one.fillna("").to_numpy() == other.fillna("").to_numpy()).all()
    assert "Naam" in pd.read_csv(dutch / "orders_export_1.csv")


@pytest.mark.parametrize("name", [name for name in FILE_FAULTS if name not in ("truncated_file", "overlapping_exports")])
def test_overlapping_exports_have_the_other_fault_too(name: str, tmp_path: Path) -> None:
    """Even where one of the two has no amount at all in a column of amounts."""
    both, alone = written(tmp_path / "both", "overlapping_exports", name), written(tmp_path / "alone", "overlapping_exports")
    told = pd.read_parquet(tmp_path / "both" / "truth" / "file_faults.parquet")
    struck = {file.removeprefix("shopify/") for file in told.loc[told["fault"] == name, "file"]}
    different = {file.name for file in alone.glob("*.csv") if (both / file.name).read_bytes() != file.read_bytes()}
    assert {"orders_export_1.csv", "orders_export_2.csv"} <= different == struck


def test_overlapping_exports_cut_no_product(tmp_path: Path) -> None:
    parts = [pd.read_csv(file) for file in sorted(written(tmp_path, "overlapping_exports").glob("products_export_[12].csv"))]
    assert len(parts) == 2
    for part in parts:
        assert part.drop_duplicates("Handle")["Title"].notna().all(), "the first row of each product is there"
        assert (part.groupby("Handle").size() > 1).all()


@pytest.mark.parametrize("system", [*EXPORTS, CANONICAL])
@pytest.mark.parametrize("cut", ["left_truncated=1", "right_censored=1"])
def test_a_history_without_orders_is_delivered_and_read(cut: str, system: str, tmp_path: Path) -> None:
    make_shop("bakery", 60, seed=7, faults=[cut]).write(tmp_path, system)
    rows = segkit.open(tmp_path if system == CANONICAL else tmp_path / system).load["rows"]
    assert rows["profiles"] == 60
    assert rows.get("orders", 0) == rows.get("order_items", 0) == 0


@pytest.mark.parametrize("rows", [1, 2, 9, 10])
def test_of_a_short_file_one_row_stands_in_both_exports(rows: int) -> None:
    file = TextFile("list.csv", pd.DataFrame({"Handle": [f"h{row}" for row in range(rows)]}))
    (first, second), told = overlap(file, 0.1, Streams(7)("overlap"))
    assert len(told) == 1
    assert len(first.rows) + len(second.rows) == rows + 1


@pytest.mark.parametrize("cut", ["left_truncated=0.5", "right_censored=0.5"])
def test_what_a_cut_history_lacks_no_other_fault_strikes(cut: str) -> None:
    shop = make_shop("bakery", 300, seed=7, faults=["guests=0.4", "ties=0.2", "two_countries=0.4", cut])
    told = shop.truth["faults"]
    there = set(shop.tables["orders"]["order_id"].to_pylist())
    assert set(told.loc[told["fault"] != cut.split("=")[0], "row_id"]) <= there
    assert set(told["fault"]) == {"guests", "ties", "two_countries", cut.split("=")[0]}


def test_two_orders_in_one_second_stay_with_one_profile() -> None:
    shop = make_shop("bakery", 100, seed=7, faults=["ties=0.5", "case_duplicates=0.5"])
    told, orders = shop.truth["faults"], shop.tables["orders"].select(["order_id", "profile_id", "ordered_at"]).to_pandas()
    tied = orders.loc[orders["profile_id"].notna() & orders.duplicated(["profile_id", "ordered_at"], keep=False), "order_id"]
    assert set(told.loc[told["fault"] == "ties", "row_id"]) <= set(tied)


@pytest.mark.parametrize("pair", [pair for names, _ in CONTRADICTIONS for pair in combinations(names, 2)])
def test_faults_of_which_one_undoes_the_other_are_refused(pair: tuple[str, str]) -> None:
    for asked in (pair, pair[::-1]):
        with pytest.raises(BadArgument, match=f"{asked[0]} and {asked[1]} cannot go together"):
            checked(asked)


def test_a_fault_is_asked_for_once() -> None:
    with pytest.raises(BadArgument, match="guests is asked for twice"):
        checked(["guests", "bom", "guests=0.5"])


def test_a_fault_that_others_left_nothing_to_strike_is_refused_and_the_earlier_shop_stays(tmp_path: Path) -> None:
    command = ["bakery", "--customers", "60", "--out", str(tmp_path)]
    assert CliRunner().invoke(app, command).exit_code == 0
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    done = CliRunner().invoke(app, [*command, "--fault", "guests=1", "--fault", "marketplace_orders"])
    assert done.exit_code == 2
    assert "marketplace_orders finds nothing to strike in this shop" in done.stderr
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before
    assert not (tmp_path / ".shop.part").exists()


def test_a_fault_that_no_block_has_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks are made apart, and one without the fault may stand beside one that has it."""
    faulty, clean = (make_shop("bakery", 60, seed=7, faults=[name]).blocks[0] for name in ("guests", "html_names"))
    monkeypatch.setattr(big, "ProcessPoolExecutor", InOneProcess)
    for made, is_planted in (([clean, faulty], True), ([clean, clean], False)):
        monkeypatch.setattr(big, "make_block", lambda arguments, number, made=made: made[number])
        folder = tmp_path / str(is_planted)
        if is_planted:
            big.write_in_blocks(folder, "bakery", 2 * CUSTOMERS_OF_BLOCK, 7, "2026-10-31", ["guests"])
        else:
            with pytest.raises(BadArgument, match="guests finds nothing to strike in this shop"):
                big.write_in_blocks(folder, "bakery", 2 * CUSTOMERS_OF_BLOCK, 7, "2026-10-31", ["guests"])
        assert (folder / "canonical" / "CURRENT").exists() == is_planted


class InOneProcess:
    """A pool that is none."""

    def __init__(self, *processes: object, **options: object) -> None:
        self.map = map

    def __enter__(self) -> InOneProcess:
        return self

    def __exit__(self, *error: object) -> None:
        pass


@pytest.mark.parametrize("name", ["bom", "no_time_zone", "wrong_time_zone"])
def test_a_fault_that_the_files_cannot_have_is_refused(name: str, tmp_path: Path) -> None:
    """Klaviyo's export has its byte order mark by itself, and times without an offset."""
    shop = make_shop("bakery", 60, seed=7, faults=[name])
    with (
        pytest.warns(FaultNotShown, match=name),
        pytest.raises(BadArgument, match=f"{name} finds nothing to strike in the files of klaviyo"),
    ):
        shop.write(tmp_path / "one", "klaviyo")
    assert not (tmp_path / "one" / "truth").exists()
    with pytest.warns(FaultNotShown, match=f"{name} does not show in the files of klaviyo"):
        shop.write(tmp_path / "both", "klaviyo,shopify")
    told = pd.read_parquet(tmp_path / "both" / "truth" / "file_faults.parquet")
    assert set(told["file"].str.partition("/")[0]) == {"shopify"}


def test_a_file_of_plain_letters_is_the_same_in_any_encoding_and_so_not_told(tmp_path: Path) -> None:
    clean, struck = (written(tmp_path / name, *faults, customers=60) for name, faults in (("clean", ()), ("struck", ("cp1252",))))
    told = pd.read_parquet(tmp_path / "struck" / "truth" / "file_faults.parquet")
    different = {f"shopify/{file.name}" for file in clean.glob("*.csv") if file.read_bytes() != (struck / file.name).read_bytes()}
    assert set(told["file"]) == different
