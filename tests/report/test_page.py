"""The page is one file that needs nothing else and shows no code, and no text of a client can become markup in it."""

from __future__ import annotations

import re

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from segkit.report import notebook_to_html
from segkit.report.blocks import own_words
from segkit.report.html import NoReport, css_string
from segkit.report.palette import DARK, PALETTE
from segkit.report.svg import inline_svg, picture
from segkit.text import catalogue
from tests.report.fixture_result import HOSTILE
from tests.report.pages import elements, html, notebook, page, sections, shown

CHAPTERS = ["summary", "data", "base", "personas", "rhythm", "segments", "method"]
LARGEST = 1_000_000


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_page_needs_nothing_else(lang):
    text = page("full", lang)
    assert len(text.encode()) < LARGEST
    assert re.match(rf'<!DOCTYPE html>\s*<html lang="{lang}">', text)
    assert "default-src 'none'" in text
    assert {e["tag"] for e in elements(text)}.isdisjoint({"script", "link", "iframe", "object", "base", "form"})
    links = [e["attrs"].get(name) for e in elements(text) for name in ("src", "href", "xlink:href") if name in e["attrs"]]
    assert [link for link in links if not link.startswith(("#", "data:"))] == []
    assert [url for url in re.findall(r"url\(([^)]{0,40})", text) if not url.startswith(("data:", "#"))] == []


def test_the_page_shows_no_code():
    assert "report.section()" not in page("full", "nl")


def test_the_contents_lead_to_every_chapter():
    found = elements(page("full", "nl"))
    headings = [e for e in found if e["tag"] == "h2" and "main." in e["inside"]]
    links = [e for e in found if e["tag"] == "a" and any("toc" in above for above in e["inside"])]
    assert [e["attrs"]["id"] for e in headings] == CHAPTERS
    assert [(e["attrs"]["href"], e["text"]) for e in links] == [(f"#{h['attrs']['id']}", h["text"]) for h in headings]


def test_no_id_stands_twice():
    ids = [e["attrs"]["id"] for e in elements(page("full", "nl")) if "id" in e["attrs"]]
    assert sorted(ids) == sorted(set(ids))


def test_every_picture_says_what_it_shows():
    found = elements(page("full", "nl"))
    assert all(e["attrs"].get("aria-label") for e in found if e["tag"] == "svg")
    assert len([e for e in found if e["tag"] == "svg"]) > 20


def test_the_same_result_gives_the_same_page():
    from segkit.report import Report
    from tests.report.pages import result

    again = Report(result("without_orders"), "en").all()
    assert [s._repr_html_() for s in again] == [s._repr_html_() for s in sections("without_orders", "en")]


def test_a_notebook_without_a_cover_is_no_report():
    with pytest.raises(NoReport, match="cover"):
        notebook_to_html(notebook(new_code_cell("1 + 1")), "nl")


def test_what_is_not_for_the_client_stays_in_the_notebook():
    cover = sections("without_orders", "en")[0]
    printed = new_output("stream", name="stderr", text="a warning")
    setup = new_code_cell("", metadata={"tags": ["setup"]}, outputs=[new_output("display_data", {"text/html": "set up"})])
    own = new_code_cell("", outputs=[printed, new_output("display_data", {"text/html": "<p>own table</p>"})])
    notes = [new_markdown_cell("for me"), new_markdown_cell("## For *you*", metadata={"tags": ["report"]})]
    text = notebook_to_html(notebook(shown(cover), setup, own, *notes), "en")
    assert "own table" in text
    assert '<a href="#chapter-1">For you</a>' in text
    assert not any(hidden in text for hidden in ("a warning", "set up", "for me"))


def test_a_client_cannot_write_markup():
    for text in (html("hostile", "nl"), page("hostile", "nl")):
        found = elements(text)
        assert {"img", "script"}.isdisjoint(e["tag"] for e in found)
        assert not [name for e in found for name in e["attrs"] if name.startswith("on")]
        assert not [e for e in found if (e["attrs"].get("href") or "#")[0] != "#"]
    assert page("hostile", "nl").count("</style>") == page("full", "nl").count("</style>")
    assert HOSTILE[:20] not in page("hostile", "nl")
    assert "&lt;img src=x" in page("hostile", "nl")


def test_a_client_cannot_end_the_footer_of_a_printed_page():
    assert css_string('a"; }</style>é') == r"a\22 \3b  \7d \3c \2f style\3e \e9 "


def test_text_of_a_client_is_cut_short():
    assert own_words("x" * 200) == f"<bdi>{'x' * 79}…</bdi>"


def test_a_dollar_sign_in_a_picture_is_a_dollar_sign():
    from segkit.report.figures.personas import Pair, dumbbell

    drawn = picture(lambda width: dumbbell([Pair("$5 off $9", 0.1, 0.2, "brand")], ("a", "b"), str, width), "x", "y")
    assert "$5 off $9" in drawn


def test_a_picture_follows_the_colours_of_the_page():
    from segkit.report.svg import canvas

    figure = canvas(100, 50)
    figure.subplots().barh(0, 1, color=PALETTE["brand"])
    drawn = inline_svg(figure, "f", 'a "label" & more')
    assert f"var(--brand,{PALETTE['brand']})" in drawn
    assert 'aria-label="a &#34;label&#34; &amp; more"' in drawn
    assert " width=" not in drawn.split(">")[0]


@pytest.mark.parametrize("palette", [PALETTE, DARK])
def test_text_and_marks_stand_out(palette):
    for ground in ("paper", "wash"):
        assert all(contrast(palette[token], palette[ground]) >= 4.5 for token in ("ink", "muted", "brand", "accent"))
        assert all(contrast(palette[token], palette[ground]) >= 3 for token in ("gold", "blue", "stone"))
    assert all(contrast(palette["on-pale"], palette[f"heat{step}"]) >= 4.5 for step in (1, 2, 3, 4))
    assert all(contrast(palette["on-deep"], palette[f"heat{step}"]) >= 4.5 for step in (5, 6))


def test_light_and_dark_have_the_same_colours_each_its_own():
    assert PALETTE.keys() == DARK.keys()
    assert len(set(PALETTE.values())) == len(PALETTE)


def test_the_page_speaks_the_language_it_is_asked_in():
    for lang in ("nl", "en"):
        assert catalogue(lang)("sections.method") in page("full", lang)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, as WCAG defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
