"""The parts of a sentence about a condition: spans of time, how often, amounts, values and what an event or a line must be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from babel.numbers import get_currency_precision, get_currency_symbol

from segkit.segments import tree, values, words
from segkit.segments.tree import Test, Tests
from segkit.segments.window import HOURS_A_DAY, Window
from segkit.text import Text, placeholders

FLAGS = ("apple_privacy_open", "bot_click")
Figures = Mapping[tree.Shop, float]
_SPACES = re.compile(" {2,}")
_COUNTED = {1: "once", 2: "twice"}
_SAME_WORDS = {values.IN: values.IS, values.NOT_IN: values.IS_NOT}


class Wording:
    """Says the parts of conditions in one language and currency; `figures` tells the shop's own figures in numbers, where known."""

    def __init__(self, t: Text, currency: str, figures: Figures) -> None:
        self.t, self.currency, self.figures = t, currency, figures

    def phrase(self, key: str, **slots: str) -> str:
        """A template whose slots may stay empty."""
        wanted = placeholders(self.t.sentences[key])
        return _SPACES.sub(" ", self.t(key, **{slot: slots.get(slot, "") for slot in wanted})).strip()

    def joined(self, key: str, told: list[str]) -> str:
        """a, b or c."""
        return self.t(key, a=", ".join(told[:-1]), b=told[-1]) if len(told) > 1 else "".join(told)

    def noted(self, line: str, notes: list[str]) -> str:
        """A line with notes in brackets."""
        return self.t("say.notes", line=line, notes=self.t("say.note_joint").join(notes)) if notes else line

    # --- time ---------------------------------------------------------------------------------------------------------

    def when(self, window: Window, times: str = "") -> str:
        """The span of time and how often; both may be left unsaid."""
        return self.phrase("say.when", window="" if window.is_ever else self.window(window), times=times)

    def window(self, window: Window) -> str:
        """A span of time in words."""
        if window.is_ever:
            return self.t("say.windows.ever")
        if window.hours is not None:
            return self.t("say.windows.hours", n=window.hours)
        if window.start or window.end_before:
            return self._dates(window)
        if window.is_ahead:
            return self.t("say.windows.next", n=-(window.newest or 0))
        return self._ages(window.newest or 0, window.oldest)

    def _dates(self, window: Window) -> str:
        last = window.last_day
        if window.start is None:
            return self.t("say.windows.before", day=window.end_before)
        if last is None:
            return self.t("say.windows.since", day=window.start)
        if last == window.start:
            return self.t("say.windows.on", day=last)
        return self.t("say.windows.from_to", start=window.start, end=last)

    def _ages(self, newest: int, oldest: int | None) -> str:
        if oldest is None:
            return self.t("say.windows.more_than", n=newest - 1) if newest > 1 else self.t("say.windows.before_today")
        if newest == oldest:
            return self.t("say.windows.on_one_day", n=oldest) if oldest else self.t("say.windows.today")
        return self.t("say.windows.between", newest=newest, oldest=oldest) if newest else self.t("say.windows.days", n=oldest)

    def span(self, hours: int) -> str:
        """A length of time, in days where it is whole days."""
        whole = hours % HOURS_A_DAY == 0
        return self.t("say.spans.days", n=hours // HOURS_A_DAY) if whole else self.t("say.spans.hours", n=hours)

    def times(self, op: str, count: int) -> str:
        """How often: at least once, exactly twice, fewer than 3 times."""
        few = _COUNTED.get(count)
        return self.t(f"say.times.{op}.{few}") if few else self.t(f"say.times.{op}.times", n=count)

    # --- amounts ------------------------------------------------------------------------------------------------------

    def amount(self, amount: tree.Amount) -> str:
        """An amount of money, or a figure of the shop."""
        return self.figure(amount) if isinstance(amount, tree.Shop) else self.money(amount)

    def figure(self, shop: tree.Shop) -> str:
        """A figure of the shop, with its amount where that is known."""
        share = {"share": self.percent(shop.share)} if shop.share is not None else {}
        figure = self.t(f"say.shop.{shop.figure}", **share)
        told = figure if shop.factor == 1 else self.t("say.shop.factor", n=self.number(shop.factor), figure=figure)
        known = self.figures.get(shop)
        return told if known is None else self.t("say.figure", figure=told, amount=self.t.money(known, self.currency))

    def money(self, amount: int | Decimal) -> str:
        """Whole amounts without cents, others with as many decimals as they have."""
        places, finest = _places(amount), get_currency_precision(self.currency)
        if places > finest:
            sign = get_currency_symbol(self.currency, locale=self.t.locale)
            return self.t("say.fine_money", currency=sign, amount=self.number(amount))
        return self.t.money(amount, self.currency, finest if places else 0)  # type: ignore[arg-type]

    def number(self, value: int | Decimal) -> str:
        """A number with as many decimals as it has."""
        return self.t.number(value, _places(value))

    def percent(self, share: Decimal) -> str:
        """A share with as many decimals as it has."""
        return self.t.percent(float(share), _places((share * 100).normalize()))

    # --- tests of events and lines ------------------------------------------------------------------------------------

    def filters(self, metric: str, where: Tests) -> list[str]:
        """What an event must be, said of its noun; flags are told in notes."""
        known = words.metrics()[metric].properties
        return [self.filter(_renamed(test)) for test in where if test.name in known and test.name not in FLAGS]

    def flag_notes(self, metrics: tuple[str, ...], where: Tests, part: str = "flags") -> list[str]:
        """Which opens and clicks count ("flags"), or what one that is looked at must be ("noted_as")."""
        told = self.flags_told(metrics, where)
        if part == "flags" and [key for _, key in told] == ["false", "false"]:
            return [self.t("say.flags.both_false")]
        return [self.t(f"say.{part}.{name}.{key}") for name, key in told]

    def flags_told(self, metrics: tuple[str, ...], where: Tests) -> list[tuple[str, str]]:
        """The flags that are tested of such events, each with what it must say (`flag_key`)."""
        known = {name for metric in metrics for name in words.metrics()[metric].properties}
        return list({test.name: flag_key(test) for test in where if test.name in FLAGS and test.name in known}.items())

    def of_line(self, item: Tests) -> str:
        """What one line of an order must be."""
        return " ".join(map(self.filter, item))

    def filter(self, test: Test) -> str:
        """One test, said of the noun before it."""
        op = _SAME_WORDS.get(test.op, test.op)
        special = f"say.special.{test.name}.{op}"
        told = {"value": self.value(test), **self.label(test.name)}
        return self.phrase(special if self.t.has(special) else f"say.tests.{op}", **told)

    def same(self, name: str) -> str:
        """That a later event shares a property with the first."""
        special = f"say.special.{name}.same"
        return self.t(special) if self.t.has(special) else self.t("say.same", same=self.t(f"say.labels.{name}.same"))

    def label(self, name: str) -> dict[str, str]:
        """A property by its name, with an article, and as a known thing."""
        own = {"name": name.removeprefix(words.OWN)} if name.startswith(words.OWN) else {}
        return {form: self.t(f"say.labels.{'own' if own else name}.{form}", **own) for form in ("bare", "a", "the")}

    # --- values -------------------------------------------------------------------------------------------------------

    def value(self, test: Test) -> str:
        """The value that a property is compared with: a, b or c."""
        found = test.value if isinstance(test.value, tuple) else (test.value,)
        return self.joined("say.or", [*dict.fromkeys(self._one(test.name, value) for value in found)])  # several spellings, one word

    def _one(self, name: str, value: object) -> str:
        if isinstance(value, bool):
            return self.t("say.yes" if value else "say.no")
        if isinstance(value, int | Decimal):
            return self._numeric(name, value)
        told = str(value)
        if name == "country":
            return self._said(f"say.countries.{told}", self.t.country(told))
        if name == "language":
            return self.t.language(told)
        return self._said(f"say.genders.{told.lower()}", told) if name == "gender" else told

    def _said(self, key: str, otherwise: str) -> str:
        return self.t(key) if self.t.has(key) else otherwise

    def _numeric(self, name: str, value: int | Decimal) -> str:
        if name == "price":
            return self.money(value)
        return str(value) if name == "birth_year" else self.number(value)


def _places(value: int | Decimal) -> int:
    """How many decimals a number has."""
    return max(0, -int(Decimal(value).as_tuple().exponent))


def flag_key(test: Test) -> str:
    """Which sentence of a flag a test asks for: true, false, not_true, not_false, known or unknown."""
    if test.op in (values.KNOWN, values.UNKNOWN):
        return test.op
    return f"{'not_' if test.op == values.IS_NOT else ''}{str(test.value).lower()}"


def _renamed(test: Test) -> Test:
    """A product of a site event is told by its code, that of an order line by its name."""
    return Test("product_id", test.op, test.value) if test.name == "product" else test


def beyond(window: Window) -> Window | None:
    """All of the past outside a window, where that is one window again."""
    if window.hours is not None or window.is_ahead or window.is_ever:
        return None
    if window.start or window.end_before:
        one_sided = window.start is None or window.end_before is None
        return Window(start=window.end_before, end_before=window.start) if one_sided else None
    if window.oldest is None:
        return Window(0, (window.newest or 0) - 1)
    return None if window.newest else Window(window.oldest + 1)
