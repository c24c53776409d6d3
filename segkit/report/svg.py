"""A matplotlib figure as inline SVG: real text, own ids, colours that follow light and dark, always the same bytes."""

import re
import warnings
from collections.abc import Callable
from io import StringIO

from markupsafe import Markup, escape
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from segkit.report.palette import PALETTE
from segkit.report.theme import style

WIDE, NARROW = 760.0, 350.0  # widths of the viewBox, for a page and for a telephone
Draw = Callable[[float], Figure]

_TOKENS = {colour: f"var(--{token},{colour})" for token, colour in PALETTE.items()}
_COLOUR = re.compile("|".join(map(re.escape, _TOKENS)))
_NO_DATES = {"Date": None, "Creator": None, "Format": None, "Type": None}


def picture(draw: Draw, name: str, label: str) -> Markup:
    """One drawing in two widths; the style sheet shows the one that fits, the other is hidden from everyone."""
    with style():
        wide, narrow = (inline_svg(draw(width), f"{name}-{int(width)}", label) for width in (WIDE, NARROW))
    return Markup('<div class="wide">{}</div><div class="narrow">{}</div>').format(Markup(wide), Markup(narrow))


def inline_svg(figure: Figure, prefix: str, label: str) -> str:
    """The figure as an <svg> element whose ids start with the prefix; `label` is what a screen reader says."""
    out = StringIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")  # the browser has its own fonts
        FigureCanvasSVG(figure).print_svg(out, metadata=_NO_DATES)  # savefig would draw everything twice
    return _labelled(_tidy(out.getvalue(), prefix), str(label))


def canvas(width: float, height: float) -> Figure:
    """An empty figure of so many pixels, outside pyplot so that nothing stays in memory."""
    return Figure(figsize=(width / 72, height / 72), layout="constrained")


def _tidy(text: str, prefix: str) -> str:
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r'<g id="[^"]*">', "<g>", text)
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{prefix}-", text)
    text = _COLOUR.sub(lambda match: _TOKENS[match[0]], text)
    return re.sub(r"\n\s*", "\n", text).replace("\n</", "</").strip()


def _labelled(text: str, label: str) -> str:
    head, rest = text.split(">", 1)
    box = re.search(r'viewBox="[^"]*"', head)
    assert box, "matplotlib writes a viewBox"
    opening = f'<svg xmlns:xlink="http://www.w3.org/1999/xlink" {box[0]} role="img" aria-label="{escape(label)}"'
    return f"{opening}>{rest}"
