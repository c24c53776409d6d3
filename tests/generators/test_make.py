"""Making and writing a shop: the same arguments give the same bytes, and wrong ones say what is allowed."""

import hashlib
import json
import subprocess
import sys

import pandas as pd
import pytest
from segkit_generators import make_shop
from segkit_generators.__main__ import app
from segkit_generators.errors import BadArgument, BadProfile, UnknownProfile
from segkit_generators.exports import CANONICAL, EXPORTS
from segkit_generators.faults import ALL
from segkit_generators.recipe import load_recipe, profile_names
from typer.testing import CliRunner

FIXED = [
    "lifecycle", "purchase_rate_per_day", "order_value_mean", "open_propensity", "click_propensity", "is_apple_reader",
    "visit_rate_per_day", "allows_site_tracking", "source", "stops_reading_at",
]  # fmt: skip


def test_same_arguments_same_bytes(tmp_path):
    """Made here and made by the command in a process of its own, whose hashes of strings differ."""
    make_shop(customers=150, seed=3).write(tmp_path / "here")
    command("bakery", "--customers", "150", "--seed", "3", "--out", str(tmp_path / "there"))
    here, there = (sorted((tmp_path / name).rglob("*.*")) for name in ("here", "there"))
    assert [path.relative_to(tmp_path / "here") for path in here] == [path.relative_to(tmp_path / "there") for path in there]
    assert len(here) == 17 + 1 + 8 + 1 + 1
    assert all(a.read_bytes() == b.read_bytes() for a, b in zip(here, there, strict=True))


def test_another_seed_gives_another_shop():
    one, two = make_shop(customers=150, seed=3), make_shop(customers=150, seed=4)
    assert one.arguments.load_id != two.arguments.load_id
    assert not one.tables["orders"].equals(two.tables["orders"])


def test_the_first_customers_of_a_bigger_shop_are_the_same(bakery):
    small = make_shop(customers=300, seed=7)
    pd.testing.assert_frame_equal(small.truth["customers"][FIXED], bakery.truth["customers"][FIXED].head(300))
    columns = ["email", "first_name", "city", "created_at", "country_code"]
    assert small.tables["profiles"].select(columns).equals(bakery.tables["profiles"].select(columns).slice(0, 300))


@pytest.mark.parametrize("customers", [1, 2, 25])
def test_tiny_shops_can_be_made(customers):
    assert make_shop(customers=customers, seed=1).tables["profiles"].num_rows == customers


def test_the_command_writes_a_client_folder(tmp_path):
    command("bakery", "--customers", "60", "--seed", "7", "--out", str(tmp_path), "--as", "canonical")
    (load_id,) = (tmp_path / "canonical" / "CURRENT").read_text().splitlines()
    assert pd.read_parquet(tmp_path / "canonical" / load_id / "profiles.parquet").shape == (60, 29)
    assert (tmp_path / "client.yaml").read_text() == ("name: Bakkerij Jan\nlanguage: nl\ntime_zone: Europe/Brussels\ncurrency: EUR\n")
    assert len(pd.read_parquet(tmp_path / "truth" / "customers.parquet")) == 60
    assert not list(tmp_path.rglob("*.part"))


def test_a_second_load_takes_over_and_an_edited_client_file_stays(tmp_path):
    make_shop(customers=50, seed=1).write(tmp_path)
    (tmp_path / "client.yaml").write_text("name: Mine\n")
    second = make_shop(customers=50, seed=2)
    second.write(tmp_path)
    assert (tmp_path / "canonical" / "CURRENT").read_text() == f"{second.arguments.load_id}\n"
    assert {path.name for path in (tmp_path / "canonical").iterdir()} == {"CURRENT", second.arguments.load_id}
    assert (tmp_path / "client.yaml").read_text() == "name: Mine\n"


def test_the_load_reports_a_receipt_for_every_table(tmp_path):
    shop = make_shop(customers=50, seed=1)
    folder = shop.write(tmp_path)
    load = json.loads((folder / "load.json").read_text())
    assert load["load_id"] == folder.name == shop.arguments.load_id
    assert load["rows"] == {name: table.num_rows for name, table in shop.tables.items()}
    assert [receipt["file"] for receipt in load["receipts"]] == [f"{name}.parquet" for name in shop.tables]
    for receipt in load["receipts"]:
        file = folder / receipt["file"]
        assert receipt["sha256_12"] == hashlib.sha256(file.read_bytes()).hexdigest()[:12]
        assert receipt["rows_read"] == receipt["kept"] == len(pd.read_parquet(file))
        assert (receipt["reader"], receipt["status"], receipt["refused"]) == ("canonical", "read", 0)
    span = next(receipt for receipt in load["receipts"] if receipt["file"] == "orders.parquet")
    ordered = shop.tables["orders"]["ordered_at"].to_pandas()
    assert (pd.Timestamp(span["from_at"]), pd.Timestamp(span["to_at"])) == (ordered.min(), ordered.max())


@pytest.mark.parametrize(
    ("arguments", "allowed"),
    [
        (["butcher"], "bakery"),
        (["bakery", "--until", "31-10-2026"], "2026-10-31"),
        (["bakery", "--until", "2020-01-01"], "2024-03-22"),
        (["bakery", "--customers", "0"], "1 or more"),
        (["bakery", "--as", "canonical,mailchimp"], "canonical, klaviyo, shopify"),
        (["bakery", "--as", ""], "canonical, klaviyo, shopify"),
        (["bakery", "--fault", "guests="], "or guests for its own share"),
        (["bakery", "--until", "20261031"], "Write it as year-month-day"),
        (["bakery", "--until", "2026-W44-6"], "Write it as year-month-day"),
    ],
)
def test_a_wrong_argument_names_what_is_allowed(tmp_path, arguments, allowed):
    done = CliRunner().invoke(app, [*arguments, "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert allowed in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_help_lists_the_shops_the_deliveries_and_the_faults():
    told = " ".join(CliRunner().invoke(app, ["--help"], env={"COLUMNS": "400"}).stdout.split())
    assert all(name in told for name in (*profile_names(), CANONICAL, *EXPORTS, *ALL))


def test_errors_of_the_function():
    with pytest.raises(UnknownProfile, match="bakery"):
        make_shop("butcher")
    with pytest.raises(BadArgument, match="0 or more"):
        make_shop(seed=-1)
    with pytest.raises(BadProfile, match="no key 'moon'"):
        load_recipe("bakery")["moon"]


def command(*arguments):
    done = subprocess.run([sys.executable, "-m", "segkit_generators", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
