"""The cover: who, when, how much, from which files."""

from typing import Any

from markupsafe import Markup

from segkit.report import blocks
from segkit.report.bind import Bound
from segkit.report.sections.page import Page

MIME = "application/vnd.segkit.report+json"
NAME_LENGTH = 60


def facts(page: Page) -> dict[str, Any]:
    """What the template puts on the cover; plain text throughout, the template escapes it."""
    t = page.t
    return {
        "lang": t.lang,
        "kicker": t("report.kicker"),
        "title": t("report.title"),
        "subtitle": t("report.subtitle"),
        "client": _client(page),
        "facts": [_fact(page, name, value) for name, value in _values(page) if value is not None],
        "footer": t("report.footer", client=_client(page), as_of=t.date(page.result["as_of"])),
        "made_with": t("report.made_with", version=str(page.result.get("segkit_version", ""))),
        "contents": t("report.contents"),
        "skip": t("report.skip"),
    }


def build(page: Page) -> Markup:
    """The cover for a reader of the notebook, with the style sheet that the sections need there."""
    t = page.t
    rows = [
        (t("cover.client"), blocks.own_words(_client(page))),
        *((t(f"cover.{name}"), value) for name, value in _values(page) if value is not None),
    ]
    return blocks.tag(
        "div",
        blocks.tag("h1", t("report.title")),
        blocks.prose(t("report.subtitle")),
        blocks.pairs(rows),
        class_="sk first",
    )


def _client(page: Page) -> str:
    name = " ".join(str((page.result.get("client") or {}).get("name") or "").split())
    shown = name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1] + "…"
    return shown or page.t("report.unnamed")


def _values(page: Page) -> list[tuple[str, Any]]:
    n, t = page.n, page.t
    period = page.say(
        "units.period", start=n.date("window.first_order_on", "d MMM y"), end=n.date("window.last_order_on", "d MMM y")
    )
    return [
        ("as_of", n.date("as_of")),
        ("orders_between", period),
        ("profiles", n.count("counts.profiles")),
        ("orders", n.count("counts.orders")),
        ("sources", t.number(len(page.result.get("sources") or []))),
        ("run", str(page.result.get("input_hash") or "")[:16] or None),
    ]


def _fact(page: Page, name: str, value: Any) -> dict[str, Any]:
    bound = {"value": value.raw, "path": value.path} if isinstance(value, Bound) else {}
    shown = str(value) if not isinstance(value, Markup) else value.striptags()
    return {"label": page.t(f"cover.{name}"), "shown": shown, **bound}
