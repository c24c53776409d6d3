"""The cover: who, when, how much, from which files."""

from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from segkit.report import blocks
from segkit.report.palette import DARK, PALETTE, css_tokens
from segkit.report.sections.advice import GROUPS
from segkit.report.sections.page import Page

NAME_LENGTH = 60
DOTS = 100  # on the cover, each the same part of all profiles
SHEET = Path(__file__).parents[1] / "templates" / "segreport" / "sections.css"


def facts(page: Page) -> dict[str, Any]:
    """What the template puts on the cover; the template escapes all of it but the facts, which are HTML."""
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
        **_dots(page),
    }


def build(page: Page) -> Markup:
    """The cover for a reader of the notebook, with the style sheet that the sections need there."""
    t = page.t
    rows = [
        (t("cover.client"), blocks.own_words(_client(page))),
        *((t(f"cover.{name}"), value) for name, value in _values(page) if value is not None),
    ]
    return _style() + blocks.tag(
        "div",
        blocks.tag("h1", t("report.title")),
        blocks.prose(t("report.subtitle")),
        blocks.pairs(rows),
        class_="sk first",
    )


def _style() -> Markup:
    """What the sections look like inside a notebook, light or dark as the notebook is."""
    tokens = f".sk{{{css_tokens(PALETTE)}}}[data-jp-theme-light='false'] .sk{{{css_tokens(DARK)}}}"
    return Markup("<style>{}{}</style>").format(Markup(tokens), Markup(SHEET.read_text(encoding="utf-8")))


def _dots(page: Page) -> dict[str, Any]:
    """The base as a hundred dots, one colour a group of personas; nothing when the groups are not known."""
    t, census = page.t, page.n.raw("personas.partition") or {}
    sizes = {group: sum((census.get(name) or {}).get("members") or 0 for name in names) for group, names in GROUPS.items()}
    if not sum(sizes.values()):
        return {}
    dots = _shared_out(sizes, DOTS)
    legend = [{"name": group, "label": t(f"personas.groups.{group}")} for group in GROUPS if dots[group]]
    return {
        "dots": [group for group, many in dots.items() for _ in range(many)],
        "dots_alt": t("cover.dots_alt"),
        "dots_note": t("cover.dots_note"),
        "legend": legend,
    }


def _shared_out(sizes: dict[str, int], places: int) -> dict[str, int]:
    """So many places over groups in proportion to their sizes; the largest remainders get what rounding leaves."""
    whole = sum(sizes.values())
    dots = {group: places * size // whole for group, size in sizes.items()}
    left = sorted(sizes, key=lambda group: -(places * sizes[group] % whole))
    return {group: dots[group] + (group in left[: places - sum(dots.values())]) for group in sizes}


def _client(page: Page) -> str:
    name = " ".join(str((page.result.get("client") or {}).get("name") or "").split())
    shown = name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1] + "…"
    return shown or page.t("report.unnamed")


def _values(page: Page) -> list[tuple[str, Any]]:
    n, t = page.n, page.t
    period = page.say("units.period", start=n.date("window.first_order_on", "d MMM y"), end=n.date("window.last_order_on", "d MMM y"))
    return [
        ("as_of", n.date("as_of")),
        ("orders_between", period),
        ("profiles", n.count("counts.profiles")),
        ("orders", n.count("counts.orders")),
        ("sources", t.number(len(page.result.get("sources") or []))),
        ("run", str(page.result.get("input_hash") or "")[:16] or None),
    ]


def _fact(page: Page, name: str, value: Any) -> dict[str, str]:
    return {"label": page.t(f"cover.{name}"), "html": str(escape(value))}
