"""Built notebooks: the same source gives the same bytes, without outputs, ready for papermill."""

from __future__ import annotations

import json

import pytest

from notebooks import build

SOURCE = """# ---
# jupyter:
#   kernelspec:
#     display_name: Somebody
#     language: python
#     name: segkit-old
# ---

# %% [markdown]
# # Audit

# %% tags=["parameters"] slideshow={"slide_type": "skip"}
path = "shop"
as_of = "2026-10-31"

# %%
print(path, as_of)
"""


@pytest.fixture
def house(tmp_path):
    """A checkout that holds the sources and nothing that is built."""
    for source in build.BUILDS:
        (tmp_path / source).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / source).write_text(SOURCE, encoding="utf-8")
    return tmp_path


@pytest.fixture
def notebook():
    return json.loads(build.built(SOURCE))


def test_the_same_source_gives_the_same_bytes():
    assert build.built(SOURCE) == build.built(SOURCE)


def test_cells_are_numbered_and_keep_only_their_tags(notebook):
    assert [cell["id"] for cell in notebook["cells"]] == ["cell-01", "cell-02", "cell-03"]
    assert [cell["metadata"] for cell in notebook["cells"]] == [{}, {"tags": ["parameters"]}, {}]


def test_nothing_is_stored_of_a_run(notebook):
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [(cell["execution_count"], cell["outputs"]) for cell in code] == [(None, []), (None, [])]


def test_every_notebook_runs_on_the_kernel_that_comes_with_the_package(notebook):
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}


def test_the_package_and_the_reader_get_the_same_audit(house):
    build.build(house)
    copies = {(house / target).read_bytes() for target in build.BUILDS["notebooks/sources/audit/segmentation_audit.py"]}
    assert copies == {build.built(SOURCE)}


def test_a_second_build_changes_nothing(house):
    assert len(build.build(house)) == sum(map(len, build.BUILDS.values()))
    assert build.build(house) == []
    assert build.outdated(house) == []


@pytest.mark.parametrize("target", [target for targets in build.BUILDS.values() for target in targets])
def test_an_edited_or_missing_built_file_is_found(house, target):
    build.build(house)
    file = house / target
    file.write_bytes(file.read_bytes().replace(b"2026-10-31", b"2025-10-31"))
    assert build.outdated(house) == [target]
    file.unlink()
    assert build.outdated(house) == [target]


def test_an_edited_source_is_found(house):
    build.build(house)
    source = house / "notebooks/sources/audit/segmentation_audit.py"
    source.write_text(SOURCE.replace("# # Audit", "# # The audit"), encoding="utf-8")
    assert set(build.outdated(house)) == set(build.BUILDS["notebooks/sources/audit/segmentation_audit.py"])
