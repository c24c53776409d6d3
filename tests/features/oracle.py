"""Features and personas of tiny shops in plain Python: one loop per profile, no engine, exact arithmetic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.canonical import local_day

Row = Mapping[str, Any]
INTENT = ("viewed_product", "added_to_cart", "started_checkout")
NO = ("unsubscribed", "never_subscribed", "pending")


@dataclass
class TinyShop:
    """The rows of a generated shop, and the question asked about it."""

    profiles: list[Row]
    orders: list[Row]
    refunds: list[Row]
    email_events: list[Row]
    site_events: list[Row]
    consents: list[Row]
    zone: str
    as_of: date | datetime
    mail_delivered: bool = field(default=True)

    @property
    def day(self) -> date:
        return local_day(self.as_of, self.zone) if isinstance(self.as_of, datetime) else self.as_of

    def known(self, moment: datetime | None) -> bool:
        if moment is None:
            return True
        if isinstance(self.as_of, datetime):
            return moment <= self.as_of
        return local_day(moment, self.zone) <= self.as_of

    def age(self, moment: datetime) -> int:
        return (self.day - local_day(moment, self.zone)).days


def features_of(shop: TinyShop) -> dict[str, dict[str, Any]]:
    """The features of every profile known at the as-of moment."""
    purchases = [(order, _value(shop, order)) for order in shop.orders if _counts(shop, order)]
    total = sum((value for _, value in purchases), Decimal(0))
    rows = {profile["profile_id"]: _profile(shop, profile, purchases) for profile in shop.profiles}
    for row in rows.values():
        mean = Fraction(row["revenue"]) / row["order_count"] if row["order_count"] else None
        row["is_high_value"] = mean is not None and mean > Fraction(total) / len(purchases)
    return {name: row for name, row in rows.items() if row.pop("is_known")}


def _counts(shop: TinyShop, order: Row) -> bool:
    return bool(order["counts_as_purchase"]) and order["profile_id"] is not None and shop.known(order["ordered_at"])


def _value(shop: TinyShop, order: Row) -> Decimal:
    linked = (r for r in shop.refunds if r["order_id"] == order["order_id"] and r["linkage"] != "unlinked" and shop.known(r["refunded_at"]))
    return order["total_base"] - sum((refund["amount"] for refund in linked), Decimal(0))


def ended(shop: TinyShop, consent: Row) -> bool:
    until = consent.get("valid_until")
    return until is not None and shop.known(until)


def removed(shop: TinyShop, profile: Row) -> bool:
    at = profile.get("deleted_at")
    return at is not None and shop.known(at)


def _profile(shop: TinyShop, profile: Row, purchases: Iterable[tuple[Row, Decimal]]) -> dict[str, Any]:
    name = profile["profile_id"]
    mine = [(shop.age(order["ordered_at"]), value) for order, value in purchases if order["profile_id"] == name]
    mail = [event for event in shop.email_events if event["profile_id"] == name and shop.known(event["occurred_at"])]
    human = [shop.age(event["occurred_at"]) for event in mail if _human(event)]
    site = [event for event in shop.site_events if event["profile_id"] == name and shop.known(event["occurred_at"])]
    consents = [row for row in shop.consents if row["profile_id"] == name and shop.known(row["occurred_at"]) and not ended(shop, row)]
    created = profile["created_at"]
    return {
        "order_count": len(mine),
        "revenue": sum((value for _, value in mine), Decimal(0)),
        "recency_days": min((age for age, _ in mine), default=None),
        "first_order_days": max((age for age, _ in mine), default=None),
        "order_count_30d": sum(age <= 30 for age, _ in mine),
        "order_count_90d": sum(age <= 90 for age, _ in mine),
        "order_count_365d": sum(age <= 365 for age, _ in mine),
        "revenue_365d": sum((value for age, value in mine if age <= 365), Decimal(0)),
        "order_value_max": max((value for _, value in mine), default=None),
        "engaged_count": len(human),
        "engaged_count_90d": sum(age <= 90 for age in human),
        "engaged_days": min(human, default=None),
        "machine_open_count_90d": sum(
            e["event_type"] == "opened" and e["is_machine_open"] is True and shop.age(e["occurred_at"]) <= 90 for e in mail
        ),
        "unknown_open_count_90d": sum(
            e["event_type"] == "opened" and e["is_machine_open"] is None and shop.age(e["occurred_at"]) <= 90 for e in mail
        ),
        "site_intent_count_90d": sum(e["event_type"] in INTENT and shop.age(e["occurred_at"]) <= 90 for e in site),
        "is_mailable": not removed(shop, profile) and _mailable(consents),
        "country_code": _country(profile, [order for order, _ in purchases if order["profile_id"] == name]),
        "is_newcomer": created is not None and shop.age(created) < 30,
        "is_known": created is None or shop.known(created) or bool(mine) or bool(human),
    }


def _country(profile: Row, mine: list[Row]) -> str | None:
    told = [(order["ordered_at"], order["shipping_country"] or order["billing_country"]) for order in mine]
    named = [pair for pair in told if pair[1]]
    return max(named)[1] if named else profile["country_code"]


def _human(event: Row) -> bool:
    if event["event_type"] == "clicked":
        return not event["is_bot_click"]
    return event["event_type"] == "opened" and event["is_machine_open"] is False


def _mailable(consents: list[Row]) -> bool:
    if any(row["status"] == "suppressed" for row in consents):
        return False
    whole = [row["occurred_at"] for row in consents if row["status"] in NO and row["list_id"] is None]
    for name in {row["list_id"] for row in consents}:
        yes = [row["occurred_at"] for row in consents if row["list_id"] == name and row["status"] == "subscribed"]
        no = [row["occurred_at"] for row in consents if row["list_id"] == name and row["status"] in NO]
        if yes and _later(yes, no) and _later(yes, whole):
            return True
    return False


def _later(yes: list[datetime | None], no: list[datetime | None]) -> bool:
    dated_yes, dated_no = [at for at in yes if at], [at for at in no if at]
    return not no or (bool(dated_yes and dated_no) and max(dated_yes) > max(dated_no))


def literal_of(row: Row) -> set[str]:
    """Which of the fourteen a profile is, straight from the table of the rules (months as days: 3 = 90, 4 = 120, 6 = 180, 13 = 390)."""
    n, d, high, k, e = row["order_count"], row["recency_days"], row["is_high_value"], row["engaged_count"], row["engaged_days"]
    recent, lapsed = d is not None and d <= 120, d is not None and 120 < d <= 390
    reads = e is not None and e <= 90
    rules = {
        "high_rollers": n >= 3 and recent and high,
        "brand_lovers": n >= 3 and recent and not high,
        "potential_high_rollers": 1 <= n < 3 and recent and high,
        "potential_brand_lovers": 1 <= n < 3 and recent and not high,
        "almost_there": n == 0 and k >= 3 and reads,
        "waiting_to_be_wowed": n == 0 and reads,
        "espresso_shot": n == 0 and reads,
        "window_shoppers": n == 0 and row["site_intent_count_90d"] > 0,
        "lapsed_high_rollers": n >= 3 and lapsed and high,
        "lost_enthusiasts": n >= 3 and lapsed and not high,
        "one_hit_wonders": 1 <= n < 3 and lapsed and high,
        "just_passing_through": 1 <= n <= 2 and d is not None and 180 <= d <= 390 and not high,
        "false_starts": k >= 3 and not reads,
        "dead_weight": (n == 0 or d > 120) and not reads,
    }
    return {name for name, holds in rules.items() if holds}


def partition_of(row: Row, mail_delivered: bool) -> str:
    """The one cell of the partition a profile is in, by the ages of domain-facts: up to 120, 121-390, above."""
    n, age, high, k, e = row["order_count"], row["recency_days"], row["is_high_value"], row["engaged_count"], row["engaged_days"]
    reads = e is not None and e <= 90
    if n and age <= 120:
        return ("high_rollers" if high else "brand_lovers") if n >= 3 else ("potential_high_rollers" if high else "potential_brand_lovers")
    if n and age <= 390:
        if n >= 3:
            return "lapsed_high_rollers" if high else "lost_enthusiasts"
        return "one_hit_wonders" if high else "just_passing_through" if age >= 180 else "cooling_one_timers"
    if not mail_delivered:
        return "engagement_unknown"
    if n:
        return "long_lapsed_readers" if reads else "false_starts" if k >= 3 else "dead_weight"
    return _never_bought(row, reads, k, e)


def _never_bought(row: Row, reads: bool, k: int, e: int | None) -> str:
    if row["is_newcomer"] and not reads:
        return "newcomers"
    if reads:
        return (
            "window_shoppers"
            if row["site_intent_count_90d"]
            else "almost_there"
            if k >= 3
            else "espresso_shot"
            if e is not None and e <= 7
            else "waiting_to_be_wowed"
        )
    return "false_starts" if k >= 3 else "dead_weight"


BORDER_AGES = sorted({age + step for age in (0, 7, 30, 90, 120, 180, 365, 390) for step in (-1, 0, 1)})


def at_age(day: date, age: int, hour: int, minute: int) -> datetime:
    """A naive UTC instant near the border of a local day that many days before `day`."""
    return datetime(day.year, day.month, day.day, hour, minute) - timedelta(days=age)
