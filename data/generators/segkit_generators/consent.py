"""Who may be mailed from when: sign-up source, double opt-in, and the canonical consent history."""

import numpy as np
import pandas as pd
import pyarrow as pa

from segkit_generators import arrow
from segkit_generators.messages import BOUNCE, COMPLAINT, SUNSET
from segkit_generators.moments import NEVER, until
from segkit_generators.orders import profile_ids
from segkit_generators.reactions import seconds_of
from segkit_generators.world import World

STATUS = ("subscribed", "pending", "never_subscribed", "unsubscribed", "suppressed")
ENDS = ("unsubscribe", "spam_complaint", "hard_bounce")


def make_subscriptions(world: World) -> pd.DataFrame:
    """One row a customer: start of the mail subscription (NEVER without one) and whether it needs confirming."""
    rules, source = world.recipe["consent"], world.hidden["source"]
    double = source.isin(["popup", "footer_form"]).to_numpy()
    delay = rules["confirm_median_hours"] * np.exp(world.streams("confirm delay").standard_normal(world.size))
    confirmed = world.streams("confirm").random(world.size) < rules["confirm_share"]
    ticked = (source != "checkout") | (world.streams("opt in").random(world.size) < rules["checkout_opt_in"])
    start = world.joined_at + np.where(double, seconds_of(delay), 0)
    agreed = np.where(double, confirmed, ticked)
    return pd.DataFrame({"start": np.where(agreed, until(start, world.calendar.end), NEVER), "is_double": double})


def consent_table(world: World, subscriptions: pd.DataFrame) -> pa.Table:
    """The canonical table consents: every change of the e-mail marketing consent, in order of time."""
    start, end, double = (subscriptions[name].to_numpy() for name in ("start", "end", "is_double"))
    suppressed = np.isin(subscriptions["end_reason"], [COMPLAINT, BOUNCE])
    by_whom = np.where(subscriptions["end_reason"] == SUNSET, "sunset", "unsubscribe_link")
    joined = world.joined_at
    history = pd.concat(
        [
            _change(np.where(double, joined, NEVER), 1),
            _change(np.where(~double & (start == NEVER), joined, NEVER), 2),
            _change(start, 0),
            _change(np.where(suppressed, NEVER, end), 3),
            _change(np.where(suppressed, end, NEVER), 4),
        ]
    ).sort_values(["at", "customer"], kind="stable", ignore_index=True)
    customer, status = history["customer"].to_numpy(), history["status"].to_numpy()
    given = status < 3
    reason = np.where(status == 4, subscriptions["end_reason"].to_numpy()[customer], -1)
    source = world.hidden["source"].to_numpy()[customer]
    columns = {
        "profile_id": profile_ids(world, customer), "channel": "email", "purpose": "marketing",
        "status": arrow.pick(STATUS, status),
        "suppression_reason": arrow.pick(ENDS, reason),
        "method": np.where(given, source, np.where(status == 3, by_whom[customer], "mailer")),
        "opt_in_level": arrow.text(np.where(double[customer], "double", "single"), ~given),
        "occurred_at": history["at"].to_numpy(), "source_system": "mailer", "extract_id": "generated-consents",
    }  # fmt: skip
    return arrow.table("consents", len(history), columns)


def _change(at: np.ndarray, status: int) -> pd.DataFrame:
    customer = np.flatnonzero(at != NEVER)
    return pd.DataFrame({"customer": customer, "at": at[customer], "status": status})
