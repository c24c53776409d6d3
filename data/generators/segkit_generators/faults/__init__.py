"""Faults that real deliveries have, planted on demand in a share of the rows and written down."""

from collections.abc import Iterable, Mapping

import pandas as pd

from segkit_generators.errors import BadArgument
from segkit_generators.faults import coverage, money, orders, people
from segkit_generators.faults.fault import Fault, Tables
from segkit_generators.faults.files import FILE_FAULTS, FileFault, spoil
from segkit_generators.faults.unseen import unseen
from segkit_generators.store import SHARED
from segkit_generators.streams import Streams
from segkit_generators.world import World

__all__ = ["ALL", "FAULTS", "FILE_FAULTS", "check_struck", "checked", "plant", "spoil", "unseen"]

_FIRST = coverage.CUTS | {"case_duplicates": people.FAULTS["case_duplicates"]}  # what there is, and whose orders they are
FAULTS: dict[str, Fault] = {**_FIRST, **orders.FAULTS, **money.FAULTS, **people.FAULTS, **coverage.FAULTS}
"""Every fault of a shop by name, in the order in which they are planted; those of files are FILE_FAULTS."""

ALL: dict[str, Fault | FileFault] = {**FAULTS, **FILE_FAULTS}

CONTRADICTIONS = (
    (("cp1252", "utf16", "bom"), "a file has one encoding"),
    (("excel_round_trip", "no_time_zone"), "Excel takes the offsets off anyway"),
    (("excel_round_trip", "wrong_time_zone"), "Excel takes the offsets off anyway"),
    (("opens_without_flag", "aggregates_only"), "without a log of mails there are no opens in it"),
)
"""Faults of which only one can be planted in a shop, and why."""


def checked(wanted: Iterable[str]) -> dict[str, float]:
    """NAME or NAME=SHARE, each as name and share, in the order of ALL; BadArgument says what is allowed."""
    asked: dict[str, float] = {}
    for text in wanted:
        name, _, share = text.partition("=")
        if name not in ALL:
            raise BadArgument(f"There is no fault {name!r}.", f"Choose from: {', '.join(ALL)}.")
        if name in asked:
            raise BadArgument(f"{name} is asked for twice.", "Give it once, with the share that you want.")
        asked[name] = _share(name, share) if share else ALL[name].share
    for names, why in CONTRADICTIONS:
        both = [name for name in asked if name in names]
        if len(both) > 1:
            raise BadArgument(f"{both[0]} and {both[1]} cannot go together: {why}.", "Give one of them.")
    if asked.get("no_time_zone") == 1 and "wrong_time_zone" in asked:
        raise BadArgument(
            "no_time_zone and wrong_time_zone cannot go together: a time without an offset says no wrong one.",
            "Give one of them, or no_time_zone with a share below 1, such as no_time_zone=0.5.",
        )
    return {name: asked[name] for name in ALL if name in asked}


def plant(world: World, tables: Tables, wanted: Mapping[str, float]) -> tuple[Tables, pd.DataFrame]:
    """The tables with the faults in them, and one row for every row concerned: fault, table, row_id."""
    found = []
    for name, share in wanted.items():
        of_all = FAULTS[name].of in SHARED
        streams = Streams(world.streams.seed) if of_all else world.streams  # what all blocks share is struck alike in each
        tables, rows = FAULTS[name].strike(world, tables, share, streams(f"fault {name}"))
        if of_all and world.block:
            continue  # told by the first block
        found += [pd.DataFrame({"fault": name, "table": table, "row_id": ids.to_pandas()}) for table, ids in rows.items()]
    return tables, pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=["fault", "table", "row_id"], dtype=str)


def check_struck(wanted: Iterable[str], struck: Iterable[str], where: str) -> None:
    """BadArgument for a fault that was asked for and found nothing to strike."""
    in_shop = "Leave it out, make a bigger shop, or ask for less of the faults that take its rows."
    in_files = "Leave it out, or ask with --as for a system whose files can have it."
    for name in sorted(set(wanted) - set(struck), key=[*ALL].index):
        raise BadArgument(f"{name} finds nothing to strike {where}.", in_shop if name in FAULTS else in_files)


def _share(name: str, text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not ALL[name].takes_share:
        raise BadArgument(f"{name}={text}: {name} takes no share, it is there as a whole or not at all.", f"Ask for {name} alone.")
    if not 0 < share <= 1:
        raise BadArgument(f"{name}={text} is no share.", "Give a number above 0 and up to 1, such as 0.02.")
    return share
