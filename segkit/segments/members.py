"""Who is in segments, how many, how many in two at once, and how that changed: asked of a store, as of a moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from segkit import quality
from segkit.clock import AsOf, month_ends
from segkit.engine import Query, Rules, Store
from segkit.errors import SegmentError
from segkit.quality import Answer, Need, Quality
from segkit.segments import filled, tree, words
from segkit.segments.definition import Sample
from segkit.segments.evaluate import with_flags
from segkit.segments.tree import Condition, leaves
from segkit.segments.window import MOST_DAYS


def needs(condition: Condition) -> tuple[str, ...]:
    """What must have been delivered to say who is in, in a fixed order: purchases, engagement, site, consent and so on."""
    found = {need for leaf in leaves(condition) for need in _of_leaf(leaf)}
    return tuple(need for need in (*quality.NEEDS, quality.SCORES) if need in found)


def asks(condition: Condition) -> tuple[Need, ...]:
    """Everything that must be there to say who is in: the tables of `needs`, and in them the values that are tested."""
    return (*needs(condition), *dict.fromkeys(one for leaf in leaves(condition) for one in filled.asked(leaf)))


def _of_leaf(leaf: Condition) -> list[str]:
    match leaf:
        case tree.Event() | tree.Every() | tree.Latest():
            shop = isinstance(getattr(leaf, "amount", None), tree.Shop)
            return [words.metrics()[name].needs for name in leaf.metrics] + ["items"] * bool(leaf.item) + ["purchases"] * shop
        case tree.Follow():
            return [words.metrics()[name].needs for name in (leaf.first, leaf.then)]
        case tree.Top():
            return [words.metrics()[name].needs for name in leaf.metrics]
        case tree.CanReceive() | tree.ConsentIs():
            return ["consent"]
        case tree.InList():
            return ["lists"]
        case tree.Score():
            return [quality.SCORES]
        case tree.Near():
            return ["own_properties"]
        case tree.Profile(test):
            return ["own_properties"] * test.name.startswith(words.OWN)
        case tree.ProfileDate(name):
            return ["own_properties"] * name.startswith(words.OWN)
    return []


def is_without_history(condition: Condition) -> bool:
    """Whether it speaks of a property of the person, which is only known as of today; consent and lists have their dates."""
    stateful = (tree.Profile, tree.InRegion, tree.Near)
    return any(isinstance(leaf, stateful) or _is_of_today(leaf) for leaf in leaves(condition))


def _is_of_today(leaf: Condition) -> bool:
    """A date of the person can be changed like any property, but that on which the profile was made."""
    return isinstance(leaf, tree.ProfileDate) and leaf.name != "created"


def flags(store: Store, rules: Rules, conditions: Mapping[str, Condition], keep: tuple[str, ...] = ()) -> pd.DataFrame:
    """One row per profile known at the as-of moment, by profile_id: a true-or-false column per condition.

    Conditions are resolved (`SegmentSet.conditions`) and answerable (`needs`).
    """
    return store.ask(with_flags(rules, conditions, keep=keep)).sort_values("profile_id", ignore_index=True)


def counts(store: Store, rules: Rules, conditions: Mapping[str, Condition]) -> dict[str, int]:
    """How many profiles are in each, in one statement; only the counts leave the engine."""
    if not conditions:
        return {}
    flagged = with_flags(rules, conditions)
    row = store.row(flagged.aggregate(None, {name: f"count_where({name})" for name in conditions}))
    return {name: int(row[name]) for name in conditions}


def matrix(frame: pd.DataFrame, people: pd.Series | None = None) -> pd.DataFrame:
    """How many are in both of each two segments; the diagonal holds their sizes.

    `frame` holds a flag per segment, `people` how many each of its rows stands for where that is not one.
    """
    inside = frame.drop(columns="profile_id", errors="ignore").astype("int64")
    return inside.T @ (inside if people is None else inside.mul(people, axis=0))


def sampled(query: Query, name: str, sample: Sample) -> Query:
    """The members of a flagged query with is_sampled; who is not sampled is the holdout."""
    return query.keep(name).only(["profile_id"]).sample("profile_id", float(sample.share), sample.at_least, sample.seed)


@dataclass(frozen=True)
class Availability:
    """Which conditions can be answered from a delivery, and for the others the reason."""

    judged: Quality

    def of(self, condition: Condition) -> Answer:
        """COMPUTED, or the answer for the first need that is not met."""
        return self.judged.first_missing(asks(condition))

    def split(self, conditions: Mapping[str, Condition]) -> tuple[dict[str, Condition], dict[str, Answer]]:
        """Those that can be answered, and the answers of the others."""
        answers = {name: self.of(condition) for name, condition in conditions.items()}
        can = {name: condition for name, condition in conditions.items() if answers[name].yes}
        return can, {name: answer for name, answer in answers.items() if not answer.yes}


def history(store: Store, rules: Rules, condition: Condition, months: int) -> pd.DataFrame:
    """One row a month end and one for the as-of day, oldest first: day, members, entered, left, flickered.

    `entered` and `left` are against the row before (empty in the first); `flickered` counts who left after having entered
    in that very row or came back after having left in it: people the definition cannot hold on to.
    """
    if rules.as_of.moment is not None:
        raise SegmentError("History is told by days.", "Give a date as as_of, without a time.")
    most = MOST_DAYS // rules.settings["month_days"]
    if isinstance(months, bool) or not isinstance(months, int) or not 0 < months <= most:
        raise SegmentError(f"months is {months!r}.", f"Give a whole number of months from 1 to {most}, such as 24.")
    rows: list[dict[str, object]] = []
    before: set[str] | None = None
    earlier: set[str] | None = None
    for day in month_ends(rules.as_of, months):
        there = _member_set(store, Rules(rules.settings, AsOf(day, rules.as_of.time_zone)), condition)
        changed = {"entered": None, "left": None} if before is None else {"entered": len(there - before), "left": len(before - there)}
        flicker = None if before is None or earlier is None else len((there & earlier) - before) + len(before - earlier - there)
        rows.append({"day": pd.Timestamp(day), "members": len(there), **changed, "flickered": flicker})
        before, earlier = there, before
    frame = pd.DataFrame(rows)
    return frame.astype({"members": "int64", "entered": "Int64", "left": "Int64", "flickered": "Int64"})


def _member_set(store: Store, rules: Rules, condition: Condition) -> set[str]:
    return set(store.ask(with_flags(rules, {"inside": condition}).keep("inside").only(["profile_id"]))["profile_id"])
