"""Every fault of files is found again in the files alone, in the rows that the answer key names and in no other."""

from __future__ import annotations

import io
import os
import re
from pathlib import Path

import pandas as pd
import pytest
from segkit_generators import make_shop
from segkit_generators.__main__ import app
from segkit_generators.errors import BadArgument
from segkit_generators.faults import FILE_FAULTS
from segkit_generators.world import CUSTOMERS_OF_BLOCK
from typer.testing import CliRunner

import segkit
from segkit.errors import ColumnError

ORDERS = "orders_export.csv"
README = Path(__file__).parents[2] / "data/generators/README.md"


def made(folder: Path, *faults: str) -> Path:
    make_shop("bakery", 200, seed=7, faults=faults).write(folder, "shopify")
    return folder


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("clean"))


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {name: made(tmp_path_factory.mktemp(name), name) for name in FILE_FAULTS}


def content(folder: Path, name: str = ORDERS) -> bytes:
    return (folder / "shopify" / name).read_bytes()


def rows(folder: Path, name: str = ORDERS) -> pd.DataFrame:
    return pd.read_csv(io.BytesIO(content(folder, name)), dtype=str, keep_default_na=False)


def told(folder: Path, name: str = ORDERS) -> pd.DataFrame:
    frame = pd.read_parquet(folder / "truth" / "file_faults.parquet")
    return frame[frame["file"] == f"shopify/{name}"]


def changed(clean: Path, folder: Path) -> int:
    """In how many rows any cell differs."""
    return int((rows(clean) != rows(folder)).any(axis=1).sum())


def test_semicolons_and_commas_say_the_same_amounts(clean: Path, faulty: dict[str, Path]) -> None:
    text = content(faulty["semicolons"]).decode()
    assert text.splitlines()[0].count(";") == content(clean).decode().splitlines()[0].count(",")
    read = pd.read_csv(io.StringIO(text), sep=";", decimal=",")
    before = pd.read_csv(io.BytesIO(content(clean)))
    pd.testing.assert_series_equal(read["Total"], before["Total"])


@pytest.mark.parametrize(
    ("name", "encoding", "start"), [("cp1252", "cp1252", b""), ("utf16", "utf-16", b"\xff\xfe"), ("bom", "utf-8-sig", b"\xef\xbb\xbf")]
)
def test_an_encoding_says_the_same_text(clean: Path, faulty: dict[str, Path], name: str, encoding: str, start: bytes) -> None:
    file = content(faulty[name], "customers_export.csv")
    assert file.startswith(start)
    assert file.decode(encoding) == content(clean, "customers_export.csv").decode()
    assert any(letter > "\x7f" for letter in file.decode(encoding)), "there is something to encode"


def test_translated_headers_stand_over_the_same_cells(clean: Path, faulty: dict[str, Path]) -> None:
    dutch, english = rows(faulty["translated_headers"]), rows(clean)
    assert {"Naam", "Aangemaakt op", "Totaal"} <= set(dutch)
    assert not {"Name", "Created at", "Total"} & set(dutch)
    assert (dutch.to_numpy() == english.to_numpy()).all()


def test_a_truncated_file_breaks_off_in_the_first_row_that_the_key_names(clean: Path, faulty: dict[str, Path]) -> None:
    whole, part = content(clean), content(faulty["truncated_file"])
    assert whole.startswith(part)
    assert not part.endswith(b"\n")
    complete = part.count(b"\n") - 1  # the header is no row
    assert len(told(faulty["truncated_file"])) == len(rows(clean)) - complete


def test_overlapping_exports_have_the_named_rows_in_common_and_no_order_is_cut(clean: Path, faulty: dict[str, Path]) -> None:
    first, second = (rows(faulty["overlapping_exports"], f"orders_export_{number}.csv") for number in (1, 2))
    both = pd.concat([first, second])
    assert len(told(faulty["overlapping_exports"])) == len(both) - len(rows(clean)) > 0
    assert len(both.drop_duplicates()) == len(rows(clean).drop_duplicates())
    lines = rows(clean)["Name"].value_counts()
    for part in (first, second):
        assert part["Name"].value_counts().to_dict() == lines[part["Name"].unique()].to_dict()


def test_swapped_days_are_moments_that_the_shop_did_not_have(clean: Path, faulty: dict[str, Path]) -> None:
    folder = faulty["swapped_days"]
    assert 0 < changed(clean, folder) == len(told(folder))
    before, after = rows(clean)["Created at"], rows(folder)["Created at"]
    odd = before != after
    back = after[odd].str.replace(r"^(\d{4})-(\d{2})-(\d{2})", r"\1-\3-\2", regex=True)
    assert (back == before[odd]).all()


def test_a_day_that_is_its_month_is_not_swapped(clean: Path, tmp_path: Path) -> None:
    """05-05 would be what it was, and the answer key would name a row that nobody can find."""
    folder = made(tmp_path, "swapped_days=1")
    days = rows(clean)[["Created at", "Paid at", "Cancelled at"]].apply(lambda column: column.str.extract(r"^\d{4}-(\d\d-\d\d)")[0])
    assert days.isin([f"{month:02d}-{month:02d}" for month in range(1, 13)]).any(axis=None)
    assert changed(clean, folder) == len(told(folder))


def test_times_lose_their_offset_or_get_that_of_greenwich(clean: Path, faulty: dict[str, Path]) -> None:
    assert rows(clean)["Created at"].str.fullmatch(r".* \+0[12]00").all()
    without, wrong = rows(faulty["no_time_zone"]), rows(faulty["wrong_time_zone"])
    assert without["Created at"].str.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d").all()
    assert (wrong["Created at"] == without["Created at"] + " +0000").all()
    assert changed(clean, faulty["no_time_zone"]) == len(told(faulty["no_time_zone"])) == len(rows(clean))


def test_excel_writes_american_dates_short_numbers_and_keeps_the_amounts(clean: Path, faulty: dict[str, Path]) -> None:
    read, before = rows(faulty["excel_round_trip"]), rows(clean)
    assert read["Created at"].str.fullmatch(r"1?\d/[123]?\d/\d\d 1?2?\d:\d\d").all()
    assert (pd.to_numeric(read["Total"]).dropna().round(2) == pd.to_numeric(before["Total"]).dropna()).all()
    assert rows(faulty["excel_round_trip"], "customers_export.csv")["Customer ID"].str.fullmatch(r"\d\.\d\dE\+\d\d").all()


@pytest.mark.parametrize("name", ["bom", "utf16", "overlapping_exports"])
def test_segkit_reads_the_same_shop_through_it(clean: Path, faulty: dict[str, Path], name: str) -> None:
    one, other = (segkit.open(folder / "shopify").load["rows"] for folder in (clean, faulty[name]))
    assert {table: count for table, count in other.items() if table != "extracts"} == {t: n for t, n in one.items() if t != "extracts"}


@pytest.mark.parametrize("name", ["truncated_file"])
def test_segkit_leaves_out_no_more_than_the_orders_that_are_cut(clean: Path, faulty: dict[str, Path], name: str) -> None:
    whole, part = (segkit.open(folder / "shopify") for folder in (clean, faulty[name]))
    cut = {re.sub(r"\s", "", text) for text in rows(clean)["Name"].iloc[-len(told(faulty[name])) :]}
    assert 0 <= whole.load["rows"]["orders"] - part.load["rows"]["orders"] <= len(cut)


def test_a_share_is_the_share_of_the_orders(clean: Path, tmp_path: Path) -> None:
    folder = made(tmp_path, "no_time_zone=0.25")
    assert changed(clean, folder) == len(told(folder))
    without = rows(folder)["Created at"].str.len() < len("2026-01-24 17:34:28 +0100")
    assert rows(folder).loc[without, "Name"].nunique() == round(0.25 * rows(clean)["Name"].nunique())


@pytest.mark.parametrize("name", ["swapped_days=0.3", "no_time_zone=0.3", "wrong_time_zone=0.3"])
@pytest.mark.parametrize("more", [(), ("overlapping_exports",), ("overlapping_exports", "translated_headers")])
def test_an_order_is_of_one_mind_about_its_day(name: str, more: tuple[str, ...], tmp_path: Path) -> None:
    """Its rows, and the two files that it may stand in, tell one moment; an order is not taken apart for the fault of a clock."""
    folder = made(tmp_path, name, *more)
    files = [rows(folder, path.name) for path in (folder / "shopify").glob("orders_export*.csv")]
    assert len(files) == 1 + bool(more)
    both = pd.concat(files)
    order, moment = ("Naam", "Aangemaakt op") if "translated_headers" in more else ("Name", "Created at")
    assert both.groupby(order)[moment].nunique().eq(1).all()


def opening(folder: Path) -> str:
    """What segkit makes of a delivery, in the words of the README."""
    try:
        read = segkit.open(folder).load["rows"]
    except ColumnError as error:
        return "refused: no row has an amount" if "not an amount" in str(error) else "refused: no row has a time"
    return "opens" if read.get("profiles") else "opens empty: no reader knows the files"


@pytest.mark.filterwarnings("ignore::segkit_generators.errors.FaultNotShown")
def test_the_readme_says_which_faults_make_a_reader_refuse_the_whole_delivery(tmp_path: Path) -> None:
    page = README.read_text(encoding="utf-8")
    for name in FILE_FAULTS if os.environ.get("SEGKIT_LONG") else ("semicolons", "translated_headers", "overlapping_exports"):
        shop = make_shop("bakery", 60, seed=7, faults=[name])
        answers = []
        for system in ("klaviyo", "shopify", "activecampaign"):
            try:
                shop.write(tmp_path / name / system, system)
            except BadArgument:  # it has nothing that the fault could strike
                answers.append("opens")
            else:
                answers.append(opening(tmp_path / name / system / system))
        row = f"| `{name}` | {' | '.join(answers)} |"
        assert (row in page) == (set(answers) != {"opens"}), row


def test_segkit_takes_no_order_apart_whose_day_was_swapped(clean: Path, tmp_path: Path) -> None:
    whole, swapped = (segkit.open(folder / "shopify").load for folder in (clean, made(tmp_path, "swapped_days=0.3")))
    assert whole["rows"]["orders"] == swapped["rows"]["orders"]
    assert whole["rows"]["order_items"] == swapped["rows"]["order_items"]


def test_no_offset_and_a_wrong_one_are_refused_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("segkit_generators.__main__.shop_of", None)
    ask = ["fashion", "--out", str(tmp_path / "out"), "--as", "shopify", "--fault", "no_time_zone", "--fault", "wrong_time_zone"]
    done = CliRunner().invoke(app, ask)
    assert done.exit_code == 2
    assert "no_time_zone and wrong_time_zone cannot go together" in done.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("customers", [20, CUSTOMERS_OF_BLOCK + 1], ids=["small", "in blocks"])
def test_a_fault_of_files_needs_files(customers: int, tmp_path: Path) -> None:
    """Else it would be asked for, be planted nowhere, and nobody would know."""
    done = CliRunner().invoke(app, ["bakery", "--customers", str(customers), "--out", str(tmp_path / "out"), "--fault", "bom"])
    assert done.exit_code == 2
    assert "bom is a fault of files" in done.stderr
    assert not (tmp_path / "out").exists()
