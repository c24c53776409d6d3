"""The same segments have the same members on every engine; Spark joins by one more entry in ENGINES."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.clock import AsOf
from segkit.engine import Query, Rules, text
from segkit.export.sql import segments_sql
from segkit.segments.definition import Sample
from segkit.segments.evaluate import with_flags
from segkit.segments.library import stock
from segkit.segments.members import sampled
from segkit.settings import default_settings
from tests.canonical import store_of
from tests.engines import postgres
from tests.segments.oracle import Shop, members
from tests.segments.test_against_oracle import TABLES, as_of, made
from tests.segments.test_borders import WINDOWS, ZONES_AND_DAYS, one_event_each
from tests.segments.test_samples import sample_of
from tests.segments.trees import definitions, shops

Ask = Callable[[Shop, Query | str, list[str]], dict[str, set[str]]]


def on_duckdb() -> Iterator[Ask]:
    def ask(shop: Shop, query: Query | str, names: list[str]) -> dict[str, set[str]]:
        assert isinstance(query, Query)
        with tempfile.TemporaryDirectory() as folder:
            store = store_of(Path(folder), shop.zone, **{name: getattr(shop, name) for name in TABLES})
            frame = store.ask(query)
            store.close()
        return {name: set(frame.loc[frame[name], "profile_id"]) for name in names}

    yield ask


def on_postgres() -> Iterator[Ask]:
    if postgres.tools() is None:
        pytest.skip("no Postgres on this machine: apt-get install postgresql")
    with postgres.running() as server:

        def ask(shop: Shop, query: Query | str, names: list[str]) -> dict[str, set[str]]:
            sql = query if isinstance(query, str) else text(query, "postgres")
            rows = server.asked_of({name: getattr(shop, name) for name in TABLES}, shop.zone, sql)
            return {name: {row["profile_id"] for row in rows if row[name] == "t"} for name in names}

        yield ask


ENGINES: Mapping[str, Callable[[], Iterator[Ask]]] = {"duckdb": on_duckdb, "postgres": on_postgres}


@pytest.fixture(scope="module", params=ENGINES)
def ask(request: pytest.FixtureRequest) -> Iterator[Ask]:
    yield from ENGINES[request.param]()


@given(shops(), st.lists(definitions(), min_size=6, max_size=10))
def test_members_equal_the_oracle_on_each_engine(ask: Ask, shop: Shop, told: list[Any]) -> None:
    conditions = {f"s{place}": made(data) for place, data in enumerate(told)}
    query = with_flags(Rules(default_settings(), as_of(shop)), conditions)
    assert ask(shop, query, list(conditions)) == {name: members(shop, one) for name, one in conditions.items()}


@given(shops())
def test_the_whole_library_has_the_same_members_on_each_engine(ask: Ask, shop: Shop) -> None:
    conditions = {name: one for name, one in stock(default_settings()).conditions().items() if "Score(" not in str(one)}
    query = with_flags(Rules(default_settings(), as_of(shop)), conditions)
    assert ask(shop, query, list(conditions)) == {name: members(shop, one) for name, one in conditions.items()}


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Postgres]:
    if postgres.tools() is None:
        pytest.skip("no Postgres on this machine: apt-get install postgresql")
    with postgres.running() as running:
        yield running


@pytest.fixture(scope="module")
def ask_postgres() -> Iterator[Ask]:
    yield from on_postgres()


@cache
def handed_over(at: AsOf, ids: tuple[str, ...]) -> str:
    return segments_sql(Rules(default_settings(), at), stock(default_settings()), ids, "postgres").rstrip().rstrip(";")


@given(shop=shops().filter(lambda shop: not isinstance(shop.as_of, datetime)))
def test_the_sql_that_is_handed_over_runs_on_postgres(ask_postgres: Ask, shop: Shop) -> None:
    conditions = {name: one for name, one in stock(default_settings()).conditions().items() if "Score(" not in str(one)}
    told = handed_over(as_of(shop), tuple(conditions))
    assert ask_postgres(shop, told, list(conditions)) == {name: members(shop, one) for name, one in conditions.items()}


@pytest.mark.parametrize("by_moment", [False, True])
@pytest.mark.parametrize(("zone", "day"), ZONES_AND_DAYS)
def test_every_border_is_the_same_on_each_engine(ask: Ask, zone: str, day: date, by_moment: bool) -> None:
    shop = one_event_each(zone, datetime(day.year, day.month, day.day, 13, 30) if by_moment else day, "placed_order")
    conditions = {f"w{place}": made({"did": "placed_order", "within": window}) for place, window in enumerate(WINDOWS)}
    query = with_flags(Rules(default_settings(), as_of(shop)), conditions)
    assert ask(shop, query, list(conditions)) == {name: members(shop, one) for name, one in conditions.items()}


@pytest.mark.parametrize("share", ["0.01", "0.333", "0.5", "1"])
def test_a_sample_holds_the_same_people_on_each_engine(ask: Ask, share: str) -> None:
    people = {f"p{number}" for number in range(60)}
    shop = Shop([{"profile_id": name} for name in people], [], [], [], [], [], "UTC", date(2026, 10, 31))
    query = with_flags(Rules(default_settings(), as_of(shop)), {"a": made({"never": "placed_order"})})
    sample = sampled(query, "a", Sample(Decimal(share), at_least=3, seed=7))
    assert ask(shop, sample, ["is_sampled"])["is_sampled"] == sample_of(people, Decimal(share), 3, 7)
