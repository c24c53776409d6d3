"""The report's currency is said, or that of the orders; what is in another currency needs a rate, and is never added as it is."""

from pathlib import Path

import pandas as pd
import pytest

import segkit
from segkit.errors import MappingError, SettingsError
from segkit.settings import load_client

LINES = "order,customer,day,amount,currency,back\n"
MAPPING = {
    "source": "shop",
    "read": {"orders": {"files": "*.csv", "columns": {
        "order_no": {"from": "order", "type": "id"}, "customer": {"from": "customer", "type": "id"}, "day": {"from": "day", "type": "date"},
        "amount": {"from": "amount", "type": "money"}, "currency": {"from": "currency", "type": "text"}, "back": {"from": "back", "type": "money"},
    }}},
    "write": {
        "orders": {"from": "orders", "one_row_per": {"order_id": "order_no"}, "columns": {
            "profile_id": "min(customer)", "ordered": "min(day)", "total": "max(amount)", "currency": "max(currency)", "refunded_total": "max(back)"}},
        "refunds": {"from": "orders", "where": "back > 0", "one_row_per": {"order_id": "order_no"}, "columns": {
            "refund_id": "min(order_no)", "amount": "max(back)", "linkage": "'order'"}},
    },
}  # fmt: skip


def delivery(folder: Path, *lines: str) -> Path:
    (folder / "orders.csv").write_text(LINES + "\n".join(lines) + "\n", encoding="utf-8")
    return folder


def orders(shop: segkit.Shop) -> pd.DataFrame:
    return pd.read_parquet(shop.store.folder / "orders.parquet").set_index("order_id")


def test_a_bare_delivery_is_in_the_currency_of_its_orders(tmp_path: Path) -> None:
    shop = segkit.open(delivery(tmp_path, "1,ann,2026-01-02,10.00,gbp,0", "2,bob,2026-01-03,20.00,GBP,0"), mapping=MAPPING)
    result = shop.at("2026-02-01").audit().as_dict()
    assert (result["counts"]["currency"], result["counts"]["revenue"]) == ("GBP", 30.0)
    assert result["client"]["currency_basis"] == "orders"


def test_where_nobody_names_a_currency_the_report_says_that_it_assumes_one(tmp_path: Path) -> None:
    shop = segkit.open(delivery(tmp_path, "1,ann,2026-01-02,10.00,,0"), mapping=MAPPING)
    assert shop.at("2026-02-01").audit().as_dict()["client"] == {
        "name": tmp_path.name, "currency": "EUR", "currency_basis": "assumed", "time_zone": "Europe/Amsterdam",
    }  # fmt: skip


def test_orders_and_refunds_in_another_currency_are_worth_their_rate(tmp_path: Path) -> None:
    """10 + (20 - 4) * 1.25 = 30: the refund is converted with its order."""
    mapping = {**MAPPING, "currency": "EUR", "rates": {"GBP": 1.25}}
    shop = segkit.open(delivery(tmp_path, "1,ann,2026-01-02,10.00,EUR,0", "2,bob,2026-01-03,20.00,GBP,4.00"), mapping=mapping)
    assert shop.at("2026-02-01").features().set_index("profile_id")["revenue"].to_dict() == {"ann": 10.0, "bob": 20.0}
    assert [float(value) for value in orders(shop)["net_base"]] == [10.0, 20.0]
    refunds = pd.read_parquet(shop.store.folder / "refunds.parquet")
    assert [(float(row.amount), row.currency) for row in refunds.itertuples()] == [(5.0, "EUR")]


def test_another_currency_without_a_rate_is_an_error_that_says_what_to_add(tmp_path: Path) -> None:
    folder = delivery(tmp_path, "1,ann,2026-01-02,10.00,EUR,0", "2,bob,2026-01-03,20.00,GBP,0", "3,cas,2026-01-04,5.00,EUR,0")
    with pytest.raises(SettingsError) as error:
        segkit.open(folder, mapping=MAPPING)
    assert "currency is EUR" in error.value.problem
    assert "1 in GBP (orders.csv)" in error.value.problem
    assert "rates: {GBP: what one GBP is in EUR}" in error.value.todo


def test_a_client_whose_orders_are_all_in_another_currency_is_an_error_too(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"currency is EUR.*1 in USD"):
        segkit.open(delivery(tmp_path, "1,ann,2026-01-02,10.00,USD,0"), mapping=MAPPING, currency="EUR")


def test_a_rate_that_the_source_gives_with_the_order_goes_before_the_clients(tmp_path: Path) -> None:
    frame = pd.DataFrame({"no": ["1", "2"], "who": ["ann", "bob"], "day": pd.to_datetime(["2026-01-02"] * 2), "sum": [10.0, 10.0],
                          "coin": ["EUR", "USD"], "rate": [None, 0.5]})  # fmt: skip
    columns = {"order_id": "no", "profile_id": "who", "ordered": "day", "total": "sum", "currency": "coin", "fx_to_base": "rate"}
    shop = segkit.open(orders=frame, mapping=columns, currency="EUR")
    assert shop.at("2026-02-01").features().set_index("profile_id")["revenue"].to_dict() == {"ann": 10.0, "bob": 5.0}


def test_canonical_tables_are_in_the_currency_of_their_orders(tmp_path: Path) -> None:
    shop = segkit.open(delivery(tmp_path, "1,ann,2026-01-02,10.00,SEK,0"), mapping=MAPPING)
    folder = tmp_path / "canonical"
    folder.mkdir()
    for table in ("orders", "profiles"):
        (folder / f"{table}.parquet").write_bytes((shop.store.folder / f"{table}.parquet").read_bytes())
    assert segkit.open(folder).at("2026-02-01").audit().as_dict()["counts"]["currency"] == "SEK"


def test_what_is_no_currency_or_no_rate_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "client.yaml"
    for line in ("currency: euro", "rates: {dollar: 0.9}", "rates: {USD: 0}"):
        file.write_text(f"name: A\n{line}\n", encoding="utf-8")
        with pytest.raises(SettingsError, match=r"client\.yaml: (currency|rates)"):
            load_client(file)
    file.unlink()
    with pytest.raises(SettingsError, match="currency: "):
        segkit.open(tmp_path, currency="euro")
    with pytest.raises(MappingError, match="mapping: currency"):
        segkit.open(delivery(tmp_path, "1,ann,2026-01-02,1,EUR,0"), mapping={**MAPPING, "currency": "euro"})


def test_two_shops_may_use_the_same_order_numbers(tmp_path: Path) -> None:
    """One client, two Shopify shops: an order is told by its number and its moment; a second export of one shop overlaps still."""
    source = Path(__file__).with_name("exports") / "shopify" / "orders_export.csv"
    text = source.read_text(encoding="utf-8")
    (tmp_path / "nl").mkdir()
    (tmp_path / "be").mkdir()
    (tmp_path / "nl" / "orders_export.csv").write_text(text, encoding="utf-8")
    (tmp_path / "nl" / "orders_export_2.csv").write_text(text, encoding="utf-8")
    (tmp_path / "be" / "orders_export.csv").write_text(text.replace("2025-", "2023-").replace("2026-", "2024-"), encoding="utf-8")
    one, two = segkit.open(source), segkit.open(tmp_path)
    assert len(orders(two)) == 2 * len(orders(one))
    assert orders(two)["order_number"].nunique() == len(orders(one))
    assert orders(two)["total"].sum() == 2 * orders(one)["total"].sum()
