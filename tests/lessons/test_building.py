"""From a lesson's source to its two notebooks and back: answers out, outputs in, the same bytes each time, edits found and kept."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from PIL import Image

import dev
from notebooks import build
from notebooks.building import run
from notebooks.building.answers import AnswerError, without_answers
from notebooks.building.targets import LESSONS, SOLUTIONS, SOURCES, BuildError

SOURCE = """# %% [markdown]
# # A stub

# %%
import os

orders = [3, 4]
print("in two", flush=True)
print("pieces, zone", os.environ["TZ"], object())

# %% tags=["exercise"]
total = sum(orders)  # answer
print(total)

# %% [markdown] tags=["solution"]
# Seven, for three and four are seven.
"""
AUDIT = "# %%\nprint(1)\n"
NAME = "01_stub"


def checkout_at(root: Path) -> Path:
    """A checkout with the sources of one lesson and of the audit, and nothing that is built."""
    for source, text in {f"{SOURCES}/{NAME}.py": SOURCE, **dict.fromkeys(build.BUILDS, AUDIT)}.items():
        (root / source).parent.mkdir(parents=True, exist_ok=True)
        (root / source).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def house(tmp_path: Path) -> Path:
    return checkout_at(tmp_path)


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = checkout_at(tmp_path_factory.mktemp("house"))
    build.build(root)
    return root


def stored(root: Path, folder: str) -> NotebookNode:
    return nbformat.read(root / folder / f"{NAME}.ipynb", as_version=4)


def printed(notebook: NotebookNode) -> list[str]:
    return [output.text for cell in notebook.cells for output in cell.get("outputs", [])]


def test_a_lesson_has_dots_and_a_solution_has_answers(built_once: Path) -> None:
    lesson, solution = stored(built_once, LESSONS), stored(built_once, SOLUTIONS)
    assert [cell.source for cell in lesson.cells][2:] == ["total = ...  # your answer\nprint(total)"]
    assert [cell.source.splitlines()[0] for cell in solution.cells][2:] == [
        "total = sum(orders)  # answer",
        "Seven, for three and four are seven.",
    ]


def test_both_are_stored_as_run_with_text_in_one_piece_and_without_what_differs_each_time(built_once: Path) -> None:
    first = "in two\npieces, zone UTC <object object at ADDRESS>\n"
    assert printed(stored(built_once, LESSONS)) == [first, "Ellipsis\n"]
    assert printed(stored(built_once, SOLUTIONS)) == [first, "7\n"]
    code = [cell for cell in stored(built_once, LESSONS).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == [1, 2]


def test_a_second_build_gives_the_same_bytes(built_once: Path) -> None:
    before = {path: (built_once / path).read_bytes() for path in (f"{LESSONS}/{NAME}.ipynb", f"{SOLUTIONS}/{NAME}.ipynb")}
    for path in before:
        (built_once / path).unlink()
    assert build.build(built_once) == list(before)
    assert {path: (built_once / path).read_bytes() for path in before} == before
    assert build.complaints(built_once) == {}


def planted(root: Path, folder: str, old: str, new: str, with_outputs: bool = True) -> str:
    """What is said about a built notebook after an edit, which is taken back again; empty when nothing is."""
    file = root / folder / f"{NAME}.ipynb"
    content = file.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new), encoding="utf-8")
    found = build.complaints(root, with_outputs)
    file.write_text(content, encoding="utf-8")
    assert set(found) <= {f"{folder}/{NAME}.ipynb"}
    return found.get(f"{folder}/{NAME}.ipynb", "")


def test_an_edited_notebook_is_found_and_told_how_to_keep_the_edit(built_once: Path) -> None:
    assert f"--from-ipynb {SOLUTIONS}/{NAME}.ipynb" in planted(built_once, SOLUTIONS, "# A stub", "# The stub")
    told = planted(built_once, LESSONS, "# A stub", "# The stub")
    assert f"Make the same edit in {SOLUTIONS}/{NAME}.ipynb or in the source" in told
    assert "--from-ipynb" not in told


def test_an_audit_notebook_that_shows_what_it_computed_is_found(house: Path) -> None:
    """It was run on a client, perhaps."""
    build.build(house)
    for path in ("notebooks/audit/segmentation_audit.ipynb", "segkit/notebook/audit.ipynb"):
        notebook = nbformat.read(house / path, as_version=4)
        notebook.cells[0].outputs = [nbformat.v4.new_output("stream", text="jan@example.com spent 500")]
        nbformat.write(notebook, house / path)
        assert "which may be a client's" in build.complaints(house)[path]


@pytest.mark.parametrize("content", ["[]", "", "{"])
def test_what_is_no_notebook_is_found(house: Path, content: str) -> None:
    build.build(house)
    (house / SOLUTIONS / f"{NAME}.ipynb").write_text(content, encoding="utf-8")
    assert "no notebook" in build.complaints(house)[f"{SOLUTIONS}/{NAME}.ipynb"]


def test_a_changed_output_is_found(built_once: Path) -> None:
    assert "shows other outputs" in planted(built_once, SOLUTIONS, '"7\\n"', '"8\\n"')


def test_outputs_may_be_left_to_nbval_and_cells_may_not(built_once: Path) -> None:
    assert planted(built_once, SOLUTIONS, '"7\\n"', '"8\\n"', with_outputs=False) == ""
    assert "differs from" in planted(built_once, SOLUTIONS, "# A stub", "# The stub", with_outputs=False)


def test_a_notebook_without_a_source_is_found_and_left_where_it_is(house: Path) -> None:
    (house / LESSONS).mkdir(parents=True)
    (house / f"{SOURCES}/{NAME}.py").unlink()
    stray = house / LESSONS / "my_notes.ipynb"
    stray.write_text("{}", encoding="utf-8")
    assert "has no source" in build.complaints(house)[f"{LESSONS}/my_notes.ipynb"]
    build.build(house)
    assert stray.exists()


def test_a_cell_that_stops_is_named_with_its_reason_and_nothing_is_stored(house: Path) -> None:
    (house / f"{SOURCES}/{NAME}.py").write_text("# %%\nmissing\n", encoding="utf-8")
    with pytest.raises(BuildError, match="cell 1 stopped with NameError"):
        build.build(house)
    assert not (house / LESSONS / f"{NAME}.ipynb").exists()


def test_an_edit_in_jupyterlab_comes_back_into_the_source_with_its_markers(house: Path) -> None:
    source, file = house / f"{SOURCES}/{NAME}.py", house / SOLUTIONS / f"{NAME}.ipynb"
    file.parent.mkdir(parents=True)
    file.write_bytes(build.built(SOURCE))
    assert build.from_ipynb(house, file) == f"{SOURCES}/{NAME}.py"
    assert source.read_text(encoding="utf-8") == SOURCE  # nothing was edited, nothing changes
    notebook = nbformat.read(file, as_version=4)
    notebook.cells[2].source = notebook.cells[2].source.replace("sum(orders)", "3 + 4")
    notebook.cells[2].metadata["collapsed"] = True
    nbformat.write(notebook, file)
    build.from_ipynb(house, file)
    assert source.read_text(encoding="utf-8") == SOURCE.replace("sum(orders)", "3 + 4")


def test_an_edit_that_lost_its_answer_marker_is_refused_and_the_source_stays(house: Path) -> None:
    file = house / SOLUTIONS / f"{NAME}.ipynb"
    file.parent.mkdir(parents=True)
    file.write_bytes(build.built(SOURCE).replace(b"  # answer", b""))
    with pytest.raises(BuildError, match="cell 3: an exercise or prediction without an answer"):
        build.from_ipynb(house, file)
    assert (house / f"{SOURCES}/{NAME}.py").read_text(encoding="utf-8") == SOURCE


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda cells: cells[0].update(attachments={"a.png": {"image/png": "AA=="}}), "pasted picture"),
        (lambda cells: cells[1].update(source="one\n# %%\ntwo"), "begins with # %%"),
    ],
)
def test_what_a_source_cannot_hold_is_told_before_it_is_lost(house: Path, change, told: str) -> None:  # type: ignore[no-untyped-def]
    file = house / SOLUTIONS / f"{NAME}.ipynb"
    file.parent.mkdir(parents=True)
    notebook = nbformat.reads(build.built(SOURCE).decode(), as_version=4)
    change(notebook.cells)
    nbformat.write(notebook, file)
    with pytest.raises(BuildError, match=told):
        build.from_ipynb(house, file)
    assert (house / f"{SOURCES}/{NAME}.py").read_text(encoding="utf-8") == SOURCE


def test_a_lesson_cannot_become_a_source_for_it_has_no_answers(house: Path) -> None:
    with pytest.raises(BuildError, match=f"edit {SOLUTIONS}/{NAME}.ipynb instead"):
        build.from_ipynb(house, house / LESSONS / f"{NAME}.ipynb")
    with pytest.raises(BuildError, match="is not built from a source here"):
        build.from_ipynb(house, house / "audit.ipynb")


@pytest.mark.parametrize(
    ("cell", "lesson"),
    [
        ("share = 1 / 2  # answer\ncheck(share)", "share = ...  # your answer\ncheck(share)"),
        ("# answer\nhalf = 2\nshare = 1 / half\n# /answer\ncheck(share)", "share = ...  # your answer\ncheck(share)"),
        ("# answer\nshare = 1 / 2\n# /answer", "share = ...  # your answer"),  # read in a later cell
        ("check(\n    # answer\n    1 / 2\n    # /answer\n)", "check(\n    ...  # your answer\n)"),
    ],
)
def test_an_answer_becomes_dots_and_the_cell_still_runs(cell: str, lesson: str) -> None:
    assert without_answers(cell, is_asked=True) == lesson


@pytest.mark.parametrize(
    ("cell", "is_asked", "told"),
    [
        ("x = 1", True, "without an answer"),
        ("x = 1  # answer", False, "outside an exercise"),
        ("# answer\nx = 1", True, "not closed"),
        ("x = 1\n# /answer", True, "cannot"),
        ("# answer\n# /answer", True, "empty"),
        ("# answer\nif x:\n# /answer", True, "not whole lines"),
    ],
)
def test_a_wrong_marker_is_an_error_that_says_what_to_write(cell: str, is_asked: bool, told: str) -> None:
    with pytest.raises(AnswerError, match=told):
        without_answers(cell, is_asked)


def test_a_picture_is_stored_small_and_looks_the_same() -> None:
    picture = Image.new("RGB", (400, 200), "white")
    picture.paste((12, 107, 88), (20, 20, 300, 60))
    whole = io.BytesIO()
    picture.save(whole, "png", compress_level=0)
    small = base64.b64decode(run.small_png(base64.b64encode(whole.getvalue()).decode()))
    assert len(small) < len(whole.getvalue()) / 100
    assert Image.open(io.BytesIO(small)).convert("RGB").getpixel((100, 40)) == (12, 107, 88)


def test_lessons_are_built_and_compared_under_the_same_conditions() -> None:
    assert run.SETTLED == dev.SETTLED
