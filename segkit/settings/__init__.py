"""Thresholds and client files: every number with its reason, and what a client may change."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from segkit import clock
from segkit.errors import SegkitError, SettingsError

_WHOLE = ("days", "orders", "opens and clicks", "profiles", "levels", "quarters", "countries", "gaps", "mails", "visits", "views")
_MOST = {"share": 1, "days": 36_500}  # a century: earlier days are not in anyone's deliveries
_RISING = (  # less, more, and the fewest days between them
    ("active_days", "sleeping_from_days", 2),  # or the age group between them has no day
    ("sleeping_from_days", "sleeping_to_days", 1),
    ("purchase_recent_days", "purchase_lapsed_days", 1),
    ("passing_through_days", "purchase_lapsed_days", 0),
    ("espresso_days", "engaged_recent_days", 0),
    ("feedback_low_score", "feedback_high_score", 0),
)
Value = float | int | str | list[float]
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Threshold:
    """One number with its reason: value in `unit`, the built-in default, why, and the fact or text it comes from."""

    name: str
    value: Value
    unit: str
    why: str
    source: str
    default: Value
    choices: tuple[str, ...] = ()
    fixed: bool = False  # stands in a name, a table or a picture: the same for every client
    at_least: float = 0
    at_most: float = math.inf


@dataclass(frozen=True)
class Settings:
    """All thresholds by name; `settings["active_days"]` is the value."""

    thresholds: Mapping[str, Threshold]

    def __getitem__(self, name: str) -> Any:
        return self.threshold(name).value

    def threshold(self, name: str) -> Threshold:
        """The threshold called `name`; an unknown name is an error that lists near names."""
        if name not in self.thresholds:
            raise SettingsError(f"Unknown threshold {name!r}.", suggestion(name, self.thresholds))
        return self.thresholds[name]

    def override(self, values: Mapping[str, Any], file: str = "thresholds") -> Settings:
        """A copy in which the named thresholds have the client's values."""
        changed = dict(self.thresholds)
        for name, value in values.items():
            if name not in changed:
                raise SettingsError(f"{file}: unknown threshold {name!r}.", suggestion(name, changed))
            changed[name] = _replaced(changed[name], value, file)
        settings = Settings(changed)
        for less, more, between in _RISING:
            if settings[less] + between > settings[more]:
                told = f"{less} is {settings[less]} and {more} is {settings[more]}"
                raise SettingsError(f"{file}: {told}.", f"Make {more} at least {settings[less] + between}, or {less} smaller.")
        return settings


def _replaced(old: Threshold, value: Any, file: str) -> Threshold:
    if old.fixed:
        raise SettingsError(
            f"{file}: {old.name} stands in a name, a table or a picture of the report.", "Leave it out; it is the same for every client."
        )
    if not _fits(old, value):
        raise SettingsError(f"{file}: {old.name} is {value!r}.", f"Give {_allowed(old)}.")
    return replace(old, value=value)


def _allowed(old: Threshold) -> str:
    if old.choices:
        return f"one of {', '.join(old.choices)}"
    if old.unit == "date":
        return f"a day such as {old.default}, in quotes"
    kind = "whole number" if old.unit in _WHOLE else "number"
    most = "" if old.at_most == math.inf else f" and at most {old.at_most:g}"
    return f"a {kind} of {old.unit}, at least {old.at_least:g}{most}, such as {old.default}"


def _fits(old: Threshold, value: Any) -> bool:
    if old.unit == "date":
        return isinstance(value, str) and _is_day(value)
    if isinstance(old.default, str):
        return isinstance(value, str) and (not old.choices or value in old.choices)
    kinds = (int,) if old.unit in _WHOLE else (int, float)
    return type(value) in kinds and math.isfinite(value) and old.at_least <= value <= old.at_most


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


@cache
def default_settings() -> Settings:
    """The thresholds that ship with segkit (defaults.yaml)."""
    text = resources.files(__package__).joinpath("defaults.yaml").read_text(encoding="utf-8")
    rows: dict[str, dict[str, Any]] = YAML(typ="safe").load(text)
    return Settings({name: _threshold(name, row) for name, row in rows.items()})


def _threshold(name: str, row: Mapping[str, Any]) -> Threshold:
    unit = row["unit"]
    least = row.get("at_least", 1 if unit in _WHOLE else 0)
    most = row.get("at_most", _MOST.get(unit, math.inf))
    told = {"unit": unit, "why": row["why"], "source": str(row["source"]), "fixed": row.get("fixed", False)}
    return Threshold(name, row["value"], default=row["value"], choices=tuple(row.get("choices", ())), at_least=least, at_most=most, **told)


def currency_codes(value: Any) -> Any:
    """Check that a currency, or the key of every rate, is three capitals."""
    for code in [value] if isinstance(value, str) else value or ():
        if not re.fullmatch("[A-Z]{3}", code):
            raise ValueError(f"{code!r} is no currency code of three capitals, such as EUR")
    return value


class Brand(BaseModel):
    """The look of a client's report: an accent colour as #rrggbb and a logo file beside client.yaml."""

    model_config = ConfigDict(extra="forbid")

    colour: Annotated[str, Field(pattern="^#[0-9a-fA-F]{6}$")] | None = None
    logo: str | None = None


class Client(BaseModel):
    """What client.yaml may say about a client; every key is optional but the name."""

    model_config = ConfigDict(extra="forbid")

    name: str
    language: Literal["nl", "en"] = "nl"
    time_zone: str = "Europe/Amsterdam"
    currency: str | None = None  # None: what the orders are in
    rates: dict[str, Annotated[float, Field(gt=0)]] = {}  # what one unit of another currency is in the shop's own
    brand: Brand = Brand()
    thresholds: dict[str, Any] = {}
    mapping: str | None = None

    _codes = field_validator("currency", "rates")(currency_codes)

    def settings(self) -> Settings:
        """The built-in thresholds with this client's own values in place."""
        return default_settings().override(self.thresholds, "client.yaml")


def load_client(path: Path) -> Client:
    """Read a client.yaml; unknown keys, wrong types and unknown time zones are errors that name the key."""
    data = read_yaml(path)
    if not isinstance(data, dict):
        raise SettingsError(f"{path.name} holds no keys.", "Start it with a line such as  name: Bakery Jan")
    client = validated(Client, data, path.name)
    clock.zone(client.time_zone)
    client.settings()
    if client.brand.logo:
        client.brand.logo = str(path.parent / client.brand.logo)
    return client


def read_yaml(path: Path, error: type[SegkitError] = SettingsError) -> Any:
    """The content of a YAML 1.2 file (`no` and `on` stay text); a syntax error names file and line."""
    try:
        return YAML(typ="safe").load(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as problem:
        raise error(f"{path.name} is not UTF-8 text.", "Save it as UTF-8 in your editor.") from problem
    except YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise error(f"{path.name}{where}: {getattr(problem, 'problem', None) or 'not valid YAML'}.", "Mend that line.") from problem


def validated(model: type[M], data: Any, file: str, error: type[SegkitError] = SettingsError) -> M:
    """`data` as a model, or an error that names the file, the key and what is allowed there."""
    try:
        return model.model_validate(data)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise error(f"{file}: unknown key {place!r}.", suggestion(str(first["loc"][-1]), model.model_fields)) from None
        raise error(f"{file}: {place}: {first['msg']}.", "Mend that value.") from None


def suggestion(name: str, allowed: Iterable[str]) -> str:
    """What to do about an unknown name: the near names, and all of them when there are few."""
    names = sorted(allowed)
    near = difflib.get_close_matches(name, names, n=3)
    hint = f"Did you mean {' or '.join(near)}? " if near else ""
    return f"{hint}Allowed: {', '.join(names)}."
