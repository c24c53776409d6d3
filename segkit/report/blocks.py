"""The building blocks of a page (cards, findings, callouts, figures) as HTML in which every value is escaped."""

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup, escape

SHORT = 80  # characters of a client's own text that are shown


def tag(name: str, *children: Any, **attributes: Any) -> Markup:
    """An element with escaped children and attributes; `class_` is class, and what is None is left out."""
    shown = [f' {attr.rstrip("_").replace("_", "-")}="{escape(value)}"' for attr, value in attributes.items() if value is not None]
    inner = "".join(str(escape(child)) for child in children if child is not None)
    return Markup(f"<{name}{''.join(shown)}>{inner}</{name}>")


def join(blocks: Iterable[Any], between: str = "") -> Markup:
    return Markup(escape(between)).join(block for block in blocks if block is not None)


def own_words(text: Any, short: int = SHORT) -> Markup:
    """A client's own text: cut short, escaped, and kept from turning the direction of the text around it."""
    words = " ".join(str(text).split())
    return tag("bdi", words if len(words) <= short else words[: short - 1] + "…")


def section(name: str, title: str, *blocks: Any) -> Markup:
    heading = tag("h2", title, id=name)
    return tag("section", heading, *blocks, class_="sk", aria_labelledby=name)


def prose(*sentences: Any, class_: str | None = None) -> Markup:
    return tag("p", join(sentences, " "), class_=class_)


def heading(title: str, name: str | None = None) -> Markup:
    return tag("h3", title, id=name)


def kpi(label: str, value: Any, note: Any, share: float | None = None, tone: str = "") -> Markup:
    """A card with one figure; `share` (0-1) draws a thin bar under it."""
    bar = None if share is None else tag("span", class_="meter", style=f"--w:{100 * share:.1f}%", aria_hidden="true")
    return tag(
        "li",
        tag("span", label, class_="l"),
        tag("span", value, class_="v"),
        bar,
        tag("span", note, class_="n"),
        class_=tone or None,
    )


def kpis(cards: Iterable[Markup]) -> Markup:
    return tag("ul", *cards, class_="kpis", role="list")


def finding(title: str, severity: str, label: str, body: Any, todo: str, foot: Any) -> Markup:
    head = tag("h3", title)
    badge = tag("span", label, class_=f"badge {severity}")
    return tag("li", tag("div", badge, head, tag("p", body), tag("p", todo, class_="do"), foot, class_="f"))


def findings(items: Iterable[Markup], start: int = 1, tone: str = "") -> Markup:
    return tag("ol", *items, class_=f"findings {tone}".strip(), style=f"counter-reset:f {start - 1}", start=start, role="list")


def callout(title: str, *body: Any, kind: str = "") -> Markup:
    return tag("aside", tag("p", title, class_="t"), *body, class_=f"callout {kind}".strip(), aria_label=title)


def figure(word: str, title: Any, picture: Markup, note: Any = None, numbers: Any = None) -> Markup:
    """A drawing with its title above, a note and its numbers below; the style sheet numbers the figures."""
    caption = tag("figcaption", tag("span", class_="no", data_word=word), title)
    foot = None if note is None else tag("p", note, class_="note")
    return tag("figure", caption, picture, foot, numbers, class_="chart")


def details(summary: str, *body: Any) -> Markup:
    return tag("details", tag("summary", summary), *body)


def pairs(rows: Iterable[tuple[Any, Any]]) -> Markup:
    """Names and what belongs to them, as a description list."""
    return tag("dl", *(tag("div", tag("dt", name), tag("dd", value)) for name, value in rows), class_="pairs")


def items(texts: Iterable[Any]) -> Markup:
    return tag("ul", *(tag("li", text) for text in texts if text is not None), class_="list")
