"""How a profile reacts to mail, people and machines kept apart."""

from __future__ import annotations

from segkit.engine import Query, Rules
from segkit.features.declare import Feature, expressions

CLICK = "event_type = 'clicked' AND coalesce(is_bot_click, FALSE) = FALSE"
OPEN = "event_type = 'opened' AND is_machine_open = FALSE"  # an open without a flag is unknown, never human
HUMAN = f"(({CLICK}) OR ({OPEN}))"

FEATURES = {
    "email_received_count_90d": Feature("count_where(event_type = 'received' AND age_days <= $quarter_days)", "mails received in the last 90 days"),
    "engaged_count": Feature(f"count_where({HUMAN})", "human opens and clicks, ever"),
    "engaged_count_90d": Feature(f"count_where({HUMAN} AND age_days <= $engaged_recent_days)", "human opens and clicks in the last 90 days"),
    "click_count_90d": Feature(f"count_where({CLICK} AND age_days <= $quarter_days)", "clicks of people in the last 90 days"),
    "machine_open_count_90d": Feature(
        "count_where(event_type = 'opened' AND is_machine_open AND age_days <= $quarter_days)", "opens by Apple or a scanner in the last 90 days"
    ),
    "unknown_open_count_90d": Feature(
        "count_where(event_type = 'opened' AND is_machine_open IS NULL AND age_days <= $quarter_days)", "opens without a flag in the last 90 days"
    ),
    "last_engaged_on": Feature(f"max_where(occurred_on, {HUMAN})", "shop-local day of the last human open or click"),
}  # fmt: skip
COUNTS = tuple(name for name in FEATURES if "_count" in name)

DERIVED = {"engaged_days": Feature("days_since(last_engaged_on)", "calendar days since the last human open or click; empty without one")}


def engagement_features(rules: Rules) -> Query:
    """One row per profile that got or reacted to a mail."""
    return rules.aggregate("email_events", "profile_id", expressions(FEATURES), "profile_id IS NOT NULL")
