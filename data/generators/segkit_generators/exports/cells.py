"""Moments, amounts, names and ids as the text that systems write."""

import hashlib
import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from babel import Locale

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_DIALLING = {
    "AT": "43", "BE": "32", "CH": "41", "DE": "49", "DK": "45", "ES": "34", "FR": "33", "GB": "44", "IE": "353", "IT": "39",
    "LU": "352", "NL": "31", "PL": "48", "PT": "351", "SE": "46", "US": "1",
}  # fmt: skip
OFFSET, UTC_TEXT, SECONDS = "%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"


def moments(at: pd.Series, zone: str = "UTC", form: str = UTC_TEXT) -> pd.Series:
    """UTC moments as text on the clock of a zone, null where they are."""
    return at.dt.tz_localize("UTC").dt.tz_convert(zone).dt.strftime(form)


def iso(at: pd.Series, zone: str = "UTC") -> pd.Series:
    """UTC moments as ISO 8601 with the offset of a zone, such as 2026-01-24T17:34:28+01:00."""
    written = moments(at, zone, SECONDS)
    return written.str[:-2] + ":" + written.str[-2:]


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
    """An id of letters and digits that always belongs to the same name."""
    number = int.from_bytes(hashlib.blake2s(f"{kind} {name}".encode()).digest())
    digits = []
    for _ in range(length):
        number, digit = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return "".join(digits)


def hexadecimal(kind: str, name: object) -> str:
    """Thirty-two hexadecimal digits that always belong to the same name."""
    return hashlib.blake2s(f"{kind} {name}".encode(), digest_size=16).hexdigest()


def codes(kind: str, names: Iterable[Any], length: int) -> npt.NDArray[np.object_]:
    """The id of each name, None where the name is null."""
    return np.array([None if pd.isna(name) else code_of(kind, name, length) for name in names], dtype=object)


def slug(title: str) -> str:
    """A title as part of a web address."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
