"""Explanations and findings of the linter in plain Dutch or English."""

from __future__ import annotations

from segkit.segments import tree
from segkit.segments.definition import SegmentSet
from segkit.segments.explain import Change, Explanation, Verdict
from segkit.segments.lint import LintFinding
from segkit.segments.say import INDENT, deed, short, title
from segkit.segments.tree import Condition
from segkit.text import Text, catalogue, placeholders


def tell(found: Explanation, lang: str, currency: str = "EUR", segments: SegmentSet | None = None) -> str:
    """The explanation as a text of several lines."""
    t = catalogue(lang)
    own = segments[found.segment] if segments and found.segment in segments else None
    verdict = "in" if found.is_member else "out"
    head = t(f"explain.{verdict}", profile=found.profile_id, segment=title(found.segment, own, lang), day=t.date(found.as_of))
    return "\n".join([head, *_lines(found, found.condition, t, currency, INDENT)])


def _lines(found: Explanation, condition: Condition, t: Text, currency: str, indent: str) -> list[str]:
    mark = t("explain.yes" if found.holds(condition) else "explain.no")
    if isinstance(condition, (tree.All, tree.Any)):
        inner = [line for one in condition.conditions for line in _lines(found, one, t, currency, indent + INDENT)]
        heading = t("say.all" if isinstance(condition, tree.All) else "say.any")
        return [*([] if condition is found.condition else [f"{indent}{mark} {heading}"]), *inner]
    line = f"{indent}{mark} {short(condition, t.lang, currency)}"
    leaf = condition.condition if isinstance(condition, tree.Not) else condition
    if isinstance(leaf, (tree.All, tree.Any, tree.Not)):
        return [line]
    verdict = found.verdicts[leaf]
    more = [*_evidence(verdict, t, currency), *(_change(change, t, currency) for change in verdict.changes)]
    return [line, *(f"{indent}{INDENT}{INDENT}{one}" for one in more)]


def _evidence(verdict: Verdict, t: Text, currency: str) -> list[str]:
    if not verdict.evidence:
        return []
    told = [t.date(day) + ("" if worth is None else f" ({t.money(worth, currency)})") for day, worth in verdict.evidence]
    leaf = verdict.condition
    valued = isinstance(leaf, tree.Event) and leaf.measure != tree.COUNT and verdict.found is not None
    sums = [t("explain.found", amount=t.money(verdict.found or 0, currency))] if valued else []
    line = t("explain.evidence", events=", ".join(told))
    return [*sums, line + (t("explain.more", n=verdict.more) if verdict.more else "")]


def _change(change: Change, t: Text, currency: str) -> str:
    match change.what:
        case "more":
            return t("explain.change.more", n=int(change.number or 0))
        case "amount":
            return t("explain.change.amount", amount=t.money(change.number or 0, currency))
        case "until" | "from":
            return t(f"explain.change.{change.what}", day=change.day)
    return t("explain.change.again")


def tell_finding(found: LintFinding, lang: str, segments: SegmentSet | None = None) -> tuple[str, str]:
    """What the linter found, and what to do about it."""
    t = catalogue(lang)
    names = [title(id, segments[id] if segments and id in segments else None, lang) for id in found.segments]
    told = {"segments": ", ".join(names), "first": names[0], "second": names[-1], **_numbers(found, t)}
    sentence = f"lint.found.{found.key}.what"
    what = t(sentence, **{name: told[name] for name in placeholders(t.sentences[sentence])})
    return what + (t("lint.people", n=found.people) if found.people else ""), t(f"lint.found.{found.key}.todo")


def _numbers(found: LintFinding, t: Text) -> dict[str, object]:
    told = dict(found.numbers)
    if "share" in told:
        told["share"] = t.percent(told["share"])
    if "reason" in told:
        told["reason"] = t(f"reasons.{told['reason']}")
    if "metric" in told:
        told["metric"] = deed(told["metric"], t.lang)
    return told | {side: t(f"lint.goals.{told[side]}") for side in ("one", "other") if side in told}
