"""The feature table: one row per profile as of a date, every column declared once."""

from __future__ import annotations

from segkit.engine import Query, Rules
from segkit.features import consent, engagement, interest, purchase, score
from segkit.features.declare import Feature, expressions

PROFILE = {
    "profile_id": Feature("profile_id", "the profile"),
    "country_code": Feature("country_code", "ISO country: of the last purchase that says one, else of the profile"),
    "created_at": Feature(
        "created_at",
        "moment the profile was first known (UTC): as the source says, else its first order or event; empty where neither is known",
    ),
}
NEEDS = {  # what must have been delivered (`segkit.quality`) for counts and flags to be 0 or false
    "purchases": (*purchase.COUNTS, "is_high_value"),
    "engagement": engagement.COUNTS,
    "site": interest.COUNTS,
    "consent": (*consent.COUNTS, *consent.FLAGS),
}
HIGH = {"is_high_value": Feature("", "own mean order value above the shop's cut (high_value_rule)")}


def profile_features(rules: Rules) -> Query:
    """One row per profile known at the as-of moment, with every declared feature but the scores.

    Counts and sums are 0 where the tables were delivered and hold nothing for the profile; ages, dates and means are
    empty. Whether a table was delivered at all is for `quality` to say: absent is not zero.
    """
    bought = purchase.purchases(rules)
    return with_high_value(base_features(rules, bought), bought)


def base_features(rules: Rules, bought: Query) -> Query:
    """The feature table without is_high_value; `bought` are the purchases (purchase.purchases)."""
    query = rules.table("profiles", tuple(PROFILE), known=False)
    for part, counts in (
        (purchase.purchase_features(bought), purchase.COUNTS),
        (engagement.engagement_features(rules), engagement.COUNTS),
        (interest.interest_features(rules), interest.COUNTS),
        (consent.consent_features(rules), consent.COUNTS),
    ):
        query = query.join(part, "profile_id", zero=counts)
    query = query.keep("created_at IS NULL OR by_as_of(created_at) OR order_count > 0 OR engaged_count > 0")
    query = query.join(purchase.last_country(rules), "profile_id").extend({"country_code": "coalesce(order_country, country_code)"})
    return query.extend(expressions(purchase.DERIVED | engagement.DERIVED)).flag(expressions(consent.FLAGS))


def with_high_value(base: Query, bought: Query) -> Query:
    """The feature table with is_high_value, and the shop's own figures (shop_*) that decide it beside every row."""
    rule = base.rules.settings["high_value_rule"]
    share = 1 - base.rules.settings["high_value_quantile"]
    deciding = {
        "mean": lambda: purchase.shop_totals(bought),
        "median": lambda: purchase.shop_middle(bought),
        "quantile": lambda: base.at_rank({"shop_order_value_quantile": ("order_value_mean", share, "top")}, score.BUYERS),
    }
    return base.cross(deciding[rule]()).flag({"is_high_value": f"order_count > 0 AND {purchase.HIGH_VALUE[rule]}"})


def dictionary() -> dict[str, Feature]:
    """Every feature by name, for the data dictionary."""
    parts = (PROFILE, purchase.FEATURES, purchase.DERIVED, HIGH, score.SCORES, engagement.FEATURES, engagement.DERIVED)
    return {name: feature for part in (*parts, interest.FEATURES, consent.FEATURES, consent.FLAGS) for name, feature in part.items()}
