"""Campaigns with a randomised holdout: who is mailed and who is not, by chance, and the orders that the mail really causes."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from segkit_generators import arrow
from segkit_generators.messages import trial_moment
from segkit_generators.moments import DAY
from segkit_generators.orders import profile_ids
from segkit_generators.reactions import Mailbox
from segkit_generators.recipe import Recipe
from segkit_generators.streams import Bools, Ints
from segkit_generators.world import World

ORDER_SECONDS = 600  # from the mail to the first order that it causes


@dataclass(frozen=True)
class Trials:
    """Everyone assigned (customer, trial, is_control, at, probability), the mails sent, the orders that they caused."""

    assigned: pd.DataFrame
    sent: list[pd.DataFrame]
    orders: pd.DataFrame


def run_trials(mailbox: Mailbox, end: Ints) -> Trials:
    """Each trial of the recipe on those whom it is about and who are subscribed at its moment; the rest of their lives is not touched."""
    run = [_run(mailbox, end, trial) for trial in mailbox.world.recipe.get("trials", [])]
    assigned = pd.concat([one.assigned for one in run], ignore_index=True) if run else pd.DataFrame()
    orders = pd.concat([one.orders for one in run], ignore_index=True) if run else pd.DataFrame()
    return Trials(assigned, [sent for one in run for sent in one.sent], orders)


def _run(mailbox: Mailbox, end: Ints, trial: Recipe) -> Trials:
    world, rng = mailbox.world, mailbox.world.streams(f"trial {trial['key']}")
    at = trial_moment(world, trial)
    by_chance, moved, wait = (rng.random(world.size) for _ in range(3))
    taking_part = (mailbox.start <= at) & (at < end) & _asked(world, trial, rng)
    is_control = by_chance < trial["holdout"]
    mailed = np.flatnonzero(taking_part & ~is_control)
    causes = np.flatnonzero(taking_part & ~is_control & (moved < trial["uplift"]))
    customer = np.flatnonzero(taking_part)
    assigned = pd.DataFrame({"customer": customer, "trial": trial["key"], "is_control": is_control[customer], "at": at,
                             "probability": np.where(is_control[customer], trial["holdout"], 1 - trial["holdout"])})  # fmt: skip
    begins, length = at + ORDER_SECONDS, trial["within_days"] * DAY
    ordered = world.calendar.on_open_days(begins + (wait[causes] * length).astype(np.int64), begins + length)
    orders = pd.DataFrame({"customer": causes, "at": ordered, "kind": "trial"})
    sent = mailbox.send(trial["key"], trial["key"], mailed, np.full(len(mailed), at))
    return Trials(assigned, [sent], orders[orders["at"] < world.calendar.end])


def _asked(world: World, trial: Recipe, rng: np.random.Generator) -> Bools:
    """Whom the trial is about: everyone, or consumers only; of those a share by chance where the recipe says so."""
    consumers = ~world.people["is_business"].to_numpy()
    right = consumers if trial.get("to") == "consumers" else np.ones(world.size, dtype=bool)
    return right & (rng.random(world.size) < trial["invited"]) if "invited" in trial else right


def trial_table(world: World, trials: Trials) -> pa.Table:
    """The canonical table experiment_assignments: one row for everyone in a trial, mailed or held out."""
    assigned = trials.assigned
    control = assigned["is_control"].to_numpy()
    columns = {
        "experiment_id": assigned["trial"], "profile_id": profile_ids(world, assigned["customer"]),
        "arm": arrow.pick(("mailed", "held out"), control.astype(np.int64)), "is_control": control,
        "assigned_at": assigned["at"].to_numpy(), "probability": assigned["probability"].to_numpy(),
    }  # fmt: skip
    return arrow.table("experiment_assignments", len(assigned), columns)


def trial_truth(world: World) -> dict[str, pd.DataFrame]:
    """One row a trial: its true uplift, the share of the mailed who order because of it within so many days."""
    trials = world.recipe.get("trials", [])
    rows = [{name: one[name] for name in ("key", "holdout", "uplift", "within_days")} for one in trials]
    return {"trials": pd.DataFrame(rows).rename(columns={"key": "experiment_id"})} if rows else {}
