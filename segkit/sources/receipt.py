"""The receipt of a load: for every file what was read, and what became of each row."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Receipt:
    """One file: rows read = kept + mended + set aside + refused, with the kinds and reasons."""

    file: str
    sha256_12: str
    reader: str | None = None
    status: str = "unused"  # read, skipped (the same bytes twice) or unused (no reader wants it)
    reason: str | None = None  # why it was not read: same_file, no_reader or unreadable
    detail: str | None = None  # the file with the same bytes, or what is wrong with an unreadable one
    rows_read: int = 0
    kept: int = 0
    mended: int = 0
    set_aside: int = 0
    refused: int = 0
    kinds: list[dict[str, Any]] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""
    decimal_mark: str = ""
    date_order: str = ""
    from_at: str | None = None
    to_at: str | None = None

    def add(self, verdict: str, reason: str | None, rows: int) -> None:
        """Count rows that got a verdict, by kind; of refused rows the kind is why, as key|column."""
        setattr(self, verdict, getattr(self, verdict) + rows)
        self.rows_read += rows
        name, column = _why(reason) if verdict == "refused" else (reason, None)
        for kind in self.kinds:
            if (kind["kind"], kind["column"], kind["verdict"]) == (name, column, verdict):
                kind["rows"] += rows
                return
        self.kinds.append({"kind": name, "column": column, "verdict": verdict, "rows": rows})

    def as_dict(self) -> dict[str, Any]:
        """The receipt as plain data."""
        return asdict(self)

    def as_extract(self) -> dict[str, Any]:
        """The receipt as a row of the table extracts; what the file does not say is empty."""
        return {
            "extract_id": self.file,  # rows name it as the file they came from
            "source_system": self.reader or "unused",
            "source_object": self.status,
            "file_name": self.file,
            "file_sha256": self.sha256_12,
            "encoding": self.encoding or None,
            "delimiter": self.delimiter or None,
            "decimal_mark": self.decimal_mark or None,
            "date_order": self.date_order or None,
            "rows_read": self.rows_read,
            "rows_loaded": self.kept + self.mended,
            "rows_rejected": self.refused,
            "coverage_from": self.from_at,
            "coverage_to": self.to_at,
        }


def _why(reason: str | None) -> tuple[str, str | None]:
    key, _, column = str(reason).partition("|")
    return key, column or None
