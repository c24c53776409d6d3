"""The sections of the audit, each an object that a notebook shows."""

from collections.abc import Callable, Mapping
from typing import Any

from markupsafe import Markup

from segkit.report import MIME
from segkit.report.brand import on_cover
from segkit.report.sections import base, cover, data, method, personas, rhythm, segments, summary
from segkit.report.sections.page import Page
from segkit.settings import Brand


class Section:
    """One section of the report; a notebook shows it, `html` is its text."""

    def __init__(self, name: str, html: Markup) -> None:
        self.name, self.html = name, html

    def __repr__(self) -> str:
        return f"<section {self.name}>"

    def _repr_html_(self) -> str:
        return str(self.html)


class Cover(Section):
    """The cover: HTML for a reader of the notebook, and the same facts as data for the report's template."""

    def __init__(self, html: Markup, facts: dict[str, Any]) -> None:
        super().__init__("cover", html)
        self.facts = facts

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {MIME: self.facts, "text/html": str(self.html), "text/plain": repr(self)}


class Report:
    """The report of one audit result in one language ("nl" or "en").

    `result` is the plain dict that result.json holds. Every method gives one section; every number on it is written
    as `<data value data-path>` and stands at that path in the result. What cannot be computed says why. `brand` is the
    client's colour and logo for the cover.
    """

    def __init__(self, result: Mapping[str, Any], lang: str, brand: Brand | None = None) -> None:
        self.page, self.brand = Page(result, lang), brand

    def cover(self) -> Cover:
        """Client, date of the audit, period, size, sources, fingerprint."""
        return Cover(cover.build(self.page), cover.facts(self.page) | {"brand": on_cover(self.brand)})

    def summary(self) -> Section:
        """The size of things in a few figures, and the first findings."""
        return self._section("summary", summary.build)

    def data_health(self) -> Section:
        """What was delivered, what happened to every row, what cannot be said."""
        return self._section("data", data.build)

    def base(self) -> Section:
        """Never, once or more often bought; how far revenue is concentrated; how long ago people bought."""
        return self._section("base", base.build)

    def personas(self) -> Section:
        """The census of personas with a picture, and what to do with each."""
        return self._section("personas", personas.build)

    def rhythm(self) -> Section:
        """Gaps between orders, the second order, retention by cohort, revenue by month."""
        return self._section("rhythm", rhythm.build)

    def segments(self) -> Section:
        """Each segment beside everyone who is not in it, with intervals."""
        return self._section("segments", segments.build)

    def method(self) -> Section:
        """Definitions, every threshold used with its reason, and how to run it again."""
        return self._section("method", method.build)

    def all(self) -> list[Section]:
        """Every section in the order of the report."""
        return [
            self.cover(), self.summary(), self.data_health(), self.base(),
            self.personas(), self.rhythm(), self.segments(), self.method(),
        ]  # fmt: skip

    def _section(self, name: str, build: Callable[[Page], Markup]) -> Section:
        return Section(name, build(self.page))
