"""All groups that a report tells about, in one table of cells, and which of them may be told together."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from segkit.measure.disclosure import Disclosure
from segkit.measure.groups import tally
from segkit.measure.pack import Pack
from segkit.personas import partition
from segkit.quality import Quality
from segkit.settings import Settings

MAILABLE = "is_mailable"


@dataclass(frozen=True)
class Joint:
    """People counted by combination of every flag of a report (`table`), the sums that were told, and the columns of the
    groups of which they may be told: cell_PERSONA of the partition, in_SEGMENT, is_PERSONA, and mail_... of those who may be mailed."""

    table: pd.DataFrame
    disclosure: Disclosure
    told: set[str]


def joint(frame: pd.DataFrame, pack: Pack, judged: Quality, settings: Settings) -> Joint:
    """The groups of an audit. `frame` has one row per profile with the columns of `pack.flags()`, persona and is_mailable.

    What is named first goes before what would tell about a few people beside it: the partition, the segments, the literal
    personas, and then what recipients of each brought.
    """
    cells = {f"cell_{name}": frame["persona"] == name for name in partition()}
    flags = {name: frame[name] for name in pack.flags()}
    table = tally(frame, {**cells, **flags, MAILABLE: frame[MAILABLE]}, judged)
    disclosure = Disclosure(table["members"], settings["smallest_group"])
    groups = {name: table[name] for name in (*cells, *(f"in_{one}" for one in pack.answered), *(f"is_{one}" for one in pack.personas))}
    recipients = {f"mail_{name}": table[column] & table[MAILABLE] for name, column in pack.ranked().items()}
    return Joint(table, disclosure, disclosure.tellable(groups | recipients))
