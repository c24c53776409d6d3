"""One newsletter for all: mails nobody reads, and who is asleep."""

from __future__ import annotations

from segkit.shop import View

SHOP = "demo"


def mails_per_order_of_the_silent(view: View) -> float:
    """Mails of 90 days to mailable profiles without a human open or click in those days, for each order they placed in them."""
    people = view.features().query("is_mailable")
    silent = people[~(people["engaged_days"] <= view.rules.settings["engaged_recent_days"]).fillna(False)]
    return float(silent["email_received_count_90d"].sum() / silent["order_count_90d"].sum())


def sleepers_who_came_back_before(view: View) -> set[str]:
    """Sleeping customers who may be mailed and ordered more than once."""
    people = view.features().query("is_mailable and order_count > 1")
    return set(people["profile_id"]) & set(view.members("sleeping_customers")["profile_id"])


ANSWERS = {"1a": mails_per_order_of_the_silent, "1b": sleepers_who_came_back_before}
