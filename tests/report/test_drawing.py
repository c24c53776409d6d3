"""The pictures on a telephone: words do not touch each other, lines do not run through them, and drawing is silent."""

from __future__ import annotations

import logging
from itertools import pairwise

import pytest

from segkit.report.figures.personas import grid
from segkit.report.figures.segments import Interval, against_rest
from segkit.report.svg import NARROW, picture
from segkit.report.theme import style
from segkit.text import catalogue

KINDS = ("often_high", "often_low", "seldom_high", "seldom_low")
AGES = ("recent", "lapsed", "older")
ROWS = [Interval("Precies één keer gekocht", -0.3, -1.0, 2.0, "€ 0"), Interval("Vip", 4.0, 1.0, 9.0, "€ 4")]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_names_of_columns_do_not_touch_on_a_telephone(lang):
    t = catalogue(lang)
    rows, columns = [t(f"personas.grid_rows.{age}") for age in AGES], [t(f"personas.grid_columns.{kind}") for kind in KINDS]
    with style():
        figure = grid(rows, columns, [[1.0] * 4] * 3, [["1"] * 4] * 3, NARROW)
        figure.canvas.draw()
        boxes = [label.get_window_extent() for label in figure.axes[0].get_xticklabels()]
    assert all(left.x1 + 2 < right.x0 for left, right in pairwise(boxes))
    assert boxes[0].x0 >= 0
    assert boxes[-1].x1 <= NARROW


def test_the_line_of_no_difference_runs_behind_the_words():
    with style():
        figure = against_rest(ROWS, "verschil", "geen verschil", str, NARROW)
    (axes,) = figure.axes
    zero = next(line for line in axes.lines if list(line.get_xdata()) == [0, 0])
    words = [text for text in axes.texts if text.get_text() in {part for row in ROWS for part in (row.label, row.shown)}]
    assert len(words) == 2 * len(ROWS)
    assert all(text.get_zorder() > zero.get_zorder() and text.get_bbox_patch() is not None for text in words)


def test_drawing_says_nothing_whatever_letters_a_client_uses(caplog, recwarn, capfd):
    name = Interval("日本 → Ω ✓", 1.0, -1.0, 2.0, "¥ 1")
    with caplog.at_level(logging.WARNING):
        picture(lambda width: against_rest([name], "→", "ноль", str, width), "x", "x")
    assert caplog.records == []
    assert list(recwarn) == []
    assert capfd.readouterr().err == ""
