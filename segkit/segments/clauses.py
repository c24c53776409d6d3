"""One condition as a clause after "everyone who", and its negation: what people did, and what they are."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from segkit.segments import tree, values, words
from segkit.segments.events import OPPOSITE, ORDER, Events
from segkit.segments.tree import Condition, Test
from segkit.segments.wording import Figures, beyond, flag_key
from segkit.text import Text

_TURNED = {
    values.IS: values.IS_NOT, values.IS_NOT: values.IS, values.IN: values.NOT_IN, values.NOT_IN: values.IN, values.KNOWN: values.UNKNOWN,
    values.UNKNOWN: values.KNOWN, values.CONTAINS: values.CONTAINS_NOT, values.CONTAINS_NOT: values.CONTAINS,
    values.STARTS_WITH: "starts_with_not",
}  # fmt: skip


class Clauses(Events):
    """Says conditions that are not made of others; `titles` names other segments."""

    def __init__(self, t: Text, currency: str, figures: Figures, titles: Mapping[str, str]) -> None:
        super().__init__(t, currency, figures)
        self.titles = titles

    def leaf(self, condition: Condition) -> str:
        """A condition that holds."""
        match condition:
            case tree.Not(inner):
                return self.negated(inner)
            case tree.Event():
                return self.event(condition)
            case tree.Every():
                return self.every(condition)
            case tree.Latest():
                return self.latest(condition, condition.window)
            case tree.Follow():
                return self.follow(condition)
            case tree.Top():
                return self.t("say.top", share=self.percent(condition.share), line=self.most(condition))
        return self._person(condition)

    def negated(self, condition: Condition) -> str:
        """A condition that does not hold, or is unknown; said in the terms of the condition wherever that is exact."""
        match condition:
            case tree.Not(inner):
                return self.leaf(inner)
            case tree.Event():
                return self._no_event(condition)
            case tree.Every():
                return self.not_every(condition)
            case tree.Latest() if not condition.where and not condition.item:
                return self._not_latest(condition, "or_no_order" if condition.metrics == (ORDER,) else "or_nothing")
            case tree.Latest():
                return self.t("say.not_whose", line=self.judged(condition))
            case tree.Top():
                return self.t("say.top_not", share=self.percent(condition.share), line=self.most(condition))
            case tree.Score(name, op, amount):
                return self.t("say.or_no_score", line=self._score(name, OPPOSITE[op], amount))
            case tree.Profile(test):
                return self._not_test(test)
            case tree.ProfileDate():
                return self._not_date(condition)
        return self._no_state(condition)

    def _no_event(self, event: tree.Event) -> str:
        if event.measure == tree.COUNT:
            return self.counted(event, OPPOSITE[event.op])
        line = self.valued(event, OPPOSITE[event.op])
        if event.measure == tree.SUM:
            return line
        return self.t("say.or_no_order" if event.metrics == (ORDER,) else "say.or_nothing", line=line)

    def _not_latest(self, latest: tree.Latest, never: str) -> str:
        other = beyond(latest.window)
        if other is not None:
            line = self.latest(latest, other)
        else:
            line = self.latest(latest, latest.window, self.t("say.another_moment", window=self.window(latest.window)))
        return self.t(f"say.{never}", line=line)

    # --- what people are ----------------------------------------------------------------------------------------------

    def _person(self, condition: Condition) -> str:
        match condition:
            case tree.Profile(test):
                return self.test(test, test.op)
            case tree.ProfileDate():
                return self.date(condition)
            case tree.Score(name, op, amount):
                return self._score(name, op, amount)
        return self._state(condition)

    def test(self, test: Test, op: str) -> str:
        """A test of a property of the person, with its operator or the opposite one."""
        if f"{test.name}.true" in self._person_flags:
            return self.t(f"say.person.{test.name}.{flag_key(Test(test.name, op, test.value))}")
        op = {values.IN: values.IS, values.NOT_IN: values.IS_NOT}.get(op, op)
        special = f"say.person.{test.name}.{op}"
        key = special if self.t.has(special) else f"say.person_tests.{op}"
        return self.phrase(key, value=self.value(test), **self.label(test.name))

    @property
    def _person_flags(self) -> set[str]:
        return {f"{name}.true" for name, prop in words.people().items() if prop.type == words.FLAG}

    def _not_test(self, test: Test) -> str:
        if test.op in _TURNED:
            return self.test(test, _TURNED[test.op])
        return self.t("say.or_unknown", line=self.test(test, OPPOSITE[test.op]))

    def date(self, told: tree.ProfileDate) -> str:
        """A date of the person in a span of time."""
        own = {"name": told.name.removeprefix(words.OWN)} if told.name.startswith(words.OWN) else {}
        key = f"say.dates.{'own' if own else told.name}"
        if told.window.is_ever:
            return self.t(f"{key}_ever", **own)
        return self.t(key + self._past(told), window=self.window(told.window), **own)

    def _past(self, told: tree.ProfileDate) -> str:
        """Birthdays that were are not those that come."""
        return "_past" if told.name == "birthday" and not told.window.is_ahead and told.window.oldest else ""

    def _not_date(self, told: tree.ProfileDate) -> str:
        if told.name == "birthday":
            return self.t(f"say.dates.birthday{self._past(told)}_not", window=self.window(told.window))
        other = beyond(told.window)
        if other is None:
            return self.t("say.or_unknown", line=self.t("say.not", line=self.date(told)))
        return self.t("say.or_unknown", line=self.date(tree.ProfileDate(told.name, other)))

    def _score(self, name: str, op: str, amount: tree.Amount) -> str:
        """A chance is told in percent."""
        known = self.t.has(f"say.scores.{name}") and not isinstance(amount, tree.Shop)
        told = self.percent(Decimal(amount)) if known else self.number(amount)  # type: ignore[arg-type]
        compared = self.t(f"say.amounts.{op}", amount=told)
        return self.t(f"say.scores.{name}", amount=compared) if known else self.t("say.score", name=_spelt(name), amount=compared)

    def _state(self, condition: Condition) -> str:
        match condition:
            case tree.CanReceive(channel, purpose):
                return self._receive("can_receive", channel, purpose)
            case tree.ConsentIs():
                return self.t("say.consent_is", **self._consent(condition))
            case tree.InList(name, window) if window.is_ever:
                return self.t("say.in_list", name=name)
            case tree.InList(name, window):
                return self.t("say.in_list_joined", name=name, window=self.window(window))
            case tree.InSegment(id):
                return self.t("say.in_segment", name=self.titles.get(id, _spelt(id)))
            case tree.Near():
                return self.t("say.near", **self._place(condition))
            case tree.InRegion(name):
                return self.t("say.in_region", value=self.t(f"say.regions.{name}"))
        raise TypeError(f"{type(condition).__name__} has no sentence")

    def _no_state(self, condition: Condition) -> str:
        match condition:
            case tree.CanReceive(channel, purpose):
                return self._receive("cannot_receive", channel, purpose)
            case tree.ConsentIs():
                return self.t("say.or_unknown", line=self.t("say.consent_is_not", **self._consent(condition)))
            case tree.InList(name, window) if window.is_ever:
                return self.t("say.not_in_list", name=name)
            case tree.InSegment(id):
                return self.t("say.not_in_segment", name=self.titles.get(id, _spelt(id)))
            case tree.Near():
                return self.t("say.or_unknown", line=self.t("say.near_not", **self._place(condition)))
            case tree.InRegion(name):
                return self.t("say.in_region_not", value=self.t(f"say.regions.{name}"))
        return self.t("say.not", line=self.leaf(condition))

    def _receive(self, key: str, channel: str, purpose: str) -> str:
        by = "messages" if purpose == "open_tracking" else "channels"
        return self.t(f"say.{key}.{purpose}", channel=self.t(f"say.{by}.{channel}"))

    def _consent(self, told: tree.ConsentIs) -> dict[str, str]:
        purpose, channel, status = (f"purposes.{told.purpose}", f"channels.{told.channel}", f"statuses.{told.status}")
        return {"purpose": self.t(f"say.{purpose}"), "channel": self.t(f"say.{channel}"), "status": self.t(f"say.{status}")}

    def _place(self, near: tree.Near) -> dict[str, str]:
        return {"km": self.number(near.km), "latitude": self.number(near.latitude), "longitude": self.number(near.longitude)}


def _spelt(id: str) -> str:
    """An id as people write it."""
    return id.replace("_", " ")
