"""What a profile looked at in the shop."""

from __future__ import annotations

from segkit.engine import Query, Rules
from segkit.features.declare import Feature, expressions

INTENT = "event_type IN ('viewed_product', 'added_to_cart', 'started_checkout')"

FEATURES = {
    "site_event_count_90d": Feature("count_where(age_days <= $quarter_days)", "events on the site in the last 90 days"),
    "product_view_count_90d": Feature("count_where(event_type = 'viewed_product' AND age_days <= $quarter_days)", "products viewed in the last 90 days"),
    "site_intent_count_90d": Feature(
        f"count_where({INTENT} AND age_days <= $engaged_recent_days)", "products viewed, carts filled and checkouts started in the last 90 days"
    ),
    "last_site_event_on": Feature("max(occurred_on)", "shop-local day of the last event on the site"),
}  # fmt: skip
COUNTS = tuple(name for name in FEATURES if "_count" in name)


def interest_features(rules: Rules) -> Query:
    """One row per profile seen on the site."""
    return rules.aggregate("site_events", "profile_id", expressions(FEATURES), "profile_id IS NOT NULL")
