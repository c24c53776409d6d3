"""Run the audit notebook and make its files: notebook, result, HTML and PDF."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any

from segkit.errors import ParameterError, RunFailed
from segkit.notebook.parameters import AuditParameters

HOW_TO_GO_ON = "Run it again; if it ends the same way, the machine may have too little memory for this delivery."
_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class AuditFiles:
    """What a run left in the output folder; `pdf` is None when no browser was found to print it."""

    folder: Path
    html: Path
    notebook: Path
    result: Path
    pdf: Path | None


def run_audit(values: Mapping[str, Any], progress: bool = True) -> AuditFiles:
    """Execute the audit notebook for these parameters and write audit.ipynb, result.json, audit.html and audit.pdf to `out`.

    Unknown or wrongly typed parameters are an error before anything runs. A failing cell keeps the partly executed
    notebook as audit.failed.ipynb and raises RunFailed with the reason in one line.
    """
    from segkit.report.pdf import page_numbers

    given = AuditParameters(**values)
    folder = Path(given.out or ".").resolve()
    pages = page_numbers(folder / "audit.pdf")  # often right again, which saves a print
    _empty(folder)
    inside = given.model_copy(update={
        "path": _seen_from(folder, given.path), "mapping": _seen_from(folder, given.mapping) if given.mapping else "", "out": "."
    })  # fmt: skip
    notebook = _execute(inside, folder, progress)
    html, pdf = _render(notebook, given.lang, pages)
    return AuditFiles(folder, html, notebook, folder / "result.json", pdf)


def _empty(folder: Path) -> None:
    """Take the files of an earlier run out of the output folder: a run that fails leaves no old report that looks new."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("audit.html", "audit.pdf", "audit.ipynb", "audit.part.ipynb", "audit.failed.ipynb", "result.json"):
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise ParameterError(f"Nothing can be written to {folder.name}: {error.strerror}.", "Give another folder after --out.") from error


def _seen_from(folder: Path, path: str) -> str:
    """A path as the notebook in `folder` sees it, so that it still works when it is opened there later."""
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive on Windows
        return Path(path).resolve().as_posix()


def _execute(parameters: AuditParameters, folder: Path, progress: bool) -> Path:
    import papermill

    part, done, failed = (folder / f"audit{ending}.ipynb" for ending in (".part", "", ".failed"))
    try:
        _run_notebook(parameters, part, progress)
    except papermill.PapermillExecutionError as error:
        os.replace(part, failed)
        raise _two_lines(error, failed) from None
    except RuntimeError as error:
        os.replace(part, failed)
        raise RunFailed(f"The notebook's Python ended before the notebook did: {error}", HOW_TO_GO_ON) from None
    os.replace(part, done)
    return done


def _run_notebook(parameters: AuditParameters, part: Path, progress: bool) -> None:
    """Run it, once more when its Python does not start: of two that start together, both can want the same port."""
    import papermill
    from nbclient.exceptions import DeadKernelError
    from traitlets.config import Config

    given, quiet = json.loads(parameters.model_dump_json()), Config({"KernelManager": {"transport_encryption": "auto"}})
    with resources.as_file(resources.files(__package__).joinpath("audit.ipynb")) as source:
        run = partial(
            papermill.execute_notebook, str(source), str(part), parameters=given, kernel_name="python3",
            cwd=str(part.parent), progress_bar=progress, config=quiet,
        )  # fmt: skip
        try:
            run()
        except DeadKernelError:  # it did start
            raise
        except RuntimeError:
            run()


def _two_lines(error: Any, failed: Path) -> RunFailed:
    """The reason as the failing cell gave it, and where to look."""
    said = _ANSI.sub("", str(error.evalue)).strip()
    problem, _, todo = said.partition("\n")
    todo = todo.replace("What to do:", "").strip()
    return RunFailed(problem or error.ename, todo or f"Open {failed.name} in JupyterLab; the last cell that ran shows what happened.")


def _render(notebook: Path, lang: str, pages: Mapping[str, int]) -> tuple[Path, Path | None]:
    import nbformat

    from segkit.report.html import notebook_to_html
    from segkit.report.pdf import html_to_pdf

    html, pdf = notebook.with_suffix(".html"), notebook.with_suffix(".pdf")
    html.write_text(notebook_to_html(nbformat.read(notebook, as_version=4), lang), encoding="utf-8")
    return html, pdf if html_to_pdf(html, pdf, pages) else None
