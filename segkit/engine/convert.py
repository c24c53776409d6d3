"""Cells of a delivery as typed values: one SQL expression per column, after a verdict on decimal marks and date order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import duckdb

from segkit.engine import scope as words
from segkit.errors import AmbiguousDates, ColumnError

MONEY = "DECIMAL(18,4)"
KINDS = {
    "id": words.TEXT, "text": words.TEXT, "email": words.TEXT, "country": words.TEXT, "list": words.LIST, "integer": words.INTEGER,
    "number": words.NUMBER, "money": words.DECIMAL, "boolean": words.FLAG, "date": words.MOMENT, "local_time": words.MOMENT,
    "utc_time": words.MOMENT, "unix_time": words.MOMENT, "unix_ms": words.MOMENT,
}  # fmt: skip
"""The types a mapping may give a column, and the kind of their values; all times become naive UTC moments."""
SQL_TYPES = {
    words.TEXT: "VARCHAR", words.INTEGER: "BIGINT", words.NUMBER: "DOUBLE", words.DECIMAL: MONEY, words.FLAG: "BOOLEAN",
    words.MOMENT: "TIMESTAMP", words.LIST: "VARCHAR[]",
}  # fmt: skip

_TRUE = ("true", "yes", "ja", "y", "j", "1", "waar", "on", "subscribed")
_FALSE = ("false", "no", "nee", "n", "0", "onwaar", "off", "unsubscribed", "never_subscribed")
_YEAR_2200 = 7_258_118_400  # seconds since 1970
_BLANKS = "[\\s\\p{Z}\\x{200B}\\x{FEFF}]+"  # also tabs, line ends, and the blanks of web pages
_MINUSES = "[\\x{2010}-\\x{2013}\\x{2212}\\x{FE63}\\x{FF0D}]"  # the true minus sign and what is taken for it
_TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")
_ORDERS = {"ymd": "{Y}{s}%m{s}%d", "dmy": "%d{s}%m{s}{Y}", "mdy": "%m{s}%d{s}{Y}"}


@dataclass(frozen=True)
class Column:
    """One column to read: our name, its type, and what the mapping says about its form."""

    name: str
    type: str
    decimal: str | None = None
    date: str | None = None
    case: str | None = None
    values: Mapping[str, str | None] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)  # country names to codes


@dataclass(frozen=True)
class Typed:
    """The SQL of a value, the SQL that says a value was mended, and the verdict as a word such as "dmy" or ","."""

    value: str
    mended: str = "FALSE"
    verdict: str = ""


@dataclass(frozen=True)
class Cell:
    """Where a column stands in the engine: its table and place, its type, and what to call it in an error.

    In the SQL of a value `sql` is the raw cell, `text` the cell as trimmed text and `value` the value itself.
    """

    connection: duckdb.DuckDBPyConnection
    table: str
    place: int
    type: str
    label: str
    zone: str
    typed_cells: bool = False

    @property
    def sql(self) -> str:
        """The raw cell."""
        return f"c{self.place}"

    @property
    def text(self) -> str:
        """The cell as text without blanks around it; empty is null."""
        return f"t{self.place}"

    @property
    def value(self) -> str:
        """The typed value."""
        return f"v{self.place}"

    @property
    def trimmed(self) -> str:
        """The SQL that makes the text of the raw cell."""
        bare = self.sql if self.type == "VARCHAR" else f"CAST({self.sql} AS VARCHAR)"
        return f"nullif(trim(replace({bare}, chr(160), ' ')), '')"

    def counts(self, *conditions: str) -> tuple[int, ...]:
        """How many cells fulfil each condition; `x` is the cell as text."""
        parts = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in conditions)
        return self.connection.execute(f"SELECT {parts} FROM (SELECT {self.trimmed} AS x FROM {self.table})").fetchall()[0]

    def example(self, condition: str) -> str:
        """The first cell that fulfils a condition."""
        sql = f"SELECT x FROM (SELECT {self.trimmed} AS x FROM {self.table}) WHERE {condition} LIMIT 1"
        rows = self.connection.execute(sql).fetchall()
        return rows[0][0] if rows else ""


def typed(column: Column, cell: Cell) -> Typed:
    """How to read a column; dates that can be read two ways and two decimal marks in one column are errors."""
    result = _READERS[column.type](column, cell)
    if not column.values:
        return result
    cases = " ".join(f"WHEN {quoted(key)} THEN {_sql(value)}" for key, value in column.values.items())
    known = ", ".join(map(quoted, column.values))
    return Typed(
        f"CASE WHEN {cell.text} IN ({known}) THEN CASE {cell.text} {cases} END ELSE {result.value} END",
        f"(({result.mended}) AND {cell.text} NOT IN ({known}))",
        result.verdict,
    )


def quoted(text: object) -> str:
    """A text as an SQL literal."""
    return "'" + str(text).replace("'", "''") + "'"


def _sql(value: object) -> str:
    return "NULL" if value is None else quoted(value)


def _text(column: Column, cell: Cell) -> Typed:
    """Text comes out as it went in, blanks and all; only blanks are nothing."""
    raw = cell.sql if cell.type == "VARCHAR" else f"CAST({cell.sql} AS VARCHAR)"
    sql = f"CASE WHEN {cell.text} IS NOT NULL THEN {raw} END"
    return Typed(f"{column.case}({sql})" if column.case else sql)


def _id(column: Column, cell: Cell) -> Typed:
    """An id stays text; one that a spreadsheet turned into 17850.0 is mended.

    The apostrophe that keeps a spreadsheet from reading a number or a formula goes; that of a name such as 's-Gravenhage stays.
    """
    bare = f"regexp_replace({cell.text}, '^''([0-9=+@-])', '\\1')"
    plain = f"{column.case}({bare})" if column.case else bare
    spoilt = f"regexp_full_match({cell.text}, '[0-9]+\\.0')"
    return Typed(f"CASE WHEN {spoilt} THEN left({cell.text}, len({cell.text}) - 2) ELSE {plain} END", spoilt)


def _email(column: Column, cell: Cell) -> Typed:
    """An address in small letters, no blanks around it; what holds no @ ("n/a", "-") is no address and is counted as mended."""
    bare = f"regexp_replace({cell.text}, '^{_BLANKS}|{_BLANKS}$', '', 'g')"
    return Typed(f"CASE WHEN contains({cell.text}, '@') THEN lower({bare}) END", f"NOT contains({cell.text}, '@')")


def _country(column: Column, cell: Cell) -> Typed:
    """An ISO code or a country's name; a name nobody knows becomes null and is counted as mended."""
    unknown = f"({cell.text} IS NOT NULL AND {cell.value} IS NULL)"
    cells = f"SELECT DISTINCT lower({cell.trimmed}) FROM {cell.table}"
    found = [row[0] for row in cell.connection.execute(cells).fetchall()]
    known = {name: column.names[name] for name in found if name in column.names}
    if not known:
        return Typed("CAST(NULL AS VARCHAR)", unknown)
    cases = " ".join(f"WHEN {quoted(name)} THEN {quoted(code)}" for name, code in sorted(known.items()))
    return Typed(f"CASE lower({cell.text}) {cases} END", unknown)


def _integer(column: Column, cell: Cell) -> Typed:
    if _is_number(cell.type):
        return Typed(f"TRY_CAST({cell.sql} AS BIGINT)")
    whole = (
        f"regexp_extract({cell.text}, '^([+-]?[0-9]+)(\\.0{{1,2}})?$', 1)"  # 6.0 is six; 1.000 may be a thousand, 1.5 is no whole number
    )
    return Typed(f"TRY_CAST({whole} AS BIGINT)")


def _is_number(sql_type: str) -> bool:
    return sql_type.startswith("DECIMAL") or sql_type in (
        "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "FLOAT", "DOUBLE",
    )  # fmt: skip


def _number(column: Column, cell: Cell) -> Typed:
    return _decimal(column, cell, "DOUBLE")


def _money(column: Column, cell: Cell) -> Typed:
    return _decimal(column, cell, MONEY)


def _decimal(column: Column, cell: Cell, target: str) -> Typed:
    if _is_number(cell.type):
        return Typed(f"TRY_CAST({cell.sql} AS {target})")
    if cell.typed_cells:
        comma = f"regexp_matches({cell.text}, ',[0-9]{{1,2}}[^0-9,.]*$')"
        return Typed(f"CASE WHEN {comma} THEN {_amount(cell, ',', target)} ELSE {_amount(cell, '.', target)} END")
    mark = column.decimal or _decimal_mark(cell)
    return Typed(_amount(cell, mark, target), verdict=mark)


def _amount(cell: Cell, mark: str, target: str) -> str:
    """An amount with a sign or a currency before or after it; thousands are parted by the other mark."""
    other = "," if mark == "." else "."
    minus = f"regexp_replace({cell.text}, '{_MINUSES}', '-', 'g')"
    signed = f"regexp_replace({minus}, '^\\((.*)\\)$', '-\\1')"  # a bookkeeper's brackets
    digits = f"(?:[0-9]+|[0-9]{{1,3}}(?:[{other}][0-9]{{3}})+)?(?:[{mark}][0-9]*)?"  # 12,50 is no amount where the mark is a point
    blank, letters = "[^0-9a-zA-Z%(),.+-]*", "(?:[a-zA-Z]{1,3}[.]?)?"  # a percentage is no amount; the point of "Fr. 12" is no decimal one
    sign = f"{blank}(?:[+-]?{blank}{letters}|{letters}{blank}[+-]?){blank}"
    whole = f"^{sign}({digits}){blank}{letters}{blank}$"
    number = f"replace(replace(regexp_extract({signed}, '{whole}', 1), '{other}', ''), '{mark}', '.')"
    worth = f"CASE WHEN contains({signed}, '-') THEN -TRY_CAST({number} AS {target}) ELSE TRY_CAST({number} AS {target}) END"
    plain = "[0-9]+(?:[.][0-9]*)?" if mark == "." else "[0-9]+"  # as most cells are, and quicker to read
    as_is = f"regexp_full_match({cell.text}, '[+-]?(?:{plain}|[0-9.]+[eE][+-]?[0-9]+)')"
    return f"CASE WHEN {as_is} THEN TRY_CAST({cell.text} AS {target}) ELSE {worth} END"


def _decimal_mark(cell: Cell) -> str:
    """The decimal mark of a text column, from all its cells; three digits after one mark decide nothing."""
    comma, point = _evidence(",", "."), _evidence(".", ",")
    commas, points, unclear = cell.counts(comma, point, "regexp_matches(x, '[0-9][.,][0-9]{3}[^0-9,.]*$')")
    if commas and points:
        raise ColumnError(
            f"{cell.label}: {cell.example(comma)!r} has a decimal comma and {cell.example(point)!r} a decimal point.",
            'Say which one is meant in the mapping: decimal: "," or decimal: "."',
        )
    if unclear and not (commas or points):
        example = cell.example("regexp_matches(x, '[.,][0-9]{3}[^0-9,.]*$')")
        raise ColumnError(
            f"{cell.label}: {example!r} can be a thousand or a decimal, and no amount in the column decides it.",
            'Say which mark parts the decimals in the mapping: decimal: "," or decimal: "."',
        )
    return "," if commas else "."


def _evidence(mark: str, other: str) -> str:
    """Cells that can only be read with this decimal mark: decimals that are no group of three, or groups parted by the other."""
    decimals = f"[0-9][{mark}]([0-9]{{1,2}}|[0-9]{{4,}})[^0-9,.]*$|(^|[^0-9,.])0[{mark}][0-9]{{3}}[^0-9,.]*$|[0-9]{{4,}}[{mark}][0-9]"
    return f"regexp_matches(x, '{decimals}|[0-9][{other}][0-9]{{3}}[{other}{mark}]')"


def _boolean(column: Column, cell: Cell) -> Typed:
    if cell.type == "BOOLEAN":
        return Typed(cell.sql)
    yes, no = (", ".join(map(quoted, group)) for group in (_TRUE, _FALSE))
    return Typed(f"CASE WHEN lower({cell.text}) IN ({yes}) THEN TRUE WHEN lower({cell.text}) IN ({no}) THEN FALSE END")


def _list(column: Column, cell: Cell) -> Typed:
    """A list of words: JSON text such as ["vip","swim"], or words with commas between."""
    if cell.type.endswith("[]"):
        return Typed(f"CAST({cell.sql} AS VARCHAR[])")
    words_ = f"list_filter(list_transform(string_split({cell.text}, ','), lambda w: trim(w)), lambda w: w <> '')"
    return Typed(f"coalesce(TRY_CAST(TRY_CAST({cell.text} AS JSON) AS VARCHAR[]), {words_})")


def _unix_time(column: Column, cell: Cell) -> Typed:
    """Seconds since 1970, or milliseconds; what lies after the year 2200 is refused."""
    count = f"TRY_CAST({cell.sql} AS BIGINT)"
    limit, micro = (_YEAR_2200 * 1000, 1000) if column.type == "unix_ms" else (_YEAR_2200, 1_000_000)
    late = f"abs(TRY_CAST(x AS BIGINT)) >= {limit}"
    filled, beyond = cell.counts("x IS NOT NULL", late)
    if beyond and beyond == filled:
        raise ColumnError(
            f"{cell.label}: {cell.example(late)!r} lies after the year 2200 as {'milli' * (micro == 1000)}seconds since 1970.",
            "Seconds have the type unix_time in the mapping, milliseconds unix_ms.",
        )
    return Typed(f"CASE WHEN abs({count}) < {limit} THEN make_timestamp({count} * {micro}) END")


def _utc_time(column: Column, cell: Cell) -> Typed:
    """An instant with its offset; without one it is UTC."""
    if cell.type == "TIMESTAMP WITH TIME ZONE":
        return Typed(f"timezone('UTC', {cell.sql})")
    if cell.type.startswith(("TIMESTAMP", "DATE")):
        return Typed(f"CAST({cell.sql} AS TIMESTAMP)")
    dated = f"CASE WHEN regexp_matches({cell.text}, '^[1-9][0-9]{{3}}[^0-9(][^(]*$') THEN {cell.text} END"  # no infinity, nothing BC
    iso = f"regexp_replace({dated}, '(:[0-9.]+)\\s*([+-][0-9][0-9]):?([0-9][0-9])?$', '\\1\\2:\\3')"
    return Typed(f"timezone('UTC', TRY_CAST(regexp_replace({iso}, ':$', ':00') AS TIMESTAMPTZ))")


def _local_time(column: Column, cell: Cell) -> Typed:
    """A time on the shop's clock; the doubled hour is the second one, a missing hour takes the offset before the gap."""
    if cell.type == "TIMESTAMP WITH TIME ZONE":
        return _utc_time(column, cell)
    if cell.type.startswith(("TIMESTAMP", "DATE")):
        return Typed(_to_utc(f"CAST({cell.sql} AS TIMESTAMP)", cell.zone))
    formats, verdict = ([column.date], column.date) if column.date else _date_formats(cell)
    listed = ", ".join(map(quoted, formats))
    return Typed(_to_utc(f"try_strptime(replace({cell.text}, 'T', ' '), [{listed}])", cell.zone), verdict=verdict)


def _to_utc(sql: str, zone: str) -> str:
    return f"timezone('UTC', timezone({quoted(zone)}, {sql}))"


def _date_formats(cell: Cell) -> tuple[list[str], str]:
    """The formats of a text column of dates, from all its cells."""
    iso, compact, short = cell.counts(
        "regexp_matches(x, '^[0-9]{4}[-/.]')",
        "regexp_matches(x, '^[0-9]{8}$')",
        "regexp_matches(x, '^[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ][0-9]{2,4}')",
    )
    if compact and not (iso or short):
        return ["%Y%m%d"], "ymd"
    order = "ymd" if iso and not short else _day_or_month_first(cell) if short else "ymd"
    orders = [order, "ymd"] if iso and order != "ymd" else [order]  # a date with the year first is never taken for another
    return [date + time for one in orders for date in _dates(one) for time in _TIMES], order


def _dates(order: str) -> list[str]:
    years = ("%Y",) if order == "ymd" else ("%y", "%Y")  # the short one first: %Y would read 10 as the year 10
    return [_ORDERS[order].format(Y=year, s=mark) for mark in ("-", "/", ".") for year in years]


def _day_or_month_first(cell: Cell) -> str:
    first = "TRY_CAST(regexp_extract(x, '^([0-9]{1,2})[-/. ]', 1) AS INTEGER) > 12"
    second = "TRY_CAST(regexp_extract(x, '^[0-9]{1,2}[-/. ]([0-9]{1,2})[-/. ]', 1) AS INTEGER) > 12"
    day_first, month_first, points = cell.counts(first, second, "regexp_matches(x, '^[0-9]{1,2}\\.')")
    if day_first and month_first:
        raise ColumnError(
            f"{cell.label}: {cell.example(first)!r} has the day first and {cell.example(second)!r} the month.",
            "Deliver one form, or split the file; nothing was guessed.",
        )
    if not (day_first or month_first or points):
        example = cell.example("x IS NOT NULL")
        day, month = (_format_of(example, order) for order in ("dmy", "mdy"))
        raise AmbiguousDates(
            f"{cell.label}: {example!r} can be day-month or month-day, and no date in the column decides it.",
            f'Say which in the mapping: date: "{day}" (day first) or date: "{month}" (month first).',
        )
    return "mdy" if month_first else "dmy"


def _format_of(example: str, order: str) -> str:
    """The format of a date such as this one, in this order, with the marks and the time that it has."""
    date, _, time = example.replace("T", " ").partition(" ")
    mark = next((letter for letter in date if not letter.isdigit()), "-")
    year = "%Y" if re.search("[0-9]{4}", date) else "%y"
    shape = time.count(":"), "." in time, time[-1:] in ("m", "M")
    fits = (form for form in _TIMES if (form.count(":"), "%f" in form, "%p" in form) == shape)
    return _ORDERS[order].format(Y=year, s=mark) + next(fits, "")


_READERS: dict[str, Callable[[Column, Cell], Typed]] = {
    "id": _id, "text": _text, "email": _email, "country": _country, "list": _list, "integer": _integer, "number": _number, "money": _money,
    "boolean": _boolean, "date": _local_time, "local_time": _local_time, "utc_time": _utc_time, "unix_time": _unix_time,
    "unix_ms": _unix_time,
}  # fmt: skip
