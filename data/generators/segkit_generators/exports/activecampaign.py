"""The shop as ActiveCampaign gives it: the contact export, and the API's answers about contacts, lists, tags, orders and mail.

Shapes: developers.activecampaign.com, API 3; the columns of the contact export, the fields of bounceLogs and what stands in a
link that counts opens are not verified. What the platform cannot say is absent: an order has no cancellation, refund, test flag
or line discount, a click no word about scanners, a contact no address unless in fields of the client's own.
"""

from collections.abc import Callable
from typing import Any

import pandas as pd

from segkit_generators.exports import cells
from segkit_generators.exports.activecampaign_mail import mail_files
from segkit_generators.exports.activecampaign_pages import HOST, PER_PAGE, answers, moment, numbers
from segkit_generators.exports.activecampaign_trade import trade_files
from segkit_generators.exports.book import Book
from segkit_generators.exports.delivery import Delivery, File, JsonFile, Record, TextFile
from segkit_generators.exports.headers import headers

UNCONFIRMED, SUBSCRIBED, UNSUBSCRIBED, BOUNCED = "0", "1", "2", "3"
STATUS = {"pending": UNCONFIRMED, "subscribed": SUBSCRIBED, "unsubscribed": UNSUBSCRIBED}
WORDS = {UNCONFIRMED: "Unconfirmed", SUBSCRIBED: "Active", UNSUBSCRIBED: "Unsubscribed", BOUNCED: "Bounced"}
BLOCKS = {"hard_bounce": BOUNCED, "spam_complaint": UNSUBSCRIBED}
MAIN_LIST = "all_subscribers"
FIELDS = ("City", "Zip Code", "Country", "Gender", "Birthday")  # of this client's own


def deliver(book: Book) -> Delivery:
    """The contact export and the API's answers."""
    contacts = contact_rows(book)
    lists, members = _lists(book), _memberships(book, contacts)
    files: list[File] = [
        _contacts_csv(book, contacts),
        JsonFile("contacts", contacts, _contact(book), answers("contacts"), PER_PAGE),
        JsonFile("lists", lists, _list(book), answers("lists")),
        JsonFile("contactLists", _with_exits(book, members), _contact_list(book), answers("contactLists"), PER_PAGE),
        *_tags(book, contacts),
    ]
    return Delivery("activecampaign", (*files, *trade_files(book, contacts), *mail_files(book, contacts)))


def contact_rows(book: Book) -> pd.DataFrame:
    """One row a contact by profile_id: everyone with an e-mail address, with its status on the list of all subscribers."""
    people = book.people[book.people["email"].notna()]
    consent = book.consent.reindex(people.index)
    blocked = consent["blocked_because"].map(BLOCKS)
    columns: dict[str, Any] = {
        "id": numbers(len(people)), "status": blocked.fillna(consent["status"].map(STATUS)), "joined_at": consent["joined_at"],
        "since": consent["joined_at"].fillna(consent["occurred_at"]), "left_at": consent["blocked_at"].fillna(consent["occurred_at"]),
        "reason": consent["blocked_because"], "bounced_at": consent["blocked_at"].where(blocked == BOUNCED),
    }  # fmt: skip
    return people.assign(**columns)


def _contact(book: Book) -> Callable[[Record], Record]:
    def record(row: Record) -> Record:
        created, bounced = moment(row["created_at"], book.zone), row["bounced_at"]
        return {
            "cdate": created, "email": row["email"], "phone": row["phone"] or "", "firstName": row["first_name"] or "",
            "lastName": row["surname"] or "", "orgid": "0", "orgname": row["organization"] or "", "segmentio_id": "",
            "bounced_hard": "1" if bounced else "0", "bounced_soft": "0",
            "bounced_date": f"{bounced:%Y-%m-%d}" if bounced else "0000-00-00", "ip": "0", "deleted": "0", "anonymized": "0",
            "udate": moment(row["updated_at"], book.zone), "deleted_at": "0000-00-00 00:00:00",
            "email_domain": row["email"].partition("@")[2],
            "links": {"contactLists": f"{HOST}/contacts/{row['id']}/contactLists"}, "id": row["id"], "organization": None,
        }  # fmt: skip

    return record


def _contacts_csv(book: Book, contacts: pd.DataFrame) -> TextFile:
    """Contacts export, times on the account's own clock; the status is the one on the list that was exported."""
    columns = {
        "Email": contacts["email"], "First Name": contacts["first_name"], "Last Name": contacts["surname"], "Phone": contacts["phone"],
        "Tags": contacts["source"], "Date Created": cells.moments(contacts["created_at"], book.zone),
        "Status": contacts["status"].map(WORDS),
        "City": contacts["city"], "Zip Code": contacts["zip"], "Country": cells.country_names(contacts["country_code"]),
        "Gender": contacts["gender"], "Birthday": cells.birthdays(contacts),
    }  # fmt: skip
    names = [*headers("activecampaign", "contacts"), *FIELDS]
    rows = pd.DataFrame({name: columns.get(name) for name in names}, contacts.index, dtype=object)
    return TextFile("contacts.csv", rows, moments=("Date Created",))


# --- lists --------------------------------------------------------------------------------------------------------------


def _lists(book: Book) -> pd.DataFrame:
    """One row a list by its canonical id, the list of all subscribers first; the ids of the platform count from 1."""
    own = book.table("list_memberships")
    own = own[own["kind"] == "list"].drop_duplicates("list_id").set_index("list_id")[["list_name"]]
    main = pd.DataFrame({"list_name": [book.newsletter_audience]}, pd.Index([MAIN_LIST], name="list_id"))
    lists = pd.concat([main, own])
    return lists.assign(id=numbers(len(lists)))


def _list(book: Book) -> Callable[[Record], Record]:
    def record(row: Record) -> Record:
        return {
            "stringid": cells.slug(row["list_name"]), "name": row["list_name"], "cdate": moment(book.start, book.zone),
            "links": {"contactGoalLists": f"{HOST}/lists/{row['id']}/contactGoalLists"}, "id": row["id"],
        }  # fmt: skip

    return record


def _memberships(book: Book, contacts: pd.DataFrame) -> pd.DataFrame:
    """One row a contact and list by profile_id: the status on every list is that of the contact's consent to mail."""
    ids = _lists(book)["id"]
    main = contacts[contacts["status"].notna()].assign(list=ids[MAIN_LIST])
    own = book.table("list_memberships")
    own = own[(own["kind"] == "list") & own.index.isin(contacts.index)]
    there = contacts.reindex(own.index).assign(list=own["list_id"].map(ids), since=own["joined_at"])
    members = pd.concat([main, there.assign(status=there["status"].fillna(SUBSCRIBED))])
    return members.assign(contact=members["id"], id=numbers(len(members)))


def _with_exits(book: Book, members: pd.DataFrame) -> pd.DataFrame:
    """Which message a contact left by, on the list of all subscribers."""
    events = book.table("email_events")
    exits = events[events["event_type"].isin(["unsubscribed", "spam_complaint"])].drop_duplicates("profile_id", keep="last")
    by = exits.set_index("profile_id")["message_id"].map(book.numbered("messages"))
    left_by_mail = ((members["status"] == UNSUBSCRIBED) & (members["list"] == "1")).to_numpy()
    return members.assign(by_message=by.reindex(members.index).astype(object).where(left_by_mail, None))


def _contact_list(book: Book) -> Callable[[Record], Record]:
    def record(row: Record) -> Record:
        left = row["status"] in (UNSUBSCRIBED, BOUNCED)
        joined = moment(row["since"], book.zone) if row["status"] != UNCONFIRMED else None
        return {
            "contact": row["contact"], "list": row["list"], "form": None, "seriesid": "0", "sdate": joined,
            "udate": moment(row["left_at"], book.zone) if left else None, "status": row["status"], "responder": "1", "sync": "0",
            "unsubreason": "spam complaint" if left and row["reason"] == "spam_complaint" else "", "campaign": row["by_message"],
            "message": row["by_message"], "first_name": row["first_name"] or "", "last_name": row["surname"] or "", "ip4Sub": "0",
            "sourceid": "0", "autosyncLog": None, "unsubscribeAutomation": None, "created_timestamp": moment(row["since"], book.zone),
            "links": {"contact": f"{HOST}/contactLists/{row['id']}/contact", "list": f"{HOST}/contactLists/{row['id']}/list"},
            "id": row["id"], "automation": None,
        }  # fmt: skip

    return record


# --- tags ---------------------------------------------------------------------------------------------------------------


def _tags(book: Book, contacts: pd.DataFrame) -> list[JsonFile]:
    """Tags, and who carries which: the sign-up form, and the shop's own tags."""
    carried = pd.concat([contacts["source"].dropna(), contacts["tags"].explode().dropna()]).rename("tag")
    names = carried.drop_duplicates()
    tags = pd.DataFrame({"tag": names.to_numpy(), "id": numbers(len(names))}).set_index("tag", drop=False)
    rows = carried.to_frame().join(contacts[["id", "created_at"]].rename(columns={"id": "contact"}))
    rows = rows.assign(tag=rows["tag"].map(tags["id"]), id=numbers(len(rows)))
    return [
        JsonFile("tags", tags, _tag(book), answers("tags")),
        JsonFile("contactTags", rows, _contact_tag(book), answers("contactTags"), PER_PAGE),
    ]


def _tag(book: Book) -> Callable[[Record], Record]:
    def record(row: Record) -> Record:
        created, links = moment(book.start, book.zone), {"contactGoalTags": f"{HOST}/tags/{row['id']}/contactGoalTags"}
        return {"tagType": "contact", "tag": row["tag"], "description": "", "cdate": created, "links": links, "id": row["id"]}

    return record


def _contact_tag(book: Book) -> Callable[[Record], Record]:
    def record(row: Record) -> Record:
        since, place = moment(row["created_at"], book.zone), f"{HOST}/contactTags/{row['id']}"
        links = {"tag": f"{place}/tag", "contact": f"{place}/contact"}
        return {"contact": row["contact"], "tag": row["tag"], "cdate": since, "links": links, "id": row["id"]}

    return record
