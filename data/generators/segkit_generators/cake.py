"""Jan's cream cake, from landing page to survey: who takes part, what is sent, and how each participant leaves."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segkit_generators.moments import DAY, NEVER, until
from segkit_generators.reactions import Mailbox, after, orders_caused
from segkit_generators.streams import Ints
from segkit_generators.surveys import NO_SCORE, ask, survey_moment

STEPS = ("cake_mail", "cake_reminder", "cake_last_chance")
BANDS = ("sad", "between", "happy")
MAIL_SECONDS = 30  # from the form to the first mail


@dataclass(frozen=True)
class Cake:
    """The played scenario: one row a participant, the mails sent, and the orders placed."""

    participants: pd.DataFrame
    sent: list[pd.DataFrame]
    orders: pd.DataFrame


def play(mailbox: Mailbox, end: Ints) -> Cake:
    """Runs the campaign for everyone who fills in the form; `end` is the end of each subscription."""
    played = _participants(mailbox, end)
    sent = _mails(mailbox, played, end)
    _pick_ups(mailbox, played)
    surveys = _survey(mailbox, played, end)
    _lists(mailbox, played)
    ordered = played[played["order_at"] != NEVER]
    orders = pd.DataFrame({"customer": ordered["customer"], "at": ordered["order_at"], "kind": "cake"})
    orders["agreed_pickup_day"] = ordered["pickup_day"]
    return Cake(played, [*sent, surveys], orders)


def _participants(mailbox: Mailbox, end: Ints) -> pd.DataFrame:
    """New profiles of the landing page, and subscribers of that moment who like cake."""
    world, rules, rng = mailbox.world, mailbox.world.recipe["cake"], mailbox.world.streams("participants")
    opens = world.calendar.last - rules["opens_days_before_until"]
    form_at = world.calendar.moment(rng.integers(opens, opens + rules["open_days"], world.size), rng)
    category = world.recipe["products"][world.recipe["contest_product"]]["category"]
    taste = world.affinity[:, world.categories.index(category)]
    subscribed = (mailbox.start <= form_at) & (form_at < end)
    existing = subscribed & (rng.random(world.size) < rules["existing_share"] * taste / taste.mean())
    new = ((world.hidden["source"] == "landing_page") & (world.joined_at < world.calendar.end)).to_numpy()
    customer = np.flatnonzero(new | existing)
    played = pd.DataFrame({"customer": customer, "form_at": np.where(new, world.joined_at, form_at)[customer]})
    played["is_new"] = new[customer]
    played["mail_at"] = played["form_at"] + MAIL_SECONDS
    return played


def _mails(mailbox: Mailbox, played: pd.DataFrame, end: Ints) -> list[pd.DataFrame]:
    """The mail, the reminder to who was not seen opening it, the last chance to who has not ordered."""
    rules = mailbox.world.recipe["cake"]
    played["order_at"], played["ordered_after"] = NEVER, -1
    customer = played["customer"].to_numpy()
    first = _step(mailbox, played, 0, played["mail_at"].to_numpy())
    seen = first[["open_at", "machine_at"]].min(axis=1).to_numpy()
    limit = played["mail_at"].to_numpy() + rules["seen_days"] * DAY
    played["seen_at"] = np.where(seen <= limit, seen, NEVER)
    by = np.where(first["machine_at"] == seen, "machine", "human")
    played["seen_by"] = np.where(played["seen_at"] == NEVER, "nobody", by)
    due = (played["seen_at"] == NEVER) & (played["order_at"] > limit) & (limit < end[customer])
    played["reminder_at"] = np.where(due, limit, NEVER)
    reminder = _step(mailbox, played, 1, played["reminder_at"].to_numpy())
    last = limit + rules["last_chance_days"] * DAY
    due = (played["order_at"] > last) & (last < end[customer])
    played["last_chance_at"] = np.where(due, last, NEVER)
    return [first, reminder, _step(mailbox, played, 2, played["last_chance_at"].to_numpy())]


def _step(mailbox: Mailbox, played: pd.DataFrame, step: int, at: Ints) -> pd.DataFrame:
    """Sends one mail of the campaign, and lets those order who read it and had not decided to yet."""
    rules, rng = mailbox.world.recipe["cake"], mailbox.world.streams(f"cake order {step}")
    row = np.flatnonzero(at != NEVER)
    sent = mailbox.send(STEPS[step], STEPS[step], played["customer"].to_numpy()[row], at[row])
    order_at = orders_caused(rng, sent, rules["order_share"][STEPS[step]], rules["order_median_hours"], mailbox.world.calendar)
    ordered = (played["order_at"].to_numpy()[row] == NEVER) & (order_at != NEVER)
    played.loc[row[ordered], "order_at"] = order_at[ordered]
    played.loc[row[ordered], "ordered_after"] = step
    return sent


def _pick_ups(mailbox: Mailbox, played: pd.DataFrame) -> None:
    low, high = mailbox.world.recipe["cake"]["pickup_after_days"]
    wait = mailbox.world.streams("cake pick-up").integers(low, high + 1, len(played))
    day = mailbox.world.calendar.zone.day(played["order_at"].to_numpy())
    played["pickup_day"] = after(day, wait)


def _survey(mailbox: Mailbox, played: pd.DataFrame, end: Ints) -> pd.DataFrame:
    """Asks those who fetched their cake and may still be mailed; writes answer, score and band to `played`."""
    day = played["pickup_day"].to_numpy()
    at = np.where(day == NEVER, NEVER, survey_moment(mailbox, np.where(day == NEVER, 0, day)))
    asked = np.flatnonzero((at < mailbox.world.calendar.end) & (at < end[played["customer"]]))
    rules = mailbox.world.recipe["cake"]
    sent = ask(mailbox, "cake_survey", played["customer"].to_numpy()[asked], day[asked], rules)
    played["survey_at"], played["answered_at"], played["score"] = NEVER, NEVER, NO_SCORE
    played.loc[asked, ["survey_at", "answered_at", "score"]] = sent[["at", "answered_at", "score"]].to_numpy()
    score = played["score"]
    bands = [score == NO_SCORE, score < rules["sad_below"], score >= rules["happy_from"]]
    played["band"] = np.select(bands, [-1, 0, 2], 1)
    return sent.assign(participant=asked)


def _lists(mailbox: Mailbox, played: pd.DataFrame) -> None:
    """When each participant came on each of the six lists: columns on_LIST."""
    settle = mailbox.world.recipe["cake"]["settle_days"] * DAY
    for name, moment in (("contest", "form_at"), ("seen", "seen_at"), ("orders", "order_at")):
        played[f"on_{name}"] = played[moment]
    played["on_sad"] = np.where(played["band"] == 0, played["answered_at"], NEVER)
    played["on_happy"] = np.where(played["band"] == 2, played["answered_at"], NEVER)
    steps = played[["mail_at", "reminder_at", "last_chance_at", "order_at", "survey_at", "answered_at"]]
    last = steps.where(steps != NEVER).max(axis=1).to_numpy().astype(np.int64)
    fetched = played["pickup_day"].to_numpy()
    last = np.maximum(last, np.where(fetched == NEVER, 0, fetched) * DAY)
    played["on_end"] = until(last + settle, mailbox.world.calendar.end)
