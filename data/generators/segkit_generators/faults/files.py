"""Faults in the files of a delivery: how they were written, cut, opened in Excel and saved again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from segkit_generators.exports.delivery import Delivery, File, TextFile
from segkit_generators.streams import Bools, Streams

DUTCH = {
    "Email": "E-mailadres", "First Name": "Voornaam", "Last Name": "Achternaam", "Created at": "Aangemaakt op", "Total": "Totaal",
    "Name": "Naam", "Currency": "Valuta", "City": "Plaats", "Country": "Land", "Phone": "Telefoon", "Tags": "Labels",
}  # fmt: skip
OFFSET = r"\s?(?:[+-]\d{2}:?\d{2}|Z)$"
DATE, EITHER_WAY = r"^(\d{4})-(\d{2})-(\d{2})", "|".join(f"^....-{month:02d}-(?!{month:02d})(?:0.|1[0-2])" for month in range(1, 13))
WHOLE = "files"
UNITS = "orders, or rows, of each file"
EXACT_DIGITS = 11  # longer numbers Excel shows with an exponent


@dataclass(frozen=True)
class CutFile:
    """A file of which only the first bytes arrived."""

    name: str
    part: bytes

    def write(self, folder: Path) -> None:
        """Writes the bytes into a folder that exists."""
        (folder / self.name).write_bytes(self.part)


Changed = tuple[Sequence[File | CutFile], pd.Index]
"""What stands in the place of a file, and the rows concerned, by the canonical ids that the file's rows have."""


@dataclass(frozen=True)
class FileFault:
    """One fault of the files with delimited text; `share` is of their rows, or of the file where it is cut; whole files have 1."""

    about: str
    share: float
    change: Callable[[TextFile, float, np.random.Generator], Changed]
    of: str = "rows of each file"

    @property
    def takes_share(self) -> bool:
        """Whether it can be in some rows and not in others."""
        return self.of != WHOLE


def spoil(delivery: Delivery, wanted: Mapping[str, float], seed: int) -> tuple[Delivery, pd.DataFrame]:
    """The delivery with the faults in its text files, and one row for every row concerned: fault, file, row_id."""
    found = []
    for name, share in wanted.items():
        files: list[File | CutFile] = []
        for file in delivery.files:
            if not isinstance(file, TextFile) or file.rows.empty:
                files.append(file)
                continue
            changed, rows = FILE_FAULTS[name].change(
                file, share, Streams(seed)(f"fault {name} {delivery.system} {(file.part_of or file).name}")
            )
            files += changed
            if _is_as_it_was(file, changed):
                continue  # it had that already, or had nothing that could be struck
            found.append(pd.DataFrame({"fault": name, "file": f"{delivery.system}/{file.name}", "row_id": rows.astype(str)}))
        delivery = replace(delivery, files=tuple(files))  # type: ignore[arg-type]
    columns = ["fault", "file", "row_id"]
    return delivery, pd.concat(found, ignore_index=True).drop_duplicates() if found else pd.DataFrame(columns=columns, dtype=str)


def _is_as_it_was(file: TextFile, changed: Sequence[File | CutFile]) -> bool:
    return len(changed) == 1 and isinstance(changed[0], TextFile) and changed[0].content() == file.content()


def _written(**dialect: object) -> Callable[[TextFile, float, np.random.Generator], Changed]:
    def change(file: TextFile, share: float, rng: np.random.Generator) -> Changed:
        return [replace(file, dialect=replace(file.dialect, **dialect))], file.rows.index  # type: ignore[arg-type]

    return change


def translate_headers(file: TextFile, share: float, rng: np.random.Generator) -> Changed:
    """The export of somebody whose screen is in Dutch."""

    def ours(names: Sequence[str]) -> tuple[str, ...]:
        return tuple(DUTCH.get(name, name) for name in names)

    columns = {"amounts": ours(file.amounts), "moments": ours(file.moments), "unit": DUTCH.get(file.unit, file.unit) if file.unit else None}
    rows = file.rows.set_axis(list(ours(list(map(str, file.rows)))), axis=1)
    whole = translate_headers(file.part_of, share, rng)[0][0] if file.part_of else None
    return [replace(file, rows=rows, part_of=whole, **columns)], file.rows.index  # type: ignore[arg-type]


def truncate(file: TextFile, share: float, rng: np.random.Generator) -> Changed:
    """The download broke off in the middle of a row; the rows concerned are that one and those behind it."""
    content = file.content()
    ends = np.flatnonzero(np.frombuffer(content, dtype=np.uint8) == ord("\n"))
    last = max(1, min(int(len(ends) * (1 - share)), len(ends) - 1))
    return [CutFile(file.name, content[: int(ends[last - 1] + ends[last]) // 2])], file.rows.index[last - 1 :]


def overlap(file: TextFile, share: float, rng: np.random.Generator) -> Changed:
    """Two exports, the second begun before the first ended: the rows of `share` of all units stand in both."""
    unit = file.rows[file.unit] if file.unit else pd.Series(range(len(file.rows)), file.rows.index)
    codes = pd.factorize(unit)[0]
    middle, half = (codes.max() + 1) / 2, max(1, share * (codes.max() + 1)) / 2
    first, second = codes < middle + half, codes >= middle - half
    stem, _, ending = file.name.rpartition(".")
    parts = [
        replace(file, name=f"{stem}_{number}.{ending}", rows=file.rows[mask], part_of=file) for number, mask in ((1, first), (2, second))
    ]
    return parts, file.rows.index[first & second]


def swap_days(file: TextFile, share: float, rng: np.random.Generator) -> Changed:
    """Day and month change places where both could be a month and they are not the same."""
    return _in_moments(file, share, rng, lambda column: column.str.replace(DATE, r"\1-\3-\2", regex=True), EITHER_WAY)


def forget_zone(file: TextFile, share: float, rng: np.random.Generator) -> Changed:
    """Times without the offset that says what they mean."""
    return _in_moments(file, share, rng, lambda column: column.str.replace(OFFSET, "", regex=True), OFFSET)


def mistake_zone(file: TextFile, share: float, rng: np.random.Generator) -> Changed:
    """The shop's own clock, with the offset of Greenwich."""
    return _in_moments(file, share, rng, lambda column: column.str.replace(OFFSET, " +0000", regex=True), OFFSET)


def save_in_excel(file: TextFile, share: float, rng: np.random.Generator) -> Changed:
    """Opened in an American Excel and saved: m/d/yy, no seconds, no offset, no leading zeros, long numbers with an exponent."""
    rows = file.rows.copy()
    for name in rows:
        column = rows[name].astype(object)
        text = column.where(column.isna(), column.astype(str))
        rows[name] = text.map(_as_excel_writes if name not in file.moments else _as_excel_dates, na_action="ignore")
    return [file.with_rows(rows)], file.rows.index


def _in_moments(file: TextFile, share: float, rng: np.random.Generator, change: Callable[[pd.Series], pd.Series], where: str) -> Changed:
    """A change of every moment of a share of the units that have one that it can change: an order is not of two minds about its day.

    Of several files that were made of one the same units are struck, as a unit may stand in each.
    """
    rows, whole = file.rows.copy(), file.part_of or file
    candidates = _units(whole)[_able(whole, where)].unique()
    if not len(candidates):
        return [file], rows.index[:0]
    chosen = candidates[rng.choice(len(candidates), max(1, round(share * len(candidates))), replace=False)]
    struck = _units(file).isin(chosen).to_numpy() & _able(file, where)
    for name in file.moments:
        column = rows[name].astype("string")
        fits = struck & column.str.contains(where, regex=True).fillna(False).to_numpy(dtype=bool)
        rows[name] = column.where(~fits, change(column)).astype(object)
    return [file.with_rows(rows)], rows.index[struck]


def _units(file: TextFile) -> pd.Series:
    """What each row is about: the order of a line, or itself."""
    return file.rows[file.unit] if file.unit else pd.Series(file.rows.index, file.rows.index)


def _able(file: TextFile, where: str) -> Bools:
    """The rows with a moment that a change can strike."""
    able = np.zeros(len(file.rows), dtype=bool)
    for name in file.moments:
        able |= file.rows[name].astype("string").str.contains(where, regex=True).fillna(False).to_numpy(dtype=bool)
    return able


def _as_excel_writes(cell: str) -> str:
    """A number without what Excel drops: a leading apostrophe or zero, a last zero, all but three digits of a long one."""
    digits = cell.removeprefix("'")
    if not digits.replace(".", "", 1).isdigit():
        return cell
    return f"{float(digits):.2E}" if digits.isdigit() and len(digits) > EXACT_DIGITS else f"{float(digits):.{EXACT_DIGITS}g}"


def _as_excel_dates(cell: str) -> str:
    at = pd.to_datetime(cell[: len("2026-01-24 17:34:28")].replace("T", " "), errors="coerce")
    return cell if at is pd.NaT else f"{at.month}/{at.day}/{at:%y} {at.hour}:{at:%M}"


FILE_FAULTS = {
    # first, so that the others strike and name each of the two
    "overlapping_exports": FileFault("two files that have rows in common", 0.1, overlap),
    "semicolons": FileFault("semicolons between cells and a comma in amounts", 1.0, _written(delimiter=";", decimal=","), WHOLE),
    "cp1252": FileFault("the encoding of an old Windows", 1.0, _written(encoding="cp1252", bom=False), WHOLE),
    "utf16": FileFault("the encoding of Excel's Unicode text", 1.0, _written(encoding="utf-16-le", bom=True), WHOLE),
    "bom": FileFault("a byte order mark before the first header", 1.0, _written(encoding="utf-8", bom=True), WHOLE),
    "translated_headers": FileFault("headers in Dutch", 1.0, translate_headers, WHOLE),
    "swapped_days": FileFault("day and month in each other's place", 0.05, swap_days, UNITS),
    "no_time_zone": FileFault("times without an offset", 1.0, forget_zone, UNITS),
    "wrong_time_zone": FileFault("local times that say they are UTC", 1.0, mistake_zone, UNITS),
    "excel_round_trip": FileFault("opened in Excel and saved again", 1.0, save_in_excel, WHOLE),
    "truncated_file": FileFault("the file breaks off in the middle of a row", 0.2, truncate),  # last: it leaves bytes, not rows
}
