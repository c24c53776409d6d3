"""The segments of an audit compared: who can be reached, what machines add, what members like, what each condition costs, what to add."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from segkit.engine import Query, Rules, Store
from segkit.measure import eligibility, engagement, favourites, rank, sensitivity, waterfall
from segkit.measure.joint import MAILABLE, Joint
from segkit.measure.pack import MOVED, Pack, part_prefix
from segkit.quality import COMPUTED, Answer, Quality
from segkit.segments.tree import Condition
from segkit.settings import Settings

LIKED = ("category", "product")
MOST_LIKED, MOST_ADDED = 3, 3  # rows that are shown of each
_COST = ("step", "definition", "members", "lost_members", "revenue", "lost_revenue", "without_members", "status", "reason")
_LEFT = ("members", "lost", "share")
_MAIL = eligibility.RECEIVED | engagement.REACTIONS


def with_reach(profiles: Query) -> Query:
    """The same rows with what `compared` reads of each profile: mails received, reactions, and the steps to a mailing."""
    mail = profiles.rules.aggregate("email_events", "profile_id", _MAIL, "profile_id IS NOT NULL")
    return profiles.join(mail, "profile_id", zero=_MAIL).flag(eligibility.FLAGS)


def compared(store: Store, rules: Rules, frame: pd.DataFrame, flags: Query, pack: Pack, judged: Quality, known: Joint) -> dict[str, Any]:
    """What the report sets side by side, as plain data.

    reach (steps to a mailing), engagement, liked (over-indexed, by kind), costs (per condition) by segment; moved (per
    threshold); rank and next. `frame` has one row per profile with the columns of `pack.flags()` and `with_reach`; `flags`
    is the question behind the former, `known` what the report tells of groups.
    """
    inside = {name: frame[f"in_{name}"] for name in pack.answered}
    steps, least = eligibility.answers(store, rules, judged, "email"), rules.settings["smallest_group"]
    reached = {name: eligibility.of_frame(frame, one, steps, judged, least) for name, one in inside.items()}
    engaged = {name: engagement.of_frame(frame[list(engagement.REACTIONS)][one], rules.settings) for name, one in inside.items()}
    costs = {name: _costs(known, parts, part_prefix(name)) for name, parts in pack.parts.items()}
    return {
        "reach": {name: _people(table, steps) for name, table in reached.items()},
        "engagement": {name: _by(table, "reactions") for name, table in engaged.items()} if judged.capabilities["engagement"].yes else {},
        "liked": _liked(store, flags, list(inside), judged),
        "costs": {name: _rows(table[list(_COST)]) for name, table in costs.items()},
        "moved": [_moved(known, name, forms, rules.settings) for name, forms in pack.moved.items()],
        **_ranked(frame, pack, judged, known),
    }


def _liked(store: Store, flags: Query, names: Sequence[str], judged: Quality) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """What members buy surely more than the rest, by kind and segment; nothing where lines were not delivered."""
    if not judged.first_missing(favourites.NEEDS).yes or not names:
        return {kind: {} for kind in LIKED}
    found = {kind: favourites.of_flags(store, flags, [f"in_{name}" for name in names], kind) for kind in LIKED}
    return {
        kind: {name: _rows(favourites.over_indexed(tables[f"in_{name}"]).head(MOST_LIKED)) for name in names}
        for kind, tables in found.items()
    }


def _costs(known: Joint, parts: Mapping[str, Condition], prefix: str) -> pd.DataFrame:
    return waterfall.of_table(known.table.rename(columns={prefix + name: name for name in parts}), parts, known.disclosure)


def _moved(known: Joint, name: str, forms: Mapping[int, tuple[str, Any]], settings: Settings) -> dict[str, Any]:
    columns = {value: column for value, (column, _) in forms.items()}
    rows = sensitivity.of_table(known.table, columns, settings[MOVED[name]], known.disclosure)
    return {"segment": name, "threshold": MOVED[name], "rows": _rows(rows)}


def _ranked(frame: pd.DataFrame, pack: Pack, judged: Quality, known: Joint) -> dict[str, list[dict[str, Any]]]:
    """All segments by what a recipient brings, and what to add to the client's own."""
    columns = pack.ranked()
    if not judged.first_missing(rank.NEEDS).yes or not columns:
        return {"rank": [], "next": []}
    table, answers = rank.tally(frame, columns), dict.fromkeys(columns, Answer(COMPUTED))
    told = {name for name in columns if f"mail_{name}" in known.told}
    ranked = rank.ranked(table, answers, pack.settings, told)
    own = [name for name in pack.own if name in columns]
    if not own:
        return {"rank": _rows(ranked), "next": []}
    addable = dict.fromkeys([*own, *pack.addable()], Answer(COMPUTED))
    added = rank.added(table, addable, own, pack.settings, _new(known, columns, addable, own)).head(MOST_ADDED)
    return {"rank": _rows(ranked), "next": _rows(added)}


def _new(known: Joint, columns: Mapping[str, str], addable: Iterable[str], own: Sequence[str]) -> set[str]:
    """The segments of which may be told what their recipients in no own segment brought."""
    outside = known.table[MAILABLE] & ~known.table[[columns[name] for name in own]].any(axis=1)
    return known.disclosure.tellable({name: outside & known.table[columns[name]] for name in addable})


def _people(table: pd.DataFrame, answers: Mapping[str, Answer]) -> dict[str, dict[str, Any]]:
    """How many are left at each step; money is told of a segment as a whole."""
    return {name: {part: row[part] for part in _LEFT} | answers[name].as_dict() for name, row in _by(table, "step").items()}


def _by(table: pd.DataFrame, key: str) -> dict[str, dict[str, Any]]:
    return {row.pop(key): row for row in _rows(table)}


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as plain data; what is empty is None."""
    return [{name: None if _is_empty(value) else value for name, value in row.items()} for row in table.to_dict("records")]  # type: ignore[misc]


def _is_empty(value: Any) -> bool:
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))
