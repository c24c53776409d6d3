"""The event log of the mail system: the canonical table email_events out of every mail sent."""

import numpy as np
import pandas as pd
import pyarrow as pa

from segkit_generators import arrow
from segkit_generators.messages import COMPLAINT, UNSUBSCRIBE
from segkit_generators.moments import NEVER
from segkit_generators.orders import profile_ids
from segkit_generators.reactions import RECEIVED_SECONDS
from segkit_generators.world import World

TYPES = ("sent", "received", "bounced", "opened", "clicked", "unsubscribed", "spam_complaint")
SENT, RECEIVED, BOUNCED, OPENED, CLICKED, LEFT, COMPLAINED = range(7)
BASIS = "apple_privacy_flag"  # the mail system flags proxy opens since 20 November 2021; every open here is later


def event_table(world: World, mails: pd.DataFrame, messages: pd.DataFrame) -> pa.Table:
    """One row an event in order of time; opens say whether a machine made them, clicks whether a scanner did."""
    events = _events(mails)
    mail, kind, machine = (events[name].to_numpy() for name in ("mail", "type", "machine"))
    customer = mails["customer"].to_numpy()[mail].astype(np.int32)
    opened, clicked = kind == OPENED, kind == CLICKED
    bounce = np.where(kind == BOUNCED, mails["is_soft"].to_numpy()[mail].astype(np.int64), -1)
    message = mails["message"].to_numpy()[mail]
    topic = np.where(clicked, messages["topic"].to_numpy()[message], -1)
    columns = {
        "event_id": world.ids("E", len(events), 8), "profile_id": profile_ids(world, customer),
        "message_id": arrow.pick(messages["key"], message), "event_type": arrow.pick(TYPES, kind),
        **arrow.dated(world.calendar.zone, "occurred", events["at"].to_numpy()),
        "bounce_type": arrow.pick(("hard", "soft"), bounce),
        "url": arrow.pick([f"{world.recipe['site']['url']}/{name}" for name in world.categories], topic),
        "is_bot_click": pa.array(machine, mask=~clicked), "is_machine_open": pa.array(machine, mask=~opened),
        "machine_open_basis": arrow.pick((BASIS,), np.where(opened, 0, -1)),
        **_clients(world, customer, machine, opened | clicked),
        "email_domain": arrow.pick(list(world.recipe["email_domains"]), world.people["domain"].to_numpy()[customer]),
        "source_system": "mailer", "extract_id": "generated-email_events",
    }  # fmt: skip
    return arrow.table("email_events", len(events), columns)


def _events(mails: pd.DataFrame) -> pd.DataFrame:
    at, reason = mails["at"].to_numpy(), mails["end_reason"].to_numpy()
    bounced = (mails["is_dead"] | mails["is_soft"]).to_numpy()
    parts = [
        (SENT, at, False),
        (RECEIVED, np.where(bounced, NEVER, at + RECEIVED_SECONDS), False),
        (BOUNCED, np.where(bounced, at + 5, NEVER), False),
        (OPENED, mails["machine_at"].to_numpy(), True),
        (OPENED, mails["open_at"].to_numpy(), False),
        (OPENED, mails["again_at"].to_numpy(), False),
        (CLICKED, mails["click_at"].to_numpy(), False),
        (CLICKED, mails["bot_at"].to_numpy(), True),
        (LEFT, np.where(reason == UNSUBSCRIBE, mails["end_at"], NEVER), False),
        (COMPLAINED, np.where(reason == COMPLAINT, mails["end_at"], NEVER), False),
    ]
    rows = [np.flatnonzero(moment != NEVER) for _, moment, _ in parts]
    events = pd.DataFrame({"mail": np.concatenate(rows)})
    events["at"] = np.concatenate([moment[row] for row, (_, moment, _) in zip(rows, parts, strict=True)])
    lengths = [len(row) for row in rows]
    events["type"] = np.repeat([kind for kind, _, _ in parts], lengths).astype(np.int8)
    events["machine"] = np.repeat([machine for _, _, machine in parts], lengths)
    return events.iloc[np.argsort(events["at"].to_numpy(), kind="stable")]


def _clients(world: World, customer: np.ndarray, machine: np.ndarray, shown: np.ndarray) -> dict[str, pa.Array]:
    """Program, device and system: Apple's proxy looks like Apple Mail; a person's own otherwise."""
    clients = world.recipe["clients"]
    apple = len(clients)
    own, reads_apple = (world.hidden[name].to_numpy()[customer] for name in ("client", "is_apple_reader"))
    code = np.where(shown, np.where(machine & reads_apple, apple, own), -1)
    return {
        "client_name": arrow.pick([*clients, "Apple Mail"], code),
        "client_type": arrow.pick([one["type"] for one in clients.values()] + ["mobile"], code),
        "client_os": arrow.pick([one["os"] for one in clients.values()] + ["iOS"], code),
    }
