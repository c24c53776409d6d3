"""Pictures of the delivery and of the base: timeline, funnel, concentration, time since the last order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from matplotlib import dates as mdates
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from segkit.report.figures.parts import BAR, Write, bar, grid_lines, is_narrow, rows_on, ticks
from segkit.report.palette import PALETTE
from segkit.report.svg import canvas


@dataclass(frozen=True)
class Step:
    """One bar of the funnel; a value of None is drawn as unknown, not as nothing."""

    label: str
    value: float | None
    shown: str
    token: str = "brand"


@dataclass(frozen=True)
class Span:
    """One row of the timeline: what, from, up to."""

    label: str
    start: date
    end: date


def timeline(spans: Sequence[Span], as_of: date, as_of_label: str, write: Callable[[date], str], width: float) -> Figure:
    """A bar for each table from its first to its last day, with a line at the date of the audit."""
    narrow = is_narrow(width)
    figure = canvas(width, (46 if narrow else 34) * len(spans) + 64)
    axes = figure.subplots()
    for row, span in enumerate(spans):
        start, end = mdates.date2num(span.start), mdates.date2num(span.end) + 1
        axes.barh(row, end - start, left=start, height=0.42, color=PALETTE["brand"], linewidth=0)
    at = mdates.date2num(as_of) + 1
    axes.axvline(at, color=PALETTE["accent"], linewidth=1.5)
    first = min(mdates.date2num(span.start) for span in spans)
    room = max(at - first, 1) * 0.03
    axes.set_xlim(min(first, at) - room, max(at, *(mdates.date2num(span.end) for span in spans)) + room)
    rows_on(axes, [span.label for span in spans], narrow)
    axes.annotate(
        as_of_label,
        (at, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(0, 3),
        textcoords="offset points",
        ha="right",
        color=PALETTE["accent"],
        fontweight=600,
    )
    axes.xaxis.set_major_locator(mdates.AutoDateLocator(minticks=2, maxticks=4 if narrow else 7))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: write(mdates.num2date(value).date())))
    grid_lines(axes, "x")
    return figure


def funnel(groups: Sequence[tuple[str, Sequence[Step]]], unknown: str, width: float) -> Figure:
    """Two small funnels on one scale: how many can be reached, and how many buy."""
    narrow = is_narrow(width)
    steps = [step for _, group in groups for step in group]
    figure = canvas(width, (48 if narrow else 36) * len(steps) + 34 * len(groups))
    most = max((step.value or 0 for step in steps), default=0) or 1
    axes = figure.subplots(len(groups), 1, height_ratios=[len(group) for _, group in groups], squeeze=False)[:, 0]
    for ax, (title, group) in zip(axes, groups, strict=True):
        ax.set_title(title, loc="left", fontsize=12, fontweight=600, color=PALETTE["muted"])
        for row, step in enumerate(group):
            _step(ax, row, step, most, unknown)
        ax.set_xlim(0, most * (1.28 if narrow else 1.2))
        ax.set_xticks([])
        rows_on(ax, [step.label for step in group], narrow)
    return figure


def _step(ax, row: int, step: Step, most: float, unknown: str) -> None:  # type: ignore[no-untyped-def]
    ax.barh(row, most, height=BAR, color=PALETTE["wash"], linewidth=0)
    if step.value is None:
        ax.barh(row, most, height=BAR, fill=False, edgecolor=PALETTE["stone"], linestyle=(0, (4, 3)), linewidth=1)
        ax.text(most * 0.015, row, unknown, va="center", color=PALETTE["muted"])
        return
    bar(ax, row, step.value, PALETTE[step.token])
    ax.annotate(step.shown, (most, row), xytext=(8, 0), textcoords="offset points", va="center", fontweight=600)


def tenths(shares: Sequence[float], shown: Sequence[str], axis: str, width: float) -> Figure:
    """Share of revenue for each tenth of the buyers, the highest first and in full colour."""
    figure = canvas(width, 250 if is_narrow(width) else 270)
    axes = figure.subplots()
    colours = [PALETTE["brand"], *[PALETTE["brand-light"]] * (len(shares) - 1)]
    axes.bar(range(1, len(shares) + 1), shares, width=0.78, color=colours, linewidth=0)
    for place, (share, label) in enumerate(zip(shares, shown, strict=True), start=1):
        axes.annotate(
            label,
            (place, share),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
            fontweight=600 if place == 1 else 400,
        )
    axes.set(xticks=range(1, len(shares) + 1), yticks=[], xlabel=axis)
    axes.spines["bottom"].set_visible(True)
    axes.margins(x=0.02, y=0.12)
    return figure


def lorenz(
    curve: Sequence[Sequence[float]],
    mark: tuple[float, float, str] | None,
    labels: tuple[str, str, str],
    write: Write,
    width: float,
) -> Figure:
    """Cumulative share of revenue against share of buyers, biggest first; labels: x, y, the line of equality."""
    figure = canvas(width, 320)
    axes = figure.subplots()
    x, y = [point[0] for point in curve], [point[1] for point in curve]
    axes.plot([0, 1], [0, 1], color=PALETTE["stone"], linewidth=1.2, linestyle=(0, (4, 3)))
    axes.fill_between(x, y, x, color=PALETTE["heat1"], linewidth=0)
    axes.plot(x, y, color=PALETTE["brand"], linewidth=2.5)
    axes.annotate(labels[2], (0.72, 0.72), xytext=(6, -12), textcoords="offset points", color=PALETTE["muted"])
    if mark:
        axes.plot([mark[0]], [mark[1]], "o", color=PALETTE["brand"], markersize=9)
        axes.annotate(mark[2], mark[:2], xytext=(14, -12), textcoords="offset points", va="top", fontweight=600)
    axes.set(xlim=(0, 1), ylim=(0, 1.02), xlabel=labels[0], ylabel=labels[1])
    for axis in "xy":
        ticks(axes, axis, write, 5)
    grid_lines(axes, "both")
    return figure


def recency(labels: Sequence[str], values: Sequence[float], shown: Sequence[str], axis: str, width: float) -> Figure:
    """Buyers by days since their last order, paler the longer ago."""
    figure = canvas(width, 240)
    axes = figure.subplots()
    shades = [PALETTE[token] for token in ("brand", "heat4", "heat3", "heat2")]
    axes.bar(range(len(values)), values, width=0.72, color=shades[: len(values)], linewidth=0)
    for place, (value, label) in enumerate(zip(values, shown, strict=True)):
        axes.annotate(label, (place, value), xytext=(0, 4), textcoords="offset points", ha="center", fontweight=600)
    axes.set_xticks(range(len(labels)), labels)
    axes.set(yticks=[], xlabel=axis)
    axes.spines["bottom"].set_visible(True)
    axes.margins(y=0.14)
    return figure
