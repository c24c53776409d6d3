"""What segments are called in a report, and their definitions in words."""

from segkit.report.sections.page import Page, path
from segkit.segments.read import condition
from segkit.segments.say import short

COUNTRY = "country_"


def title(page: Page, name: str) -> str:
    """The name of its country, the segment's own title, that of the persona, or its id."""
    if name.startswith(COUNTRY):
        return page.t("segments.country", country=page.t.country(name.removeprefix(COUNTRY)))
    own = page.n.raw(path("segments", name, "title"))
    if isinstance(own, dict) and own.get(page.t.lang):
        return str(own[page.t.lang])
    persona = f"persona.{name}.title"
    return page.t(persona) if page.t.has(persona) else name


def rule(page: Page, where: str, name: str) -> str | None:
    """The definition at a path in words; None where the result holds none."""
    definition = page.n.raw(where)
    return short(condition(definition, name), page.t.lang, page.n.currency) if definition else None
