"""The canonical tables about the delivery itself: one extract a table, and what the data can answer."""

from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa

from segkit_generators import arrow
from segkit_generators.moments import NEVER
from segkit_generators.recipe import Recipe
from segkit_generators.schema import SCHEMAS
from segkit_generators.season import Calendar

SYSTEM = {"email_events": "mailer", "messages": "mailer", "consents": "mailer", "list_memberships": "mailer",
          "feedback": "mailer", "site_events": "site"}  # fmt: skip
PARTIAL = {"site_events": "site_tracking_consent"}
SELDOM = ("email_events", "profile_properties", "profile_snapshots", "message_stats", "experiment_assignments")
"""Tables that a delivery may lack; it says so when it does."""


def about_tables(recipe: Recipe, calendar: Calendar, rows: Mapping[str, int]) -> dict[str, pa.Table]:
    """The two tables about a delivery with so many rows in each of its tables."""
    able = capability_table(calendar, rows)
    there = [name for name in SCHEMAS if name in rows or name == "capabilities"]
    counts = {name: able.num_rows if name == "capabilities" else rows[name] for name in there}
    return {"capabilities": able, "extracts": extract_table(recipe, calendar, counts)}


def extract_table(recipe: Recipe, calendar: Calendar, rows: Mapping[str, int]) -> pa.Table:
    """One row a table, covering the whole history."""
    names, counts = list(rows), np.array(list(rows.values()))
    end = np.full(len(names), calendar.end)
    columns = {
        "extract_id": [f"generated-{name}" for name in names],
        "source_system": [SYSTEM.get(name, "webshop") for name in names],
        "source_object": names, "extracted_at": end, "loaded_at": end,
        "shop_timezone": recipe["client"]["time_zone"],
        "base_currency": recipe["client"]["currency"], "rows_read": counts, "rows_loaded": counts,
        "rows_rejected": 0,
        "coverage_from": np.full(len(names), calendar.start), "coverage_to": end - 1,
    }  # fmt: skip
    return arrow.table("extracts", len(names), columns)


def capability_table(calendar: Calendar, tables: Iterable[str]) -> pa.Table:
    """One row a table (column_name null = the table as a whole); site events only of those who allow tracking."""
    lacking = [name for name in SELDOM if name not in tables]
    names = [*tables, *lacking]
    absent = np.array([name in lacking for name in names])
    states = ["absent" if name in lacking else "partial" if name in PARTIAL else "full" for name in names]
    columns = {
        "source_system": [SYSTEM.get(name, "webshop") for name in names], "table_name": names, "state": states,
        "reason": ["not_delivered" if name in lacking else PARTIAL.get(name) for name in names],
        "coverage_from": np.where(absent, NEVER, calendar.start),
        "coverage_to": np.where(absent, NEVER, calendar.end - 1),
    }  # fmt: skip
    return arrow.table("capabilities", len(names), columns)
