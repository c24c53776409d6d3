"""Notebooks stay thin: they set parameters, call segkit, show and explain."""

from __future__ import annotations

import ast

import jupytext
import pytest

from tests.rules.house import breaches, named

LONGEST_CELL = 10
THICK = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While)


def thick_cells(source: str) -> list[str]:
    """What a notebook source holds that belongs in the package: definitions, loops, long cells."""
    cells = [cell.source for cell in jupytext.reads(source, fmt="py:percent").cells if cell.cell_type == "code"]
    found = [f"cell {place}: {what}" for place, cell in enumerate(cells, start=1) for what in _thick(cell)]
    return found


def _thick(cell: str) -> list[str]:
    lines = len([line for line in cell.splitlines() if line.strip()])
    long = [f"{lines} lines"] if lines > LONGEST_CELL else []
    return long + [type(node).__name__ for node in ast.walk(ast.parse(cell)) if isinstance(node, THICK)]


def test_no_notebook_does_the_work_of_the_package():
    assert breaches(thick_cells, named(".py", under=("notebooks/sources/",))) == {}


@pytest.mark.parametrize(
    "cell",
    [
        "def mean(values):\n    return 1",
        "for row in rows:\n    print(row)",
        "best = sorted(rows, key=lambda row: row.value)",
        "class Shop: ...",
        "x = 1\n" * 11,
    ],
)
def test_a_thick_cell_is_found(cell):
    assert thick_cells(f"# %%\n{cell}\n")


def test_a_thin_cell_passes():
    assert thick_cells("# %% [markdown]\n# def of a term\n\n# %%\nfeatures = shop.at(as_of).features()\nfeatures.head()\n") == []
