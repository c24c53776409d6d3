"""Measurements become findings: a key, how urgent, the evidence, and no sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from segkit.settings import Settings

ACT, LOOK, NOTE = "act", "look", "note"
Result = Mapping[str, Any]
Evidence = dict[str, Any] | None


@dataclass(frozen=True)
class Rule:
    """When a finding holds: `evidence` gives its numbers, or None when there is nothing to say."""

    severity: str
    section: str
    evidence: Callable[[Result, Settings], Evidence]


def findings(result: Result, settings: Settings) -> list[dict[str, Any]]:
    """Every finding that holds for a result, most urgent first and within that by the revenue it is about."""
    found = []
    for key, rule in RULES.items():
        evidence = rule.evidence(result, settings)
        if evidence is not None:
            found.append(
                {
                    "key": key,
                    "severity": rule.severity,
                    "section": rule.section,
                    "evidence": evidence,
                    "value_at_stake": None,
                }
            )
    order = [ACT, LOOK, NOTE]
    return sorted(found, key=lambda item: (order.index(item["severity"]), -(item["evidence"].get("revenue") or 0)))


def _share(part: Any, whole: Any) -> float | None:
    """A share, or None when a side is unknown or the whole is nothing."""
    return None if part is None or not whole else part / whole


def _no_orders(result: Result, settings: Settings) -> Evidence:
    return {"members": result["counts"]["profiles"]} if result["counts"]["orders"] is None else None


def _no_buyers(result: Result, settings: Settings) -> Evidence:
    """Orders were delivered, and none is a purchase of somebody with a profile."""
    return {"orders": result["counts"]["guest_orders"]} if result["counts"]["orders"] == 0 else None


def _no_email_events(result: Result, settings: Settings) -> Evidence:
    delivered = result["capabilities"]["engagement"]["status"] == "computed"
    return None if delivered else {"members": result["counts"]["profiles"]}


def _coverage_gap(result: Result, settings: Settings) -> Evidence:
    gap = result["window"]["gap_days"]
    return {"days": gap} if gap is not None and gap > settings["coverage_gap_days"] else None


def _window_longer_than_coverage(result: Result, settings: Settings) -> Evidence:
    first, lapsed = result["window"]["first_order_on"], settings["purchase_lapsed_days"]
    if first is None:
        return None
    seen = (date.fromisoformat(result["as_of"][: len("2026-11-01")]) - date.fromisoformat(first)).days
    return {"days": lapsed, "value": seen} if seen < lapsed else None


def _thresholds_do_not_fit(result: Result, settings: Settings) -> Evidence:
    fit = result["persona_fit"]
    share = _share(fit.get("would_change"), result["counts"]["profiles"])
    if share is None or share <= settings["persona_change_share"]:
        return None
    recent = fit["thresholds"]["purchase_recent_days"]
    return {"days": recent["current"], "value": recent["fitted"], "members": fit["would_change"], "share": share}


def _second_order_gap(result: Result, settings: Settings) -> Evidence:
    counts = result["counts"]
    share = _share(counts["one_time_buyers"], counts["buyers"])
    if share is None or share < settings["one_time_share"]:
        return None
    return {"members": counts["one_time_buyers"], "buyers": counts["buyers"], "share": share}


def _group(name: str, **more: str) -> Callable[[Result, Settings], Evidence]:
    """A persona of the partition that has enough members to act on."""

    def evidence(result: Result, settings: Settings) -> Evidence:
        cell = result["personas"]["partition"][name]
        if (cell["members"] or 0) < settings["smallest_group"]:
            return None
        return {
            "members": cell["members"],
            "revenue": cell["revenue"],
            **{key: settings[threshold] for key, threshold in more.items()},
        }

    return evidence


def _concentration_top(result: Result, settings: Settings) -> Evidence:
    top = result["concentration"].get("top_10pct")
    if top is None or top["revenue_share"] < settings["concentration_share"]:
        return None
    return {"members": top["buyers"], "share": top["revenue_share"], "threshold": top["threshold"]}


def _blast_unengaged(result: Result, settings: Settings) -> Evidence:
    counts = result["counts"]
    if counts["mailable_engaged_90d"] is None:
        return None
    silent = counts["mailable"] - counts["mailable_engaged_90d"]
    share = _share(silent, counts["mailable"])
    if share is None or share < settings["unengaged_share"]:
        return None
    return {"members": silent, "share": share, "days": settings["engaged_recent_days"]}


def _mean_is_poor_cut(result: Result, settings: Settings) -> Evidence:
    cut = result["high_value_cut"]
    share = _share(cut.get("above"), result["counts"]["buyers"])
    if share is None or cut["rule"] != "mean" or abs(share - 1 / 2) <= settings["poor_cut_distance"]:
        return None
    median = cut["median"]
    return {"share": share, "value": cut["value"], "threshold": median["value"], "members": median["would_change"]}


def _guests_share(result: Result, settings: Settings) -> Evidence:
    counts = result["counts"]
    if not counts["guest_orders"]:
        return None
    share = _share(counts["guest_orders"], (counts["orders"] or 0) + counts["guest_orders"])
    if share is None or share < settings["guest_share"]:
        return None
    return {"orders": counts["guest_orders"], "share": share, "revenue": counts["guest_revenue"]}


def _unlinked_refunds(result: Result, settings: Settings) -> Evidence:
    counts = result["counts"]
    share = _share(counts["customer_refund_amount"], counts["revenue"])
    if share is None or share < settings["refund_share"]:
        return None
    return {"rows": counts["customer_refunds"], "value": counts["customer_refund_amount"], "share": share}


def _dead_weight_check(result: Result, settings: Settings) -> Evidence:
    cell = result["personas"]["partition"]["dead_weight"]
    if (cell["members"] or 0) < settings["smallest_group"] or result["capabilities"]["engagement"]["status"] != "computed":
        return None
    return {"members": cell["members"], "share": cell["share"]}


def _refused_rows(result: Result, settings: Settings) -> Evidence:
    refused, read = (sum(source[part] for source in result["sources"]) for part in ("refused", "rows_read"))
    share = _share(refused, read)
    return {"rows": refused, "share": share} if share and share >= settings["refused_share"] else None


def _mostly_one_country(result: Result, settings: Settings) -> Evidence:
    home = result["countries"]
    share = _share(home["buyers_in_largest"], home["buyers_with_country"])
    if share is None or share < settings["one_country_share"]:
        return None
    return {"share": share, "country": home["largest"], "members": home["buyers_in_largest"]}


RULES: dict[str, Rule] = {
    "no_orders": Rule(ACT, "data", _no_orders),
    "no_buyers": Rule(ACT, "data", _no_buyers),
    "no_email_events": Rule(LOOK, "data", _no_email_events),
    "coverage_gap": Rule(ACT, "data", _coverage_gap),
    "window_longer_than_coverage": Rule(LOOK, "data", _window_longer_than_coverage),
    "thresholds_do_not_fit": Rule(LOOK, "personas", _thresholds_do_not_fit),
    "second_order_gap": Rule(ACT, "rhythm", _second_order_gap),
    "lapsed_high_rollers": Rule(ACT, "personas", _group("lapsed_high_rollers")),
    "long_lapsed_readers": Rule(ACT, "personas", _group("long_lapsed_readers", days="purchase_lapsed_days")),
    "concentration_top": Rule(ACT, "base", _concentration_top),
    "blast_unengaged": Rule(ACT, "base", _blast_unengaged),
    "mean_is_poor_cut": Rule(LOOK, "personas", _mean_is_poor_cut),
    "guests_share": Rule(LOOK, "data", _guests_share),
    "unlinked_refunds": Rule(LOOK, "data", _unlinked_refunds),
    "dead_weight_check": Rule(LOOK, "personas", _dead_weight_check),
    "refused_rows": Rule(LOOK, "data", _refused_rows),
    "mostly_one_country": Rule(NOTE, "segments", _mostly_one_country),
}
