"""Faults in what the delivery covers: history that begins too late or ends too early, and what was never kept."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segkit_generators import arrow
from segkit_generators.faults.edit import is_among, kept
from segkit_generators.faults.fault import Fault, Planted, Tables
from segkit_generators.streams import Ints
from segkit_generators.world import World

OF_ORDERS = ("order_items", "refunds")
EMPTIED = {"profiles": ("gender", "birth_year", "birth_month", "birth_day", "locale"), "orders": ("shipping_zip", "discount_codes")}


class Cut(Fault):
    """A fault in a share of the days of the history, one of them at the least, and so in the same days in every block."""

    def strike(self, world: World, tables: Tables, share: float, rng: np.random.Generator) -> Planted:
        """Hands the numbers of so many days, from 0, to `plant`."""
        return self.plant(world, tables, np.arange(max(1, round(share * len(world.calendar.days)))), rng)


def cut_the_start(world: World, tables: Tables, days: Ints, rng: np.random.Generator) -> Planted:
    """The export begins so many days later than the shop: the oldest orders are not in it."""
    return _without(tables, np.flatnonzero(_day_of_order(tables) < world.calendar.first + len(days)))


def cut_the_end(world: World, tables: Tables, days: Ints, rng: np.random.Generator) -> Planted:
    """The export was made before the last days were complete."""
    return _without(tables, np.flatnonzero(_day_of_order(tables) > world.calendar.last - len(days)))


def keep_aggregates(world: World, tables: Tables, rows: Ints, rng: np.random.Generator) -> Planted:
    """No log of mails, only what the mail system adds up for each profile: last open, last click."""
    events = tables["email_events"]
    latest = {kind: _latest(events, kind) for kind in ("opened", "clicked")}
    profiles = tables["profiles"]["profile_id"].combine_chunks()
    moments = {f"last_{name}_at": _of(profiles, latest[kind]) for name, kind in (("open", "opened"), ("click", "clicked"))}
    columns = {"profile_id": profiles, "source_system": "mailer", "as_of": np.full(len(profiles), world.calendar.end - 1), **moments}
    left = {name: table for name, table in tables.items() if name != "email_events"}
    snapshots = arrow.table("profile_snapshots", len(profiles), columns)
    return {**left, "profile_snapshots": snapshots}, {"email_events": events["event_id"].combine_chunks()}


def leave_columns_out(world: World, tables: Tables, rows: Ints, rng: np.random.Generator) -> Planted:
    """Columns that nobody ticked in the export: empty, which says nothing about anybody."""
    made = dict(tables)
    for table, names in EMPTIED.items():
        for name in names:
            place, type_ = made[table].schema.get_field_index(name), made[table].schema.field(name).type
            made[table] = made[table].set_column(place, made[table].schema.field(name), pa.nulls(made[table].num_rows, type_))
    return made, {table: pa.array(names) for table, names in EMPTIED.items()}


def _day_of_order(tables: Tables) -> Ints:
    return np.asarray(tables["orders"]["ordered_on"].cast(pa.int32())).astype(np.int64)


def _without(tables: Tables, rows: Ints) -> Planted:
    """The tables without these orders and all that hangs on them."""
    gone = tables["orders"]["order_id"].combine_chunks().take(pa.array(np.sort(rows)))
    mask = np.ones(tables["orders"].num_rows, dtype=bool)
    mask[rows] = False
    left = {name: kept(tables[name], ~is_among(tables[name], "order_id", gone)) for name in OF_ORDERS}
    return {**tables, "orders": kept(tables["orders"], mask), **left}, {"orders": gone}


def _latest(events: pa.Table, kind: str) -> pa.Table:
    """The last moment of one kind of event for each profile."""
    return events.filter(pc.equal(events["event_type"], kind)).group_by("profile_id").aggregate([("occurred_at", "max")])


def _of(profiles: pa.Array, latest: pa.Table) -> pa.Array:
    place = pc.index_in(profiles, value_set=latest["profile_id"].combine_chunks())
    return latest["occurred_at_max"].combine_chunks().take(place)


CUTS: dict[str, Fault] = {
    "left_truncated": Cut("the orders of the first days are not in the export", 0.3, None, cut_the_start, of="history"),
    "right_censored": Cut("the orders of the last days are not in the export", 0.03, None, cut_the_end, of="history"),
}
"""These come before all others, which then strike what is left."""

FAULTS = {
    "aggregates_only": Fault(
        "no log of mails, only a last open and a last click for each profile",
        1.0,
        None,
        keep_aggregates,
        of="email_events",
        takes_share=False,
    ),
    "absent_columns": Fault("columns left out of the export", 1.0, None, leave_columns_out, of="profiles", takes_share=False),
}
