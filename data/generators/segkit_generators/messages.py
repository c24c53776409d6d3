"""The mails a shop sends: its list of messages, the weekly newsletter among them, and how a subscription ends."""

import numpy as np
import pandas as pd
import pyarrow as pa

from segkit_generators import arrow
from segkit_generators.moments import NEVER, until, weekday
from segkit_generators.reactions import Mailbox, after
from segkit_generators.recipe import Recipe
from segkit_generators.streams import Ints
from segkit_generators.world import World

UNSUBSCRIBE, COMPLAINT, BOUNCE, SUNSET = range(4)
EVERYONE = -1  # the language of a mail that all get


def make_messages(world: World) -> pd.DataFrame:
    """One row a message: key, name, topic (category number), appeal, at (NEVER for flow mails), edition; newsletters first."""
    letters = [_letters(world, number, language) for number, language in enumerate(editions(world.recipe))]
    flows = pd.DataFrame([{"key": key, **flow} for key, flow in world.recipe["flows"].items()])
    flows = flows[["key", "name", "topic", "appeal"]].assign(at=NEVER, is_flow=True)
    trials = pd.DataFrame([{"key": one["key"], "name": one["name"], "topic": one["topic"], "appeal": one["appeal"],
                            "at": trial_moment(world, one)} for one in world.recipe.get("trials", [])])  # fmt: skip
    others = [flows, trials.assign(is_flow=False)] if len(trials) else [flows]
    others = [one.assign(is_letter=False, edition=EVERYONE, audience=one["name"]) for one in others]
    messages = pd.concat([*letters, *others], ignore_index=True)
    messages["topic"] = messages["topic"].map({name: number for number, name in enumerate(world.categories)})
    return messages


def editions(recipe: Recipe) -> Recipe:
    """Name and audience of the newsletter by language; one edition for everyone where the recipe has no languages."""
    rules = recipe["newsletter"]
    one = Recipe(name=rules.get("name", "Nieuwsbrief"), audience=rules.get("audience", "Alle abonnees"))
    return rules.get("editions") or Recipe({"": one})


def edition_of(world: World) -> Ints:
    """The edition that each customer gets: that of his language, or the first."""
    languages = list(editions(world.recipe))
    spoken = [entry["locale"][:2] for entry in world.recipe["countries"]]
    number = [languages.index(one) if one in languages else 0 for one in spoken]
    return np.array(number)[world.people["country"]]


def _letters(world: World, number: int, language: str) -> pd.DataFrame:
    rules, calendar = world.recipe["newsletter"], world.calendar
    own = editions(world.recipe)[language]
    days = calendar.days[weekday(calendar.days) == rules["weekday"]]
    topics = [rules["topics"][place % len(rules["topics"])] for place in range(len(days))]
    letters = pd.DataFrame({"topic": topics, "at": calendar.local(days, rules["hour"]), "appeal": 1.0, "is_flow": False})
    letters["key"] = [f"newsletter_{place:03d}" for place in range(1, len(days) + 1)]
    letters["name"] = f"{own['name']} " + letters["key"].str[-3:] + ": " + letters["topic"]
    letters["key"] += f"_{language}" if language else ""
    return letters.assign(is_letter=True, edition=number, audience=own["audience"])


def trial_moment(world: World, trial: Recipe) -> int:
    """The UTC second at which a trial's mail goes out: ten in the morning, so many days before the end of the history."""
    day = np.array([world.calendar.last - trial["days_before_until"]])
    return int(world.calendar.local(day, world.recipe["newsletter"]["hour"])[0])


def message_table(world: World, messages: pd.DataFrame) -> pa.Table:
    """The canonical table messages; a flow mail has no single moment of sending."""
    is_flow = messages["is_flow"].to_numpy()
    columns = {
        "message_id": messages["key"], "source_system": "mailer",
        "kind": arrow.pick(("campaign", "flow"), is_flow.astype(int)),
        "campaign_id": arrow.text(messages["key"], is_flow),
        "flow_id": arrow.text(messages["key"].str.split("_").str[0], ~is_flow),
        "name": messages["name"], "subject": messages["name"], "channel": "email",
        **arrow.dated(world.calendar.zone, "sent", messages["at"].to_numpy()),
        "audience_names": arrow.lists(arrow.text(messages["audience"]), np.ones(len(messages), dtype=np.int64)),
    }  # fmt: skip
    return arrow.table("messages", len(messages), columns)


def send_newsletters(mailbox: Mailbox) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The newsletters sent (with end_at, end_reason of the mail that ended it) and the end of each subscription."""
    moments = mailbox.messages["at"][mailbox.messages["is_letter"]].to_numpy()
    customer, message = _due(mailbox, moments)
    sent = mailbox.send("newsletters", message, customer, moments[message])
    _endings(mailbox, sent)
    first = sent[sent["end_at"] != NEVER].sort_values(["customer", "end_at"]).drop_duplicates("customer")
    end = pd.DataFrame({"end": np.full(len(mailbox.start), NEVER), "end_reason": -1})
    end.loc[first["customer"], ["end", "end_reason"]] = first[["end_at", "end_reason"]].to_numpy()
    last = end["end"].to_numpy()[sent["customer"]]
    later = sent["end_at"].to_numpy() > last
    sent.loc[later, "end_at"] = NEVER
    return sent[sent["at"] < last].reset_index(drop=True), end


def _due(mailbox: Mailbox, moments: Ints) -> tuple[Ints, Ints]:
    """Every pair of subscriber and newsletter of his edition sent after the subscription began."""
    edition, count = edition_of(mailbox.world), len(editions(mailbox.world.recipe))
    length = len(moments) // count
    found = [_pairs(np.flatnonzero(edition == number), mailbox.start, moments[:length], number * length) for number in range(count)]
    customer, message = (np.concatenate([pair[part] for pair in found]) for part in (0, 1))
    return customer, message


def _pairs(readers: Ints, start: Ints, moments: Ints, offset: int) -> tuple[Ints, Ints]:
    first = np.searchsorted(moments, start[readers], side="left")
    count = len(moments) - first
    row = np.repeat(np.arange(len(readers)), count)
    begins = np.cumsum(count) - count
    return readers[row], np.arange(len(row)) - begins[row] + first[row] + offset


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
