"""A load in progress: delivered rows are typed, judged, labelled and written as canonical Parquet."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from segkit.engine import convert, load_words, refusal
from segkit.engine import finish as finishing
from segkit.engine import scope as words
from segkit.engine.convert import Cell, Column
from segkit.engine.read import Raw
from segkit.engine.scope import Scope
from segkit.errors import ExpressionError, MappingError
from segkit.settings import Settings
from segkit.tables import TABLES

_OURS = ("file_no", "group_no", "group_row", "refused", "why", "mended", "aside")
_RESERVED = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'"
_HIDDEN = {"line_no": words.INTEGER, "row_no": words.INTEGER, "file": words.TEXT}  # of every delivered table


@dataclass(frozen=True)
class Part:
    """One file of a delivered table: its raw rows, which columns it has, and its group (parts of one export share one)."""

    file_no: int
    group_no: int
    file: str
    raw: Raw
    positions: Mapping[str, int | None]  # our column -> place in the file; None when the file lacks an optional one
    offset: int = 0  # rows of the same group before this part


class Loading:
    """An engine with room on disk for one load; everything in it goes away at close()."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = tempfile.mkdtemp(prefix="segkit-")
        self.connection = duckdb.connect(str(Path(self._folder) / "load.duckdb"))
        self.connection.execute("SET TimeZone='UTC'")
        self._columns: dict[str, dict[str, str]] = {}
        self._raws = self._runs = 0
        self._writes = 0
        for table in TABLES.values():
            columns = ", ".join(f"{column.name} {column.type}" for column in table.columns)
            self.connection.execute(f"CREATE TABLE new_{table.name} ({columns}, write_no INTEGER)")

    def _scope(self, columns: Mapping[str, str], aggregates: bool = False) -> Scope:
        return load_words.load_scope(columns, self._settings, aggregates)

    def close(self) -> None:
        """Remove everything this load put on disk."""
        self.connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def next_run(self) -> int:
        """A number for the next mapping, so that two mappings of one source do not share a table."""
        self._runs += 1
        return self._runs

    def raw_name(self) -> str:
        """A free name for a raw table."""
        self._raws += 1
        return f"raw_{self._raws}"

    # --- reading --------------------------------------------------------------------------------------------------

    def read(self, table: str, parts: Sequence[Part], columns: Sequence[Column], zone: str) -> dict[int, dict[str, str]]:
        """Type the cells of a delivered table; returns the verdicts (decimal mark, date order) per file and column.

        A row with a cell that is not what its type says is refused, with the reason; nothing is lost or guessed.
        """
        kinds = {column.name: convert.KINDS[column.type] for column in columns}
        self._check_names(table, kinds)
        spec = ", ".join(f"{name} {convert.SQL_TYPES[kind]}" for name, kind in kinds.items())
        self.connection.execute(
            f"CREATE TABLE {table} (file_no INTEGER, group_no INTEGER, row_no BIGINT, group_row BIGINT, file VARCHAR, {spec}, "
            "refused VARCHAR, why VARCHAR, mended BOOLEAN, aside VARCHAR)"
        )
        self._columns[table] = {**kinds, **_HIDDEN}
        return {part.file_no: self._read_part(table, part, columns, zone) for part in parts}

    def _check_names(self, table: str, names: Iterable[str], taken: Iterable[str] = ()) -> None:
        """Our names of columns are used in expressions, so they are plain words that mean nothing else there."""
        reserved = {row[0] for row in self.connection.execute(_RESERVED).fetchall()} | {*_HIDDEN, *_OURS, *taken}
        for name in names:
            if name in reserved or not re.fullmatch("[a-z][a-z0-9_]*", name):
                raise MappingError(
                    f"{_told(table)}: a column cannot be called {name!r} here.",
                    "Choose a plain word of lower-case letters that SQL does not use, such as order_no.",
                )

    def _read_part(self, table: str, part: Part, columns: Sequence[Column], zone: str) -> dict[str, str]:
        cells = {column.name: self._cell(part, column.name, zone) for column in columns}
        there = [(column, cell) for column in columns if (cell := cells[column.name]) is not None]
        typed = {column.name: convert.typed(column, cell) for column, cell in there}
        texts = "".join(f", {cell.trimmed} AS {cell.text}" for _, cell in there)
        values = "".join(f", {typed[column.name].value} AS {cell.value}" for column, cell in there)
        refusals = [
            refusal.of_cell(column, cell, part.raw.header[cell.place]) for column, cell in there if column.type not in refusal.NEVER
        ]
        refused, why = (refusal.first(refusals, told) for told in ("told", "why"))
        mended = " OR ".join(f"coalesce({result.mended}, FALSE)" for result in typed.values())
        listed = ", ".join("NULL" if cell is None else cell.value for cell in cells.values())
        self._run(
            f"{_told(table)}: the form of a column (date)",
            f"INSERT INTO {table} SELECT {part.file_no}, {part.group_no}, row_no, row_no + {part.offset}, {convert.quoted(part.file)}, "
            f"{listed}, {refused}, {why}, {mended or 'FALSE'}, NULL "
            f"FROM (SELECT *{values} FROM (SELECT *{texts} FROM {part.raw.name}))",
        )
        return {name: result.verdict for name, result in typed.items() if result.verdict}

    def _cell(self, part: Part, name: str, zone: str) -> Cell | None:
        place = part.positions[name]
        if place is None:
            return None
        label = f"{part.file}, column {part.raw.header[place]!r}"
        return Cell(self.connection, part.raw.name, place, part.raw.types[place], label, zone, part.raw.typed_cells)

    # --- judging --------------------------------------------------------------------------------------------------

    def choose_units(self, table: str, unit: str | None, newest_first: Sequence[int]) -> None:
        """Keep each unit whole from one group of files, and number the lines of a unit from 1.

        The newest group that holds the unit gives it; a group in which the unit touches the first or last row and has
        fewer rows than in another group is passed over: the file was cut there. Without a unit the whole row is it.
        """
        if unit is None:
            cells = ", ".join(f"coalesce(CAST({name} AS VARCHAR), chr(30))" for name in self._columns[table] if name not in _HIDDEN)
            key = f"md5(concat_ws(chr(31), {cells}))"
        else:
            key = self._parse("unit", unit, self._columns[table])[0]
            self._refuse(table, f"({key}) IS NULL", *refusal.of_unit(unit, self._columns[table]))
            self.refuse_partial(table, unit, over_files=False)
        rank = " ".join(f"WHEN {group} THEN {place}" for place, group in enumerate(newest_first))
        self.connection.execute(
            f"CREATE OR REPLACE TABLE chosen AS WITH rows_of AS (SELECT group_no, {key} AS unit, count(*) AS n, "
            f"min(group_row) AS first_row, max(group_row) AS last_row, bool_or(refused IS NOT NULL) AS is_refused FROM {table} "
            f"WHERE {'refused IS NULL' if unit is None else 'TRUE'} GROUP BY 1, 2), "  # a refused order still shows where another is cut
            f"ends AS (SELECT group_no, max(group_row) AS rows_in FROM {table} GROUP BY 1), "
            "judged AS (SELECT rows_of.*, (first_row = 1 OR last_row = rows_in) AND n < max(n) OVER (PARTITION BY unit) AS is_cut "
            "FROM rows_of JOIN ends USING (group_no)) "
            f"SELECT unit, arg_min(group_no, CASE group_no {rank} END) AS group_no FROM judged "
            "WHERE NOT (is_cut OR is_refused) GROUP BY unit"
        )
        line = "row_number() OVER (PARTITION BY t.group_no, t.unit_key ORDER BY t.group_row)"
        self.connection.execute(
            f"CREATE TABLE {table}_judged AS SELECT t.* EXCLUDE (aside), {line} AS line_no, "
            "CASE WHEN t.refused IS NULL AND chosen.group_no IS DISTINCT FROM t.group_no THEN 'overlap' END AS aside "
            f"FROM (SELECT *, {key} AS unit_key FROM {table}) AS t LEFT JOIN chosen ON chosen.unit = t.unit_key"
        )
        self._replace(table, f"{table}_judged")

    def label(self, table: str, labels: Mapping[str, Mapping[str, str]]) -> None:
        """Add text columns by decision tables: the first condition that is true gives the value."""
        columns = self._columns[table]
        self._check_names(table, labels, columns)
        cases = {name: self._cases(table, name, rows, columns) for name, rows in labels.items()}
        listed = ", ".join(f"{case} AS {name}" for name, case in cases.items())
        self._run(f"{_told(table)}.labels", f"CREATE TABLE {table}_labelled AS SELECT *, {listed} FROM {table}")
        self._replace(table, f"{table}_labelled")
        columns.update(dict.fromkeys(cases, words.TEXT))

    def _cases(self, table: str, name: str, rows: Mapping[str, str], columns: Mapping[str, str]) -> str:
        try:
            when = " ".join(
                f"WHEN {load_words.condition(text, self._scope(columns))} THEN {convert.quoted(value)}" for value, text in rows.items()
            )
        except ExpressionError as error:
            raise MappingError(f"{_told(table)}.labels.{name}: {error.problem}", error.todo) from error
        return f"CASE {when} END"

    def set_aside(self, table: str, kind_column: str, kinds: Sequence[str], reason: str | None = None) -> None:
        """Mark rows of the named kinds as good data that is not used, on purpose; the reason is the kind, unless given."""
        if not kinds:
            return
        listed = ", ".join(map(convert.quoted, kinds))
        told = convert.quoted(reason) if reason else kind_column
        self.connection.execute(
            f"UPDATE {table} SET aside = {told} WHERE {kind_column} IN ({listed}) AND refused IS NULL AND aside IS NULL"
        )

    def kinds(self, table: str, column: str) -> set[str | None]:
        """The values of a label among the usable rows."""
        sql = f"SELECT DISTINCT {column} FROM {table} WHERE refused IS NULL AND aside IS NULL"
        return {row[0] for row in self.connection.execute(sql).fetchall()}

    def refuse_partial(self, table: str, key: str, over_files: bool) -> None:
        """Refuse what belongs to an order of which a row cannot be used: half an order is worth the wrong amount.

        Orders that come whole from one file are looked at per file, as another may hold the order in good state.
        """
        unit = self._parse("key", key, self._columns[table])[0]
        order = f"({'0' if over_files else 'group_no'}, {unit})"
        bad = f"SELECT {order} FROM {table} WHERE refused IS NOT NULL AND aside IS NULL AND ({unit}) IS NOT NULL"
        where = f"aside IS NULL AND {order} IN ({bad})"
        self._refuse(table, where, "another row of the same order cannot be used", "with_its_order|")

    def refuse_missing(self, table: str, target: str, key: str | None, wanted: str, value: str, where: Sequence[str]) -> None:
        """Refuse the usable rows (of a group, when there is a key) for which a value that every row needs is null."""
        columns = self._columns[table]
        needed = self._parse(f"write.{target}.{wanted}", value, columns, aggregates=key is not None)[0]
        reason = (f"no value for {wanted}", f"missing|{wanted}")
        used = " AND ".join(["refused IS NULL", "aside IS NULL", *[f"({self._condition('write', text, columns)})" for text in where]])
        if key is None:
            self._refuse(table, f"{used} AND ({needed}) IS NULL", *reason)
        else:
            group = self._parse("key", key, columns)[0]
            without = f"SELECT {group} FROM {table} WHERE {used} GROUP BY 1 HAVING ({needed}) IS NULL"
            self._refuse(table, f"{used} AND ({group}) IN ({without})", *reason)

    def _refuse(self, table: str, where: str, told: str, why: str) -> None:
        sql = f"UPDATE {table} SET refused = {convert.quoted(told)}, why = {convert.quoted(why)} WHERE refused IS NULL AND {where}"
        self._run(f"{_told(table)}: a condition", sql)

    def _run(self, place: str, sql: str) -> None:
        """Do what a mapping asks; the engine's own words about a failure may hold a cell, so they stay here."""
        try:
            self.connection.execute(sql)
        except duckdb.Error:
            raise MappingError(
                f"{place} cannot be worked out.", "Look for an amount that is too large, or a form that does not exist."
            ) from None

    def _replace(self, table: str, by: str) -> None:
        self.connection.execute(f"DROP TABLE {table}")
        self.connection.execute(f"ALTER TABLE {by} RENAME TO {table}")

    # --- receipts -------------------------------------------------------------------------------------------------

    def tally(self, table: str, kind_column: str | None) -> list[tuple[int, str, str | None, int]]:
        """How many rows got which verdict: (file_no, kept | mended | set_aside | refused, kind or why, rows).

        Why a row was refused is "key|column"; the cell itself stays in the quarantine, for it can be anybody's address.
        """
        kind = kind_column or "CAST(NULL AS VARCHAR)"
        sql = (
            "SELECT file_no, CASE WHEN refused IS NOT NULL THEN 'refused' WHEN aside IS NOT NULL THEN 'set_aside' "
            "WHEN mended THEN 'mended' ELSE 'kept' END AS verdict, "
            "CASE WHEN refused IS NOT NULL THEN why "
            f"WHEN aside IS NOT NULL THEN aside ELSE {kind} END AS reason, count(*) FROM {table} GROUP BY ALL ORDER BY ALL"
        )
        return self.connection.execute(sql).fetchall()

    def span(self, table: str) -> dict[int, tuple[Any, Any]]:
        """The first and last moment in each file, over all its time columns; None where there is none."""
        times = [name for name, kind in self._columns[table].items() if kind == words.MOMENT]
        if not times:
            return {}
        low, high = f"least({', '.join(f'min({t})' for t in times)})", f"greatest({', '.join(f'max({t})' for t in times)})"
        rows = self.connection.execute(f"SELECT file_no, {low}, {high} FROM {table} WHERE refused IS NULL GROUP BY 1").fetchall()
        return {row[0]: (row[1], row[2]) for row in rows}

    def duplicates(self, table: str) -> int:
        """How many used rows repeat another row cell by cell."""
        cells = ", ".join(name for name in self._columns[table] if name not in _HIDDEN)
        used = "refused IS NULL AND aside IS DISTINCT FROM 'overlap'"
        sql = f"SELECT coalesce(sum(n - 1), 0) FROM (SELECT count(*) AS n FROM {table} WHERE {used} GROUP BY {cells})"
        return int(self.connection.execute(sql).fetchall()[0][0])

    def refused_rows(self, table: str, part: Part) -> list[tuple[Any, ...]]:
        """The refused rows of a file as delivered: line, reason, then every cell."""
        raw = part.raw
        cells = ", ".join(f"CAST(r.c{i} AS VARCHAR)" for i in range(len(raw.header)))
        sql = (
            f"SELECT row_no, t.refused, {cells} FROM {table} AS t JOIN {raw.name} AS r USING (row_no) "
            f"WHERE t.refused IS NOT NULL AND t.file_no = {part.file_no} ORDER BY row_no"
        )
        rows = self.connection.execute(sql).fetchall()
        lines = raw.lines() if rows and raw.lines else range(1, raw.rows + 1)
        return [(lines[row_no - 1], *rest) for row_no, *rest in rows]

    # --- writing --------------------------------------------------------------------------------------------------

    def write(
        self, target: str, source: str, key: Mapping[str, str] | None, columns: Mapping[str, str], derived: Mapping[str, str],
        where: Sequence[str], constants: Mapping[str, Any],
    ) -> None:  # fmt: skip
        """Add rows to a canonical table: one per value of `key` (aggregates over its rows), or one per row when None."""
        known, place = self._columns[source], f"write.{target}"
        trees = {**({} if key is None else key), **columns}
        parsed = {name: self._parse(f"{place}.{name}", text, known, key is not None and name not in key) for name, text in trees.items()}
        selected = [f"{sql} AS {name}" for name, (sql, _) in parsed.items()]
        if "extract_id" in TABLES[target].names:
            selected.append(f"{'file' if key is None else 'min(file)'} AS extract_id")
        conditions = ["refused IS NULL", "aside IS NULL", *[self._condition(place, text, known) for text in where]]
        group = "" if key is None else " GROUP BY " + ", ".join(parsed[name][0] for name in key)
        inner = f"SELECT {', '.join(selected)} FROM {source} WHERE {' AND '.join(f'({c})' for c in conditions)}{group}"
        kinds = {name: kind for name, (_, kind) in parsed.items()}
        load_words.check_kinds(target, kinds)
        derivations = {name: self._parse(f"{place}.{name}", text, kinds) for name, text in derived.items()}
        load_words.check_kinds(target, {name: kind for name, (_, kind) in derivations.items()})
        extra = "".join(f", {sql} AS {name}" for name, (sql, _) in derivations.items())
        extra += "".join(
            f", {_constant(value)} AS {name}" for name, value in constants.items() if name in TABLES[target].names and name not in trees
        )
        self._insert(target, f"SELECT *{extra} FROM ({inner})", [*trees, *derived])

    def write_properties(self, source: str, part: Part, places: Sequence[int], profile: str, system: str) -> None:
        """Columns that no mapping names, as properties of the profile: one row per profile and non-empty cell."""
        key = self._parse("write.profile_properties", profile, self._columns[source])[0]
        for place in places:
            name = part.raw.header[place].replace("'", "''")
            text = f"nullif(trim(CAST(r.c{place} AS VARCHAR)), '')"
            number = f"TRY_CAST({text} AS DOUBLE)"
            self._insert(
                "profile_properties",
                f"SELECT {key} AS profile_id, '{name}' AS name, {text} AS value_text, "
                f"CASE WHEN isfinite({number}) THEN {number} END AS value_num, "
                f"TRY_CAST({text} AS TIMESTAMP) AS value_date, TRY_CAST({text} AS BOOLEAN) AS value_bool, "
                f"{convert.quoted(system)} AS source_system "
                f"FROM {source} JOIN {part.raw.name} AS r USING (row_no) "
                f"WHERE file_no = {part.file_no} AND refused IS NULL AND aside IS NULL AND {text} IS NOT NULL",
                [],
            )

    def _parse(self, place: str, text: str, columns: Mapping[str, str], aggregates: bool = False) -> tuple[str, str]:
        try:
            return load_words.parse(str(text), self._scope(columns, aggregates))
        except ExpressionError as error:
            raise MappingError(f"{place}: {error.problem}", error.todo) from error

    def _condition(self, place: str, text: str, columns: Mapping[str, str]) -> str:
        try:
            return load_words.condition(text, self._scope(columns))
        except ExpressionError as error:
            raise MappingError(f"{place}.where: {error.problem}", error.todo) from error

    def _insert(self, target: str, select: str, names: Sequence[str]) -> None:
        table = TABLES[target]
        for name in names:
            if name not in table.names and f"{name}_at" not in table.names:
                raise MappingError(f"write.{target}: the table has no column {name!r}.", f"Columns: {', '.join(table.names)}.")
        renamed = ", ".join(f"{name} AS {name}_at" for name in names if name not in table.names)
        stems = [name for name in names if name not in table.names]
        outer = f"* EXCLUDE ({', '.join(stems)}), {renamed}" if stems else "*"
        self._writes += 1
        try:
            self.connection.execute(f"INSERT INTO new_{target} BY NAME SELECT {outer}, {self._writes} AS write_no FROM ({select})")
        except duckdb.BinderException as error:  # its text names columns, never cells
            told = str(error).splitlines()[0].removeprefix("Binder Error: ")
            raise MappingError(
                f"write.{target}: {told}", "One row per key: put a column in min(), max(), sum() or last(value, time)."
            ) from error
        except duckdb.Error:  # its text may hold a cell
            raise MappingError(
                f"write.{target}: a value does not fit its column.", "Check the type of each column that it writes."
            ) from None

    def insert_rows(self, target: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows given as dictionaries, such as receipts."""
        for row in rows:
            names = ", ".join(row)
            self.connection.execute(f"INSERT INTO new_{target} ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values()))

    def strange_words(self) -> list[tuple[str, str, str, int]]:
        """Words in a column that takes only some: (table, column, word, rows), the first few."""
        found = []
        for table in TABLES.values():
            for column in (column for column in table.columns if column.values):
                allowed = ", ".join(map(convert.quoted, column.values))
                sql = f"SELECT {column.name}, count(*) FROM new_{table.name} WHERE {column.name} NOT IN ({allowed}) GROUP BY 1 ORDER BY 1"
                found += [(table.name, column.name, word, rows) for word, rows in self.connection.execute(sql).fetchmany(_A_FEW)]
        return found

    def currencies(self) -> dict[str, int]:
        """How many orders name each currency."""
        return finishing.currencies(self.connection)

    def convert(self, base: str, rates: Mapping[str, float]) -> list[tuple[str, int, str]]:
        """Give orders in another currency their rate; returns those still without: (currency, orders, a file of them)."""
        return finishing.convert(self.connection, base, rates)

    def finish(self, folder: Path, zone: str, currency: str) -> dict[str, int]:
        """Complete the tables (days, identities, profiles of orders) and write them; returns rows per table."""
        return finishing.finish(self.connection, folder, zone, currency)


_A_FEW = 5


def _told(table: str) -> str:
    """A delivered table in an error: its source and its name in the mapping."""
    return table.removeprefix("read_").rpartition("_")[0]


def _constant(value: Any) -> str:
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else convert.quoted(value)
