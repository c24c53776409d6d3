"""Segments in plain Python: one loop per profile over the rows of a tiny shop, exact arithmetic, no engine.

Written from the semantics table of the segment language; of the package it knows only the tree, the words and the windows.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from segkit.segments import tree
from segkit.segments.tree import Condition, Test, Tests
from segkit.segments.window import Window
from tests.features.oracle import Row, TinyShop, ended, removed

REGIONS = {"european_union": {"BE", "NL"}, "benelux": {"BE", "NL", "LU"}, "united_states": {"US"}}
MAIL = {
    "received_email": "received", "opened_email": "opened", "clicked_email": "clicked", "bounced_email": "bounced", "unsubscribed": "unsubscribed",
    "marked_as_spam": "spam_complaint",
}  # fmt: skip
NO = ("unsubscribed", "never_subscribed", "pending")
UNKNOWN_PASSES = ("is_not", "not_in", "does_not_contain")


@dataclass
class Shop(TinyShop):
    """A tiny shop with the tables that segments speak of beside orders and mail."""

    order_items: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    feedback: list[Row] = field(default_factory=list)
    list_memberships: list[Row] = field(default_factory=list)
    profile_properties: list[Row] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The instant up to which things are known; with a date as as_of the first instant that is not."""
        return self.as_of if isinstance(self.as_of, datetime) else self.midnight(self.day + timedelta(days=1))

    def midnight(self, day: date) -> datetime:
        """The naive UTC instant at which a local day begins."""
        return datetime.combine(day, time(), ZoneInfo(self.zone)).astimezone(UTC).replace(tzinfo=None)


def members(shop: Shop, condition: Condition) -> set[str]:
    """Who of the profiles known at the as-of moment is in."""
    people = known_people(shop)
    return {row["profile_id"] for row in people if holds(shop, row, condition, people)}


def known_people(shop: Shop) -> list[Row]:
    return [row for row in shop.profiles if _is_known(shop, row)]


def _is_known(shop: Shop, row: Row) -> bool:
    created = row.get("created_at")
    if created is None or shop.known(created):
        return True
    human = [event for event in events(shop, row, ("opened_email",)) if event["is_machine_open"] is False]
    human += [event for event in events(shop, row, ("clicked_email",)) if not event["is_bot_click"]]
    return bool(events(shop, row, ("placed_order",)) or human)


def holds(shop: Shop, row: Row, condition: Condition, people: list[Row]) -> bool:
    match condition:
        case tree.All(inner):
            return all(holds(shop, row, one, people) for one in inner)
        case tree.Any(inner):
            return any(holds(shop, row, one, people) for one in inner)
        case tree.Not(inner):
            return not holds(shop, row, inner, people)
        case tree.Event():
            return _event(shop, row, condition)
        case tree.Every(metrics, least, where, item, window):
            inside = [one for one in events(shop, row, metrics) if in_window(shop, window, one["at"])]
            return len(inside) >= least and all(_passes_both(shop, one, where, item) for one in inside)
        case tree.Latest(which, metrics, where, item, window):
            found = events(shop, row, metrics)
            if not found:
                return False
            at = (max if which == "last" else min)(one["at"] for one in found)
            tied = [one for one in found if one["at"] == at]
            return in_window(shop, window, at) and any(_passes_both(shop, one, where, item) for one in tied)
        case tree.Follow():
            return _follow(shop, row, condition)
        case tree.Top():
            return _top(shop, row, condition, people)
    return _person(shop, row, condition)


# --- events -----------------------------------------------------------------------------------------------------------


def events(shop: Shop, row: Row, metrics: tuple[str, ...]) -> list[dict[str, Any]]:
    """The known events of these kinds, each with its kind, moment and worth."""
    return [event for name in metrics for event in _of_kind(shop, row["profile_id"], name)]


def _of_kind(shop: Shop, person: str, metric: str) -> Iterable[dict[str, Any]]:
    if metric == "placed_order":
        rows = [order for order in shop.orders if order["counts_as_purchase"] and order["profile_id"] == person]
        return [
            {**order, "metric": metric, "at": order["ordered_at"], "worth": _net(shop, order)}
            for order in rows
            if shop.known(order["ordered_at"])
        ]
    if metric in MAIL:
        campaigns = {one["message_id"]: one for one in shop.messages}
        rows = [
            {**campaigns.get(event.get("message_id"), {}), **event} for event in shop.email_events if event["event_type"] == MAIL[metric]
        ]
    elif metric == "gave_feedback":
        rows = list(shop.feedback)
    else:
        kinds = {"active_on_site": None, "viewed_page": ("viewed_page", "active_on_site")}.get(metric, (metric,))
        rows = [event for event in shop.site_events if kinds is None or event["event_type"] in kinds]
    mine = [event for event in rows if event["profile_id"] == person and shop.known(event["occurred_at"])]
    return [{**event, "metric": metric, "at": event["occurred_at"], "worth": event.get("value")} for event in mine]


def _net(shop: Shop, order: Row) -> Decimal:
    linked = (r for r in shop.refunds if r["order_id"] == order["order_id"] and r["linkage"] != "unlinked" and shop.known(r["refunded_at"]))
    return order["total_base"] - sum((refund["amount"] for refund in linked), Decimal(0))


def in_window(shop: Shop, window: Window, at: datetime) -> bool:
    if window.hours is not None:
        return at >= shop.now - timedelta(hours=window.hours)
    lower = [shop.midnight(shop.day - timedelta(days=window.oldest))] if window.oldest is not None else []
    lower += [shop.midnight(window.start)] if window.start else []
    upper = [shop.midnight(shop.day - timedelta(days=window.newest - 1))] if window.newest is not None else []
    upper += [shop.midnight(window.end_before)] if window.end_before else []
    return all(at >= bound for bound in lower) and all(at < bound for bound in upper)


def _matching(shop: Shop, row: Row, metrics: tuple[str, ...], where: Tests, item: Tests, window: Window) -> list[dict[str, Any]]:
    return [one for one in events(shop, row, metrics) if in_window(shop, window, one["at"]) and _passes_both(shop, one, where, item)]


def _event(shop: Shop, row: Row, leaf: tree.Event) -> bool:
    found = _matching(shop, row, leaf.metrics, leaf.where, leaf.item, leaf.window)
    number = _measured(found, leaf.measure)
    return number is not None and _compare(number, leaf.op, _amount(shop, leaf.amount))


def _measured(found: list[dict[str, Any]], measure: str) -> Fraction | None:
    worth = [Fraction(one["worth"]) for one in found if one["worth"] is not None]
    if measure == tree.COUNT:
        return Fraction(len(found))
    if measure == tree.SUM:
        return sum(worth, Fraction(0))
    return None if not worth else max(worth) if measure == tree.MAX else sum(worth, Fraction(0)) / len(worth)


def _amount(shop: Shop, amount: tree.Amount) -> Fraction | None:
    if not isinstance(amount, tree.Shop):
        return Fraction(amount)
    values = sorted(Fraction(one["worth"]) for row in shop.profiles for one in events(shop, row, ("placed_order",)))
    if not values:
        return None
    if amount.figure == "order_value_mean":
        figure = sum(values) / len(values)
    elif amount.figure == "order_value_median":
        middle = len(values) // 2
        figure = (values[(len(values) - 1) // 2] + values[middle]) / 2
    else:
        means = sorted(
            (_measured(mine, tree.MEAN) for row in known_people(shop) if (mine := events(shop, row, ("placed_order",)))), reverse=True
        )
        figure = means[max(1, math.ceil(Fraction(1 - amount.share) * len(means))) - 1] if means else None
    return None if figure is None else figure * Fraction(amount.factor)


def _compare(number: Fraction, op: str, amount: Fraction | None) -> bool:
    if amount is None:
        return False
    return {
        "at_least": number >= amount, "at_most": number <= amount, "more_than": number > amount, "less_than": number < amount,
        "exactly": number == amount,
    }[op]  # fmt: skip


def _follow(shop: Shop, row: Row, leaf: tree.Follow) -> bool:
    firsts = _matching(shop, row, (leaf.first,), leaf.where, (), leaf.window)
    thens = [one for one in events(shop, row, (leaf.then,)) if _passes(one, leaf.where_next)]
    span = timedelta(hours=leaf.hours)
    for first in firsts:
        shared = [then for then in thens if all(_alike(_property(first, name), _property(then, name)) for name in leaf.same)]
        followed = any(first["at"] < then["at"] <= first["at"] + span for then in shared)
        if followed if leaf.followed else not followed and first["at"] + span <= shop.now:
            return True
    return False


def _alike(mine: Any, theirs: Any) -> bool:
    """Nothing is like what is not known; of two lists some element stands in both."""
    if mine is None or theirs is None:
        return False
    return bool(set(mine) & set(theirs)) if isinstance(mine, list) else bool(mine == theirs)


def _top(shop: Shop, row: Row, leaf: tree.Top, people: list[Row]) -> bool:
    measured = {
        one["profile_id"]: number
        for one in people
        if (number := _measured(_matching(shop, one, leaf.metrics, (), (), leaf.window), leaf.measure)) is not None and number > 0
    }
    ranked = sorted(measured.values(), reverse=True)
    if row["profile_id"] not in measured:
        return False
    return measured[row["profile_id"]] >= ranked[math.ceil(Fraction(leaf.share) * len(ranked)) - 1]


# --- tests ------------------------------------------------------------------------------------------------------------


def _passes_both(shop: Shop, event: dict[str, Any], where: Tests, item: Tests) -> bool:
    if not _passes(event, where):
        return False
    lines = [line for line in shop.order_items if line["order_id"] == event.get("order_id")]
    return not item or any(all(_test(_of_line(line, one.name), one) for one in item) for line in lines)


def _of_line(line: Row, name: str) -> Any:
    return line.get({"product": "title", "price": "unit_price"}.get(name, name))


OF = {  # the properties of each kind of event; a test of another property does not concern it
    "placed_order": ("channel", "currency", "store", "discount_code", "country", "order_number"),
    "received_email": ("campaign", "message"), "opened_email": ("apple_privacy_open", "campaign", "message"),
    "clicked_email": ("bot_click", "url", "campaign", "message"), "gave_feedback": ("score_10",),
    "submitted_form": ("form", "url"), "viewed_product": ("url", "category", "product"), "added_to_cart": ("url", "category", "product"),
    "active_on_site": ("url", "category", "product"), "viewed_page": ("url",), "started_checkout": ("url", "category", "product"),
}  # fmt: skip


def _passes(event: dict[str, Any], tests: Tests) -> bool:
    return all(_test(_property(event, one.name), one) for one in tests if one.name in OF[event["metric"]])


def _property(event: dict[str, Any], name: str) -> Any:
    if name == "apple_privacy_open":
        return event.get("is_machine_open")
    if name == "bot_click":
        return bool(event.get("is_bot_click"))
    if name == "score_10":
        low, high, score = (event.get(part) for part in ("scale_min", "scale_max", "score"))
        return (
            None
            if None in (low, high, score) or low == high
            else 1 + Fraction(9) * (Fraction(score) - Fraction(low)) / (Fraction(high) - Fraction(low))
        )
    if name == "country":
        return event.get("shipping_country") or event.get("billing_country")
    column = {
        "campaign": "campaign_id", "message": "message_id", "form": "form_name", "store": "store_id", "discount_code": "discount_codes",
        "product": "product_id",
    }  # fmt: skip
    return event.get(column.get(name, name))


def _test(value: Any, one: Test) -> bool:
    if one.op == "known":
        return value is not None
    if one.op == "unknown":
        return value is None
    if value is None:
        return one.op in UNKNOWN_PASSES
    wanted = one.value
    if one.op in ("is", "is_not"):
        return (value == wanted) == (one.op == "is")
    if one.op in ("in", "not_in"):
        return (value in wanted) == (one.op == "in")
    if one.op in ("contains", "does_not_contain"):
        return (wanted in value) == (one.op == "contains")
    if one.op == "starts_with":
        return value.startswith(wanted)
    return _compare(Fraction(value), one.op, Fraction(wanted))


# --- people -----------------------------------------------------------------------------------------------------------


def _person(shop: Shop, row: Row, condition: Condition) -> bool:
    match condition:
        case tree.Profile(test):
            return _profile(shop, row, test)
        case tree.InRegion(name):
            return _country(shop, row) in REGIONS[name]
        case tree.ProfileDate(name, window):
            return _date(shop, row, name, window)
        case tree.CanReceive(channel, purpose):
            return not removed(shop, row) and _may(_consents(shop, row, channel, purpose))
        case tree.ConsentIs(channel, status, purpose):
            return _newest_is(_consents(shop, row, channel, purpose), status)
        case tree.InList(name, window):
            return any(_in_list(shop, stay, name, window) for stay in shop.list_memberships if stay["profile_id"] == row["profile_id"])
        case tree.Score(name, op, amount):
            return row.get(name) is not None and _compare(Fraction(row[name]), op, _amount(shop, amount))
        case tree.Near(latitude, longitude, km):
            return _near(shop, row, float(latitude), float(longitude), float(km))
    raise TypeError(condition)


def _own(shop: Shop, row: Row, name: str) -> list[Row]:
    return [one for one in shop.profile_properties if one["profile_id"] == row["profile_id"] and one["name"] == name]


def _profile(shop: Shop, row: Row, test: Test) -> bool:
    if not test.name.startswith("own."):
        value = _country(shop, row) if test.name == "country" else row.get({"tag": "tags", "language": "locale"}.get(test.name, test.name))
        return _test(value, test)
    found = _own(shop, row, test.name.removeprefix("own."))
    if test.op in ("known", "unknown"):
        return any(one["value_text"] is not None for one in found) == (test.op == "known")
    sample = test.value[0] if isinstance(test.value, tuple) else test.value
    column = "value_bool" if isinstance(sample, bool) else "value_text" if isinstance(sample, str) else "value_num"
    positive = {"is_not": "is", "not_in": "in", "does_not_contain": "contains"}.get(test.op, test.op)
    any_passes = any(_test(one[column], Test(test.name, positive, test.value)) for one in found)
    return any_passes if positive == test.op else not any_passes


def _country(shop: Shop, row: Row) -> str | None:
    told = [(one["at"], one.get("shipping_country") or one.get("billing_country")) for one in events(shop, row, ("placed_order",))]
    named = [pair for pair in told if pair[1]]
    return max(named)[1] if named else row.get("country_code")


def _date(shop: Shop, row: Row, name: str, window: Window) -> bool:
    if name == "birthday":
        month, day = row.get("birth_month"), row.get("birth_day")
        days = [shop.day - timedelta(days=age) for age in range(window.newest, window.oldest + 1)]
        leap = (month, day) == (2, 29)
        return any(
            (one.month, one.day) == (month, day) or (leap and (one.month, one.day) == (3, 1) and not _has_leap_day(one.year))
            for one in days
        )
    moments = (
        [one["value_date"] for one in _own(shop, row, name.removeprefix("own."))] if name.startswith("own.") else [row.get(f"{name}_at")]
    )
    return any(
        at is not None and in_window(shop, window, at) and ((window.newest is not None and window.newest < 0) or shop.known(at))
        for at in moments
    )


def _has_leap_day(year: int) -> bool:
    return (date(year, 3, 1) - timedelta(days=1)).day == 29


def _consents(shop: Shop, row: Row, channel: str, purpose: str) -> list[Row]:
    mine = [
        one for one in shop.consents if one["profile_id"] == row["profile_id"] and (one["channel"], one["purpose"]) == (channel, purpose)
    ]
    return [one for one in mine if shop.known(one["occurred_at"]) and not ended(shop, one)]


def _may(found: list[Row]) -> bool:
    """Some list, or the channel as a whole (no list), is subscribed to and neither it nor the whole was left since."""
    stands = [_later(found, one, one["list_id"]) and _later(found, one, None) for one in found if one["status"] == "subscribed"]
    return any(stands) and not any(one["status"] == "suppressed" for one in found)


def _later(found: list[Row], yes: Row, name: str | None) -> bool:
    no = [one["occurred_at"] for one in found if one["status"] in NO and one["list_id"] == name]
    dated = [at for at in no if at]
    return not no or (yes["occurred_at"] is not None and bool(dated) and yes["occurred_at"] > max(dated))


def _newest_is(found: list[Row], status: str) -> bool:
    this, other = (
        [one["occurred_at"] for one in found if one["status"] == status],
        [one["occurred_at"] for one in found if one["status"] != status],
    )
    if None in this:
        return True
    if None in other or not this:
        return False
    return not other or max(this) >= max(other)


def _in_list(shop: Shop, stay: Row, name: str, window: Window) -> bool:
    there = name in (stay["list_id"], stay["list_name"]) and (stay["joined_at"] is None or shop.known(stay["joined_at"]))
    gone = stay["left_at"] is not None and shop.known(stay["left_at"])
    joined = window.is_ever or (stay["joined_at"] is not None and in_window(shop, window, stay["joined_at"]))
    return there and not gone and joined


def _near(shop: Shop, row: Row, latitude: float, longitude: float, km: float) -> bool:
    place = [[one["value_num"] for one in _own(shop, row, name) if one["value_num"] is not None] for name in ("latitude", "longitude")]
    if not all(place):
        return False
    here, there = (max(found) for found in place)
    one, other, turn = math.radians(here), math.radians(latitude), math.radians(there - longitude)
    return 6371 * math.acos(min(1, max(-1, math.sin(one) * math.sin(other) + math.cos(one) * math.cos(other) * math.cos(turn)))) <= km
