"""A module opens with one sentence that says what it is."""

from __future__ import annotations

import ast
import re

import pytest

from tests.rules.house import breaches, python_files


def unclear_opening(source: str) -> list[str]:
    """What is wrong with a module's opening, in words; empty for an empty file and for one clear sentence."""
    tree = ast.parse(source)
    if not tree.body:
        return []
    opening = (ast.get_docstring(tree) or "").split("\n\n")[0]
    if not opening:
        return ["has no docstring"]
    if not opening.rstrip().endswith((".", "?")):
        return ["its first paragraph does not end as a sentence"]
    if re.search(r"[.?!]\s+[A-Z]", opening):
        return ["opens with more than one sentence"]
    return [] if len(opening.split()) >= 3 else ["says nothing"]


def test_every_module_says_in_one_sentence_what_it_is():
    modules = [name for name in python_files() if not name.startswith("notebooks/sources/")]
    assert breaches(unclear_opening, modules) == {}


@pytest.mark.parametrize(
    "source",
    [
        "import this",
        '"""Reads tables"""\n',
        '"""Reads tables. Also writes them."""\n',
        '"""x."""\n',
    ],
)
def test_an_unclear_opening_is_found(source):
    assert unclear_opening(source)


@pytest.mark.parametrize("source", ["", '"""Reads the tables.\n\nMore. And a drawing."""\n', '"""What may we say?"""\nx = 1'])
def test_a_clear_opening_passes(source):
    assert unclear_opening(source) == []
