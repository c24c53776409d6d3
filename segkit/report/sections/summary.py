"""The summary: a few sentences, a few figures, the first findings."""

from typing import Any

from markupsafe import Markup

from segkit.report import blocks
from segkit.report.bind import Absent
from segkit.report.sections.advice import EVIDENCE
from segkit.report.sections.page import Page, path

FIRST = 5
ORDER = {"act": 0, "look": 1, "note": 2}


def build(page: Page) -> Markup:
    return page.section("summary", blocks.prose(*_lede(page), class_="lede"), _figures(page), *_findings(page))


def _lede(page: Page) -> list[Markup | None]:
    n, orders = page.n, page.n.raw("counts.orders")
    profiles = n.count("counts.profiles")
    if not orders:
        return [page.say("summary.lede_no_orders", profiles=profiles), _engaged(page)]
    first = page.say(
        "summary.lede",
        profiles=profiles,
        buyers=n.count("counts.buyers"),
        orders=n.count("counts.orders"),
        revenue=n.money("counts.revenue"),
    )
    top = page.say(
        "summary.lede_top",
        top=n.count("concentration.top_10pct.buyers"),
        share=n.percent("concentration.top_10pct.revenue_share"),
    )
    return [first, top, _engaged(page)]


def _engaged(page: Page) -> Markup | None:
    n = page.n
    engaged, days = n.count("counts.engaged_90d"), page.threshold("engaged_recent_days", n.days)
    if isinstance(engaged, Absent):
        return page.t.html("summary.lede_no_engagement", reason=engaged.reason)
    mailable, of_them = n.count("counts.mailable"), n.count("counts.mailable_engaged_90d")
    known = page.say("summary.lede_engaged", mailable=mailable, engaged=of_them, days=days)
    return known or page.say("summary.lede_engaged_all", engaged=engaged, days=days)


def _figures(page: Page) -> Markup:
    n, everyone = page.n, "counts.profiles"
    cards = [
        _card(page, "profiles", n.count(everyone), page.t("summary.kpi.profiles_note")),
        _share_card(page, "mailable", "counts.mailable", everyone),
        _share_card(page, "engaged", "counts.engaged_90d", everyone, days=page.threshold("engaged_recent_days", n.days)),
        _share_card(page, "buyers", "counts.buyers", everyone),
        _repeat(page),
        _card(page, "order_value", n.money("counts.order_value_mean", 2), _half(page)),
        _card(page, "revenue", n.money("counts.revenue"), _period(page), tone="lead"),
    ]
    return blocks.kpis(cards)


def _period(page: Page) -> Markup | None:
    start, end = (page.n.date(f"window.{day}_order_on", "d MMM y") for day in ("first", "last"))
    return page.say("summary.kpi.revenue_note", start=start, end=end)


def _half(page: Page) -> Markup | None:
    return page.say("summary.kpi.order_value_note", median=page.n.money("counts.order_value_median", 2))


def _card(page: Page, name: str, value: Any, note: Any, share: float | None = None, tone: str = "") -> Markup:
    label = page.t(f"summary.kpi.{name}")
    if isinstance(value, Absent):
        return blocks.kpi(label, value.shown, value.reason, tone=f"unknown {tone}".strip())
    return blocks.kpi(label, value, note or "", share, tone)


def _share_card(page: Page, name: str, part: str, whole: str, **more: Any) -> Markup:
    value, share = page.n.count(part), page.n.percent(part, of=whole)
    return _card(page, name, value, page.say(f"summary.kpi.{name}_note", share=share, **more), share.raw)


def _repeat(page: Page) -> Markup:
    n = page.n
    share = n.percent("counts.repeat_buyers", of="counts.buyers")
    note = page.say("summary.kpi.repeat_note", count=n.count("counts.repeat_buyers"), buyers=n.count("counts.buyers"))
    return _card(page, "repeat", share, note, share.raw)


def _findings(page: Page) -> list[Markup | None]:
    places = sorted(
        range(len(page.result.get("findings") or [])),
        key=lambda place: ORDER[page.result["findings"][place]["severity"]],
    )
    if not places:
        return [blocks.prose(page.t("summary.no_findings"))]
    shown = [_finding(page, place) for place in places]
    first, more = shown[:FIRST], shown[FIRST:]
    stake = any(page.n.raw(f"findings.{place}.value_at_stake") is not None for place in places)
    return [
        blocks.heading(page.t("summary.first")),
        blocks.findings(first),
        blocks.prose(page.t("summary.stake_note"), class_="note") if stake else None,
        blocks.heading(page.t("summary.more")) if more else None,
        blocks.findings(more, start=FIRST + 1, tone="more") if more else None,
    ]


def _finding(page: Page, place: int) -> Markup:
    t, item = page.t, page.result["findings"][place]
    name = item["key"]
    evidence = {part: _evidence(page, f"findings.{place}.evidence.{part}", kind) for part, kind in EVIDENCE[name].items()}
    title, todo = t(f"findings.{name}.title"), t(f"findings.{name}.do")
    label = t(f"severity.{item['severity']}")
    return blocks.finding(title, item["severity"], label, t.html(f"findings.{name}.body", **evidence), todo, _foot(page, place, item))


def _evidence(page: Page, where: str, kind: str) -> Any:
    if kind == "country":
        return blocks.own_words(page.t.country(str(page.n.raw(where))))
    if kind == "small_percent":
        return page.n.percent(where, decimals=1)
    return getattr(page.n, kind)(where)


def _foot(page: Page, place: int, item: dict[str, Any]) -> Markup:
    stake = page.n.money(path("findings", str(place), "value_at_stake"))
    shown = None if isinstance(stake, Absent) else blocks.tag("span", page.t.html("summary.stake", value=stake), class_="stake")
    section = item.get("section")
    link = None
    if section and page.t.has(f"sections.{section}"):
        link = blocks.tag("a", page.t("report.see", section=page.t(f"sections.{section}")), href=f"#{section}")
    return blocks.tag("p", shown, link, class_="foot")
