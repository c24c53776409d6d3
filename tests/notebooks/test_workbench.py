"""The workbench, run by papermill as somebody with a client's folder would: two shops, two languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest

from segkit.text import catalogue
from tests.notebooks.shops import write_shop

SHOPS = {"whole": {}, "without_mail": {"email_events": False, "consents": False}}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workbench")
    for name, delivered in SHOPS.items():
        write_shop(folder / name, **delivered)
    return folder


def told(notebook: nbformat.NotebookNode) -> str:
    """What all widgets of a notebook say, as HTML."""
    states = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"].values()
    return "\n".join(one["state"]["value"] for one in states if one["model_name"] == "HTMLModel")


@pytest.mark.parametrize("shop", SHOPS)
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_workbench_opens_a_shop_and_every_widget_says_its_numbers(shop: str, lang: str, place: Path, checkout: Path) -> None:
    given = {"path": str(place / shop), "as_of": "2026-10-31", "lang": lang}
    source, out = checkout / "notebooks/workbench/segment_workbench.ipynb", place / f"{shop}-{lang}.ipynb"
    done: Any = papermill.execute_notebook(str(source), str(out), parameters=given, kernel_name="python3", progress_bar=False)
    html = told(done)
    assert 'data-state="counted" data-count="48"' in html
    assert ('data-measure="engaged_share"' in html) is (shop == "whole")
    assert catalogue(lang)("widgets.builder.all_groups") in html
    assert re.search('data-changed="0"', html)
    assert f'data-first="{sum(4 * n <= 89 for n in range(60) if n % 5)}"' in html
    assert 'data-buyers="' in html
    printed = "".join(
        output.text for cell in done.cells if cell.cell_type == "code" for output in cell.outputs if output.output_type == "stream"
    )
    assert printed.startswith("48 profiles")
    assert "did: placed_order" in printed
