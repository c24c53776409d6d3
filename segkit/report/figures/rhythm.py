"""Pictures of value and rhythm: gaps between orders, the second order, cohorts, revenue by month."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from segkit.report.figures.parts import Write, cell, grid_lines, is_narrow, ticks
from segkit.report.palette import PALETTE, heat, ink_on
from segkit.report.svg import canvas

QUARTER = 90  # days between the ticks of a long wait
GAP_SHADES = ("heat2", "heat3", "heat5", "heat3", "heat2")


def gaps(places: Sequence[float], names: Sequence[str], shown: Sequence[str], axis: str, width: float) -> Figure:
    """A strip from zero to the last quantile, cut at each quantile, with its name and its days."""
    narrow = is_narrow(width)
    figure = canvas(width, 165)
    axes = figure.subplots()
    edges = [0.0, *places]
    for left, right, shade in zip(edges, edges[1:], GAP_SHADES, strict=False):
        axes.barh(0, right - left, left=left, height=0.7, color=PALETTE[shade], linewidth=0)
    for place, (days, name, label) in enumerate(zip(places, names, shown, strict=True)):
        side = 1 if place % 2 == 1 or not narrow else -1  # on a telephone above and below in turn
        axes.plot([days, days], [-0.35, 0.35], color=PALETTE["ink"], linewidth=1.5)
        _beside(axes, (days, 0.35 * side), side * 12, name, color=PALETTE["muted"], fontsize=11)
        _beside(axes, (days, 0.35 * side), side * 27, label, fontweight=600)
    axes.set(xlim=(0, max(places) * 1.08 or 1), ylim=(-1.5 if narrow else -0.5, 1.4), yticks=[], xlabel=axis)
    ticks(axes, "x", lambda value: f"{value:.0f}", 4 if narrow else 8)
    return figure


def _beside(axes: Axes, point: tuple[float, float], height: float, words: str, **look: Any) -> None:
    """Words so many points above a point, or below it."""
    axes.annotate(words, point, xytext=(0, height), textcoords="offset points", ha="center", va="center", **look)


def second_order(
    days: Sequence[float],
    share: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    labels: tuple[str, str],
    write: Write,
    width: float,
) -> Figure:
    """The share of buyers with a second order, rising by days since the first, in its band of uncertainty."""
    figure = canvas(width, 270)
    axes = figure.subplots()
    if len(low) == len(high) == len(days):
        axes.fill_between(days, low, high, color=PALETTE["brand-light"], linewidth=0)
    axes.plot(days, share, color=PALETTE["brand"], linewidth=2.5)
    axes.plot([days[-1]], [share[-1]], "o", color=PALETTE["brand"], markersize=7)
    axes.annotate(
        write(share[-1]),
        (days[-1], share[-1]),
        xytext=(9, 0),
        textcoords="offset points",
        va="center",
        fontweight=600,
        color=PALETTE["brand"],
    )
    axes.set(xlim=(0, max(days) * 1.08 or 1), ylim=(0, min(1, max([*share, *high]) * 1.15) or 1), xlabel=labels[0])
    axes.set_title(labels[1], loc="left", fontsize=12, fontweight=400, color=PALETTE["muted"])
    axes.xaxis.set_major_locator(MultipleLocator(QUARTER if max(days) <= 4 * QUARTER else 2 * QUARTER))
    ticks(axes, "y", write, 5)
    grid_lines(axes, "y")
    return figure


def cohorts(
    names: Sequence[str],
    values: Sequence[Sequence[float | None]],
    shown: Sequence[Sequence[str]],
    axis: str,
    width: float,
) -> Figure:
    """Retention by intake (rows) and period since (columns); what has not been seen yet is grey and empty."""
    narrow = is_narrow(width)
    columns = max((len(line) for line in values), default=0)
    figure = canvas(width, 34 * len(names) + 66)
    axes = figure.subplots()
    most = max((value for line in values for value in line if value is not None), default=0) or 1
    for row, line in enumerate(values):
        for column in range(columns):
            value = line[column] if column < len(line) else None
            colour = PALETTE["unseen"] if value is None else heat(value / most)
            cell(axes, column, row, colour)
            if value is not None:
                axes.text(
                    column,
                    row,
                    shown[row][column],
                    ha="center",
                    va="center",
                    color=ink_on(colour),
                    fontsize=10 if narrow else 12,
                )
    axes.set(xlim=(-0.5, max(columns, 1) - 0.5), ylim=(len(names) - 0.5, -0.5), xlabel=axis)
    axes.set_xticks(range(columns), [str(column + 1) for column in range(columns)])
    axes.set_yticks(range(len(names)), names, color=PALETTE["ink"])
    return figure


def monthly(months: Sequence[str], revenue: Sequence[float], complete: Sequence[bool], write: Write, width: float) -> Figure:
    """Revenue by month; a month that is not complete is pale."""
    narrow = is_narrow(width)
    figure = canvas(width, 250)
    axes = figure.subplots()
    colours = [PALETTE["brand"] if whole else PALETTE["brand-light"] for whole in complete]
    axes.bar(range(len(months)), revenue, width=0.78, color=colours, linewidth=0)
    every = -(-len(months) // (4 if narrow else 9)) or 1
    axes.set_xticks(range(0, len(months), every), months[::every])
    ticks(axes, "y", write, 4)
    axes.margins(x=0.01, y=0.08)
    grid_lines(axes, "y")
    return figure
