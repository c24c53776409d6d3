"""What the report advises with: the order of the personas, and the evidence that each finding brings."""

GROUPS = {
    "buying": ("high_rollers", "brand_lovers", "potential_high_rollers", "potential_brand_lovers"),
    "lapsed": (
        "lapsed_high_rollers",
        "lost_enthusiasts",
        "one_hit_wonders",
        "just_passing_through",
        "cooling_one_timers",
        "long_lapsed_readers",
    ),
    "not_bought": ("newcomers", "almost_there", "espresso_shot", "waiting_to_be_wowed", "window_shoppers"),
    "silent": ("false_starts", "dead_weight"),
    "unknown": ("engagement_unknown",),
}
GROUP_OF = {persona: group for group, personas in GROUPS.items() for persona in personas}

# Finding key -> the evidence its sentence needs -> how it is written.
EVIDENCE: dict[str, dict[str, str]] = {
    "second_order_gap": {"members": "count", "buyers": "count", "share": "percent"},
    "lapsed_high_rollers": {"members": "count", "revenue": "money"},
    "concentration_top": {"members": "count", "share": "percent", "threshold": "money"},
    "blast_unengaged": {"members": "count", "share": "percent", "days": "days"},
    "mean_is_poor_cut": {"share": "percent", "value": "money", "threshold": "money", "members": "count"},
    "guests_share": {"orders": "count", "share": "percent", "revenue": "money"},
    "unlinked_refunds": {"rows": "count", "value": "money", "share": "small_percent"},
    "long_lapsed_readers": {"members": "count", "days": "days", "revenue": "money"},
    "coverage_gap": {"days": "days"},
    "window_longer_than_coverage": {"days": "days", "value": "days"},
    "no_email_events": {"members": "count"},
    "no_orders": {"members": "count"},
    "no_buyers": {"orders": "count"},
    "thresholds_do_not_fit": {"members": "count", "share": "percent"},
    "dead_weight_check": {"members": "count", "share": "percent"},
    "refused_rows": {"rows": "count", "share": "small_percent"},
    "mostly_one_country": {"share": "percent", "members": "count", "country": "country"},
}
