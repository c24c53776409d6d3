"""The last step of a load: tables are completed from each other and written as Parquet."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from segkit.engine.duck import quoted
from segkit.tables import TABLES, Table

_KEYED_BY_PROFILE = [table.name for table in TABLES.values() if "profile_id" in table.names and table.name != "profile_identities"]
_LAST_WORD = 1_000_000  # write number of what is only derived: any source that says something goes first
_EARLIEST = ("created_at",)  # of several sources about one profile: the first creation, the last update, else the first word
_LATEST = ("updated_at", "deleted_at")


def finish(connection: duckdb.DuckDBPyConnection, folder: Path, zone: str, currency: str) -> dict[str, int]:
    """Write all tables that have rows to `folder`, with base amounts in `currency`; returns how many rows each has."""
    _one_identity_each(connection)
    _resolve(connection)
    _one_consent_each(connection)
    _one_snapshot_each(connection)
    _merge_profiles(connection)
    _link_refunds(connection)
    _refunds_in_base(connection, currency)
    _complete_orders(connection)
    folder.mkdir(parents=True, exist_ok=True)
    return {table.name: rows for table in TABLES.values() if (rows := _write(connection, table, folder, zone))}


def _one_identity_each(connection: duckdb.DuckDBPyConnection) -> None:
    """An id of a source system belongs to one profile: the one written first."""
    connection.execute(
        "CREATE OR REPLACE TABLE new_profile_identities AS SELECT source_system, id_type, source_id, "
        "arg_min(profile_id, write_no) AS profile_id, arg_min(match_rule, write_no) AS match_rule, min(write_no) AS write_no "
        "FROM new_profile_identities WHERE source_id IS NOT NULL GROUP BY ALL"
    )


def _resolve(connection: duckdb.DuckDBPyConnection) -> None:
    """Rows that name a person by an id of their source system, as system:id, get the profile that this id belongs to."""
    if not connection.execute("SELECT count(*) FROM new_profile_identities").fetchall()[0][0]:
        return
    connection.execute(
        "CREATE OR REPLACE TABLE known_ids AS SELECT source_system || ':' || source_id AS source_id, min(profile_id) AS profile_id "
        "FROM new_profile_identities GROUP BY 1"
    )
    for name in _KEYED_BY_PROFILE:
        connection.execute(
            f"UPDATE new_{name} SET profile_id = known_ids.profile_id FROM known_ids "
            f"WHERE new_{name}.profile_id = known_ids.source_id AND known_ids.profile_id <> new_{name}.profile_id"
        )


def _one_consent_each(connection: duckdb.DuckDBPyConnection) -> None:
    """A state of consent that one system tells in two of its exports is kept once: as the later read of them says it.

    It is the same state at the same second; and a state without a moment is the one of which another export knows the moment.
    """
    state = "source_system, profile_id, channel, purpose, list_id, status"
    dated = "CASE WHEN occurred_at IS NOT NULL THEN write_no END"
    connection.execute(
        "CREATE OR REPLACE TABLE new_consents AS SELECT * FROM new_consents "
        f"QUALIFY write_no = max(write_no) OVER (PARTITION BY {state}, date_trunc('second', occurred_at)) AND NOT coalesce("
        f"occurred_at IS NULL AND (max({dated}) OVER (PARTITION BY {state}) <> write_no OR "
        f"min({dated}) OVER (PARTITION BY {state}) <> write_no), FALSE)"
    )


def _one_snapshot_each(connection: duckdb.DuckDBPyConnection) -> None:
    """Figures of a system that do not say of when they are complete its newest ones from another of its exports, if there are any."""
    newest = (
        "(SELECT source_system, profile_id, max(as_of) AS as_of, min(write_no) AS write_no FROM new_profile_snapshots "
        "WHERE as_of IS NOT NULL GROUP BY 1, 2)"
    )
    connection.execute(
        "CREATE OR REPLACE TABLE undated AS SELECT mine.* REPLACE (newest.as_of AS as_of) FROM new_profile_snapshots AS mine "
        f"JOIN {newest} AS newest USING (source_system, profile_id) WHERE mine.as_of IS NULL AND mine.write_no <> newest.write_no"
    )
    key = ("source_system", "profile_id", "as_of")
    same = " AND ".join(f"new_profile_snapshots.{name} = undated.{name}" for name in key)
    figures = [name for name in TABLES["profile_snapshots"].names if name not in key]
    filled = ", ".join(f"{name} = coalesce(new_profile_snapshots.{name}, undated.{name})" for name in figures)
    connection.execute(f"UPDATE new_profile_snapshots SET {filled} FROM undated WHERE {same}")
    connection.execute(
        "DELETE FROM new_profile_snapshots WHERE as_of IS NULL AND (source_system, profile_id, write_no) IN "
        "(SELECT (source_system, profile_id, write_no) FROM undated)"
    )


def _merge_profiles(connection: duckdb.DuckDBPyConnection) -> None:
    """One row per profile: the first source that says something is believed; people known by orders or events only are added.

    Those exist from their first order or event on, so that an audit of last spring does not count who came later.
    """
    connection.execute("CREATE OR REPLACE TABLE introduced AS SELECT DISTINCT profile_id FROM new_profiles")
    for place, name in enumerate(table for table in _KEYED_BY_PROFILE if table != "profiles"):
        time = TABLES[name].time
        email = "max(CASE WHEN contains(email_at_order, '@') THEN lower(email_at_order) END)" if name == "orders" else "NULL"
        connection.execute(
            f"INSERT INTO new_profiles BY NAME SELECT profile_id, {email} AS email, '{name}' AS source, "
            f"{f'min({time}_at)' if time else 'NULL'} AS created_at, {_LAST_WORD + place} AS write_no FROM new_{name} "
            "WHERE profile_id IS NOT NULL AND profile_id NOT IN (SELECT profile_id FROM introduced) GROUP BY profile_id"
        )
    columns = [column.name for column in TABLES["profiles"].columns if column.name != "profile_id"]
    chosen = ", ".join(f"{_choice(name)} AS {name}" for name in columns)
    connection.execute(f"CREATE OR REPLACE TABLE new_profiles AS SELECT profile_id, {chosen} FROM new_profiles GROUP BY profile_id")
    connection.execute(
        "UPDATE new_profiles SET email_domain = split_part(email, '@', 2), "
        "email_valid = regexp_full_match(email, '[^@\\s]+@[^@\\s]+\\.[^@\\s]+') WHERE email IS NOT NULL"
    )


def _choice(name: str) -> str:
    if name in _EARLIEST:
        return f"min({name})"
    if name in _LATEST:
        return f"max({name})"
    return f"arg_min({name}, write_no) FILTER (WHERE {name} IS NOT NULL)"


def currencies(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many orders name each currency, in capitals from here on; orders that name none are not counted."""
    connection.execute("UPDATE new_orders SET currency = nullif(upper(trim(currency)), '')")
    connection.execute("UPDATE new_refunds SET currency = nullif(upper(trim(currency)), '')")
    return dict(connection.execute("SELECT currency, count(*) FROM new_orders WHERE currency IS NOT NULL GROUP BY 1").fetchall())


def convert(connection: duckdb.DuckDBPyConnection, base: str, rates: Mapping[str, float]) -> list[tuple[str, int, str]]:
    """Give orders in another currency than `base` their rate; returns those still without: (currency, orders, a file of them)."""
    for code, rate in rates.items():
        connection.execute("UPDATE new_orders SET fx_to_base = coalesce(fx_to_base, ?) WHERE currency = ?", [rate, code])
    connection.execute("UPDATE new_orders SET currency = coalesce(currency, ?)", [base])
    connection.execute("UPDATE new_orders SET fx_to_base = coalesce(fx_to_base, 1) WHERE currency = ?", [base])
    return connection.execute(
        "SELECT currency, count(*), min(extract_id) FROM new_orders "
        "WHERE fx_to_base IS NULL AND total_base IS NULL AND total IS NOT NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()


def _refunds_in_base(connection: duckdb.DuckDBPyConnection, base: str) -> None:
    """What is taken off an order is in the same currency as its base amount."""
    connection.execute(
        "UPDATE new_refunds SET amount = CAST(amount * foreign_order.rate AS DECIMAL(18,4)), currency = $base FROM ("
        "SELECT order_id, any_value(currency) AS currency, any_value(fx_to_base) AS rate FROM new_orders "
        "WHERE currency <> $base AND fx_to_base IS NOT NULL GROUP BY 1) AS foreign_order "
        "WHERE foreign_order.order_id = new_refunds.order_id "
        "AND coalesce(new_refunds.currency, foreign_order.currency) = foreign_order.currency",
        {"base": base},
    )
    connection.execute("UPDATE new_refunds SET currency = coalesce(currency, ?)", [base])


def _link_refunds(connection: duckdb.DuckDBPyConnection) -> None:
    """A refund that does not say what it is tied to is tied to the order it names."""
    connection.execute("UPDATE new_refunds SET linkage = CASE WHEN order_id IS NULL THEN 'unlinked' ELSE 'order' END WHERE linkage IS NULL")


def _complete_orders(connection: duckdb.DuckDBPyConnection) -> None:
    """What follows from other columns: guest, base amounts, and whether the order counts as a purchase."""
    connection.execute(
        "UPDATE new_orders SET is_guest = coalesce(is_guest, profile_id IS NULL), is_test = coalesce(is_test, FALSE), "
        "status = coalesce(status, 'completed'), total_base = coalesce(total_base, CAST(total * fx_to_base AS DECIMAL(18,4)))"
    )
    connection.execute(
        "UPDATE new_orders SET counts_as_purchase = "
        "coalesce(counts_as_purchase, NOT is_test AND status IN ('open', 'completed', 'partially_refunded', 'unknown'), FALSE), "
        "net_base = coalesce(net_base, total_base - coalesce(CAST(refunded_total * fx_to_base AS DECIMAL(18,4)), 0))"
    )


def _write(connection: duckdb.DuckDBPyConnection, table: Table, folder: Path, zone: str) -> int:
    count = connection.execute(f"SELECT count(*) FROM new_{table.name}").fetchall()[0][0]
    if count:
        columns = ", ".join(_column(table, name, zone) for name in table.names)
        file = quoted(folder / f"{table.name}.parquet")
        connection.execute(f"COPY (SELECT {columns} FROM new_{table.name}) TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
    return count


def _column(table: Table, name: str, zone: str) -> str:
    """The local calendar day of a moment is made here and nowhere else."""
    stem = name.removesuffix("_on")
    if name.endswith("_on") and stem in table.moments:
        return f"CAST(timezone('{zone}', timezone('UTC', {stem}_at)) AS DATE) AS {name}"
    return name
