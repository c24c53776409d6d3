"""What a lesson needs around the toolkit: its shop, and a picture with its finding in words."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from segkit.errors import NothingToRead
from segkit.notebook.places import nearest
from segkit.text import catalogue

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from segkit.shop import Shop

SHOPS = Path("data/cache")
DEMO = "demo"
LANG = "en"  # of the lessons, and so of what is said about their exercises
RECEIPT = "truth/shop.json"  # of the generators: every file of the shop with its SHA-256
_DOTS = 110  # per inch: sharp enough to read, small enough to store beside the text


def demo_shop() -> Shop:
    """The bakery of the first lesson."""
    return lesson_shop(DEMO)


def lesson_shop(name: str) -> Shop:
    """A shop of the lessons, opened; a line says so when its files are no longer as they were made. See `shop_folder`.

    "exports/shopify" is the part of a delivery that one system gave.
    """
    folder = shop_folder(name)
    if files := edited(folder):
        print(catalogue(LANG)("check.edited_shop", shop=name, files=", ".join(files), folder=SHOPS / name))
    return _opened(folder)


@cache
def _opened(folder: Path) -> Shop:
    """A shop is opened once, as reading a delivery takes seconds and the checks ask for it too."""
    from segkit import shop as shops

    return shops.open(folder)


def edited(folder: Path) -> list[str]:
    """The files of a generated shop that are gone, or that hold other bytes than its receipt says; none without a receipt."""
    receipt = folder / RECEIPT
    if not receipt.is_file():
        return []
    files = json.loads(receipt.read_text(encoding="utf-8"))["files"]
    return [path for path, digest in files.items() if not (folder / path).is_file() or _digest(folder / path) != digest]


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def shop_folder(name: str) -> Path:
    """The folder of a shop of the lessons, in the checkout that the notebook stands in; an error says how to make it when it is absent."""
    folder = nearest(SHOPS / name)
    if folder is None:
        raise NothingToRead(f"The shop {name!r} of the lessons is not there yet.", "Run  python dev.py lab  once in the checkout.")
    return folder


def bars(labels: Sequence[str], values: Sequence[float], shown: Sequence[str], finding: str) -> Picture:
    """Horizontal bars in the style of the report, the first one in full colour; `finding` is what the picture says, as alt text."""
    from segkit.report.figures.parts import bar, rows_on
    from segkit.report.palette import PALETTE
    from segkit.report.svg import canvas
    from segkit.report.theme import style

    with style():
        figure = canvas(620, 34 * len(labels) + 36)
        axes = figure.subplots()
        for row, (value, text) in enumerate(zip(values, shown, strict=True)):
            bar(axes, row, value, PALETTE["brand" if row == 0 else "stone"])
            axes.annotate(text, (value, row), xytext=(8, 0), textcoords="offset points", va="center", fontweight=600)
        axes.set(xticks=[])
        axes.margins(x=0.15)
        rows_on(axes, labels, narrow=False)
        return _picture(figure, finding)


class Picture:
    """A PNG with what it says in words: JupyterLab shows the words of an HTML image to a screen reader, and not those of a bare PNG."""

    def __init__(self, png: bytes, finding: str) -> None:
        self.png, self.finding = png, finding

    def _repr_html_(self) -> str:
        return f'<img alt="{escape(self.finding)}" src="data:image/png;base64,{b64encode(self.png).decode()}">'

    def __repr__(self) -> str:
        return self.finding


def _picture(figure: Figure, finding: str) -> Picture:
    out = BytesIO()
    figure.savefig(out, format="png", dpi=_DOTS, facecolor="white", metadata={"Software": None})
    return Picture(out.getvalue(), finding)
