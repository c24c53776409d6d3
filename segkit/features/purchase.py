"""What a profile bought, when, and for how much."""

from __future__ import annotations

from segkit.engine import Query, Rules
from segkit.features.declare import Feature, expressions

COUNTED = "counts_as_purchase AND profile_id IS NOT NULL"
LINKED = "linkage <> 'unlinked'"

FEATURES = {
    "order_count": Feature("count(*)", "orders that count as a purchase"),
    "revenue": Feature("sum(value)", "value of all purchases: after discount, minus refunds the source links to them"),
    "first_order_on": Feature("min(ordered_on)", "shop-local day of the first purchase"),
    "last_order_on": Feature("max(ordered_on)", "shop-local day of the last purchase"),
    "order_count_30d": Feature("count_where(age_days <= $month_days)", "purchases in the last 30 days, today included"),
    "order_count_90d": Feature("count_where(age_days <= $quarter_days)", "purchases in the last 90 days"),
    "order_count_365d": Feature("count_where(age_days <= $year_days)", "purchases in the last 365 days"),
    "revenue_365d": Feature("sum_where(value, age_days <= $year_days)", "value of the purchases of the last 365 days"),
    "order_value_max": Feature("max(value)", "value of the largest purchase"),
}
COUNTS = ("order_count", "revenue", "order_count_30d", "order_count_90d", "order_count_365d", "revenue_365d")

DERIVED = {
    "recency_days": Feature("days_since(last_order_on)", "calendar days since the last purchase; empty without one"),
    "first_order_days": Feature("days_since(first_order_on)", "calendar days since the first purchase; empty without one"),
    "order_value_mean": Feature("revenue / order_count", "own mean order value; empty without a purchase"),
}

HIGH_VALUE = {  # what "high value" means under each high_value_rule
    "mean": "revenue * shop_order_count > shop_revenue * order_count",
    "median": "2 * revenue > (shop_order_value_low + shop_order_value_high) * order_count",
    "quantile": "order_value_mean > shop_order_value_quantile",
}


def purchases(rules: Rules, beside: tuple[str, ...] = ()) -> Query:
    """One row per purchase of a named profile known at the as-of moment: order_id, profile_id, ordered_on, refunded, value.

    `beside` names more columns of orders.
    """
    refunds = rules.aggregate("refunds", "order_id", {"refunded": "sum(amount)"}, LINKED)
    orders = rules.table("orders", ("order_id", "profile_id", "ordered_on", "total_base", *beside), COUNTED)
    valued = orders.join(refunds, "order_id", zero=["refunded"]).extend({"value": "total_base - refunded"})
    return valued.only(["order_id", "profile_id", "ordered_on", *beside, "refunded", "value"])


def last_country(rules: Rules) -> Query:
    """One row per buyer: order_country, of the last purchase that says one; of two at the same moment the last by alphabet."""
    orders = rules.table("orders", ("profile_id", "ordered_at", "shipping_country", "billing_country"), COUNTED)
    told = orders.extend({"country": "coalesce(shipping_country, billing_country)"}).keep("country IS NOT NULL")
    last = told.aggregate("profile_id", {"told_at": "max(ordered_at)"})
    return told.join(last, "profile_id").keep("ordered_at = told_at").aggregate("profile_id", {"order_country": "max(country)"})


def purchase_features(bought: Query) -> Query:
    """One row per buyer, from the purchases."""
    return bought.aggregate("profile_id", expressions(FEATURES))


def shop_totals(bought: Query) -> Query:
    """One row about the shop: purchases of named profiles, and their value."""
    return bought.aggregate(None, {"shop_order_count": "count(*)", "shop_revenue": "sum(value)"})


def shop_middle(bought: Query) -> Query:
    """One row: the two middle order values of the shop; the median lies half-way between them."""
    half = 1 / 2
    return bought.at_rank({"shop_order_value_low": ("value", half, "bottom"), "shop_order_value_high": ("value", half, "top")})
