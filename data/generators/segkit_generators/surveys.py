"""The question three days after a pick-up: who is asked, who answers, and with which score."""

import numpy as np
import pandas as pd

from segkit_generators.moments import NEVER, until
from segkit_generators.reactions import Mailbox, after
from segkit_generators.recipe import Recipe
from segkit_generators.streams import Ints, choose

ANSWER_SECONDS = 45
NO_SCORE = 0


def ask(mailbox: Mailbox, flow: str, customer: Ints, pickup_day: Ints, rules: Recipe) -> pd.DataFrame:
    """The survey mails sent, one row each, with answered_at (NEVER without an answer) and score (NO_SCORE)."""
    world = mailbox.world
    rng = world.streams(f"answers {flow}")
    sent = mailbox.send(flow, flow, customer, survey_moment(mailbox, pickup_day))
    answers = rng.random(len(sent)) < rules["answer_share"]
    answered = after(np.where(answers, sent["read_at"], NEVER), np.full(len(sent), ANSWER_SECONDS))
    sent["answered_at"] = until(answered, world.calendar.end)
    score = 1 + choose(rng, rules["scores"], len(sent))
    sent["score"] = np.where(sent["answered_at"] == NEVER, NO_SCORE, score)
    return sent


def survey_moment(mailbox: Mailbox, pickup_day: Ints) -> Ints:
    """The local hour of the survey mail, so many days after the pick-up."""
    rules = mailbox.world.recipe["survey"]
    return mailbox.world.calendar.local(pickup_day + rules["after_pickup_days"], rules["hour"])
