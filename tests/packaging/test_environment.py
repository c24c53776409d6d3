"""environment.yml asks conda for what pyproject.toml asks pip for."""

from __future__ import annotations

import re
import tomllib

import pytest
from ruamel.yaml import YAML

from tests.rules.house import ROOT

CONDA = {  # the packages that conda-forge calls otherwise
    "duckdb": "python-duckdb",
    "playwright": "playwright-python",
    "tzdata": "python-tzdata",
}
ONLY_CONDA = {"pip": ""}


def by_name(lines: list[str]) -> dict[str, str]:
    """Name -> range, spaces and the two ways to write 'any 0.11' evened out."""
    pairs = [re.fullmatch(r"([\w.-]+)\s*(.*)", line.strip()) for line in lines]
    return {pair[1].lower(): _plain(pair[2]) for pair in pairs if pair}


def _plain(wanted: str) -> str:
    return ",".join(sorted(re.sub(r"^==?([\d.]+?)(\.\*)?$", r"=\1", part.strip()) for part in wanted.split(",")))


def asked_of_pip(pyproject: str) -> dict[str, str]:
    project = tomllib.loads(pyproject)["project"]
    extras = project["optional-dependencies"]
    asked = by_name([*project["dependencies"], *extras["lab"], *extras["dev"]])
    return {"python": _plain(project["requires-python"])} | {CONDA.get(name, name): asked[name] for name in asked}


def asked_of_conda(environment: str) -> dict[str, str]:
    listed = YAML(typ="safe").load(environment)["dependencies"]
    asked = by_name([line for line in listed if isinstance(line, str)])
    return {name: wanted for name, wanted in asked.items() if name not in ONLY_CONDA}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_conda_gets_the_same_packages_in_the_same_ranges():
    assert asked_of_conda(read("environment.yml")) == asked_of_pip(read("pyproject.toml"))


def test_conda_installs_the_checkout_itself():
    assert {"pip": ["-e ."]} in YAML(typ="safe").load(read("environment.yml"))["dependencies"]


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ("  - pandas >=3.1,<3.2\n", ""),
        ("  - pandas >=3.1,<3.2\n", "  - pandas >=3.1\n"),
        ("  - python-duckdb", "  - duckdb"),
        ("  - nbval =0.11\n", "  - nbval =0.10\n"),
        ("  - pip\n", "  - pip\n  - polars >=1\n"),
        ("  - python >=3.11\n", "  - python >=3.12\n"),
    ],
)
def test_a_difference_is_found(line, instead):
    environment = read("environment.yml")
    assert line in environment
    assert asked_of_conda(environment.replace(line, instead)) != asked_of_pip(read("pyproject.toml"))


def test_every_dependency_has_a_floor():
    pyproject = tomllib.loads(read("pyproject.toml"))["project"]
    lines = [
        *pyproject["dependencies"],
        *(line for extra in pyproject["optional-dependencies"].values() for line in extra),
    ]
    assert [line for line in lines if not re.search(r">=|==", line)] == []
