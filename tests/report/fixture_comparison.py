"""The comparison of segments of a made-up webshop, in the shape that the audit gives."""

from typing import Any

STEPS = {"member": 1.0, "consent": 0.75, "not_suppressed": 0.5, "under_cap": 0.5, "recipients": 0.5}
STATUS = {"status": "computed", "reason": None}
FEW = {"status": "not_computable", "reason": "too_few_profiles"}
NOTHING: dict[str, Any] = {"reach": {}, "engagement": {}, "liked": {}, "costs": {}, "moved": [], "rank": [], "next": []}
VIP = [None, {"did": "placed_order", "more_than": 10}, {"total_value": "placed_order", "more_than": 1000}]


def comparison(sizes: dict[str, int]) -> dict[str, Any]:
    """Every part filled; `sizes` gives the members of each segment."""
    return {
        "reach": {name: {step: _left(size, share) for step, share in STEPS.items()} for name, size in sizes.items()},
        "engagement": {name: {"by_people": _share(size, 0.31), "by_all": _share(size, 0.58)} for name, size in sizes.items()},
        "liked": {"category": {"vip": [liked("workshop", 6.5), liked("<b>taart</b>", None)]}, "product": {"vip": [], "not_yet": []}},
        "costs": {"vip": [_cost(step, definition) for step, definition in enumerate(VIP)]},
        "moved": [{"segment": "active_customers", "threshold": "active_days", "rows": [_form(days) for days in (15, 30, 45)]}],
        "rank": [_worth("high_rollers", 296.01), _worth("vip", 275.86), _worth("not_yet", 0.0), {**_worth("country_nl", None), **FEW}],
        "next": [_worth("exactly_once", 61.2), _worth("not_yet", 0.0)],
    }


def _left(size: int, share: float) -> dict[str, Any]:
    return {"members": round(size * share), "lost": size - round(size * share), "share": share, **STATUS}


def _share(members: int, share: float) -> dict[str, Any]:
    engaged = round(members * share)
    return {"members": members, "engaged": engaged, "share": share, "low": share - 0.04, "high": share + 0.05, **STATUS}


def liked(value: str, ratio: float | None) -> dict[str, Any]:
    shares = {"share": 0.55, "rest_share": 0.085 if ratio else 0.0, "difference": 0.465, "low": 0.41, "high": 0.52}
    return {"value": value, "buyers": 154, "n": 278, "rest_buyers": 213, "rest_n": 2499, "ratio": ratio, **shares}


def _cost(step: int, definition: dict[str, Any] | None) -> dict[str, Any]:
    members = 6000 // 10**step
    lost = {"lost_members": 9 * members if step else None, "lost_revenue": 1200.5 if step else None}
    without = {"without_members": 148 if step else None}
    return {"step": step, "definition": definition, "members": members, "revenue": 541000.0 / 2**step, **lost, **without, **STATUS}


def _form(days: int) -> dict[str, Any]:
    people = {"members": 13 * days, "gained": max(0, 13 * (days - 30)), "lost": max(0, 13 * (30 - days))}
    return {
        "value": days,
        "is_current": days == 30,
        **people,
        "orders": 4 * days,
        "revenue": 190.5 * days,
        "value_per_head": 14.65,
        **STATUS,
    }


def _worth(segment: str, each: float | None) -> dict[str, Any]:
    low, high, revenue = (None, None, None) if each is None else (each * 0.9, each * 1.1, each * 142)
    people = {"members": 193, "recipients": None if each is None else 142}
    return {"segment": segment, **people, "revenue": revenue, "per_recipient": each, "low": low, "high": high, **STATUS}
