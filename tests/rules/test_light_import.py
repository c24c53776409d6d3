"""`import segkit` costs nothing until something is asked."""

from __future__ import annotations

import json
import subprocess
import sys

HEAVY = {
    "pandas",
    "matplotlib",
    "seaborn",
    "sklearn",
    "scipy",
    "pyspark",
    "papermill",
    "duckdb",
    "IPython",
    "ipywidgets",
}


def heavy_after(statement: str) -> set[str]:
    """The heavy packages that are loaded once a fresh Python has run the statement."""
    program = f"import sys, json; {statement}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return HEAVY & set(json.loads(done.stdout))


def test_importing_the_package_loads_nothing_heavy():
    assert heavy_after("import segkit") == set()


def test_a_heavy_import_is_found():
    assert heavy_after("import duckdb") >= {"duckdb"}
