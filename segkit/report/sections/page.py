"""What every section needs: the result, its language, bound numbers, and the frames to put them in."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from segkit.report import blocks
from segkit.report.bind import Absent, Numbers, key
from segkit.report.svg import Draw, picture
from segkit.report.table import Bar, Column, Group, table
from segkit.text import catalogue


class Page:
    """The result of one audit and the language it is told in."""

    def __init__(self, result: Mapping[str, Any], lang: str) -> None:
        self.result = result
        self.t = catalogue(lang)
        self.n = Numbers(result, self.t)

    def section(self, name: str, *parts: Any) -> Markup:
        return blocks.section(name, self.t(f"sections.{name}"), *parts)

    def say(self, sentence: str, **values: Any) -> Markup | None:
        """The sentence, or None when one of its numbers does not exist."""
        if any(isinstance(value, Absent) for value in values.values()):
            return None
        return self.t.html(sentence, **values)

    def figure(self, name: str, title: Any, alt: str, draw: Draw, note: Any = None, numbers: Markup | None = None) -> Markup:
        behind = None if numbers is None else blocks.details(self.t("report.figures_behind"), numbers)
        return blocks.figure(self.t("report.figure"), title, picture(draw, name, alt), note, behind)

    def table(self, caption: Any, columns: Sequence[Column], groups: Sequence[Any], note: Any = None) -> Markup:
        """A table; why a number in it is missing is said once, below it."""
        rows = [row for group in groups for row in (group.rows if isinstance(group, Group) else [group])]
        reasons = [self.t.absent() + " " + reason for reason in missing(cell for row in rows for cell in row)]
        notes = [*([note] if note is not None else []), *reasons]
        return table(caption, columns, groups, blocks.join(notes, " ") if notes else None)

    def missing(self, path: str, sentence: str) -> Markup:
        """A callout that says why what should stand here does not."""
        return blocks.callout(self.t(sentence, reason=self.n.reason(path)), kind="unknown")

    def column(self, name: str, number: bool = True) -> Column:
        return Column(self.t(name), number)

    def column_text(self, label: str) -> Column:
        return Column(label, True)

    def threshold_path(self, name: str, part: str = "value") -> str | None:
        """Where the value of a threshold stands in the result; None when the result does not name it."""
        for place, row in enumerate(self.result.get("thresholds") or []):
            if row.get("name") == name:
                return f"thresholds.{place}.{part}"
        return None

    def threshold(self, name: str, write: Callable[[str], Any]) -> Any:
        """The bound value of a threshold, or an absent one."""
        path = self.threshold_path(name)
        return write(path) if path else Absent(self.n.reason_text("not_applicable"), self.t.absent())

    def unit(self, name: str) -> str:
        """The unit of a threshold; empty when the result does not name it."""
        where = self.threshold_path(name, "unit")
        return str(self.n.raw(where)) if where else ""

    def ids(self, path: str) -> list[str]:
        """The keys of a dict in the result."""
        found = self.n.raw(path)
        return list(found) if isinstance(found, Mapping) else []


def missing(cells: Iterable[Any]) -> list[str]:
    """The reasons of the absent numbers among cells, each once."""
    values = [cell.value if isinstance(cell, Bar) else cell for cell in cells]
    return list(dict.fromkeys(value.reason for value in values if isinstance(value, Absent)))


def widths(values: Sequence[Any]) -> list[float]:
    """Bar widths between 0 and 1 for bound numbers; an absent one has none."""
    raw = [value.raw or 0 for value in values]
    most = max(raw, default=0) or 1
    return [value / most for value in raw]


def path(*parts: str) -> str:
    """A dotted path from keys that may hold a dot."""
    return ".".join(key(part) for part in parts)
