"""Whether a profile may be mailed."""

from __future__ import annotations

from segkit.engine import Query, Rules
from segkit.features.declare import Feature, expressions

MAIL = ("email", "marketing")

FEATURES = {
    "consent_count": Feature("count(*)", "known consent records for marketing mail"),
    "subscribed_count": Feature("count_where(status = 'subscribed')", "times subscribed to marketing mail"),
    "unsubscribed_count": Feature("count_where(status IN ('unsubscribed', 'never_subscribed', 'pending'))", "times unsubscribed, never or not yet confirmed"),
    "suppressed_count": Feature("count_where(status = 'suppressed')", "bounces, complaints and manual blocks that stop all mail"),
    "last_subscribed_at": Feature("max_where(occurred_at, status = 'subscribed')", "moment of the last subscription (UTC)"),
    "last_unsubscribed_at": Feature(
        "max_where(occurred_at, status IN ('unsubscribed', 'never_subscribed', 'pending'))", "moment of the last unsubscription (UTC)"
    ),
}  # fmt: skip
COUNTS = tuple(name for name in FEATURES if "_count" in name)

_NOT_LEFT = "(unsubscribed_count = 0 OR last_subscribed_at > last_unsubscribed_at)"
SUBSCRIBED, BLOCKED = f"subscribed_count > 0 AND {_NOT_LEFT}", "suppressed_count > 0"  # the two halves of is_mailable
FLAGS = {
    "is_mailable": Feature(
        f"subscribed_count > 0 AND suppressed_count = 0 AND {_NOT_LEFT}",
        "subscribed to marketing mail, not unsubscribed since, and not suppressed",
    ),
    "has_consent_record": Feature("consent_count > 0", "anything at all is known about consent"),
}


def consent_features(rules: Rules, channel: str = MAIL[0], purpose: str = MAIL[1]) -> Query:
    """One row per profile with a consent record for the channel and purpose."""
    about = f"channel = '{channel}' AND purpose = '{purpose}' AND profile_id IS NOT NULL"
    return rules.aggregate("consents", "profile_id", expressions(FEATURES), about)


def may_receive(rules: Rules, channel: str, purpose: str, name: str) -> Query:
    """One row per profile with a consent record: a flag called `name`, whether the person may be written to."""
    return consent_features(rules, channel, purpose).flag({name: FLAGS["is_mailable"].expression}).only(["profile_id", name])
