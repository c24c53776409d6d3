"""The largest buyers as a slider on the Lorenz curve: what part of buyers brings what part of revenue."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from ipywidgets import HTML, IntSlider, Layout

from segkit import quality
from segkit.measure.concentration import spent_by_buyer, top
from segkit.notebook.drawing import MARGIN, WIDTH, dot, drawing, line, words
from segkit.notebook.keys import OwnKeys
from segkit.notebook.recount import some_features
from segkit.text import Text, catalogue

if TYPE_CHECKING:
    from segkit.shop import View

PERCENT = 100
POINTS = 100  # of the curve that is drawn
_SIDE, _TOP = 320, 36
_LEFT = (WIDTH - _SIDE) / 2


def shares(spent: np.ndarray, share: float, least: int) -> dict[str, Any]:
    """The top share of buyers: asked, buyers (ties in), tied (how many ties add), of (all buyers), revenue_share and threshold.

    `spent` is what each buyer spent, the largest first. Of fewer than `least` buyers no money is told: both are None.
    """
    found = top(spent, share)
    place = -(-len(spent) * round(share * 10**6) // 10**6)
    few = found["buyers"] < least
    return {
        "asked": share,
        "buyers": int(found["buyers"]),
        "tied": int(found["buyers"]) - max(place, 1),
        "of": len(spent),
        "revenue_share": None if few else found["revenue_share"],
        "threshold": None if few else found["threshold"],
    }


def curve(spent: np.ndarray, points: int = POINTS) -> list[tuple[float, float]]:
    """Share of buyers, from the largest down, and their share of revenue: the Lorenz curve from the other end."""
    cumulated = np.r_[0.0, np.cumsum(spent) / spent.sum()]
    at = np.linspace(0, 1, points + 1)
    values = np.interp(at * len(spent), np.arange(len(cumulated)), cumulated)
    return list(zip(at.tolist(), values.tolist(), strict=True))


def sentence(found: dict[str, Any], currency: str, lang: str) -> str:
    """The same in words, in Dutch or English."""
    t = catalogue(lang)
    asked = t.percent(found["asked"])
    if found["threshold"] is None:
        return t("widgets.top.few", n=found["buyers"], share=asked)
    money = {"threshold": t.money(found["threshold"], currency), "revenue": t.percent(found["revenue_share"], 1)}
    told = t("widgets.top.told", n=found["buyers"], of=found["of"], share=asked, **money)
    return f"{told} {t('widgets.top.tied', n=found['tied'])}" if found["tied"] else told


def picture(points: list[tuple[float, float]], found: dict[str, Any], label: str, t: Text) -> str:
    """The curve with the chosen share on it, as inline SVG."""
    ends = [(0.0, 0.0), (1.0, 1.0)]
    parts = [line([_at(*end) for end in ends], "stone", 1, dashed=True), line([_at(*point) for point in points], "brand", 3)]
    if found["revenue_share"] is not None:
        x, y = found["buyers"] / found["of"], found["revenue_share"]
        parts += [line([_at(x, 0), _at(x, y), _at(0, y)], "accent", 1, dashed=True), dot(*_at(x, y), "accent")]
        parts += [words(_at(x, y)[0] + 10, _at(x, y)[1] + 16, t.percent(y, 1))]
    parts += [words(*_at(share, 0, 0, 18), t.percent(share), "middle") for share in (0, 0.25, 0.5, 0.75, 1)]
    parts += [words(*_at(0, share, -8, 4), t.percent(share), "end") for share in (0.25, 0.5, 0.75, 1)]
    parts += [words(*_at(1 / 2, 0, 0, 38), t("widgets.top.x"), "middle"), words(_LEFT, 14, t("widgets.top.y"), "middle")]
    return drawing(parts, _TOP + _SIDE + MARGIN + 10, label)


def _at(x: float, y: float, right: float = 0, down: float = 0) -> tuple[float, float]:
    return _LEFT + x * _SIDE + right, _TOP + (1 - y) * _SIDE + down


class TopShare(OwnKeys):
    """A slider over the share of buyers with the curve below it; `found` holds the numbers."""

    def __init__(self, view: View, lang: str, percent: int) -> None:
        self.view, self.lang, self.t = view, lang, catalogue(lang)
        self.least = view.rules.settings["smallest_group"]
        label = self.t("widgets.top.label")
        self.slider = IntSlider(
            percent, 1, PERCENT, description=label, tooltip=label, continuous_update=False,
            style={"description_width": "initial"}, layout=Layout(width="min(44rem, 100%)"),
        )  # fmt: skip
        self.told = HTML()
        super().__init__([self.slider, self.told])
        self.spent = spent_by_buyer(some_features(view, ["order_count", "revenue"]))
        self.reason = self._reason()
        self.slider.observe(lambda _: self.renew(), names="value")
        self.renew()

    def renew(self) -> None:
        """Draw and say the share as it stands."""
        if self.reason:
            said = escape(self.t(f"reasons.{self.reason}"))
            self.told.value = f'<p role="status" aria-live="polite" data-state="not_computable">{said}</p>'
            return
        self.found = shares(self.spent, self.slider.value / PERCENT, self.least)
        said = sentence(self.found, self.view.currency, self.lang)
        drawn = picture(curve(self.spent), self.found, said, self.t)
        self.told.value = f'<p role="status" aria-live="polite" data-buyers="{self.found["buyers"]}">{escape(said)}</p>{drawn}'

    def _reason(self) -> str | None:
        bought = quality.judge(self.view.shop.store, self.view.rules).capabilities["purchases"]
        if not bought.yes:
            return bought.reason
        if not len(self.spent):
            return "no_buyers"
        return None if self.spent.sum() > 0 else "no_revenue"

    def __repr__(self) -> str:
        return "a slider on the Lorenz curve: run this notebook to move it"


def top_share_slider(view: View, lang: str = "en", percent: int = 10) -> TopShare:
    """A slider over "the top ... % of buyers"; arrow keys move it, and a screen reader hears what they bring."""
    return TopShare(view, lang, percent)
