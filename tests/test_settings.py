"""Thresholds: each is used, a client's own value is what counts, and a wrong one is an error that says what fits."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import segkit
from segkit.errors import SettingsError
from segkit.settings import Client, default_settings

EXPORTS = Path(__file__).parent / "sources/exports"


def test_every_threshold_is_used(checkout: Path) -> None:
    """A number that the report prints and nothing reads would be a promise not kept."""
    files = [
        f
        for f in (checkout / "segkit").rglob("*")
        if f.suffix in (".py", ".yaml") and f.name != "defaults.yaml" and f.parent.name != "text"
    ]
    text = "\n".join(file.read_text(encoding="utf-8") for file in files)
    assert [name for name in default_settings().thresholds if name not in text] == []


@pytest.mark.parametrize(("day", "unknown", "human"), [("2021-11-20", 3, 2), ("2021-11-19", 2, 3), ("2026-01-01", 5, 0)])
def test_the_day_from_which_opens_carry_apples_flag_is_the_clients(day: str, unknown: int, human: int) -> None:
    client = Client(name="x", time_zone="Europe/Amsterdam", thresholds={"apple_privacy_from": day})
    shop = segkit.open(EXPORTS / "klaviyo_api", client=client)
    events = pd.read_parquet(shop.store.folder / "email_events.parquet")
    opens = events.loc[events["event_type"] == "opened", "is_machine_open"]
    assert (opens.isna().sum(), (opens == False).sum()) == (unknown, human)  # noqa: E712


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("active_days", "30"), ("active_days", -1), ("active_days", True), ("active_days", float("nan")), ("top_share", 1.5), ("high_value_rule", "mode"),
        ("gap_quantiles", [0.5, 2]), ("apple_privacy_from", "20-11-2021"), ("apple_privacy_from", 2021), ("no_such_threshold", 1),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_an_error_that_names_the_threshold(name: str, value: Any) -> None:
    with pytest.raises(SettingsError, match=name) as raised:
        default_settings().override({name: value})
    assert raised.value.todo
