"""One bakery of 4,000 customers for all tests of the generators, as pandas frames."""

from types import SimpleNamespace

import pandas as pd
import pytest
from segkit_generators import Shop, make_shop

UNTIL = "2026-10-31"


@pytest.fixture(scope="session")
def bakery() -> Shop:
    return make_shop("bakery", customers=4000, seed=7, until=UNTIL)


@pytest.fixture(scope="session")
def tables(bakery: Shop) -> SimpleNamespace:
    """The canonical tables as pandas frames with float money and datetime days."""
    return SimpleNamespace(**{name: frame_of(table) for name, table in bakery.tables.items()})


@pytest.fixture(scope="session")
def truth(bakery: Shop) -> SimpleNamespace:
    return SimpleNamespace(**bakery.truth)


@pytest.fixture(scope="session")
def purchases(tables: SimpleNamespace) -> pd.DataFrame:
    """The orders that count, guests included."""
    return tables.orders[tables.orders["counts_as_purchase"]]


def frame_of(table) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    frame = table.to_pandas()
    for field in table.schema:
        if str(field.type).startswith("decimal"):
            frame[field.name] = frame[field.name].astype(float)
        if str(field.type).startswith("date32"):
            frame[field.name] = pd.to_datetime(frame[field.name])
    return frame
