"""Segments as a set: how many people they share, and what is odd in the client's own."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from segkit.report import blocks
from segkit.report.sections.naming import Named, title
from segkit.report.sections.page import Page, path
from segkit.segments.lint import LintFinding
from segkit.segments.lint.told import tell

MOST_COLUMNS = 8  # of the matrix on a page that is read upright


def overlap(page: Page) -> Markup | None:
    """Who is in two segments: a triangle of counts."""
    names = sorted(page.ids("segment_overlap"), key=lambda name: not page.n.raw(path("segments", name, "is_own")))[:MOST_COLUMNS]
    if len(names) < 2:
        return None
    columns = [page.column("segments.segment", False), *(page.column_text(title(page, name)) for name in names[:-1])]
    rows = [[blocks.own_words(title(page, one)), *_row(page, one, names)] for one in names[1:]]
    return page.table(page.t("segments.overlap_caption"), columns, rows, page.t("segments.overlap_note"))


def _row(page: Page, one: str, names: list[str]) -> list[Any]:
    """How many it shares with each segment before it; the result holds each pair once."""
    pairs = [(one, other) if other in page.ids(path("segment_overlap", one)) else (other, one) for other in names[: names.index(one)]]
    return [page.n.count(path("segment_overlap", *pair)) for pair in pairs] + [""] * (len(names) - 1 - names.index(one))


def lint(page: Page) -> Markup | None:
    """What the linter says of the client's own segments; None where there are none."""
    if not any(page.n.raw(path("segments", name, "is_own")) for name in page.ids("segments")):
        return None
    found = [LintFinding(**{**one, "segments": tuple(one["segments"])}) for one in page.result.get("segment_lint") or []]
    lines = [_line(page, finding) for finding in found]
    body = blocks.items(lines) if lines else blocks.prose(page.t("segments.lint_nothing"))
    return blocks.join([blocks.heading(page.t("segments.lint_title")), blocks.prose(page.t("segments.lint_lede")), body])


def _line(page: Page, finding: LintFinding) -> Markup:
    """The finding in words, its segments by the titles of this report."""
    named = {name: Named({page.t.lang: title(page, name)}) for name in finding.segments}
    first, *rest = tell(finding, page.t, named, page.n.currency).splitlines()
    label = blocks.tag("strong", f"{page.t(f'lint.severity.{finding.severity}')}: {first}.")
    return blocks.join([label, *rest], " ")
