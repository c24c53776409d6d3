"""Counting the base: totals, age groups, the purchase grid, and who is in each persona and segment."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

import pandas as pd

from segkit import personas
from segkit.measure import cards
from segkit.measure.groups import money
from segkit.quality import Answer, Quality
from segkit.segments.definition import Sample, Segment
from segkit.segments.members import asks
from segkit.settings import Settings


def counts(frame: pd.DataFrame, quality: Quality, settings: Settings) -> dict[str, Any]:
    """The totals of the feature table; None where the delivery cannot say (quality tells why)."""
    orders, buyers = frame["order_count"], frame["order_count"] > 0
    bought = quality.capabilities["purchases"].yes
    mail, consent = quality.capabilities["engagement"].yes, quality.capabilities["consent"].yes
    engaged = (frame["engaged_days"] <= settings["engaged_recent_days"]).fillna(False)
    figures = {
        "buyers": int(buyers.sum()), "one_time_buyers": int((orders == 1).sum()), "repeat_buyers": int((orders > 1).sum()),
        "orders": int(orders.sum()), "revenue": money(frame["revenue"].sum()),
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


def persona_census(
    frame: pd.DataFrame, literal: Mapping[str, Segment], quality: Quality, settings: Settings, told: Set[str]
) -> dict[str, Any]:
    """Both sets of personas: members, their orders and revenue, and what one member is worth.

    `told` names the columns of the groups of which sums may be told (segkit.measure.joint).
    """
    fourteen = {
        name: _persona(
            one.discount, one.sample, frame[f"is_{name}"], frame,
            quality.first_missing(asks(one.condition)), quality, settings, f"is_{name}" in told,
        )
        for name, one in literal.items()
    }  # fmt: skip
    cells = {
        name: _persona(
            cell.discount, cell.sample_of(settings), frame["persona"] == name, frame,
            quality.first_missing(("purchases", *cell.needs)), quality, settings, f"cell_{name}" in told,
        )
        for name, cell in personas.partition().items()
    }  # fmt: skip
    return {"literal": fourteen, "partition": cells}


def _persona(
    discount: int | None,
    sample: Sample | None,
    inside: pd.Series,
    frame: pd.DataFrame,
    answer: Answer,
    quality: Quality,
    settings: Settings,
    told: bool,
) -> dict[str, Any]:
    fixed = {"discount": discount, **answer.as_dict()}
    if not answer.yes:
        return {"members": None, "orders": None, "revenue": None, "share": None, "sample": None, **fixed}
    card = {**cards.card(frame, inside, quality, settings), **fixed}
    reach = card["members"] if card["mailable"] is None else card["mailable"]  # a sample is taken from those who may be mailed
    card["sample"] = sample and sample.size(reach)
    return card if told else cards.without_details(card, settings)


def large_countries(frame: pd.DataFrame, settings: Settings) -> list[str]:
    """The countries with enough buyers (or profiles, when nobody bought) to write to, largest first."""
    people = frame[frame["order_count"] > 0] if (frame["order_count"] > 0).any() else frame
    sizes = people["country_code"].dropna().value_counts()
    least = max(settings["country_minimum_share"] * len(people), settings["smallest_group"])
    ordered = sorted(sizes[sizes >= least].items(), key=lambda item: (-item[1], item[0]))
    return [str(code) for code, _ in ordered[: int(settings["country_most"])]]
