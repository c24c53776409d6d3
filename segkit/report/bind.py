"""Numbers of the result that carry where they come from, so that a test can compare every printed number."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from segkit.text import Text


@dataclass(frozen=True)
class Bound:
    """One number on the page: what the result says (`raw`), how it is written (`shown`), and its path in the result."""

    raw: Any
    shown: str
    path: str
    of: str | None = None

    def __html__(self) -> Markup:
        of = Markup(' data-of="{}"').format(self.of) if self.of else ""
        value = repr(self.raw) if isinstance(self.raw, float) else self.raw
        return Markup('<data value="{}" data-path="{}"{}>{}</data>').format(value, self.path, of, self.shown)

    def __str__(self) -> str:
        return self.shown


@dataclass(frozen=True)
class Absent:
    """A number that does not exist, with the reason; never written as zero."""

    reason: str
    shown: str
    raw: None = field(default=None, init=False)

    def __html__(self) -> Markup:
        dash = Markup('<span class="absent" aria-hidden="true">{}</span>').format(self.shown)
        return dash + Markup('<span class="vh">{}</span>').format(self.reason)

    def __str__(self) -> str:
        return self.shown


Printed = Bound | Absent
NEEDS = {"engaged_share": "engagement", "mailable": "consent"}  # numbers of a group that need more than orders


def at(result: Any, path: str) -> Any:
    """What stands at a dotted path (list places are numbers, a dot inside a key is \\.), or None."""
    for part in parts(path):
        if isinstance(result, list):
            result = result[int(part)] if part.isdigit() and int(part) < len(result) else None
        else:
            result = result.get(part) if isinstance(result, Mapping) else None
    return result


def parts(path: str) -> list[str]:
    """The keys of a dotted path."""
    return [part.replace("\0", ".") for part in path.replace("\\.", "\0").split(".")]


def key(name: str) -> str:
    """A key as it is written inside a path."""
    return name.replace(".", "\\.")


class Numbers:
    """The numbers of one result, written in one language; each method takes a path into the result."""

    def __init__(self, result: Mapping[str, Any], text: Text) -> None:
        self.result, self.text = result, text
        self.currency = str(at(result, "counts.currency") or at(result, "client.currency") or "EUR")[:8]

    def raw(self, path: str) -> Any:
        return at(self.result, path)

    def count(self, path: str, decimals: int | None = None) -> Printed:
        return self._printed(path, lambda value: self.text.number(value, decimals))

    def money(self, path: str, decimals: int = 0) -> Printed:
        return self._printed(path, lambda value: self.text.money(value, self.currency, decimals))

    def days(self, path: str) -> Printed:
        return self._printed(path, self.text.days)

    def date(self, path: str, form: str = "d MMMM y") -> Printed:
        return self._printed(path, lambda value: self.text.date(value, form))

    def month(self, path: str) -> Printed:
        return self._printed(path, self.text.month)

    def percent(self, path: str, decimals: int = 0, of: str | None = None) -> Printed:
        """A share; with `of` the share that one number of the result is of another."""
        if of is None:
            return self._printed(path, lambda value: self.text.percent(value, decimals))
        part, whole = self.raw(path), self.raw(of)
        if part is None or whole is None:
            return self._absent(path if part is None else of)
        if not whole:
            return Absent(self.text("reasons.empty_group"), self.text.absent())
        share = part / whole
        return Bound(share, self.text.percent(share, decimals), path, of)

    def reason(self, path: str) -> str:
        """Why the number at a path does not exist, as a sentence."""
        code = at(self.result, f"status.{key(path)}.reason") or self._inline_reason(path) or self._needed(path)
        return self.reason_text(code)

    def reason_text(self, code: str) -> str:
        name = f"reasons.{code}"
        return self.text(name) if self.text.has(name) else self.text("reasons.unknown", code=str(code)[:80])

    def _needed(self, path: str) -> str:
        """What had to be delivered for this number."""
        capability = NEEDS.get(parts(path)[-1])
        return at(self.result, f"capabilities.{capability}.reason") or "not_applicable"

    def _inline_reason(self, path: str) -> str | None:
        above = parts(path)[:-1]
        while above:
            reason = at(self.result, ".".join(map(key, [*above, "reason"])))
            if isinstance(reason, str):
                return reason
            above = above[:-1]
        return None

    def _printed(self, path: str, write: Any) -> Printed:
        value = self.raw(path)
        return self._absent(path) if value is None else Bound(value, write(value), path)

    def _absent(self, path: str) -> Absent:
        return Absent(self.reason(path), self.text.absent())
