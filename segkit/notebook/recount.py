"""A form counted again and again: what was asked before is kept, so that one changed row costs one question."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from segkit import quality
from segkit.errors import SegkitError
from segkit.features import base_features
from segkit.features.purchase import purchases
from segkit.measure.compare import segment_against_rest
from segkit.notebook.form import Form, Unfinished
from segkit.notebook.table import Line, table
from segkit.segments import tree
from segkit.segments.members import Availability
from segkit.segments.tree import Condition
from segkit.text import Text, catalogue

if TYPE_CHECKING:
    from segkit.shop import View

KEPT = 200  # conditions whose members are remembered
_COLUMNS = ["order_count", "revenue", "engaged_days"]
COUNTED, UNFINISHED, NOT_DELIVERED, REFUSED = "counted", "unfinished", "not_delivered", "refused"


def some_features(view: View, columns: list[str]) -> pd.DataFrame:
    """One row per profile, by profile_id, with only these columns of the feature table: much sooner there than all of it."""
    query = base_features(view.rules, purchases(view.rules)).only(["profile_id", *columns])
    return view.shop.store.ask(query).sort_values("profile_id", ignore_index=True)


class Recount:
    """A view with what is kept between recounts: a few columns of each profile, and who is in each condition asked before."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.leaf: Callable[[Condition], pd.Series] = lru_cache(maxsize=KEPT)(self._asked)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """One row per profile: profile_id, order_count, revenue, engaged_days."""
        return some_features(self.view, _COLUMNS)

    @cached_property
    def judged(self) -> quality.Quality:
        """What the delivery can tell."""
        return quality.judge(self.view.shop.store, self.view.rules)

    def inside(self, condition: Condition) -> pd.Series:
        """Whether each profile of the frame is in; only conditions that were not asked before are asked."""
        match condition:
            case tree.All(parts):
                return pd.concat([self.inside(one) for one in parts], axis=1).all(axis=1)
            case tree.Any(parts):
                return pd.concat([self.inside(one) for one in parts], axis=1).any(axis=1)
            case tree.Not(inner):
                return ~self.inside(inner)
        return self.leaf(condition)

    def _asked(self, condition: Condition) -> pd.Series:
        return self.frame["profile_id"].isin(self.view.members(condition)["profile_id"])

    def missing(self, condition: Condition) -> quality.Answer:
        """COMPUTED, or why the delivery cannot tell who is in."""
        return Availability(self.judged).of(self.view.condition(condition))

    def compared(self, inside: pd.Series) -> dict[str, Any]:
        """The segment against the rest (docs: segkit.measure.compare.segment_against_rest)."""
        can = self.judged.capabilities
        return segment_against_rest(self.frame, inside, can["engagement"].yes, self.view.rules.settings, can["purchases"].yes)


@dataclass(frozen=True)
class Found:
    """What a form comes to: a state, and where it was counted the members, their share of all profiles and the comparison."""

    state: str
    reason: str = ""
    members: int | None = None
    share: float | None = None
    compared: dict[str, Any] = field(default_factory=dict)
    condition: Condition | None = None


def found(recount: Recount, form: Form, lang: str) -> Found:
    """The form counted; a row that does not say enough, or asks what was not delivered, is a state with its reason in words."""
    try:
        condition = form.condition(recount.view.segments)
        answer = recount.missing(condition)
        if not answer.yes:
            return Found(NOT_DELIVERED, _reason(catalogue(lang), answer.reason), condition=condition)
        inside = recount.inside(condition)
    except Unfinished as error:
        return Found(UNFINISHED, error.said(lang))
    except SegkitError:
        return Found(REFUSED, catalogue(lang)("widgets.builder.not_asked"))
    members = int(inside.sum())
    return Found(COUNTED, "", members, members / len(inside) if len(inside) else 0.0, recount.compared(inside), condition)


def _reason(t: Text, reason: str | None) -> str:
    key = f"reasons.{reason}"
    told = t(key) if t.has(key) else t("reasons.unknown", code=str(reason))
    return t("widgets.builder.cannot", reason=told)


def told(result: Found, view: View, lang: str) -> str:
    """The count, the sentence and the comparison as HTML that a screen reader hears when it changes; data-count is for tests."""
    if result.members is None or result.share is None or result.condition is None:
        return f'<div role="status" aria-live="polite" data-state="{result.state}"><p>{escape(result.reason)}</p></div>'
    t = catalogue(lang)
    count = escape(t("widgets.builder.count", n=result.members, share=t.percent(result.share, 1)))
    said = escape(view.say(result.condition, lang))
    return (
        f'<div role="status" aria-live="polite" data-state="{COUNTED}" data-count="{result.members}"><p><strong>{count}</strong></p>'
        f'<p style="white-space:pre-line">{said}</p>{comparison(result.compared, t, view)}</div>'
    )


def comparison(compared: dict[str, Any], t: Text, view: View) -> str:
    """Value per head and engaged share of the segment and of the rest, with the margin of the difference, as an HTML table."""
    if compared.get("status"):
        return f"<p>{escape(t('widgets.builder.too_few', n=view.rules.settings['smallest_group']))}</p>"
    writers: dict[str, Callable[[float], str]] = {
        "revenue_per_head": lambda value: t.money(value, view.currency), "engaged_share": lambda value: t.percent(value, 1),
    }  # fmt: skip
    lines = [_line(t, name, compared[name], write) for name, write in writers.items() if name in compared]
    if not lines:
        return f"<p>{escape(t('widgets.builder.no_comparison'))}</p>"
    heads = [t(f"widgets.builder.{name}") for name in ("measure", "inside", "rest", "difference")]
    return table(t("widgets.builder.compared"), heads, lines)


def _line(t: Text, name: str, measured: dict[str, float], write: Callable[[float], str]) -> Line:
    low, high, difference = (write(measured[part]) for part in ("low", "high", "difference"))
    told = t("widgets.builder.with_margin", difference=difference, low=low, high=high)
    return {"measure": name}, t(f"widgets.builder.{name}"), [write(measured["inside"]), write(measured["rest"]), told]
