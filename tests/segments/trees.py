"""Hypothesis strategies for segments: tiny shops with every table that they speak of, and random definitions over them."""

from dataclasses import fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from tests.features.oracle import BORDER_AGES, TinyShop, at_age
from tests.features.shops import AMOUNTS, PEOPLE, tiny_shops
from tests.segments.oracle import Shop

URLS = st.sampled_from(["https://x/taarten", "https://x/brood", None])
CAMPAIGNS = ("c1", "c2")
DAYS = st.sampled_from([0, 1, 7, 30, 90, 120, 180, 390])
COUNTS = st.integers(0, 4)
MONEY = st.sampled_from(["0", "5", "10.005", "12.34", "24.68", "100"])


@st.composite
def shops(draw: st.DrawFn) -> Shop:
    """A tiny shop, with lines, messages, feedback, lists and own properties."""
    base = draw(tiny_shops())
    near = _near(base.day)
    maybe, someone = st.one_of(st.none(), near), st.sampled_from(PEOPLE)
    parts = {one.name: getattr(base, one.name) for one in fields(TinyShop)}
    parts["profiles"] = [{**row, **draw(_person())} for row in base.profiles]
    parts["orders"] = [{**row, **draw(_order())} for row in base.orders]
    parts["email_events"] = [{**row, **draw(_mail())} for row in base.email_events]
    parts["site_events"] = [{**row, **draw(_site())} for row in base.site_events]
    parts["consents"] = [{**row, "purpose": draw(st.sampled_from(["marketing", "marketing", "partner"]))} for row in base.consents]
    orders = [row["order_id"] for row in base.orders] or ["none"]
    return Shop(
        **parts,
        order_items=draw(st.lists(_line(orders), max_size=8)),
        messages=[{"message_id": f"m{number}", "campaign_id": name} for number, name in enumerate(CAMPAIGNS)],
        feedback=draw(st.lists(_feedback(someone, near), max_size=4)),
        list_memberships=draw(st.lists(_stay(someone, maybe), max_size=4)),
        profile_properties=draw(st.lists(_property(someone, maybe), max_size=5)),
    )


def _near(day: date) -> st.SearchStrategy[datetime]:
    return st.builds(
        at_age, st.just(day), st.sampled_from([*BORDER_AGES, -3, 45]), st.sampled_from([0, 4, 11, 21, 22, 23]), st.sampled_from([0, 1, 59])
    )


def _person() -> st.SearchStrategy[dict[str, Any]]:
    leap = st.sampled_from([(2, 29), (3, 1), (2, 28), (10, 31), (11, 1), (1, 3), (None, None)])
    return st.builds(
        lambda gender, tags, born, year: {"gender": gender, "tags": tags, "birth_month": born[0], "birth_day": born[1], "birth_year": year},
        st.sampled_from(["f", "m", None]), st.sampled_from([["vip"], ["vip", "b2b"], [], None]), leap, st.sampled_from([1980, 1990, None]),
    )  # fmt: skip


def _order() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"channel": st.sampled_from(["web", "till", None]), "discount_codes": st.sampled_from([["X"], ["X", "Y"], ["Y", "Z"], [], None])}
    )


def _mail() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"message_id": st.sampled_from(["m0", "m1", None]), "url": URLS})


def _site() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({
        "url": URLS, "category": st.sampled_from(["Taarten", "Brood", None]), "value": st.one_of(st.none(), AMOUNTS),
        "form_name": st.sampled_from(["F", None]),
    })  # fmt: skip


def _line(orders: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({
        "order_id": st.sampled_from(orders), "brand": st.sampled_from(["Nike", "O'Neill", None]), "category": st.sampled_from(["Taarten", "Brood", None]),
        "title": st.sampled_from(["X", "Y"]), "unit_price": AMOUNTS, "quantity": st.sampled_from([Decimal(1), Decimal(3), None]),
    })  # fmt: skip


def _feedback(someone: st.SearchStrategy[str], near: st.SearchStrategy[datetime]) -> st.SearchStrategy[dict[str, Any]]:
    scale = st.sampled_from([(1.0, 10.0), (0.0, 10.0), (1.0, 5.0), (None, None)])
    return st.builds(
        lambda who, at, score, ends: {"profile_id": who, "occurred_at": at, "score": score, "scale_min": ends[0], "scale_max": ends[1]},
        someone, near, st.sampled_from([1.0, 3.0, 5.0, 4.0, 8.0, None]), scale,
    )  # fmt: skip


def _stay(someone: st.SearchStrategy[str], maybe: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    lists = st.sampled_from([("l1", "Nieuws"), ("l2", "Taart")])
    return st.builds(
        lambda who, named, joined, left: {"profile_id": who, "list_id": named[0], "list_name": named[1], "joined_at": joined, "left_at": left},
        someone, lists, maybe, maybe,
    )  # fmt: skip


def _property(someone: st.SearchStrategy[str], maybe: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    values = st.sampled_from([
        {"name": "taste", "value_text": "zoet"}, {"name": "taste", "value_text": "hartig"}, {"name": "taste", "value_text": None},
        {"name": "points", "value_text": "5", "value_num": 5.0}, {"name": "points", "value_text": "12.5", "value_num": 12.5},
        {"name": "member", "value_text": "true", "value_bool": True}, {"name": "latitude", "value_text": "51.05", "value_num": 51.05},
        {"name": "longitude", "value_text": "3.72", "value_num": 3.72}, {"name": "longitude", "value_text": "4.9", "value_num": 4.9},
    ])  # fmt: skip
    empty = {"value_text": None, "value_num": None, "value_bool": None, "value_date": None}
    dated = st.builds(
        lambda who, at: {**empty, "profile_id": who, "name": "renewal", "value_text": str(at), "value_date": at}, someone, maybe
    )
    return st.one_of(dated, st.builds(lambda who, told: {**empty, "profile_id": who, **told}, someone, values))


# --- definitions ------------------------------------------------------------------------------------------------------


def windows(ahead: bool = False) -> st.SearchStrategy[str]:
    between = st.tuples(DAYS, DAYS).map(sorted).map(lambda ends: f"between {ends[0]} and {ends[1]} days ago")
    past = [
        DAYS.map(lambda n: f"last {n} days"), between, DAYS.map(lambda n: f"more than {n} days ago"), st.sampled_from(["last 1 hours", "last 48 hours"]),
        st.sampled_from(["ever", "since 2026-03-22", "before 2026-03-29", "from 2026-10-24 to 2026-10-25", "last 2 weeks", "before 2025-12-31"]),
    ]  # fmt: skip
    return st.one_of(*past, *([DAYS.map(lambda n: f"next {n} days")] if ahead else []))


def _some(key: str, of: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.one_of(st.just({}), of.map(lambda value: {key: value}))


def _comparison(of: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(st.sampled_from(["at_least", "at_most", "more_than", "less_than", "exactly"]), of).map(lambda pair: {pair[0]: pair[1]})


ITEMS = st.sampled_from([
    {"brand": "Nike"}, {"brand": "O'Neill", "category": "Taarten"}, {"category": {"is_not": "Brood"}}, {"brand": {"known": False}},
    {"brand": ["$aov", "Nike"]}, {"price": {"at_least": 10}}, {"product": ["X", "Z"]}, {"brand": {"starts_with": "O'"}}, {"quantity": {"less_than": 2}},
])  # fmt: skip
WHERE = {
    "placed_order": [{"channel": "web"}, {"channel": {"is_not": "web"}}, {"discount_code": "X"}, {"discount_code": {"does_not_contain": "X"}}, {"country": "NL"}],
    "opened_email": [{"apple_privacy_open": False}, {"campaign_id": "c1"}, {"apple_privacy_open": {"is_not": True}}],
    "clicked_email": [{"bot_click": False}, {"url": {"contains": "taart"}}, {"campaign_id": {"not_in": ["c2"]}}],
    "received_email": [{"campaign_id": "c1"}],
    "active_on_site": [{"url": {"contains": "/taarten"}}, {"category": "Taarten"}],
    "viewed_product": [{"category": {"is_not": "Taarten"}}],
    "added_to_cart": [{"category": "Brood"}],
    "submitted_form": [{"form": "F"}],
    "viewed_page": [{"url": {"starts_with": "https://x/b"}}],
    "gave_feedback": [{"score_10": {"less_than": 5}}, {"score_10": {"at_least": 8}}, {"score_10": {"at_least": 5, "less_than": 8}}],
}  # fmt: skip
VALUED = ("placed_order", "added_to_cart", "viewed_product")
SHOP_FIGURES = (
    "shop average order value",
    "shop median order value",
    "1.5 x shop average order value",
    "shop 80% quantile of average value",
)


@st.composite
def event_parts(draw: st.DrawFn, window: str = "within", valued: bool = False) -> tuple[Any, dict[str, Any]]:
    metric = draw(st.sampled_from(VALUED if valued else list(WHERE)))
    where = draw(_some("where", st.sampled_from(WHERE[metric])))
    item = draw(_some("item", ITEMS)) if metric == "placed_order" else {}
    return metric, {**where, **item, **draw(_some(window, windows()))}


@st.composite
def _leaf_of_events(draw: st.DrawFn) -> dict[str, Any]:
    verb = draw(st.sampled_from(["did", "did", "never", "value", "every", "last", "first", "both"]))
    if verb == "both":
        return {
            "did": ["opened_email", "clicked_email"],
            "where": {"apple_privacy_open": False, "bot_click": False},
            **draw(_comparison(COUNTS)),
            **draw(_some("within", windows())),
        }
    if verb == "value":
        metric, keys = draw(event_parts(valued=True))
        amount = st.one_of(MONEY.map(float), st.sampled_from(SHOP_FIGURES))
        return {draw(st.sampled_from(["total_value", "average_value", "highest_value"])): metric, **keys, **draw(_comparison(amount))}
    if verb in ("last", "first"):
        metric, keys = draw(event_parts(window="was"))
        tested = {key: told for key, told in keys.items() if told != "ever"}
        return {verb: metric, **(tested or {"was": draw(windows().filter(lambda one: one != "ever"))})}
    metric, keys = draw(event_parts())
    if verb == "every":
        tested = keys if "where" in keys or "item" in keys else {**keys, "where": WHERE[metric][0]}
        return {"every": metric, **tested, "at_least": draw(st.integers(1, 2))}
    return {verb: metric, **keys, **(draw(st.one_of(st.just({}), _comparison(COUNTS))) if verb == "did" else {})}


@st.composite
def _leaf_of_pairs(draw: st.DrawFn) -> dict[str, Any]:
    first, then, shared = draw(st.sampled_from([("added_to_cart", "placed_order", None), ("received_email", "opened_email", "campaign"), ("opened_email", "clicked_email", None), ("placed_order", "placed_order", None), ("placed_order", "placed_order", "discount_code"), ("placed_order", "placed_order", "channel")]))  # fmt: skip
    flags = st.sampled_from([{}, {"apple_privacy_open": False}]) if then == "opened_email" else st.just({})
    after = {"where_next": {"same": shared, **draw(flags)}} if shared else {}
    span = draw(st.sampled_from([{"hours": 1}, {"days": 1}, {"days": 90}]))
    return {
        "after": first,
        draw(st.sampled_from(["followed_by", "not_followed_by"])): then,
        **after,
        **span,
        **draw(_some("within", windows())),
    }


PERSON = st.one_of(
    st.sampled_from([
        {"profile": {"country": "NL"}}, {"profile": {"country": {"is_not": "NL"}}}, {"profile": {"gender": "f", "tag": "vip"}},
        {"profile": {"tag": {"does_not_contain": "vip"}}}, {"profile": {"birth_year": {"less_than": 1985}}}, {"profile": {"gender": {"known": True}}},
        {"profile": {"own.taste": "zoet"}}, {"profile": {"own.taste": {"is_not": "zoet"}}}, {"profile": {"own.points": {"at_least": 10}}},
        {"profile": {"own.member": True}}, {"profile": {"own.taste": {"known": False}}}, {"in_region": "benelux"}, {"in_region": "european_union"},
        {"can_receive": "email"}, {"cannot_receive": "email"}, {"can_receive": "email", "purpose": "partner"},
        {"consent": "email", "is": "subscribed"}, {"consent": "email", "is": "unsubscribed"}, {"in_list": "Nieuws"}, {"not_in_list": "l2"},
        {"near": [51.05, 3.72], "km": 25}, {"near": [52.37, 4.9], "km": 200},
    ]),
    windows(ahead=True).map(lambda told: {"date": "created", "is": told}),
    windows(ahead=True).map(lambda told: {"date": "own.renewal", "is": told}),
    st.sampled_from(["next 7 days", "next 0 days", "last 30 days", "between 1 and 3 days ago"]).map(lambda told: {"date": "birthday", "is": told}),
    windows().map(lambda told: {"in_list": "Taart", "joined": told}),
)  # fmt: skip
TOP = st.builds(
    lambda share, by, metric, within: {"top": share, "by": by, "of": metric, **within},
    st.sampled_from(["10%", "50%", "34%", "100%"]), st.sampled_from(["total_value", "average_value", "highest_value", "count"]),
    st.sampled_from(VALUED), _some("within", windows()),
)  # fmt: skip
LEAVES = st.one_of(_leaf_of_events(), _leaf_of_events(), _leaf_of_events(), _leaf_of_pairs(), PERSON, TOP)


def definitions() -> st.SearchStrategy[dict[str, Any]]:
    """Random definitions as plain data, up to a few levels deep."""
    return st.recursive(
        LEAVES,
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda members: {"all": members}),
            st.lists(inner, min_size=1, max_size=3).map(lambda members: {"any": members}),
            inner.map(lambda member: {"not": member}),
        ),
        max_leaves=5,
    )
