"""A small shop that the widgets are tried on: sixty people who buy, read and may be mailed in a pattern that can be counted by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.canonical import store_of

AS_OF = datetime(2026, 10, 31, 12)
PEOPLE = [f"p{n:02}" for n in range(60)]
COUNTRIES = ("NL", "NL", "BE", None)


def orders() -> list[dict[str, Any]]:
    """Person n buys n % 5 times, worth 10 + n each: the last time 4 * n days ago, each other one 30 days earlier."""
    return [
        {"order_id": f"{who}-{time}", "profile_id": who, "ordered_at": AS_OF - timedelta(days=4 * n + 30 * time), "total_base": 10 + n,
         "counts_as_purchase": True}
        for n, who in enumerate(PEOPLE) for time in range(n % 5)
    ]  # fmt: skip


def lines() -> list[dict[str, Any]]:
    """One line an order: cake for each person's first, bread for the others; a brand on none."""
    made = orders()
    return [
        {"order_id": order["order_id"], "title": "Cream cake" if order["order_id"].endswith("-0") else "Rye bread", "quantity": 1,
         "category": "Cake" if order["order_id"].endswith("-0") else "Bread", "unit_price": order["total_base"], "line_total": order["total_base"]}
        for order in made
    ]  # fmt: skip


def opens() -> list[dict[str, Any]]:
    """Every third person opens a mail, n days ago, every sixth of them by a machine."""
    return [
        {"profile_id": who, "event_type": "opened", "occurred_at": AS_OF - timedelta(days=n), "is_machine_open": n % 6 == 0, "message_id": "m"}
        for n, who in enumerate(PEOPLE) if n % 3 == 0
    ]  # fmt: skip


def consents() -> list[dict[str, Any]]:
    """Every second person is subscribed."""
    return [
        {"profile_id": who, "channel": "email", "purpose": "marketing", "status": "subscribed", "changed_at": AS_OF - timedelta(days=300)}
        for who in PEOPLE[::2]
    ]


def write_shop(folder: Path, **delivered: bool) -> Path:
    """The shop as a client folder; `orders=False` and so on leave a table empty."""
    people = [
        {"profile_id": who, "country_code": COUNTRIES[n % 4], "locale": "nl-NL" if n % 2 else "fr-BE", "gender": "f" if n % 3 else None,
         "created_at": AS_OF - timedelta(days=500)}
        for n, who in enumerate(PEOPLE)
    ]  # fmt: skip
    tables = {"orders": orders(), "order_items": lines(), "email_events": opens(), "consents": consents()}
    store_of(folder / "canonical", profiles=people, **{name: rows if delivered.get(name, True) else [] for name, rows in tables.items()})
    (folder / "client.yaml").write_text("name: Bakkerij\ncurrency: EUR\ntime_zone: Europe/Amsterdam\n", encoding="utf-8")
    return folder
