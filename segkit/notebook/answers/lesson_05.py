"""Engagement with and without machines, and the readers whom Apple hides."""

from __future__ import annotations

import pandas as pd

from segkit.segments import did
from segkit.shop import View

SHOP = "international"


def members_through_machines_only(view: View) -> float:
    """Members of the shop's own segment of openers without a human open or click in the recent days."""
    people = view.features()
    return float((people["profile_id"].isin(view.members("opened")["profile_id"]) & ~_reads(view, people)).sum())


def readers_whom_apple_hides(view: View) -> float:
    """How many more of Apple's readers read recently than were seen to, if they are as often readers as the others."""
    people = view.features().query("is_mailable")
    reads, apple = _reads(view, people), people["machine_open_count_90d"] > 0
    return float(round(reads[~apple].mean() * apple.sum() - reads[apple].sum()))  # people are shown whole


def _reads(view: View, people: pd.DataFrame) -> pd.Series:
    return (people["engaged_days"] <= view.rules.settings["engaged_recent_days"]).fillna(False)


def readers_without_machines(view: View) -> set[str]:
    """Who opened or clicked a mail in the days of the shop's own segment, machines left out of both."""
    month = "last 30 days"
    opened = did("opened_email", where={"apple_privacy_open": False}, within=month)
    return set(view.members(opened | did("clicked_email", where={"bot_click": False}, within=month))["profile_id"])


ANSWERS = {"5a": members_through_machines_only, "5b": readers_whom_apple_hides, "5c": readers_without_machines}
