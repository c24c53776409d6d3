"""SQL for a data team: named, commented, the as-of day once; golden in six dialects, and DuckDB's text counts what segkit counts."""

from datetime import date, datetime
from pathlib import Path

import pytest

from segkit.clock import AsOf
from segkit.engine import Rules
from segkit.errors import SegkitError, SegmentError
from segkit.export.sql import TARGETS, segments_sql
from segkit.segments.definition import read_set
from segkit.segments.evaluate import with_flags
from segkit.segments.library import stock
from segkit.settings import default_settings
from tests.canonical import store_of
from tests.segments.test_borders import one_event_each

GOLDEN = Path(__file__).parent / "golden"
IDS = ["high_rollers", "sleeping_customers", "abandoned_cart", "high_value", "safe_to_mail", "feedback_low"]


def rules(as_of: str = "2026-10-31") -> Rules:
    return Rules(default_settings(), AsOf.parse(as_of, "Europe/Amsterdam"))


@pytest.mark.parametrize("dialect", TARGETS)
def test_the_text_of_each_dialect_is_the_golden_one(dialect: str) -> None:
    """To renew: delete the file and run twice."""
    told = segments_sql(rules(), stock(default_settings()), IDS, dialect)
    file = GOLDEN / f"{dialect}.sql"
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        file.write_text(told, encoding="utf-8")
        pytest.fail(f"{file.name} was written anew: read it, then run again")
    assert told == file.read_text(encoding="utf-8")


def test_the_as_of_day_stands_in_it_once_and_every_segment_is_named() -> None:
    told = segments_sql(rules(), stock(default_settings()), IDS, "duckdb", "nl")
    code = "\n".join(line for line in told.splitlines() if not line.startswith("--"))
    assert code.count("2026-10-31") == 1
    assert "2026" not in code.replace("2026-10-31", "")
    assert all(name in code for name in IDS)
    assert "/* Hoge rollers */" in code
    assert "/* wie minstens 3 keer heeft besteld */" in code


@pytest.mark.parametrize("metric", ["placed_order", "opened_email", "viewed_product", "gave_feedback"])
def test_the_text_counts_what_segkit_counts(metric: str, tmp_path: Path) -> None:
    shop = one_event_each("Europe/Amsterdam", date(2026, 10, 25), metric)
    tables = {name: getattr(shop, name) for name in ("profiles", "orders", "email_events", "site_events", "feedback")}
    store, asked = store_of(tmp_path, shop.zone, **tables), rules("2026-10-25")
    segments = stock(default_settings())
    ids = [name for name in segments.segments if name not in ("churn_risk", "likely_to_order", "likely_to_click")]
    told = store._connection.execute(segments_sql(asked, segments, ids, "duckdb")).df()
    mine = store.ask(with_flags(asked, {name: segments.resolved(name) for name in ids}))
    assert told.sort_values("profile_id")[ids].to_numpy().tolist() == mine.sort_values("profile_id")[ids].to_numpy().tolist()


def test_another_day_needs_one_change(tmp_path: Path) -> None:
    """The handed-over text with another day in it counts as of that day."""
    shop = one_event_each("UTC", date(2026, 10, 25), "placed_order")
    store = store_of(tmp_path, "UTC", profiles=shop.profiles, orders=shop.orders)
    segments = stock(default_settings())
    utc = {day: Rules(default_settings(), AsOf.parse(day, "UTC")) for day in ("2026-10-25", "2026-10-20")}
    told = segments_sql(utc["2026-10-25"], segments, ["active_customers", "sleeping_customers"], "duckdb").replace(
        "'2026-10-25'", "'2026-10-20'"
    )
    other = segments_sql(utc["2026-10-20"], segments, ["active_customers", "sleeping_customers"], "duckdb")
    one, two = (store._connection.execute(text).df().sort_values("profile_id", ignore_index=True) for text in (told, other))
    assert one.equals(two)


def test_a_prediction_a_moment_and_an_unknown_dialect_are_refused() -> None:
    segments = stock(default_settings())
    with pytest.raises(SegmentError, match="asks for a prediction"):
        segments_sql(rules(), segments, ["churn_risk"], "duckdb")
    with pytest.raises(SegmentError, match="No SQL for 'mysql'"):
        segments_sql(rules(), segments, ["vip"], "mysql")
    with pytest.raises(SegkitError, match="counts whole days"):
        segments_sql(Rules(default_settings(), AsOf.parse(datetime(2026, 10, 31, 12), "UTC")), segments, ["vip"], "duckdb")


@pytest.mark.parametrize(
    ("lang", "said"), [("nl", "-- Zonder steekproef: bij proef staan"), ("en", "-- Without the sample: for proef all")]
)
def test_a_sample_that_sql_leaves_out_is_said_at_the_top(lang: str, said: str) -> None:
    rule = {"rule": {"did": "placed_order"}}
    asked = read_set({"version": 1, "segments": {"proef": {**rule, "sample": {"share": "20%"}}, "heel": rule}}, default_settings())
    told = {name: segments_sql(rules(), asked, [name], "duckdb", lang) for name in asked}
    assert said in told["proef"]
    assert "sample" not in told["heel"].lower()
    assert "steekproef" not in told["heel"]
