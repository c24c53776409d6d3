"""Finding a browser to print with; what it prints is looked at in tests/browser."""

from __future__ import annotations

import sys

import pytest

from segkit.report import html_to_pdf, pdf


def test_without_a_browser_there_is_no_pdf_and_no_error(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "find_browser", lambda: None)
    page = tmp_path / "audit.html"
    page.write_text("<h2 id='a'>A</h2>", encoding="utf-8")
    assert html_to_pdf(page, tmp_path / "audit.pdf") is False
    assert not (tmp_path / "audit.pdf").exists()


def test_a_browser_that_cannot_print_gives_no_pdf_and_no_error(tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "find_browser", lambda: sys.executable)
    page = tmp_path / "audit.html"
    page.write_text("<h2 id='a'>A</h2>", encoding="utf-8")
    assert html_to_pdf(page, tmp_path / "audit.pdf") is False


def test_the_browser_may_be_named(monkeypatch):
    monkeypatch.setenv("SEGKIT_BROWSER", sys.executable)
    assert pdf.find_browser() == sys.executable
    monkeypatch.setenv("SEGKIT_BROWSER", "no-such-browser")
    assert pdf.find_browser() is None


def test_browsers_are_looked_for_where_each_system_puts_them(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    assert any(path.name == "Google Chrome" for path in pdf._installed())
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("PROGRAMFILES", str(tmp_path))
    assert tmp_path / "Microsoft" / "Edge" / "Application" / "msedge.exe" in pdf._installed()


def test_page_numbers_are_written_in_the_contents():
    contents = '<li><a href="#a">One</a></li><li><a href="#b">Two</a></li>'
    numbered = pdf._with_page_numbers(contents, {"a": 3})
    assert '<a href="#a" data-page="3">One</a>' in numbered
    assert '<a href="#b" data-page="">Two</a>' in numbered


@pytest.mark.parametrize("content", [None, b"", b"%PDF-1.7\nhalf a file", b"no PDF at all"])
def test_what_cannot_be_read_as_a_report_has_no_page_numbers(tmp_path, content):
    file = tmp_path / "audit.pdf"
    if content is not None:
        file.write_bytes(content)
    assert pdf.page_numbers(file) == {}
