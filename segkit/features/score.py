"""R, F and M scores: five levels by quantile, ties never split, cut points shown."""

from __future__ import annotations

from segkit.engine import Query
from segkit.features.declare import Feature

BUYERS = "order_count > 0"
SCORED = {"recency": "recency_days", "frequency": "order_count", "monetary": "revenue"}  # score -> the feature it ranks
SCORES = {
    "recency_score": Feature("", "1-5, 5 for the fifth of buyers who bought last"),
    "frequency_score": Feature("", "1-5, 5 for the fifth of buyers with most orders"),
    "monetary_score": Feature("", "1-5, 5 for the fifth of buyers who spent most"),
}


def cut_points(features: Query) -> Query:
    """One row: the values at the level borders of each score, such as monetary_cut_1 to monetary_cut_4."""
    levels = features.rules.settings["score_levels"]
    ranks = {
        f"{score}_cut_{step}": (column, step / levels, "bottom") for score, column in SCORED.items() for step in range(1, levels)
    }  # fmt: skip
    return features.at_rank(ranks, BUYERS)


def with_scores(features: Query) -> Query:
    """The feature table with the three scores; empty for profiles without a purchase."""
    levels = features.rules.settings["score_levels"]
    scores = {f"{score}_score": _score(score, column, levels) for score, column in SCORED.items()}
    columns = list(features.columns)
    return features.cross(cut_points(features)).extend(scores).only([*columns, *scores])


def _score(score: str, column: str, levels: int) -> str:
    """A value at a border belongs to the level below it, so equal values always score alike."""
    best_is_low = score == "recency"
    worth = [levels - step + 1 if best_is_low else step for step in range(1, levels + 1)]
    cases = " ".join(f"WHEN {column} <= {score}_cut_{step} THEN {worth[step - 1]}" for step in range(1, levels))
    return f"CASE WHEN order_count = 0 THEN NULL {cases} ELSE {worth[-1]} END"
