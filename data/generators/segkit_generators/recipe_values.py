"""The values that the keys of a shop's YAML may have: shares, weights, days, ranges that rise, days of every year."""

from datetime import date
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, Field

NO_LEAP_YEAR = 2001
LITTLE, MUCH = 1e-6, 1e6  # beyond them a shop is no shop, and its numbers no numbers
LONG = 36_500  # days: a century


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is no time zone; write one such as Europe/Brussels")
    return name


def _day_of_every_year(text: str) -> str:
    month, day = map(int, text.split("-"))
    try:
        date(NO_LEAP_YEAR, month, day)
    except ValueError:
        raise ValueError("Write a day that every year has, month-day such as 03-01") from None
    return text


def _rising(ends: list[float]) -> list[float]:
    if ends[0] > ends[1]:
        raise ValueError("Write the lower number first")
    return ends


def _some(weights: list[float]) -> list[float]:
    if not any(weights):
        raise ValueError("Give one of them a weight above 0 at the least")
    return weights


Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0, le=MUCH)]
Amount = Annotated[float, Field(ge=LITTLE, le=MUCH)]
Lines = Annotated[float, Field(ge=0, le=100)]
Scale = Annotated[float, Field(ge=LITTLE, le=100)]
Shape = Annotated[float, Field(ge=0.1, le=1000)]
Concentration = Annotated[float, Field(ge=0.01, le=1000)]
Sigma = Annotated[float, Field(ge=0, le=5)]
Count = Annotated[int, Field(ge=0, le=100_000)]
Days = Annotated[int, Field(ge=1, le=LONG)]
History = Annotated[int, Field(ge=120, le=LONG)]
Year = Annotated[int, Field(ge=1900, le=2099)]
PoolSize = Annotated[int, Field(ge=10, le=10_000)]
Hour = Annotated[int, Field(ge=0, le=23)]
Range = Annotated[list[Count], Field(min_length=2, max_length=2), AfterValidator(_rising)]
Rates = Annotated[list[Weight], Field(min_length=2, max_length=2), AfterValidator(_rising)]
Week = Annotated[list[Weight], Field(min_length=7, max_length=7), AfterValidator(_some)]
Hours = Annotated[list[Weight], Field(min_length=24, max_length=24), AfterValidator(_some)]
Scores = Annotated[list[Weight], Field(min_length=10, max_length=10), AfterValidator(_some)]
Pool = Literal["nl_NL", "nl_BE", "fr_FR", "de_DE", "en_GB"]
Language = Literal["nl", "en", "fr", "de"]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$")]
CountryCode = Annotated[str, Field(pattern="^[A-Z]{2}$")]
MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$"), AfterValidator(_day_of_every_year)]
TimeZone = Annotated[str, AfterValidator(_zone)]
