"""What pip installs is whole: every import is declared, every file that the code reads comes along."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import PurePosixPath

from tests.rules.house import ROOT, files, named

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = {"segkit": "segkit/", "segkit_generators": "data/generators/segkit_generators/"}
DATA = PYPROJECT["tool"]["setuptools"]["package-data"]
NOT_NEEDED = {"pyspark"}  # an engine that a data team brings itself


def imported(source: str) -> set[str]:
    """The top names of all modules that a source text imports, wherever it does so."""
    nodes = list(ast.walk(ast.parse(source)))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named_from = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return {name.split(".")[0] for name in plain | named_from}


def undeclared(names: set[str], requirements: list[str]) -> set[str]:
    """The imports that no requirement brings; the standard library and the two packages need none."""
    declared = {re.split(r"[<>=!~\[ ]", line)[0].lower() for line in requirements}
    owners = packages_distributions()
    outside = names - set(sys.stdlib_module_names) - set(PACKAGES) - NOT_NEEDED
    return {name for name in outside if not declared & {owner.lower() for owner in owners.get(name, [])}}


def left_behind(names: list[str], patterns: list[str]) -> list[str]:
    """The data files that no pattern of package-data takes along."""
    return [name for name in names if not any(PurePosixPath(name).match(pattern) for pattern in patterns)]


def test_every_package_that_is_imported_is_declared():
    sources = [(ROOT / name).read_text(encoding="utf-8") for name in named(".py", under=tuple(PACKAGES.values()))]
    names = set().union(*(imported(source) for source in sources))
    assert undeclared(names, PYPROJECT["project"]["dependencies"]) == set()


def test_an_undeclared_import_is_found():
    assert undeclared(imported("def f():\n    from pandas.api import types"), ["numpy>=2"]) == {"pandas"}
    assert undeclared(imported("import pandas as pd, json\nimport segkit.clock"), ["pandas>=3.1,<3.2"]) == set()


def test_every_data_file_comes_along():
    for package, folder in PACKAGES.items():
        data = [name for name in named(under=(folder,)) if not name.endswith((".py", ".gitkeep"))]
        assert left_behind(data, DATA[package]) == []


def test_a_forgotten_data_file_is_found():
    assert left_behind(["segkit/text/nl.yaml", "segkit/report/logo.webp"], DATA["segkit"]) == ["segkit/report/logo.webp"]


def test_every_folder_with_modules_is_a_package():
    modules = [PurePosixPath(name) for name in named(".py", under=tuple(PACKAGES.values()))]
    assert [str(module.parent) for module in modules if str(module.parent / "__init__.py") not in files()] == []
