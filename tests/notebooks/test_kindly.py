"""What a notebook shows of an error, in a real kernel that starts as JupyterLab's do."""

import nbformat
import pytest
from nbclient import NotebookClient

from dev import KERNEL_DEFAULTS
from segkit.notebook.kindly import unknown

CELLS = [
    "import pandas",
    "pandas.DataFrame().pivot(nothing)",
    "fashion = 1",
    "fashon",
    "from segkit.shop import open\nopen('nowhere')",
    "1 / 0",
]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The last line or lines that each cell shows of its error, without colours."""
    home = tmp_path_factory.mktemp("ipython")
    (home / "profile_default").mkdir()
    (home / "profile_default/ipython_config.py").write_text(KERNEL_DEFAULTS, encoding="utf-8")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(home))
        patch.setenv("NO_COLOR", "1")
        NotebookClient(notebook, allow_errors=True, kernel_name="python3").execute()
    return ["\n".join(line for output in cell.outputs for line in output.get("traceback", [])) for cell in notebook.cells]


def test_a_cell_before_its_turn_says_which_cells_to_run(shown: list[str]) -> None:
    assert "There is no nothing yet." in shown[1]
    assert 'between quotes: "nothing"' in shown[1]
    assert "Run All Above Selected Cell" in shown[1]


def test_a_typing_error_is_told_the_name_that_is_there(shown: list[str]) -> None:
    assert "There is no fashon here, but there is fashion" in shown[3]


def test_an_own_error_is_told_without_the_lines_of_segkit(shown: list[str]) -> None:
    assert "What to do:" in shown[4]
    assert "segkit/shop" not in shown[4]


def test_other_errors_are_shown_as_ever(shown: list[str]) -> None:
    assert "ZeroDivisionError" in shown[5]
    assert "Run All Above" not in shown[5]


def test_names_that_python_keeps_for_itself_are_no_typing_errors() -> None:
    assert "There is no vieww yet" in unknown("vieww", ["_view"])
    assert "there is view" in unknown("vieww", ["view"])


def test_what_is_hardly_alike_is_no_typing_error() -> None:
    assert "There is no people yet" in unknown("people", ["open", "pd"])
    assert "There is no shares yet" in unknown("shares", ["bars"])
