"""The slider in a real JupyterLab, moved with the keyboard in a real browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from segkit.report.pdf import find_browser

pytest.importorskip("jupyterlab", reason="JupyterLab is not installed: python dev.py lab installs it")
sync_api = pytest.importorskip("playwright.sync_api")

from tests.browser.lab import PATIENCE, jupyterlab, run_all  # noqa: E402 - needs what may not be installed

CELL = """
import pandas as pd
from segkit.notebook.slider import recency_slider

class Shop:
    def features(self):
        return pd.DataFrame({"recency_days": pd.array(range(200), dtype="Int64"), "revenue_365d": 1.0})

recency_slider(Shop(), "nl", days=120)
"""


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    with jupyterlab(tmp_path, CELL) as address:
        yield address


def test_arrow_keys_move_the_threshold_and_the_count_follows(lab: str) -> None:
    browser = find_browser()
    if browser is None:
        pytest.skip("no Chromium, Chrome or Edge on this machine; SEGKIT_BROWSER may name one")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which(browser) or browser, args=["--no-sandbox"])
        page = chromium.new_page()
        page.goto(lab)
        run_all(page)
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
