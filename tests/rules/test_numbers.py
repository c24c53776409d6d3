"""A number with a meaning stands in settings/defaults.yaml, with its reason and source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
from ruamel.yaml import YAML

from tests.rules.house import breaches, docstrings, named, python_files, strings

ROOMS = tuple(
    f"segkit/{room}{ending}" for room in ("features", "personas", "segments", "measure", "findings", "quality") for ending in ("/", ".py")
)
PLAIN = {0, 1, 2, 100, -1}
_EXAMPLES = dict.fromkeys((f"{days} in 'between 90 and 180 days ago'" for days in (90, 180)), "an example of the words of a window")
ALLOWED = {  # file -> the numbers that may stand in it, each with its reason
    "segkit/segments/window.py": {"24": "hours in a day", "7": "days in a week", "36500": "days in a century", **_EXAMPLES},
    "segkit/segments/words.py": {"90": "degrees of latitude", "180": "degrees of longitude"},
    "segkit/segments/read.py": {"40": "levels of nesting, a limit of form"},
    "segkit/segments/lint/limits.py": dict.fromkeys(("20", "40", "5"), "a limit of effort, not a threshold"),
    "segkit/segments/values.py": {
        "60": "characters an error repeats",
        "16": "decimals that every engine compares exactly",
        "3": "decimals of a factor",
    },
    "segkit/segments/definition.py": {"3": "the highest of four levels of discount"},
    "segkit/segments/explain.py": {"5": "events told one by one"},
    "segkit/measure/comparison.py": {"3": "rows of a list that is shown"},
    "segkit/measure/disclosure.py": {"1e-06": "what rounding leaves", "6": "the same in digits", "2000": "a limit of effort"},
    "segkit/measure/rhythm.py": {"12": "months in a year", "4": "quarters in a year"},
}

NUMBER = r"(?<![\w$.'-])\d+(?:\.\d+)?(?![\w.'-])"
TYPE = re.compile(r"\b(decimal|numeric)\s*\([^)]*\)", re.IGNORECASE)  # how a number is stored, not what it means
COMPARES = re.compile(r"[^\s<>!]\s*[<>!=]|\bbetween\b|\bin\s*\(", re.IGNORECASE)  # "<3" alone is a name
CALCULATES = re.compile(rf"[*/+]\s*{NUMBER}|{NUMBER}\s*[*/+]\s*[\w(]|\w\([^()]*{NUMBER}[^()]*\)")


def numbers_in(text: str) -> list[str]:
    """The meaningful numbers of an expression such as `age_days <= 90`; none in text that only names or describes."""
    expression = TYPE.sub("", text)
    if not (COMPARES.search(expression) or CALCULATES.search(expression)):
        return []
    return [number for number in re.findall(NUMBER, expression) if float(number) not in PLAIN]


def bare_numbers(source: str) -> list[str]:
    """Every meaningful number in the code of a module, those inside expression strings included."""
    tree = ast.parse(source)
    scales = _powers_of_ten(tree)
    found = [
        (node.lineno, repr(node.value))
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and type(node.value) in (int, float)
        if node.value not in PLAIN and node not in scales
    ]
    for line, text in strings(tree, docstrings(tree)):
        found += [(line, f"{number} in {text!r}") for number in numbers_in(text)]
    return [f"line {line}: {what}" for line, what in sorted(found)]


def _powers_of_ten(tree: ast.AST) -> set[ast.AST]:
    """The two numbers of each 10**6: a unit of measure, not a choice."""
    powers = [node for node in ast.walk(tree) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)]
    tens = [node for node in powers if isinstance(node.left, ast.Constant) and node.left.value == 10]
    return {side for node in tens for side in (node.left, node.right)}


def bare_numbers_in_yaml(source: str) -> list[str]:
    """Every meaningful number inside an expression of a decision table; whole values (a discount level) are data."""
    return [f"{number} in {text!r}" for text in _scalars(YAML(typ="safe").load(source)) for number in numbers_in(text)]


def _scalars(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _scalars(key)
            yield from _scalars(value)
    elif isinstance(node, list):
        for value in node:
            yield from _scalars(value)
    elif isinstance(node, str):
        yield node


def unexplained(found: dict[str, list[str]], allowed: dict[str, dict[str, str]]) -> list[str]:
    """The numbers without a reason, each with its file."""
    spoken = [(name, what) for name in found for what in found[name]]
    return [f"{name} {what}" for name, what in spoken if what.split(": ", 1)[1] not in allowed.get(name, {})]


def test_domain_modules_hold_no_number_of_their_own():
    assert unexplained(breaches(bare_numbers, python_files(*ROOMS)), ALLOWED) == []


def test_decision_tables_hold_no_number_of_their_own():
    assert breaches(bare_numbers_in_yaml, named(".yaml", under=ROOMS)) == {}


@pytest.mark.parametrize(
    "line",
    [
        "recent = age <= 120",
        "share = top(0.1)",
        "low = -3",
        "recent = 'recency_days <= 90'",
        "recent = 'recency_days<=90'",
        "lapsed = 'recency_days BETWEEN 121 AND 390'",
        "month = 'age_days / 30'",
        "score = 'ntile(5)'",
        "recent = f'{column} <= 90'",
        "rows = {'engaged': \"open_count >= 3\"}",
        "share = '0.5 * order_count'",
    ],
)
def test_a_number_without_a_reason_is_found(line):
    assert bare_numbers(line)


@pytest.mark.parametrize(
    "line",
    [
        '"""Within 90 days, age_days <= 90."""',
        "rest = 1 - share",
        "percent = 100 * share",
        "last = rows[-1]",
        "half = values / 2.0",
        "millionths = share * 10**6",
        "recent = 'recency_days <= $purchase_recent_days'",
        "name = 'order_count_365d'",
        "often = 'order_count_365d > 0'",
        "groups = ['0-30', '31-89', '181+']",
        "on = \"ordered_on <= DATE '2026-10-31'\"",
        "money = 'cast(sum(total) as decimal(18, 4))'",
        "yes = True",
        "text = f'{value:.3f}'",
    ],
)
def test_plain_numbers_and_names_pass(line):
    assert bare_numbers(line) == []


def test_a_number_passes_only_with_its_reason_and_in_its_file():
    found = {"a.py": ["line 1: 12", "line 2: 90"], "b.py": ["line 1: 12"]}
    assert unexplained(found, {"a.py": {"12": "months in a year"}}) == ["a.py line 2: 90", "b.py line 1: 12"]


def test_a_number_in_a_decision_table_is_found():
    assert bare_numbers_in_yaml("high_rollers: {all: ['order_count >= 3'], discount: 0}") == ["3 in 'order_count >= 3'"]
    assert bare_numbers_in_yaml("high_rollers: {all: ['order_count >= $often'], discount: 3}") == []
    assert bare_numbers_in_yaml("frequency: {'3+': buys_often, '<3': otherwise}") == []
