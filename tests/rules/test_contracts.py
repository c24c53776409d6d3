"""Imports point down, and each contract that says so breaks on a planted violation."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.rules.house import ROOT

PACKAGES = ("segkit", "data/generators/segkit_generators")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
NAMES = {contract["id"]: contract["name"] for contract in CONTRACTS}
LAYERS = [layer for contract in CONTRACTS for layer in contract.get("layers", [])]


def rooms(layer: str) -> list[str]:
    """The rooms of one layer, whether or not they exist yet."""
    return [room.strip(" ()") for part in layer.split("|") for room in part.split(":")]


def copy_of_the_house(folder: Path) -> Path:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def module_file(house: Path, module: str) -> Path:
    """The file of a module, made with the packages above it where it does not exist yet."""
    first, *rest = module.split(".")
    top = house / next(package for package in PACKAGES if package.endswith(first))
    inside = top.joinpath(*rest)
    if (inside / "__init__.py").is_file():
        return inside / "__init__.py"
    for folder in [inside.parent, *inside.parents]:
        if folder.is_relative_to(top):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "__init__.py").touch()
    file = inside.with_suffix(".py")
    file.touch()
    return file


def plant(house: Path, importer: str, imported: str) -> None:
    if imported.startswith("segkit"):
        module_file(house, imported)
    file = module_file(house, importer)
    file.write_text(file.read_text(encoding="utf-8") + f"\nimport {imported}\n", encoding="utf-8")


def lint(house: Path) -> tuple[int, str]:
    """Exit code and report of import-linter, run on the copy and not on the installed package."""
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join([str(house), str(house / "data" / "generators")])}
    command = [sys.executable, "-c", program, "--no-cache"]
    done = subprocess.run(command, cwd=house, env=variables, capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stdout + done.stderr


VIOLATIONS = [
    ("layers", "segkit.errors", "segkit.clock"),
    ("layers", "segkit.settings", "segkit.engine"),
    ("layers", "segkit.features", "segkit.segments"),
    ("layers", "segkit.features", "segkit.quality"),
    ("layers", "segkit.measure", "segkit.audit"),
    ("layers", "segkit.audit", "segkit.report"),
    ("layers", "segkit.personas", "segkit.flows"),
    ("layers", "segkit.shop", "segkit.notebook"),
    ("answer-key", "segkit.clock", "segkit_generators"),
    ("answer-key", "segkit_generators.planted", "segkit.tables"),
    ("sentences", "segkit.findings", "segkit.text"),
    ("sentences", "segkit.segments.planted", "segkit.text"),
    ("sentences", "segkit.audit", "segkit.text.planted"),
    ("engines", "segkit.measure", "duckdb"),
    ("engines", "segkit.sources", "sqlglot"),
    ("engines", "segkit.cli", "pyspark"),
    ("drawings", "segkit.measure", "matplotlib.pyplot"),
    ("drawings", "segkit.shop", "ipywidgets"),
    ("drawings", "segkit.cli", "IPython"),
    ("drawings", "segkit.export", "seaborn"),
]

WELCOME = [
    ("segkit.report.planted", "segkit.text"),
    ("segkit.segments.say", "segkit.text"),
    ("segkit.engine.planted", "duckdb"),
    ("segkit.engine.planted", "sqlglot.expressions"),
    ("segkit.report.planted", "matplotlib.figure"),
    ("segkit.notebook.planted", "ipywidgets"),
    ("segkit_generators.planted", "faker"),
]


def test_the_house_keeps_every_contract():
    code, report = lint(ROOT)
    assert code == 0, report


def test_every_contract_has_a_violation_that_is_planted_here():
    assert {contract for contract, _, _ in VIOLATIONS} == set(NAMES)


@pytest.mark.parametrize(("contract", "importer", "imported"), VIOLATIONS)
def test_a_planted_violation_breaks_its_contract(tmp_path, contract, importer, imported):
    house = copy_of_the_house(tmp_path)
    plant(house, importer, imported)
    code, report = lint(house)
    assert code == 1, report
    assert f"{NAMES[contract]} BROKEN" in report
    assert any(importer in line and imported.split(".")[0] in line for line in report.split("Broken contracts")[1].splitlines())


def test_what_the_rooms_are_for_breaks_no_contract(tmp_path):
    house = copy_of_the_house(tmp_path)
    for importer, imported in WELCOME:
        plant(house, importer, imported)
    code, report = lint(house)
    assert code == 0, report


def test_every_room_has_its_place():
    present = {path.stem for path in (ROOT / "segkit").iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    assert present - {"__init__", "__main__"} <= {room for layer in LAYERS for room in rooms(layer)}
