"""Results to write reports from: with everything, without mail events, without orders, and a hostile one."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from segkit.settings import default_settings
from tests.report.fixture_comparison import NOTHING, comparison, liked

PROFILES, MAILABLE, ENGAGED = 6000, 4886, 3012
HOSTILE = "<img src=x onerror=\"document.title='owned'\">"
COUNTS = {
    "profiles": PROFILES,
    "mailable": MAILABLE,
    "engaged_90d": ENGAGED,
    "mailable_engaged_90d": 2790,
    "bought_30d": 408,
    "buyers": 3392,
    "one_time_buyers": 1809,
    "repeat_buyers": 1583,
    "orders": 9481,
    "revenue": 541208.55,
    "currency": "EUR",
    "order_value_mean": 57.083488,
    "order_value_median": 44.9,
    "orders_per_buyer": 2.795106,
    "guest_orders": 214,
    "guest_revenue": 10233.1,
    "unlinked_refunds": 37,
    "unlinked_refund_amount": 1411.25,
    "linked_refund_amount": 9120.4,
    "customer_refunds": 31,
    "customer_refund_amount": 1203.5,
    "other_refund_amount": 310.2,
    "duplicate_rows": 3,
}
PARTITION = {  # persona: members, orders, revenue, how many are engaged, discount level, sample
    "high_rollers": (312, 2010, 183220.4, 274, 0, None),
    "brand_lovers": (417, 2280, 98310.2, 341, 1, None),
    "potential_high_rollers": (264, 371, 36544.0, 201, 0, None),
    "potential_brand_lovers": (508, 640, 22410.75, 377, 1, None),
    "lapsed_high_rollers": (221, 1240, 91730.1, 88, 2, None),
    "lost_enthusiasts": (302, 1366, 50012.35, 95, 2, None),
    "one_hit_wonders": (354, 482, 31250.0, 102, 3, 354),
    "just_passing_through": (431, 520, 13920.55, 96, 3, 431),
    "cooling_one_timers": (187, 215, 5877.2, 81, 1, None),
    "engagement_unknown": (0, 0, 0.0, 0, 0, None),
    "long_lapsed_readers": (119, 178, 4010.0, 119, 2, None),
    "newcomers": (214, 0, 0.0, 0, 0, None),
    "window_shoppers": (182, 0, 0.0, 182, 1, None),
    "almost_there": (611, 0, 0.0, 611, 2, None),
    "espresso_shot": (64, 0, 0.0, 64, 1, None),
    "waiting_to_be_wowed": (381, 0, 0.0, 381, 2, None),
    "false_starts": (402, 0, 0.0, 0, 3, 402),
    "dead_weight": (1031, 179, 3923.0, 0, 0, None),
}
READING = ("almost_there", "waiting_to_be_wowed", "espresso_shot", "false_starts", "dead_weight")
SILENT = ("long_lapsed_readers", "newcomers", "window_shoppers", *READING)
SEGMENTS = {  # segment: members, orders, revenue, difference in spending per head with its bounds
    "active_customers": (408, 1980, 121004.2, (231.1, 201.5, 260.7)),
    "sleeping_customers": (391, 1102, 60210.5, (70.4, 48.1, 92.7)),
    "high_value": (340, 3015, 262105.9, (721.6, 668.9, 774.3)),
    "not_yet": (2608, 0, 0.0, (-159.6, -168.8, -150.3)),
    "exactly_once": (1809, 1809, 78120.4, (-67.3, -77.9, -56.7)),
    "more_than_once": (1583, 7672, 463088.15, (274.9, 255.1, 294.7)),
    "vip": (61, 880, 88410.0, (1374.2, 1190.4, 1558.0)),
    "country_nl": (3711, 6004, 340120.0, (4.1, -9.8, 18.0)),
    "country_be": (1904, 2890, 171004.3, (-0.5, -15.2, 14.2)),
}
FINDINGS = {  # finding: severity, section, evidence
    "second_order_gap": ("act", "rhythm", {"members": 1809, "buyers": 3392, "share": 0.533314}),
    "lapsed_high_rollers": ("act", "personas", {"members": 221, "revenue": 91730.1}),
    "long_lapsed_readers": ("act", "personas", {"members": 119, "revenue": 4010.0, "days": 390}),
    "concentration_top": ("act", "base", {"members": 340, "share": 0.4843, "threshold": 402.15}),
    "blast_unengaged": ("act", "base", {"members": 2096, "share": 0.428981, "days": 90}),
    "coverage_gap": ("act", "data", {"days": 31}),
    "no_orders": ("act", "data", {"members": PROFILES}),
    "no_buyers": ("act", "data", {"orders": 214}),
    "no_email_events": ("look", "data", {"members": PROFILES}),
    "window_longer_than_coverage": ("look", "data", {"days": 390, "value": 374}),
    "thresholds_do_not_fit": ("look", "method", {"members": 512, "share": 0.150943}),
    "mean_is_poor_cut": ("look", "personas", {"share": 0.29, "value": 57.083488, "threshold": 44.9, "members": 611}),
    "guests_share": ("look", "data", {"orders": 214, "share": 0.022073, "revenue": 10233.1}),
    "unlinked_refunds": ("look", "data", {"rows": 37, "value": 1411.25, "share": 0.002608}),
    "dead_weight_check": ("look", "personas", {"members": 1031, "share": 0.171833}),
    "refused_rows": ("look", "data", {"rows": 12, "share": 0.001221}),
    "mostly_one_country": ("note", "segments", {"share": 0.84, "country": "NL", "members": 2849}),
}


def full() -> dict[str, Any]:
    """A Dutch webshop that delivered everything, with every finding there is."""
    return {
        "format": 1,
        "segkit_version": "0.1.0",
        "input_hash": "ab12cd34ef56",
        "as_of": "2026-10-31",
        "client": {"name": "Theehuis De Linde", "currency": "EUR", "currency_basis": "orders", "time_zone": "Europe/Amsterdam"},
        "window": {
            "first_order_on": "2024-09-02",
            "last_order_on": "2026-10-31",
            "coverage_to": "2026-10-31",
            "gap_days": 0,
            "rows_after": 12,
        },
        "sources": _sources(),
        "coverage": _coverage(),
        "capabilities": _capabilities(),
        "counts": dict(COUNTS),
        "status": {},
        "recency": {"0-30": 408, "31-89": 811, "90-180": 702, "181+": 1471},
        "grid": _grid(),
        "high_value_cut": _cut(),
        "personas": {"partition": _partition(), "literal": _literal()},
        "persona_fit": _fit(),
        "segments": {name: _segment(*row) for name, row in SEGMENTS.items()},
        "segment_overlap": {name: dict.fromkeys(list(SEGMENTS)[:place], 12) for place, name in enumerate(SEGMENTS)},
        "segment_comparison": comparison({name: row[0] for name, row in SEGMENTS.items()}),
        "segment_lint": [],
        "countries": {"largest": "NL", "buyers_in_largest": 2849, "buyers_with_country": 3390},
        "concentration": _concentration(),
        "rhythm": _rhythm(),
        "rfm": _rfm(),
        "thresholds": _thresholds(),
        "findings": [_finding(key, *row) for key, row in FINDINGS.items()],
    }


def without_mail() -> dict[str, Any]:
    """The same shop without opens, clicks and consents: what depends on them is null with its reason."""
    result = full()
    for name, reason in (("engagement", "no_email_events"), ("consent", "no_consents")):
        result["capabilities"][name] = {"status": "not_computable", "reason": reason}
    for name in ("mailable", "engaged_90d", "mailable_engaged_90d"):
        result["counts"][name] = None
        reason = "no_consents" if name == "mailable" else "no_email_events"
        result["status"][f"counts.{name}"] = {"status": "not_computable", "reason": reason}
    _without_readers(result["personas"])
    for cell in [*result["segments"].values(), *result["personas"]["partition"].values()]:
        cell["engaged_share"] = cell["mailable"] = None
        cell.get("versus_rest", {}).pop("engaged_share", None)
    keep = {"no_email_events", "second_order_gap", "lapsed_high_rollers", "concentration_top"}
    result["findings"] = [finding for finding in result["findings"] if finding["key"] in keep]
    return result


def without_orders() -> dict[str, Any]:
    """A list of profiles that reads, and not one order."""
    result, missing = full(), {"status": "not_computable", "reason": "no_orders"}
    result["window"].update(first_order_on=None, last_order_on=None)
    result["capabilities"]["purchases"] = missing
    for name in result["counts"]:
        if name not in ("profiles", "mailable", "engaged_90d", "mailable_engaged_90d", "currency", "duplicate_rows"):
            result["counts"][name] = None
            result["status"][f"counts.{name}"] = missing
    result.update(
        recency={},
        grid={},
        segments={},
        segment_comparison=NOTHING,
        high_value_cut={"rule": "mean", "value": None, "above": None, **missing},
        concentration=missing,
        rhythm=missing,
        personas={"partition": {}, "literal": {}},
        persona_fit={"thresholds": {}, "would_change": None, **missing},
        rfm={},
        findings=[_finding("no_orders", *FINDINGS["no_orders"])],
    )
    return result


def hostile() -> dict[str, Any]:
    """The full result with a script in every text that a client can put in it."""
    result = full()
    result["client"].update(name=f'{HOSTILE}"); </style><script>document.title="owned"</script>', time_zone=HOSTILE)
    for source in result["sources"]:
        source.update(file=f"{HOSTILE}.csv", reader=HOSTILE, encoding=HOSTILE, delimiter="</td><script>")
        source["kinds"].append({"kind": HOSTILE, "column": None, "verdict": "set_aside", "rows": 1})
    result["coverage"].append({"table": HOSTILE, "rows": 3, "from": None, "to": None, "status": "computed", "reason": None})
    result["segments"][f"country_{HOSTILE}"] = deepcopy(result["segments"]["vip"])
    result["segments"]["{members} $\\frac{1}{2}$ javascript:alert(1)"] = deepcopy(result["segments"]["vip"])
    result["segment_comparison"]["liked"]["product"]["vip"] = [liked(HOSTILE, 2.0)]
    result["findings"][-1]["evidence"]["country"] = HOSTILE
    result["thresholds"].append({"name": HOSTILE, "value": HOSTILE, "unit": "rule", "default": 1, "why": HOSTILE, "source": HOSTILE})
    result["capabilities"]["site"] = {"status": "not_computable", "reason": HOSTILE}
    result["input_hash"] = result["segkit_version"] = HOSTILE
    result["client"]["currency"] = result["counts"]["currency"] = "<b>"
    return result


def _partition() -> dict[str, Any]:
    return {name: _cell(*row) for name, row in PARTITION.items()}


def _literal() -> dict[str, Any]:
    """The fourteen: here with the sizes of the partition, which is enough to write them."""
    own = ("cooling_one_timers", "engagement_unknown", "long_lapsed_readers", "newcomers")
    return {name: cell for name, cell in _partition().items() if name not in own}


def _cell(members: int, orders: int, revenue: float, engaged: int, discount: int, sample: int | None) -> dict[str, Any]:
    bought = {
        "revenue_365d": round(revenue * 0.6, 2),
        "value_per_head": revenue / members if members else None,
        "order_value_mean": revenue / orders if orders else None,
    }
    return {
        "members": members,
        "share": members / PROFILES,
        "orders": orders,
        "revenue": revenue,
        "revenue_share": revenue / 541208.55,
        **bought,
        "engaged_share": engaged / members if members else None,
        "mailable": members,
        "sample": sample,
        "discount": discount,
        "status": "computed",
        "reason": None,
    }


def _without_readers(personas: dict[str, Any]) -> None:
    for name in READING:
        missing = {"status": "not_computable", "reason": "no_email_events", "discount": 0, "sample": None}
        personas["literal"][name] = dict.fromkeys(("members", "share", "orders", "revenue")) | missing
    unknown = sum(personas["partition"][name]["members"] for name in SILENT)
    for name in SILENT:
        personas["partition"][name].update(members=0, share=0.0, orders=0, revenue=0.0, revenue_share=0.0, sample=None)
    personas["partition"]["engagement_unknown"].update(members=unknown, share=unknown / PROFILES)


def _segment(members: int, orders: int, revenue: float, per_head: tuple[float, float, float]) -> dict[str, Any]:
    difference, low, high = per_head
    versus = {
        "inside": revenue / members,
        "rest": revenue / members - difference,
        "difference": difference,
        "low": low,
        "high": high,
    }
    worth = versus | {"inside": revenue / orders, "rest": 51.2, "difference": 3.4, "low": -1.2, "high": 8.0} if orders else {}
    return _cell(members, orders, revenue, members // 2, 0, None) | {
        "versus_rest": {"revenue_per_head": versus, "orders_per_head": {**versus, "inside": orders / members}}
        | ({"order_value_mean": worth} if worth else {"order_value_mean": {"status": "not_computable", "reason": "no_purchases_in_group"}})
        | {"engaged_share": {"inside": 0.5, "rest": 0.48, "difference": 0.02, "low": -0.03, "high": 0.07}},
        "threshold": {"value": 402.15, "currency": "EUR"} if members == 340 else None,
    }


def _finding(key: str, severity: str, section: str, evidence: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": key,
        "severity": severity,
        "section": section,
        "evidence": dict(evidence),
        "value_at_stake": evidence.get("revenue"),
    }


def _sources() -> list[dict[str, Any]]:
    read = {
        "sha256_12": "0f3a5b7c9d1e",
        "status": "read",
        "reason": None,
        "encoding": "utf-8",
        "delimiter": ",",
        "decimal_mark": ".",
        "date_order": "ymd",
    }
    rows = {"rows_read": 9829, "kept": 9700, "mended": 2, "set_aside": 115, "refused": 12}
    kinds = [
        {"kind": "sale", "column": None, "verdict": "kept", "rows": 9700},
        {"kind": "test", "column": None, "verdict": "set_aside", "rows": 115},
        {"kind": "not_money", "column": "Total", "verdict": "refused", "rows": 12},
        {"kind": None, "column": None, "verdict": "mended", "rows": 2},
    ]
    twice = dict.fromkeys(rows, 0) | {"status": "skipped", "reason": "same_file", "detail": "orders_export.csv", "kinds": []}
    return [
        {"file": "orders_export.csv", "reader": "shopify_orders", **read, **rows, "kinds": kinds},
        {"file": "orders_export (1).csv", "reader": None, **read, **twice},
    ]


def _coverage() -> list[dict[str, Any]]:
    tables = {
        "profiles": (6000, None),
        "orders": (9695, "2024-09-02"),
        "email_events": (214011, "2025-01-14"),
        "site_events": (80122, "2025-06-01"),
        "consents": (5120, "2024-09-02"),
    }
    rows = [
        {"table": name, "rows": many, "from": start, "to": start and "2026-10-31", "status": "computed", "reason": None}
        for name, (many, start) in tables.items()
    ]
    vendor = {"status": "vendor_aggregates", "reason": "vendor_aggregates_only"}
    missing = {"rows": 0, "from": None, "to": None, "status": "not_computable", "reason": "not_delivered"}
    return [
        *rows,
        {"table": "profile_snapshots", "rows": 6000, "from": None, "to": None, **vendor},
        {"table": "feedback", **missing},
    ]


def _capabilities() -> dict[str, Any]:
    return {name: {"status": "computed", "reason": None} for name in ("purchases", "engagement", "site", "consent")}


def _grid() -> dict[str, int]:
    numbers = iter([312, 417, 264, 508, 221, 302, 354, 618, 12, 31, 44, 309])
    return {
        f"{age}/{often}/{value}": next(numbers)
        for age in ("recent", "lapsed", "older")
        for often in ("3+", "<3")
        for value in ("high", "low")
    }


def _cut() -> dict[str, Any]:
    mean = {"value": 57.083488, "above": 984, "would_change": 0}
    others = {
        "median": {"value": 44.9, "above": 1702, "would_change": 611},
        "quantile": {"value": 78.25, "above": 679, "would_change": 288},
    }
    return {"rule": "mean", "value": 57.083488, "above": 984, "mean": mean, **others}


def _fit() -> dict[str, Any]:
    fitted = {"purchase_recent_days": (120, 90), "purchase_often_count": (3, 4), "high_value_rule": ("mean", "median")}
    rows = {name: {"default": now, "current": now, "fitted": then} for name, (now, then) in fitted.items()}
    return {"thresholds": rows, "would_change": 512, "status": "computed", "reason": None}


def _concentration() -> dict[str, Any]:
    tenths = [0.4843, 0.1612, 0.101, 0.0744, 0.0561, 0.0423, 0.0322, 0.0231, 0.0155, 0.0099]
    curve, total = [[0.0, 0.0]], 0.0
    for place, share in enumerate(tenths, start=1):
        total += share
        curve.append([place / 10, total])
    top = {"threshold": 402.15, "buyers": 340, "revenue_share": 0.4843}
    return {"top_10pct": top, "top_1pct": {**top, "buyers": 34}, "gini": 0.5612, "curve": curve, "tenths": tenths}


def _rhythm() -> dict[str, Any]:
    days = list(range(0, 721, 30))
    share = [0.52 * (1 - 0.82**place) for place, _ in enumerate(days)]
    months = [f"{year}-{month:02d}" for year in (2025, 2026) for month in range(1, 13)][:22]
    return {
        "gap_days": {"p25": 24, "median": 51, "p75": 96, "p90": 171, "n": 6089},
        "second_order": {
            "curve": [list(point) for point in zip(days, share, strict=True)],
            "low": [max(value - 0.02, 0) for value in share],
            "high": [value + 0.02 for value in share],
            "median_days": None,
            "share_365d": 0.4681,
            "n": 3392,
        },
        "monthly": [
            {
                "month": month,
                "orders": 340 + 17 * (place % 7),
                "revenue": 19000.5 + 1310 * (place % 9),
                "complete": place not in (0, 21),
            }
            for place, month in enumerate(months)
        ],
        "cohorts": {"period": "quarter", "rows": [_cohort(place) for place in range(9)]},
    }


def _cohort(place: int) -> dict[str, Any]:
    quarter = 2 + place
    seen = [round(0.31 - 0.025 * step + 0.004 * place, 4) for step in range(8)]
    return {
        "cohort": f"{2024 + quarter // 4}Q{quarter % 4 + 1}",
        "buyers": 360 - 11 * place,
        "retention": [value if step + place < 8 else None for step, value in enumerate(seen)],
    }


def _rfm() -> dict[str, Any]:
    cuts = {"recency": (31, 88, 171, 330), "frequency": (1, 2, 3, 5), "monetary": (32.5, 61.0, 121.4, 260.0)}
    return {f"{part}_cut_{place}": value for part, values in cuts.items() for place, value in enumerate(values, start=1)}


def _thresholds() -> list[dict[str, Any]]:
    rows = [
        {"name": t.name, "value": t.value, "unit": t.unit, "default": t.default, "why": t.why, "source": t.source}
        for t in default_settings().thresholds.values()
    ]
    next(row for row in rows if row["name"] == "purchase_recent_days")["value"] = 150  # one that this client changed
    return rows
