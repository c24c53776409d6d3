"""The thresholds of the personas as sliders: the census moves as they move, and who changes persona is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING

import pandas as pd
from ipywidgets import HTML, IntSlider, Layout

from segkit import personas, quality
from segkit.errors import SettingsError
from segkit.features import profile_features
from segkit.notebook.keys import OwnKeys
from segkit.notebook.table import Line, table
from segkit.text import Text, catalogue

if TYPE_CHECKING:
    from segkit.shop import View

SLIDERS = {"purchase_recent_days": (1, 730), "purchase_lapsed_days": (2, 1095), "purchase_often_count": (2, 15)}
KEPT = 50  # censuses that are remembered
MOST_MOVES = 5  # moves that are told one by one
Values = Mapping[str, int]


class Census:
    """The personas of a view under other thresholds; the feature table is worked out once and kept in the engine."""

    def __init__(self, view: View) -> None:
        self.settings = view.rules.settings
        self._store, self._kept = view.shop.store, view.shop.store.remember(profile_features(view.rules))
        self.judged = quality.judge(view.shop.store, view.rules)
        self._of: Callable[[frozenset[tuple[str, int]]], pd.Series] = lru_cache(maxsize=KEPT)(self._asked)

    def of(self, values: Values) -> pd.Series:
        """The persona of each profile, by profile_id, under these values of thresholds; SettingsError where they cannot be."""
        return self._of(frozenset(values.items()))

    def _asked(self, values: frozenset[tuple[str, int]]) -> pd.Series:
        under = self._kept.under(self.settings.override(dict(values)))
        query = personas.with_personas(under, self.judged.capabilities["engagement"].yes).only(["profile_id", "persona"])
        return self._store.ask(query).set_index("profile_id")["persona"].sort_index()


def census(before: pd.Series, after: pd.Series) -> pd.DataFrame:
    """One row per persona that somebody has, in order of priority: persona, before, after, change (people)."""
    sizes = pd.DataFrame({"before": before.value_counts(), "after": after.value_counts()})
    ordered = [name for name in personas.partition() if name in sizes.index]
    filled = sizes.reindex(ordered).fillna(0).astype("int64").rename_axis("persona").reset_index()
    return filled.assign(change=filled["after"] - filled["before"])


def moves(before: pd.Series, after: pd.Series) -> pd.DataFrame:
    """One row per pair of personas that somebody went between, most people first: before, after, people."""
    both = pd.DataFrame({"before": before, "after": after})
    counted = both[both["before"] != both["after"]].value_counts().rename("people").reset_index()
    return counted.sort_values(["people", "before", "after"], ascending=[False, True, True], ignore_index=True)


def told(before: pd.Series, after: pd.Series, lang: str) -> str:
    """How many change persona and between which, heard by a screen reader, and the census as a table."""
    t, moved = catalogue(lang), moves(before, after)
    changed = int(moved["people"].sum())
    share = t.percent(changed / len(before) if len(before) else 0.0, 1)
    lines = [
        f"<li>{escape(t('widgets.personas.move', n=row['people'], before=_called(row['before'], t), after=_called(row['after'], t)))}</li>"
        for row in moved.head(MOST_MOVES).to_dict("records")
    ]
    rest = changed - int(moved["people"].head(MOST_MOVES).sum())
    more = [f"<li>{escape(t('widgets.personas.more', n=rest))}</li>"] if rest else []
    said = escape(t("widgets.personas.changed", n=changed, share=share))
    return (
        f'<div role="status" aria-live="polite" data-changed="{changed}"><p><strong>{said}</strong></p>'
        f"<ul>{''.join(lines + more)}</ul></div>{_table(census(before, after), t)}"
    )


def _called(persona: str, t: Text) -> str:
    return t(f"persona.{persona}.title")


def _table(sizes: pd.DataFrame, t: Text) -> str:
    heads = [t(f"widgets.personas.{name}") for name in ("persona", "before", "after", "change")]
    lines: list[Line] = [
        ({"persona": row["persona"], "members": row["after"]}, _called(row["persona"], t),
         [t.number(row["before"]), t.number(row["after"]), _signed(row["change"], t)])
        for row in sizes.to_dict("records")
    ]  # fmt: skip
    return table(t("widgets.personas.caption"), heads, lines)


def _signed(change: int, t: Text) -> str:
    return f"+{t.number(change)}" if change > 0 else t.number(change)


class PersonaExplorer(OwnKeys):
    """A slider for each threshold with what moves below it; `values` are the thresholds as they stand."""

    def __init__(self, view: View, lang: str) -> None:
        self.census, self.lang, self.t = Census(view), lang, catalogue(lang)
        self.sliders = {name: _slider(name, self.census.settings[name], self.t) for name in SLIDERS}
        self.told = HTML()
        super().__init__([*self.sliders.values(), self.told])
        for slider in self.sliders.values():
            slider.observe(lambda _: self.renew(), names="value")
        self.renew()

    @property
    def values(self) -> dict[str, int]:
        """The thresholds as the sliders stand, as `thresholds:` in a client.yaml takes them."""
        return {name: slider.value for name, slider in self.sliders.items()}

    def renew(self) -> None:
        """Say the census under the thresholds as they stand."""
        bought = self.census.judged.capabilities["purchases"]
        if not bought.yes:
            self.told.value = _plainly(self.t(f"reasons.{bought.reason}"), "not_delivered")
            return
        try:
            self.told.value = told(self.census.of({}), self.census.of(self.values), self.lang)
        except SettingsError:
            passing = self.t.days(self.census.settings["passing_through_days"])
            self.told.value = _plainly(self.t("widgets.personas.impossible", passing=passing), "impossible")

    def __repr__(self) -> str:
        return "sliders for the thresholds of personas: run this notebook to move them"


def _plainly(said: str, state: str) -> str:
    return f'<p role="status" aria-live="polite" data-state="{state}">{escape(said)}</p>'


def _slider(name: str, value: int, t: Text) -> IntSlider:
    low, high = SLIDERS[name]
    label = t(f"thresholds.{name}.label")
    return IntSlider(
        value, min(low, value), max(high, value), description=label, tooltip=label, continuous_update=False,
        style={"description_width": "initial"}, layout=Layout(width="min(44rem, 100%)"),
    )  # fmt: skip


def persona_explorer(view: View, lang: str = "en") -> PersonaExplorer:
    """Sliders for what is recent, lapsed and often; arrow keys move them, and a screen reader hears who changes persona."""
    return PersonaExplorer(view, lang)
