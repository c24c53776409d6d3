"""Klaviyo's profiles: everyone with an address or a phone, with the last consent and the platform's own totals."""

import pandas as pd

from segkit_generators.exports import cells
from segkit_generators.exports.book import Book
from segkit_generators.exports.delivery import Dialect, Record, TextFile
from segkit_generators.exports.headers import headers

CONSENT = {"subscribed": "SUBSCRIBED", "unsubscribed": "UNSUBSCRIBED"}  # whoever has not confirmed never subscribed
BLOCKS = {"hard_bounce": "HARD_BOUNCE", "spam_complaint": "SPAM_COMPLAINT"}
METHODS = {"checkout": "CHECKOUT", "counter": "IMPORT", "unsubscribe_link": "PREFERENCE_PAGE"}  # else a form
FORM = "HOSTED_EMBED_FORM"
MONEY = ("Historic Customer Lifetime Value", "Average Order Value")
TIMES = ("Email Marketing Consent Timestamp", "First Active", "Last Active", "Profile Created On", "Date Added", "Last Open", "Last Click")

CUSTOM = ("Gender", "Birthday")


def profile_rows(book: Book) -> pd.DataFrame:
    """One row a profile by profile_id, with everything the export and the API say of it; moments are UTC."""
    people = book.people
    phone = cells.e164(people["phone"], people["country_code"])
    people = people.assign(phone=phone)[people["email"].notna() | phone.notna()]
    people["id"] = ["01" + code.upper() for code in cells.codes("profile", people.index, 24)]
    people["country"] = cells.country_names(people["country_code"])
    people["Gender"], people["Birthday"] = people["gender"], cells.birthdays(people)
    return (
        people.join(_consent(book)).join(_activity(book)).join(_purchases(book)).assign(updated=lambda p: p["last"].fillna(p["updated_at"]))
    )


def _consent(book: Book) -> pd.DataFrame:
    told, consent = book.consent, book.consent["status"].map(CONSENT)
    given = consent.notna()
    block = told["blocked_because"].map(BLOCKS).where(consent != "UNSUBSCRIBED", "UNSUBSCRIBE")
    double = told["how"].map({"double": True, "single": False}).astype(object)
    return pd.DataFrame({
        "consent": consent.fillna("NEVER_SUBSCRIBED"), "consent_at": told["occurred_at"].where(given), "block": block,
        "block_at": told["blocked_at"].where(consent != "UNSUBSCRIBED", told["occurred_at"]),
        "method": told["method"].map(METHODS).fillna(FORM).where(given), "method_detail": told["method"].where(given),
        "double_optin": double.where(given), "mailable": (consent == "SUBSCRIBED") & block.isna(),
    })  # fmt: skip


def _activity(book: Book) -> pd.DataFrame:
    """First and last of everything a person did; a last open may well be Apple's."""
    mail, site = book.happened("email_events", ("opened", "clicked")), book.happened("site_events")
    acts = [(mail, "profile_id", "occurred_at"), (site, "profile_id", "occurred_at"), (book.orders, "person", "ordered_at")]
    all_acts = pd.concat([frame[[who, at]].set_axis(["person", "at"], axis=1) for frame, who, at in acts]).groupby("person")["at"]
    opened, clicked = (_last(book, kind, total) for kind, total in (("opened", "last_open_at"), ("clicked", "last_click_at")))
    return pd.DataFrame({"first": all_acts.min(), "last": all_acts.max(), "last_open": opened, "last_click": clicked})


def _last(book: Book, kind: str, total: str) -> pd.Series:
    """The last mail event of a kind by profile, as the log tells or, where no log was kept, the totals."""
    if not len(book.arrow("email_events")):
        return book.table("profile_snapshots")[total]
    return book.happened("email_events", (kind,)).groupby("profile_id")["occurred_at"].max()


def _purchases(book: Book) -> pd.DataFrame:
    """Klaviyo's own totals: orders that were not cancelled, minus what was paid back; test orders and free ones count there."""
    orders = book.orders[book.orders["cancelled_at"].isna() & book.orders["person"].notna()]
    of_person = orders.assign(spent=orders["total"] - orders["refunded_total"]).groupby("person")
    count, at = of_person.size(), of_person["ordered_at"]
    gap = (at.max() - at.min()).dt.total_seconds() / 86_400 / (count - 1).where(count > 1)
    return pd.DataFrame(
        {"orders": count, "spent": of_person["spent"].sum().round(2), "mean": of_person["spent"].mean().round(2), "gap": gap.round(1)}
    )


def profiles_csv(rows: pd.DataFrame) -> TextFile:
    """Audience export: UTF-8 with a mark in front, moments in UTC, custom properties last."""
    orders, spent = rows["orders"].fillna(0), rows["spent"].fillna(0.0)
    columns = {
        "Email": rows["email"], "Klaviyo ID": rows["id"], "First Name": rows["first_name"], "Last Name": rows["surname"],
        "Organization": rows["organization"], "Phone Number": rows["phone"], "City": rows["city"], "State / Region": rows["region"],
        "Country": rows["country"], "Zip Code": rows["zip"], "Source": rows["source"], "Email Marketing Consent": rows["consent"],
        "Email Marketing Consent Timestamp": rows["consent_at"], "Historic Customer Lifetime Value": cells.amounts(spent),
        "Average Order Value": cells.amounts(rows["mean"]), "Historic Number Of Orders": orders.astype(int).astype(str),
        "First Active": rows["first"], "Last Active": rows["last"], "Profile Created On": rows["created_at"],
        "Date Added": rows["created_at"], "Last Open": rows["last_open"], "Last Click": rows["last_click"],
        "Average Days Between Orders": rows["gap"].map("{:.1f}".format, na_action="ignore"), "Email Suppressions": rows["block"],
        **{name: rows[name] for name in CUSTOM},
    }  # fmt: skip
    columns |= {name: cells.moments(columns[name]) for name in TIMES}
    frame = pd.DataFrame({name: columns.get(name) for name in [*headers("klaviyo", "profiles"), *CUSTOM]}, rows.index, dtype=object)
    return TextFile("profiles.csv", frame, Dialect(bom=True), amounts=MONEY, moments=TIMES)


# --- API ----------------------------------------------------------------------------------------------------------------


def basic_profile(row: Record) -> Record:
    """What every answer says of a profile."""
    return {
        "email": row["email"], "phone_number": row["phone"], "external_id": row["external_id"], "first_name": row["first_name"],
        "last_name": row["surname"], "organization": row["organization"], "locale": row["locale"], "title": None, "image": None,
        "created": _moment(row["created_at"]), "updated": _moment(row["updated"]), "last_event_date": _moment(row["last"]),
        "location": {
            "address1": None, "address2": None, "city": row["city"], "country": row["country"], "latitude": None, "longitude": None,
            "region": row["region"], "zip": row["zip"], "timezone": row["timezone"], "ip": None,
        },
        "properties": {name: row[name] for name in CUSTOM if row[name] is not None},
    }  # fmt: skip


def full_profile(row: Record) -> Record:
    """The same with the additional fields: subscriptions and what Klaviyo works out itself (it predicts nothing here)."""
    return basic_profile(row) | {
        "subscriptions": {
            "email": {"marketing": _marketing(row)}, "sms": {"marketing": _never("sms")}, "mobile_push": {"marketing": _never("push")},
        },
        "predictive_analytics": {
            "historic_clv": row["spent"], "predicted_clv": None, "total_clv": row["spent"],
            "historic_number_of_orders": row["orders"] and int(row["orders"]), "predicted_number_of_orders": None,
            "average_days_between_orders": row["gap"], "average_order_value": row["mean"], "churn_probability": None,
            "expected_date_of_next_order": None,
        },
    }  # fmt: skip


def _marketing(row: Record) -> Record:
    at = _moment(row["consent_at"])
    block = {"reason": row["block"], "timestamp": _moment(row["block_at"])}
    return {
        "can_receive_email_marketing": row["mailable"], "consent": row["consent"], "consent_timestamp": at, "last_updated": at,
        "method": row["method"], "method_detail": row["method_detail"], "custom_method_detail": None, "double_optin": row["double_optin"],
        "suppression": [block] if row["block"] else [], "list_suppressions": [],
    }  # fmt: skip


def _never(channel: str) -> Record:
    return {f"can_receive_{channel}_marketing": False, "consent": "NEVER_SUBSCRIBED", "consent_timestamp": None}


def _moment(at: pd.Timestamp | None) -> str | None:
    return None if at is None else f"{at:%Y-%m-%dT%H:%M:%S}+00:00"
