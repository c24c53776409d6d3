"""Segments compared: who can be reached, what machines add, what members like, what each condition costs, what to add."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from segkit.report import blocks
from segkit.report.bind import Absent
from segkit.report.sections.naming import rule, title
from segkit.report.sections.page import Page, path
from segkit.report.table import Group

ROOT = "segment_comparison"
STEPS = ("member", "consent", "not_suppressed", "recipients")
LIKED = ("category", "product")
LONGEST_CONDITION = 160
MOST_RANKED = 12

Row = list[Any]


def parts(page: Page) -> list[Markup | None]:
    """The tables in the order in which they are read; None for what a delivery cannot tell."""
    return [_liked(page), _reach(page), _engagement(page), _costs(page), _moved(page), _rank(page), _next(page)]


def _table(page: Page, name: str, columns: tuple[str, ...], rows: list[Any], note: Any = None) -> Markup | None:
    heads = [page.column(f"segments.{first}", False) for first in columns[:1]] + [page.column(f"segments.{one}") for one in columns[1:]]
    return page.table(page.t(f"segments.{name}_caption"), heads, rows, note) if rows else None


def _by_segment(page: Page, part: str, row: Callable[[Page, str], Row]) -> list[Row]:
    names = page.ids(path(ROOT, part))
    return [[blocks.own_words(title(page, name)), *row(page, path(ROOT, part, name))] for name in names]


def _reach(page: Page) -> Markup | None:
    if page.n.raw("counts.mailable") is None:
        return None
    mails, days = (page.threshold(f"frequency_cap_{unit}", write) for unit, write in (("mails", page.n.count), ("days", page.n.days)))
    note = page.say("segments.reach_note", mails=mails, days=days)
    return _table(page, "reach", ("segment", *STEPS, "reached"), _by_segment(page, "reach", _reached), note)


def _reached(page: Page, where: str) -> Row:
    return [*(page.n.count(f"{where}.{step}.members") for step in STEPS), page.n.percent(f"{where}.{STEPS[-1]}.share")]


def _engagement(page: Page) -> Markup | None:
    rows = _by_segment(page, "engagement", _engaged)
    return _table(page, "engagement", ("segment", "people", "by_people", "interval", "by_all"), rows, page.t("segments.engagement_note"))


def _engaged(page: Page, where: str) -> Row:
    people, n = f"{where}.by_people", page.n
    share, low, high = (n.percent(f"{people}.{part}") for part in ("share", "low", "high"))
    interval = low if isinstance(low, Absent) else page.say("units.interval", low=low, high=high)
    return [n.count(f"{people}.members"), share, interval, n.percent(f"{where}.by_all.share")]


def _liked(page: Page) -> Markup | None:
    """One row a segment: what its members buy more than the rest, with how many times as often."""
    names = dict.fromkeys(name for kind in LIKED for name in page.ids(path(ROOT, "liked", kind)))
    told = {name: [_favourites(page, kind, name) for kind in LIKED] for name in names}
    rows = [[blocks.own_words(title(page, name)), *cells] for name, cells in told.items() if any(cells)]
    columns = [page.column(f"segments.{name}", False) for name in ("segment", *LIKED)]
    return page.table(page.t("segments.liked_caption"), columns, rows, page.t("segments.liked_note")) if rows else None


def _favourites(page: Page, kind: str, name: str) -> Markup | str:
    where = path(ROOT, "liked", kind, name)
    found = page.n.raw(where) or []
    return blocks.join((_favourite(page, f"{where}.{place}", row) for place, row in enumerate(found)), ", ")


def _favourite(page: Page, where: str, row: dict[str, Any]) -> Markup:
    value = blocks.own_words(row["value"])
    times = page.say("segments.times", value=page.n.count(f"{where}.ratio", 1)) if row["ratio"] is not None else None
    return blocks.join([value, times], " ")


def _costs(page: Page) -> Markup | None:
    names = page.ids(path(ROOT, "costs"))
    groups = [Group([_cost(page, name, place) for place in _places(page, "costs", name)], title(page, name)) for name in names]
    columns = ("condition", "left", "lost", "revenue", "without")
    return _table(page, "costs", columns, groups, page.t("segments.costs_note"))


def _places(page: Page, *where: str) -> range:
    return range(len(page.n.raw(path(ROOT, *where)) or []))


def _cost(page: Page, name: str, place: int) -> Row:
    where, n = path(ROOT, "costs", name, str(place)), page.n
    said = rule(page, f"{where}.definition", name)
    first = [n.count(f"{where}.members"), "", n.money(f"{where}.revenue"), ""]
    if said is None:
        return [page.t("segments.everyone"), *first]
    lost, without = n.count(f"{where}.lost_members"), n.count(f"{where}.without_members")
    return [blocks.own_words(said, LONGEST_CONDITION), first[0], lost, first[2], without]


def _moved(page: Page) -> Markup | None:
    groups = [_forms(page, str(place)) for place in _places(page, "moved")]
    return _table(
        page, "moved", ("threshold_column", "people", "gained", "lost", "revenue", "per_head"), groups, page.t("segments.moved_note")
    )


def _forms(page: Page, place: str) -> Group:
    rows = [_form(page, path(ROOT, "moved", place, "rows", str(row))) for row in _places(page, "moved", place, "rows")]
    name, threshold = (page.n.raw(path(ROOT, "moved", place, part)) for part in ("segment", "threshold"))
    return Group(rows, page.t("segments.moved_of", segment=title(page, name), threshold=page.t(f"thresholds.{threshold}.label")))


def _form(page: Page, where: str) -> Row:
    n = page.n
    value = n.days(f"{where}.value")
    name = page.say("segments.now", value=value) if n.raw(f"{where}.is_current") else value
    people = [n.count(f"{where}.{part}") for part in ("members", "gained", "lost")]
    return [name, *people, n.money(f"{where}.revenue"), n.money(f"{where}.value_per_head", 2)]


def _rank(page: Page) -> Markup | None:
    places = [place for place in _places(page, "rank") if page.n.raw(path(ROOT, "rank", str(place), "per_recipient"))]
    rows = [_ranked(page, path(ROOT, "rank", str(place))) for place in places[:MOST_RANKED]]
    columns = ("segment", "recipients", "revenue", "per_recipient", "interval")
    return _table(page, "rank", columns, rows, page.t("segments.rank_note"))


def _ranked(page: Page, where: str) -> Row:
    n = page.n
    low, high = (n.money(f"{where}.{part}") for part in ("low", "high"))
    name = blocks.own_words(title(page, str(n.raw(f"{where}.segment"))))
    each = n.money(f"{where}.per_recipient", 2)
    return [name, n.count(f"{where}.recipients"), n.money(f"{where}.revenue"), each, page.say("units.interval", low=low, high=high)]


def _next(page: Page) -> Markup | None:
    """What the client's own segments leave out: the segments to add, the one with most revenue first."""
    lines = [_added(page, path(ROOT, "next", str(place))) for place in _places(page, "next")]
    told = [line for line in lines if line is not None]
    if not told:
        return None
    return blocks.join([blocks.heading(page.t("segments.next_title")), blocks.prose(page.t("segments.next_lede")), blocks.items(told)])


def _added(page: Page, where: str) -> Markup | None:
    if not page.n.raw(f"{where}.revenue"):
        return None
    name = blocks.tag("strong", blocks.own_words(title(page, str(page.n.raw(f"{where}.segment")))))
    told = page.say("segments.next", recipients=page.n.count(f"{where}.recipients"), revenue=page.n.money(f"{where}.revenue"))
    return blocks.join([name, told], ": ")
