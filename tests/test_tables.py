"""The canonical tables: the same as docs/canonical.sql, and every column explained."""

import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from segkit.errors import ExpressionError
from segkit.tables import TABLES, Table

SQL = (Path(__file__).parents[1] / "docs" / "canonical.sql").read_text(encoding="utf-8")
COLUMNS = [(table, column) for table in TABLES.values() for column in table.columns]


def ddl(table: Table) -> str:
    columns = [f"{column.name} {column.type}" for column in table.columns]
    return f"create table {table.name}({', '.join(columns)})"


def described(*statements: str) -> dict[str, list[tuple[str, str]]]:
    """Columns and types of the tables that the statements make, in order."""
    with duckdb.connect() as connection:
        for statement in statements:
            connection.execute(statement)
        rows = connection.execute(
            """select table_name, column_name, data_type from duckdb_columns()
            where not internal order by table_oid, column_index"""
        ).fetchall()
    tables: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in rows:
        tables.setdefault(table, []).append((column, kind))
    return tables


def constraints(kind: str) -> list[tuple[str, str, list[str]]]:
    with duckdb.connect() as connection:
        connection.execute(SQL)
        return connection.execute(
            """select table_name, constraint_text, constraint_column_names from duckdb_constraints()
            where constraint_type = ?""",
            [kind],
        ).fetchall()


def test_tables_columns_types_and_their_order_are_those_of_the_sql():
    ours, theirs = described(*map(ddl, TABLES.values())), described(SQL)
    assert list(ours) == list(theirs)
    assert ours == theirs


def test_the_type_is_written_as_in_the_sql():
    """DuckDB forgets char(3) when it describes a table, so the text is compared too."""
    texts = dict(re.findall(r"create table (\w+)\((.*?)\);", SQL, re.DOTALL))
    wrong = [(t.name, c.name) for t, c in COLUMNS if not re.search(rf"\b{c.name} {re.escape(c.type)}(?![\w(\[])", texts[t.name])]
    assert wrong == []


def test_keys_are_the_primary_keys():
    declared = {table: set(columns) for table, _, columns in constraints("PRIMARY KEY")}
    ours = {table.name: {column.name for column in table.columns if column.key} for table in TABLES.values()}
    assert {name: keys for name, keys in ours.items() if keys} == declared


def test_values_are_those_of_the_check_constraints():
    declared = {(table, columns[0]): tuple(re.findall(r"'(\w+)'", text)) for table, text, columns in constraints("CHECK")}
    ours = {(table.name, column.name): column.values for table in TABLES.values() for column in table.columns if column.values}
    assert ours == declared


def test_every_table_says_what_a_row_is():
    assert [table.name for table in TABLES.values() if not table.row or table.row.endswith(".")] == []


def test_every_column_has_a_meaning_in_one_short_phrase():
    wrong = [(t.name, c.name) for t, c in COLUMNS if not 5 <= len(c.meaning) <= 70 or c.meaning.endswith(".")]
    assert wrong == []


def test_every_quantity_names_its_unit_and_nothing_else_has_one():
    measured = ("decimal", "double", "bigint", "integer", "smallint", "timestamp", "date")
    free = {"line_no", "value_num"}  # a position, and a value whose unit only the source knows
    wrong = [(t.name, c.name) for t, c in COLUMNS if bool(c.unit) != (c.type.startswith(measured) and c.name not in free)]
    assert wrong == []


def test_units_by_type():
    units = {"timestamp": {"UTC"}, "date": {"local day"}, "decimal(18,4)": {"money", "base money", "pieces"}}
    for kind, allowed in units.items():
        assert {column.unit for _, column in COLUMNS if column.type == kind} == allowed


@pytest.mark.parametrize(
    ("table", "column", "unit"),
    [
        ("orders", "total", "money"),
        ("orders", "net_base", "base money"),
        ("orders", "ordered_on", "local day"),
        ("profile_snapshots", "avg_days_between_orders", "days"),
        ("profile_snapshots", "churn_probability", "share"),
        ("experiment_assignments", "probability", "share"),
        ("feedback", "score", "points on its scale"),
    ],
)
def test_units_that_calculations_rely_on(table, column, unit):
    assert TABLES[table].column(column).unit == unit


def test_money_comes_with_a_currency():
    """message_stats has none: its revenue is in the currency of the account."""
    with_money = {table.name for table in TABLES.values() if any(column.unit == "money" for column in table.columns)}
    with_currency = {table.name for table in TABLES.values() if "currency" in table.names}
    assert with_money - with_currency == {"order_items", "message_stats"}


def test_the_moment_at_which_a_row_happened():
    assert {name: table.time for name, table in TABLES.items() if table.moments} == {
        "orders": "ordered",
        "refunds": "refunded",
        "messages": "sent",
        "email_events": "occurred",
        "site_events": "occurred",
        "feedback": "occurred",
    }
    assert {name for name, table in TABLES.items() if table.time is None} == {
        "capabilities",
        "profile_identities",
        "profile_snapshots",
        "product_categories",
        "order_items",
        "message_stats",
    }


def test_time_and_moments_are_columns():
    for table in TABLES.values():
        assert table.time is None or f"{table.time}_at" in table.names
        assert set(table.moments) == {name.removesuffix("_on") for name in table.names if name.endswith("_on")}


def test_a_column_by_name():
    assert TABLES["orders"].column("total").type == "decimal(18,4)"


def test_an_unknown_column_names_the_columns_there_are():
    with pytest.raises(ExpressionError, match=r"(?s)orders has no column 'totaal'.*order_id, source_system"):
        TABLES["orders"].column("totaal")


def test_the_tables_cannot_be_changed():
    with pytest.raises(TypeError):
        TABLES["extra"] = TABLES["orders"]


def test_importing_the_tables_loads_no_heavy_library():
    code = "import segkit.tables, sys; print([m for m in ('pandas', 'duckdb', 'numpy', 'pyarrow') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
