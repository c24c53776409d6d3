"""The shop as it is: a load of canonical Parquet, as segkit keeps it."""

from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from segkit_generators.store import write_load


@dataclass(frozen=True)
class Load:
    """Canonical tables under the id of their load."""

    load_id: str
    tables: dict[str, pa.Table] = field(repr=False)

    def write(self, folder: Path) -> Path:
        """Writes the load, names it in CURRENT, removes older loads; gives the folder of the load."""
        return write_load(folder, self.load_id, self.tables)
