"""Segment cards: who is in, what they bring, how reachable they are, and how they differ from the rest."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from typing import Any

import pandas as pd

from segkit.engine import Rules, Store
from segkit.measure.compare import TOO_FEW, segment_against_rest
from segkit.measure.groups import NEARLY_ANOTHER, money
from segkit.measure.pack import Pack
from segkit.quality import COMPUTED, NOT_COMPUTABLE, Quality
from segkit.segments import tree
from segkit.segments.definition import SegmentSet
from segkit.segments.lint import lint
from segkit.segments.members import is_without_history, matrix
from segkit.segments.tree import Condition, leaves
from segkit.segments.write import plain
from segkit.settings import Settings

_TOLD = ("key", "severity", "segments", "numbers", "people")  # of what the linter finds; its witnesses are people
_ASKED = ("order_count", "revenue", "revenue_365d", "engaged_days", "is_mailable")
_SIZES = ("mailable", "sample")
_OPEN = ("members", "share", "discount")  # what may be told of a group of any size


def without_details(card: dict[str, Any], settings: Settings) -> dict[str, Any]:
    """The card of a group that is too small, or differs too little from others: how many there are stays, what they did is withheld."""
    few = card["members"] < settings["smallest_group"]
    told = _OPEN if few else (*_OPEN, *_SIZES)
    reason = {"status": NOT_COMPUTABLE, "reason": TOO_FEW if few else NEARLY_ANOTHER}
    return {name: value if name in told else None for name, value in card.items()} | reason


def card(frame: pd.DataFrame, inside: pd.Series, quality: Quality, settings: Settings) -> dict[str, Any]:
    """What is known about a group: size, orders, revenue, value per head, and reach; None where not computable."""
    group = frame[list(_ASKED)][inside]
    engaged = (group["engaged_days"] <= settings["engaged_recent_days"]).fillna(False)
    spent = _spent(group, float(frame["revenue"].sum()))
    return {
        "members": len(group),
        "share": len(group) / len(frame) if len(frame) else None,
        **(spent if quality.capabilities["purchases"].yes else dict.fromkeys(spent)),
        "engaged_share": float(engaged.mean()) if len(group) and quality.capabilities["engagement"].yes else None,
        "mailable": int(group["is_mailable"].sum()) if quality.capabilities["consent"].yes else None,
    }


def _spent(group: pd.DataFrame, total: float) -> dict[str, Any]:
    """What a group bought, of the total that everyone spent."""
    size, orders, revenue = len(group), int(group["order_count"].sum()), float(group["revenue"].sum())
    return {
        "orders": orders,
        "revenue": money(revenue),
        "revenue_share": revenue / total if total else None,
        "revenue_365d": money(group["revenue_365d"].sum()),
        "value_per_head": revenue / size if size else None,
        "order_value_mean": revenue / orders if orders else None,
    }


def segment_cards(frame: pd.DataFrame, pack: Pack, quality: Quality, told: Set[str], currency: str) -> dict[str, Any]:
    """Each segment: its definition and texts, its card, the amount it starts at where it has one, and its members against the rest.

    `told` names the columns of the groups of which sums may be told (segkit.measure.joint).
    """
    return {name: {**_told(pack, name), **_segment(pack, name, frame, quality, f"in_{name}" in told, currency)} for name in pack.segments}


def _told(pack: Pack, name: str) -> dict[str, Any]:
    """What the report says about a segment: titles, purpose, and the definition as plain data."""
    one = pack.segments[name]
    texts = {"title": dict(one.title), "why": dict(one.why), "action": dict(one.action)}
    return {**texts, "goal": one.goal, "is_own": name in pack.own, "definition": plain(pack.conditions[name])}


def _segment(pack: Pack, name: str, frame: pd.DataFrame, quality: Quality, told: bool, currency: str) -> dict[str, Any]:
    if name in pack.answers:
        return {"members": None, "share": None, "orders": None, "revenue": None, **pack.answers[name].as_dict()}
    inside, settings = frame[f"in_{name}"], pack.settings
    card_ = {**card(frame, inside, quality, settings), "status": COMPUTED, "reason": None}
    if not told:
        card_ = without_details(card_, settings)
    elif inside.any() and _is_top_spender(pack.conditions[name]):
        card_["threshold"] = {"value": float(frame.loc[inside, "revenue"].min()), "currency": currency}
    card_["without_history"] = is_without_history(pack.conditions[name])
    bought, mailed = (quality.capabilities[name].yes for name in ("purchases", "engagement"))
    nothing = {"status": NOT_COMPUTABLE, "reason": card_["reason"]}
    card_["versus_rest"] = segment_against_rest(frame, inside, mailed, settings, bought) if told else nothing
    return card_


def _is_top_spender(condition: Condition) -> bool:
    """Whether it asks for the top share by all that was ever spent, which then has an amount it starts at."""
    found = list(leaves(condition))
    return len(found) == 1 and isinstance(found[0], tree.Top) and (found[0].measure, found[0].window.is_ever) == (tree.SUM, True)


def overlap(frame: pd.DataFrame, pack: Pack) -> dict[str, dict[str, int]]:
    """How many people each two segments share: {id: {other id: people}}, the later ones of the pack against the earlier."""
    names = [name for name in pack.segments if name not in pack.answers]
    shared = matrix(frame[[f"in_{name}" for name in names]]).to_numpy()
    return {one: {other: int(shared[row, column]) for column, other in enumerate(names[:row])} for row, one in enumerate(names)}


def lint_of(pack: Pack, store: Store, rules: Rules) -> list[dict[str, Any]]:
    """What the linter finds in the client's own segments; nobody is named."""
    own = SegmentSet({name: replace(pack.segments[name], condition=pack.conditions[name]) for name in pack.own})
    found = lint(own, rules.settings, store, rules) if len(own) else []
    return [{name: value for name, value in finding.as_dict().items() if name in _TOLD} for finding in found]
