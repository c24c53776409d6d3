"""A made-up crowd of a hundred and twenty people as a shop, and what is true of each of them worked out row by row in plain Python."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd

import segkit
from segkit.segments import ask
from segkit.segments.tree import Condition
from segkit.settings import Client
from tests.canonical import store_of

DAY = date(2026, 10, 31)
PEOPLE = [f"p{number:03}" for number in range(120)]
AGES = (0, 3, 7, 8, 30, 89, 90, 91, 119, 120, 121, 135, 150, 364, 365, 366, 500)
LINES = [("Taart", "taart", "Jan"), ("Brood", "brood", "Jan"), ("Bonbons", "chocolade", None), ("Mok", None, "Delft")]
HUMAN = ask.did("opened_email", where={"apple_privacy_open": False}, within="last 90 days")
ASKED: dict[str, Condition] = {
    "often": ask.did("placed_order", at_least=2),
    "recent": ask.last("placed_order", was="last 120 days"),
    "spender": ask.total_value("placed_order", more_than=60),
    "reader": HUMAN,
}


@dataclass
class Crowd:
    """The shop as of DAY, its rows, and one row per person with what is true of them."""

    view: segkit.View
    rows: dict[str, list[dict[str, Any]]]
    facts: pd.DataFrame


def crowd(folder: Path, seed: int = 1, without: tuple[str, ...] = (), **thresholds: Any) -> Crowd:
    """A shop in a folder; `without` names tables without rows. Small groups are told unless a threshold says otherwise."""
    draw = random.Random(seed)
    rows = {name: [] if name in without else made for name, made in _rows(draw).items()}
    store_of(folder, **rows).close()
    client = Client(name="Crowd", time_zone="Europe/Amsterdam", currency="EUR", thresholds={"smallest_group": 2, **thresholds})
    return Crowd(segkit.open(folder, client=client).at(DAY), rows, facts_of(rows))


def _at(age: int) -> datetime:
    return datetime.combine(DAY - timedelta(days=age), time(12))


def _rows(draw: random.Random) -> dict[str, list[dict[str, Any]]]:
    orders = [
        {"order_id": f"{name}-{number}", "profile_id": name, "ordered_at": _at(draw.choice([*AGES, -2])), "currency": "EUR",
         "total_base": Decimal(draw.choice([5, 12, 20, 35, 80])), "counts_as_purchase": draw.random() < 0.9}
        for name in PEOPLE for number in range(draw.choice([0, 1, 1, 2, 3, 5]))
    ]  # fmt: skip
    orders.append({**orders[0], "order_id": "guest", "profile_id": None})
    refunds = [
        {"refund_id": f"r{order['order_id']}", "order_id": order["order_id"], "amount": Decimal(4), "refunded_at": _at(1), "linkage": draw.choice(["order", "unlinked"])}
        for order in draw.sample(orders, 25)
    ]  # fmt: skip
    lines = [{"order_id": order["order_id"], **_line(draw)} for order in orders for _ in range(draw.choice([0, 1, 2]))]
    lines += [{"order_id": order["order_id"], "title": "Verzending", "brand": "Post", "line_type": "shipping"} for order in orders]
    mails = [
        {"profile_id": name, "occurred_at": _at(draw.choice(AGES)), **_mail(draw)} for name in PEOPLE for _ in range(draw.choice([0, 2, 8]))
    ]
    consents = [
        {"profile_id": name, "channel": "email", "purpose": "marketing", "status": status, "occurred_at": _at(age)}
        for name in PEOPLE
        for status, age in draw.choice([[], [("subscribed", 90)], [("subscribed", 90)], [("subscribed", 90), ("unsubscribed", 30)],
                                        [("unsubscribed", 90), ("subscribed", 30)], [("subscribed", 90), ("suppressed", 8)]])
    ]  # fmt: skip
    profiles = [{"profile_id": name, "created_at": _at(600)} for name in PEOPLE]
    profiles.append({"profile_id": "tomorrow", "created_at": _at(-1)})
    return {
        "profiles": profiles, "orders": orders, "refunds": refunds, "order_items": lines, "email_events": mails, "consents": consents,
    }  # fmt: skip


def _line(draw: random.Random) -> dict[str, Any]:
    title, category, brand = draw.choice(LINES)
    return {"title": title, "category": category, "brand": brand, "line_type": draw.choice(["product", None])}


def _mail(draw: random.Random) -> dict[str, Any]:
    kind = draw.choice(["received", "received", "opened", "opened", "clicked"])
    return {"event_type": kind, "is_machine_open": draw.choice([True, False, None]), "is_bot_click": draw.choice([True, None])}


def facts_of(rows: dict[str, list[dict[str, Any]]]) -> pd.DataFrame:
    """One row per person: orders, revenue, revenue_365d, age (of the last order), reacted, reacted_at_all, opened, opened_at_all, consents, mails."""
    return pd.DataFrame([_person(name, rows) for name in PEOPLE]).set_index("profile_id")


def purchases_of(rows: dict[str, list[dict[str, Any]]], name: str) -> list[dict[str, Any]]:
    return [o for o in rows.get("orders", []) if o["profile_id"] == name and o["counts_as_purchase"] and age_of(o["ordered_at"]) >= 0]


def age_of(moment: datetime) -> int:
    return (DAY - moment.date()).days


def _person(name: str, rows: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    bought = [(age_of(order["ordered_at"]), _value(order, rows)) for order in purchases_of(rows, name)]
    mails = [event for event in rows.get("email_events", []) if event["profile_id"] == name]
    late = [event for event in mails if age_of(event["occurred_at"]) <= 90]
    status = {row["status"]: row["occurred_at"] for row in rows.get("consents", []) if row["profile_id"] == name}
    left, joined = status.get("unsubscribed"), status.get("subscribed")
    return {
        "profile_id": name, "orders": len(bought), "revenue": float(sum(value for _, value in bought)),
        "revenue_365d": float(sum(value for age, value in bought if age <= 365)), "age": min((age for age, _ in bought), default=9999),
        "reacted": any(_human(event) for event in late), "reacted_at_all": any(e["event_type"] in ("opened", "clicked") for e in late),
        "opened": any(e["event_type"] == "opened" and e["is_machine_open"] is False for e in late),
        "opened_at_all": any(e["event_type"] == "opened" for e in late),
        "subscribed": joined is not None and (left is None or joined > left), "suppressed": "suppressed" in status,
        "mails": sum(e["event_type"] == "received" and age_of(e["occurred_at"]) <= 7 for e in mails),
    }  # fmt: skip


def _value(order: dict[str, Any], rows: dict[str, list[dict[str, Any]]]) -> Decimal:
    taken = [r["amount"] for r in rows.get("refunds", []) if r["order_id"] == order["order_id"] and r["linkage"] != "unlinked"]
    return order["total_base"] - sum(taken, Decimal(0))


def _human(event: dict[str, Any]) -> bool:
    if event["event_type"] == "clicked":
        return not event["is_bot_click"]
    return event["event_type"] == "opened" and event["is_machine_open"] is False


def inside(facts: pd.DataFrame) -> pd.DataFrame:
    """Who is in each of ASKED, one column each."""
    return pd.DataFrame({
        "often": facts["orders"] >= 2, "recent": facts["age"] <= 120, "spender": facts["revenue"] > 60, "reader": facts["opened"],
    })  # fmt: skip


def spent(facts: pd.DataFrame, chosen: pd.Series) -> tuple[int, int, float]:
    """How many, their orders and their revenue."""
    group = facts[chosen]
    return len(group), int(group["orders"].sum()), round(float(group["revenue"].sum()), 2)
