"""Shapes that several pictures share: a labelled bar, a cell of a grid, bare axes."""

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from segkit.report.palette import PALETTE
from segkit.report.svg import NARROW, WIDE

Write = Callable[[float], str]
BAR = 0.62  # thickness of a bar in rows


def is_narrow(width: float) -> bool:
    return width < (NARROW + WIDE) / 2


ON_PAPER = {"facecolor": PALETTE["paper"], "edgecolor": "none", "pad": 0.5}  # words stay readable where a line runs behind them


def rows_on(axes: Axes, labels: Sequence[str], narrow: bool) -> None:
    """Names of horizontal rows, the first on top: beside the rows, or above them where there is no room."""
    axes.set_ylim(len(labels) - 0.5, -0.75 if narrow else -0.5)
    if not narrow:
        axes.set_yticks(range(len(labels)), labels, color=PALETTE["ink"])
        return
    axes.set_yticks([])
    for row, label in enumerate(labels):
        axes.text(0, row - BAR / 2 - 0.06, label, transform=axes.get_yaxis_transform(), va="bottom", fontsize=12, bbox=ON_PAPER)


def bar(axes: Axes, row: float, value: float, colour: str, thickness: float = BAR) -> None:
    axes.barh(row, value, height=thickness, color=colour, linewidth=0)


def cell(axes: Axes, column: float, row: float, colour: str, gap: float = 0.04) -> None:
    axes.add_patch(Rectangle((column - 0.5 + gap / 2, row - 0.5 + gap), 1 - gap, 1 - 2 * gap, facecolor=colour, linewidth=0))


def grid_lines(axes: Axes, axis: str) -> None:
    axes.set_axisbelow(True)
    axes.grid(True, axis=axis)  # type: ignore[arg-type]


def ticks(axes: Axes, axis: str, write: Write, most: int) -> None:
    """Round tick places, written by the language."""
    chosen = axes.xaxis if axis == "x" else axes.yaxis
    chosen.set_major_locator(MaxNLocator(most, steps=[1, 2, 5, 10]))
    chosen.set_major_formatter(FuncFormatter(lambda value, _: write(value)))
