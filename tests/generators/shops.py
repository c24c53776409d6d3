"""Each shop once for all tests that look into it, and what counts as its sampling error."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

from segkit_generators import Shop, make_shop
from segkit_generators.arguments import check_arguments
from segkit_generators.recipe import COMMON, _read, checked_recipe
from segkit_generators.shop import shop_of as shop_made_of

from tests.generators.conftest import frame_of

CUSTOMERS = 3000
SURE = 4  # standard errors: one in fifteen thousand


@cache
def shop_of(name: str) -> Shop:
    return make_shop(name, CUSTOMERS, seed=11)


@cache
def data_of(name: str) -> SimpleNamespace:
    """The canonical tables as frames; `purchases` are the orders of named customers that count, `kind` says why each was placed."""
    tables = {table: frame_of(rows) for table, rows in shop_of(name).tables.items()}
    orders = tables["orders"] = tables["orders"].assign(kind=shop_of(name).truth["orders"]["kind"].to_numpy())
    real = orders[orders["counts_as_purchase"] & orders["profile_id"].notna()].sort_values(["profile_id", "ordered_at"])
    return SimpleNamespace(**tables, purchases=real)


def own_shop(profile: str, change: Callable[[dict[str, Any]], Any], customers: int, seed: int = 7) -> Shop:
    """A shop of a profile of which some keys were changed."""
    own = {**_read(COMMON), **_read(profile)}
    change(own)
    return shop_made_of(check_arguments(profile, checked_recipe(profile, own, {}), customers, seed, "2026-10-31"))


def near(share: float, expected: float, n: int) -> bool:
    """Whether a share of n is within its sampling error of what was planted."""
    return abs(share - expected) <= SURE * math.sqrt(max(expected * (1 - expected), 1e-4) / n)
