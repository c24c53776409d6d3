"""A source in percent format as a notebook that has not run: numbered cells, tags and nothing else."""

from __future__ import annotations

import re

import jupytext
import nbformat
from nbformat import NotebookNode

from notebooks.building.answers import AnswerError, without_answers

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
ASKED, SOLUTION = {"exercise", "prediction"}, "solution"  # tags
FILTERS = {"notebook_metadata_filter": "-all", "cell_metadata_filter": "tags,-all"}
HEADER = re.compile(r"\A# ---\n(?:#.*\n)*?# ---\n\s*")


def with_answers(source: str) -> NotebookNode:
    """The notebook with every cell of the source: an audit or a solution."""
    notebook = jupytext.reads(source, fmt="py:percent")
    without_answers_everywhere(notebook.cells)  # a lesson must come out of it: a wrong marker is an error here too
    return _settled(notebook)


def for_learners(source: str) -> NotebookNode:
    """The lesson: exercises to fill in, and no cell that is tagged as a solution."""
    notebook = jupytext.reads(source, fmt="py:percent")
    notebook.cells = without_answers_everywhere(notebook.cells)
    return _settled(notebook)


def without_answers_everywhere(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Copies of the cells that a learner gets; raises AnswerError, with the cell's number, when a marker is wrong."""
    kept = [(place, cell) for place, cell in enumerate(cells, start=1) if SOLUTION not in _tags(cell)]
    return [_for_learner(cell, place) for place, cell in kept]


def _for_learner(cell: NotebookNode, place: int) -> NotebookNode:
    try:
        source = without_answers(cell.source, bool(ASKED & {*_tags(cell)})) if cell.cell_type == "code" else cell.source
    except AnswerError as problem:
        raise AnswerError(f"cell {place}: {problem}") from None
    return NotebookNode({**cell, "source": source})


def _settled(notebook: NotebookNode) -> NotebookNode:
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict(METADATA)
    for place, cell in enumerate(notebook.cells, start=1):
        cell.id = f"cell-{place:02d}"
        cell.metadata = nbformat.from_dict({"tags": _tags(cell)} if _tags(cell) else {})
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = None, []
    return notebook


def _tags(cell: NotebookNode) -> list[str]:
    return list(cell.metadata.get("tags", []))


def as_bytes(notebook: NotebookNode) -> bytes:
    """The bytes to store; raises nbformat's ValidationError when Jupyter would refuse them."""
    nbformat.validate(notebook)
    return f"{nbformat.writes(notebook).rstrip()}\n".encode()


def as_source(notebook: NotebookNode, before: str) -> str:
    """The source that gives this notebook, under the header of the source there was before."""
    without_answers_everywhere(notebook.cells)
    notebook.metadata = nbformat.from_dict({"jupytext": FILTERS})
    header = HEADER.match(before)
    return (header[0] if header else "") + HEADER.sub("", jupytext.writes(notebook, fmt="py:percent"))
