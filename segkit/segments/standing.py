"""The least that anybody has who is among those with most."""

from __future__ import annotations

from segkit.engine import Query, Rules
from segkit.features import purchase
from segkit.segments import rows, tree, words
from segkit.segments.evaluate import PURCHASES, STEMS, with_flags
from segkit.tables import TABLES

_NUMBERS = {tree.COUNT: "count(*)", tree.MAX: "max({value})", tree.SUM: "sum({value})", tree.MEAN: "sum({value})"}


def border(rules: Rules, top: tree.Top) -> Query:
    """One row: border, the smallest number among the members; null where there are none."""
    members = with_flags(rules, {"is_member": top}).keep("is_member")
    return members.join(_numbers(rules, top), "profile_id").aggregate(None, {"border": "min(number)"})


def _numbers(rules: Rules, top: tree.Top) -> Query:
    """One row a person with such events: profile_id, number."""
    metric = words.metrics()[top.metrics[0]]
    events = _events(rules, metric.table)
    condition = rows.both(rows.event(top.metrics, ()), rows.in_window(top.window, STEMS[metric.table], rules.as_of))
    told = {"total": _NUMBERS[top.measure].format(value=metric.value), "events": f"count_where({metric.value or 'profile_id'} IS NOT NULL)"}
    counted = (events.keep(condition) if condition else events).aggregate("profile_id", told)
    number = "total / events" if top.measure == tree.MEAN else "total"
    return counted.extend({"number": number}).only(["profile_id", "number"])


def _events(rules: Rules, table: str) -> Query:
    """The events of a table, with everything that a kind of event may ask."""
    if table == PURCHASES:
        return purchase.purchases(rules, ("ordered_at",))
    return rules.table(table, TABLES[table].names, "profile_id IS NOT NULL")
