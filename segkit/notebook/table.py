"""A small table for widgets as HTML: names on the left, numbers on the right, headed for screen readers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

_LEFT, _RIGHT = 'style="text-align:left;padding:0 1em 0 0"', 'style="text-align:right;padding:0 0 0 1em"'
Line = tuple[Mapping[str, object], str, list[str]]  # data- attributes, the name of the row, its cells


def table(caption: str, heads: list[str], lines: Iterable[Line]) -> str:
    """An HTML table; every text is escaped."""
    first, *others = heads
    top = f'<th scope="col" {_LEFT}>{escape(first)}</th>' + "".join(f'<th scope="col" {_RIGHT}>{escape(head)}</th>' for head in others)
    told = f'<caption style="text-align:left">{escape(caption)}</caption>'
    return f"<table>{told}<thead><tr>{top}</tr></thead><tbody>{''.join(map(_line, lines))}</tbody></table>"


def _line(line: Line) -> str:
    data, name, cells = line
    told = "".join(f' data-{key}="{escape(str(value))}"' for key, value in data.items())
    filled = "".join(f"<td {_RIGHT}>{escape(cell)}</td>" for cell in cells)
    return f'<tr{told}><th scope="row" {_LEFT}>{escape(name)}</th>{filled}</tr>'
