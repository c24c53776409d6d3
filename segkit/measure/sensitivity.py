"""How the size and money of a segment move as its definition moves."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

import pandas as pd

from segkit.engine import Rules, Store
from segkit.errors import SegmentError
from segkit.measure import groups
from segkit.measure.disclosure import Disclosure
from segkit.quality import Quality
from segkit.segments.evaluate import with_flags
from segkit.segments.tree import Condition
from segkit.settings import Settings


def sensitivity(store: Store, rules: Rules, conditions: Mapping[Any, Condition], current: Hashable, judged: Quality) -> pd.DataFrame:
    """One row per form of a definition, in the order given: value (its key), is_current, gained and lost (people, against
    the current form), members, orders, revenue, value_per_head, status, reason.

    `current` is the key of the form that is in use. All forms are asked in one statement.
    """
    names = {value: f"form_{number}" for number, value in enumerate(conditions, 1)}
    flagged = with_flags(rules, {names[value]: condition for value, condition in conditions.items()})
    table = groups.counted(store, flagged, list(names.values()), judged)
    return of_table(table, names, current, Disclosure(table["members"], rules.settings["smallest_group"]))


def of_table(table: pd.DataFrame, names: Mapping[Any, str], current: Hashable, disclosure: Disclosure) -> pd.DataFrame:
    """The same of people counted by combination of forms; `names` gives the column of each form."""
    ordered = dict.fromkeys([names[current], *names.values()])
    told = disclosure.tellable({name: table[name] for name in ordered})
    now = table[names[current]]
    rows = [
        {"value": value, "is_current": value == current, "gained": groups.size(table, table[name] & ~now),
         "lost": groups.size(table, now & ~table[name]), **groups.facts(table, table[name], name in told, disclosure.least)}
        for value, name in names.items()
    ]  # fmt: skip
    return groups.frame(rows, ("value", "is_current", "gained", "lost", *groups.FACTS))


def by_threshold(
    store: Store, rules: Rules, name: str, values: Iterable[Any], made: Callable[[Settings], Condition], judged: Quality
) -> pd.DataFrame:
    """The same for the values of one threshold, beside the value in use; `made` gives the resolved condition under settings."""
    current = rules.settings.override({name: rules.settings[name]})[name]  # one that is fixed cannot move
    asked = dict.fromkeys(values) | {current: None}
    forms = {value: made(rules.settings.override({name: value})) for value in _ordered(asked)}
    if len(forms) > 1 and len(set(forms.values())) == 1:
        raise SegmentError(f"That segment does not depend on {name}.", "Name a threshold that its definition speaks of.")
    return sensitivity(store, rules, forms, current, judged)


def _ordered(values: Iterable[Any]) -> list[Any]:
    found = list(values)
    return found if any(isinstance(value, str) for value in found) else sorted(found)
