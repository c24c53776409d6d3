"""Runs a notebook, and keeps of what it shows only what is the same each time."""

from __future__ import annotations

import base64
import configparser
import io
import os
import re
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from PIL import Image
from traitlets.config import Config

SETTLED = {"PYTHONHASHSEED": "0", "TZ": "UTC", "COLUMNS": "80", "TQDM_DISABLE": "1"}
CELL_SECONDS = 60
COLOURS = 64  # enough for a figure in a handful of colours, and a third of the bytes
PICTURE = re.compile("(?<=data:image/png;base64,)[A-Za-z0-9+/=]+")  # in HTML, where it has its words with it
NBVAL = Path(__file__).resolve().parents[1] / "nbval.cfg"
WIDGET = "application/vnd.jupyter.widget-view+json"
QUIET = Config({"KernelManager": {"transport_encryption": "auto"}})


class RunError(Exception):
    """A notebook stopped while it was built; the message names the cell and the reason."""


def executed(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """The notebook with its outputs, run in `folder`, which need not hold it; raises RunError."""
    client = NotebookClient(
        notebook, timeout=CELL_SECONDS, kernel_name="python3", record_timing=False, store_widget_state=False, config=QUIET,
        resources={"metadata": {"path": str(folder)}},
    )  # fmt: skip
    metadata = nbformat.from_dict(notebook.metadata)
    try:
        client.execute(env={**os.environ, **SETTLED})
    except CellExecutionError as problem:
        raise RunError(_where(notebook, problem)) from None
    except CellTimeoutError:
        raise RunError(f"a cell took longer than {CELL_SECONDS} seconds") from None
    except DeadKernelError:
        raise RunError("its Python ended half-way, as it does when memory runs out") from None
    notebook.metadata = metadata
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        cell.outputs = [_settled(output) for output in _joined(cell.outputs)]
    return notebook


def _where(notebook: NotebookNode, problem: CellExecutionError) -> str:
    failed = [place for place, cell in enumerate(notebook.cells, start=1) if _has_error(cell)]
    return f"cell {failed[0] if failed else '?'} stopped with {problem.ename}: {problem.evalue}"


def _has_error(cell: NotebookNode) -> bool:
    return any(output.output_type == "error" for output in cell.get("outputs", []))


def _joined(outputs: Iterable[NotebookNode]) -> list[NotebookNode]:
    """Text that arrived in pieces as one: where it was cut depends on the moment."""
    joined: list[NotebookNode] = []
    for output in outputs:
        last = joined[-1] if joined else None
        if last and output.output_type == "stream" == last.output_type and output.name == last.name:
            last.text += output.text
        else:
            joined.append(output)
    return joined


def _settled(output: NotebookNode) -> NotebookNode:
    if "text" in output:
        output.text = sanitized(output.text)
    if "data" in output:
        shown = {kind: content for kind, content in output.data.items() if kind != WIDGET}
        output.data = NotebookNode({kind: _content(kind, content) for kind, content in shown.items()})
    return output


def _content(kind: str, content: object) -> object:
    if kind == "image/png":
        return small_png(str(content))
    return PICTURE.sub(lambda found: small_png(found[0]), sanitized(content)) if isinstance(content, str) else content


def sanitized(text: str) -> str:
    """Text without what differs from run to run, by the patterns that nbval uses too; pictures stay."""
    patterns = configparser.ConfigParser(interpolation=None)
    patterns.read(NBVAL, encoding="ascii")
    for name in (name for name in patterns.sections() if name != "picture"):
        text = re.sub(patterns[name]["regex"], patterns[name]["replace"], text)
    return text


def small_png(encoded: str) -> str:
    """The picture in few colours, without the name and version of what made it."""
    picture = Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGB")
    small = io.BytesIO()
    picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(small, "png", optimize=True)
    return base64.b64encode(small.getvalue()).decode()
