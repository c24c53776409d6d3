"""Whatever numbers a profile of one's own has: it is refused by file and key, or the shop is made."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from segkit_generators import make_shop
from segkit_generators.errors import BadArgument, BadProfile
from segkit_generators.expectation import LONGEST, Renewals
from segkit_generators.recipe import COMMON, _read, profile_names
from segkit_generators.streams import LEAST

from tests.generators.conftest import frame_of
from tests.generators.shops import own_shop

Own = dict[str, Any]
SHOPS = 120 if os.environ.get("SEGKIT_LONG") else 12
CUSTOMERS = 30
EDGES = (0, 1, 2, 7, 30, 100, 365, 1000, 0.0, 0.001, 0.5, 0.999, 1.0, 1e-6, 1e6, 100.0)


def numbers(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path to every number in a profile."""
    below = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, one in below:
        yield from numbers(one, (*path, key))
    if isinstance(part, int | float) and not isinstance(part, bool):
        yield path


def mutate(own: Own, rng: np.random.Generator) -> str:
    """One to three numbers of a profile become others, and what adds up to a whole goes on to; tells which."""
    paths = [path for path in numbers(own) if path[0] != "client" and "segments" not in path]
    told = []
    for place in rng.choice(len(paths), rng.integers(1, 4), replace=False):
        *way, last = paths[place]
        part: Any = own
        for key in way:
            part = part[key]
        edge = EDGES[rng.integers(len(EDGES))]
        value = type(part[last])(edge if rng.random() < 0.7 else part[last] * rng.choice([0.1, 0.5, 2, 10]))
        if isinstance(part, list) and len(part) == 2:
            part[:] = [value, value]  # the ends of a range
        else:
            part[last] = value
        told.append(f"{'.'.join(map(str, paths[place]))}={value}")
    return ", ".join(told)


@pytest.mark.parametrize("number", range(SHOPS))
def test_numbers_at_random_are_refused_or_make_a_shop(number: int) -> None:
    """Draws until the model accepts one; what it does not accept it refuses as a bad profile, which is fine too."""
    rng = np.random.default_rng([number, 4])
    profile = profile_names()[number % len(profile_names())]
    told, refusals = "", list[str]()

    def change(own: Own) -> None:
        nonlocal told
        told = mutate(own, rng)

    for _ in range(100):
        try:
            shop = own_shop(profile, change, CUSTOMERS)
        except (BadProfile, BadArgument) as error:
            refusals.append(error.problem)
            continue
        assert all(one.startswith((f"{profile}.yaml: ", "The history cannot end on ")) for one in refusals)
        assert shop.tables["profiles"].num_rows == CUSTOMERS, told
        assert shop.truth["customers"]["order_value_mean"].ge(0).all(), told
        return
    pytest.fail("nothing was accepted")


def short(own: Own) -> None:
    own.update(history_days=130)
    own["static_lists"] = [{**one, "days_before_until": 30} for one in own.get("static_lists", [])] or None
    own.pop("static_lists") if not own["static_lists"] else None


def never_reads(own: Own) -> None:
    own["lifecycles"]["sleeper"].update(open=0, click=0)
    own["lifecycles"]["regular"].update(open=1)


def on_the_day(own: Own) -> None:
    own["orders"].update(refund_after_days=[7, 7], refunded_share=0.3)
    own["carts"].update(recovered_after_hours=[24, 24], recovered_share=0.5)
    own["returns"].update(after_days=[14, 14])


@pytest.mark.parametrize("profile", profile_names())
def test_a_history_of_months_has_no_year_to_look_back_on(profile: str) -> None:
    shop = own_shop(profile, short, 60)
    assert shop.truth["hindsight"].empty
    assert {"profile_id", "as_of_on", "expected_orders_90d", "expected_value_365d"} <= set(shop.truth["hindsight"])


def test_who_never_reads_never_reads_and_who_always_does_mostly_does() -> None:
    customers = own_shop("fashion", never_reads, 300).truth["customers"].set_index("lifecycle")
    assert (customers.loc["sleeper", ["open_propensity", "click_propensity", "mails_read"]] == 0).all(axis=None)
    assert (customers.loc["regular", "open_propensity"] == 1).all()


def test_a_range_of_one_day_is_that_day() -> None:
    tables = {name: frame_of(table) for name, table in own_shop("fashion", on_the_day, 400).tables.items()}
    placed = tables["orders"].set_index("order_id")["ordered_at"]
    linked = tables["refunds"][tables["refunds"]["linkage"] != "unlinked"]
    waits = (linked["refunded_at"] - linked["order_id"].map(placed)).dt.total_seconds() / 86_400
    assert set(waits[linked["linkage"] == "order"]) == {7.0}
    assert set(waits[linked["linkage"] == "line"]) == {14.0}
    recovered = tables["carts"].dropna(subset="recovered_order_id")
    assert set((recovered["recovered_order_id"].map(placed) - recovered["created_at"]).dt.total_seconds()) == {24 * 3600}


def test_a_contest_without_lists_has_none() -> None:
    shop = own_shop("bakery", lambda own: own["cake"].update(lists={}), 200)
    assert "list_memberships" not in shop.tables
    assert len(shop.truth["cake_scenario"]) > 0


@pytest.mark.parametrize("concentration", [0.01, 0.02])
def test_who_keeps_to_one_brand_still_buys_where_it_makes_nothing(concentration: float) -> None:
    shop = own_shop("sneakers", lambda own: own.update(brand_concentration=concentration), 300)
    brands = shop.truth["customers"].filter(like="brand_affinity_")
    assert brands.max(axis=1).gt(0.9).mean() > 0.85
    assert brands.min(axis=None) > LEAST / 100
    assert shop.truth["customers"]["order_value_mean"].gt(0).all()


def test_renewals_beyond_the_table_follow_every_mean_gap() -> None:
    far = Renewals(6.0, 10 * LONGEST)
    time = np.array([LONGEST - 1, LONGEST, LONGEST + 1, 5 * LONGEST])
    assert np.allclose(far(np.zeros(4), time) - time, far(np.zeros(1), np.array([50.0])) - 50, atol=0.01)


def test_the_shops_that_there_are_fit_the_model() -> None:
    for profile in profile_names():
        assert {**_read(COMMON), **_read(profile)}
        assert make_shop(profile, 1).tables["profiles"].num_rows == 1
