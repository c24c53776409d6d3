"""The values in a definition: amounts, tests, lists and names, each checked where it is written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from segkit.errors import SegmentError
from segkit.segments import words
from segkit.segments.tree import COMPARISONS, Amount, Shop, Test, Tests, Value
from segkit.settings import suggestion

IS, IS_NOT, IN, NOT_IN = "is", "is_not", "in", "not_in"
CONTAINS, CONTAINS_NOT, STARTS_WITH, KNOWN, UNKNOWN = "contains", "does_not_contain", "starts_with", "known", "unknown"
PASSED_BY_UNKNOWN = (IS_NOT, NOT_IN, CONTAINS_NOT, UNKNOWN)
OPERATORS = {
    words.TEXT: (IS, IS_NOT, IN, NOT_IN, CONTAINS, CONTAINS_NOT, STARTS_WITH, KNOWN),
    words.NUMBER: (IS, IS_NOT, IN, NOT_IN, *COMPARISONS, KNOWN),
    words.FLAG: (IS, IS_NOT, KNOWN),
    words.LIST: (CONTAINS, CONTAINS_NOT, KNOWN),
}
_FIGURES = {
    "average order value": "order_value_mean", "median order value": "order_value_median", "quantile": "order_value_quantile",
}  # fmt: skip
_SHOP = re.compile(r"(?:([\d.]+) ?(?:x|\*|times) )?shop (?:(average order value|median order value)|([\d.]+)% (quantile) of average value)")
SHOP_FORMS = ("shop average order value", "shop median order value", "1.5 x shop average order value", "shop 80% quantile of average value")
_HUNDRED = 100
FACTOR_DECIMALS = 3
MOST, DECIMALS = 10**15, 16  # beyond these digits engines compare amounts as doubles, each with another rounding
_NOT_IN_FILES = re.compile("[\0\ud800-\udfff]")  # half of a character, or none
_CODE = re.compile("[A-Z]{2}")
LONGEST = 60  # characters of a value that an error repeats


def number(value: Any, path: str, least: Decimal | int | None = None) -> int | Decimal:
    """A number as written: 3, 12.5 or "12.5"; whole numbers are int, others exact."""
    told = value.strip() if isinstance(value, str) else value
    if isinstance(told, bool) or not isinstance(told, (int, float, str, Decimal)):
        raise SegmentError(f"{path}: {shown(value)} is not a number.", "Write a number such as 3 or 12.5.")
    try:
        exact = Decimal(str(told))
    except InvalidOperation as error:
        raise SegmentError(f"{path}: {value!r} is not a number.", "Write a number such as 3 or 12.5, with a point.") from error
    if not exact.is_finite():  # 1e400 is infinite for YAML
        raise SegmentError(f"{path}: {value} is no amount.", f"Write a number such as 3 or 12.5, at most {MOST}.")
    if least is not None and exact < least:
        raise SegmentError(f"{path}: {value} is too small.", f"Write at least {least}.")
    _comparable(exact, path)
    return int(exact) if exact == exact.to_integral_value() else exact.normalize()


def _comparable(exact: Decimal, path: str) -> None:
    if exact.copy_abs() > MOST:
        raise SegmentError(f"{path}: {shown(str(exact))} is beyond any amount.", f"Write at most {MOST}.")
    if -int(exact.normalize().as_tuple().exponent) > DECIMALS:
        raise SegmentError(f"{path}: {shown(str(exact))} has too many decimals.", f"Write at most {DECIMALS} decimals.")


def whole(value: Any, path: str, least: int = 0) -> int:
    """A whole number, at least `least`."""
    found = number(value, path, least)
    if not isinstance(found, int):
        raise SegmentError(f"{path}: {value} is not a whole number.", "Leave out the decimals.")
    return found


def amount(value: Any, path: str) -> Amount:
    """A number, or one of the shop's own figures in words, such as "shop average order value"."""
    if isinstance(value, Shop):
        return value
    if isinstance(value, str) and "shop" in value:
        return _figure(value, path)
    return number(value, path)


def _figure(text: str, path: str) -> Shop:
    found = _SHOP.fullmatch(" ".join(text.lower().split()))
    if not found:
        raise SegmentError(f"{path}: {text!r} is no figure of the shop.", f"Write a number, or {', '.join(SHOP_FORMS)}.")
    factor, figure, percent, quantile = found.groups()
    share_ = share(f"{percent}%", path) if percent else None
    return Shop(_FIGURES[figure or quantile], _factor(factor, path) if factor else Decimal(1), share_)


def _factor(told: str, path: str) -> Decimal:
    """How many times a figure of the shop; engines compare it as whole thousandths."""
    factor = Decimal(str(number(told, path)))
    if not factor or factor != round(factor, FACTOR_DECIMALS):
        raise SegmentError(
            f"{path}: {told} x a figure of the shop cannot be compared exactly.", "Write 0.001 or more, with at most three decimals."
        )
    return factor


def share(value: Any, path: str) -> Decimal:
    """A part of the whole: 10% or 0.1, more than 0 and at most 1."""
    told = value.strip() if isinstance(value, str) else value
    percent = isinstance(told, str) and told.endswith("%")
    found = Decimal(number(told[:-1] if percent else told, path)) / (_HUNDRED if percent else 1)
    if not 0 < found <= 1:
        raise SegmentError(f"{path}: {value} is not a share.", "Write a share such as 10% or 0.1, more than 0 and at most 1.")
    return found.normalize()


def flag(value: Any, path: str) -> bool:
    """true or false; `no` and `yes` are text in YAML 1.2."""
    if not isinstance(value, bool):
        raise SegmentError(f"{path}: {shown(value)} is not true or false.", "Write true or false, without quotes.")
    return value


def text(value: Any, path: str) -> str:
    """Text, NFC; a number or flag where text is meant needs quotes."""
    if value is None:
        raise SegmentError(f"{path} is empty.", "Write the value to look for.")
    if isinstance(value, (date, datetime)) or not isinstance(value, str):
        raise SegmentError(f"{path}: {shown(value)} is not text.", f'Put it in quotes:  "{value}".')
    if not value.strip():
        raise SegmentError(f"{path} is empty.", "Write the value to look for.")
    if _NOT_IN_FILES.search(value):
        raise SegmentError(f"{path}: {shown(value)} holds a character that no file can hold.", "Write the text anew.")
    return unicodedata.normalize("NFC", value)


def name(value: Any, allowed: Iterable[str], path: str, what: str) -> str:
    """One of the allowed words."""
    known = list(allowed)
    if value not in known:
        raise SegmentError(f"{path}: unknown {what} {shown(value)}.", suggestion(str(value), known))
    return str(value)


def tests(given: Any, known: Mapping[str, words.Property], path: str) -> Tests:
    """The tests of a mapping {property: value} or {property: {operator: value}}, in one order."""
    if not isinstance(given, Mapping) or not given:
        raise SegmentError(f"{path}: {shown(given)} is no mapping.", "Write {property: value}, such as {category: Taarten}.")
    found = [one for key, value in given.items() for one in _tests(key, value, known, f"{path}.{key}")]
    return tuple(sorted(dict.fromkeys(found), key=lambda test: (test.name, test.op, str(test.value))))


def _tests(key: Any, value: Any, known: Mapping[str, words.Property], path: str) -> list[Test]:
    told = words.spelling(str(key))
    if told not in known:
        raise SegmentError(f"{path}: unknown property {shown(key)}.", suggestion(str(key), known))
    kind = known[told].type
    if isinstance(value, Mapping):
        if not value:
            raise SegmentError(f"{path}: {{}} tests nothing.", f"Write a value, or one of {', '.join(OPERATORS[kind])} with its value.")
        return [test(told, kind, op, inner, f"{path}.{op}") for op, inner in value.items()]
    if isinstance(value, (list, tuple)):
        return [test(told, kind, IN, value, path)]
    return [test(told, kind, CONTAINS if kind == words.LIST else IS, value, path)]


def test(told: str, kind: str, op: Any, value: Any, path: str) -> Test:
    """One test of a property of a kind."""
    name(op, OPERATORS[kind], path, "operator")
    if op == KNOWN:
        return Test(told, KNOWN if flag(value, path) else UNKNOWN, True)
    if op in (IN, NOT_IN):
        if not isinstance(value, (list, tuple)) or not value:
            raise SegmentError(f"{path}: {shown(value)} is no list.", "Write a list with at least one value, such as [NL, BE].")
        values = sorted({_value(told, kind, inner, f"{path}[{place}]") for place, inner in enumerate(value)}, key=str)
        return Test(told, {IN: IS, NOT_IN: IS_NOT}[op], values[0]) if len(values) == 1 else Test(told, op, tuple(values))  # type: ignore[arg-type]
    return Test(told, op, _value(told, kind, value, path))


def _value(told: str, kind: str, value: Any, path: str) -> Value:
    if value is None:
        raise SegmentError(f"{path}: null is no value.", f"Write  {told}: {{known: false}}  for everyone of whom it is not known.")
    if kind == words.FLAG:
        return flag(value, path)
    if kind == words.NUMBER:
        return number(value, path)
    return _country(text(value, path), path) if told == "country" else text(value, path)


def _country(code: str, path: str) -> str:
    """Deliveries hold countries as ISO codes; anything else would silently be nobody."""
    if _CODE.fullmatch(code):
        return code
    meant = code.upper() if _CODE.fullmatch(code.upper()) else "NL"
    raise SegmentError(f"{path}: {shown(code)} is no country.", f"Write its two capitals of ISO 3166, such as {meant}.")


def shown(value: Any) -> str:
    told = repr(value)
    return told if len(told) <= LONGEST else f"{told[:LONGEST]}..."
