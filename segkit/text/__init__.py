"""Every sentence of the kit by key, in Dutch and British English, with each language's numbers and dates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, get_currency_precision
from markupsafe import Markup, escape
from ruamel.yaml import YAML

from segkit.errors import SegkitError

LOCALES = {"nl": "nl_NL", "en": "en_GB"}
MINUS, NBSP, ABSENT = "\u2212", "\u00a0", "\u2013"
MONEY_PATTERNS = {"nl": f"¤{NBSP}#,##0.00;¤{NBSP}-#,##0.00", "en": "¤#,##0.00;-¤#,##0.00"}


class TextError(SegkitError):
    """A sentence, a placeholder or a language that does not exist."""


@dataclass(frozen=True)
class Text:
    """The sentences and number formats of one language. `t("key", name=value)` gives a plain string.

    Numbers and dates among the values are written as the language writes them; everything else as it is.
    A key with the forms `one` and `other` chooses by the value of `n`. Raises TextError on an unknown key,
    a placeholder without a value, and a value without a placeholder.
    """

    lang: str
    sentences: Mapping[str, str]

    def __call__(self, key: str, **values: Any) -> str:
        return self._template(key, values).format(**{name: self._shown(value) for name, value in values.items()})

    def html(self, key: str, **values: Any) -> Markup:
        """The same sentence as HTML: every value is escaped unless it says itself that it is HTML (`__html__`)."""
        template = Markup(escape(self._template(key, values)))
        return template.format(**{name: self._shown(value) for name, value in values.items()})

    def has(self, key: str) -> bool:
        return key in self.sentences or f"{key}.other" in self.sentences

    def number(self, value: float | Decimal, decimals: int | None = None) -> str:
        """6000 -> 6.000 (nl), 6,000 (en); a float gets two decimals unless told otherwise."""
        places = (0 if isinstance(value, int) else 2) if decimals is None else decimals
        return self._decimal(value, "#,##0" + ("." + "0" * places if places else ""))

    def percent(self, share: float, decimals: int = 0) -> str:
        """A share between 0 and 1: 0.123 -> 12,3% (nl, one decimal)."""
        return self._decimal(Decimal(repr(float(share))) * 100, "#,##0" + ("." + "0" * decimals if decimals else "")) + "%"

    def money(self, value: float, currency: str, decimals: int = 2) -> str:
        """An amount with the currency's sign; a no-break space after the sign in Dutch."""
        places = min(decimals, get_currency_precision(currency))
        pattern = MONEY_PATTERNS[self.lang].replace(".00", "." + "0" * places if places else "")
        value = 0 if round(value, places) == 0 else value  # no minus before nothing
        shown = format_currency(value, currency, pattern, locale=self.locale, currency_digits=False)
        return shown.replace("-", MINUS)

    def date(self, day: date | str, form: str = "d MMMM y") -> str:
        """2026-10-31 -> 31 oktober 2026; `form` is a CLDR pattern."""
        parsed = day if isinstance(day, date) else date.fromisoformat(day[:10])
        return format_date(parsed, form, locale=self.locale).replace(".", "")

    def month(self, month: str) -> str:
        """2026-10 -> okt 2026."""
        return self.date(f"{month}-01", "MMM y")

    def quarter(self, quarter: str) -> str:
        """2026Q4 -> 4e kw. 2026."""
        return self("units.quarter", year=quarter[:4], quarter=quarter[-1])

    def days(self, count: float) -> str:
        """12 -> 12 dagen; half days are rounded."""
        return self("units.days", n=round(count))

    def country(self, code: str) -> str:
        """NL -> Nederland; an unknown code stays as it is."""
        return Locale.parse(self.locale).territories.get(code.upper(), code)

    def language(self, code: str) -> str:
        """nl -> Nederlands, nl-BE -> Nederlands (België); an unknown code stays as it is."""
        try:
            return Locale.parse(code.replace("-", "_")).get_display_name(self.locale) or code
        except (UnknownLocaleError, ValueError):
            return code

    def absent(self) -> str:
        """What stands in place of a number that does not exist; zero is a number, this is not."""
        return ABSENT

    @property
    def locale(self) -> str:
        return LOCALES[self.lang]

    def _decimal(self, value: Any, pattern: str) -> str:
        shown = format_decimal(value, pattern, locale=self.locale)
        return (shown.lstrip("-") if not any(digit in shown for digit in "123456789") else shown).replace("-", MINUS)

    def _shown(self, value: Any) -> Any:
        if isinstance(value, bool) or hasattr(value, "__html__"):
            return value
        if isinstance(value, int | float | Decimal):
            return self.number(value)
        return self.date(value) if isinstance(value, date) else value

    def _template(self, key: str, values: Mapping[str, Any]) -> str:
        template = self.sentences.get(key) or self._plural(key, values)
        wanted, given = placeholders(template), set(values)
        if wanted - given or given - wanted - {"n"}:
            raise TextError(
                f"The sentence {key} ({self.lang}) takes {sorted(wanted)} and was given {sorted(given)}.",
                "Give each placeholder its value, by name.",
            )
        return template

    def _plural(self, key: str, values: Mapping[str, Any]) -> str:
        count = getattr(values.get("n"), "raw", values.get("n"))
        form = self.sentences.get(f"{key}.{'one' if count == 1 else 'other'}")
        if form is None or count is None:
            raise TextError(f"There is no sentence {key} in {self.lang}.yaml.", "Add it to segkit/text, in each language.")
        return form


@lru_cache
def catalogue(lang: str) -> Text:
    """The sentences of a language, "nl" or "en", read once."""
    if lang not in LOCALES:
        raise TextError(f"There are no sentences in the language {lang!r}.", f"Choose one of: {', '.join(LOCALES)}.")
    path = Path(__file__).with_name(f"{lang}.yaml")
    return Text(lang, dict(_flat(YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8")))))


def placeholders(sentence: str) -> set[str]:
    """The names between braces in a sentence."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
