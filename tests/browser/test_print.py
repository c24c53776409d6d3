"""The page on paper: A4, page numbers in the contents that are right, bookmarks, text that can be searched."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pypdf import PdfReader

from segkit.report import html_to_pdf, pdf
from segkit.report.pdf import find_browser
from segkit.text import catalogue
from tests.report.pages import elements, page

A4 = (595, 842)  # points
LARGEST = 1_500_000
FOOT = "Segmentatie-audit · Theehuis De Linde · 31 oktober 2026"


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    if find_browser() is None:
        pytest.skip("no Chromium, Chrome or Edge on this machine; SEGKIT_BROWSER may name one")
    folder = tmp_path_factory.mktemp("print")
    (folder / "audit.html").write_text(page("full", "nl"), encoding="utf-8")
    assert html_to_pdf(folder / "audit.html", folder / "audit.pdf")
    assert (folder / "audit.pdf").stat().st_size < LARGEST
    assert sorted(path.name for path in folder.iterdir()) == ["audit.html", "audit.pdf"]
    return folder / "audit.pdf"


@pytest.fixture(scope="module")
def printed(file):
    return PdfReader(file)


@pytest.fixture(scope="module")
def texts(printed) -> list[str]:
    read = (sheet.extract_text().replace("ʼ", "’") for sheet in printed.pages)  # the font has one glyph for both
    return [re.sub(r"\s+", " ", text) for text in read]


def chapters() -> list[str]:
    return [e["text"] for e in elements(page("full", "nl")) if e["tag"] == "h2" and "main." in e["inside"]]


def test_every_sheet_is_a4(printed):
    assert {tuple(round(side) for side in sheet.mediabox[2:]) for sheet in printed.pages} == {A4}


def test_the_contents_name_the_page_of_each_chapter(texts):
    for chapter in chapters():
        number = int(re.search(rf"{re.escape(chapter)} (\d+)", texts[1])[1])
        assert chapter in texts[number - 1][: 2 * len(FOOT)], "the chapter opens its page, after the foot"


@pytest.mark.parametrize(
    ("guess", "prints"),
    [(lambda true: {}, 2), (lambda true: true, 1), (lambda true: {name: number + 1 for name, number in true.items()}, 2)],
    ids=["none", "right", "wrong"],
)
def test_a_guess_that_holds_saves_a_print_and_one_that_does_not_is_put_right(file, tmp_path, monkeypatch, guess, prints):
    made, print_once = [], pdf._print
    monkeypatch.setattr(pdf, "_print", lambda *asked: made.append(asked) or print_once(*asked))
    again = tmp_path / "audit.pdf"
    assert html_to_pdf(file.with_suffix(".html"), again, guess(pdf.page_numbers(file)))
    assert len(made) == prints
    assert PdfReader(again).pages[1].extract_text() == PdfReader(file).pages[1].extract_text()


def bookmarks(marks, depth=0):
    """Every bookmark as (depth, title)."""
    for mark in marks:
        yield from bookmarks(mark, depth + 1) if isinstance(mark, list) else [(depth, mark.title)]


def test_every_heading_has_a_bookmark_that_says_it_once(printed):
    marks = list(bookmarks(printed.outline))
    headings = [" ".join(e["text"].split()) for e in elements(page("full", "nl")) if e["tag"] in ("h1", "h2", "h3", "h4")]
    assert [" ".join(title.split()) for _, title in marks] == headings
    assert set(chapters()) < {title for depth, title in marks if depth == 1}


def test_every_sheet_but_the_cover_says_whose_and_which_it_is(texts):
    assert "Theehuis De Linde" in texts[0]
    for number, text in enumerate(texts[1:], start=2):
        assert FOOT in text
        assert f"{number} / {len(texts)}" in text


def test_what_is_folded_on_the_screen_is_open_on_paper(texts):
    assert "overlappen de groepen en laten ze gaten" in " ".join(texts)


def test_a_reader_is_told_the_language_and_the_structure(printed):
    assert printed.trailer["/Root"]["/Lang"] == "nl"
    assert printed.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_a_caption_stands_on_the_page_of_its_first_row(texts):
    printed_part = re.sub(r"<figure.*?</figure>", "", page("full", "nl"), flags=re.S)  # the numbers behind a figure stay on the screen
    tables = re.findall(r'<caption>(.*?)</caption>.*?scope="row"[^>]*>(.*?)</th>', printed_part, re.S)
    captions = [[" ".join(re.sub(r"<[^>]+>", " ", part).split()) for part in pair] for pair in tables]
    alone = [
        caption
        for caption, first in captions
        if not any(caption in text and first.split(" ")[0] in text.split(caption)[1] for text in texts)
    ]
    assert len(captions) >= 9
    assert alone == []


def test_the_list_of_the_fourteen_begins_on_the_page_of_its_heading(texts):
    t = catalogue("nl")
    assert any(t("personas.literal_title") in text and t("personas.literal_caption") in text for text in texts)


def test_no_label_breaks_inside_a_word(texts):
    labels = [catalogue("nl")(f"personas.{name}") for name in ("goal", "action", "discount", "sample")]
    whole = {label: sum(text.count(label) for text in texts) for label in labels}
    assert whole == {label: sum(text.replace(" ", "").count(label) for text in texts) for label in labels}
    assert min(whole.values()) > 2
