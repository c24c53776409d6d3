"""The reports that several tests look at, each made once: sections, notebooks and pages of the results of fixture_result."""

from __future__ import annotations

from functools import cache
from html.parser import HTMLParser
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from segkit.report import Report, notebook_to_html
from tests.report import fixture_result

VOID = {"br", "meta", "img", "circle", "path", "use", "rect", "input", "link", "hr"}


@cache
def result(name: str) -> dict[str, Any]:
    return getattr(fixture_result, name)()


@cache
def sections(name: str, lang: str) -> tuple[Any, ...]:
    return tuple(Report(result(name), lang).all())


@cache
def html(name: str, lang: str) -> str:
    """All sections of a report in a row."""
    return "".join(section._repr_html_() for section in sections(name, lang))


@cache
def page(name: str, lang: str) -> str:
    """The whole page of a report."""
    return notebook_to_html(notebook(*map(shown, sections(name, lang))), lang)


def notebook(*cells: NotebookNode) -> NotebookNode:
    return new_notebook(cells=list(cells))


def shown(value: Any) -> NotebookNode:
    """An executed cell that shows a section, as IPython stores it."""
    bundle = value._repr_mimebundle_() if hasattr(value, "_repr_mimebundle_") else {"text/html": value._repr_html_()}
    output = new_output("execute_result", data={"text/plain": repr(value), **bundle}, execution_count=1)
    return new_code_cell("report.section()  # code", execution_count=1, outputs=[output])


class Elements(HTMLParser):
    """Every element of a page: its name, attributes, text, and the names and classes of what it stands in."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, Any]] = []
        self.open: list[dict[str, Any]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        inside = [f"{above['tag']}.{above['attrs'].get('class', '')}" for above in self.open]
        element = {"tag": tag, "attrs": dict(attrs), "text": "", "inside": inside}
        self.found.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while any(above["tag"] == tag for above in self.open) and self.open.pop()["tag"] != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element["text"] += data


@cache
def elements(page: str) -> tuple[dict[str, Any], ...]:
    return tuple(Elements(page).found)
