"""Files stay under 400 lines, functions under 40."""

from __future__ import annotations

import ast

from tests.rules.house import breaches, python_files

LONGEST_FILE = 400
LONGEST_FUNCTION = 40
ALLOWED: dict[str, str] = {}  # file, or file::function -> the reason it may be longer


def too_long(source: str) -> list[str]:
    """The file itself and each of its functions, where longer than it may be, all lines counted."""
    lines = len(source.splitlines())
    found = [f"{lines} lines"] if lines > LONGEST_FILE else []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                found.append(f"{node.name}: {length} lines")
    return found


def unexplained(found: dict[str, list[str]], allowed: dict[str, str]) -> list[str]:
    """The breaches without a reason, as file or file::function, with their length."""
    keyed = [(name if ":" not in what else f"{name}::{what.split(':')[0]}", what) for name in found for what in found[name]]
    return [f"{key} ({what})" for key, what in keyed if key not in allowed]


def test_files_and_functions_are_short():
    assert unexplained(breaches(too_long, python_files()), ALLOWED) == []


def test_a_long_file_is_found():
    assert too_long("x = 1\n" * 401) == ["401 lines"]
    assert too_long("x = 1\n" * 400) == []


def test_a_long_function_is_found_wherever_it_stands():
    method = "class A:\n    def run(self):\n" + "        x = 1\n" * 40
    assert too_long(method) == ["run: 41 lines"]
    assert too_long("async def go():\n" + "    x = 1\n" * 39) == []


def test_a_longer_one_needs_a_reason():
    found = {"a.py": ["401 lines", "run: 41 lines"]}
    assert unexplained(found, {"a.py": "a table of words"}) == ["a.py::run (run: 41 lines)"]
    assert unexplained(found, {"a.py": "a table of words", "a.py::run": "a decision read top to bottom"}) == []
