"""The matplotlib settings that make a figure look like the report."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib
from matplotlib import font_manager

from segkit.report.palette import FONTS, PALETTE


@contextmanager
def style() -> Iterator[None]:
    """Figures made inside look like the report; text stays text and nothing depends on the machine or the day."""
    _add_fonts()
    with matplotlib.rc_context(_rc()):
        yield


def _rc() -> dict[Any, Any]:
    ink, muted, grid = PALETTE["ink"], PALETTE["muted"], PALETTE["grid"]
    return {
        "axes.axisbelow": True,
        "lines.solid_capstyle": "round",
        "patch.edgecolor": "white",
        "patch.force_edgecolor": True,
        "svg.fonttype": "none",
        "svg.hashsalt": "segkit",
        "figure.dpi": 72,  # one point is one pixel of the viewBox
        "font.family": ["Inter"],
        "font.size": 12,
        "axes.labelsize": 12,
        "axes.labelcolor": muted,
        "axes.edgecolor": grid,
        "axes.facecolor": "none",
        "figure.facecolor": "none",
        "text.color": ink,
        "text.parse_math": False,  # a client's $ is a dollar
        "axes.unicode_minus": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.spines.left": False,
        "axes.spines.bottom": False,
        "xtick.color": muted,
        "ytick.color": muted,
        "xtick.labelsize": 12,
        "ytick.labelsize": 12,
        "xtick.bottom": False,
        "ytick.left": False,
        "grid.color": grid,
        "grid.linewidth": 1,
    }


def _add_fonts() -> None:
    known = {entry.fname for entry in font_manager.fontManager.ttflist}
    for path in sorted(FONTS.glob("*.ttf")):
        if str(path) not in known:
            font_manager.fontManager.addfont(path)
