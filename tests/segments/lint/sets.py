"""Sets of segments for tests, from YAML."""

from __future__ import annotations

from ruamel.yaml import YAML

from segkit.segments.definition import SegmentSet, read_set
from segkit.segments.lint import LintFinding, lint
from segkit.settings import default_settings

SETTINGS = default_settings()


def set_of(text: str) -> SegmentSet:
    return read_set({"version": 1, "segments": YAML(typ="safe").load(text)}, SETTINGS)


def found_in(text: str) -> list[LintFinding]:
    return lint(set_of(text), SETTINGS)


def keys(findings: list[LintFinding]) -> set[str]:
    return {finding.key for finding in findings}
