"""The fourteen personas as documented, and the exact partition that gives every profile one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from ruamel.yaml import YAML

from segkit.engine import Query
from segkit.settings import Settings


@dataclass(frozen=True)
class Persona:
    """One row of a decision table: its rule, what must have been delivered, discount level 0-3, and its sample rule."""

    id: str
    when: str
    discount: int
    needs: tuple[str, ...] = ()
    sample: str | None = None  # the threshold that holds the share to try a win-back on

    def sample_size(self, members: int, settings: Settings) -> int | None:
        """How many of `members` to try a win-back on: a share, at least the minimum, at most everyone."""
        if self.sample is None:
            return None
        return min(members, max(math.ceil(members * settings[self.sample]), int(settings["sample_minimum"])))


@cache
def _grid() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("grid.yaml").read_text(encoding="utf-8")
    return YAML(typ="safe").load(text)


@cache
def literal() -> dict[str, Persona]:
    """The fourteen as documented, by id; they overlap and leave holes."""
    return _personas("literal")


@cache
def partition() -> dict[str, Persona]:
    """The cells of the partition by id, in order of priority: the first that fits is the one."""
    return _personas("partition")


def _personas(part: str) -> dict[str, Persona]:
    return {
        name: Persona(name, row["when"], row["discount"], tuple(row.get("needs", ())), row.get("sample"))
        for name, row in _grid()[part].items()
    }


def with_personas(features: Query, mail_events_delivered: bool) -> Query:
    """The feature table with a flag is_NAME per literal persona, `persona` (the partition) and the purchase grid cell.

    Without mail events a profile that bought long ago or never is `engagement_unknown`, not dead weight.
    """
    grid = _grid()
    query = features.extend({"mail_events_delivered": "TRUE" if mail_events_delivered else "FALSE"}).flag(grid["flags"])
    query = query.flag({f"is_{name}": persona.when for name, persona in literal().items()})
    cells = {f"grid_{side}": rows for side, rows in grid["purchase_grid"].items()}
    return query.label({"persona": {name: cell.when for name, cell in partition().items()}, **cells})


def grid_cells() -> list[str]:
    """The twelve cells of the purchase grid, such as recent/3+/high."""
    sides = _grid()["purchase_grid"]
    return [f"{r}/{f}/{v}" for r in sides["recency"] for f in sides["frequency"] for v in sides["value"]]
