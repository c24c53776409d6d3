"""Parameters of the audit notebook are checked by name and type before anything runs."""

from pathlib import Path
from typing import Any

import pytest

from segkit.errors import AsOfError, NothingToRead, ParameterError
from segkit.notebook import AuditParameters, run_audit
from tests.notebooks.shops import write_shop

GOOD = {"path": "shop", "as_of": "2026-10-31"}


def test_a_mistyped_name_is_an_error_with_the_allowed_names_and_not_a_run_with_defaults() -> None:
    with pytest.raises(ParameterError, match="no parameter 'langg'") as raised:
        run_audit({**GOOD, "langg": "en"})
    assert "Did you mean lang" in raised.value.todo
    assert "as_of" in raised.value.todo


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"path": "shop"}, "as_of"),
        ({**GOOD, "lang": "de"}, "lang"),
        ({**GOOD, "path": 3}, "path"),
        ({**GOOD, "path": "a\nimport os"}, "path"),
        ({**GOOD, "out": None}, "out"),
    ],
)
def test_missing_and_wrong_values_are_errors_that_name_the_parameter(values: dict[str, Any], named: str) -> None:
    with pytest.raises(ParameterError, match=named):
        AuditParameters(**values)


@pytest.mark.parametrize("as_of", ["31-10-2026", "2026-13-01", "yesterday", ""])
def test_dates_are_written_with_the_year_first(as_of: str) -> None:
    with pytest.raises((AsOfError, ParameterError)):
        AuditParameters(**{**GOOD, "as_of": as_of})


def test_a_parameter_name_never_becomes_code() -> None:
    with pytest.raises(ParameterError):
        run_audit({**GOOD, "n=1; import os; os.system('true')": 1})


def test_a_path_of_the_checkout_is_found_from_the_folder_of_a_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_shop(tmp_path / "data/shop")
    (tmp_path / "notebooks/audit").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "notebooks/audit")
    assert AuditParameters(**{**GOOD, "path": "data/shop"}).open().at("2026-10-31").count("not_yet") > 0
    with pytest.raises(NothingToRead, match="data/shp"):
        AuditParameters(**{**GOOD, "path": "data/shp"}).open()
