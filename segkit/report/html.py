"""An executed audit notebook as one HTML page that needs nothing else: no code, no script, no outside request."""

import re
from base64 import b64encode
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from traitlets.config import Config

from segkit.errors import SegkitError
from segkit.report import MIME
from segkit.report.palette import DARK, FONTS, PALETTE, css_tokens

TEMPLATES = Path(__file__).with_name("templates")
HIDDEN = {"hide", "setup", "parameters", "injected-parameters"}  # tags of cells that are no part of the report
FACES = (("Inter", 400, "inter-latin-400-normal"), ("Inter", 600, "inter-latin-600-normal"), ("Fraunces", 600, "fraunces-latin-600-normal"))  # fmt: skip # noqa: E501
_HEADING = re.compile(r"<h2\b([^>]*)>(.*?)</h2>", re.S)


class NoReport(SegkitError):
    """The notebook holds no report to make a page of."""


def notebook_to_html(nb: NotebookNode, lang: str) -> str:
    """The sections that an executed audit notebook shows, as one page in the language of its cover.

    Shown are the outputs of cells, without their code, and notes in cells tagged `report`. `lang` is what the page says
    it is written in. Raises NoReport when no cell shows a cover (the notebook was not run, or stopped before it).
    """
    page = {**_cover(nb), "lang": lang, "cover_mime": MIME}
    page["style"] = Markup(style_sheet(page["footer"]))
    # not HTMLExporter's own: that parses the finished page once more and writes it anew
    body, _ = super(HTMLExporter, _exporter()).from_notebook_node(nb, resources={"segreport": page})
    return _with_contents(body)


def style_sheet(footer: str) -> str:
    """The whole style sheet, fonts inside; `footer` stands at the foot of each printed page."""
    sheets = ((TEMPLATES / "segreport" / name).read_text(encoding="utf-8") for name in ("sections.css", "style.css"))
    tokens = (
        f":root{{{css_tokens(PALETTE)};color-scheme:light}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{css_tokens(DARK)};color-scheme:dark}}}}"
    )
    return (_font_faces() + tokens + "".join(sheets)).replace("PAGE-FOOT", css_string(footer))


def css_string(text: str) -> str:
    """Text inside quotes in a style sheet; whatever is no letter, figure or space is written by its number."""
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter == " ") else f"\\{ord(letter):x} " for letter in text)


def _cover(nb: NotebookNode) -> dict[str, Any]:
    covers = [output.data[MIME] for output in _outputs(nb) if MIME in output.get("data", {})]
    if not covers:
        raise NoReport("The notebook shows no cover: there is no report in it.", "Run all its cells, then try again.")
    return dict(covers[-1])


def _outputs(nb: NotebookNode) -> Iterator[NotebookNode]:
    for cell in nb.cells:
        yield from cell.get("outputs", [])


def _exporter() -> HTMLExporter:
    config = Config({"TagRemovePreprocessor": {"enabled": True, "remove_cell_tags": HIDDEN}})
    return HTMLExporter(
        config=config,
        extra_template_basedirs=[str(TEMPLATES)],
        template_name="segreport",
        exclude_anchor_links=True,
    )


@cache
def _font_faces() -> str:
    return "".join(
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-display:swap;'
        f"src:url(data:font/woff2;base64,{_data(name)}) format('woff2')}}"
        for family, weight, name in FACES
    )


def _data(name: str) -> str:
    return b64encode((FONTS / f"{name}.woff2").read_bytes()).decode()


def _with_contents(page: str) -> str:
    """The page with an id on every chapter and a list of them."""
    taken: dict[str, str] = {}

    def named(match: re.Match[str]) -> str:
        attributes, title = match.groups()
        if 'class="plain"' in attributes:
            return match[0]
        found = re.search(r'\bid="([^"]+)"', attributes)
        name = found[1] if found else f"chapter-{len(taken) + 1}"
        taken[name] = re.sub(r"<[^>]+>", "", title)
        return match[0] if found else f'<h2 id="{name}"{attributes}>{title}</h2>'

    head, start, rest = page.partition("<main")
    rest = _HEADING.sub(named, rest)
    entries = "".join(f'<li><a href="#{name}">{title}</a></li>' for name, title in taken.items())
    return head.replace("<ol>CONTENTS</ol>", f"<ol>{entries}</ol>") + start + rest
