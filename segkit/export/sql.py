"""The SQL of segments in the dialect of a warehouse: one statement, named, commented, the as-of day written once."""

from __future__ import annotations

from collections.abc import Mapping

from segkit.engine import Rules, text
from segkit.errors import SegmentError
from segkit.segments.definition import Segment, SegmentSet
from segkit.segments.evaluate import leaf_columns, with_flags
from segkit.segments.members import needs
from segkit.segments.say import short, title
from segkit.text import catalogue

TARGETS = ("duckdb", "postgres", "spark", "bigquery", "snowflake", "databricks")


def segments_sql(rules: Rules, segments: SegmentSet, ids: list[str], dialect: str, lang: str = "en", currency: str = "EUR") -> str:
    """One row per profile known at the as-of day: profile_id and a true-or-false column per segment.

    The tables are the canonical ones (docs/canonical.sql). Segments over predictions cannot be said in SQL: an error names
    them. A sample is no part of it: the column holds all members, and the head says so. Day borders are those of the shop's
    time zone on the as-of day.
    """
    if dialect not in TARGETS:
        raise SegmentError(f"No SQL for {dialect!r}.", f"Choose one of {', '.join(TARGETS)}.")
    conditions = {name: segments.resolved(name) for name in ids}
    scored = [name for name, condition in conditions.items() if "scores" in needs(condition)]
    if scored:
        raise SegmentError(f"{scored[0]} asks for a prediction, which SQL does not hold.", "Leave it out.")
    comments = {column: short(leaf, lang, currency) for column, leaf in leaf_columns(conditions).items()}
    titles = {name: title(name, segments[name], lang) for name in ids}
    statement = text(with_flags(rules, conditions), dialect, comments={**comments, **titles})
    sampled = [name for name in ids if isinstance(one := segments[name], Segment) and one.sample]
    return "".join(f"-- {line}\n" for line in _head(rules, titles, lang, sampled)) + statement + ";\n"


def _head(rules: Rules, titles: Mapping[str, str], lang: str, sampled: list[str]) -> list[str]:
    t = catalogue(lang)
    names = ", ".join(f"{' '.join(told.split())} ({name})" for name, told in titles.items())
    as_of = t("export.sql_as_of", day=t.date(rules.as_of.day), zone=rules.as_of.time_zone)
    parts = [t("export.sql_samples", names=", ".join(sampled))] if sampled else []
    return [t("export.sql_segments", names=names), *parts, as_of, t("export.sql_clock"), t("export.sql_tables")]
