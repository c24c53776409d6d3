"""Windows on a time line: who did something last in each, week by week, and the days that two windows leave out."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd
from ipywidgets import HTML, Dropdown, IntRangeSlider, Layout

from segkit import quality
from segkit.notebook.drawing import MARGIN, WIDTH, drawing, legend, line, rect, words
from segkit.notebook.keys import OwnKeys
from segkit.notebook.recount import some_features
from segkit.segments.window import DAYS_A_WEEK
from segkit.text import Text, catalogue

if TYPE_CHECKING:
    from segkit.shop import View

OF = {"placed_order": ("recency_days", "purchases"), "read_mail": ("engaged_days", "engagement")}  # column of ages, what it needs
FURTHEST = 400  # days that the time line reaches back
STEP = 50  # days between two numbers on the axis
FIRST, SECOND = (0, 89), (91, 180)  # what they begin with: a day lies between them
FIRST_ONLY, SECOND_ONLY, BOTH, BETWEEN, OUTSIDE = "first", "second", "both", "between", "outside"
PLACES = {FIRST_ONLY: "brand", SECOND_ONLY: "blue", BOTH: "gold", BETWEEN: "accent", OUTSIDE: "stone"}
_TOP, _TALL = 40, 150
Span = tuple[int, int]  # newest and oldest day, in days ago; both in


def ages(view: View, of: str) -> pd.Series:
    """How many days ago each profile did it last; who never did is left out."""
    column = OF[of][0]
    return some_features(view, [column])[column].dropna().astype("int64")


def left_out(first: Span, second: Span) -> Span | None:
    """The days between two windows that lie in neither; None where they meet or overlap."""
    newer, older = sorted((first, second))
    return (newer[1] + 1, older[0] - 1) if older[0] - newer[1] > 1 else None


def overlap(first: Span, second: Span) -> Span | None:
    """The days that lie in both; None where there are none."""
    newest, oldest = max(first[0], second[0]), min(first[1], second[1])
    return (newest, oldest) if newest <= oldest else None


def places(days: pd.Series, first: Span, second: Span) -> pd.Series:
    """Where each day lies: first, second, both, between or outside."""
    hole = left_out(first, second)
    found = pd.Series(OUTSIDE, index=days.index)
    if hole:
        found[days.between(*hole)] = BETWEEN
    found[days.between(*first)] = FIRST_ONLY
    found[days.between(*second)] = SECOND_ONLY
    found[days.between(*first) & days.between(*second)] = BOTH
    return found


def weeks(days: pd.Series, first: Span, second: Span, furthest: int = FURTHEST) -> pd.DataFrame:
    """One row per week back to `furthest`, newest first: week (0 is the last seven days), and people by where their day lies."""
    near = days[days <= furthest]
    table = pd.crosstab(near // DAYS_A_WEEK, places(near, first, second))
    filled = table.reindex(index=range(furthest // DAYS_A_WEEK + 1), columns=list(PLACES), fill_value=0)
    return filled.astype("int64").rename_axis(index="week", columns=None).reset_index()


def counted(days: pd.Series, first: Span, second: Span) -> dict[str, Any]:
    """People in the first window, in the second, in both, and between them, with the days that are left out or in both."""
    sizes = places(days, first, second).value_counts()
    both = int(sizes.get(BOTH, 0))
    return {
        "first": int(sizes.get(FIRST_ONLY, 0)) + both,
        "second": int(sizes.get(SECOND_ONLY, 0)) + both,
        "both": both,
        "between": int(sizes.get(BETWEEN, 0)),
        "left_out": left_out(first, second),
        "overlap": overlap(first, second),
    }


def sentences(found: dict[str, Any], first: Span, second: Span, of: str, lang: str) -> list[str]:
    """The same in words, in Dutch or English."""
    t = catalogue(lang)
    what = t(f"widgets.windows.did.{of}")
    spans = {"first": first, "second": second}
    told = [
        t("widgets.windows.inside", n=found[name], newest=span[0], oldest=span[1], what=what, window=t(f"widgets.windows.{name}"))
        for name, span in spans.items()
    ]
    for where, people in (("left_out", found["between"]), ("overlap", found["both"])):
        if span := found[where]:
            told.append(t(f"widgets.windows.{where}", n=people, days=_days(span, t)))
    return told


def _days(span: Span, t: Text) -> str:
    if span[0] == span[1]:
        return t("widgets.windows.day", day=span[0])
    return t("widgets.windows.days", newest=span[0], oldest=span[1])


def timeline(table: pd.DataFrame, first: Span, second: Span, label: str, t: Text) -> str:
    """The weeks as stacked bars from today to long ago, both windows as lines above them, as inline SVG."""
    week = (WIDTH - 2 * MARGIN) / len(table)
    most = max(int(table[list(PLACES)].sum(axis=1).max()), 1)
    parts, floor = [], _TOP + _TALL
    for row in table.to_dict("records"):
        y = float(floor)
        for place, token in PLACES.items():
            tall = row[place] / most * _TALL
            y -= tall
            if row[place]:
                parts.append(rect(MARGIN + row["week"] * week, y, week - 1, tall, token, week=row["week"], place=place, people=row[place]))
    furthest = len(table) * DAYS_A_WEEK
    for row_, (span, token) in enumerate(((first, "brand"), (second, "blue"))):
        ends = [(_at(day, furthest), 14.0 + 12 * row_) for day in (span[0], span[1] + 1)]
        parts.append(line(ends, token, 6))
    if hole := left_out(first, second):
        parts.append(line([(_at(hole[0], furthest), 20), (_at(hole[1] + 1, furthest), 20)], "accent", 14))
    parts += [words(_at(day, furthest), floor + 16, t.number(day), "middle") for day in range(0, furthest, STEP)]
    parts.append(words(WIDTH / 2, floor + 34, t("widgets.windows.axis"), "middle"))
    parts.append(legend([(token, t(f"widgets.windows.{place}")) for place, token in PLACES.items()], floor + 58))
    return drawing(parts, floor + 68, label)


def _at(day: int, furthest: int) -> float:
    return MARGIN + min(day, furthest) / furthest * (WIDTH - 2 * MARGIN)


class WindowExplorer(OwnKeys):
    """Two windows as range sliders, the time line and what lies in them; `first` and `second` read them back."""

    def __init__(self, view: View, lang: str, first: Span, second: Span) -> None:
        self.view, self.lang, self.t = view, lang, catalogue(lang)
        judged = quality.judge(view.shop.store, view.rules)
        answers = {name: judged.capabilities[need] for name, (_, need) in OF.items()}
        self.missing = [answer.reason for answer in answers.values() if not answer.yes]
        can = [(self.t(f"widgets.windows.of.{name}"), name) for name, answer in answers.items() if answer.yes]
        label = self.t("widgets.windows.event")
        self.of = Dropdown(options=can, description=label, tooltip=label, style={"description_width": "initial"})
        self.ranges = {"first": _range(first, "first", self.t), "second": _range(second, "second", self.t)}
        self.told = HTML()
        super().__init__([self.of, *self.ranges.values(), self.told])
        self._days: dict[str, pd.Series] = {}
        for one in (self.of, *self.ranges.values()):
            one.observe(lambda _: self.renew(), names="value")
        self.renew()

    @property
    def first(self) -> Span:
        """The first window: its newest and oldest day, in days ago."""
        return self.ranges["first"].value

    @property
    def second(self) -> Span:
        """The second window."""
        return self.ranges["second"].value

    def renew(self) -> None:
        """Draw and say what lies in the windows as they stand."""
        of = self.of.value
        if of is None:
            reasons = " ".join(self.t(f"reasons.{reason}") for reason in self.missing)
            self.told.value = f'<p role="status" aria-live="polite" data-state="not_delivered">{escape(reasons)}</p>'
            return
        days = self._days[of] = self._days[of] if of in self._days else ages(self.view, of)
        self.told.value = told(days, self.first, self.second, of, self.lang)

    def __repr__(self) -> str:
        return "two windows on a time line: run this notebook to move them"


def told(days: pd.Series, first: Span, second: Span, of: str, lang: str) -> str:
    """The sentences, heard by a screen reader, and the time line, as HTML."""
    t, found = catalogue(lang), counted(days, first, second)
    said = sentences(found, first, second, of, lang)
    data = " ".join(f'data-{name}="{found[name]}"' for name in ("first", "second", "both", "between"))
    lines = "".join(f"<p>{escape(one)}</p>" for one in said)
    picture = timeline(weeks(days, first, second), first, second, " ".join(said), t)
    return f'<div role="status" aria-live="polite" {data}>{lines}</div>{picture}'


def _range(span: Span, name: str, t: Text) -> IntRangeSlider:
    label = t(f"widgets.windows.range_{name}")
    return IntRangeSlider(
        value=span, min=0, max=FURTHEST, description=label, tooltip=label, continuous_update=False,
        style={"description_width": "initial"}, layout=Layout(width="min(44rem, 100%)"),
    )  # fmt: skip


def window_explorer(view: View, lang: str = "en", first: Span = FIRST, second: Span = SECOND) -> WindowExplorer:
    """Two windows of days ago on a time line; arrow keys move their ends, and a screen reader hears who is in them."""
    return WindowExplorer(view, lang, first, second)
