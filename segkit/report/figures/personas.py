"""Pictures of the personas: who is in the base against who brings the money, and the grid of buyers."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from segkit.report.figures.parts import Write, cell, grid_lines, is_narrow, rows_on, ticks
from segkit.report.palette import PALETTE, heat, ink_on
from segkit.report.svg import canvas


@dataclass(frozen=True)
class Pair:
    """One persona: its share of the profiles, its share of revenue, the colour of its group."""

    label: str
    people: float
    revenue: float
    token: str


def dumbbell(rows: Sequence[Pair], labels: tuple[str, str], write: Write, width: float) -> Figure:
    """An open dot for the share of profiles, a full one for the share of revenue, a line between them."""
    narrow = is_narrow(width)
    figure = canvas(width, (40 if narrow else 29) * len(rows) + 70)
    axes = figure.subplots()
    for row, pair in enumerate(rows):
        colour = PALETTE[pair.token]
        low, high = sorted((pair.people, pair.revenue))
        axes.plot([low, high], [row, row], color=colour, linewidth=4, alpha=0.35, solid_capstyle="round")
        axes.plot([pair.revenue], [row], "o", color=colour, markersize=9)
        axes.plot(
            [pair.people],
            [row],
            "o",
            markerfacecolor=PALETTE["paper"],
            markeredgecolor=colour,
            markeredgewidth=2,
            markersize=9,
        )
    rows_on(axes, [pair.label for pair in rows], narrow)
    most = max((max(pair.people, pair.revenue) for pair in rows), default=0) or 1
    axes.set_xlim(-0.02 * most, 1.05 * most)
    ticks(axes, "x", write, 4 if narrow else 7)
    grid_lines(axes, "x")
    _legend(figure, labels)
    return figure


def _legend(figure: Figure, labels: tuple[str, str]) -> None:
    plain = {"color": "none", "marker": "o", "markersize": 9, "markeredgecolor": PALETTE["muted"], "markeredgewidth": 2}
    handles = [
        Line2D([], [], markerfacecolor=PALETTE["paper"], label=labels[0], **plain),  # type: ignore[arg-type]
        Line2D([], [], markerfacecolor=PALETTE["muted"], label=labels[1], **plain),  # type: ignore[arg-type]
    ]
    figure.legend(handles=handles, loc="outside upper left", ncols=2, frameon=False, handletextpad=0.2, columnspacing=1.4)


def grid(
    rows: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[float]],
    shown: Sequence[Sequence[str]],
    width: float,
) -> Figure:
    """Counts by recency (rows) and by frequency and value (columns), darker for more."""
    narrow = is_narrow(width)
    figure = canvas(width, 66 * len(rows) + (80 if narrow else 42))
    axes = figure.subplots()
    most = max((value for line in values for value in line), default=0) or 1
    for row, line in enumerate(values):
        for column, value in enumerate(line):
            colour = heat((value / most) ** 0.5)  # the eye reads area, and counts are skewed
            cell(axes, column, row, colour)
            axes.text(
                column,
                row,
                shown[row][column],
                ha="center",
                va="center",
                color=ink_on(colour),
                fontweight=600,
                fontsize=13,
            )
    axes.set(xlim=(-0.5, len(columns) - 0.5), ylim=(len(rows) - 0.5, -0.5))
    axes.set_xticks(
        range(len(columns)),
        [label.replace(" ", "\n") if narrow else label for label in columns],
        fontsize=11 if narrow else 12,
    )
    axes.set_yticks(range(len(rows)), [label.replace(" ", "\n") if narrow else label for label in rows], color=PALETTE["ink"])
    axes.xaxis.tick_top()
    return figure
