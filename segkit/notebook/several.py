"""Audits of several clients at once, each in a process of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any

from segkit.errors import RunFailed, SegkitError
from segkit.notebook.run import HOW_TO_GO_ON, AuditFiles, run_audit

Outcome = AuditFiles | SegkitError


def run_audits(
    clients: Mapping[str, Mapping[str, Any]],
    at_once: int | None = None,
    on_start: Callable[[str], None] = lambda client: None,
) -> Iterator[tuple[str, Outcome]]:
    """Run the audit of each client (name -> parameters of run_audit); gives name and files, or name and error, as each is done.

    `at_once` is how many run together; left out, as many as there are processors. One that fails stops no other.
    `on_start` hears a name when its run begins, from another thread.
    """
    places = ThreadPoolExecutor(at_once or os.cpu_count() or 1)
    try:
        running: dict[Future[Outcome], str] = {
            places.submit(_alone, values, lambda name=name: on_start(name)): name  # type: ignore[misc]
            for name, values in clients.items()
        }
        for done in as_completed(running):
            yield running[done], done.result()
    finally:
        places.shutdown(cancel_futures=True)  # who stops the whole starts none of those that wait


def _alone(values: Mapping[str, Any], begin: Callable[[], None]) -> Outcome:
    """One audit in a process that is used for nothing else, so that its end, however it comes, is its own."""
    begin()
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            return process.submit(run_audit, dict(values), progress=False).result()
    except BrokenProcessPool:
        return RunFailed("The run was ended from outside before it was done.", HOW_TO_GO_ON)
    except SegkitError as error:
        return error
    except Exception as error:  # whatever it is, it is this client's and stops no other
        return RunFailed(f"{type(error).__name__}: {error}", HOW_TO_GO_ON)
