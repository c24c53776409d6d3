"""The slider in a real JupyterLab, moved with the keyboard in a real browser."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from segkit.report.pdf import find_browser

pytest.importorskip("jupyterlab", reason="JupyterLab is not installed: python dev.py lab installs it")
sync_api = pytest.importorskip("playwright.sync_api")

CELL = """
import pandas as pd
from segkit.notebook.slider import recency_slider

class Shop:
    def features(self):
        return pd.DataFrame({"recency_days": pd.array(range(200), dtype="Int64"), "revenue_365d": 1.0})

recency_slider(Shop(), "nl", days=120)
"""
RUN = """async () => {
  const app = window.jupyterapp; await app.restored;
  while (!app.shell.currentWidget?.context) await new Promise(later => setTimeout(later, 100));
  const shown = app.shell.currentWidget;
  await shown.context.ready; await shown.sessionContext.ready; await shown.sessionContext.session.kernel.info;
  await app.commands.execute('notebook:run-all-cells');
}"""
PATIENCE = 60


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """The address of a JupyterLab with one notebook, and with settings of nobody."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)])
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    (tmp_path / "work").mkdir()
    nbformat.write(notebook, tmp_path / "work" / "slider.ipynb")
    news = tmp_path / "settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
    news.parent.mkdir(parents=True)
    news.write_text(json.dumps({"fetchNews": "false", "checkForUpdates": False}), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {f"JUPYTER_{name}_DIR": str(tmp_path / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    own |= {"JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "settings"), "JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "workspaces")}
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", "--ServerApp.ip=127.0.0.1", "--IdentityProvider.token=",
        "--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={tmp_path / 'work'}",
    ]  # fmt: skip
    with (tmp_path / "lab.log").open("w") as log:
        server = subprocess.Popen(command, env={**os.environ, **own}, stdout=log, stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/lab")
            yield f"http://127.0.0.1:{port}/lab/tree/slider.ipynb"
        finally:
            server.terminate()
            server.wait(timeout=PATIENCE)


def wait_for(address: str) -> None:
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


def test_arrow_keys_move_the_threshold_and_the_count_follows(lab: str) -> None:
    browser = find_browser()
    if browser is None:
        pytest.skip("no Chromium, Chrome or Edge on this machine; SEGKIT_BROWSER may name one")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which(browser) or browser, args=["--no-sandbox"])
        page = chromium.new_page()
        page.goto(lab)
        page.wait_for_function("() => window.jupyterapp !== undefined", timeout=PATIENCE * 1000)
        page.evaluate(RUN)
        told = page.locator("[data-count]")
        sync_api.expect(told).to_have_attribute("data-count", "121", timeout=PATIENCE * 1000)
        handle = page.locator(".widget-slider .noUi-handle")
        handle.focus()
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        sync_api.expect(told).to_have_attribute("data-count", "124")
        page.keyboard.press("Home")
        sync_api.expect(told).to_have_attribute("data-count", "2")
        assert "2 profielen (1%) kochten in de afgelopen 1 dag." in told.inner_text()
        assert told.get_attribute("role") == "status"
        assert "Gekocht in de laatste" in page.locator(".widget-slider .widget-label").inner_text()
        chromium.close()
