"""A threshold as a slider: move it, and see who is in the group and what they are worth."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, IntSlider, Layout

from segkit.notebook.keys import OwnKeys
from segkit.text import catalogue

if TYPE_CHECKING:
    import pandas as pd

    from segkit.shop import View

FURTHEST = 365  # days that the slider reaches back


def bought_within(features: pd.DataFrame, days: int) -> dict[str, Any]:
    """Who bought in the last `days` days: members, their share of all profiles, and of a year's revenue (None without any)."""
    inside = (features["recency_days"] <= days).fillna(False)
    revenue = features["revenue_365d"].sum()
    return {
        "members": int(inside.sum()),
        "share": float(inside.mean()) if len(features) else 0.0,
        "revenue_share": float(features.loc[inside, "revenue_365d"].sum() / revenue) if revenue else None,
    }


def sentence(found: dict[str, Any], days: int, lang: str) -> str:
    """The same in words, in Dutch or English."""
    t = catalogue(lang)
    known = {"days": t.days(days), "members": found["members"], "share": t.percent(found["share"])}
    if found["revenue_share"] is None:
        return t("slider.no_revenue", **known)
    return t("slider.bought", **known, revenue=t.percent(found["revenue_share"]))


class Slider(OwnKeys):
    """A slider with what it says below it; where notebooks are only read, a line says what stands here."""

    def __repr__(self) -> str:
        return "a slider: run this notebook to move it"


def recency_slider(view: View, lang: str = "en", days: int = 120) -> Slider:
    """A slider over "bought in the last ... days" with a live count; arrow keys move it, and a screen reader hears the count."""
    features, t = view.features(), catalogue(lang)
    slider = IntSlider(
        days, 1, FURTHEST, description=t("slider.label"), tooltip=t("slider.label"), continuous_update=False,
        style={"description_width": "initial"}, layout=Layout(width="min(34rem, 100%)"),
    )  # fmt: skip
    told = HTML()

    def renew(_: Any = None) -> None:
        found = bought_within(features, slider.value)
        said = escape(sentence(found, slider.value, lang))
        told.value = f'<p role="status" aria-live="polite" data-count="{found["members"]}">{said}</p>'

    slider.observe(renew, names="value")
    renew()
    return Slider([slider, told])
