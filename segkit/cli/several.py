"""Audits of several clients from the command line: who waits, who runs and who is done, in one picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from segkit.errors import ParameterError, SegkitError
from segkit.notebook.several import Outcome, run_audits
from segkit.text import Text


def by_name(paths: Sequence[str]) -> dict[str, str]:
    """The clients by the name of their folder, under which each gets its report; two of one name are an error."""
    named = {Path(path).resolve().name: path for path in paths}
    twice = [path for path in paths if path != named[Path(path).resolve().name]]
    if twice:
        raise ParameterError(
            f"{twice[0]} has the name of another folder here, and a report is kept under that name.",
            "Rename one of them, or run them one after another.",
        )
    return named


def run_shown(asked: Mapping[str, Mapping[str, Any]], t: Text, console: Console, quiet: bool) -> dict[str, Outcome]:
    """Run the audits of `asked` (name -> parameters) with a line for each client on the console; gives how each ended."""
    columns = (SpinnerColumn(finished_text=" "), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=quiet) as shown:
        lines = {client: shown.add_task(t("cli.waits", client=escape(client)), start=False, total=1) for client in asked}

        def begin(client: str) -> None:
            shown.start_task(lines[client])
            shown.update(lines[client], description=t("cli.runs", client=escape(client)))

        ended = {}
        for client, outcome in run_audits(asked, on_start=begin):
            ended[client] = outcome
            state = "cli.failed" if isinstance(outcome, SegkitError) else "cli.done"
            shown.update(lines[client], completed=1, description=t(state, client=escape(client)))
    return {client: ended[client] for client in asked}
