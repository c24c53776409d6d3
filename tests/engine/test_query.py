"""The verbs of a query on tiny tables: joins, flags, ranks, and the types of the answer."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from segkit.clock import AsOf
from segkit.engine import DIALECTS, Query, Rules, Store, text
from segkit.errors import ExpressionError, NothingToRead
from segkit.features import profile_features
from segkit.settings import default_settings
from tests.canonical import store_of

RULES = Rules(default_settings(), AsOf(date(2026, 11, 1), "Europe/Amsterdam"))


def order(name: str, profile: str, at: datetime, total: str) -> dict:
    return {"order_id": name, "profile_id": profile, "ordered_at": at, "total_base": Decimal(total), "counts_as_purchase": True}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three people; one order falls on the next local day, after the as-of date."""
    return store_of(
        tmp_path,
        profiles=[{"profile_id": name} for name in ("ann", "bob", "cor")],
        orders=[
            order("1", "ann", datetime(2026, 11, 1, 22, 59), "10.10"),
            order("2", "ann", datetime(2026, 10, 1, 12), "20.20"),
            order("3", "bob", datetime(2026, 11, 1, 23, 0), "99"),
            order("4", "bob", datetime(2026, 9, 1, 12), "30"),
        ],
    )


@pytest.fixture
def orders() -> Query:
    return RULES.table("orders", ("order_id", "profile_id", "ordered_on", "total_base"))


def test_a_bare_date_ends_with_its_local_day(store: Store, orders: Query) -> None:
    assert sorted(store.ask(orders)["order_id"]) == ["1", "2", "4"]


def test_a_moment_knows_what_happened_at_it_and_nothing_after(store: Store) -> None:
    at = Rules(default_settings(), AsOf.parse("2026-11-01T22:59:00+00:00", "Europe/Amsterdam"))
    assert len(store.ask(at.table("orders", ("order_id",)))) == 3
    before = Rules(default_settings(), AsOf.parse("2026-11-01T22:58:59+00:00", "Europe/Amsterdam"))
    assert len(store.ask(before.table("orders", ("order_id",)))) == 2


def test_a_join_keeps_every_row_and_zero_only_where_asked(store: Store, orders: Query) -> None:
    sums = orders.aggregate("profile_id", {"orders_": "count(*)", "spent": "sum(total_base)", "last": "max(ordered_on)"})
    frame = store.ask(RULES.table("profiles", ("profile_id",)).join(sums, "profile_id", zero=["orders_"])).set_index("profile_id")
    assert frame.loc["cor", "orders_"] == 0
    assert pd.isna(frame.loc["cor", "spent"])
    assert frame.dtypes.astype(str).to_dict() == {"orders_": "int64", "spent": "float64", "last": "datetime64[us]"}
    assert frame.loc["ann", "spent"] == pytest.approx(30.30)


def test_unknown_is_false_in_a_flag_and_falls_through_in_a_label(store: Store) -> None:
    sums = RULES.aggregate("orders", "profile_id", {"last": "max(ordered_on)"})
    query = RULES.table("profiles", ("profile_id",)).join(sums, "profile_id").extend({"age": "days_since(last)"})
    query = query.flag({"is_recent": "age <= 30"}).label({"stage": {"recent": "age <= 30", "older": "age > 30", "never": "otherwise"}})
    frame = store.ask(query).set_index("profile_id")
    assert frame["is_recent"].to_dict() == {"ann": True, "bob": False, "cor": False}
    assert frame["stage"].to_dict() == {"ann": "recent", "bob": "older", "cor": "never"}


@pytest.mark.parametrize(
    ("share", "end", "value"),
    [(0.1, "top", 30), (0.5, "top", 20.2), (0.67, "top", 10.1), (0.5, "bottom", 20.2), (0.01, "bottom", 10.1), (1.0, "bottom", 30)],
)
def test_at_rank_is_the_value_of_the_last_row_of_the_share(store: Store, orders: Query, share: float, end: str, value: float) -> None:
    assert store.row(orders.at_rank({"cut": ("total_base", share, end)})) == {"cut": value}


def test_at_rank_of_nothing_is_nothing(store: Store, orders: Query) -> None:
    assert store.row(orders.at_rank({"cut": ("total_base", 0.1, "top")}, "total_base > 1000")) == {"cut": None}


def test_steps_that_mean_the_same_stand_once_and_others_get_a_name_of_their_own(orders: Query) -> None:
    one = orders.aggregate("profile_id", {"a": "count(*)"})
    other = orders.aggregate("profile_id", {"b": "sum(total_base)"})
    written = text(one.join(other, "profile_id"))
    assert written.count("orders_rows AS (") == 1
    assert "orders_rows_by_profile_id_2 AS (" in written


def test_clashing_columns_are_an_error(orders: Query) -> None:
    sums = orders.aggregate("profile_id", {"total_base": "sum(total_base)"})
    with pytest.raises(ExpressionError, match="Both sides"):
        orders.join(sums, "profile_id")


def test_missing_tables_are_empty_not_an_error(store: Store) -> None:
    assert not store.has("email_events")
    assert store.ask(RULES.table("email_events", ("profile_id",))).empty


def test_missing_columns_are_empty_not_an_error(tmp_path: Path) -> None:
    pd.DataFrame({"profile_id": ["ann"]}).to_parquet(tmp_path / "profiles.parquet")
    rows = Store(tmp_path).ask(RULES.table("profiles", ("profile_id", "country_code")))
    assert list(rows["profile_id"]) == ["ann"]
    assert rows["country_code"].isna().all()


def test_a_folder_without_tables_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NothingToRead, match="no canonical table"):
        Store(tmp_path / "empty")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_feature_statement_is_written_for_every_dialect(dialect: str) -> None:
    """A golden text per dialect: the same from the oldest to the newest sqlglot. To renew: delete the file and run again."""
    golden = Path(__file__).with_name("golden") / f"features.{dialect}.sql"
    written = text(profile_features(RULES), dialect) + "\n"
    if not golden.exists():
        golden.write_text(written, encoding="utf-8")
        pytest.fail(f"{golden.name} did not exist and was written: read it, then run the tests again")
    assert written == golden.read_text(encoding="utf-8")
    if dialect != "duckdb":
        assert "FILTER" not in written


def test_rows_are_counted_by_several_columns_at_once(store: Store, orders: Query) -> None:
    by = orders.flag({"is_large": "total_base > 15"}).aggregate(
        ["profile_id", "is_large"], {"orders": "count(*)", "worth": "sum(total_base)"}
    )
    found = {(row.profile_id, row.is_large): (row.orders, row.worth) for row in store.ask(by).itertuples()}
    assert found == {("ann", False): (1, 10.1), ("ann", True): (1, 20.2), ("bob", True): (1, 30.0)}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_lists_are_the_same_where_they_share_an_element_and_no_engine_is_given_what_it_cannot_read(dialect: str) -> None:
    orders = RULES.table("orders", ("profile_id", "ordered_at", "discount_codes"), "profile_id IS NOT NULL")
    pairs = orders.followed(orders, "profile_id", "ordered_at", 24, ["discount_codes"])
    if dialect in ("bigquery", "redshift"):
        with pytest.raises(ExpressionError, match="compares lists"):
            text(pairs, dialect)
    else:
        assert ("&&" if dialect in ("duckdb", "postgres") else "ARRAYS_OVERLAP(") in text(pairs, dialect)
