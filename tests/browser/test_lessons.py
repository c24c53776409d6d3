"""Every lesson and solution top to bottom in a real JupyterLab: no error, no warning, every picture and widget there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from segkit.notebook import widgets
from segkit.report.pdf import find_browser
from tests.rules.house import ROOT

pytest.importorskip("jupyterlab", reason="JupyterLab is not installed: python dev.py lab installs it")
sync_api = pytest.importorskip("playwright.sync_api")

from tests.browser.lab import PATIENCE, laboratory, run_all  # noqa: E402 - needs what may not be installed

NOTEBOOKS = sorted(
    path.relative_to(ROOT / "notebooks") for kind in ("lessons", "solutions") for path in (ROOT / "notebooks" / kind).glob("*.ipynb")
)
ASKED = NOTEBOOKS if os.environ.get("SEGKIT_LONG") else NOTEBOOKS[:1]
SHOTS = os.environ.get("SEGKIT_SHOTS")  # a folder that keeps what the browser saw
DONE = "() => [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].every(one => /\\[\\d+\\]/.test(one.textContent))"
BROKEN = "() => [...document.querySelectorAll('.jp-OutputArea img')].filter(one => !one.naturalWidth || !one.alt).length"

pytestmark = pytest.mark.skipif(
    not (ROOT / "data/cache/demo").is_dir(), reason="the shops of the lessons are not made yet: python dev.py lab"
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    place = tmp_path_factory.mktemp("lab")
    for kind in ("lessons", "solutions"):
        shutil.copytree(ROOT / "notebooks" / kind, place / "work/notebooks" / kind)
    (place / "work/data").mkdir()
    (place / "work/data/cache").symlink_to(ROOT / "data/cache")
    with laboratory(place) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    browser = find_browser()
    if browser is None:
        pytest.skip("no Chromium, Chrome or Edge on this machine; SEGKIT_BROWSER may name one")
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=shutil.which(browser) or browser, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.parametrize("notebook", ASKED, ids=str)
def test_a_lesson_runs_from_its_first_to_its_last_cell(lab: str, chromium: Any, notebook: Path) -> None:
    page = chromium.new_page(viewport={"width": 1200, "height": 16000})  # tall: what is out of sight is not drawn
    page.goto(f"{lab}/tree/notebooks/{notebook}?reset")
    run_all(page)
    page.wait_for_function(DONE, timeout=3 * PATIENCE * 1000)
    if SHOTS:
        page.wait_for_timeout(2000)
        page.screenshot(path=Path(SHOTS) / f"{notebook.parent.name}_{notebook.stem}.png")
    for trouble in ("application/vnd.jupyter.error", "application/vnd.jupyter.stderr"):
        assert page.locator(f'[data-mime-type="{trouble}"]').all_inner_texts() == []
    assert page.evaluate(BROKEN) == 0
    assert page.locator(".jp-OutputArea-output .widget-vbox:not(.widget-vbox .widget-vbox)").count() == widgets_of(notebook)
    page.close()


def widgets_of(notebook: Path) -> int:
    """How many cells of a notebook end in a widget."""
    cells = nbformat.read(ROOT / "notebooks" / notebook, as_version=4).cells
    last = [cell.source.splitlines()[-1] for cell in cells if cell.cell_type == "code"]
    return sum(any(f"{name}(" in line for name in widgets.__all__) for line in last)
