"""The question some days after a pick-up: who is asked, who answers with which score."""

import numpy as np
import pandas as pd
import pyarrow as pa

from segkit_generators import arrow
from segkit_generators.baskets import NO_PRODUCT
from segkit_generators.moments import NEVER, until
from segkit_generators.orders import profile_ids
from segkit_generators.reactions import Mailbox, after
from segkit_generators.recipe import Recipe
from segkit_generators.streams import Ints, choose
from segkit_generators.world import World

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


def feedback_table(world: World, surveys: pd.DataFrame, products: pd.DataFrame) -> pa.Table:
    """The canonical table feedback: every survey answer, a score from 1 to 10."""
    answers = surveys[surveys["answered_at"] != NEVER].sort_values(["answered_at", "customer"], kind="stable")
    columns = {
        "feedback_id": world.ids("F", len(answers)), "profile_id": profile_ids(world, answers["customer"]),
        "kind": "survey_answer", "score": answers["score"].astype(float), "scale_min": 1.0, "scale_max": 10.0,
        "product_id": arrow.pick(products["product_id"], answers["product"].fillna(NO_PRODUCT).to_numpy().astype(int)),
        "order_id": answers["order_id"], "message_id": answers["flow"],
        **arrow.dated(world.calendar.zone, "occurred", answers["answered_at"].to_numpy()), "source_system": "mailer",
    }  # fmt: skip
    return arrow.table("feedback", len(answers), columns)
