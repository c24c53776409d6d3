"""What nbval does not look at: a stored notebook that was never run, or that holds what no lesson may hold."""

from __future__ import annotations

import ast
import re

from nbformat import NotebookNode

CELLS, LINES, WIDTH = range(12, 21), 10, 90
FORBIDDEN = {
    "a shell command or magic": re.compile(r"^\s*[!%]", re.MULTILINE),
    "the network": re.compile(r"https?://|\b(requests|urllib|socket)\b"),
    "an absolute path": re.compile(r"[\"'](/[a-z]|[A-Z]:\\\\|~/)"),
    "a wait": re.compile(r"\bsleep\("),
    "chance without a seed": re.compile(
        r"\brandom\.(?!default_rng\(\d|Random\(\d)|\b(default_rng|Random)\(\)|\.sample\((?!.*random_state)"
    ),
    "a loop over rows": re.compile(r"\.(iterrows|itertuples|apply)\("),
}


def complaints(notebook: NotebookNode) -> list[str]:
    """Everything that is wrong with a stored lesson or solution; empty when nothing is."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = [] if notebook.metadata.get("kernelspec", {}).get("name") == "python3" else ["runs on another kernel than python3"]
    if len(code) not in CELLS:
        found.append(f"has {len(code)} code cells, not {CELLS.start} to {CELLS.stop - 1}")
    if [cell.execution_count for cell in code] != [*range(1, len(code) + 1)]:
        found.append("is not stored as run from top to bottom")
    return found + [f"cell {place}: {what}" for place, cell in enumerate(code, start=1) for what in _of_cell(cell)]


def _of_cell(cell: NotebookNode) -> list[str]:
    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(cell.source)]
    if any(output.output_type == "error" for output in cell.outputs):
        found.append("a stored error")
    if len(cell.source.splitlines()) > LINES:
        found.append(f"more than {LINES} lines")
    if any(len(line) > WIDTH for line in cell.source.splitlines()):
        found.append(f"a line of more than {WIDTH} characters")
    if any(output.get("name") == "stderr" for output in cell.outputs):
        found.append("a stored warning")
    return found if found else _of_tree(cell.source)


def _of_tree(code: str) -> list[str]:
    heavy = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.While)
    return [f"a {type(node).__name__}" for node in ast.walk(ast.parse(code)) if isinstance(node, heavy)]
