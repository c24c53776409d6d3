"""Every threshold the report used: its value, why, and where it comes from."""

from typing import Any

from markupsafe import Markup

from segkit.report import blocks
from segkit.report.bind import Bound
from segkit.report.sections.page import Page

WHY_LENGTH = 200  # characters of a reason that are shown
RULES = ("mean", "median", "quantile")


def thresholds(page: Page) -> Markup | None:
    """The table of all thresholds, in the order of the result; None when the result names none."""
    rows = [_row(page, place, row) for place, row in enumerate(page.result.get("thresholds") or [])]
    columns = [
        page.column("method.name", False),
        page.column("method.value"),
        page.column("method.why", False),
        page.column("method.source", False),
    ]
    return page.table(page.t("method.thresholds_caption"), columns, rows) if rows else None


def threshold_label(page: Page, name: str) -> Any:
    """What a threshold is called; its own name when the texts do not know it."""
    known = f"thresholds.{name}.label"
    return page.t(known) if page.t.has(known) else blocks.own_words(name)


def threshold_value(page: Page, where: str, unit: str) -> Any:
    """The value of a threshold at a path, in the form that its unit asks for."""
    raw, n = page.n.raw(where), page.n
    if isinstance(raw, list):
        return blocks.join((threshold_value(page, f"{where}.{place}", unit) for place in range(len(raw))), " · ")
    if unit == "rule":
        return Bound(raw, page.t(f"thresholds.rules.{raw}") if raw in RULES else str(raw)[:40], where)
    if unit == "date":
        return n.date(where)
    if unit in ("share", "shares"):
        return n.percent(where, _decimals(raw))
    if unit == "shop currency":
        return n.money(where)
    return n.days(where) if unit == "days" else n.count(where, None if isinstance(raw, int) else 1)


def _decimals(share: Any) -> int:
    """As many as the percentage needs, two at most."""
    return next((places for places in (0, 1) if share is None or round(100 * share, places) == round(100 * share, 6)), 2)


def _row(page: Page, place: int, row: dict[str, Any]) -> list[Any]:
    name, unit, at = str(row["name"]), str(row.get("unit") or ""), f"thresholds.{place}"
    named = blocks.join([threshold_label(page, name), blocks.tag("code", blocks.own_words(name), class_="why")])
    value = threshold_value(page, f"{at}.value", unit)
    if row.get("default") != row.get("value"):
        was = blocks.join([page.t("method.default"), threshold_value(page, f"{at}.default", unit)], " ")
        value = blocks.join([value, blocks.tag("span", was, class_="why")])
    why = _why(page, name, row.get("why"))
    if row.get("default") != row.get("value"):
        why = page.t.html("method.own_choice", why=why)  # the reasons explain the defaults
    return [named, value, why, blocks.own_words(row.get("source") or "")]


def _why(page: Page, name: str, why: Any) -> Any:
    known = f"thresholds.{name}.why"
    return page.t(known) if page.t.has(known) else blocks.own_words(why or "", WHY_LENGTH)
