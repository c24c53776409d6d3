"""A JupyterLab with one notebook, with settings of nobody, and the way a page in it is run."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import TimeoutError as NotYet

RUN = """async () => {
  const app = window.jupyterapp; await app.restored;
  while (!app.shell.currentWidget?.context) await new Promise(later => setTimeout(later, 100));
  const shown = app.shell.currentWidget;
  await shown.context.ready; await shown.sessionContext.ready; await shown.sessionContext.session.kernel.info;
  await app.commands.execute('notebook:run-all-cells');
}"""
PATIENCE = 60
STARTS = 10  # seconds in which a cell that was told to run shows that it does
NAME = "tried.ipynb"


def write_notebook(folder: Path, cell: str) -> Path:
    """A notebook of one code cell."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell)])
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    folder.mkdir(exist_ok=True)
    nbformat.write(notebook, folder / NAME)
    return folder / NAME


@contextmanager
def jupyterlab(place: Path, cell: str) -> Iterator[str]:
    """The address of a notebook of one cell in a JupyterLab that runs while the block does."""
    write_notebook(place / "work", cell)
    with laboratory(place) as address:
        yield f"{address}/tree/{NAME}"


@contextmanager
def laboratory(place: Path) -> Iterator[str]:
    """The address of a JupyterLab on the folder `work` of a place."""
    news = place / "settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
    news.parent.mkdir(parents=True)
    news.write_text(json.dumps({"fetchNews": "false", "checkForUpdates": False}), encoding="utf-8")
    port = free_port()
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", "--ServerApp.ip=127.0.0.1", "--IdentityProvider.token=",
        "--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={place / 'work'}",
    ]  # fmt: skip
    with served(command, place, f"http://127.0.0.1:{port}/lab"):
        yield f"http://127.0.0.1:{port}/lab"


@contextmanager
def voila(place: Path, cell: str) -> Iterator[str]:
    """The address of the notebook as Voila shows it."""
    notebook, port = write_notebook(place / "work", cell), free_port()
    command = [sys.executable, "-m", "voila", "--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1", str(notebook)]
    with served(command, place, f"http://127.0.0.1:{port}/voila/static/none"):  # the page itself answers only when it has run
        yield f"http://127.0.0.1:{port}/"


@contextmanager
def served(command: list[str], place: Path, address: str) -> Iterator[None]:
    """A server that runs while the block does, once it answers."""
    own = {f"JUPYTER_{name}_DIR": str(place / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    own |= {"JUPYTERLAB_SETTINGS_DIR": str(place / "settings"), "JUPYTERLAB_WORKSPACES_DIR": str(place / "workspaces")}
    with (place / "server.log").open("w") as log:
        server = subprocess.Popen(command, env={**os.environ, **own}, stdout=log, stderr=log)
        try:
            wait_for(address)
            yield
        finally:
            server.terminate()
            server.wait(timeout=PATIENCE)


def run_all(page: Any) -> None:
    """Run the notebook on a page of JupyterLab; once more where it took no notice, as it can when the machine is busy."""
    page.wait_for_function("() => window.jupyterapp !== undefined", timeout=PATIENCE * 1000)
    begun = page.locator(".jp-CodeCell .jp-InputPrompt").filter(has_not_text="[ ]").first
    for _ in range(3):
        page.evaluate(RUN)
        try:
            begun.wait_for(timeout=STARTS * 1000)
            return
        except NotYet:
            continue


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait_for(address: str) -> None:
    """Wait until something answers at an address, whatever it says."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(address, timeout=5)
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(address)
