"""The same segments have the same members on every engine; Spark joins by one more entry in ENGINES."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segkit.engine import Query, Rules, text
from segkit.export.sql import segments_sql
from segkit.segments.evaluate import with_flags
from segkit.segments.library import stock
from segkit.settings import default_settings
from tests.canonical import store_of
from tests.engines import postgres
from tests.segments.oracle import Shop, members
from tests.segments.test_against_oracle import TABLES, as_of, made
from tests.segments.trees import definitions, shops

Ask = Callable[[Shop, Query, list[str]], dict[str, set[str]]]


def on_duckdb() -> Iterator[Ask]:
    def ask(shop: Shop, query: Query, names: list[str]) -> dict[str, set[str]]:
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

        def ask(shop: Shop, query: Query, names: list[str]) -> dict[str, set[str]]:
            rows = server.asked_of({name: getattr(shop, name) for name in TABLES}, shop.zone, text(query, "postgres"))
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


@given(shops())
def test_the_sql_that_is_handed_over_runs_on_postgres(server: postgres.Postgres, shop: Shop) -> None:
    shop = replace(shop, as_of=shop.day)
    segments, rules = stock(default_settings()), Rules(default_settings(), as_of(shop))
    ids = [name for name, one in segments.conditions().items() if "Score(" not in str(one)]
    told = segments_sql(rules, segments, ids, "postgres").rstrip().rstrip(";")
    rows = server.asked_of({name: getattr(shop, name) for name in TABLES}, shop.zone, told)
    expected = {name: members(shop, segments.resolved(name)) for name in ids}
    assert {name: {row["profile_id"] for row in rows if row[name] == "t"} for name in ids} == expected
