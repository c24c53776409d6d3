"""Who brought whom: customers who came by another customer."""

import numpy as np
import pandas as pd
import pyarrow as pa

from segkit_generators import arrow
from segkit_generators.moments import NEVER
from segkit_generators.orders import profile_ids
from segkit_generators.streams import Ints
from segkit_generators.world import World

NOBODY = -1
TRIES = 8  # friends thought of before giving up


def make_referrals(world: World, organic: pd.DataFrame) -> Ints:
    """Per customer the number of who brought him, NOBODY for most: someone earlier in the block who had bought before he joined."""
    first_at = np.full(world.size, NEVER)
    first = organic[organic["kind"] == "first"]
    first_at[first["customer"]] = first["at"]
    wanted = world.streams("referred").random(world.size) < world.recipe["referrals"]["share"]
    own = np.arange(world.size)
    thought_of = (world.streams("referrers").random((world.size, TRIES)) * own[:, None]).astype(np.int64)
    could = (first_at[thought_of] < world.joined_at[:, None]) & (thought_of < own[:, None])
    chosen = thought_of[own, could.argmax(axis=1)]
    return np.where(wanted & (first_at != NEVER) & could.any(axis=1), chosen, NOBODY)


def property_table(world: World, referrer: Ints) -> pa.Table:
    """The canonical table profile_properties: who brought this customer, one row for each who was brought."""
    brought = np.flatnonzero(referrer != NOBODY)
    columns = {
        "profile_id": profile_ids(world, brought), "name": "referred_by", "value_text": profile_ids(world, referrer[brought]),
        "source_system": "webshop", "updated_at": world.joined_at[brought],
    }  # fmt: skip
    return arrow.table("profile_properties", len(brought), columns)
