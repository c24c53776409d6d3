"""Country names in the languages of deliveries, as ISO 3166 codes."""

from functools import cache

from babel import Locale

_LANGUAGES = ("en", "nl", "de", "fr")
_OTHER_NAMES = {  # common in shop exports, in none of the official lists
    "usa": "US", "uk": "GB", "england": "GB", "holland": "NL", "the netherlands": "NL", "eire": "IE", "czech republic": "CZ",
    "hong kong": "HK", "rsa": "ZA", "uae": "AE", "korea": "KR", "vlaanderen": "BE", "great britain": "GB",
}  # fmt: skip


@cache
def country_codes() -> dict[str, str]:
    """Lower-case names and codes to ISO codes of two letters."""
    codes: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("ZZ", "EU", "UN", "XA", "XB", "EZ", "QO"):
                codes.setdefault(str(name).lower(), code)
                codes[code.lower()] = code
    return codes | _OTHER_NAMES
