"""Moments, amounts, names and ids as the text that systems write."""

import hashlib
import re
from base64 import b64encode

import numpy as np
import numpy.typing as npt
import pandas as pd
from babel import Locale

_DIALLING = {
    "AT": "43", "BE": "32", "CH": "41", "DE": "49", "DK": "45", "ES": "34", "FR": "33", "GB": "44", "IE": "353", "IT": "39",
    "LU": "352", "NL": "31", "PL": "48", "PT": "351", "SE": "46", "US": "1",
}  # fmt: skip


def moments(at: pd.Series, zone: str = "UTC") -> pd.Series:
    """UTC moments as text on the clock of a zone, such as 2026-01-24 17:34:28; null where they are."""
    return _local(at, zone, " ")


def with_offset(at: pd.Series, zone: str) -> pd.Series:
    """The same with the offset behind a blank: 2026-01-24 17:34:28 +0100."""
    return _local(at, zone, " ") + " " + _offset(at, zone).str.replace(":", "")


def iso(at: pd.Series, zone: str = "UTC") -> pd.Series:
    """UTC moments as ISO 8601 with the offset of a zone, such as 2026-01-24T17:34:28+01:00."""
    return _local(at, zone, "T") + _offset(at, zone)


def _local(at: pd.Series, zone: str, between: str) -> pd.Series:
    local = at.dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)
    written = pd.Series(np.datetime_as_string(local.to_numpy("datetime64[s]")), at.index, dtype=object)
    return written.str.replace("T", between).where(at.notna(), None)


def _offset(at: pd.Series, zone: str) -> pd.Series:
    """The offset of a zone at each moment, +01:00."""
    local = at.dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)
    minutes = (local - at).dt.total_seconds() // 60
    return minutes.map({one: _signed(int(one)) for one in minutes.dropna().unique()}).astype(object)


def _signed(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"


def unix(at: pd.Series) -> pd.Series:
    """UTC moments as whole seconds since 1970."""
    return at.astype("datetime64[s]").astype("int64")


def amounts(money: pd.Series) -> pd.Series:
    """Money as text with two decimals, null where it is."""
    return money.map("{:.2f}".format, na_action="ignore").astype(object)


def cents(money: pd.Series) -> pd.Series:
    """Money as whole cents."""
    return (money * 100).round().astype("Int64")


def words(flags: pd.Series, true: str, false: str) -> pd.Series:
    """Two words for true and false; what is unknown is false."""
    return flags.fillna(False).astype(bool).map({True: true, False: false})


def joined(first: pd.Series, second: pd.Series) -> pd.Series:
    """Two columns of words with a blank between, either of which may be null."""
    both = (first.fillna("") + " " + second.fillna("")).str.strip()
    return both.where(both != "", None)


def birthdays(people: pd.DataFrame) -> pd.Series:
    """Days of birth as text, null where a part is not known."""
    parts = people[["birth_year", "birth_month", "birth_day"]].set_axis(["year", "month", "day"], axis=1)
    return pd.to_datetime(parts, errors="coerce").dt.strftime("%Y-%m-%d")


def country_names(codes: pd.Series) -> pd.Series:
    """English names of countries."""
    names = Locale("en").territories
    return codes.map({code: names[code] for code in codes.dropna().unique()})


def e164(phones: pd.Series, countries: pd.Series) -> pd.Series:
    """Phone numbers in the international form without blanks, by the country of their owner; null where that cannot be told."""
    return pd.Series([_e164(*pair) for pair in zip(phones, countries, strict=True)], phones.index, dtype=object)


def _e164(phone: object, country: object) -> str | None:
    if not isinstance(phone, str) or not isinstance(country, str):
        return None
    digits = re.sub(r"\D", "", phone.replace("(0)", ""))
    if phone.strip().startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    return f"+{_DIALLING[country]}{digits.removeprefix('0')}" if country in _DIALLING else None


def code_of(kind: str, name: object, length: int) -> str:
    """An id of letters and digits, of at most 40, that always belongs to the same name."""
    return b64encode(hashlib.blake2s(f"{kind} {name}".encode()).digest(), b"Aa").decode()[:length]


def hexadecimal(kind: str, name: object) -> str:
    """Thirty-two hexadecimal digits that always belong to the same name."""
    return hashlib.blake2s(f"{kind} {name}".encode(), digest_size=16).hexdigest()


def codes(kind: str, names: npt.ArrayLike, length: int) -> npt.NDArray[np.object_]:
    """The id of each name, None where the name is null."""
    found = np.asarray(names, dtype=object)
    missing = pd.isna(found)
    return np.array([None if gone else code_of(kind, name, length) for name, gone in zip(found, missing, strict=True)], dtype=object)


def slug(title: str) -> str:
    """A title as part of a web address."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
