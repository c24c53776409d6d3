"""The files that the rules look at, as the repository holds them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ("segkit/", "data/generators/")
BUILT = ("notebooks/lessons/", "notebooks/solutions/", "notebooks/audit/")

Rule = Callable[[str], list[str]]


@cache
def files() -> tuple[str, ...]:
    """Every file that is, or would be, committed: git's own list, ignored files left out."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(sorted({name for name in listed.splitlines() if (ROOT / name).is_file()}))


def named(*suffixes: str, under: tuple[str, ...] = ("",)) -> list[str]:
    """The files with one of the endings (all, when none is given) under one of the folders."""
    return [name for name in files() if name.endswith(suffixes or "") and name.startswith(under)]


def python_files(*under: str) -> list[str]:
    return [name for name in named(".py", under=under or ("",)) if not name.startswith(BUILT)]


def breaches(rule: Rule, names: list[str]) -> dict[str, list[str]]:
    """What the rule finds, file by file; files without a breach are left out."""
    found = {name: rule((ROOT / name).read_text(encoding="utf-8")) for name in names}
    return {name: what for name, what in found.items() if what}


def docstrings(tree: ast.AST) -> set[ast.AST]:
    """The nodes of the strings that document a module, class or function."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = (node.body for node in ast.walk(tree) if isinstance(node, documented))
    firsts = (body[0] for body in bodies if body)
    return {first.value for first in firsts if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)}


def strings(tree: ast.AST, but: set[ast.AST]) -> Iterator[tuple[int, str]]:
    """Line and text of every string outside the given nodes; what an f-string fills in shows as {}."""
    if tree in but:
        return
    if isinstance(tree, ast.JoinedStr):
        parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in tree.values]
        yield tree.lineno, "".join(map(str, parts))
        children: list[ast.AST] = [part for part in tree.values if isinstance(part, ast.FormattedValue)]
    elif isinstance(tree, ast.Constant) and isinstance(tree.value, str):
        yield tree.lineno, tree.value
        return
    else:
        children = list(ast.iter_child_nodes(tree))
    for child in children:
        yield from strings(child, but)
