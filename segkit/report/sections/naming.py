"""What segments are called in a report, and their definitions in words."""

from segkit.report.sections.page import Page, path
from segkit.segments.library import country_code
from segkit.segments.read import condition
from segkit.segments.say import short


def title(page: Page, name: str) -> str:
    """The segment's own title, the name of its country, that of the persona, or its id."""
    own = page.n.raw(path("segments", name, "title"))
    code = None if page.n.raw(path("segments", name, "is_own")) else country_code(name)
    if code:
        return page.t("segments.country", country=page.t.country(code.lower()))
    if isinstance(own, dict) and own.get(page.t.lang):
        return str(own[page.t.lang])
    persona = f"persona.{name}.title"
    return page.t(persona) if page.t.has(persona) else name


def rule(page: Page, where: str, name: str) -> str | None:
    """The definition at a path in words; None where the result holds none."""
    definition = page.n.raw(where)
    return short(condition(definition, name), page.t.lang, page.n.currency) if definition else None
