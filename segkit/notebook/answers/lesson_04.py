"""Orders by hand: who is active, and whose next order is due by their own rhythm."""

from __future__ import annotations

from segkit.shop import View

SHOP = "coffee"


def active_customers(view: View) -> float:
    """How many last ordered at most 30 days ago."""
    return float(view.count("active_customers"))


def due_by_own_rhythm(view: View) -> set[str]:
    """Mailable customers of three orders or more whose silence is over three quarters and at most one and a half of their own mean gap."""
    people = view.features().query("is_mailable and order_count >= 3")
    own_gap = (people["first_order_days"] - people["recency_days"]) / (people["order_count"] - 1)
    return set(people[(people["recency_days"] / own_gap).between(0.75, 1.5, inclusive="right")]["profile_id"])


ANSWERS = {"4a": active_customers, "4b": due_by_own_rhythm}
