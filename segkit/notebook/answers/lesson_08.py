"""Fourteen personas: who is told two things at once, where the holes lie, and a rhythm that no default fits."""

from __future__ import annotations

from segkit.features.purchase import purchases
from segkit.measure.fit import suggest_thresholds
from segkit.measure.rhythm import purchase_days
from segkit.notebook.lesson import lesson_shop
from segkit.shop import View

SHOP, OTHER = "demo", "pianos"


def won_back_and_removed(view: View) -> set[str]:
    """Profiles in a persona that wins back and in dead weight as well."""
    people = view.personas()
    win_back = [f"is_{name}" for name, one in view.segments.segments.items() if one.goal == "win_back" and f"is_{name}" in people]
    return set(people.loc[people[win_back].any(axis=1) & people["is_dead_weight"], "profile_id"])


def group_of_a_cooling_buyer(view: View) -> str:
    """The cell of the partition of all who ordered twice, little, the last time some five months ago."""
    days = "@first < recency_days < @end"
    first, end = view.rules.settings["purchase_recent_days"], view.rules.settings["passing_through_days"]
    people = view.features().query(f"order_count == 2 and not is_high_value and {days}", local_dict={"first": first, "end": end})
    return str(people.merge(view.personas())["persona"].unique().item())


def recent_by_the_rhythm_of_another_shop(view: View) -> set[str]:
    """Mailable customers of the bakery whose last order is too old for the default, and not for what fits the piano shop."""
    pianos = lesson_shop(OTHER).at(view.as_of.day)
    days = purchase_days(pianos.shop.store.ask(purchases(pianos.rules)))  # the whole audit would fit them too, in ten times the time
    recent = suggest_thresholds(days, pianos.features(), pianos.rules.settings)["purchase_recent_days"]
    people = view.features()
    asked = people["recency_days"].between(recent["default"] + 1, recent["fitted"]) & people["is_mailable"]
    return set(people.loc[asked, "profile_id"])


ANSWERS = {"8a": won_back_and_removed, "8b": group_of_a_cooling_buyer, "8c": recent_by_the_rhythm_of_another_shop}
