"""Value and rhythm: gaps between orders, the second order, retention by cohort, revenue by month."""

from typing import Any

from markupsafe import Markup

from segkit.report import blocks
from segkit.report.bind import Absent
from segkit.report.figures.rhythm import cohorts, gaps, monthly, second_order
from segkit.report.sections.page import Page

QUANTILES = ("p25", "median", "p75", "p90")
STEPS = (30, 60, 90, 180, 365)  # days of the curve that the table behind the figure shows


def build(page: Page) -> Markup:
    if not page.n.raw("counts.orders"):
        return page.section("rhythm", page.missing("counts.revenue", "rhythm.none"))
    n = page.n
    lede = page.say("rhythm.lede", median=n.days("rhythm.gap_days.median"), p75=n.days("rhythm.gap_days.p75"))
    return page.section(
        "rhythm",
        blocks.prose(lede, class_="lede") if lede else None,
        _gaps(page),
        _second(page),
        _cohorts(page),
        _monthly(page),
    )


def _gaps(page: Page) -> Markup | None:
    t, n = page.t, page.n
    numbers = [n.days(f"rhythm.gap_days.{name}") for name in QUANTILES]
    if any(isinstance(number, Absent) for number in numbers):
        return None
    places, names = (
        [float(number.raw or 0) for number in numbers],
        [t(f"rhythm.quantiles.{name}") for name in QUANTILES],
    )
    middle, shown = numbers[1], [str(number) for number in numbers]
    behind = page.table(
        t("rhythm.gaps_caption"),
        [page.column("rhythm.gap_share", False), page.column("rhythm.gap_days")],
        [list(pair) for pair in zip(names, numbers, strict=True)],
    )
    note = page.say("rhythm.gaps_note", n=n.count("rhythm.gap_days.n"))
    return page.figure(
        "gaps",
        t.html("rhythm.gaps_title", median=middle),
        t("rhythm.gaps_alt", median=middle),
        lambda width: gaps(places, names, shown, t("rhythm.gaps_axis"), width),
        note,
        behind,
    )


def _second(page: Page) -> Markup | None:
    t, n = page.t, page.n
    at = "rhythm.second_order"
    curve = n.raw(f"{at}.curve")
    if not curve:
        return None
    days, share = [point[0] for point in curve], [point[1] for point in curve]
    low, high = n.raw(f"{at}.low") or [], n.raw(f"{at}.high") or []
    median, confidence = n.days(f"{at}.median_days"), page.threshold("confidence", n.percent)
    half = t("rhythm.second_no_median") if isinstance(median, Absent) else t.html("rhythm.second_median", days=median)
    note = blocks.join([half, page.say("rhythm.second_note", n=n.count(f"{at}.n"), confidence=confidence)], " ")
    title = page.say("rhythm.second_title", share=n.percent(f"{at}.share_365d")) or t("rhythm.second_title_plain")
    rows = [[n.count(f"{at}.curve.{place}.0", 0), n.percent(f"{at}.curve.{place}.1", 1)] for place in _steps(days)]
    behind = page.table(t("rhythm.second_title_plain"), [page.column("rhythm.second_days"), page.column("rhythm.second_share")], rows)
    labels = (t("rhythm.second_axis"), t("rhythm.second_y"))
    return page.figure(
        "second-order",
        title,
        t("rhythm.second_alt"),
        lambda width: second_order(days, share, low, high, labels, t.percent, width),
        note,
        behind,
    )


def _steps(days: list[float]) -> list[int]:
    """The places in the curve nearest below the days that the table shows."""
    places = [max((place for place, day in enumerate(days) if day <= step), default=0) for step in STEPS if step <= days[-1]]
    return list(dict.fromkeys([*places, len(days) - 1]))


def _cohorts(page: Page) -> Markup | None:
    t, n = page.t, page.n
    rows = n.raw("rhythm.cohorts.rows")
    if not rows:
        return None
    period = n.raw("rhythm.cohorts.period")
    names = [_cohort(page, row["cohort"]) for row in rows]
    columns = _seen(rows)
    values = [row["retention"][:columns] for row in rows]
    shown = [["" if value is None else t.percent(value) for value in line] for line in values]
    head = [
        page.column("rhythm.cohort", False),
        page.column("rhythm.cohort_buyers"),
        *(page.column_text(t.number(step + 1)) for step in range(columns)),
    ]
    behind = page.table(
        t(f"rhythm.cohort_axis_{period}"),
        head,
        [_cohort_row(page, place, names[place], columns) for place in range(len(rows))],
    )
    title = t("rhythm.cohort_title" if period == "quarter" else "rhythm.cohort_title_month")
    return page.figure(
        "cohorts",
        title,
        t("rhythm.cohort_alt"),
        lambda width: cohorts(names, values, shown, t(f"rhythm.cohort_axis_{period}"), width),
        t("rhythm.cohort_note"),
        behind,
    )


def _seen(rows: list[dict[str, Any]]) -> int:
    """How many periods at least one intake has been seen for; one when there is none yet."""
    return max((place + 1 for row in rows for place, share in enumerate(row["retention"]) if share is not None), default=1)


def _cohort(page: Page, name: str) -> str:
    return page.t.quarter(name) if "Q" in name else page.t.month(name)


def _cohort_row(page: Page, place: int, name: str, columns: int) -> list[object]:
    n, at = page.n, f"rhythm.cohorts.rows.{place}"
    unseen = Absent(n.reason_text("not_seen_yet"), page.t.absent())
    cells = [n.percent(f"{at}.retention.{step}", 1) for step in range(columns)]
    return [name, n.count(f"{at}.buyers"), *(unseen if isinstance(cell, Absent) else cell for cell in cells)]


def _monthly(page: Page) -> Markup | None:
    t, n = page.t, page.n
    rows = n.raw("rhythm.monthly")
    if not rows:
        return None
    months, revenue = [t.month(row["month"]) for row in rows], [float(row["revenue"]) for row in rows]
    complete = [bool(row.get("complete", True)) for row in rows]
    lines = [
        [months[place], n.count(f"rhythm.monthly.{place}.orders"), n.money(f"rhythm.monthly.{place}.revenue")] for place in range(len(rows))
    ]
    behind = page.table(
        t("rhythm.monthly_title"),
        [page.column("rhythm.month", False), page.column("rhythm.orders"), page.column("rhythm.revenue")],
        lines,
    )
    note = None if all(complete) else t("rhythm.monthly_note")
    return page.figure(
        "monthly",
        t("rhythm.monthly_title"),
        t("rhythm.monthly_alt"),
        lambda width: monthly(months, revenue, complete, lambda value: t.money(value, n.currency, 0), width),
        note,
        behind,
    )
