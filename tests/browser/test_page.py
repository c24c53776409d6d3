"""The page in a browser: no faults of accessibility, no message, no request, nothing to scroll sideways."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from segkit.report.pdf import find_browser
from tests.report.pages import page as report

AXE = Path(__file__).with_name("vendor") / "axe.min.js"
DESKTOP, TABLET, TELEPHONE = 1360, 820, 390
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice']}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright drives the browser: pip install -e .[dev]")
    found = find_browser()
    if found is None:
        pytest.skip("no Chromium, Chrome or Edge on this machine; SEGKIT_BROWSER may name one")
    with playwright.sync_playwright() as tools:
        opened = tools.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def visit(browser, tmp_path):
    """Opens a report and gives the page, with what it said and what it asked for."""
    contexts = []

    def open_page(name: str, lang: str, width: int = DESKTOP, scheme: str = "light", bypass: bool = False) -> Any:
        file = tmp_path / "audit.html"
        file.write_text(report(name, lang), encoding="utf-8")
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=bypass, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.said, page.asked = [], []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        page.goto(file.as_uri())
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("name", "lang", "width"), [("full", "nl", DESKTOP), ("without_mail", "nl", TELEPHONE)])
def test_there_is_no_fault_of_accessibility(visit, name, lang, width, scheme):
    page = visit(name, lang, width, scheme, bypass=True)  # axe itself is a script, which the page does not allow
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    page.add_script_tag(path=AXE)
    found = page.evaluate(f"async () => (await axe.run(document, {RULES})).violations")
    assert [(fault["id"], [node["target"] for node in fault["nodes"]][:5]) for fault in found] == []


@pytest.mark.parametrize("name", ["full", "hostile"])
def test_the_page_says_nothing_and_asks_for_nothing(visit, name):
    page = visit(name, "nl")
    page.mouse.wheel(0, 20000)
    assert page.said == []
    assert [url for url in page.asked if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in page.asked if url.startswith("file:")]) == 1


def test_nothing_of_a_hostile_client_runs_even_without_the_policy(visit):
    page = visit("hostile", "nl", bypass=True)
    page.wait_for_timeout(200)
    assert page.title() != "owned"
    assert page.evaluate("document.querySelectorAll('main img, script, [onerror], [onload]').length") == 0
    assert page.said == []


@pytest.mark.parametrize("name", ["full", "without_orders", "hostile"])
@pytest.mark.parametrize("width", [TELEPHONE, TABLET, DESKTOP])
def test_nothing_scrolls_sideways(visit, name, width):
    page = visit(name, "en" if name == "without_orders" else "nl", width)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_one_of_the_two_pictures_shows_at_each_width(visit):
    shown = "selector => [...document.querySelectorAll(selector)].filter(part => part.offsetParent).length"
    for width, visible, hidden in ((DESKTOP, ".wide", ".narrow"), (TELEPHONE, ".narrow", ".wide")):
        page = visit("full", "nl", width)
        assert page.evaluate(shown, visible) > 10
        assert page.evaluate(shown, hidden) == 0


def test_the_first_key_press_offers_to_skip_to_the_content(visit):
    page = visit("without_orders", "en")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
