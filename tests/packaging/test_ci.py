"""CI runs what the README promises, on the newest engines and on the oldest that are allowed."""

from __future__ import annotations

import os
import re
import subprocess
import tomllib

import pytest

from tests.rules.house import ROOT

SCRIPT = ROOT / ".ci" / "run"


def pinned() -> dict[str, str]:
    """The versions that the script calls the oldest."""
    return dict(re.findall(r"([\w-]+)==([\d.]+)", SCRIPT.read_text(encoding="utf-8").split("oldest=(")[1].split(")")[0]))


def floors() -> dict[str, str]:
    lines = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    return {pair[1]: pair[2] for line in lines if (pair := re.match(r"([\w.-]+)>=([\d.]+)", line))}


def test_the_oldest_engines_are_the_floors_of_pyproject():
    assert set(pinned()) == {"duckdb", "sqlglot"}
    for name, version in pinned().items():
        assert f"{version}.".startswith(f"{floors()[name]}.")


def test_each_core_folder_is_there():
    folders = SCRIPT.read_text(encoding="utf-8").split("core=(")[1].split(")")[0].split()
    assert [folder for folder in folders if not any((ROOT / folder).glob("test_*.py"))] == []


def run_with(tmp_path, make: str) -> subprocess.CompletedProcess[str]:
    """The script with stand-ins for every program it starts; `make` is what make does."""
    script = tmp_path / ".ci" / "run"
    script.parent.mkdir()
    script.write_bytes(SCRIPT.read_bytes())
    programs = tmp_path / "bin"
    programs.mkdir()
    works = 'case "$*" in *"-m venv"*) mkdir -p "$3/bin"; cp "$0" "$3/bin/python";; *freeze*) echo duckdb==1.5.3;; esac'
    for name, does in {"make": make, "python3": works, "chromium": "true", "pdftotext": "true", "apt-get": "true"}.items():
        (programs / name).write_text(f'#!/bin/sh\necho "ran {name} $*"\n{does}\n')
        (programs / name).chmod(0o755)
    variables = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.run(["bash", script], env=variables, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.skipif(os.name == "nt", reason="CI runs on Debian")
def test_it_passes_when_every_step_does(tmp_path):
    done = run_with(tmp_path, "true")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ran make test" in done.stdout
    assert "ran python3 dev.py check --skip-tests" in done.stdout
    assert "ran python3 -m pytest" in done.stdout or "ran python -m pytest" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="CI runs on Debian")
def test_a_step_that_fails_fails_the_run_and_the_others_still_run(tmp_path):
    done = run_with(tmp_path, "exit 2")
    assert done.returncode == 1
    assert "FAILED: the tests, as the README runs them" in done.stdout
    assert "ran python3 dev.py check --skip-tests" in done.stdout
