"""What segments are called in a report, and their definitions in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from segkit.report.sections.page import Page, path
from segkit.segments import say
from segkit.segments.read import condition


@dataclass(frozen=True)
class Named:
    """A segment of which only the titles are known."""

    title: Mapping[str, str]


def title(page: Page, name: str) -> str:
    """How the segment is called (`segkit.segments.say.title`), by what the result tells of it."""
    own = page.n.raw(path("segments", name, "title"))
    is_own = bool(page.n.raw(path("segments", name, "is_own")))
    return say.title(name, Named(own) if isinstance(own, Mapping) else None, page.t.lang, is_own)


def rule(page: Page, where: str, name: str) -> str | None:
    """The definition at a path in words; None where the result holds none."""
    definition = page.n.raw(where)
    return say.short(condition(definition, name), page.t.lang, page.n.currency) if definition else None
