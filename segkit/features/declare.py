"""What a feature is: a name that carries its unit, an expression, and its meaning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Feature:
    """One column of the feature table: its expression in the vocabulary, and what it means."""

    expression: str
    meaning: str


def expressions(features: Mapping[str, Feature]) -> dict[str, str]:
    """The expressions by name, as the engine's verbs take them."""
    return {name: feature.expression for name, feature in features.items()}
