"""Whether a profile may be mailed."""

from __future__ import annotations

from segkit.engine import Query, Rules
from segkit.features.declare import Feature, expressions

MAIL = ("email", "marketing")
HOLDS = "(valid_until IS NULL OR NOT by_as_of(valid_until))"  # a record that has ended says nothing any more
_NO = "status IN ('unsubscribed', 'never_subscribed', 'pending')"

_PER_LIST = {  # one row per profile and list; an empty list is the whole channel
    "consent_count": "count(*)",
    "subscribed_count": "count_where(status = 'subscribed')",
    "unsubscribed_count": f"count_where({_NO})",
    "suppressed_count": "count_where(status = 'suppressed')",
    "last_subscribed_at": "max_where(occurred_at, status = 'subscribed')",
    "last_unsubscribed_at": f"max_where(occurred_at, {_NO})",
}
_CHANNEL = {"left_count": f"count_where({_NO})", "left_at": f"max_where(occurred_at, {_NO})"}
_STANDS = (  # a no without a date beside a yes is not known to be older
    "subscribed_count > 0 AND (unsubscribed_count = 0 OR last_subscribed_at > last_unsubscribed_at)"
    " AND (left_count = 0 OR last_subscribed_at > left_at)"
    " AND (deleted_at IS NULL OR NOT by_as_of(deleted_at))"
)

FEATURES = {
    "consent_count": Feature("sum(consent_count)", "known consent records for marketing mail"),
    "subscribed_count": Feature("sum(subscribed_count)", "times subscribed to marketing mail"),
    "unsubscribed_count": Feature("sum(unsubscribed_count)", "times unsubscribed, never or not yet confirmed"),
    "suppressed_count": Feature("sum(suppressed_count)", "bounces, complaints and manual blocks that stop all mail"),
    "subscription_count": Feature("count_where(stands)", "subscriptions that stand: to a list or the whole channel, neither of them left since, of a profile that was not removed"),
    "last_subscribed_at": Feature("max(last_subscribed_at)", "moment of the last subscription (UTC)"),
    "last_unsubscribed_at": Feature("max(last_unsubscribed_at)", "moment of the last unsubscription (UTC)"),
}  # fmt: skip
COUNTS = tuple(name for name in FEATURES if "_count" in name)

SUBSCRIBED, BLOCKED = "subscription_count > 0", "suppressed_count > 0"  # the two halves of is_mailable
FLAGS = {
    "is_mailable": Feature(
        f"{SUBSCRIBED} AND NOT {BLOCKED}",
        "subscribed to marketing mail on some list or as a whole, not left since, not suppressed, and not removed",
    ),
    "has_consent_record": Feature("consent_count > 0", "anything at all is known about consent"),
}


def consent_features(rules: Rules, channel: str = MAIL[0], purpose: str = MAIL[1]) -> Query:
    """One row per profile with a consent record for the channel and purpose.

    A record counts until it ends. Who leaves one list still gets what another brings; who leaves the channel as a whole gets nothing until a new subscription,
    and a profile that was removed gets nothing at all.
    """
    about = f"channel = '{channel}' AND purpose = '{purpose}' AND profile_id IS NOT NULL AND {HOLDS}"
    lists = rules.aggregate("consents", ["profile_id", "list_id"], _PER_LIST, about)
    left = rules.aggregate("consents", "profile_id", _CHANNEL, f"{about} AND list_id IS NULL")
    removed = rules.table("profiles", ("profile_id", "deleted_at"), known=False)
    standing = lists.join(left, "profile_id", zero=["left_count"]).join(removed, "profile_id").flag({"stands": _STANDS})
    return standing.aggregate("profile_id", expressions(FEATURES))


def may_receive(rules: Rules, channel: str, purpose: str, name: str) -> Query:
    """One row per profile with a consent record: a flag called `name`, whether the person may be written to."""
    return consent_features(rules, channel, purpose).flag({name: FLAGS["is_mailable"].expression}).only(["profile_id", name])
