"""A delivery before it is bytes: tables of cells or records, how the system writes them, and which canonical row each is.

The index of `rows` holds the canonical id that a row was made from and its name is that id's column, so that whoever changes
rows (a planted fault) can still say which rows of the shop are concerned.
"""

import codecs
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple, Self

import pandas as pd

Record = dict[str, Any]

HERE: Record = {"the records": "go here"}
PAGES_AT_ONCE = 20  # enough rows for columns to be worth it, and few enough to be nothing beside the shop itself


class Page(NamedTuple):
    """Which page of how many, counted from 1, and how many records they hold together."""

    number: int
    pages: int
    records: int


@dataclass(frozen=True)
class Dialect:
    """How a system writes text: `decimal` is the mark in amounts, `bom` whether a byte order mark goes first."""

    delimiter: str = ","
    encoding: str = "utf-8"
    bom: bool = False
    decimal: str = "."
    line_end: str = "\n"


@dataclass(frozen=True)
class TextFile:
    """A table as delimited text. `rows`: cells as text, null = empty; amounts with a point, whatever the dialect.

    `amounts` and `moments` name the columns that hold money and times, for the decimal mark and for faults; `unit` the one whose
    equal cells make one thing of several rows (the lines of an order), which no system parts; None: each row is one.
    """

    name: str
    rows: pd.DataFrame = field(repr=False)
    dialect: Dialect = Dialect()
    amounts: tuple[str, ...] = ()
    moments: tuple[str, ...] = ()
    unit: str | None = None
    part_of: "TextFile | None" = field(default=None, repr=False)  # the file that this one and others were made of

    def content(self) -> bytes:
        """The file as bytes; what the encoding cannot say becomes a question mark."""
        rows = self.rows
        if self.dialect.decimal != ".":
            rows = rows.assign(**{name: rows[name].astype("string").str.replace(".", self.dialect.decimal) for name in self.amounts})
        text = rows.to_csv(index=False, sep=self.dialect.delimiter, lineterminator=self.dialect.line_end)
        return self._mark() + text.encode(self.dialect.encoding, errors="replace")

    def _mark(self) -> bytes:
        marks = {"utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
        return marks.get(self.dialect.encoding, b"") if self.dialect.bom else b""

    def with_rows(self, rows: pd.DataFrame) -> Self:
        """The same file with other rows."""
        return replace(self, rows=rows)

    def write(self, folder: Path) -> None:
        """Writes the file into a folder that exists."""
        (folder / self.name).write_bytes(self.content())


@dataclass(frozen=True)
class JsonFile:
    """The answers of one API endpoint: a record per row, so many to a page, each page in an envelope of its own.

    `record` makes one record out of a row (a dictionary of Python values, None where the cell is null); `envelope` makes an
    answer out of the records of a page and its place among the pages. Without `page_size` all go in one file.
    """

    name: str
    rows: pd.DataFrame = field(repr=False)
    record: Callable[[Record], Record] = field(repr=False)
    envelope: Callable[[list[Record], Page], Record] = field(repr=False)
    page_size: int | None = None
    encoding: str = "utf-8"

    def pages(self) -> Iterator[Record]:
        """The answers, page by page; one without records where there is nothing."""
        size = self.page_size or max(len(self.rows), 1)
        count = max(-(-len(self.rows) // size), 1)
        for number in range(count):
            rows = plain(self.rows.iloc[number * size : (number + 1) * size])
            yield self.envelope([self.record(row) for row in rows], Page(number + 1, count, len(self.rows)))

    def with_rows(self, rows: pd.DataFrame) -> Self:
        """The same answers about other rows."""
        return replace(self, rows=rows)

    def write(self, folder: Path) -> None:
        """Writes NAME.json, or NAME_page1.json and so on, into a folder that exists."""
        for number, page in enumerate(self.pages(), 1):
            name = f"{self.name}_page{number}.json" if self.page_size else f"{self.name}.json"
            text = json.dumps(page, ensure_ascii=False, allow_nan=False)
            (folder / name).write_bytes(f"{text}\n".encode(self.encoding))


@dataclass(frozen=True)
class LongJsonFile:
    """The answers of an endpoint with more records than should be in memory at once: `part` makes some rows of `count`, and
    `texts` the JSON of each of them, which a page holds in place of the records that its envelope is given."""

    name: str
    count: int
    part: Callable[[int, int], pd.DataFrame] = field(repr=False)
    texts: Callable[[pd.DataFrame], list[str]] = field(repr=False)
    envelope: Callable[[list[Record], Page], Record] = field(repr=False)
    page_size: int

    @property
    def rows(self) -> pd.DataFrame:
        """All rows, made anew."""
        return self.part(0, self.count)

    def pages(self) -> Iterator[Record]:
        """The answers, page by page; one without records where there is nothing."""
        return map(json.loads, self._pages())

    def _pages(self) -> Iterator[str]:
        pages = max(-(-self.count // self.page_size), 1)
        for first in range(0, pages, PAGES_AT_ONCE):
            part = self.part(first * self.page_size, min((first + PAGES_AT_ONCE) * self.page_size, self.count))
            texts = self.texts(part)
            for number in range(first, min(first + PAGES_AT_ONCE, pages)):
                begin = (number - first) * self.page_size
                yield self._page(texts[begin : begin + self.page_size], Page(number + 1, pages, self.count))

    def _page(self, texts: list[str], page: Page) -> str:
        before, after = json.dumps(self.envelope([HERE], page), ensure_ascii=False).split(json.dumps(HERE))
        return before + ", ".join(texts) + after

    def write(self, folder: Path) -> None:
        """Writes NAME_page1.json and so on into a folder that exists."""
        for number, text in enumerate(self._pages(), 1):
            (folder / f"{self.name}_page{number}.json").write_bytes(f"{text}\n".encode())


File = TextFile | JsonFile | LongJsonFile


@dataclass(frozen=True)
class Delivery:
    """The files that one system gives."""

    system: str
    files: tuple[File, ...]

    def file(self, name: str) -> File:
        """The file of that name; KeyError naming those there are."""
        found = {file.name: file for file in self.files}
        if name not in found:
            raise KeyError(f"{self.system} has no file {name!r}, only {', '.join(found)}")
        return found[name]

    def write(self, folder: Path) -> Path:
        """Writes every file into `folder`, which is made; gives the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for file in self.files:
            file.write(folder)
        return folder


def plain(rows: pd.DataFrame) -> list[Record]:
    """Rows as dictionaries of Python values, None where a cell is null."""
    cells = rows.astype(object)
    names = [str(name) for name in rows]
    return [dict(zip(names, row, strict=True)) for row in cells.where(cells.notna(), None).itertuples(index=False, name=None)]
