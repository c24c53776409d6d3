"""Thresholds: each is used, a client's own value is what counts, and a wrong one is an error that says what fits."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import segkit
from segkit.errors import SettingsError
from segkit.report import Report
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


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"active_days": 120}, "active_days is 120 and sleeping_from_days is 90"),
        ({"sleeping_to_days": 50}, "sleeping_from_days is 90 and sleeping_to_days is 50"),
        ({"purchase_recent_days": 400}, "purchase_recent_days is 400 and purchase_lapsed_days is 390"),
        ({"score_levels": 0}, "score_levels is 0"),
        ({"score_levels": 2.5}, "score_levels is 2.5"),
        ({"smallest_group": 0}, "smallest_group is 0"),
        ({"purchase_often_count": True}, "purchase_often_count is True"),
        ({"tenths": 5}, "tenths stands in a name, a table or a picture"),
        ({"gap_quantiles": 0.5}, "gap_quantiles stands in a name"),
        ({"concentration_shares": [0.05]}, "concentration_shares stands in a name"),
        ({"year_days": 180}, "year_days stands in a name"),  # revenue_365d would be another number
        ({"active_days": 89}, "active_days is 89 and sleeping_from_days is 90"),  # no day between them
        ({"passing_through_days": 391}, "passing_through_days is 391 and purchase_lapsed_days is 390"),
        ({"espresso_days": 91}, "espresso_days is 91 and engaged_recent_days is 90"),
        ({"score_levels": 1}, "score_levels is 1"),
        ({"confidence": 1}, "confidence is 1"),
        ({"newcomer_days": 1_000_000}, "newcomer_days is 1000000"),  # before the calendar begins
    ],
)
def test_thresholds_that_make_no_sense_together_are_refused_by_name(values: dict[str, Any], told: str) -> None:
    with pytest.raises(SettingsError) as error:
        default_settings().override(values, "client.yaml")
    assert error.value.problem.startswith(f"client.yaml: {told}")


def test_the_error_says_what_fits() -> None:
    with pytest.raises(SettingsError) as error:
        default_settings().override({"score_levels": 1}, "client.yaml")
    assert error.value.todo == "Give a whole number of levels, at least 2 and at most 10, such as 5."
    with pytest.raises(SettingsError) as error:
        default_settings().override({"active_days": 89}, "client.yaml")
    assert error.value.todo == "Make sleeping_from_days at least 91, or active_days smaller."


def test_every_default_fits_its_own_bounds() -> None:
    settings = default_settings()
    values = {name: threshold.value for name, threshold in settings.thresholds.items() if not threshold.fixed}
    assert settings.override(values).thresholds == settings.thresholds


def test_the_age_groups_of_a_client_follow_its_thresholds(tmp_path: Path) -> None:
    days = pd.to_datetime(["2026-10-31", "2026-09-16", "2026-09-15", "2026-08-02", "2026-08-01", "2026-05-04", "2026-05-03"])
    orders = pd.DataFrame({"order_id": list("1234567"), "profile_id": list("abcdefg"), "ordered_at": days, "total": 10.0})
    shop = segkit.open(orders=orders, client=Client(name="A", time_zone="UTC", thresholds={"active_days": 45}))
    result = shop.at("2026-10-31").audit().as_dict()
    assert result["recency"] == {"0-45": 2, "46-89": 1, "90-180": 3, "181+": 1}
    page = Report(result, "nl").base()._repr_html_()
    assert "46–89" in page
    assert "31–89" not in page
