"""A segment as Klaviyo's API defines it, and who is in it: engaged by a human open, a human click or an order of late."""

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segkit_generators.exports.book import Book
from segkit_generators.exports.delivery import Record
from segkit_generators.exports.klaviyo_events import metric_id

DAYS = 90


def _did(metric: str, only_without: str | None) -> Record:
    """At least once in the last days; without the events that carry a flag."""
    flagged = {"property": only_without, "filter": {"type": "boolean", "operator": "equals", "value": False}}
    return {
        "type": "profile-metric", "metric_id": metric_id(metric), "measurement": "count",
        "measurement_filter": {"type": "numeric", "operator": "greater-than", "value": 0},
        "timeframe_filter": {"type": "date", "operator": "in-the-last", "unit": "day", "quantity": DAYS},
        "metric_filters": [flagged] if only_without else None,
    }  # fmt: skip


_MAY_BE_MAILED = {
    "type": "profile-marketing-consent",
    "consent": {"channel": "email", "can_receive_marketing": True, "consent_status": {"subscription": "subscribed", "filters": None}},
}
_DID_SOMETHING = [_did("Opened Email", "Apple Privacy Open"), _did("Clicked Email", "Bot Click"), _did("Placed Order", None)]
ENGAGED: Record = {
    "name": f"Engaged {DAYS} days",
    "definition": {"condition_groups": [{"conditions": [_MAY_BE_MAILED]}, {"conditions": _DID_SOMETHING}]},
}
"""All condition groups hold, and of each group one condition."""


def engaged(book: Book) -> pd.DataFrame:
    """One row a member by profile_id: group, kind, name, joined (the first of the events that keep him in)."""
    since = book.end - pd.Timedelta(days=DAYS)
    acts = [(_human(book, since), "profile_id", "occurred_at"), (book.orders, "person", "ordered_at")]
    moments = pd.concat([rows[[who, at]].set_axis(["person", "at"], axis=1) for rows, who, at in acts])
    recent = moments[moments["at"] >= since].groupby("person")["at"].min()
    may_be_mailed = book.consent["status"].eq("subscribed") & book.consent["blocked_at"].isna()
    members = recent[recent.index.isin(book.consent.index[may_be_mailed])]
    return pd.DataFrame({"group": "engaged", "kind": "segment", "name": ENGAGED["name"], "joined": members})


def _human(book: Book, since: pd.Timestamp) -> pd.DataFrame:
    """Opens and clicks of people since a moment: profile_id, occurred_at."""
    events = book.arrow("email_events")
    late = events.filter(pc.greater_equal(events["occurred_at"], pa.scalar(since.to_pydatetime(), events["occurred_at"].type)))
    opened = pc.and_(pc.equal(late["event_type"], "opened"), pc.fill_null(pc.invert(late["is_machine_open"]), False))
    clicked = pc.and_(pc.equal(late["event_type"], "clicked"), pc.invert(pc.fill_null(late["is_bot_click"], False)))
    return late.filter(pc.or_(opened, clicked)).select(["profile_id", "occurred_at"]).to_pandas()
