"""Hypothesis strategies for tiny shops full of border instants, nulls, refunds, time-zone edges and future events."""

from datetime import date, datetime
from decimal import Decimal

from hypothesis import strategies as st

from tests.features.oracle import BORDER_AGES, TinyShop, at_age

ZONES = ("Europe/Amsterdam", "America/New_York", "Pacific/Auckland", "UTC", "Atlantic/Azores", "Asia/Beirut", "America/St_Johns")
DAYS = (date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1), date(2024, 2, 29), date(2025, 12, 31))
PEOPLE = ("ann", "bob", "cor", "dee", "eva")
AMOUNTS = st.sampled_from([Decimal(text) for text in ("0", "5", "10", "10.01", "12.34", "37.02", "100", "333.33")])

COUNTRIES = st.sampled_from(["NL", "BE", None])


@st.composite
def tiny_shops(draw: st.DrawFn) -> TinyShop:
    """A shop of a few people and a question about it, as of a date or of a moment."""
    day = draw(st.sampled_from(DAYS))
    as_of = draw(st.one_of(st.just(day), _near(day)))
    moments = _near(day)
    maybe = st.one_of(st.none(), moments)
    someone = st.sampled_from(PEOPLE)
    orders = draw(st.lists(_order(moments), max_size=9))
    numbered = [{**order, "order_id": f"o{place}"} for place, order in enumerate(orders)]
    gone = st.one_of(st.none(), st.none(), st.none(), maybe)
    return TinyShop(
        profiles=[
            {"profile_id": name, "created_at": draw(maybe), "country_code": draw(COUNTRIES), "deleted_at": draw(gone)} for name in PEOPLE
        ],
        orders=numbered,
        refunds=draw(st.lists(_refund(maybe, [order["order_id"] for order in numbered] or ["none"]), max_size=3)),
        email_events=draw(st.lists(_mail(someone, moments), max_size=10)),
        site_events=draw(st.lists(_site(someone, moments), max_size=4)),
        consents=draw(st.lists(_consent(someone, maybe), max_size=5)),
        zone=draw(st.sampled_from(ZONES)),
        as_of=as_of,
        mail_delivered=draw(st.booleans()),
    )


def _near(day: date) -> st.SearchStrategy[datetime]:
    """Instants within an hour or so of the borders of local days, now and in the past, some in the future."""
    ages = st.sampled_from([*BORDER_AGES, -2, 45, 400, 700])
    return st.builds(
        lambda age, hour, minute: at_age(day, age, hour, minute),
        ages,
        st.sampled_from([0, 3, 4, 10, 11, 12, 21, 22, 23]),
        st.sampled_from([0, 1, 59]),
    )


def _order(moments: st.SearchStrategy[datetime]) -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries({
        "profile_id": st.sampled_from([*PEOPLE[:4], None]), "ordered_at": moments, "total_base": AMOUNTS,
        "counts_as_purchase": st.sampled_from([True, True, True, False, None]), "shipping_country": COUNTRIES, "billing_country": COUNTRIES,
    })  # fmt: skip


def _refund(maybe: st.SearchStrategy[datetime | None], orders: list[str]) -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries({
        "order_id": st.sampled_from(orders), "refunded_at": maybe, "amount": AMOUNTS, "linkage": st.sampled_from(["order", "line", "unlinked"]),
    })  # fmt: skip


def _mail(someone: st.SearchStrategy[str], moments: st.SearchStrategy[datetime]) -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries({
        "profile_id": someone, "occurred_at": moments, "event_type": st.sampled_from(["received", "opened", "opened", "clicked", "clicked"]),
        "is_machine_open": st.sampled_from([True, False, False, None]), "is_bot_click": st.sampled_from([True, False, None]),
    })  # fmt: skip


def _site(someone: st.SearchStrategy[str], moments: st.SearchStrategy[datetime]) -> st.SearchStrategy[dict]:
    kinds = st.sampled_from(["active_on_site", "viewed_product", "added_to_cart", "started_checkout", "searched"])
    return st.fixed_dictionaries({"profile_id": someone, "occurred_at": moments, "event_type": kinds})


def _consent(someone: st.SearchStrategy[str], maybe: st.SearchStrategy[datetime | None]) -> st.SearchStrategy[dict]:
    return st.fixed_dictionaries({
        "profile_id": someone, "occurred_at": maybe, "valid_until": st.one_of(st.none(), st.none(), maybe), "channel": st.just("email"), "purpose": st.just("marketing"),
        "list_id": st.sampled_from([None, "news", "offers"]),
        "status": st.sampled_from(["subscribed", "subscribed", "unsubscribed", "suppressed", "pending", "unknown"]),
    })  # fmt: skip
