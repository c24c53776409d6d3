"""The vocabulary of expressions: what it reads, and what it refuses with which words."""

from datetime import date

import pytest

from segkit.clock import AsOf
from segkit.engine import vocabulary as words
from segkit.errors import ExpressionError
from segkit.settings import default_settings

COLUMNS = {"name": "text", "n": "integer", "amount": "decimal", "share": "number", "is_new": "flag", "seen_on": "date", "seen_at": "moment"}
SCOPE = words.Scope({**COLUMNS, "age_days": "integer"}, default_settings(), AsOf(date(2026, 11, 1), "Europe/Amsterdam"), "seen_on", True)


def sql(text: str) -> str:
    return words.parse(text, SCOPE)[0].sql("duckdb")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("age_days <= 30", "seen_on >= CAST('2026-10-02' AS DATE)"),
        ("age_days < 30", "seen_on > CAST('2026-10-02' AS DATE)"),
        ("age_days >= 90", "seen_on <= CAST('2026-08-03' AS DATE)"),
        ("age_days = 0", "seen_on = CAST('2026-11-01' AS DATE)"),
        ("age_days BETWEEN 90 AND 180", "seen_on BETWEEN CAST('2026-05-05' AS DATE) AND CAST('2026-08-03' AS DATE)"),
        ("age_days <= $active_days", "seen_on >= CAST('2026-10-02' AS DATE)"),
        ("count_where(is_new)", "COUNT(*) FILTER(WHERE is_new)"),
        ("amount / n", "CAST(amount AS DOUBLE) / NULLIF(n, 0)"),
        ("newer_than(seen_at, 30)", "seen_at >= CAST('2026-10-02 22:00:00' AS TIMESTAMP)"),
        ("by_as_of(seen_at)", "seen_at < CAST('2026-11-01 23:00:00' AS TIMESTAMP)"),
    ],
)
def test_our_words_become_plain_sql(text: str, expected: str) -> None:
    assert sql(text) == expected


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("count(*)", "count"), ("sum(n)", "integer"), ("sum(amount)", "decimal"), ("amount * n", "decimal"), ("amount / n", "number"),
        ("max(seen_on)", "date"), ("days_since(seen_on)", "integer"), ("name = 'x'", "flag"), ("coalesce(n, 0)", "count"),
        ("CASE WHEN is_new THEN 1 END", "integer"), ("CASE WHEN is_new THEN 1 ELSE 0 END", "count"),
    ],
)  # fmt: skip
def test_every_value_has_a_kind(text: str, kind: str) -> None:
    assert words.parse(text, SCOPE)[1] == kind


@pytest.mark.parametrize(
    "text",
    [
        "(SELECT 1)", "n IN (SELECT 1)", "read_csv('x')", "read_text('/etc/passwd')", "name ~ 'x'", "name LIKE '%x'", "n; DROP TABLE orders", "orders.n > 1",
        "random()", "current_date", "now()", "CAST(name AS INTEGER)", "CAST('1' AS INTEGER)", "n +", "max(n, 2)", "count_where()", "count_where(n)",
        "sum(count(*))", "unknown_column > 1", "name > 3", "is_new + 1", "n AND is_new", "CASE n WHEN 1 THEN 2 END", "-name", "sum(name)",
        "days_since(n)", "$no_such_threshold > 1", "name || 'x'", "count(*) OVER ()", "n IS n", "lower(n) = 'x'", "[1, 2]", "{'a': 1}", "n::varchar", "*",
    ],
)  # fmt: skip
def test_everything_else_is_refused_in_our_own_words(text: str) -> None:
    with pytest.raises(ExpressionError) as raised:
        words.parse(text, SCOPE)
    assert raised.value.todo


def test_an_unknown_name_comes_with_near_names() -> None:
    with pytest.raises(ExpressionError, match="Did you mean amount"):
        words.parse("amonut > 3", SCOPE)
    with pytest.raises(ExpressionError, match="active_days"):
        words.parse("n > $activ_days", SCOPE)


def test_a_condition_must_be_one() -> None:
    with pytest.raises(ExpressionError, match="not a condition"):
        words.condition("n + 1", SCOPE)
