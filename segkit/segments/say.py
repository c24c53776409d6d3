"""Definitions read back in plain Dutch or English: one line a condition, nothing left out."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from segkit.segments import tree, values, words
from segkit.segments.definition import Sample, Segment, Template
from segkit.segments.members import is_without_history
from segkit.segments.tree import Condition, Test, Tests
from segkit.segments.window import HOURS_A_DAY, Window
from segkit.text import Text, catalogue

INDENT = "  "
_ORDER = "placed_order"
Names = Mapping[str, Segment | Template]


def say(segment: Segment | Condition, lang: str, currency: str = "EUR", segments: Names | None = None) -> str:
    """A definition as a text of several lines; `segments` give the titles of segments that it speaks of."""
    speaker = _Speaker(catalogue(lang), currency, segments or {})
    condition = segment.condition if isinstance(segment, Segment) else segment
    lines = [speaker.t("say.everyone"), *speaker.lines(condition, INDENT)]
    if isinstance(segment, Segment) and segment.sample:
        lines.append(speaker.sample(segment.sample))
    if is_without_history(condition):
        lines.append(speaker.t("say.without_history"))
    return "\n".join(lines)


def short(condition: Condition, lang: str, currency: str = "EUR", segments: Names | None = None) -> str:
    """A definition on one line, for tables and comments."""
    return _Speaker(catalogue(lang), currency, segments or {}).on_one_line(condition)


def title(id: str, segment: Segment | Template | None, lang: str) -> str:
    """How a segment is called: its own title, that of the persona with its id, or the id."""
    t = catalogue(lang)
    own = segment.title.get(lang) if segment else None
    return own or (t(f"persona.{id}.title") if t.has(f"persona.{id}.title") else id)


class _Speaker:
    """Says conditions in one language and currency."""

    def __init__(self, t: Text, currency: str, segments: Names) -> None:
        self.t, self.currency, self.segments = t, currency, segments

    # --- groups -------------------------------------------------------------------------------------------------------

    def lines(self, condition: Condition, indent: str) -> list[str]:
        """The lines of a condition; a group inside another is indented under its own heading."""
        if isinstance(condition, tree.All):
            return [line for inner in condition.conditions for line in self._inner(inner, indent)]
        return self._inner(condition, indent)

    def _inner(self, condition: Condition, indent: str) -> list[str]:
        heading, members = self._group(condition)
        if heading is None:
            return [indent + self.t("say.bullet", line=self.leaf(condition))]
        below = [line for inner in members for line in self._inner(inner, indent + INDENT)]
        return [indent + self.t("say.bullet", line=self.t(f"say.{heading}")), *below]

    def _group(self, condition: Condition) -> tuple[str | None, tuple[Condition, ...]]:
        match condition:
            case tree.Any(members):
                return "any", members
            case tree.All(members):
                return "all", members
            case tree.Not(tree.Any(members)):
                return "none", members
            case tree.Not(tree.All(members)):
                return "not_all", members
        return None, ()

    def on_one_line(self, condition: Condition) -> str:
        """The same with brackets in place of indents."""
        if isinstance(condition, tree.All):
            return self.t("say.filter_joint").join(map(self._bracketed, condition.conditions))
        return self._bracketed(condition)

    def _bracketed(self, condition: Condition) -> str:
        heading, members = self._group(condition)
        if heading is None:
            return self.leaf(condition)
        return f"{self.t(f'say.{heading}')} [{self.t('say.filter_joint').join(map(self._bracketed, members))}]"

    def sample(self, sample: Sample) -> str:
        """What part of a segment is used."""
        return self.t("say.sample", share=self._percent(sample.share), n=sample.at_least)

    # --- leaves -------------------------------------------------------------------------------------------------------

    def leaf(self, condition: Condition) -> str:
        """One condition on one line."""
        match condition:
            case tree.Not(tree.CanReceive(channel, purpose)):
                return self.t("say.cannot_receive", **self._consent(channel, purpose))
            case tree.Not(tree.InList(name, window)) if window.is_ever:
                return self.t("say.not_in_list", name=name)
            case tree.Not(tree.InSegment(id)):
                return self.t("say.not_in_segment", name=self._title(id))
            case tree.Not(inner):
                return self.t("say.not", line=self.leaf(inner)) + (self.t("say.or_unknown") if _may_be_unknown(inner) else "")
            case tree.Event():
                return self._event(condition)
            case tree.Every(metrics, least, where, item, window):
                filters = self.t("say.line_joint").join(self._filters(where, item))
                told = {"times": self._times(tree.AT_LEAST, least), "did": self._did(metrics), "filters": filters}
                return self.t("say.every", **told) if window.is_ever else self.t("say.every_window", **told, window=self.window(window))
            case tree.Latest(which, metrics, where, item, window):
                told = {"which": self.t(f"say.which.{which}"), "noun": self._noun(metrics)}
                when = self.t("say.latest_tested", **told) if window.is_ever else self.t("say.latest", **told, window=self.window(window))
                return when + self._in_brackets(where, item)
            case tree.Follow():
                return self._follow(condition)
        return self._about_person(condition)

    def _event(self, event: tree.Event) -> str:
        if event.measure != tree.COUNT:
            return self._value(event)
        brackets, did, window = self._in_brackets(event.where, event.item), self._did(event.metrics), event.window
        if (event.op, event.amount) == (tree.EXACTLY, 0):
            told = self.t("say.never", did=did) if window.is_ever else self.t("say.never_window", did=did, window=self.window(window))
        elif (event.op, event.amount) == (tree.AT_LEAST, 1):
            told = self.t("say.did_ever", did=did) if window.is_ever else self.t("say.did_once", did=did, window=self.window(window))
        else:
            times = self._times(event.op, int(event.amount))  # type: ignore[arg-type]
            said = {"did": did, "times": times}
            told = self.t("say.did_times", **said) if window.is_ever else self.t("say.did_times_window", **said, window=self.window(window))
        return told + brackets

    def _value(self, event: tree.Event) -> str:
        amount = self.t(f"say.amounts.{event.op}", amount=self._amount(event.amount, money=True))
        if event.metrics == (_ORDER,):
            line = self.t(f"say.measures.{event.measure}", amount=amount)
        else:
            line = self.t(f"say.other_measures.{event.measure}", amount=amount, noun=self._noun(event.metrics))
        line = line if event.window.is_ever else self.t("say.in_window", line=line, window=self.window(event.window))
        return line + self._in_brackets(event.where, event.item)

    def _follow(self, follow: tree.Follow) -> str:
        first = self._event(tree.Event((follow.first,), where=follow.where, window=follow.window))
        days = follow.hours % HOURS_A_DAY == 0
        time = self.t(f"say.spans.{'days' if days else 'hours'}", n=follow.hours // HOURS_A_DAY if days else follow.hours)
        same = [self.t("say.same", what=self.t(f"say.labels.{name}")) for name in follow.same]
        told = self._filters(follow.where_next, ()) + same
        then = self._did((follow.then,)) + (self.t("say.filters", filters=self.t("say.filter_joint").join(told)) if told else "")
        return self.t("say.followed" if follow.followed else "say.not_followed", first=first, time=time, then=then)

    def _about_person(self, condition: Condition) -> str:
        match condition:
            case tree.Profile(test):
                return self._person(test)
            case tree.ProfileDate(name, window):
                own = {"name": name.removeprefix(words.OWN)} if name.startswith(words.OWN) else {}
                return self.t(f"say.dates.{'own' if own else name}", **own, window=self.window(window))
            case tree.CanReceive(channel, purpose):
                return self.t("say.can_receive", **self._consent(channel, purpose))
            case tree.ConsentIs(channel, status, purpose):
                return self.t("say.consent_is", **self._consent(channel, purpose), status=self.t(f"say.statuses.{status}"))
            case tree.InList(name, window):
                known = {"name": name}
                return (
                    self.t("say.in_list", **known) if window.is_ever else self.t("say.in_list_joined", **known, window=self.window(window))
                )
            case tree.InSegment(id):
                return self.t("say.in_segment", name=self._title(id))
            case tree.Score():
                return self._score(condition)
            case tree.Near(latitude, longitude, km):
                place = {"latitude": self._number(latitude), "longitude": self._number(longitude)}
                return self.t("say.near", km=self._number(km), **place)
            case tree.InRegion(name):
                return self.t("say.lives_in", value=self.t(f"say.regions.{name}"))
            case tree.Top():
                return self._top(condition)
        raise TypeError(f"{type(condition).__name__} has no sentence")

    def _score(self, score: tree.Score) -> str:
        """A chance is told in percent."""
        known = self.t.has(f"say.scores.{score.name}") and not isinstance(score.amount, tree.Shop)
        number = self._percent(Decimal(score.amount)) if known else self._amount(score.amount, money=False)  # type: ignore[arg-type]
        amount = self.t(f"say.amounts.{score.op}", amount=number)
        return (
            self.t("say.score_named", label=self.t(f"say.scores.{score.name}"), amount=amount)
            if known
            else self.t("say.score", name=score.name, amount=amount)
        )

    def _top(self, top: tree.Top) -> str:
        orders = top.metrics == (_ORDER,)
        noun = {} if orders else {"noun": self._noun(top.metrics)}
        measure = self.t(f"say.{'' if orders else 'other_'}top_measures.{top.measure}", **noun)
        line = self.t("say.top", share=self._percent(top.share), measure=measure)
        return line if top.window.is_ever else self.t("say.in_window", line=line, window=self.window(top.window))

    # --- parts --------------------------------------------------------------------------------------------------------

    def window(self, window: Window) -> str:
        """A span of time in words."""
        if window.is_ever:
            return self.t("say.windows.ever")
        if window.hours is not None:
            return self.t("say.windows.hours", n=window.hours)
        if window.start or window.end_before:
            return self._span(window)
        if window.is_ahead:
            return self.t("say.windows.next", n=-(window.newest or 0))
        if window.oldest is None:
            return self.t("say.windows.more_than", n=(window.newest or 0) - 1)
        if window.newest == window.oldest:
            return self.t("say.windows.on_one_day", n=window.oldest) if window.oldest else self.t("say.windows.today")
        if window.newest:
            return self.t("say.windows.between", newest=window.newest, oldest=window.oldest)
        return self.t("say.windows.days", n=window.oldest)

    def _span(self, window: Window) -> str:
        last = window.last_day
        if window.start is None:
            return self.t("say.windows.before", day=window.end_before)
        if last is None:
            return self.t("say.windows.since", day=window.start)
        return self.t("say.windows.from_to", start=window.start, end=last)

    def _did(self, metrics: tuple[str, ...]) -> str:
        return self._either([self.t(f"say.metrics.{name}.did") for name in metrics])

    def _noun(self, metrics: tuple[str, ...]) -> str:
        return self._either([self.t(f"say.metrics.{name}.noun") for name in metrics])

    def _either(self, told: list[str]) -> str:
        return self.t("say.or", a=", ".join(told[:-1]), b=told[-1]) if len(told) > 1 else told[0]

    def _times(self, op: str, count: int) -> str:
        return self.t(f"say.times.{op}", n=count)

    def _in_brackets(self, where: Tests, item: Tests) -> str:
        told = self._filters(where, item)
        return self.t("say.filters", filters=self.t("say.filter_joint").join(told)) if told else ""

    def _filters(self, where: Tests, item: Tests) -> list[str]:
        told = [self.test(test) for test in where]
        lines = self.t("say.line_joint").join(map(self._on_line, item))
        return told + ([self.t("say.lines", tests=lines)] if item else [])

    def _on_line(self, test: Test) -> str:
        plain = test.op in (values.IS, values.IN)
        return self.t("say.item", label=self._label(test.name), value=self._shown(test)) if plain else self.test(test)

    def test(self, test: Test) -> str:
        """One test of a property."""
        if isinstance(test.value, bool) and test.op == values.IS and self.t.has(f"say.flags.{test.name}.true"):
            return self.t(f"say.flags.{test.name}.{str(test.value).lower()}")
        label = self._label(test.name)
        if test.op in (values.KNOWN, values.UNKNOWN):
            return self.t(f"say.tests.{test.op}", label=label)
        return self.t(f"say.tests.{test.op}", label=label, value=self._shown(test))

    def _person(self, test: Test) -> str:
        if test.name == "country" and test.op in (values.IS, values.IN):
            return self.t("say.lives_in", value=self._shown(test))
        if test.name == "country" and test.op in (values.IS_NOT, values.NOT_IN):
            return self.t("say.lives_not_in", value=self._shown(test))
        return self.test(test)

    def _label(self, name: str) -> str:
        own = name.startswith(words.OWN)
        return self.t("say.labels.own", name=name.removeprefix(words.OWN)) if own else self.t(f"say.labels.{name}")

    def _shown(self, test: Test) -> str:
        found = test.value if isinstance(test.value, tuple) else (test.value,)
        return self._either([self._one(test.name, value) for value in found])

    def _one(self, name: str, value: object) -> str:
        if isinstance(value, bool):
            return self.t("say.yes" if value else "say.no")
        if name == "price":
            return self._amount(value, money=True)  # type: ignore[arg-type]
        if name == "birth_year":
            return str(value)
        if isinstance(value, int | Decimal):
            return self._number(value)
        return self.t.country(str(value)) if name == "country" else str(value)

    def _amount(self, amount: tree.Amount, money: bool) -> str:
        if not isinstance(amount, tree.Shop):
            return self._money(amount) if money else self._number(amount)
        share = {"share": self._percent(amount.share)} if amount.share is not None else {}
        figure = self.t(f"say.shop.{amount.figure}", **share)
        return figure if amount.factor == 1 else self.t("say.shop.factor", n=self._number(amount.factor), figure=figure)

    def _money(self, amount: int | Decimal) -> str:
        """Whole amounts without cents."""
        return self.t.money(amount, self.currency, 0 if amount == int(amount) else 2)  # type: ignore[arg-type]

    def _number(self, value: int | Decimal) -> str:
        exponent = Decimal(value).as_tuple().exponent
        return self.t.number(value, max(0, -int(exponent)))

    def _percent(self, share: Decimal) -> str:
        exponent = (share * 100).normalize().as_tuple().exponent
        return self.t.percent(float(share), max(0, -int(exponent)))

    def _consent(self, channel: str, purpose: str) -> dict[str, str]:
        return {"channel": self.t(f"say.channels.{channel}"), "purpose": self.t(f"say.purposes.{purpose}")}

    def _title(self, id: str) -> str:
        return title(id, self.segments.get(id), self.t.lang)


def _may_be_unknown(leaf: Condition) -> bool:
    """Whether people of whom nothing is known are in the negation without having failed a test."""
    valued = isinstance(leaf, tree.Event) and leaf.measure in (tree.MEAN, tree.MAX)
    return valued or isinstance(leaf, (tree.Profile, tree.ProfileDate, tree.Score, tree.Near, tree.InRegion, tree.ConsentIs))
