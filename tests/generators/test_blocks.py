"""A big shop is made in blocks of customers: the same bytes in memory and in parts, and nothing that two blocks share by accident."""

from pathlib import Path

import pandas as pd
import pytest
from segkit_generators import Shop, make_shop
from segkit_generators.big import write_in_blocks
from segkit_generators.world import CUSTOMERS_OF_BLOCK

from tests.generators.test_make import FIXED

CUSTOMERS = CUSTOMERS_OF_BLOCK + 400


@pytest.fixture(scope="module")
def shop() -> Shop:
    return make_shop("bakery", CUSTOMERS, seed=7)


def test_written_in_parts_it_is_what_it_is_in_memory(shop: Shop, tmp_path: Path) -> None:
    write_in_blocks(tmp_path / "parts", "bakery", CUSTOMERS, 7, "2026-10-31", processes=2)
    shop.write(tmp_path / "memory")
    files = sorted(path.relative_to(tmp_path / "memory") for path in (tmp_path / "memory").rglob("*.*") if path.is_file())
    assert files == sorted(path.relative_to(tmp_path / "parts") for path in (tmp_path / "parts").rglob("*.*") if path.is_file())
    assert sum(path.name == "part-00001.parquet" for path in files) > 10
    assert all((tmp_path / "parts" / path).read_bytes() == (tmp_path / "memory" / path).read_bytes() for path in files)
    orders = pd.read_parquet(tmp_path / "parts" / "canonical" / shop.arguments.load_id / "orders.parquet")
    assert orders["order_id"].tolist() == shop.tables["orders"]["order_id"].to_pylist()


@pytest.mark.parametrize(
    ("table", "column"),
    [("profiles", "profile_id"), ("profiles", "email"), ("orders", "order_id"), ("orders", "order_number"), ("email_events", "event_id"),
     ("order_items", "order_item_id"), ("site_events", "event_id"), ("carts", "cart_id"), ("refunds", "refund_id"),
     ("feedback", "feedback_id"), ("messages", "message_id"), ("products", "product_id"), ("extracts", "extract_id")],
)  # fmt: skip
def test_what_names_a_row_names_one_in_the_whole_shop(shop: Shop, table: str, column: str) -> None:
    assert shop.tables[table][column].to_pandas().is_unique


def test_what_points_to_a_row_finds_it(shop: Shop) -> None:
    profiles = set(shop.tables["profiles"]["profile_id"].to_pylist())
    for table in ("orders", "email_events", "carts", "consents", "feedback", "site_events", "refunds", "profile_identities"):
        assert set(shop.tables[table]["profile_id"].drop_null().to_pylist()) <= profiles
    orders = set(shop.tables["orders"]["order_id"].to_pylist())
    for table, column in (("order_items", "order_id"), ("refunds", "order_id"), ("carts", "recovered_order_id"), ("feedback", "order_id")):
        assert set(shop.tables[table][column].drop_null().to_pylist()) <= orders
    assert shop.tables["profiles"].num_rows == len(shop.truth["customers"]) == CUSTOMERS
    assert shop.truth["customers"]["profile_id"].tolist() == shop.tables["profiles"]["profile_id"].to_pylist()


def test_the_first_customers_are_those_of_a_small_shop_and_the_next_block_repeats_nobody(shop: Shop) -> None:
    small, customers = make_shop("bakery", 300, seed=7).truth["customers"][FIXED], shop.truth["customers"][FIXED]
    pd.testing.assert_frame_equal(customers.head(300), small)
    again = customers.iloc[CUSTOMERS_OF_BLOCK:].reset_index(drop=True).head(300)
    assert (again["purchase_rate_per_day"] == small["purchase_rate_per_day"]).mean() < 0.5  # those who never buy have 0
    assert not (again["open_propensity"] == small["open_propensity"]).any()


@pytest.mark.parametrize("name", ["fashion", "coffee", "international"])
def test_shops_with_friends_gifts_and_lists_can_be_made_in_blocks(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of 150 instead of 20,000: ids stay unique, what points to a row finds it, the first block is the small shop."""
    for place in ("arguments", "world"):
        monkeypatch.setattr(f"segkit_generators.{place}.CUSTOMERS_OF_BLOCK", 150)
    shop, small = make_shop(name, 400, seed=3), make_shop(name, 100, seed=3)
    tables = {table: rows.to_pandas() for table, rows in shop.tables.items()}
    assert len(shop.blocks) == 3
    for table, key in (("refunds", "refund_id"), ("order_items", "order_item_id"), ("orders", "order_id"), ("profiles", "email")):
        assert tables[table][key].is_unique
    profiles = set(tables["profiles"]["profile_id"])
    assert set(tables["refunds"]["order_item_id"].dropna()) <= set(tables["order_items"]["order_item_id"])
    assert set(tables["list_memberships"]["profile_id"]) <= profiles
    assert set(tables["experiment_assignments"]["profile_id"]) <= profiles
    if "profile_properties" in tables:
        assert set(tables["profile_properties"]["value_text"]) <= profiles
    columns = [column for column in small.truth["customers"] if column in FIXED or column.startswith(("brand_", "return_"))]
    pd.testing.assert_frame_equal(small.truth["customers"][columns], shop.truth["customers"][columns].head(100))
    assert shop.truth["segments"]["segment_id"].is_unique
    assert len(shop.truth["hindsight"]) == shop.truth["hindsight"]["profile_id"].nunique()
