"""The exact partition that gives every profile one persona; the fourteen as documented are in the library of segments."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any

from ruamel.yaml import YAML

from segkit.engine import Query
from segkit.segments.definition import Sample
from segkit.settings import Settings


@dataclass(frozen=True)
class Cell:
    """One cell of the partition: its rule over features, what must have been delivered, discount level 0-3, and its sample."""

    id: str
    when: str
    discount: int
    needs: tuple[str, ...] = ()
    sample: str | None = None  # the threshold that holds the share to try a win-back on

    def sample_of(self, settings: Settings) -> Sample | None:
        """The part to try a win-back on."""
        return Sample(Decimal(str(settings[self.sample])), settings["sample_minimum"]) if self.sample else None


@cache
def _grid() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("grid.yaml").read_text(encoding="utf-8")
    return YAML(typ="safe").load(text)


@cache
def partition() -> dict[str, Cell]:
    """The cells of the partition by id, in order of priority: the first that fits is the one."""
    return {
        name: Cell(name, row["when"], row["discount"], tuple(row.get("needs", ())), row.get("sample"))
        for name, row in _grid()["partition"].items()
    }


def with_personas(features: Query, mail_events_delivered: bool) -> Query:
    """The feature table with `persona` (the partition) and the purchase grid cell.

    Without mail events a profile that bought long ago or never is `engagement_unknown`, not dead weight.
    """
    grid = _grid()
    query = features.extend({"mail_events_delivered": "TRUE" if mail_events_delivered else "FALSE"}).flag(grid["flags"])
    cells = {f"grid_{side}": rows for side, rows in grid["purchase_grid"].items()}
    return query.label({"persona": {name: cell.when for name, cell in partition().items()}, **cells})


def grid_cells() -> list[str]:
    """The twelve cells of the purchase grid, such as recent/3+/high."""
    sides = _grid()["purchase_grid"]
    return [f"{r}/{f}/{v}" for r in sides["recency"] for f in sides["frequency"] for v in sides["value"]]
