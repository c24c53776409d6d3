"""The repository holds no trace of the machine it was made on, and nothing left undone."""

from __future__ import annotations

import re

import pytest

from tests.rules.house import breaches, files, named

WORKSHOP = ("tests/", ".ci/", "benchmarks/", "CONTRIBUTING.md")  # these may name where real data stand
BINARY = (".parquet", ".xlsx", ".woff2", ".ttf", ".pdf", ".png", ".gz", ".zip")

PATHS = re.compile(r"(?<![\w.])/(work|tmp|home|root|Users)/\w|[.][.]/shared|\b[A-Z]:\\\\?Users")
HOSTS = re.compile(r"\b(pypi\.org|pythonhosted\.org|registry\.npmjs|conda\.anaconda\.org)\b")
UNDONE = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError|[Ll]orem ipsum)\b")


def traces(source: str) -> list[str]:
    """Lines with a path of one machine or the address of a package registry."""
    return _lines(source, lambda line: PATHS.search(line) or HOSTS.search(line))


def undone(source: str) -> list[str]:
    """Lines that say something is still to be done."""
    return _lines(source, UNDONE.search)


def _lines(source, wrong) -> list[str]:
    return [f"line {n}: {line.strip()[:120]}" for n, line in enumerate(source.splitlines(), start=1) if wrong(line)]


def test_no_file_names_a_place_on_one_machine():
    readable = [name for name in files() if not name.startswith(WORKSHOP) and not name.endswith(BINARY)]
    assert breaches(traces, readable) == {}


def test_nothing_is_left_undone():
    texts = [name for name in named(".py", ".md", ".yaml", ".toml", ".j2") if not name.startswith("tests/rules/")]
    assert breaches(undone, texts) == {}


@pytest.mark.parametrize(
    "line",
    [
        "folder = '/work/main'",
        "open('/tmp/x.csv')",
        "see ../shared/design",
        "/home/jan/shop",
        "C:\\Users\\jan",
        "index: https://pypi.org/simple",
    ],
)
def test_a_trace_is_found(line):
    assert traces(line)


@pytest.mark.parametrize("line", ["a/work/b", "https://example.com/tmp.html", "data/cache/demo", "the /tmp folder"])
def test_other_paths_pass(line):
    assert traces(line) == []


@pytest.mark.parametrize("line", ["# TODO: later", "# FIXME", "raise NotImplementedError", "Lorem ipsum dolor"])
def test_something_undone_is_found(line):
    assert undone(line)


def test_what_to_do_next_is_not_something_undone():
    assert undone("raise SettingsError(problem, todo='Name one of these keys')") == []
