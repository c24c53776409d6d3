"""A shop written in a system's format and loaded again, side by side with what it was: the pieces of the round-trip tests.

A test says which tables come back and how (`expected`, keyed by something both sides know: an address, an order number, a
moment), and for every other filled column of the shop why the format cannot carry it. Neither may be silent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from segkit_generators import Shop
from segkit_generators.exports.book import Book

import segkit

WHOLE_TABLES_OF_OURS = ("extracts", "capabilities", "profile_identities")  # about the delivery, not the shop


@dataclass(frozen=True)
class Trip:
    """The shop that was written, the shop that came back, and the frames of both."""

    shop: Shop
    book: Book
    opened: segkit.Shop

    def came_back(self, table: str) -> pd.DataFrame:
        """A loaded table; the profile stands in it as `person`, by address, and the order as `order_number`."""
        return with_names(self._loaded(table), self._loaded("profiles"), self._loaded("orders"))

    def was(self, table: str) -> pd.DataFrame:
        """The shop's own table in the same form; guests are their address, as every platform here keeps them."""
        frame = self.book.orders.reset_index() if table == "orders" else self.book.table(table).reset_index()
        people, persons = self.book.people.reset_index(), self.book.orders["person"]
        if table in ("orders", "refunds"):
            frame["profile_id"] = frame["profile_id"].fillna(frame["order_id"].map(persons))
        return with_names(frame, people, self.book.table("orders").reset_index())

    def _loaded(self, table: str) -> pd.DataFrame:
        file = self.opened.store.folder / f"{table}.parquet"
        return as_frame(pq.read_table(file)) if file.exists() else pd.DataFrame(columns=["profile_id", "order_id", "email", "order_number"])

    def features(self) -> pd.DataFrame:
        """What segkit makes of the loaded shop on the last day, by address."""
        frame = self.opened.at(self.shop.arguments.until).features()
        emails = self._loaded("profiles").set_index("profile_id")["email"]
        return frame.set_index(frame["profile_id"].map(emails))

    def true_features(self, folder: Path) -> pd.DataFrame:
        """The same of the canonical shop, whose guests are no profiles."""
        frame = segkit.open(folder).at(self.shop.arguments.until).features()
        return frame.set_index(frame["profile_id"].map(self.book.people["email"]))


def make_trip(shop: Shop, system: str, folder: Path) -> Trip:
    """Writes a shop as a system's delivery and opens it as a consultant would."""
    shop.write(folder, ("canonical", system))
    return Trip(shop, Book(shop), segkit.open(folder / system))


def as_frame(table: pa.Table) -> pd.DataFrame:
    """Arrow as pandas, money as float."""
    for place, column in enumerate(table.schema):
        if pa.types.is_decimal(column.type):
            table = table.set_column(place, column.name, table[column.name].cast(pa.float64()))
    return table.to_pandas(date_as_object=True)


def with_names(frame: pd.DataFrame, profiles: pd.DataFrame, orders: pd.DataFrame) -> pd.DataFrame:
    """Ids of one side become names that both sides know."""
    frame = frame.copy()
    if "profile_id" in frame:
        frame["person"] = frame["profile_id"].map(profiles.set_index("profile_id")["email"])
    if "order_id" in frame:
        frame["order_number"] = frame["order_id"].map(orders.set_index("order_id")["order_number"])
    return frame


def assert_same(found: pd.DataFrame, expected: pd.DataFrame, key: list[str]) -> None:
    """Both frames hold the same rows in all columns of `expected`, whatever their order; lists and empty lists are alike."""
    assert len(expected), "nothing to compare"
    columns = [*expected.columns]
    frames = [_comparable(frame[columns]).sort_values([*key, *(set(columns) - set(key))], ignore_index=True) for frame in (found, expected)]
    pd.testing.assert_frame_equal(*frames, check_dtype=False, check_exact=False, atol=1e-6, rtol=0)


def _comparable(frame: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({name: frame[name].map(_cell) for name in frame}, dtype=object).infer_objects()


def _cell(value: object) -> object:
    if hasattr(value, "tolist") and not isinstance(value, (str, pd.Timestamp)):
        value = value.tolist()  # an array of one cell
    if isinstance(value, list):
        return " ".join(map(str, value)) or None
    return None if pd.isna(value) else value  # type: ignore[call-overload]


def not_told(shop: Shop, expected: Mapping[str, pd.DataFrame], missing: Mapping[str, object]) -> list[str]:
    """Filled columns of the shop that a test neither compares nor gives a reason for, as table.column."""
    silent = []
    for name, table in shop.tables.items():
        reasons = missing.get(name, {})
        if name in WHOLE_TABLES_OF_OURS or isinstance(reasons, str):
            continue
        told = {*expected.get(name, pd.DataFrame()).columns, *reasons}  # type: ignore[misc]
        filled = [column for column in table.column_names if table[column].null_count < len(table)]
        silent += [f"{name}.{column}" for column in filled if column not in told]
    return silent
