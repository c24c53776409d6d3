"""Why a question cannot be answered is said as it is."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from segkit import quality
from segkit.clock import AsOf
from segkit.engine import Rules
from segkit.settings import Client
from tests.canonical import store_of


@pytest.mark.parametrize(
    ("figures", "reason"),
    [
        ({"last_open_at": datetime(2026, 10, 1)}, "only_vendor_aggregates"),
        ({"last_click_at": datetime(2026, 10, 1)}, "only_vendor_aggregates"),
        ({"orders_count": 3}, "no_email_events"),  # the figures of a shop's system hold orders, and nothing about mail
    ],
)
def test_mail_is_said_to_be_in_totals_only_where_they_hold_any(tmp_path: Path, figures: dict[str, Any], reason: str) -> None:
    store = store_of(tmp_path, profiles=[{"profile_id": "p"}], profile_snapshots=[{"profile_id": "p", **figures}])
    client = Client(name="Jan")
    judged = quality.judge(store, Rules(client.settings(), AsOf.parse("2026-10-31", client.time_zone)))
    assert judged.capabilities["engagement"] == quality.Answer(quality.NOT_COMPUTABLE, reason)
