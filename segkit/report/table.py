"""Accessible tables: caption, scopes, group rows, bars in cells, aligned figures; on a telephone a row is a card."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from segkit.report.blocks import tag

SHORT = 14  # rows of a table that is kept on one sheet of paper


@dataclass(frozen=True)
class Column:
    """A heading; `number` aligns to the right with figures of equal width."""

    label: str
    number: bool = False


@dataclass(frozen=True)
class Bar:
    """A cell with a small bar of a width between 0 and 1 before its value."""

    value: Any
    width: float
    token: str = "brand"

    def __html__(self) -> Markup:
        look = f"--w:{100 * min(max(self.width, 0), 1):.1f}%;--c:var(--{self.token})"
        return Markup("{}{}").format(tag("span", class_="bar", style=look, aria_hidden="true"), self.value)


@dataclass(frozen=True)
class Group:
    """Rows under a heading of their own; the first cell of a row is its name."""

    rows: Sequence[Sequence[Any]]
    title: str | None = None
    token: str = field(default="brand")


def table(caption: Any, columns: Sequence[Column], groups: Sequence[Group | Sequence[Any]], note: Any = None) -> Markup:
    """A table; `groups` are groups of rows, or plain rows. The first column names the row."""
    parts = [group for group in groups if isinstance(group, Group)]
    if plain := [row for row in groups if not isinstance(row, Group)]:
        parts.append(Group(plain))
    head = tag("thead", tag("tr", *(_head(column) for column in columns), role="row"), role="rowgroup")
    inner = tag("table", tag("caption", caption), head, *(_body(part, columns) for part in parts), class_="st", role="table")
    foot = None if note is None else tag("p", note, class_="note")
    return tag("div", inner, foot, class_="tw short" if sum(len(part.rows) for part in parts) <= SHORT else "tw")


def _head(column: Column) -> Markup:
    return tag("th", column.label, scope="col", role="columnheader", class_="n" if column.number else None)


def _body(group: Group, columns: Sequence[Column]) -> Markup:
    rows = [_row(row, columns) for row in group.rows]
    if group.title is not None:
        name = tag(
            "th",
            group.title,
            scope="rowgroup",
            role="rowheader",
            colspan=len(columns),
            style=f"--c:var(--{group.token})",
        )
        rows.insert(0, tag("tr", name, class_="g", role="row"))
    return tag("tbody", *rows, role="rowgroup")


def _row(cells: Sequence[Any], columns: Sequence[Column]) -> Markup:
    first, *rest = cells
    shown = [_cell(cell, column) for cell, column in zip(rest, columns[1:], strict=True)]
    return tag("tr", tag("th", first, scope="row", role="rowheader"), *shown, role="row")


def _cell(cell: Any, column: Column) -> Markup:
    kind = " ".join(name for name, on in (("n", column.number), ("b", isinstance(cell, Bar)), ("none", cell == "")) if on)
    return tag("td", tag("span", cell, class_="c"), role="cell", data_label=column.label, class_=kind or None)
