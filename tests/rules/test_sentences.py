"""Sentences for people stand in segkit/text, not in the rooms that compute."""

from __future__ import annotations

import ast

import pytest

from tests.rules.house import breaches, docstrings, python_files, strings

ROOMS = tuple(f"segkit/{room}{ending}" for room in ("findings", "measure", "personas", "audit") for ending in ("/", ".py"))
ERRORS = "segkit.errors"


def is_sentence(text: str) -> bool:
    """Four words or more that begin with a capital or end with a full stop."""
    words = text.split()
    return len(words) >= 4 and (words[0][:1].isupper() or words[-1].endswith(".")) and not _is_sql(text)


def _is_sql(text: str) -> bool:
    return text.split()[0] in {"SELECT", "WITH", "CASE", "DATE", "CAST"}


def sentences(source: str) -> list[str]:
    """Every sentence in the code of a module; what documents it and what an error says are left out."""
    tree = ast.parse(source)
    spoken = docstrings(tree) | _error_arguments(tree)
    return [f"line {line}: {text!r}" for line, text in strings(tree, spoken) if is_sentence(text)]


def _error_arguments(tree: ast.AST) -> set[ast.AST]:
    errors = {alias.asname or alias.name for node in ast.walk(tree) for alias in _imported_errors(node)}
    raised = {node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise)}
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {call for call in calls if call in raised or (isinstance(call.func, ast.Name) and call.func.id in errors)}


def _imported_errors(node: ast.AST) -> list[ast.alias]:
    return node.names if isinstance(node, ast.ImportFrom) and node.module == ERRORS else []


def test_rooms_that_compute_hold_no_sentence():
    assert breaches(sentences, python_files(*ROOMS)) == {}


@pytest.mark.parametrize(
    "line",
    [
        "advice = 'Send them a reminder'",
        "advice = 'send them a reminder.'",
        "advice = f'{count} people have lapsed since spring.'",
        "print('No orders were found')",
        "log(f'Only {share} of them bought')",
        "x = 'never was a rule so plain.' if y else ''",
    ],
)
def test_a_sentence_is_found(line):
    assert sentences(line)


@pytest.mark.parametrize(
    "line",
    [
        '"""Findings are keys. They hold no sentence."""',
        "def f():\n    '''Members of each persona, one row a persona.'''",
        "raise ValueError('There is no such persona here.')",
        "from segkit.errors import NotComputable\nproblem = NotComputable('There is no order here', 'Add the orders.')",
        "key = 'lapsed_high_rollers'",
        "expression = 'order_count >= $often and recency_days <= $recent'",
    ],
)
def test_keys_expressions_and_errors_pass(line):
    assert sentences(line) == []
