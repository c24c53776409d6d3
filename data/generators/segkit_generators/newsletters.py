"""The weekly newsletters to everyone subscribed, and how a subscription ends."""

import numpy as np
import pandas as pd

from segkit_generators.moments import NEVER, until
from segkit_generators.reactions import Mailbox, after
from segkit_generators.streams import Ints

UNSUBSCRIBE, COMPLAINT, BOUNCE = range(3)


def send_newsletters(mailbox: Mailbox) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The newsletters sent (with end_at, end_reason of the mail that ended it) and the end of each subscription."""
    moments = mailbox.messages["at"][~mailbox.messages["is_flow"]].to_numpy()
    customer, message = _due(mailbox.start, moments)
    sent = mailbox.send("newsletters", message, customer, moments[message])
    _endings(mailbox, sent)
    first = sent[sent["end_at"] != NEVER].sort_values(["customer", "end_at"]).drop_duplicates("customer")
    end = pd.DataFrame({"end": np.full(len(mailbox.start), NEVER), "end_reason": -1})
    end.loc[first["customer"], ["end", "end_reason"]] = first[["end_at", "end_reason"]].to_numpy()
    last = end["end"].to_numpy()[sent["customer"]]
    later = sent["end_at"].to_numpy() > last
    sent.loc[later, "end_at"] = NEVER
    return sent[sent["at"] < last].reset_index(drop=True), end


def _due(start: Ints, moments: Ints) -> tuple[Ints, Ints]:
    """Every pair of subscriber and newsletter sent after the subscription began."""
    first = np.searchsorted(moments, start, side="left")
    count = len(moments) - first
    customer = np.repeat(np.arange(len(start)), count)
    begins = np.cumsum(count) - count
    return customer, np.arange(len(customer)) - begins[customer] + first[customer]


def _endings(mailbox: Mailbox, sent: pd.DataFrame) -> None:
    rates, rng = mailbox.world.recipe["reaction"], mailbox.world.streams("endings")
    drawn, wait = rng.random(len(sent)), rng.integers(20, 300, len(sent))
    read = sent["read_at"].to_numpy() != NEVER
    complains = read & (drawn < rates["complaint_per_read"])
    leaves = read & (drawn < rates["complaint_per_read"] + rates["unsubscribe_per_read"])
    dead = sent["is_dead"].to_numpy()
    acted = after(np.where(leaves, sent["read_at"], NEVER), wait)
    sent["end_at"] = until(np.where(dead, sent["at"] + 5, acted), mailbox.world.calendar.end)
    sent["end_reason"] = np.select([dead, complains, leaves], [BOUNCE, COMPLAINT, UNSUBSCRIBE], -1)
