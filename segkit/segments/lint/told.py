"""A finding in words: what, why, what to do, and about whom; the sentences are those of the language that is handed in."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any, Protocol

from segkit.segments.lint.finding import LintFinding
from segkit.segments.lint.vocabulary import IN_LIST
from segkit.segments.read import condition
from segkit.segments.say import Titled, short, title


class Speaks(Protocol):
    """The sentences of one language (segkit.text.Text)."""

    @property
    def lang(self) -> str: ...
    @property
    def sentences(self) -> Mapping[str, str]: ...
    def __call__(self, key: str, **values: Any) -> str: ...
    def has(self, key: str) -> bool: ...
    def percent(self, share: float, decimals: int = 0) -> str: ...
    def date(self, day: Any, form: str = ...) -> str: ...


def tell(finding: LintFinding, t: Speaks, segments: Mapping[str, Titled] | None = None, currency: str = "EUR") -> str:
    """The finding as a text of a few lines; `segments` give the titles."""
    values = _values(finding, t, segments or {}, currency)
    said = [_said(t, f"lint.{finding.key}.{part}", values) for part in ("title", "why")]
    return "\n".join([*said, *_whom(finding, t, currency), t("lint.action", action=_said(t, f"lint.{finding.key}.do", values))])


def _said(t: Speaks, key: str, values: Mapping[str, Any]) -> str:
    """A sentence, given what it asks for."""
    form = t.sentences.get(key) or t.sentences[f"{key}.{'one' if values['n'] == 1 else 'other'}"]
    wanted = {name for _, name, _, _ in Formatter().parse(form) if name} | ({"n"} if "n" in values else set())
    return t(key, **{name: values[name] for name in wanted})


def _values(finding: LintFinding, t: Speaks, segments: Mapping[str, Titled], currency: str) -> dict[str, Any]:
    known = dict(segments)  # a SegmentSet answers an unknown id with an error
    titles = [title(name, known.get(name), t.lang) for name in finding.segments]
    numbers = dict(finding.numbers)
    values = numbers | {"first": titles[0] if titles else "", "others": ", ".join(titles[1:]), "all": ", ".join(titles)}
    values["ids"] = ", ".join(finding.segments)
    for name in ("strange", "offers"):
        values[name] = ", ".join(t("lint.value", value=one) for one in numbers.get(name, ()))
    for name in ("days", "lists"):
        if isinstance(numbers.get(name), list):
            values[name] = ", ".join(map(str, numbers[name]))
    if numbers.get("property") == IN_LIST:
        values["property"] = t("lint.of_lists")
    if finding.key == "count_gap":
        values["times"] = _times(numbers["from"], numbers["to"], t)
    if "first" in numbers:
        values |= {"first_day": t.date(numbers["first"]), "reach": numbers["days"]}
    if "goals" in numbers:
        values["goals"] = ", ".join(t(f"lint.goals.{goal}") for goal in numbers["goals"])
    if "share" in numbers:
        values["share"] = t.percent(numbers["share"])
    if "whom" in numbers:
        values["whom"] = t(f"lint.whom.{numbers['whom']}")
    if "reason" in numbers:
        about = {"about": numbers["about"]} if "about" in numbers else {}
        values["reason"] = t(f"reasons.{'of.' if about else ''}{numbers['reason']}", **about)
    if "family" in numbers:
        values["n"] = numbers["holes"]
        values["family"] = short(condition(numbers["family"], "family"), t.lang, currency)
    return values


def _times(low: int, high: int, t: Speaks) -> str:
    """How often, at the beginning of a sentence."""
    return t("lint.exactly", n=low) if low == high else t("lint.times", **{"from": low, "to": high})


def _whom(finding: LintFinding, t: Speaks, currency: str) -> list[str]:
    """The people it concerns, or somebody made up."""
    if finding.profiles and finding.people is not None:
        return [t("lint.people", n=finding.people, profiles=", ".join(finding.profiles))]
    if finding.witness is None:
        return []
    return [t("lint.made_up" if finding.people is None else "lint.nobody_now", person=_person(finding.witness, t, currency))]


def _person(witness: Mapping[str, Any], t: Speaks, currency: str) -> str:
    """What happened, and of whom; facts that are no condition go without saying."""
    events = [t("lint.event" if one["days_ago"] else "lint.event_today", **_when(one, t)) for one in witness["events"]]
    who = witness.get("who")
    told = [t("lint.somebody", who=short(condition(who, "who"), t.lang, currency).removeprefix(t("lint.who")))] if who else []
    return ", ".join([*told, *events]) or t("lint.nothing_known")


def _when(event: Mapping[str, Any], t: Speaks) -> dict[str, Any]:
    return {"noun": t(f"explain.kinds.{event['event']}")} | ({"n": event["days_ago"]} if event["days_ago"] else {})
