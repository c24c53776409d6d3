"""The linter of a set of segments: what it leaves out, says twice or contradicts, and what no data can answer."""

from __future__ import annotations

from segkit.engine import Rules, Store
from segkit.segments.definition import SegmentSet
from segkit.segments.lint.finding import SEVERITIES, LintFinding
from segkit.segments.lint.in_data import of_data, with_witnesses
from segkit.segments.lint.logic import of_logic
from segkit.segments.lint.words_used import of_words

__all__ = ["LintFinding", "lint"]


def lint(segments: SegmentSet, store: Store | None = None, rules: Rules | None = None) -> list[LintFinding]:
    """What is wrong or odd in a set, most severe first, always in the same order; with a store also whom it concerns."""
    conditions = segments.conditions()
    found = [*of_words(segments, conditions), *of_logic(segments.segments, conditions)]
    if store is not None and rules is not None:
        seen, frame = of_data(store, rules, conditions)
        dead = {finding.segments for finding in found if finding.key == "never_true"}
        found += [finding for finding in seen if finding.key != "nobody" or finding.segments not in dead]
        found = [with_witnesses(finding, segments.segments, frame) for finding in found]
    return sorted(found, key=lambda finding: (SEVERITIES.index(finding.severity), finding.key, finding.segments))
