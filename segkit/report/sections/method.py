"""Method: definitions, every threshold used with its reason, RFM cut points, and how to run it again."""

from typing import Any

from markupsafe import Markup

from segkit.report import blocks
from segkit.report.bind import Absent, Bound
from segkit.report.sections.page import Page

RFM = ("recency", "frequency", "monetary")


def build(page: Page) -> Markup:
    t, result = page.t, page.result
    zone = blocks.own_words((result.get("client") or {}).get("time_zone") or t.absent(), 40)
    sentences = [
        t.html("method.as_of", time_zone=zone, as_of=page.n.date("as_of")),
        t("method.money"),
        t("method.intervals"),
        t("method.privacy"),
    ]
    rerun = t.html(
        "method.rerun",
        hash=str(result.get("input_hash") or t.absent())[:16],
        version=str(result.get("segkit_version") or t.absent())[:16],
    )
    return page.section(
        "method",
        blocks.prose(t("method.lede"), class_="lede"),
        blocks.items(sentences),
        _thresholds(page),
        _rfm(page),
        blocks.callout(t("method.rerun_title"), blocks.prose(rerun)),
    )


def _thresholds(page: Page) -> Markup | None:
    rows = [_threshold(page, place, row) for place, row in enumerate(page.result.get("thresholds") or [])]
    columns = [
        page.column("method.name", False),
        page.column("method.value"),
        page.column("method.why", False),
        page.column("method.source", False),
    ]
    return page.table(page.t("method.thresholds_caption"), columns, rows) if rows else None


def _threshold(page: Page, place: int, row: dict[str, Any]) -> list[Any]:
    name, at = row["name"], f"thresholds.{place}"
    label = page.t(f"threshold.{name}.label") if page.t.has(f"threshold.{name}.label") else name
    value = _value(page, f"{at}.value", row.get("unit", ""))
    changed = row.get("default") is not None and row["default"] != row.get("value")
    was = (
        blocks.tag(
            "span", page.t("method.default"), " ", _value(page, f"{at}.default", row.get("unit", "")), class_="why"
        )
        if changed
        else ""
    )
    named = blocks.own_words(label) + blocks.tag("code", blocks.own_words(name), class_="why")
    return [
        named,
        blocks.join([value, was]),
        _why(page, name, row.get("why")),
        blocks.own_words(row.get("source") or ""),
    ]


def _why(page: Page, name: str, why: Any) -> Any:
    if page.t.has(f"threshold.{name}.why"):
        return page.t(f"threshold.{name}.why")
    return blocks.own_words(why.get(page.t.lang, "") if isinstance(why, dict) else why or "", 200)


def _value(page: Page, where: str, unit: str) -> Any:
    raw = page.n.raw(where)
    if isinstance(raw, str):
        known = page.t(f"personas.cut_rules.{raw}") if raw in ("mean", "median") else raw
        return Bound(raw, known[:40], where)
    if unit == "share":
        return page.n.percent(where, 1)
    return page.n.days(where) if unit == "days" else page.n.count(where, None if isinstance(raw, int) else 2)


def _rfm(page: Page) -> Markup | None:
    rows = [[page.t(f"method.rfm.{part}"), _points(page, part)] for part in RFM if page.n.raw(f"rfm.{part}")]
    columns = [page.column("method.rfm_score", False), page.column("method.rfm_cuts")]
    return page.table(page.t("method.rfm_caption"), columns, rows) if rows else None


def _points(page: Page, part: str) -> Markup | Absent:
    write = page.n.days if part == "recency" else page.n.count if part == "frequency" else page.n.money
    return blocks.join([write(f"rfm.{part}.{place}") for place in range(len(page.n.raw(f"rfm.{part}")))], " · ")
