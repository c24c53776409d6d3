"""Saying goodbye to who no longer reads: one last mail, and no more after it unless it is clicked."""

import numpy as np
import pandas as pd

from segkit_generators.messages import SUNSET
from segkit_generators.moments import DAY, NEVER, next_of
from segkit_generators.reactions import Mailbox
from segkit_generators.streams import Ints

SIGNS = ("open_at", "again_at", "machine_at", "click_at", "bot_at")  # of life, as the mail system sees it


def say_goodbye(mailbox: Mailbox, letters: pd.DataFrame, ends: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The newsletters and ends of subscriptions with sunset in them, and the mails of it.

    The shop counts every open as reading, those of Apple's proxy too: who reads there is never asked.
    """
    rules, calendar = mailbox.world.recipe["sunset"], mailbox.world.calendar
    end = ends["end"].to_numpy()
    at = _first_silence(mailbox, letters)
    asked = np.flatnonzero((at < end) & (at < calendar.end))
    sent = mailbox.send("sunset", "sunset", asked, at[asked])
    stays = sent["click_at"].to_numpy() != NEVER
    stops = np.full(len(end), NEVER)
    stops[asked] = np.where(stays, NEVER, at[asked] + rules["answer_days"] * DAY)
    stops = np.where((stops < end) & (stops < calendar.end), stops, NEVER)
    ends = pd.DataFrame({"end": np.minimum(end, stops), "end_reason": np.where(stops < end, SUNSET, ends["end_reason"])})
    last = ends["end"].to_numpy()[letters["customer"]]
    kept = letters[letters["at"] < last].reset_index(drop=True)
    kept["end_at"] = np.where(kept["end_at"] > ends["end"].to_numpy()[kept["customer"]], NEVER, kept["end_at"])
    return kept, ends, sent


def _first_silence(mailbox: Mailbox, letters: pd.DataFrame) -> Ints:
    """Per subscriber the first morning on which nothing had been heard of him for so many days; NEVER when there was none."""
    rules, calendar = mailbox.world.recipe["sunset"], mailbox.world.calendar
    signs = [(letters["customer"].to_numpy(), letters[sign].to_numpy()) for sign in SIGNS]
    signs.append((np.arange(len(mailbox.start)), mailbox.start))
    customer, at = (np.concatenate([sign[part] for sign in signs]) for part in (0, 1))
    customer, at = customer[at != NEVER], at[at != NEVER]
    order = np.lexsort((at, customer))
    customer, at = customer[order], at[order]
    morning = calendar.local(calendar.zone.day(at) + rules["after_days"] + 1, rules["hour"])
    silent = np.flatnonzero(next_of(customer, at) > morning)
    first = np.full(len(mailbox.start), NEVER)
    who, place = np.unique(customer[silent], return_index=True)
    first[who] = morning[silent[place]]
    return first
