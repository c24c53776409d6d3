"""From the members of a segment to those who get the next message: consent, suppression and the frequency cap."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from segkit.engine import Query, Rules, Store
from segkit.features import consent
from segkit.measure import groups
from segkit.measure.disclosure import Disclosure
from segkit.quality import COMPUTED, NOT_COMPUTABLE, Answer, Quality
from segkit.segments.evaluate import with_flags
from segkit.segments.filled import NO_CHANNEL
from segkit.segments.tree import Condition

STEPS = ("member", "consent", "not_suppressed", "under_cap", "recipients")
NO_RECEIVED = "no_received_messages"
_RECEIVED = "event_type = 'received'"
FLAGS = {  # over the consent of a channel and the mails received lately
    "has_consent": consent.SUBSCRIBED,
    "is_not_suppressed": f"NOT ({consent.BLOCKED})",
    "is_under_cap": "mails_received < $frequency_cap_mails",
}
RECEIVED = {"mails_received": f"count_where({_RECEIVED} AND age_days <= $frequency_cap_days)"}
_MEMBER = "is_member"


def eligibility(store: Store, rules: Rules, condition: Condition, judged: Quality, channel: str = "email") -> pd.DataFrame:
    """One row per step on the way to a mailing: step, members left, lost, share of the members, orders, revenue, value_per_head,
    status, reason.

    consent: subscribed to marketing on the channel, not unsubscribed since; not_suppressed: no bounce, complaint or block;
    under_cap: fewer than `frequency_cap_mails` received in the last `frequency_cap_days`; recipients: who is left. From the
    first step on that the delivery cannot tell, the numbers are empty with the reason.
    """
    table = groups.counted(store, _flagged(rules, condition, channel), (_MEMBER, *FLAGS), judged)
    return _steps(table, answers(store, rules, judged, channel), rules.settings["smallest_group"])


def of_frame(frame: pd.DataFrame, inside: pd.Series, answers: Mapping[str, Answer], judged: Quality, least: int) -> pd.DataFrame:
    """The same for a group of a frame that has FLAGS for each profile."""
    return _steps(groups.tally(frame, {_MEMBER: inside, **{name: frame[name] for name in FLAGS}}, judged), answers, least)


def _steps(table: pd.DataFrame, answers: Mapping[str, Answer], least: int) -> pd.DataFrame:
    flags = (_MEMBER, *FLAGS)
    masks = {step: table[list(flags[:number])].all(axis=1) for number, step in enumerate(STEPS[:-1], 1)}
    masks["recipients"] = masks["under_cap"]
    first = {step: masks[step] for step in ("member", "recipients", *STEPS) if answers[step].yes}
    told = Disclosure(table["members"], least).tellable(first)
    rows = [_row(table, masks, step, step in told, answers[step], least) for step in STEPS]
    return groups.frame(rows, ("step", "lost", "share", *groups.FACTS))


def _row(table: pd.DataFrame, masks: dict[str, pd.Series], step: str, told: bool, answer: Answer, least: int) -> dict[str, Any]:
    if not answer.yes:
        return {"step": step, **answer.as_dict()}
    before, all_of = (groups.size(table, masks[one]) for one in (STEPS[max(STEPS.index(step) - 1, 0)], STEPS[0]))
    facts = groups.facts(table, masks[step], told, least)
    return {"step": step, "lost": before - facts["members"], "share": facts["members"] / all_of if all_of else None, **facts}


def answers(store: Store, rules: Rules, judged: Quality, channel: str) -> dict[str, Answer]:
    """Which steps the delivery can tell; who received what is only known of mail."""
    agreed = judged.capabilities["consent"]
    if agreed.yes and not _any(store, rules, "consents", f"channel = '{channel}' AND purpose = '{consent.MAIL[1]}'"):
        agreed = Answer(NOT_COMPUTABLE, NO_CHANNEL)
    knows_received = channel == consent.MAIL[0] and _any(store, rules, "email_events", _RECEIVED)
    capped = agreed if not agreed.yes or knows_received else Answer(NOT_COMPUTABLE, NO_RECEIVED)
    return {"member": Answer(COMPUTED), "consent": agreed, "not_suppressed": agreed, "under_cap": capped, "recipients": capped}


def _any(store: Store, rules: Rules, table: str, where: str) -> bool:
    return store.has_any(rules.table(table, ("profile_id",), where))


def _flagged(rules: Rules, condition: Condition, channel: str) -> Query:
    """One row per profile with a flag per step."""
    received = rules.aggregate("email_events", "profile_id", RECEIVED, "profile_id IS NOT NULL")
    query = with_flags(rules, {_MEMBER: condition}).join(consent.consent_features(rules, channel), "profile_id", zero=consent.COUNTS)
    return query.join(received, "profile_id", zero=RECEIVED).flag(FLAGS)
