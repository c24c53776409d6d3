"""The mails a shop sends: weekly newsletters and the mails of its flows."""

import numpy as np
import pandas as pd
import pyarrow as pa

from segkit_generators import arrow
from segkit_generators.moments import NEVER
from segkit_generators.world import World


def make_messages(world: World) -> pd.DataFrame:
    """One row a message: key, name, topic (category number), appeal, at (NEVER for flow mails); newsletters first."""
    rules, calendar = world.recipe["newsletter"], world.calendar
    days = calendar.days[(calendar.days + 3) % 7 == rules["weekday"]]
    topics = [rules["topics"][number % len(rules["topics"])] for number in range(len(days))]
    moments = calendar.local(days, rules["hour"])
    letters = pd.DataFrame({"topic": topics, "at": moments, "appeal": 1.0, "is_flow": False})
    letters["key"] = [f"newsletter_{number:03d}" for number in range(1, len(days) + 1)]
    letters["name"] = "Nieuwsbrief " + letters["key"].str[-3:] + ": " + letters["topic"]
    flows = pd.DataFrame([{"key": key, **flow} for key, flow in world.recipe["flows"].items()])
    flows = flows[["key", "name", "topic", "appeal"]].assign(at=NEVER, is_flow=True)
    messages = pd.concat([letters, flows], ignore_index=True)
    messages["topic"] = messages["topic"].map({name: number for number, name in enumerate(world.categories)})
    return messages


def message_table(world: World, messages: pd.DataFrame) -> pa.Table:
    """The canonical table messages; a flow mail has no single moment of sending."""
    is_flow = messages["is_flow"].to_numpy()
    audiences = np.where(is_flow, messages["name"], "Alle abonnees")
    columns = {
        "message_id": messages["key"], "source_system": "mailer",
        "kind": arrow.pick(("campaign", "flow"), is_flow.astype(int)),
        "campaign_id": arrow.text(messages["key"], is_flow),
        "flow_id": arrow.text(messages["key"].str.split("_").str[0], ~is_flow),
        "name": messages["name"], "subject": messages["name"], "channel": "email",
        **arrow.dated(world.calendar.zone, "sent", messages["at"].to_numpy()),
        "audience_names": arrow.lists(arrow.text(audiences), np.ones(len(messages), dtype=np.int64)),
    }  # fmt: skip
    return arrow.table("messages", len(messages), columns)
