"""The shop as Klaviyo gives it: the profile export, and the API's answers about profiles, events, metrics, lists and segments.

Shapes: klaviyo/openapi, revision 2026-07-15. What Klaviyo cannot say is absent: a profile has its last consent and not its
history, an order is a handful of events without lines of carriage, a mail that was sent is only known once received.
"""

import base64
from collections.abc import Callable
from typing import Any

import pandas as pd

from segkit_generators.exports import cells
from segkit_generators.exports.book import Book
from segkit_generators.exports.delivery import Delivery, JsonFile, LongJsonFile, Page, Record
from segkit_generators.exports.klaviyo_events import METRICS, Source, event_sources, metric_id
from segkit_generators.exports.klaviyo_json import API, event_texts
from segkit_generators.exports.klaviyo_people import basic_profile, full_profile, profile_rows, profiles_csv
from segkit_generators.exports.klaviyo_segments import ENGAGED, engaged

PROFILES_PER_PAGE, EVENTS_PER_PAGE = 100, 1000
MAIN_LIST = "all_subscribers"

Envelope = Callable[[list[Record], Page], Record]


def deliver(book: Book) -> Delivery:
    """The profile export and the API's answers."""
    profiles = profile_rows(book)
    return Delivery("klaviyo", (profiles_csv(profiles), *_api(book, profiles)))


def _api(book: Book, profiles: pd.DataFrame) -> list[JsonFile | LongJsonFile]:
    events = [_events(metric, source, profiles) for metric, source in event_sources(book, profiles.index).items()]
    groups = _groups(book)
    members = [_members(name, group, profiles) for name, group in groups.groupby("group", sort=False)]
    return [
        JsonFile("profiles", profiles, _resource("profile", full_profile), _pages("profiles"), PROFILES_PER_PAGE),
        *events, _metrics(book), _group_file(groups, "list", _list), _group_file(groups, "segment", _segment), *members,
    ]  # fmt: skip


def _events(metric: str, source: Source, profiles: pd.DataFrame) -> LongJsonFile:
    """All events of one metric, as they are fetched with a filter on its id; who has no profile there has no events."""

    def part(first: int, last: int) -> pd.DataFrame:
        rows = source.some(first, last)
        return rows.assign(
            id=cells.codes(metric, rows.index, 11), metric=metric_id(metric), profile=profiles["id"].reindex(rows["person"]).to_numpy(),
            timestamp=cells.unix(rows["at"]), datetime=cells.iso(rows["at"]),
        ).drop(columns=["person", "at"])  # fmt: skip

    name = f"events_{cells.slug(metric).replace('-', '_')}"
    return LongJsonFile(name, len(source.places), part, event_texts, _pages("events"), EVENTS_PER_PAGE)


def _metrics(book: Book) -> JsonFile:
    rows = pd.DataFrame({"name": list(METRICS), "integration": list(METRICS.values())})
    rows["id"] = [metric_id(name) for name in METRICS]
    rows["created"] = cells.iso(pd.Series(book.start, rows.index))
    rows.index.name = "metric"
    return JsonFile("metrics", rows, _resource("metric", _metric), _pages("metrics"))


def _metric(row: Record) -> Record:
    name, category = row["integration"]
    integration = {
        "object": "integration",
        "id": cells.code_of("integration", name, 6),
        "key": name.lower(),
        "name": name,
        "category": category,
    }
    return {"name": row["name"], "created": row["created"], "updated": row["created"], "integration": integration}


# --- lists and segments -----------------------------------------------------------------------------------------------


def _groups(book: Book) -> pd.DataFrame:
    """One row a membership by profile_id: group (list_id), kind, name, joined; the shop's lists, all subscribers, and a segment."""
    own = book.table("list_memberships")
    own = own[own["left_at"].isna() & own["kind"].isin(["list", "segment"])]
    own = own.rename(columns={"list_id": "group", "list_name": "name", "joined_at": "joined"})[["group", "kind", "name", "joined"]]
    consent = book.consent[book.consent["status"] == "subscribed"]
    everyone = pd.DataFrame({"group": MAIN_LIST, "kind": "list", "name": book.newsletter_audience, "joined": consent["joined_at"]})
    groups = pd.concat([everyone, own, engaged(book)])
    groups["process"] = "double_opt_in" if (book.consent_changes["opt_in_level"] == "double").any() else "single_opt_in"
    groups.loc[groups["group"] != MAIN_LIST, "process"] = "single_opt_in"
    groups.index.name = "profile_id"
    return groups.assign(id=cells.codes("group", groups["group"], 6))


def _members(group: Any, rows: pd.DataFrame, profiles: pd.DataFrame) -> JsonFile:
    """Who is in one list or segment, with the moment of joining."""
    kind, group_id = rows["kind"].iloc[0], rows["id"].iloc[0]
    there = rows[rows.index.isin(profiles.index)]
    people = profiles.reindex(there.index).assign(joined_group_at=cells.iso(there["joined"]).to_numpy())
    record = _resource("profile", lambda row: basic_profile(row) | {"joined_group_at": row["joined_group_at"]})
    return JsonFile(f"{kind}_{group_id}_profiles", people, record, _pages(f"{kind}s/{group_id}/profiles"), PROFILES_PER_PAGE)


def _group_file(groups: pd.DataFrame, kind: str, record: Callable[[Record], Record]) -> JsonFile:
    rows = groups[groups["kind"] == kind].drop_duplicates("group").set_index("group")
    rows = rows.assign(created=cells.iso(rows["joined"]))
    rows.index.name = "list_id"
    return JsonFile(f"{kind}s", rows.drop(columns="joined"), _resource(kind, record), _pages(f"{kind}s"))


def _list(row: Record) -> Record:
    return {"name": row["name"], "created": row["created"], "updated": row["created"], "opt_in_process": row["process"]}


def _segment(row: Record) -> Record:
    """A segment; what defines one that the shop brings along is not known here, as of one that Klaviyo is still working on."""
    definition = ENGAGED if row["name"] == ENGAGED["name"] else {"definition": None}
    return {
        "name": row["name"], "definition": definition["definition"], "created": row["created"], "updated": row["created"],
        "is_active": True, "is_processing": definition["definition"] is None, "is_starred": False,
    }  # fmt: skip


# --- JSON:API -----------------------------------------------------------------------------------------------------------


def _resource(kind: str, attributes: Callable[[Record], Record]) -> Callable[[Record], Record]:
    def record(row: Record) -> Record:
        return {"type": kind, "id": row["id"], "attributes": attributes(row), "links": {"self": f"{API}/{kind}s/{row['id']}"}}

    return record


def _pages(path: str) -> Envelope:
    """Answers of an endpoint; all but the last point to the next page."""

    def envelope(data: list[Record], page: Page) -> Record:
        cursor = base64.urlsafe_b64encode(f"next::{page.number}".encode()).decode().rstrip("=")
        after = f"{API}/{path}?page%5Bcursor%5D={cursor}" if page.number < page.pages else None
        return {"data": data, "links": {"self": f"{API}/{path}", "next": after, "prev": None}}

    return envelope
