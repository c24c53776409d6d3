"""Counting the base: totals, age groups, the purchase grid, and who is in each persona and segment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from segkit import personas
from segkit.measure.compare import TOO_FEW, segment_against_rest
from segkit.personas import Persona
from segkit.quality import NOT_COMPUTABLE, Answer, Quality
from segkit.segments import Segment
from segkit.settings import Settings

_OPEN = ("members", "share", "discount")  # what may be told of a group of any size


def counts(frame: pd.DataFrame, quality: Quality, settings: Settings) -> dict[str, Any]:
    """The totals of the feature table; None where the delivery cannot say (quality tells why)."""
    orders, buyers = frame["order_count"], frame["order_count"] > 0
    bought = quality.capabilities["purchases"].yes
    mail, consent = quality.capabilities["engagement"].yes, quality.capabilities["consent"].yes
    engaged = (frame["engaged_days"] <= settings["engaged_recent_days"]).fillna(False)
    figures = {
        "buyers": int(buyers.sum()), "one_time_buyers": int((orders == 1).sum()), "repeat_buyers": int((orders > 1).sum()),
        "orders": int(orders.sum()), "revenue": _money(frame["revenue"].sum()),
        "bought_30d": int((frame["recency_days"] <= settings["active_days"]).fillna(False).sum()),
        "order_value_mean": float(frame["revenue"].sum() / orders.sum()) if orders.any() else None,
        "orders_per_buyer": float(orders.sum() / buyers.sum()) if buyers.any() else None,
    }  # fmt: skip
    return {
        "profiles": len(frame),
        "mailable": int(frame["is_mailable"].sum()) if consent else None,
        "engaged_90d": int(engaged.sum()) if mail else None,
        "mailable_engaged_90d": int((engaged & frame["is_mailable"]).sum()) if mail and consent else None,
        **(figures if bought else dict.fromkeys(figures)),
    }


def _money(value: float) -> float:
    return round(float(value), 2)


def recency_groups(frame: pd.DataFrame, settings: Settings) -> dict[str, int]:
    """Buyers by days since their last purchase: active, in between, sleeping, longer ago."""
    active, start, end = settings["active_days"], settings["sleeping_from_days"], settings["sleeping_to_days"]
    ages = frame["recency_days"].dropna().astype("int64")
    names = [f"0-{active}", f"{active + 1}-{start - 1}", f"{start}-{end}", f"{end + 1}+"]
    place = (ages > active).astype(int) + (ages >= start) + (ages > end)
    return {name: int((place == number).sum()) for number, name in enumerate(names)}


def purchase_grid(frame: pd.DataFrame) -> dict[str, int]:
    """Buyers in each of the twelve cells, such as recent/3+/high."""
    buyers = frame[frame["order_count"] > 0]
    cell = buyers["grid_recency"] + "/" + buyers["grid_frequency"] + "/" + buyers["grid_value"]
    sizes = cell.value_counts()
    return {name: int(sizes.get(name, 0)) for name in personas.grid_cells()}


def persona_census(frame: pd.DataFrame, quality: Quality, settings: Settings) -> dict[str, Any]:
    """Both sets of personas: members, their orders and revenue, and what one member is worth."""
    literal = {
        name: _persona(persona, frame[f"is_{name}"], frame, quality.first_missing(persona.needs), quality, settings)
        for name, persona in personas.literal().items()
    }
    partition = {
        name: _persona(persona, frame["persona"] == name, frame, quality.first_missing(("purchases", *persona.needs)), quality, settings)
        for name, persona in personas.partition().items()
    }
    return {"literal": literal, "partition": partition}


def _persona(
    persona: Persona, inside: pd.Series, frame: pd.DataFrame, answer: Answer, quality: Quality, settings: Settings
) -> dict[str, Any]:
    fixed = {"discount": persona.discount, **answer.as_dict()}
    if not answer.yes:
        return {"members": None, "orders": None, "revenue": None, "share": None, "sample": None, **fixed}
    card = {**_card(frame, inside, quality, settings), "sample": None, **fixed}
    if _points_at_someone(card, settings):
        return _without_details(card)
    reach = card["members"] if card["mailable"] is None else card["mailable"]  # a sample is taken from those who may be mailed
    return {**card, "sample": persona.sample_size(reach, settings)}


def _points_at_someone(card: dict[str, Any], settings: Settings) -> bool:
    """Whether a group is so small that what it spent or reads would tell about one of its members; nobody is no one."""
    return 0 < card["members"] < settings["smallest_group"]


def _without_details(card: dict[str, Any]) -> dict[str, Any]:
    """The card of a group that is too small: how many there are stays, what they did is withheld."""
    return {name: value if name in _OPEN else None for name, value in card.items()} | {"status": NOT_COMPUTABLE, "reason": TOO_FEW}


def _card(frame: pd.DataFrame, inside: pd.Series, quality: Quality, settings: Settings) -> dict[str, Any]:
    """What is known about a group: size, orders, revenue, value per head, and reach; None where not computable."""
    group = frame[inside]
    size, orders, revenue = len(group), int(group["order_count"].sum()), float(group["revenue"].sum())
    total = float(frame["revenue"].sum())
    engaged = (group["engaged_days"] <= settings["engaged_recent_days"]).fillna(False)
    return {
        "members": size,
        "share": size / len(frame) if len(frame) else None,
        "orders": orders,
        "revenue": _money(revenue),
        "revenue_share": revenue / total if total else None,
        "revenue_365d": _money(group["revenue_365d"].sum()),
        "value_per_head": revenue / size if size else None,
        "order_value_mean": revenue / orders if orders else None,
        "engaged_share": float(engaged.mean()) if size and quality.capabilities["engagement"].yes else None,
        "mailable": int(group["is_mailable"].sum()) if quality.capabilities["consent"].yes else None,
    }


def segment_cards(
    frame: pd.DataFrame, segments: Mapping[str, Segment], quality: Quality, settings: Settings, currency: str
) -> dict[str, Any]:
    """Each segment: its card, the amount it starts at where it has one, and its members against the rest."""
    return {name: _segment(segment, frame, quality, settings, currency) for name, segment in segments.items()}


def _segment(segment: Segment, frame: pd.DataFrame, quality: Quality, settings: Settings, currency: str) -> dict[str, Any]:
    answer = quality.first_missing(segment.needs)
    if answer.status == NOT_COMPUTABLE:
        return {"members": None, "share": None, "orders": None, "revenue": None, **answer.as_dict()}
    inside = frame[f"in_{segment.id}"]
    card = {**_card(frame, inside, quality, settings), **answer.as_dict()}
    if _points_at_someone(card, settings):
        card = _without_details(card)
    elif segment.threshold and len(frame):
        card["threshold"] = {"value": float(frame[segment.threshold].iloc[0]), "currency": currency}
    card["versus_rest"] = segment_against_rest(frame, inside, quality.capabilities["engagement"].yes, settings)
    return card


def large_countries(frame: pd.DataFrame, settings: Settings) -> list[str]:
    """The countries with enough buyers (or profiles, when nobody bought) to write to, largest first."""
    people = frame[frame["order_count"] > 0] if (frame["order_count"] > 0).any() else frame
    sizes = people["country_code"].dropna().value_counts()
    least = max(settings["country_minimum_share"] * len(people), settings["smallest_group"])
    ordered = sorted(sizes[sizes >= least].items(), key=lambda item: (-item[1], item[0]))
    return [str(code) for code, _ in ordered[: int(settings["country_most"])]]
