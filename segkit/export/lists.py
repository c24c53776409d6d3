"""Lists of members as CSV: only when asked for, safe to open in a spreadsheet, with a receipt of what was written."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pandas as pd

from segkit.engine import Query, Rules, Store
from segkit.errors import SegmentError
from segkit.segments.definition import Segment
from segkit.segments.evaluate import with_flags
from segkit.segments.tree import Condition
from segkit.settings import suggestion

COLUMNS = ("profile_id", "email", "first_name", "infix", "last_name", "phone", "country_code", "locale")
DEFAULT = COLUMNS[:2]
USES = ("send", "ads", "all")
"""Whom a list may hold: who may be mailed, whose address may be given to an advertising partner, or everyone."""
_ASKED = ("deleted_at", "is_test", "email")
_FATES = {  # why a member is not in a list: the first that holds
    "removed": "deleted_at IS NOT NULL AND by_as_of(deleted_at)",
    "test_profiles": "is_test",
    "not_allowed": "NOT is_allowed",
    "without_address": "email IS NULL OR email = ''",
}
_ALWAYS = ("removed",)
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")  # a spreadsheet runs a cell that begins so


@dataclass(frozen=True)
class ListReceipt:
    """What a list holds: people in the segment, people in the list (`rows`), why fewer, and the file's fingerprint.

    Of the members `not_allowed` may not be used so (`use`), `removed` were removed, `test_profiles` are no people, and
    `without_address` have no e-mail address to use; each member who is left out is counted under the first that holds.
    """

    segment: str
    as_of: str
    use: str
    members: int
    rows: int
    removed: int
    test_profiles: int
    not_allowed: int
    without_address: int
    columns: list[str]
    made_safe: int  # cells that began like a formula
    sampled: int | None
    sha256: str


def write_list(
    store: Store, rules: Rules, segment: Segment, condition: Condition, file: Path, use: str = "send", columns: tuple[str, ...] = DEFAULT
) -> ListReceipt:
    """Write the members of a segment to a CSV file, UTF-8 with a mark for spreadsheets, and its receipt beside it.

    Nobody who was removed is ever listed; a list to send or advertise to holds no test profile and nobody without an address.
    A segment with a sample gets a column `part`: sample or holdout. `condition` is the segment's, resolved.
    """
    if use not in USES:
        raise SegmentError(f"Nobody knows the use {use!r}.", f"Choose one of {', '.join(USES)}.")
    for column in columns:
        if column not in COLUMNS:
            raise SegmentError(f"A list cannot hold {column!r}.", suggestion(column, COLUMNS))
    resolved = replace(segment, condition=condition)
    chosen = {"send": resolved.to_send(), "ads": resolved.to_advertise(), "all": resolved}[use].condition
    extra = tuple(column for column in columns if column != "profile_id")
    query = with_flags(rules, {"is_member": condition, "is_allowed": chosen}, keep=tuple(dict.fromkeys((*extra, *_ASKED))))
    query = query.label({"fate": {name: _FATES[name] for name in _FATES if use != "all" or name in _ALWAYS} | {"listed": "otherwise"}})
    fates = store.ask(query.keep("is_member").aggregate("fate", {"people": "count(*)"})).set_index("fate")["people"]
    frame = store.ask(_listed(query, segment, columns)).sort_values("profile_id", ignore_index=True)
    sampled = int((frame["part"] == "sample").sum()) if segment.sample else None
    safe, changed = _made_safe(frame[[*columns, *(["part"] if segment.sample else [])]])
    file.parent.mkdir(parents=True, exist_ok=True)
    safe.to_csv(file, index=False, encoding="utf-8-sig", lineterminator="\n")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    left = {name: int(fates.get(name, 0)) for name in _FATES}
    receipt = ListReceipt(
        segment.id, str(rules.as_of), use, int(fates.sum()), len(frame), **left, columns=list(safe.columns), made_safe=changed,
        sampled=sampled, sha256=digest,
    )  # fmt: skip
    file.with_suffix(".receipt.json").write_text(json.dumps(asdict(receipt), indent=1) + "\n", encoding="utf-8")
    return receipt


def _listed(query: Query, segment: Segment, columns: tuple[str, ...]) -> Query:
    needed = list(dict.fromkeys(["profile_id", *columns]))
    listed = query.keep("is_member AND fate = 'listed'").only(needed)
    if segment.sample is None:
        return listed
    part = segment.sample
    drawn = listed.sample("profile_id", float(part.share), part.at_least, part.seed)
    return drawn.label({"part": {"sample": "is_sampled", "holdout": "otherwise"}}).only([*needed, "part"])


def _made_safe(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The same table with an apostrophe before each cell that a spreadsheet would run, and how many those are."""
    risky = frame.apply(lambda column: column.astype("str").str.startswith(_RISKY) & column.notna())
    return frame.where(~risky, "'" + frame.astype("str")), int(risky.to_numpy().sum())
