"""What each verb builds from its keys: the parts of a condition, checked where they are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from segkit.errors import SegmentError
from segkit.segments import tree, values, words
from segkit.segments.tree import Condition, Tests, all_of
from segkit.segments.window import EVER, HOURS_A_DAY, MOST_DAYS, Window, parse, within_a_century
from segkit.settings import suggestion

Keys = Mapping[str, Any]
MEASURES = {"total_value": tree.SUM, "average_value": tree.MEAN, "highest_value": tree.MAX, "count": tree.COUNT}

# --- parts of a condition ---------------------------------------------------------------------------------------------


def _metrics(value: Any, path: str) -> tuple[str, ...]:
    """One kind of event, or several whose rows are in one table."""
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, (list, tuple)) or not names:
        raise SegmentError(f"{path}: {value!r} is no event.", suggestion(str(value), words.metrics()))
    found = tuple(sorted({values.name(one, words.metrics(), path, "event") for one in names}))
    if len({words.metrics()[one].table for one in found}) > 1:
        raise SegmentError(f"{path}: {' and '.join(found)} cannot be counted together.", "Join two conditions with any:.")
    return found


def _where(metrics: tuple[str, ...], keys: Keys, path: str, key: str = "where", without: tuple[str, ...] = ()) -> Tests:
    known = {name: prop for metric in metrics for name, prop in words.metrics()[metric].properties.items()}
    given = keys.get(key)
    left = {name: value for name, value in given.items() if name not in without} if isinstance(given, Mapping) else given
    return () if left is None or (left == {} and without) else values.tests(left, known, f"{path}.{key}")


def _item(metrics: tuple[str, ...], keys: Keys, path: str) -> Tests:
    if "item" not in keys:
        return ()
    if not all(words.metrics()[metric].has_items for metric in metrics):
        raise SegmentError(f"{path}.item: {metrics[0]} has no lines.", "Test the lines of placed_order, or use where:.")
    return values.tests(keys["item"], words.items(), f"{path}.item")


def _window(keys: Keys, path: str, key: str = "within") -> Window:
    window = parse(keys[key], f"{path}.{key}") if key in keys else EVER
    if window.is_ahead:
        raise SegmentError(
            f"{path}.{key}: {window} has not happened yet.", "Only dates of a person lie ahead:  {date: birthday, is: next 7 days}."
        )
    return window


def _comparison(keys: Keys, path: str) -> tuple[str, Any]:
    found = [key for key in tree.COMPARISONS if key in keys]
    if len(found) > 1:
        raise SegmentError(f"{path}: {' and '.join(found)} cannot both be here.", "Use two conditions joined by all:.")
    return (found[0], values.amount(keys[found[0]], f"{path}.{found[0]}")) if found else ("", None)


def _needed(keys: Keys, key: str, path: str, example: str) -> Any:
    if keys.get(key) is None:
        raise SegmentError(f"{path} lacks {key}:.", f"Write  {example}.")
    return keys[key]


# --- builders ---------------------------------------------------------------------------------------------------------


def did(keys: Keys, path: str) -> Condition:
    metrics = _metrics(keys["did"], f"{path}.did")
    op, amount = _comparison(keys, path)
    if op and (not isinstance(amount, int) or amount < 0):
        raise SegmentError(f"{path}.{op}: {values.shown(keys[op])} is not a whole number of times.", "Write a whole number, such as 3.")
    where, item = _where(metrics, keys, path), _item(metrics, keys, path)
    return tree.Event(metrics, op or tree.AT_LEAST, amount if op else 1, tree.COUNT, where, item, _window(keys, path))


def never(keys: Keys, path: str) -> Condition:
    metrics = _metrics(keys["never"], f"{path}.never")
    return tree.Event(metrics, tree.EXACTLY, 0, tree.COUNT, _where(metrics, keys, path), _item(metrics, keys, path), _window(keys, path))


def value(verb: str) -> Callable[[Keys, str], Condition]:
    def made(keys: Keys, path: str) -> Condition:
        metrics = _metrics(keys[verb], f"{path}.{verb}")
        _with_value(metrics, f"{path}.{verb}")
        op, amount = _comparison(keys, path)
        if not op:
            raise SegmentError(f"{path} lacks an amount.", f"Add one of {', '.join(tree.COMPARISONS)}, such as  at_least: 100.")
        where, item = _where(metrics, keys, path), _item(metrics, keys, path)
        return tree.Event(metrics, op, amount, MEASURES[verb], where, item, _window(keys, path))

    return made


def _with_value(metrics: tuple[str, ...], path: str) -> None:
    worthless = [metric for metric in metrics if words.metrics()[metric].value is None]
    if worthless:
        having = [name for name, metric in words.metrics().items() if metric.value]
        raise SegmentError(f"{path}: {worthless[0]} has no value.", f"Use one of {', '.join(having)}.")


def every(keys: Keys, path: str) -> Condition:
    metrics = _metrics(keys["every"], f"{path}.every")
    where, item = _where(metrics, keys, path), _item(metrics, keys, path)
    if not where and not item:
        raise SegmentError(f"{path}: every {metrics[0]} must pass some test.", "Add item: {brand: ...} or where: {...}.")
    return tree.Every(metrics, values.whole(keys.get("at_least", 1), f"{path}.at_least", 1), where, item, _window(keys, path))


def no(keys: Keys, path: str) -> Condition:
    rest = {key: value for key, value in keys.items() if key != "no"}
    return never({"never": keys["no"], **rest}, path)


def extreme(which: str) -> Callable[[Keys, str], Condition]:
    def made(keys: Keys, path: str) -> Condition:
        metrics = _metrics(keys[which], f"{path}.{which}")
        where, item, window = _where(metrics, keys, path), _item(metrics, keys, path), _window(keys, path, "was")
        if not where and not item and window.is_ever:
            raise SegmentError(f"{path}: the {which} {metrics[0]} must be tested.", "Add  was: last 30 days  or  where: {...}.")
        return tree.Latest(which, metrics, where, item, window)

    return made


def after(keys: Keys, path: str) -> Condition:
    first = values.name(keys["after"], words.metrics(), f"{path}.after", "event")
    said = [key for key in ("followed_by", "not_followed_by") if key in keys]
    if len(said) != 1:
        raise SegmentError(f"{path} says what follows {len(said)} times.", "Write one of followed_by: and not_followed_by:.")
    then = values.name(keys[said[0]], words.metrics(), f"{path}.{said[0]}", "event")
    same = _same(first, then, keys.get("where_next"), f"{path}.where_next")
    after = _where((then,), keys, path, "where_next", without=("same",))
    return tree.Follow(
        first, then, _span(keys, path), said[0] == "followed_by", _where((first,), keys, path), after, same, _window(keys, path)
    )


def _same(first: str, then: str, given: Any, path: str) -> tuple[str, ...]:
    if not isinstance(given, Mapping) or "same" not in given:
        return ()
    told = given["same"] if isinstance(given["same"], (list, tuple)) else [given["same"]]
    shared = [name for name in words.metrics()[first].properties if name in words.metrics()[then].properties]
    if not shared:
        raise SegmentError(f"{path}.same: {first} and {then} have no property in common.", "Leave same: out.")
    return tuple(sorted({values.name(words.spelling(str(one)), shared, f"{path}.same", "shared property") for one in told}))


def _span(keys: Keys, path: str) -> int:
    """The time in which the second event must come, in hours."""
    said = [key for key in ("days", "hours") if key in keys]
    if len(said) != 1:
        raise SegmentError(f"{path} must say within which time.", "Write one of  days: 1  and  hours: 24.")
    hours = values.whole(keys[said[0]], f"{path}.{said[0]}", 1) * (HOURS_A_DAY if said[0] == "days" else 1)
    return within_a_century(hours, MOST_DAYS * HOURS_A_DAY, f"{path}.{said[0]}", f"{keys[said[0]]} {said[0]}")


def profile(keys: Keys, path: str) -> Condition:
    given = keys["profile"]
    own = (
        {key: words.Property(key, "", words.TEXT) for key in given if str(key).startswith(words.OWN)} if isinstance(given, Mapping) else {}
    )
    typed = {key: words.Property(key, "", _type_of(given[key])) for key in own}
    tests = values.tests(given, {**words.people(), **typed}, f"{path}.profile")
    return all_of(*map(tree.Profile, tests))


def _type_of(value: Any) -> str:
    """The type of a shop's own property, from what it is compared with."""
    inner = next(iter(value.values()), None) if isinstance(value, Mapping) else value
    inner = inner[0] if isinstance(inner, (list, tuple)) and inner else inner
    if isinstance(inner, bool) and not (isinstance(value, Mapping) and values.KNOWN in value):
        return words.FLAG
    return words.TEXT if isinstance(inner, (str, bool)) else words.NUMBER


def date(keys: Keys, path: str) -> Condition:
    told = keys["date"]
    if not str(told).startswith(words.OWN):
        values.name(told, words.dates(), f"{path}.date", "date")
    window = parse(_needed(keys, "is", path, "{date: created, is: last 30 days}"), f"{path}.is")
    if told == "birthday" and (window.newest is None or window.oldest is None):
        raise SegmentError(f"{path}.is: a birthday returns each year.", "Write a window in days, such as next 7 days.")
    return tree.ProfileDate(str(told), window)


def consent(verb: str, received: bool) -> Callable[[Keys, str], Condition]:
    def made(keys: Keys, path: str) -> Condition:
        channel = values.name(keys[verb], words.choices("channels"), f"{path}.{verb}", "channel")
        purpose = values.name(keys.get("purpose", "marketing"), words.choices("purposes"), f"{path}.purpose", "purpose")
        return tree.CanReceive(channel, purpose) if received else ~tree.CanReceive(channel, purpose)

    return made


def consent_is(keys: Keys, path: str) -> Condition:
    channel = values.name(keys["consent"], words.choices("channels"), f"{path}.consent", "channel")
    status = values.name(_needed(keys, "is", path, "{consent: email, is: subscribed}"), words.choices("statuses"), f"{path}.is", "status")
    return tree.ConsentIs(
        channel, status, values.name(keys.get("purpose", "marketing"), words.choices("purposes"), f"{path}.purpose", "purpose")
    )


def in_list(keys: Keys, path: str) -> Condition:
    return tree.InList(values.text(keys["in_list"], f"{path}.in_list"), _window(keys, path, "joined"))


def score(keys: Keys, path: str) -> Condition:
    op, amount = _comparison(keys, path)
    if not op:
        raise SegmentError(f"{path} lacks an amount.", f"Add one of {', '.join(tree.COMPARISONS)}, such as  at_least: 0.5.")
    name = values.text(keys["score"], f"{path}.score")
    if name in words.choices("chances") and not isinstance(amount, tree.Shop) and not 0 <= amount <= 1:
        raise SegmentError(f"{path}.{op}: {amount} is no chance.", "Write a number from 0 to 1, such as 0.66 for 66%.")
    return tree.Score(name, op, amount)


def near(keys: Keys, path: str) -> Condition:
    place = keys["near"]
    if not isinstance(place, (list, tuple)) or len(place) != len(("latitude", "longitude")):
        raise SegmentError(f"{path}.near: {place!r} is no place.", "Write latitude and longitude, such as [51.05, 3.72].")
    latitude, longitude = (Decimal(values.number(part, f"{path}.near")) for part in place)
    if abs(latitude) > words.MOST_LATITUDE or abs(longitude) > words.MOST_LONGITUDE:
        raise SegmentError(f"{path}.near: {latitude}, {longitude} is not on the map.", "Write latitude first, then longitude.")
    return tree.Near(latitude, longitude, Decimal(values.number(_needed(keys, "km", path, "km: 25"), f"{path}.km", 0)))


def top(keys: Keys, path: str) -> Condition:
    metrics = _metrics(_needed(keys, "of", path, "{top: 10%, by: total_value, of: placed_order}"), f"{path}.of")
    by = values.name(keys.get("by", "total_value"), MEASURES, f"{path}.by", "measure")
    if by != tree.COUNT:
        _with_value(metrics, f"{path}.of")
    return tree.Top(values.share(keys["top"], f"{path}.top"), MEASURES[by], metrics, _window(keys, path))
