"""Nothing reads the clock: what an answer holds for is always given."""

from __future__ import annotations

import ast
import re

import pytest

from tests.rules.house import LIBRARY, breaches, docstrings, python_files, strings

METHODS = {"now", "today", "utcnow", "CurrentDate", "CurrentTimestamp", "CurrentDatetime", "CurrentTime"}
TIME = {"time", "time_ns", "localtime", "gmtime", "ctime", "asctime", "strftime"}
FAKER = re.compile(r"(date|date_time)_this_\w+|(past|future)_(date|datetime)|date_of_birth|unix_time|passport_dob")
SQL = re.compile(
    r"\b(current_(date|timestamp|time)|localtime(stamp)?|getdate\s*\(|sysdate|now\s*\(|today\s*\(|transaction_timestamp\s*\()",
    re.IGNORECASE,
)


def clock_readings(source: str) -> list[str]:
    """Every expression, import and SQL text that would answer differently tomorrow."""
    tree = ast.parse(source)
    found = [(node.lineno, what) for node in ast.walk(tree) for what in _read_by(node)]
    found += [(line, text.strip()) for line, text in strings(tree, docstrings(tree)) if SQL.search(text)]
    return [f"line {line}: {what}" for line, what in sorted(found)]


def _read_by(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Attribute):
        module_time = isinstance(node.value, ast.Name) and node.value.id == "time" and node.attr in TIME
        if node.attr in METHODS or FAKER.fullmatch(node.attr) or module_time:
            return [ast.unparse(node)]
    if isinstance(node, ast.ImportFrom) and node.module == "time":
        return [f"from time import {alias.name}" for alias in node.names if alias.name in TIME]
    return []


def test_no_line_of_the_package_or_the_generators_reads_the_clock():
    assert breaches(clock_readings, python_files(*LIBRARY)) == {}


@pytest.mark.parametrize(
    "line",
    [
        "import datetime\nas_of = datetime.datetime.now()",
        "from datetime import date\nas_of = date.today()",
        "from datetime import datetime as dt\nstamp = dt.utcnow",
        "import time\nstart = time.time()",
        "from time import time",
        "import pandas as pd\nas_of = pd.Timestamp.now(tz='UTC')",
        "query = 'ordered_on >= CURRENT_DATE - 30'",
        "query = f'{column} < now()'",
        "query = 'select today()'",
        "born = fake.date_of_birth()",
        "joined = fake.date_time_this_year()",
        "from sqlglot import exp\nnode = exp.CurrentDate()",
    ],
)
def test_a_reading_is_found(line):
    assert clock_readings(line)


@pytest.mark.parametrize(
    "line",
    [
        '"""Nothing asks now() or current_date."""',
        "import time\nstart = time.perf_counter()",
        "text = 'what to do now'",
        "known = 'ordered_on <= $as_of'",
    ],
)
def test_what_only_speaks_of_it_passes(line):
    assert clock_readings(line) == []
