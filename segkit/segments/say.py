"""Definitions read back in plain Dutch or English: one line a condition, nothing left out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Protocol

from segkit.quality import Answer
from segkit.segments import tree
from segkit.segments.clauses import Clauses
from segkit.segments.definition import Sample, Segment, Template
from segkit.segments.library import country_code
from segkit.segments.members import is_without_history
from segkit.segments.tree import Condition
from segkit.segments.wording import Figures
from segkit.text import catalogue

INDENT = "  "
AND, OR = "and", "or"
Names = Mapping[str, Segment | Template]
Groups = tuple[str, str, tuple[Condition, ...]]


def say(
    segment: Segment | Condition, lang: str, currency: str = "EUR", segments: Names | None = None, figures: Figures | None = None
) -> str:
    """A definition as a text of several lines.

    `segments` give the titles of segments that it speaks of; `figures` the amounts of the shop's own figures, which are
    told in words alone without them.
    """
    condition = segment.condition if isinstance(segment, Segment) else segment
    speaker = Speaker(lang, currency, segments, figures)
    lines = speaker.whole(condition)
    if isinstance(segment, Segment) and segment.sample:
        lines.append(speaker.sample(segment.sample))
    if is_without_history(condition):
        lines.append(speaker.t("say.without_history"))
    return "\n".join(lines)


def short(condition: Condition, lang: str, currency: str = "EUR", segments: Names | None = None) -> str:
    """A definition on one line, for tables and comments."""
    speaker = Speaker(lang, currency, segments)
    speaker.each = speaker.is_mixed(condition)
    return speaker.t("say.short_each" if speaker.each else "say.short", line=speaker.on_one_line(condition))


class Titled(Protocol):
    """What has a title in each language: a Segment, a Template, or what stands for one."""

    @property
    def title(self) -> Mapping[str, str]: ...


def title(id: str, segment: Titled | None, lang: str, is_own: bool = True) -> str:
    """How a segment is called: its own title, that of the persona with its id, or the id.

    Those of countries that the library makes (not `is_own`) are called by the country.
    """
    t, code = catalogue(lang), None if is_own else country_code(id)
    if code:
        return t("segments.country", country=t.country(code))
    own = segment.title.get(lang) if segment else None
    return own or (t(f"persona.{id}.title") if t.has(f"persona.{id}.title") else id)


def why(answer: Answer, lang: str = "en") -> str:
    """Why a question cannot be answered, as a sentence; errors are in English, as all of them."""
    t = catalogue(lang)
    return t(f"reasons.{answer.reason}") if answer.about is None else t(f"reasons.of.{answer.reason}", about=answer.about)


def group(condition: Condition) -> Groups | None:
    """How a condition that is made of others is headed, what joins its members, and the members; None for a leaf."""
    match condition:
        case tree.All(members):
            return "all", AND, members
        case tree.Any(members):
            return "any", OR, members
        case tree.Not(tree.Any(members)):
            return "none", OR, members
        case tree.Not(tree.All(members)):
            return "not_all", AND, members
        case tree.Not(tree.Not(inner)):
            return group(inner)
    return None


class Speaker(Clauses):
    """Says whole conditions: clauses in groups.

    Clauses hang on one "who" before them all; with `each` every clause has its own, as some begin with another ("whose").
    """

    def __init__(self, lang: str, currency: str = "EUR", segments: Names | None = None, figures: Figures | None = None) -> None:
        titles = {id: title(id, one, lang) for id, one in (segments or {}).items()}
        super().__init__(catalogue(lang), currency, figures or {}, titles)
        self.each = False

    def is_mixed(self, condition: Condition) -> bool:
        """Whether some clause does not hang on "who"."""
        found = group(condition)
        return any(map(self.is_mixed, found[2])) if found else self._is_complete(self.leaf(condition))

    def _is_complete(self, line: str) -> bool:
        return line.startswith(tuple(f"{self.t(f'say.pronouns.{one}')} " for one in ("whose", "for_whom")))

    def clause(self, condition: Condition) -> str:
        """A condition without members, or the heading of a group, with its own "who" where each has one."""
        found = group(condition)
        line = self.t(f"say.{found[0]}") if found else self.leaf(condition)
        return self.t("say.who", line=line) if self.each and not self._is_complete(line) else line

    def whole(self, condition: Condition) -> list[str]:
        """The lines of a definition."""
        found, self.each = group(condition), self.is_mixed(condition)
        if found is None:
            return [self.t("say.one_line_each" if self.each else "say.one_line", line=self.clause(condition))]
        heading, joint, members = found
        head = self.t("say.everyone_each" if self.each else "say.everyone")
        head = head if heading in ("all", "any") else self.t("say.headed", heading=self.t(f"say.{heading}"))
        *lines, last = self._members(members, joint, "")
        return [head, *lines, self.t("say.last", line=last)]

    def _members(self, members: tuple[Condition, ...], joint: str, indent: str) -> list[str]:
        told = [self._bullets(member, indent) for member in members]
        for lines in told[:-1]:
            lines[-1] = self.t(f"say.then_{joint}", line=lines[-1])
        return [line for lines in told for line in lines]

    def _bullets(self, condition: Condition, indent: str) -> list[str]:
        found = group(condition)
        if found is None:
            return [indent + self.t("say.bullet", line=self.clause(condition))]
        _, joint, members = found
        return [indent + self.t("say.bullet", line=self.clause(condition)), *self._members(members, joint, indent + INDENT)]

    def on_one_line(self, condition: Condition) -> str:
        """The same with brackets in place of lines."""
        found = group(condition)
        if found is None:
            return self.clause(condition)
        heading, joint, members = found
        told = [self.t("say.short_group", line=line) if nested(one) else line for one in members for line in [self.on_one_line(one)]]
        line = reduce(lambda before, one: self.t(f"say.short_{joint}", a=before, b=one), told)
        return self.t("say.short_none_each" if self.each else "say.short_none", line=line) if heading in ("none", "not_all") else line

    def sample(self, sample: Sample) -> str:
        """What part of a segment is used."""
        least = {"n": sample.at_least} if sample.at_least > 1 else {}
        return self.t("say.sample" if least else "say.sample_of_any", share=self.percent(sample.share), **least)


def nested(condition: Condition) -> bool:
    """Whether a group needs brackets inside another."""
    found = group(condition)
    return found is not None and found[0] in ("all", "any")
