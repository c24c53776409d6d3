"""A Postgres of its own for the time of the tests: Debian's or any other, found on the machine, driven by psql."""

from __future__ import annotations

import csv
import glob
import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from segkit.tables import TABLES
from tests.canonical import local_day

_TYPES = {"double": "double precision", "varchar": "text", "json": "text", "char(3)": "text", "varchar[]": "text[]"}


def tools() -> Path | None:
    """The folder with initdb and postgres; None where there is none."""
    found = shutil.which("initdb")
    folders = (
        [Path(found).resolve().parent] if found else [Path(path).parent for path in sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))]
    )
    return folders[-1] if folders else None


class Postgres:
    """A running server that takes SQL through psql."""

    def __init__(self, folder: Path, bin_: Path) -> None:
        self.folder, self.bin = folder, bin_

    def ask(self, sql: str) -> list[dict[str, str]]:
        """Run statements and return the rows of the last one, as psql prints them."""
        command = [str(self.bin / "psql"), "-h", str(self.folder), "-U", "segkit", "-d", "postgres", "-q", "--csv", "-v", "ON_ERROR_STOP=1"]
        done = subprocess.run([*_as_postgres(), *command], input=sql, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return list(csv.DictReader(io.StringIO(done.stdout)))

    def asked_of(self, rows: Mapping[str, Sequence[Mapping[str, Any]]], zone: str, sql: str) -> list[dict[str, str]]:
        """The answer of a statement over canonical tables with these rows, which are gone afterwards."""
        made = "".join(_table(name, rows.get(name, ()), zone) for name in TABLES)
        return self.ask(f"BEGIN;\n{made}\n{sql};\nROLLBACK;\n")


@contextmanager
def running() -> Iterator[Postgres]:
    """A server in a temporary folder, reached through a socket in it: nothing listens on the network."""
    bin_ = tools()
    assert bin_ is not None
    folder = Path(tempfile.mkdtemp(prefix="segkit-pg-"))
    if _as_postgres():
        shutil.chown(folder, "postgres")
    run = lambda *command: subprocess.run([*_as_postgres(), *command], check=True, capture_output=True)  # noqa: E731
    run(str(bin_ / "initdb"), "-D", str(folder / "data"), "-U", "segkit", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    settings = f"-k {folder} -c listen_addresses='' -c fsync=off -c timezone=UTC"
    run(str(bin_ / "pg_ctl"), "-D", str(folder / "data"), "-w", "-l", str(folder / "log"), "-o", settings, "start")
    try:
        yield Postgres(folder, bin_)
    finally:
        run(str(bin_ / "pg_ctl"), "-D", str(folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _as_postgres() -> list[str]:
    """Postgres does not run as root."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


def _table(name: str, rows: Sequence[Mapping[str, Any]], zone: str) -> str:
    columns = TABLES[name].columns
    made = f"CREATE TEMP TABLE {name} ({', '.join(f'{column.name} {_TYPES.get(column.type, column.type)}' for column in columns)});\n"
    if not rows:
        return made
    values = ",\n".join(f"({', '.join(_literal(_filled(row, column.name, zone), column.type) for column in columns)})" for row in rows)
    return f"{made}INSERT INTO {name} VALUES {values};\n"


def _filled(row: Mapping[str, Any], name: str, zone: str) -> Any:
    at = row.get(f"{name[:-3]}_at") if name.endswith("_on") else None
    return local_day(at, zone) if name not in row and at is not None else row.get(name)


def _literal(value: Any, kind: str) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, list):
        return f"ARRAY[{', '.join(_literal(one, 'varchar') for one in value)}]::text[]"
    quoted = str(value).replace("'", "''")
    return f"'{quoted}'"
