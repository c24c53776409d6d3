"""Small drawings for widgets as inline SVG: the report's colours, readable on a light and on a dark page."""

from __future__ import annotations

from html import escape

from segkit.report.palette import DARK, PALETTE, css_tokens

WIDTH, MARGIN = 760, 40
_DARK = css_tokens(DARK)
_STYLE = (
    f".segkit-drawing{{{css_tokens(PALETTE)};max-width:{WIDTH}px;width:100%;background:var(--paper);font:13px sans-serif}}"
    ".segkit-drawing text{fill:var(--ink)}"
    f'[data-jp-theme-light="false"] .segkit-drawing{{{_DARK}}}'
    f'@media (prefers-color-scheme:dark){{body:not([data-jp-theme-light="true"]) .segkit-drawing{{{_DARK}}}}}'
)


def drawing(parts: list[str], height: float, label: str) -> str:
    """An <svg> of these parts on its own paper, with colours of its own; `label` is what a screen reader says."""
    style = f"<style>{_STYLE}</style>"
    box = f'viewBox="0 0 {WIDTH} {height:g}" xmlns="http://www.w3.org/2000/svg"'
    return f'{style}<svg class="segkit-drawing" role="img" aria-label="{escape(label)}" {box}>{"".join(parts)}</svg>'


def rect(x: float, y: float, width: float, height: float, token: str, **data: object) -> str:
    """A filled rectangle; further names become data- attributes."""
    told = "".join(f' data-{name}="{escape(str(value))}"' for name, value in data.items())
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}" fill="var(--{token})"{told}/>'


def line(points: list[tuple[float, float]], token: str, thickness: float = 2, dashed: bool = False) -> str:
    """A line through points."""
    dash = ' stroke-dasharray="4 4"' if dashed else ""
    told = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline points="{told}" fill="none" stroke="var(--{token})" stroke-width="{thickness:g}"{dash}/>'


def dot(x: float, y: float, token: str) -> str:
    """A dot."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" fill="var(--{token})" stroke="var(--paper)" stroke-width="2"/>'


def words(x: float, y: float, text: str, anchor: str = "start") -> str:
    """A text at a point; `anchor` is start, middle or end."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def legend(entries: list[tuple[str, str]], y: float) -> str:
    """What each colour means, as (token, text), side by side."""
    step = (WIDTH - 2 * MARGIN) / max(len(entries), 1)
    return "".join(
        rect(MARGIN + step * place, y - 10, 11, 11, token) + words(MARGIN + step * place + 16, y, text)
        for place, (token, text) in enumerate(entries)
    )
