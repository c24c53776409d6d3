"""The picture of segments against the rest: a difference and its interval for each."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from segkit.report.figures.parts import ON_PAPER, Write, grid_lines, is_narrow, rows_on, ticks
from segkit.report.palette import PALETTE
from segkit.report.svg import canvas


@dataclass(frozen=True)
class Interval:
    """A difference with its bounds, and how it is written."""

    label: str
    difference: float
    low: float
    high: float
    shown: str


def against_rest(rows: Sequence[Interval], axis: str, zero: str, write: Write, width: float) -> Figure:
    """A dot and a line for each segment around the line of no difference; grey when the line touches it."""
    narrow = is_narrow(width)
    figure = canvas(width, (60 if narrow else 36) * len(rows) + 84)
    axes = figure.subplots()
    for row, item in enumerate(rows):
        colour = _colour(item)
        axes.plot([item.low, item.high], [row, row], color=colour, linewidth=3, solid_capstyle="round")
        axes.plot([item.difference], [row], "o", color=colour, markersize=9)
        axes.annotate(
            item.shown,
            (item.difference, row),
            xytext=(0, 9),
            textcoords="offset points",
            ha="center",
            fontsize=11,
            fontweight=600,
            color=PALETTE["ink"],
            bbox=ON_PAPER,
            zorder=4,
        )
    axes.axvline(0, color=PALETTE["ink"], linewidth=1.2, zorder=1)
    axes.annotate(
        zero,
        (0, 1),
        xycoords=("data", "axes fraction"),
        xytext=(0, 4),
        textcoords="offset points",
        ha="center",
        color=PALETTE["muted"],
    )
    rows_on(axes, [item.label for item in rows], narrow)
    axes.margins(x=0.1)
    axes.set_xlabel(axis)
    ticks(axes, "x", write, 3 if narrow else 6)
    grid_lines(axes, "x")
    return figure


def _colour(item: Interval) -> str:
    """Green above the rest, blue below it, grey when chance may explain it: never told by colour alone."""
    if item.low <= 0 <= item.high:
        return PALETTE["stone"]
    return PALETTE["brand"] if item.difference > 0 else PALETTE["blue"]
