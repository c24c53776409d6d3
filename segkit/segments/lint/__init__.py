"""The linter of a set of segments: what it leaves out, says twice, contradicts or gets wrong, each with a witness."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from segkit.clock import EARLIEST
from segkit.engine import Rules, Store
from segkit.segments import tree
from segkit.segments.definition import SegmentSet
from segkit.segments.library import literal_personas, stock
from segkit.segments.lint import habits, logic, names
from segkit.segments.lint.evidence import Evidence
from segkit.segments.lint.finding import SEVERITIES, LintFinding, by_severity
from segkit.segments.lint.gaps import gaps
from segkit.segments.lint.grid import Enumeration, Group, Model, enumerated
from segkit.segments.lint.normal import last_day_named, normal
from segkit.segments.lint.streams import streams
from segkit.segments.tree import Condition
from segkit.settings import Settings, default_settings

__all__ = ["SEVERITIES", "Enumeration", "Group", "LintFinding", "kinds", "lint"]
SOME_DAY = date(EARLIEST, 1, 1)  # stands for the as-of day where no window names a day and no data are asked


def lint(segments: SegmentSet, settings: Settings, store: Store | None = None, rules: Rules | None = None) -> list[LintFinding]:
    """Everything to say about a set of segments, most severe first; templates are left out.

    With a store and its rules the findings count the people whom they concern and name a few; without, they describe a
    made-up person. Days that windows name are seen from the as-of day of `rules`, else from the day after the last of them.
    """
    evidence = Evidence.of(store, rules) if store is not None and rules is not None else None
    model = _model(segments, rules)
    found = [*_by_rule(segments, model, settings), *names.of_library(segments, stock(settings))]
    if evidence:
        found += _not_twice(evidence.findings(model.conditions, settings), found)
        found = evidence.witnessed(found, settings["lint_witnesses"])
    else:
        found += _lists_named(model.conditions, settings)
    return by_severity(found)


def kinds(segments: SegmentSet, settings: Settings | None = None) -> Enumeration:
    """All kinds of people that a set can tell apart, and how many kinds are in none, one and several of its segments."""
    chosen = settings or default_settings()
    return enumerated(_model(segments, None), chosen["lint_kinds"])


def _model(segments: SegmentSet, rules: Rules | None) -> Model:
    told = segments.conditions()
    named = [day for condition in told.values() if (day := last_day_named(condition))]
    as_of = rules.as_of.day if rules else max(named, default=SOME_DAY) + timedelta(days=1)
    conditions = {name: normal(condition, as_of) for name, condition in told.items()}
    goals = {name: segments.segments[name].goal for name in conditions}
    return Model(conditions, goals, tuple(streams(conditions.values())))


def _by_rule(segments: SegmentSet, model: Model, settings: Settings) -> Iterator[LintFinding]:
    """What the definitions say by themselves."""
    most = settings["lint_kinds"]
    looked_at = enumerated(model, most)
    yield from logic.of_each(model, most)
    yield from logic.of_goals(model, most)
    yield from logic.of_pairs(model, most)
    yield from gaps(model, most, settings["lint_gap_days"], all(group.by_segments for group in looked_at.groups))
    yield from habits.of_borders(model.conditions)
    yield from habits.of_mail(segments.conditions())
    yield from names.of_names(segments.segments, segments.conditions(), literal_personas(settings), settings["month_days"])
    yield from logic.of_kinds(model, looked_at, settings["lint_families"])
    yield from habits.of_consent(segments.segments, segments.conditions())


def _not_twice(more: Iterator[LintFinding], found: list[LintFinding]) -> list[LintFinding]:
    """Without the sizes of segments that are empty, or full, by definition."""
    told = {one.segments for one in found if one.key in ("never_true", "always_true", "not_yet")}
    return [one for one in more if not (one.key in ("nobody", "everyone") and one.segments in told)]


def _lists_named(conditions: Mapping[str, Condition], settings: Settings) -> Iterator[LintFinding]:
    """Lists that seem to be about one thing, by the names in the definitions."""
    leaves = [leaf for condition in conditions.values() for leaf in tree.leaves(condition)]
    return names.sprawl([leaf.name for leaf in leaves if isinstance(leaf, tree.InList)], settings["lint_list_count"])
