"""Segments against the rest: size, value, and the difference with its interval."""

from typing import Any

from markupsafe import Markup

from segkit.report import blocks
from segkit.report.bind import Absent, Printed
from segkit.report.figures.segments import Interval, against_rest
from segkit.report.sections import comparison, segment_set
from segkit.report.sections.naming import rule, title
from segkit.report.sections.page import Page, path, widths
from segkit.report.table import Bar, Group

MEASURES = ("revenue_per_head", "order_value_mean", "orders_per_head", "engaged_share")
PLOTTED = ("revenue_per_head", "order_value_mean")
LABEL_LENGTH = 28
LONGEST_RULE = 400  # a definition is told whole


def build(page: Page) -> Markup:
    names = page.ids("segments")
    if not names:
        return page.section("segments", blocks.prose(page.t("segments.none")))
    lede = blocks.prose(page.t("segments.lede"), class_="lede")
    return page.section(
        "segments",
        lede,
        _sizes(page, names),
        *(_plot(page, names, measure) for measure in PLOTTED),
        _versus(page, names),
        *comparison.parts(page),
        segment_set.overlap(page),
        segment_set.lint(page),
    )


def _named(page: Page, name: str) -> Markup:
    said = rule(page, path("segments", name, "definition"), name)
    limit = page.say("segments.threshold", value=page.n.money(path("segments", name, "threshold", "value"), 2))
    under = [part for part in (said and blocks.own_words(said, LONGEST_RULE), limit) if part]
    return blocks.own_words(title(page, name)) + (blocks.tag("span", blocks.join(under, ", "), class_="why") if under else "")


def _sizes(page: Page, names: list[str]) -> Markup:
    n = page.n
    shares = [n.percent(path("segments", name, "share"), 1) for name in names]
    rows = [
        [
            _named(page, name),
            n.count(path("segments", name, "members")),
            Bar(share, width),
            n.count(path("segments", name, "mailable")),
            n.count(path("segments", name, "orders")),
            n.money(path("segments", name, "revenue")),
        ]
        for name, share, width in zip(names, shares, widths(shares), strict=True)
    ]
    columns = [
        page.column("segments.segment", False),
        *(page.column(f"segments.{part}") for part in ("people", "share", "mailable", "orders", "revenue")),
    ]
    return page.table(page.t("segments.size_caption"), columns, rows)


def _plot(page: Page, names: list[str], measure: str) -> Markup | None:
    t = page.t
    rows = [row for row in (_interval(page, name, measure) for name in names) if row]
    if not rows:
        return None
    tail = "_order_value" if measure == "order_value_mean" else ""
    axis = t("segments.plot_axis", currency=page.n.currency)
    note = t("segments.plot_note") if not tail else None
    write, zero = (lambda value: t.money(value, page.n.currency, 0)), t("segments.plot_zero")
    return page.figure(
        f"versus-{measure.replace('_', '-')}",
        t(f"segments.plot_title{tail}"),
        t(f"segments.plot_alt{tail}"),
        lambda width: against_rest(rows, axis, zero, write, width),
        note,
    )


def _interval(page: Page, name: str, measure: str) -> Interval | None:
    found = page.n.raw(path("segments", name, "versus_rest", measure)) or {}
    numbers: list[Any] = [found.get(part) for part in ("difference", "low", "high")]
    if any(number is None for number in numbers) or not found.get("inside"):
        return None
    label = title(page, name)
    short = label if len(label) <= LABEL_LENGTH else label[: LABEL_LENGTH - 1] + "…"
    difference, low, high = map(float, numbers)
    return Interval(short, difference, low, high, page.t.money(difference, page.n.currency, 0))


def _versus(page: Page, names: list[str]) -> Markup | None:
    groups = [Group(rows, page.t(f"segments.measures.{measure}")) for measure in MEASURES if (rows := _measure(page, names, measure))]
    columns = [
        page.column("segments.segment", False),
        *(page.column(f"segments.{part}") for part in ("inside", "rest", "difference", "interval")),
    ]
    return page.table(page.t("segments.versus_caption"), columns, groups) if groups else None


def _measure(page: Page, names: list[str], measure: str) -> list[list[Any]]:
    known = [name for name in names if page.n.raw(path("segments", name, "versus_rest", measure, "inside")) is not None]
    return [_against(page, name, measure) for name in known]


def _against(page: Page, name: str, measure: str) -> list[Any]:
    inside, rest, difference, low, high = (
        _written(page, measure, path("segments", name, "versus_rest", measure, part))
        for part in ("inside", "rest", "difference", "low", "high")
    )
    interval = low if isinstance(low, Absent) else page.say("units.interval", low=low, high=high)
    return [blocks.own_words(title(page, name)), inside, rest, difference, interval]


def _written(page: Page, measure: str, where: str) -> Printed:
    if measure == "engaged_share":
        return page.n.percent(where, 1)
    if measure == "orders_per_head":
        return page.n.count(where, 2)
    return page.n.money(where, 2 if measure == "order_value_mean" else 0)
