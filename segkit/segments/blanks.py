"""What can fill the blanks of a template: the shop's own most frequent brands, products, campaigns and so on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd

from segkit.engine import Query, Rules, Store
from segkit.errors import SegmentError
from segkit.features import purchase
from segkit.segments.definition import Template

_NAMED = "profile_id IS NOT NULL"
_LINES = {"brand": "brand", "category": "category", "product": "title"}
_SITE = {"page": ("url", None), "form": ("form_name", "event_type = 'submitted_form'")}


def offers(store: Store, rules: Rules, template: Template, most: int) -> dict[str, pd.DataFrame]:
    """For each blank of a template the values that most people have: one row a value (value, people), most people first."""
    if isinstance(most, bool) or not isinstance(most, int) or most < 1:
        raise SegmentError(f"most is {most!r}.", "Give a whole number of values from 1 up, such as 5.")
    return {blank: top_values(store, rules, what, most) for blank, what in template.blanks.items()}


def top_values(store: Store, rules: Rules, what: str, most: int) -> pd.DataFrame:
    """One row a value that can fill a blank of this kind: value and people, at most `most` rows; empty where nothing is known."""
    query = _MADE[what](rules).aggregate("value", {"people": "count(DISTINCT profile_id)"}, "value IS NOT NULL")
    found = store.ask(query).sort_values(["people", "value"], ascending=[False, True], ignore_index=True)
    return found.head(most)


def _bought(rules: Rules, column: str) -> Query:
    lines = rules.table("order_items", ("order_id", column))
    return lines.join(purchase.purchases(rules).only(["order_id", "profile_id"]), "order_id").keep(_NAMED).extend({"value": column})


def _country(rules: Rules) -> Query:
    people = rules.table("profiles", ("profile_id", "country_code"), known=False).join(purchase.last_country(rules), "profile_id")
    return people.extend({"value": "coalesce(order_country, country_code)"})


def _campaign(rules: Rules) -> Query:
    sent = rules.table("email_events", ("profile_id", "message_id"), f"{_NAMED} AND event_type = 'received'")
    return sent.join(rules.table("messages", ("message_id", "campaign_id"), known=False), "message_id").extend({"value": "campaign_id"})


def _link(rules: Rules) -> Query:
    return rules.table("email_events", ("profile_id", "url"), f"{_NAMED} AND event_type = 'clicked'").extend({"value": "url"})


def _on_site(rules: Rules, column: str, where: str | None) -> Query:
    return rules.table("site_events", ("profile_id", column), f"{_NAMED} AND {where}" if where else _NAMED).extend({"value": column})


def _list(rules: Rules) -> Query:
    return rules.table("list_memberships", ("profile_id", "list_name"), _NAMED).extend({"value": "list_name"})


_MADE: dict[str, Callable[[Rules], Query]] = {
    **{what: partial(_bought, column=column) for what, column in _LINES.items()},
    **{what: partial(_on_site, column=column, where=where) for what, (column, where) in _SITE.items()},
    "country": _country,
    "campaign": _campaign,
    "link": _link,
    "list": _list,
}
