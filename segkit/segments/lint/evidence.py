"""What only the data can tell: windows before the first day, lacking tables, aged lists, everyone and nobody; and witnesses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from segkit import quality
from segkit.engine import Rules, Store
from segkit.segments import tree, words
from segkit.segments.evaluate import with_flags
from segkit.segments.lint import names
from segkit.segments.lint.finding import HINT, WARNING, LintFinding
from segkit.segments.lint.vocabulary import unknown_values
from segkit.segments.members import Availability, asks
from segkit.segments.tree import Condition, leaves
from segkit.settings import Settings

TABLE_OF = {"purchases": "orders"}
MAILABLE = tree.CanReceive("email")
Conditions = Mapping[str, Condition]


@dataclass(frozen=True)
class Evidence:
    """A store as of a moment, ready to be asked about a set of segments."""

    store: Store
    rules: Rules
    judged: quality.Quality

    @classmethod
    def of(cls, store: Store, rules: Rules) -> Evidence:
        """The evidence of a store."""
        return cls(store, rules, quality.judge(store, rules))

    def findings(self, conditions: Conditions, settings: Settings) -> Iterator[LintFinding]:
        """Everything that the data say about the segments, `conditions` by id and in normal form."""
        yield from self._reach(conditions)
        strange = [*self._values(conditions)]
        yield from strange
        yield from self._lists(conditions, settings)
        explained = {one.segments for one in strange if one.severity == WARNING}
        yield from (one for one in self._sizes(conditions, settings) if one.key != "nobody" or one.segments not in explained)

    # --- values -------------------------------------------------------------------------------------------------------

    def _values(self, conditions: Conditions) -> Iterator[LintFinding]:
        can, _ = Availability(self.judged).split(conditions)
        for name, condition in can.items():
            yield from unknown_values(self.store, self.rules, self.judged, name, condition)

    # --- coverage -----------------------------------------------------------------------------------------------------

    def _reach(self, conditions: Conditions) -> Iterator[LintFinding]:
        for name, condition in conditions.items():
            answer = self.judged.first_missing(tuple(need for need in asks(condition) if need != quality.SCORES))
            if not answer.yes:
                about = {"about": answer.about} if answer.about else {}
                yield LintFinding("not_delivered", WARNING, (name,), {"reason": answer.reason} | about)
                continue
            found = [finding for leaf in leaves(condition) if (finding := self._window(name, leaf))]
            yield from sorted(found, key=lambda finding: finding.severity == HINT)[:1]

    def _window(self, name: str, leaf: Condition) -> LintFinding | None:
        """A window that lies before the first day of its table, or begins before it."""
        if not isinstance(leaf, (tree.Event, tree.Every, tree.Latest)) or leaf.window.hours is not None:
            return None
        table = words.metrics()[leaf.metrics[0]].table
        first = self.judged.coverage[TABLE_OF.get(table, table)].first_on
        reach = None if first is None else (self.rules.as_of.day - first).days
        if reach is None:
            return None
        numbers = {"first": first.isoformat() if first else None, "days": reach}
        if (leaf.window.newest or 0) > reach:
            return LintFinding("unreachable", WARNING, (name,), numbers | {"from": leaf.window.newest})
        if (leaf.window.oldest or 0) > reach:
            return LintFinding("reaches_back", HINT, (name,), numbers | {"from": leaf.window.oldest})
        return None

    # --- lists --------------------------------------------------------------------------------------------------------

    def _lists(self, conditions: Conditions, settings: Settings) -> Iterator[LintFinding]:
        table = self._list_table()
        named = [leaf.name for condition in conditions.values() for leaf in leaves(condition) if isinstance(leaf, tree.InList)]
        for name, condition in conditions.items():
            asked = dict.fromkeys(leaf.name for leaf in leaves(condition) if isinstance(leaf, tree.InList))
            yield from (finding for one in asked for finding in self._static(name, one, table, settings["lint_list_days"]))
        known = [str(text) for text in table.loc[table["kind"] == "list", "list_name"].dropna().unique()]
        yield from names.sprawl([*known, *(name for name in named if name not in set(table["list_id"]))], settings["lint_list_count"])

    def _list_table(self) -> pd.DataFrame:
        """One row a list of the platform: list_id, list_name, kind, newest (when somebody last joined), members."""
        columns = {"list_name": "max(list_name)", "kind": "max(kind)", "newest": "max(joined_at)", "members": "count(*)"}
        if not self.store.has("list_memberships"):
            return pd.DataFrame(columns=["list_id", *columns])
        return self.store.ask(self.rules.aggregate("list_memberships", "list_id", columns)).sort_values("list_id", ignore_index=True)

    def _static(self, name: str, asked: str, table: pd.DataFrame, most: int) -> Iterator[LintFinding]:
        of_it = table[((table["list_id"] == asked) | (table["list_name"] == asked)) & (table["kind"] == "list")]
        newest = of_it["newest"].max() if len(of_it) else pd.NaT
        if pd.isna(newest):
            return
        age = (pd.Timestamp(self.rules.as_of.day) - newest.normalize()).days
        if age > most:
            numbers = {"list": asked, "days": age, "members": int(of_it["members"].sum())}
            yield LintFinding("static_list", WARNING, (name,), numbers, tree.InList(asked))

    # --- sizes --------------------------------------------------------------------------------------------------------

    def _sizes(self, conditions: Conditions, settings: Settings) -> Iterator[LintFinding]:
        """Segments that hold nobody, or nearly everyone who may be mailed; of all profiles where nobody is known to be."""
        can, _ = Availability(self.judged).split(conditions)
        asked = {"mailable": MAILABLE} if self.judged.capabilities["consent"].yes else {}
        frame = self.flags({**asked, **{f"in_{name}": one for name, one in can.items()}})
        of_mailable = bool(asked) and bool(frame["mailable"].any())
        base = frame[frame["mailable"]] if of_mailable else frame
        for name, condition in can.items():
            there = frame[f"in_{name}"]
            share = float(base[f"in_{name}"].mean()) if len(base) else 0.0
            if not there.any():
                yield LintFinding("nobody", WARNING, (name,), {"profiles": len(frame)})
            elif share >= settings["lint_everyone_share"] and not _is_consent(condition):
                yield LintFinding("everyone", WARNING, (name,), {"share": share, "whom": "mailable" if of_mailable else "all"}, condition)

    def flags(self, conditions: Conditions) -> pd.DataFrame:
        """One row a person, by profile_id, and a flag per condition."""
        return self.store.ask(with_flags(self.rules, conditions)).sort_values("profile_id", ignore_index=True)

    # --- witnesses ----------------------------------------------------------------------------------------------------

    def witnessed(self, findings: Sequence[LintFinding], most: int) -> list[LintFinding]:
        """The findings with the number of people whom they concern and a few of them; made-up ones where there is nobody."""
        asked = {f"who_{place}": one.who for place, one in enumerate(findings) if one.who is not None}
        can, _ = Availability(self.judged).split(asked)
        if not can:
            return list(findings)
        frame = self.flags(can)
        found = {name: frame.loc[frame[name].astype(bool), "profile_id"] for name in can}
        return [_with_people(one, found.get(f"who_{place}"), most) for place, one in enumerate(findings)]


def _with_people(finding: LintFinding, found: Any, most: int) -> LintFinding:
    if found is None:
        return finding
    some = tuple(map(str, found[:most]))
    return replace(finding, people=len(found), profiles=some, witness=None if some else finding.witness)


def _is_consent(condition: Condition) -> bool:
    return all(isinstance(leaf, (tree.CanReceive, tree.ConsentIs)) for leaf in leaves(condition))
