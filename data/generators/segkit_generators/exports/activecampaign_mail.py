"""ActiveCampaign's campaigns, and what each contact did: activities with the mails, opens and clicks they refer to.

An open is a link called "open"; what Apple's proxy fetched stands apart, under mppLinkData. That a mail arrived is not told,
only that it was sent and, in the bounce log, that it came back.
"""

from collections.abc import Callable

import pandas as pd

from segkit_generators.exports import cells
from segkit_generators.exports.activecampaign_pages import HOST, answers, moment, numbers
from segkit_generators.exports.book import Book
from segkit_generators.exports.delivery import JsonFile, Record

ACTIVITIES_PER_PAGE = 1000
REFERENCES = {"sent": ("Log", "logs"), "clicked": ("LinkData", "linkData"), "opened": ("LinkData", "linkData")}
APPLE = ("MppLinkData", "mppLinkData")
OPEN = "open"
CODES = {"hard": "5.1.1", "soft": "4.2.2"}  # RFC 3463: permanent and passing failures
EVENTS = {
    "viewed_product": "Viewed Product", "added_to_cart": "Added to Cart", "started_checkout": "Checkout Started",
    "submitted_form": "Submitted Form", "active_on_site": "Active on Site",
}  # fmt: skip


def mail_files(book: Book, contacts: pd.DataFrame) -> list[JsonFile]:
    """Campaigns and messages, the activities of contacts, their bounces, and the events that the shop's site sends."""
    messages = book.table("messages").assign(id=book.numbered("messages"))
    activities = answers("activities", "logs", "linkData", "mppLinkData", "links")
    return [
        JsonFile("campaigns", messages, _campaign(book), answers("campaigns", "campaignMessages")),
        JsonFile("messages", messages, _message(book), answers("messages")),
        JsonFile("activities", _acts(book, contacts), _activity, activities, ACTIVITIES_PER_PAGE),
        JsonFile("bounceLogs", _bounces(book, contacts), _bounce(book), answers("bounceLogs"), ACTIVITIES_PER_PAGE),
        JsonFile("trackingLogs", _visits(book, contacts), _visit, answers("trackingLogs"), ACTIVITIES_PER_PAGE),
    ]


def _campaign(book: Book) -> Callable[[Record], Record]:
    """A mail that is sent once has a date; one of an automation has none of its own."""

    def record(row: Record) -> Record:
        place, once = f"{HOST}/campaigns/{row['id']}", row["kind"] == "campaign"
        campaign = {
            "type": "single" if once else "automation", "name": row["name"], "status": "5" if once else "1", "public": "1",
            "cdate": moment(row["sent_at"] if once else book.start, book.zone), "sdate": moment(row["sent_at"], book.zone),
            "seriesid": "0" if once else row["id"], "links": {"campaignMessages": f"{place}/campaignMessages"}, "id": row["id"],
        }  # fmt: skip
        links = {"campaign": f"{HOST}/campaignMessages/{row['id']}/campaign"}
        link = {"campaignid": row["id"], "messageid": row["id"], "links": links, "id": row["id"]}
        return {"campaigns": [campaign], "campaignMessages": [link]}

    return record


def _message(book: Book) -> Callable[[Record], Record]:
    def record(row: Record) -> Record:
        return {
            "subject": row["subject"], "name": row["name"], "fromname": book.name, "cdate": moment(row["sent_at"] or book.start, book.zone),
            "links": {"user": f"{HOST}/messages/{row['id']}/user"}, "id": row["id"],
        }  # fmt: skip

    return record


def _acts(book: Book, contacts: pd.DataFrame) -> pd.DataFrame:
    """One row a mail that was sent, opened or clicked, by event_id and in order of time."""
    events = book.table("email_events")
    rows = events[events["event_type"].isin([*REFERENCES]) & events["profile_id"].isin(contacts.index)]
    kind = rows["event_type"].map(REFERENCES).where(~rows["is_machine_open"].eq(True), pd.Series([APPLE] * len(rows), rows.index))
    link = rows["url"].where(rows["event_type"] == "clicked", OPEN)
    message = rows["message_id"].map(book.numbered("messages"))
    known = (message + " " + link).drop_duplicates()
    link_ids = pd.Series(numbers(len(known)), known.to_numpy())
    columns = {
        "contact": contacts["id"].reindex(rows["profile_id"]).to_numpy(), "tstamp": cells.iso(rows["occurred_at"], book.zone),
        "message": message, "link": link,
        "link_id": (message + " " + link).map(link_ids), "type": kind.str[0], "resource": kind.str[1], "id": numbers(len(rows)),
    }  # fmt: skip
    return pd.DataFrame(columns, rows.index)


def _activity(row: Record) -> Record:
    """An activity, and beside it what it refers to."""
    mail, links = {"campaignid": row["message"], "messageid": row["message"]}, {"contact": f"{HOST}/contacts/{row['contact']}"}
    person = {"subscriberid": row["contact"], "tstamp": row["tstamp"], "id": row["id"], "links": links}
    reference = {"reference_type": row["type"], "reference_id": row["id"], "reference_action": "", "user": None}
    found = {"activities": [person | reference | {"reference": {"type": row["resource"], "id": row["id"]}}]}
    if row["resource"] == "logs":
        return found | {"logs": [person | mail | {"successful": "1", "comment": ""}]}
    links = {"message": f"{HOST}/links/{row['link_id']}/message"}
    link = {**mail, "link": row["link"], "name": "", "tracked": "1", "links": links, "id": row["link_id"]}
    return found | {row["resource"]: [person | mail | {"linkid": row["link_id"], "times": "1"}], "links": [link]}


def _bounces(book: Book, contacts: pd.DataFrame) -> pd.DataFrame:
    events = book.table("email_events")
    rows = events[(events["event_type"] == "bounced") & events["profile_id"].isin(contacts.index)]
    columns = {
        "contact": contacts["id"].reindex(rows["profile_id"]).to_numpy(), "at": rows["occurred_at"], "code": rows["bounce_type"].map(CODES),
        "message": rows["message_id"].map(book.numbered("messages")), "id": numbers(len(rows)),
    }  # fmt: skip
    return pd.DataFrame(columns, rows.index)


def _bounce(book: Book) -> Callable[[Record], Record]:
    def record(row: Record) -> Record:
        return {
            "subscriberid": row["contact"], "campaignid": row["message"], "messageid": row["message"], "code": row["code"], "error": "",
            "tstamp": moment(row["at"], book.zone), "links": {"contact": f"{HOST}/contacts/{row['contact']}"}, "id": row["id"],
        }  # fmt: skip

    return record


def _visits(book: Book, contacts: pd.DataFrame) -> pd.DataFrame:
    """Events that the shop sends under names of its own: a type, and one value."""
    events = book.table("site_events")
    rows = events[events["event_type"].isin([*EVENTS]) & events["profile_id"].isin(contacts.index)]
    columns = {
        "contact": contacts["id"].reindex(rows["profile_id"]).to_numpy(), "tstamp": cells.iso(rows["occurred_at"], book.zone),
        "type": rows["event_type"].map(EVENTS),
        "value": rows["product_id"].fillna(rows["form_name"]).fillna(rows["url"]), "id": numbers(len(rows)),
    }  # fmt: skip
    return pd.DataFrame(columns, rows.index)


def _visit(row: Record) -> Record:
    links = {"contact": f"{HOST}/trackingLogs/{row['id']}/contact"}
    told = {"subscriberid": row["contact"], "type": row["type"], "value": row["value"] or "", "tstamp": row["tstamp"]}
    return {**told, "links": links, "id": row["id"], "contact": row["contact"]}
