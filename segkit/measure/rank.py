"""Segments ranked by what a recipient brings, and which to add next."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from segkit.engine import Rules, Store
from segkit.errors import SegmentError
from segkit.features import consent, purchase
from segkit.measure.compare import TOO_FEW
from segkit.measure.disclosure import Disclosure
from segkit.measure.groups import NEARLY_ANOTHER, frame, money
from segkit.measure.intervals import mean_interval
from segkit.quality import COMPUTED, NOT_COMPUTABLE, Answer, Quality
from segkit.segments.evaluate import with_flags
from segkit.segments.members import Availability
from segkit.segments.tree import Condition
from segkit.settings import Settings

NEEDS = ("purchases", "consent")
_SUMS = {
    "members": "count(*)", "recipients": "count_where(is_mailable)", "revenue": "sum_where(spent, is_mailable)",
    "squares": "sum_where(spent * spent, is_mailable)",
}  # fmt: skip
_COLUMNS = ("segment", "members", "recipients", "revenue", "per_recipient", "low", "high", "status", "reason")


def rank(store: Store, rules: Rules, conditions: Mapping[str, Condition], judged: Quality) -> pd.DataFrame:
    """One row per segment, the one with most revenue per recipient first: segment, members, recipients (members who may be
    mailed), revenue of the last 365 days of those, per_recipient with low and high (Student), status, reason.

    Segments that cannot be told stand last, with the reason; of small ones the size is told and no more.
    """
    answers, table = _asked(store, rules, conditions, judged)
    return ranked(table, answers, rules.settings)


def add_next(store: Store, rules: Rules, conditions: Mapping[str, Condition], chosen: Collection[str], judged: Quality) -> pd.DataFrame:
    """One row per segment that is not chosen yet, the one that adds most revenue first.

    The columns are those of `rank`, each about the people who are in no chosen segment: the first row is the segment to add
    next, and one that adds nobody has 0 members. `conditions` hold the chosen ones too.
    """
    answers, table = _asked(store, rules, conditions, judged)
    return added(table, answers, chosen, rules.settings)


def ranked(table: pd.DataFrame, answers: Mapping[str, Answer], settings: Settings, told: Collection[str] | None = None) -> pd.DataFrame:
    """What `rank` gives, of people summed by combination of segments (`tally`) and whether each can be answered.

    `told` names the segments whose recipients may be told about, where more than this table is shown.
    """
    return _ordered(_rows(table, answers, (), settings, told), "per_recipient")


def added(
    table: pd.DataFrame, answers: Mapping[str, Answer], chosen: Collection[str], settings: Settings, told: Collection[str] | None = None
) -> pd.DataFrame:
    """What `add_next` gives, of the same."""
    return _ordered(_rows(table, answers, chosen, settings, told), "revenue")


def tally(frame: pd.DataFrame, flags: Mapping[str, str]) -> pd.DataFrame:
    """One row per combination of segments that occurs, with the sums over its people.

    `frame` has one row per profile: is_mailable, revenue_365d, and a flag per segment, in the column that `flags` names.
    """
    spent = frame["revenue_365d"].astype("float64").where(frame["is_mailable"], 0)
    sums = {"members": 1, "recipients": frame["is_mailable"].astype("int64"), "revenue": spent, "squares": spent * spent}
    columns = pd.DataFrame({**{f"in_{name}": frame[column] for name, column in flags.items()}, **sums}, index=frame.index)
    return columns.groupby([f"in_{name}" for name in flags]).sum().reset_index()


def _asked(store: Store, rules: Rules, conditions: Mapping[str, Condition], judged: Quality) -> tuple[dict[str, Answer], pd.DataFrame]:
    answers = {name: answer(condition, judged) for name, condition in conditions.items()}
    asked = {name: condition for name, condition in conditions.items() if answers[name].yes}
    return answers, _summed(store, rules, asked) if asked else pd.DataFrame()


def _rows(
    table: pd.DataFrame, answers: Mapping[str, Answer], chosen: Collection[str], settings: Settings, told: Collection[str] | None
) -> list[dict[str, Any]]:
    unheard = [name for name in chosen if name not in answers or not answers[name].yes]
    if unheard:
        raise SegmentError(f"{unheard[0]} cannot be told apart from the rest.", "Leave it out of the chosen ones.")
    new = table[~table[[f"in_{name}" for name in chosen]].any(axis=1)] if chosen else table
    groups = {name: new[f"in_{name}"] for name, answer in answers.items() if answer.yes and name not in chosen}
    if told is None and groups:
        told = Disclosure(new["recipients"], settings["smallest_group"]).tellable(groups)
    return [
        {"segment": name, **(_worth(new[groups[name]], name in (told or ()), settings) if name in groups else answer.as_dict())}
        for name, answer in answers.items()
        if name not in chosen
    ]


def answer(condition: Condition, judged: Quality) -> Answer:
    """Whether a segment can be ranked, and why not."""
    own = Availability(judged).of(condition)
    return judged.first_missing(NEEDS) if own.yes else own


def _summed(store: Store, rules: Rules, conditions: Mapping[str, Condition]) -> pd.DataFrame:
    """One row per combination of segments that occurs: its flags in_NAME, and the sums over its people."""
    flags = {f"in_{name}": condition for name, condition in conditions.items()}
    revenue = purchase.purchases(rules).aggregate("profile_id", {"revenue_365d": purchase.FEATURES["revenue_365d"].expression})
    query = with_flags(rules, flags).join(revenue, "profile_id", zero=["revenue_365d"])
    query = query.join(consent.may_receive(rules, *consent.MAIL, "is_mailable"), "profile_id", zero=["is_mailable"])
    query = query.extend({"spent": "revenue_365d / 1"})  # a double, for its square can be larger than money
    return store.ask(query.aggregate(list(flags), _SUMS))


def _worth(table: pd.DataFrame, told: bool, settings: Settings) -> dict[str, Any]:
    """What the people of these combinations are worth to a mailing; only how many they are where they are few or not `told`."""
    members, recipients = int(table["members"].sum()), int(table["recipients"].sum())
    least = settings["smallest_group"]
    if 0 < members < least:
        return {"members": members, "status": NOT_COMPUTABLE, "reason": TOO_FEW}
    found = {"members": members, "recipients": recipients}
    if 0 < recipients < least:
        return {**found, "status": NOT_COMPUTABLE, "reason": TOO_FEW}
    if not told:
        return {**found, "status": NOT_COMPUTABLE, "reason": NEARLY_ANOTHER}
    total, squares = float(table["revenue"].sum()), float(table["squares"].sum())
    low, high = mean_interval(recipients, total, squares, settings["confidence"]) if recipients else (None, None)
    each = total / recipients if recipients else None
    return {**found, "revenue": money(total), "per_recipient": each, "low": low, "high": high, "status": COMPUTED, "reason": None}


def _ordered(rows: list[dict[str, Any]], by: str) -> pd.DataFrame:
    return frame(rows, _COLUMNS).sort_values([by, "segment"], ascending=[False, True], na_position="last", ignore_index=True)
