"""The SQL of segments in the dialect of a warehouse: one statement, named, commented, the as-of day written once."""

from __future__ import annotations

from collections.abc import Mapping

from segkit.engine import Rules, text
from segkit.errors import SegmentError
from segkit.segments.definition import Segment, SegmentSet
from segkit.segments.evaluate import leaf_columns, with_flags
from segkit.segments.members import needs
from segkit.segments.say import short

TARGETS = ("duckdb", "postgres", "spark", "bigquery", "snowflake", "databricks")


def segments_sql(rules: Rules, segments: SegmentSet, ids: list[str], dialect: str, lang: str = "en", currency: str = "EUR") -> str:
    """One row per profile known at the as-of day: profile_id and a true-or-false column per segment.

    The tables are the canonical ones (docs/canonical.sql). Segments over predictions cannot be said in SQL: an error names
    them. Day borders are those of the shop's time zone on the as-of day.
    """
    if dialect not in TARGETS:
        raise SegmentError(f"No SQL for {dialect!r}.", f"Choose one of {', '.join(TARGETS)}.")
    conditions = {name: segments.resolved(name) for name in ids}
    scored = [name for name, condition in conditions.items() if "scores" in needs(condition)]
    if scored:
        raise SegmentError(f"{scored[0]} asks for a prediction, which SQL does not hold.", "Leave it out.")
    comments = {column: short(leaf, lang, currency) for column, leaf in leaf_columns(conditions).items()}
    named = {name: one for name, one in segments.segments.items() if name in conditions}
    return text(with_flags(rules, conditions), dialect, comments={**comments, **_titles(named, lang)}) + ";\n"


def _titles(segments: Mapping[str, Segment], lang: str) -> dict[str, str]:
    return {name: one.title.get(lang, name) for name, one in segments.items()}
