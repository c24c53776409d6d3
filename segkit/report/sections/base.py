"""Who is in the base: never, once or more often; reach; concentration; time since the last order."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from segkit.report import blocks
from segkit.report.figures.base import Step, funnel, lorenz, recency, tenths
from segkit.report.sections.page import Page, path, widths
from segkit.report.table import Bar

REACH = (
    ("profiles", "counts.profiles", "stone"),
    ("mailable", "counts.mailable", "blue"),
    ("engaged", "counts.engaged_90d", "blue"),
)
BUYING = (
    ("buyers", "counts.buyers", "brand"),
    ("repeat", "counts.repeat_buyers", "brand"),
    ("recent", "counts.bought_30d", "brand"),
)
FREQUENCY = ("not_yet", "exactly_once", "more_than_once")


def build(page: Page) -> Markup:
    lede = blocks.prose(page.t("base.lede"), class_="lede")
    if not page.n.raw("counts.orders"):
        return page.section("base", lede, _funnel(page), page.missing("counts.revenue", "base.no_orders"))
    return page.section("base", lede, _funnel(page), _frequency(page), _tenths(page), _lorenz(page), _recency(page))


def _funnel(page: Page) -> Markup:
    t = page.t
    groups = [(t("base.reach"), _steps(page, REACH)), (t("base.buying"), _steps(page, BUYING))]
    title = page.say("base.funnel_title", share=page.n.percent("counts.buyers", of="counts.profiles"))
    rows = [[_step(page, name, t.html), page.n.count(where)] for name, where, _ in (*REACH, *BUYING)]
    behind = page.table(t("base.funnel_title_plain"), [page.column("base.frequency", False), page.column("base.people")], rows)
    return page.figure(
        "funnel",
        title or t("base.funnel_title_plain"),
        t("base.funnel_alt"),
        lambda width: funnel(groups, t("base.unknown"), width),
        None,
        behind,
    )


def _steps(page: Page, bars: tuple[tuple[str, str, str], ...]) -> list[Step]:
    numbers = [(name, page.n.count(where), token) for name, where, token in bars]
    return [Step(_step(page, name, page.t), number.raw, str(number), token) for name, number, token in numbers]


def _step(page: Page, name: str, say: Callable[..., Any]) -> Any:
    """The name of a bar; how recent "recent" is, the result says."""
    return say(f"base.{name}", **({"days": page.threshold("active_days", page.n.days)} if name == "recent" else {}))


def _frequency(page: Page) -> Markup | None:
    if not all(page.n.raw(f"segments.{name}") for name in FREQUENCY):
        return None
    n, shares = page.n, [page.n.percent(f"segments.{name}.share", 1) for name in FREQUENCY]
    rows = [
        [page.t(f"base.{name}"), n.count(f"segments.{name}.members"), Bar(share, width), *_value(page, name)]
        for name, share, width in zip(FREQUENCY, shares, widths(shares), strict=True)
    ]
    columns = [
        page.column("base.frequency", False),
        *(page.column(f"base.{name}") for name in ("people", "share", "revenue", "revenue_share")),
    ]
    return page.table(page.t("base.frequency_caption"), columns, rows)


def _value(page: Page, name: str) -> list[Any]:
    if page.n.raw(f"segments.{name}.orders") == 0:
        return ["", ""]
    return [
        page.n.money(f"segments.{name}.revenue"),
        page.n.percent(f"segments.{name}.revenue", 1, of="counts.revenue"),
    ]


def _tenths(page: Page) -> Markup | None:
    t, n = page.t, page.n
    shares = n.raw("concentration.tenths")
    if not shares:
        return None
    first = n.percent("concentration.tenths.0")
    numbers = [n.percent(f"concentration.tenths.{place}", 1) for place in range(len(shares))]
    note = page.say(
        "base.tenths_note",
        threshold=n.money("concentration.top_10pct.threshold", 2),
        buyers=n.count("concentration.top_10pct.buyers"),
    )
    rows = [[t.number(place + 1), number] for place, number in enumerate(numbers)]
    behind = page.table(t("base.tenths_axis"), [page.column("base.tenth", False), page.column("base.revenue_share")], rows)
    shown = [t.percent(share) for share in shares]
    return page.figure(
        "tenths",
        t.html("base.tenths_title", share=first),
        t("base.tenths_alt", share=first),
        lambda width: tenths(shares, shown, t("base.tenths_axis"), width),
        note,
        behind,
    )


def _lorenz(page: Page) -> Markup | None:
    t, n = page.t, page.n
    curve = n.raw("concentration.curve")
    if not curve:
        return None
    labels = (t("base.lorenz_x"), t("base.lorenz_y"), t("base.lorenz_equal"))
    note = page.say("base.lorenz_note", gini=n.count("concentration.gini", 2))
    return page.figure(
        "lorenz",
        t("base.lorenz_title"),
        t("base.lorenz_alt"),
        lambda width: lorenz(curve, None, labels, t.percent, width),
        note,
    )


def _recency(page: Page) -> Markup | None:
    t, n = page.t, page.n
    ages = page.ids("recency")
    if not ages:
        return None
    numbers = [n.count(path("recency", age)) for age in ages]
    labels = [_age(page, age) for age in ages]
    rows = [[label, number] for label, number in zip(labels, numbers, strict=True)]
    behind = page.table(t("base.recency_title"), [page.column("base.recency_group", False), page.column("cover.profiles")], rows)
    values, shown = [number.raw or 0 for number in numbers], [str(number) for number in numbers]
    return page.figure(
        "recency",
        t("base.recency_title"),
        t("base.recency_alt"),
        lambda width: recency(labels, values, shown, t("base.recency_axis"), width),
        None,
        behind,
    )


def _age(page: Page, age: str) -> str:
    return page.t("base.recency_open", **{"from": age.rstrip("+")}) if age.endswith("+") else age.replace("-", "–")
