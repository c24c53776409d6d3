"""Answers of the Klaviyo API (JSON:API pages) as flat tables, one per kind of resource."""

from __future__ import annotations

from typing import Any

import pyarrow as pa


def tables(records: list[dict[str, Any]]) -> dict[str | None, pa.Table]:
    """The tables in some JSON records; empty when they are not Klaviyo's."""
    return {}
