"""The segment builder and the explorers in a real JupyterLab and in Voila, used with the keyboard in a real browser."""

from __future__ import annotations

import importlib.util
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from segkit.report.pdf import find_browser
from tests.notebooks.shops import write_shop

pytest.importorskip("jupyterlab", reason="JupyterLab is not installed: python dev.py lab installs it")
sync_api = pytest.importorskip("playwright.sync_api")

from tests.browser.lab import PATIENCE, jupyterlab, run_all, voila  # noqa: E402 - needs what may not be installed

CELL = """
import segkit
from IPython.display import display
from segkit.notebook.widgets import persona_explorer, segment_builder, top_share_slider, window_explorer

view = segkit.open({shop!r}).at("2026-10-31")
display(segment_builder(view, "nl"), persona_explorer(view, "nl"), window_explorer(view, "nl", (0, 87), (89, 180)), top_share_slider(view, "nl"))
"""


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Any]:
    """A page of a real browser, tall enough for all widgets."""
    browser = find_browser()
    if browser is None:
        pytest.skip("no Chromium, Chrome or Edge on this machine; SEGKIT_BROWSER may name one")
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which(browser) or browser, args=["--no-sandbox"])
        yield chromium.new_page(viewport={"width": 1280, "height": 3200})
        chromium.close()


def cell(place: Path) -> str:
    return CELL.format(shop=str(write_shop(place / "shop")))


def build_with_the_keyboard(page: Any) -> None:
    """From at least one order to two conditions in one group and a second group, without a mouse."""
    told = page.locator('[data-state="counted"]')
    sync_api.expect(told).to_have_attribute("data-count", "48", timeout=PATIENCE * 1000)
    times = page.get_by_label("Aantal keer")
    times.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("4")
    page.keyboard.press("Tab")
    sync_api.expect(told).to_have_attribute("data-count", "12")
    add = page.get_by_role("button", name="Voorwaarde toevoegen (of)")
    add.focus()
    page.keyboard.press("Enter")
    sync_api.expect(told).to_have_attribute("data-count", "48")
    second = times.nth(1)
    second.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    sync_api.expect(told).to_have_attribute("data-count", "24")
    page.get_by_role("button", name="Groep toevoegen (en)").focus()
    page.keyboard.press("Enter")
    kinds = page.get_by_label("Voorwaarde", exact=True)
    sync_api.expect(kinds).to_have_count(3)
    kinds.nth(2).focus()
    page.keyboard.type("Mag gemaild")
    page.keyboard.press("Tab")
    sync_api.expect(told).to_have_attribute("data-count", "12")
    assert told.get_attribute("role") == "status"
    yaml = page.get_by_label("Kopieer als YAML").input_value()
    assert "can_receive: email" in yaml
    assert "at_least: 3" in yaml
    page.get_by_role("button", name="Regel verwijderen").nth(2).focus()
    page.keyboard.press("Enter")
    sync_api.expect(told).to_have_attribute("data-count", "24")
    sync_api.expect(page.get_by_role("button", name="Voorwaarde toevoegen (of)").nth(1)).to_be_focused()


def explore_with_the_keyboard(page: Any) -> None:
    """Each explorer follows the arrow keys."""
    changed, between, buyers = (page.locator(f"[data-{name}]") for name in ("changed", "between", "buyers"))
    sync_api.expect(changed).to_have_attribute("data-changed", "0", timeout=PATIENCE * 1000)
    recent = slider(page, "Recent gekocht")
    recent.focus()
    page.keyboard.press("ArrowLeft")
    sync_api.expect(changed).to_have_attribute("data-changed", "0")  # nobody bought last 120 days ago
    page.keyboard.press("PageDown")
    sync_api.expect(changed).not_to_have_attribute("data-changed", "0")
    sync_api.expect(between).to_have_attribute("data-between", "1")
    slider(page, "Eerste venster").nth(1).focus()
    page.keyboard.press("ArrowRight")
    sync_api.expect(between).to_have_attribute("data-between", "0")
    old = buyers.get_attribute("data-buyers")
    slider(page, "De grootste").focus()
    page.keyboard.press("ArrowRight")
    sync_api.expect(buyers).not_to_have_attribute("data-buyers", str(old))
    assert page.get_by_role("img").count() >= 2


def slider(page: Any, label: str) -> Any:
    return page.locator(".widget-slider, .widget-hslider").filter(has_text=label).locator(".noUi-handle")


def test_all_widgets_follow_the_keyboard_in_jupyterlab(tmp_path: Path, page: Any) -> None:
    with jupyterlab(tmp_path, cell(tmp_path)) as address:
        page.goto(address)
        run_all(page)
        build_with_the_keyboard(page)
        explore_with_the_keyboard(page)
        page.screenshot(path=tmp_path / "lab.png")


@pytest.mark.skipif(importlib.util.find_spec("voila") is None, reason="Voila is not installed; it is an optional extra")
def test_all_widgets_follow_the_keyboard_in_voila(tmp_path: Path, page: Any) -> None:
    page.route(re.compile(r"^https?://(?!127\.0\.0\.1)"), lambda route: route.abort())  # icons, which no test machine may fetch
    with voila(tmp_path, cell(tmp_path)) as address:
        page.goto(address, wait_until="commit", timeout=PATIENCE * 1000)
        build_with_the_keyboard(page)
        explore_with_the_keyboard(page)
