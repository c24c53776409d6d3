"""The canonical tables about people: profiles, their identities, the static lists they are on."""

import numpy as np
import pandas as pd
import pyarrow as pa

from segkit_generators import arrow
from segkit_generators.moments import NEVER
from segkit_generators.orders import profile_ids
from segkit_generators.people import birthdays
from segkit_generators.world import World


def profile_table(world: World) -> pa.Table:
    """The canonical table profiles; what the shop does not know is null."""
    people, recipe, size = world.people, world.recipe, world.size
    known = {name: world.streams(f"known {name}").random(size) < share for name, share in recipe["known"].items()}
    country = people["country"].to_numpy()
    domains = list(recipe["email_domains"])
    columns = {
        "profile_id": world.profiles(), "email": arrow.text(people["email"]),
        "email_domain": arrow.pick(domains, people["domain"].to_numpy()), "email_valid": True,
        "phone": arrow.text(people["phone"], ~known["phone"]),
        "external_id": world.numbered("WEB-", np.arange(1, size + 1)),
        "first_name": people["first_name"], "infix": arrow.text(people["infix"], people["infix"].isna()),
        "last_name": people["last_name"],
        "organization": arrow.text(people["organization"], ~people["is_business"]),
        "is_business": people["is_business"],
        "gender": arrow.pick(("female", "male"), np.where(known["gender"], people["is_male"], -1)),
        **_birth(world),
        "locale": arrow.pick([entry["locale"] for entry in recipe["countries"]], country),
        "city": people["city"], "zip": people["zip"],
        "country_code": arrow.pick([entry["code"] for entry in recipe["countries"]], country),
        "source": world.hidden["source"], "created_at": world.joined_at, "updated_at": world.joined_at,
        "is_test": False, "is_staff": world.staff(),
    }  # fmt: skip
    return arrow.table("profiles", size, columns)


def _birth(world: World) -> dict[str, pa.Array]:
    days, known = birthdays(world.recipe, world.streams, world.size)
    return {f"birth_{part}": pa.array(getattr(days, part).to_numpy(), pa.int16(), mask=~known) for part in ("year", "month", "day")}


def identity_table(world: World, orders: pd.DataFrame, subscriptions: pd.DataFrame) -> pa.Table:
    """The ids under which each system knows a profile: the shop its buyers, the mail system its subscribers."""
    buyers = np.unique(orders["customer"][orders["customer"] >= 0])
    readers = np.flatnonzero(subscriptions["start"] != NEVER)
    customer = np.concatenate([np.arange(world.size), buyers, readers])
    kind = np.repeat([0, 1, 2], [world.size, len(buyers), len(readers)])
    names = [arrow.text(world.people["email"]), world.numbered("CUST", buyers), world.numbered("MAIL", readers)]
    columns = {
        "source_system": arrow.pick(("mailer", "webshop", "mailer"), kind),
        "id_type": arrow.pick(("email", "customer_id", "contact_id"), kind), "source_id": pa.concat_arrays(names),
        "profile_id": profile_ids(world, customer), "match_rule": "email",
    }  # fmt: skip
    return arrow.table("profile_identities", len(customer), columns)


def list_table(world: World, participants: pd.DataFrame) -> pa.Table:
    """The canonical table list_memberships: six static lists for one cake, from which nobody is ever taken off."""
    names = world.recipe["cake"]["lists"]
    rows = [np.flatnonzero(participants[f"on_{key}"] != NEVER) for key in names]
    row, code = np.concatenate(rows), np.repeat(np.arange(len(names)), [len(one) for one in rows])
    joined = np.concatenate([participants[f"on_{key}"].to_numpy()[one] for key, one in zip(names, rows, strict=True)])
    columns = {
        "profile_id": profile_ids(world, participants["customer"].to_numpy()[row]),
        "list_id": arrow.pick([f"cake_{key}" for key in names], code),
        "list_name": arrow.pick(list(names.values()), code),
        "kind": "list", "joined_at": joined, "source_system": "mailer",
    }  # fmt: skip
    return arrow.table("list_memberships", len(row), columns)
