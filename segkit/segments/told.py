"""An explanation in plain Dutch or English: the verdict, each condition with its evidence, and what would have to change."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from segkit.segments import changes, facts, tree, values
from segkit.segments.changes import Change
from segkit.segments.definition import SegmentSet
from segkit.segments.explain import Evidence, Explanation, Verdict
from segkit.segments.facts import Fact
from segkit.segments.say import INDENT, Speaker, group, title
from segkit.segments.tree import Condition
from segkit.text import catalogue

_LEAP_YEAR = "2000"  # has every birthday
_OF_EVENTS = (tree.Event, tree.Every, tree.Latest, tree.Top)


def tell(found: Explanation, lang: str, currency: str = "EUR", segments: SegmentSet | None = None) -> str:
    """The explanation as a text of several lines: the answer, each condition with its verdict, evidence, and what turns it."""
    t = catalogue(lang)
    own = segments[found.segment] if segments and found.segment in segments else None
    speaker = Speaker(lang, currency, segments, found.figures)
    speaker.each = speaker.is_mixed(found.condition)
    everyone = t("explain.everyone_each" if speaker.each else "explain.everyone")
    name, verdict = title(found.segment, own, lang), "in" if found.is_member else "out"
    head = t(f"explain.{verdict}", profile=found.profile_id, segment=name, day=t.date(found.as_of), everyone=everyone)
    teller = _Teller(found, speaker)
    told = group(found.condition)
    parts = told[2] if told and told[0] == "all" else (found.condition,)
    return "\n".join([head, *(line for part in parts for line in teller.lines(part, ""))])


class _Teller:
    """Tells an explanation in the words of a speaker."""

    def __init__(self, found: Explanation, speaker: Speaker) -> None:
        self.found, self.speaker, self.t = found, speaker, speaker.t

    def lines(self, condition: Condition, indent: str) -> list[str]:
        """A condition with its verdict, and below it its parts or its evidence."""
        holds, told = self.found.holds(condition), group(condition)
        mark = self.t("explain.yes" if holds else "explain.no")
        if told:
            first = self.t("explain.group", mark=mark, line=self.t(f"explain.groups.{told[0]}.{'holds' if holds else 'fails'}"))
        else:
            first = self.t("explain.line", mark=mark, line=self.speaker.clause(condition))
        first = indent + first
        if told:
            return [first, *(line for part in told[2] for line in self.lines(part, indent + INDENT))]
        leaf, negated = _leaf(condition)
        verdict = self.found.verdicts[leaf]
        below = [*self._evidence(verdict), *(self._change(verdict, change, negated) for change in verdict.changes)]
        return [first, *(indent + INDENT + one for one in below)]

    def _evidence(self, verdict: Verdict) -> list[str]:
        if isinstance(verdict.condition, tree.Follow):
            return self._followed(verdict, verdict.condition)
        if verdict.facts:
            return [self._fact(one) for one in verdict.facts]
        valued = getattr(verdict.condition, "measure", tree.COUNT) != tree.COUNT and verdict.found is not None
        now = [self.t("explain.found", amount=self._money(verdict.found or Decimal(0)))] if valued else []
        return [*now, *self._events(verdict, valued), *self._border(verdict)]

    def _events(self, verdict: Verdict, valued: bool) -> list[str]:
        """The events behind a verdict, counted where it is about their number."""
        if not verdict.evidence:
            return [] if valued or not isinstance(verdict.condition, _OF_EVENTS) else [self.t("explain.nothing")]
        kinds = len({one.what for one in verdict.evidence}) > 1
        events = self._joined(verdict, [self._event(one, kinds) for one in verdict.evidence])
        if not valued and verdict.found is not None:
            return [self.t("explain.counted", n=int(verdict.found), events=events)]
        return [self.t("explain.evidence", events=events)]

    def _joined(self, verdict: Verdict, told: list[str]) -> str:
        return self.t("explain.joint").join(told) + (self.t("explain.more", n=verdict.more) if verdict.more else "")

    def _border(self, verdict: Verdict) -> list[str]:
        """What the last one has who is among those with most."""
        if not isinstance(verdict.condition, tree.Top) or verdict.needed is None:
            return []
        if verdict.condition.measure == tree.COUNT:
            return [self.t("explain.border_times", n=int(verdict.needed))]
        return [self.t("explain.border", amount=self._money(verdict.needed))]

    def _followed(self, verdict: Verdict, follow: tree.Follow) -> list[str]:
        """Each first event with what came after it."""
        if not verdict.evidence:
            return [self.t("explain.none_of", kind=self.t(f"explain.kinds.{follow.first}"))]
        return [self.t("explain.evidence", events=self._joined(verdict, [self._pair(one) for one in verdict.evidence]))]

    def _pair(self, one: Evidence) -> str:
        first = self._event(one, True)
        if one.then is None:
            return self.t("explain.not_followed", first=first)
        return self.t("explain.followed", first=first, then=self._event(one.then, True))

    def _event(self, one: Evidence, with_kind: bool) -> str:
        told = [self.t(f"explain.kinds.{one.what}")] if with_kind else []
        told += [self._money(one.value)] if one.value is not None else []
        told += [self.t("explain.fails")] if one.passes is False else []
        return self.t("explain.event", day=one.day, what=", ".join(told)) if told else self.t.date(one.day)

    def _fact(self, fact: Fact) -> str:
        """What is known of the person, since when, and who says so."""
        beside = [self.t("explain.facts.reason", reason=fact.reason)] if fact.reason else []
        beside += [self._source(fact.source)] if fact.source and fact.value is not None else []
        return self.speaker.noted(self._known(fact), beside)

    def _source(self, source: str) -> str:
        return self.t("explain.facts.of_order") if source == facts.ORDER else self.t("explain.facts.source", source=source)

    def _known(self, fact: Fact) -> str:
        if fact.what in (facts.CONSENT, facts.LIST, facts.LEFT):
            return self._record(fact)
        if fact.what == facts.SCORE:
            return self._score(fact)
        keys = {facts.DATE: "explain.facts.dates.{}", facts.BIRTHDAY: "explain.facts.dates.{}", facts.FLAG: "explain.facts.flags.{}"}
        key = keys.get(fact.what, "say.labels.{}.bare").format(fact.name)
        name = fact.name if fact.what == facts.OWN else self.t(key)
        return self.t("explain.facts.known", name=name, value=self._value(fact))

    def _value(self, fact: Fact) -> str:
        if fact.value is None:
            return self.t("explain.facts.unknown")
        if fact.what == facts.BIRTHDAY:
            return self.t.date(f"{_LEAP_YEAR}-{fact.value}", "d MMMM")
        if isinstance(fact.value, date):
            return self.t.date(fact.value)
        several = fact.value if isinstance(fact.value, tuple) else (fact.value,)
        return ", ".join(self.speaker.value(tree.Test(fact.name, values.IS, one)) for one in several)

    def _score(self, fact: Fact) -> str:
        """A prediction and the day it was made for; a chance in percent."""
        name, value = fact.name.replace("_", " "), fact.value
        if value is None:
            return self.t("explain.facts.no_score", name=name, day=fact.day)
        exact = Decimal(str(value))
        told = self.speaker.percent(exact) if self.t.has(f"say.scores.{fact.name}") else self.speaker.number(exact)
        return self.t("explain.facts.score", name=name, value=told, day=fact.day)

    def _record(self, fact: Fact) -> str:
        """A consent or a stay on a list."""
        if fact.value is None:
            return self.t(f"explain.facts.no_{fact.what}")
        told = {"status": self.t(f"say.statuses.{fact.value}")} if fact.what == facts.CONSENT else {}
        if fact.day is None:
            return self.t(f"explain.facts.{fact.what}", **told)
        return self.t(f"explain.facts.{fact.what}_since", **told, day=fact.day)

    def _money(self, amount: Decimal) -> str:
        return self.t.money(amount, self.speaker.currency)  # type: ignore[arg-type]

    def _change(self, verdict: Verdict, change: Change, negated: bool) -> str:
        """What turns the condition as it is told; of a negated one the days are those on which the other side begins or ends."""
        then = self.t("explain.then_not" if verdict.holds != negated else "explain.then")
        if change.what in (changes.UNTIL, changes.FROM) and change.day is not None:
            return self._waiting(change.what, change.day, negated)
        if change.what == changes.MORE:
            later = {"day": change.day} if change.day else {}
            return self.t("explain.change.more_later" if later else "explain.change.more", n=int(change.number or 0), then=then, **later)
        if change.what == changes.FOLLOW:
            return self.t("explain.change.follow", day=change.day, then=then)
        if change.what == changes.AGAIN:
            how = "with" if getattr(verdict.condition, "followed", True) else "without"
            later = {"day": change.day} if change.day else {}
            return self.t(f"explain.change.again_{how}{'_later' if later else ''}", then=then, **later)
        if change.what in (changes.FIXED, changes.CORRECTED):
            return self.t(f"explain.change.{change.what}")
        return self._by_amount(verdict, change, then)

    def _by_amount(self, verdict: Verdict, change: Change, then: str) -> str:
        number = change.number or Decimal(0)
        op = getattr(verdict.condition, "op", tree.AT_LEAST)
        if change.what == changes.MEAN:
            return self._by_mean(op, verdict.holds, number, then)
        if verdict.found is not None:  # what is needed beside what there is: up to the border, or beyond it
            op = tree.MORE_THAN if op in (tree.MORE_THAN, tree.AT_MOST) else tree.AT_LEAST
        amount = self.t(f"say.amounts.{op}", amount=self._money(number))
        return self.t(f"explain.change.{change.what}", amount=amount, then=then)

    def _by_mean(self, op: str, holds: bool, number: Decimal, then: str) -> str:
        """A mean that reaches the border, or goes beyond it where the border itself is not enough."""
        way = "higher" if (op in (tree.AT_LEAST, tree.MORE_THAN)) != holds else "lower"
        if not number:
            return self.t(f"explain.change.mean_any_{way}", then=then)
        beyond = tree.MORE_THAN if (op in (tree.AT_LEAST, tree.AT_MOST)) == holds else tree.AT_LEAST
        return self.t(f"explain.change.mean_{way}", amount=self.t(f"say.amounts.{beyond}", amount=self._money(abs(number))), then=then)

    def _waiting(self, what: str, day: date, negated: bool) -> str:
        if not negated:
            return self.t(f"explain.change.{what}", day=day)
        other = {changes.UNTIL: (changes.FROM, 1), changes.FROM: (changes.UNTIL, -1)}[what]
        return self.t(f"explain.change.{other[0]}", day=day + timedelta(days=other[1]))


def _leaf(condition: Condition) -> tuple[Condition, bool]:
    """The condition without its negations, and whether they turn it."""
    if isinstance(condition, tree.Not):
        leaf, negated = _leaf(condition.condition)
        return leaf, not negated
    return condition, False
