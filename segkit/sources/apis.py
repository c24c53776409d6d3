"""The platforms whose API answers are known: pages in, flat tables out, completed by what a delivery says elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from segkit.sources import activecampaign_api, klaviyo_api

_PLATFORMS = (klaviyo_api, activecampaign_api)
NAMES: dict[str, str] = {kind: platform.SYSTEM for platform in _PLATFORMS for kind in platform.NAMES}
"""Kinds of tables that only give names or amounts to others, and the platform of each."""


def tables(pages: Sequence[Mapping[str, Any]]) -> dict[str | None, pa.Table]:
    """The tables in the pages of one file, by kind; empty when no platform knows them."""
    return next((found for platform in _PLATFORMS if (found := platform.tables(pages))), {})


def completed(found: Sequence[tuple[str | None, pa.Table | None]]) -> list[pa.Table | None]:
    """The tables of a whole delivery, (kind, table), in the same order; those of no platform as they are."""
    result = [table for _, table in found]
    for platform in _PLATFORMS:
        places = [place for place, (kind, _) in enumerate(found) if kind and kind.startswith(f"{platform.SYSTEM}_")]
        theirs = platform.completed([(str(found[place][0]), found[place][1]) for place in places])
        for place, table in zip(places, theirs, strict=True):
            result[place] = table
    return result
