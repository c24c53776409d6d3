"""What nbval does not look at: a stored notebook that was never run, or that holds what no lesson may hold."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nbformat import NotebookNode

CELLS, LINES, WIDTH = range(12, 21), 10, 90
IMPORTS = {"segkit", "pandas", "numpy"}
HEAVY = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While)
FORBIDDEN = {
    "exec": "code in a text", "eval": "code in a text", "get_ipython": "a shell command or magic", "sleep": "a wait", "input": "a wait",
    "now": "the clock", "today": "the clock", "iterrows": "a loop over rows", "itertuples": "a loop over rows", "apply": "a loop over rows",
}  # fmt: skip
SEEDED = {"default_rng", "RandomState", "Generator"}
ELSEWHERE = re.compile(r"^(/\w|~|[A-Za-z]:[\\/])|https?://")


def complaints(notebook: NotebookNode) -> list[str]:
    """Everything that is wrong with a stored lesson or solution; empty when nothing is."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = [] if notebook.metadata.get("kernelspec", {}).get("name") == "python3" else ["runs on another kernel than python3"]
    if len(code) not in CELLS:
        found.append(f"has {len(code)} code cells, not {CELLS.start} to {CELLS.stop - 1}")
    if [cell.execution_count for cell in code] != [*range(1, len(code) + 1)]:
        found.append("is not stored as run from top to bottom")
    return found + [f"cell {place}: {what}" for place, cell in enumerate(code, start=1) for what in dict.fromkeys(_of_cell(cell))]


def _of_cell(cell: NotebookNode) -> Iterator[str]:
    lines = cell.source.splitlines()
    if len(lines) > LINES:
        yield f"more than {LINES} lines"
    if any(len(line) > WIDTH for line in lines):
        yield f"a line of more than {WIDTH} characters"
    if any(output.output_type == "error" for output in cell.outputs):
        yield "a stored error"
    if any(output.get("name") == "stderr" for output in cell.outputs):
        yield "a stored warning"
    if "nbval" in cell.source.lower() or any(
        re.match("nbval|raises-exception|skip-execution", tag) for tag in cell.metadata.get("tags", [])
    ):
        yield "a word that nbval obeys"
    try:
        tree = ast.parse(cell.source)
    except SyntaxError:
        yield "a shell command or magic"  # whatever else is no Python would have stored an error
        return
    for node in ast.walk(tree):
        yield from _of_node(node)


def _of_node(node: ast.AST) -> Iterator[str]:
    if isinstance(node, HEAVY):
        yield f"a {type(node).__name__}"
    for module in _imported(node):
        if module.partition(".")[0] not in IMPORTS:
            yield f"an import of {module}"
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and ELSEWHERE.search(node.value):
        yield "a place outside the checkout"
    name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    if name in FORBIDDEN:
        yield FORBIDDEN[name]
    if isinstance(node, ast.Attribute) and getattr(node.value, "attr", "") == "random" and name not in SEEDED:
        yield "chance without a seed"
    if isinstance(node, ast.Call) and _is_unseeded(node):
        yield "chance without a seed"


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or "."]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


def _is_unseeded(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    given = {keyword.arg for keyword in call.keywords}
    return (name in SEEDED and not call.args and not given) or (name in ("sample", "shuffle") and "random_state" not in given)
