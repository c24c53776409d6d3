"""What people did, as a clause: how often, for how much, for the last time, each time, and one thing after another."""

from __future__ import annotations

from segkit.segments import tree, values
from segkit.segments.tree import Tests
from segkit.segments.window import EVER, Window
from segkit.segments.wording import Wording

ORDER = "placed_order"
OPPOSITE = {
    tree.AT_LEAST: tree.LESS_THAN, tree.LESS_THAN: tree.AT_LEAST, tree.AT_MOST: tree.MORE_THAN, tree.MORE_THAN: tree.AT_MOST,
    tree.EXACTLY: "not_exactly",
}  # fmt: skip
_NEVER = {(tree.LESS_THAN, 1), (tree.AT_MOST, 0), (tree.EXACTLY, 0)}
_ONCE = {(tree.AT_LEAST, 1), (tree.MORE_THAN, 0), (OPPOSITE[tree.EXACTLY], 0)}

_OTHER_FLAG = {
    "false": "not_false", "not_false": "false", "true": "not_true", "not_true": "true",
    values.KNOWN: values.UNKNOWN, values.UNKNOWN: values.KNOWN,
}  # fmt: skip


class Events(Wording):
    """Says conditions about events."""

    def deed(
        self, metrics: tuple[str, ...], where: Tests = (), item: Tests = (), adverb: str = "", when: str = "", negative: bool = False,
        notes: tuple[str, ...] = (), more: tuple[str, ...] = (), alone: bool = False,
    ) -> str:  # fmt: skip
        """Events that happened or did not; `adverb` is never, ever or last, `when` how often and in which span of time.

        `alone` says that it is the whole clause, which may have its own "who" (say.pronouns).
        """
        if len(metrics) == 1:
            line = self._one_deed(metrics[0], where, item, more, adverb, when, negative, alone)
        else:
            told = [self._one_deed(name, where, item, more, "", "", negative) for name in metrics]
            line = self.phrase("say.several", deeds=self.joined("say.and" if negative else "say.or", told), adverb=adverb, when=when)
        return self.noted(line, [*self.flag_notes(metrics, where), *notes])

    def _one_deed(
        self, metric: str, where: Tests, item: Tests, more: tuple[str, ...], adverb: str, when: str, negative: bool, alone: bool = False
    ) -> str:  # fmt: skip
        filters, ending = [*self.filters(metric, where), *more], "_not" if negative else ""
        slots = {"adverb": adverb, "when": when}
        if item and not filters:
            return self._bought(item, ending, slots)
        filters += [self.t("say.with_product", filters=self.of_line(item))] if item else []
        if alone and self.t.has(f"say.metrics.{metric}.alone{ending}"):
            return self._alone(metric, where, ending, slots)
        form = self._form(metric, where, bool(filters))
        return self.phrase(f"say.metrics.{metric}.{form}{ending}", **slots, filters=self.joined("say.and", filters))

    def _form(self, metric: str, where: Tests, is_filtered: bool) -> str:
        """What the filters are said of: nothing, the mail in which was clicked, or the thing itself (a link)."""
        if not is_filtered and self.t.has(f"say.metrics.{metric}.bare"):
            return "bare"
        return "of_mail" if self.t.has(f"say.metrics.{metric}.of_mail") and all(test.name != "url" for test in where) else "did"

    def _alone(self, metric: str, where: Tests, ending: str, slots: dict[str, str]) -> str:
        """Events that are their own clause: what the thing was stands beside it, how it happened beside the verb."""
        hows = {test: self.t(key, value=self.value(test)) for test in where if self.t.has(key := f"say.how_it_was.{test.name}.{test.op}")}
        filters = self.joined("say.and", self.filters(metric, tuple(test for test in where if test not in hows)))
        return self.phrase(f"say.metrics.{metric}.alone{ending}", **slots, filters=filters, how=self.joined("say.and", [*hows.values()]))

    def _bought(self, item: Tests, ending: str, slots: dict[str, str]) -> str:
        """Orders of a product: by its name alone, or by what it must be."""
        if len(item) == 1 and item[0].name == "product" and item[0].op in (values.IS, values.IN):
            return self.phrase(f"say.metrics.{ORDER}.bought_named{ending}", **slots, name=self.value(item[0]))
        return self.phrase(f"say.metrics.{ORDER}.bought{ending}", **slots, filters=self.of_line(item))

    # --- how often and for how much -----------------------------------------------------------------------------------

    def event(self, event: tree.Event) -> str:
        """A count or a value of events."""
        return self.counted(event, event.op) if event.measure == tree.COUNT else self.valued(event, event.op)

    def counted(self, event: tree.Event, op: str) -> str:
        """How often something happened."""
        did, window, count = (event.metrics, event.where, event.item), event.window, int(event.amount)  # type: ignore[arg-type]
        if (op, count) in _NEVER:
            never = {"adverb": self.t("say.never")} if window.is_ever else {"when": self.window(window), "negative": True}
            return self.deed(*did, **never, alone=True)
        if (op, count) in _ONCE:
            return self.deed(*did, adverb=self.t("say.ever") if window.is_ever else "", when=self.when(window), alone=True)
        return self.deed(*did, when=self.when(window, self.times(op, count)), notes=self._together(event.metrics), alone=True)

    def _together(self, metrics: tuple[str, ...]) -> tuple[str, ...]:
        return (self.t("say.together"),) if len(metrics) > 1 else ()

    def valued(self, event: tree.Event, op: str) -> str:
        """The sum, mean or highest of the value of events."""
        amount, against = event.amount, f"say.against.{op}"
        if isinstance(amount, tree.Shop) and event.metrics == (ORDER,):
            told = {"much": self.t(f"{against}.much"), "than": self.t(f"{against}.than", figure=self.figure(amount))}
            line = self.phrase(f"say.metrics.{ORDER}.worth_against", **told, **self._how(event.metrics, event.measure, event.window))
        else:
            line = self._worth(event.metrics, event.measure, event.window, self.t(f"say.amounts.{op}", amount=self.amount(amount)))
        return self.noted(line, [*self._only(event), *self._together(event.metrics)])

    def _only(self, event: tree.Event) -> list[str]:
        """What is counted in a value."""
        filters = list(dict.fromkeys(told for name in event.metrics for told in self.filters(name, event.where)))
        filters += [self.t("say.with_product", filters=self.of_line(event.item))] if event.item else []
        if not filters:
            return []
        told = self.joined("say.and", filters)
        return [self.t(f"say.metrics.{ORDER}.only", filters=told) if event.metrics == (ORDER,) else self.t("say.only", filters=told)]

    def _worth(self, metrics: tuple[str, ...], measure: str, window: Window, amount: str) -> str:
        told = [self.phrase(f"say.metrics.{name}.worth", amount=amount, **self._how(metrics, measure, window)) for name in metrics]
        return self.joined("say.or", told)

    def _how(self, metrics: tuple[str, ...], measure: str, window: Window) -> dict[str, str]:
        return {"how": self.t(f"say.how.{'orders' if metrics == (ORDER,) else 'others'}.{measure}"), "when": self.when(window)}

    def most(self, top: tree.Top) -> str:
        """What those with most did most."""
        if top.measure == tree.COUNT:
            return self.deed(top.metrics, when=self.when(top.window, self.t("say.most_often")), notes=self._together(top.metrics))
        return self._worth(top.metrics, top.measure, top.window, self.t("say.the_most"))

    # --- the last time, each time, one after another ------------------------------------------------------------------

    def latest(self, latest: tree.Latest, window: Window, moment: str = "") -> str:
        """The first or last time, in a window or at a moment told in words."""
        if latest.where or latest.item:
            return self.t("say.whose", line=self.judged(latest))
        return self.deed(latest.metrics, adverb=self.t(f"say.latest.{latest.which}"), when=moment or self.when(window))

    def judged(self, latest: tree.Latest) -> str:
        """The very first or last one: when it was and what it must be, both of that one."""
        which = self.t(f"say.which.{latest.which}")
        it = self.joined("say.or", [self.t(f"say.ones.{name}", which=which) for name in latest.metrics])
        when = [] if latest.window.is_ever else [self.t("say.was_in", window=self.window(latest.window))]
        scores = [test for test in latest.where if self.t.has(f"say.was_scored.{test.op}") and test.name == "score_10"]
        rest = tuple(test for test in latest.where if test not in scores)
        told = [*when, *[self.t(f"say.was_scored.{test.op}", value=self.value(test)) for test in scores], *self._was(latest, rest)]
        return self.noted(self.t("say.judged", it=it, told=self.joined("say.and", told)), [self.t("say.scale")] if scores else [])

    def _was(self, latest: tree.Latest, where: Tests) -> list[str]:
        """What an event must have been, as what it was and what it held."""
        filters = list(dict.fromkeys(told for name in latest.metrics for told in self.filters(name, where)))
        was = [self.t("say.was_one", filters=self.joined("say.and", filters))] if filters else []
        was += [self.t("say.was", told=note) for note in self.flag_notes(latest.metrics, where, "noted_as")]
        return was + ([self.t("say.held", filters=self.of_line(latest.item))] if latest.item else [])

    def every(self, every: tree.Every) -> str:
        """So many times, and each time so."""
        did = self.deed(every.metrics, when=self.when(every.window, self.times(tree.AT_LEAST, every.at_least)))
        filters, flags = self._each_time(every)
        told = [
            *([self.t("say.each", filters=filters)] if filters else []),
            *[self.t(f"say.each_flag.{name}.{key}") for name, key in flags],
        ]
        return self.t("say.every", did=did, each=self.joined("say.and", told))

    def not_every(self, every: tree.Every) -> str:
        """Fewer times, or not each time so."""
        did = self.counted(tree.Event(every.metrics, amount=every.at_least, window=every.window), tree.LESS_THAN)
        filters, flags = self._each_time(every)
        told = [self.t("say.not_each", filters=filters)] if filters else []
        told += [self.t("say.once_with", note=self.t(f"say.noted_as.{name}.{_OTHER_FLAG[key]}")) for name, key in flags]
        return self.t("say.every_not", did=did, each=self.joined("say.or", told))

    def _each_time(self, every: tree.Every) -> tuple[str, list[tuple[str, str]]]:
        """What each of them must be, and its flags with what they must say."""
        filters = list(dict.fromkeys(told for name in every.metrics for told in self.filters(name, every.where)))
        if every.item:
            filters.append(self.t("say.with_product" if filters else "say.product", filters=self.of_line(every.item)))
        return self.joined("say.and", filters), self.flags_told(every.metrics, every.where)

    def follow(self, follow: tree.Follow) -> str:
        """One event, and another within a time or not."""
        adverb = self.t("say.ever") if follow.window == EVER else ""
        first = self.deed((follow.first,), follow.where, adverb=adverb, when=self.when(follow.window))
        same = tuple(self.same(name) for name in follow.same)
        when = self.t("say.within", time=self.span(follow.hours))
        alone = f"say.metrics.{follow.then}.same_product{'' if follow.followed else '_not'}"
        if follow.same == ("product",) and not follow.where_next and self.t.has(alone):
            then = self.phrase(alone, when=when)
        else:
            then = self.deed((follow.then,), follow.where_next, when=when, negative=not follow.followed, more=same)
        return self.t("say.followed" if follow.followed else "say.not_followed", first=first, then=then)
