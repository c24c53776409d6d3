"""What would have to happen for a condition about one person's events to turn: worked out from the days of those events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from segkit.clock import AsOf
from segkit.segments import tree
from segkit.segments.window import HOURS_A_DAY, Window

MORE, AMOUNT, MEAN, SINGLE, FOLLOW, AGAIN, UNTIL, FROM = "more", "amount", "mean", "single", "follow", "again", "until", "from"
FIXED, CORRECTED = "fixed", "corrected"
_GROWS = (tree.AT_LEAST, tree.MORE_THAN)
_ONE_DAY, _AN_INSTANT = timedelta(days=1), timedelta(microseconds=1)


@dataclass(frozen=True)
class Change:
    """One way to turn the verdict on a condition.

    more: `number` more such events; amount: `number` more in all; mean: a mean that is `number` higher (below 0: lower);
    single: one event of `number`; follow: the second event by `day` at the latest; again: the first event once more, and
    this time with, or without, the second in time. Where new events do not count at once,
    `day` is when they do. until: the verdict holds up to and on `day` if nothing happens; from: it turns on `day` if
    nothing happens; corrected: only a refund or the cancellation of an order turns it; fixed: nothing that still can happen
    turns it.
    """

    what: str
    number: Decimal | None = None
    day: date | None = None


@dataclass(frozen=True)
class Happened:
    """An event of the person: when, on which local day, its kind and value, and whether it passes the tests of the condition."""

    at: datetime
    day: date
    metric: str
    value: Decimal | None
    passes: bool = True


Events = Sequence[Happened]
Judge = Callable[[date], bool]


def holds(op: str, found: Decimal | int, needed: Decimal | int) -> bool:
    """A comparison of what was found with what is asked."""
    return {
        tree.AT_LEAST: found >= needed, tree.AT_MOST: found <= needed, tree.MORE_THAN: found > needed, tree.LESS_THAN: found < needed,
        tree.EXACTLY: found == needed,
    }[op]  # fmt: skip


def bounds(op: str, amount: int) -> tuple[int, int | None]:
    """The fewest and most events that satisfy a comparison; no most is None."""
    return {
        tree.AT_LEAST: (amount, None), tree.MORE_THAN: (amount + 1, None), tree.AT_MOST: (0, amount), tree.LESS_THAN: (0, amount - 1),
        tree.EXACTLY: (amount, amount),
    }[op]  # fmt: skip


def counts_from(window: Window, today: date) -> date | None:
    """The first day on which an event of today, or of the first day to come that matters, is in a window; None when none ever is."""
    if window.end_before is not None and window.end_before <= today:
        return None
    if window.start is not None:
        return max(window.start, today)
    return today + timedelta(days=max(0, window.newest or 0))


def inside(event: Happened, window: Window, day: date) -> bool:
    """Whether an event is in a window seen from a day, with nothing else known about the hour."""
    begun, over = window.start is None or event.day >= window.start, window.end_before is not None and event.day >= window.end_before
    return event.day <= day and begun and not over and window.holds_age((day - event.day).days)


def turns(events: Events, window: Window, today: date, judge: Judge, also: Sequence[date] = ()) -> date | None:
    """The first day after today on which the verdict is another one, if nothing happens."""
    edges = [edge + 1 if edge is window.oldest else edge for edge in (window.newest, window.oldest) if edge is not None]
    days = sorted({event.day + timedelta(days=edge) for event in events for edge in edges}.union(also))
    now = judge(today)
    return next((day for day in days if day > today and judge(day) != now), None)


def by_waiting(
    events: Events, window: Window, today: date, verdict: bool, judge: Judge, also: Sequence[date] = ()
) -> Iterator[Change]:  # fmt: skip
    """What the passing of time does; silent where days do not tell the whole story (hours, figures that move)."""
    if window.hours is not None or judge(today) != verdict:
        return
    day = turns(events, window, today, judge, also)
    if day is not None:
        yield Change(UNTIL, day=day - _ONE_DAY) if verdict else Change(FROM, day=day)


def of_count(leaf: tree.Event, events: Events, today: date, verdict: bool, now: int) -> list[Change]:
    """Of a count: `now` events are in the window."""
    least, most = bounds(leaf.op, int(leaf.amount))  # type: ignore[arg-type]
    found, opens = [], counts_from(leaf.window, today)

    def count(day: date) -> int:
        return sum(inside(event, leaf.window, day) for event in events)

    def judge(day: date) -> bool:
        return least <= count(day) and (most is None or count(day) <= most)

    if opens == today or (opens and judge(opens) == verdict):
        known = now if opens == today else count(opens)
        missing = least - known if not verdict else most - known + 1 if most is not None else 0
        found += [Change(MORE, Decimal(missing), opens if opens > today else None)] if missing > 0 else []
    found += by_waiting(events, leaf.window, today, verdict, judge)
    return _or_fixed(found, leaf.window)


def of_value(leaf: tree.Event, events: Events, today: date, verdict: bool, found: Decimal | None, needed: Decimal) -> list[Change]:
    """Of a sum, mean or highest value."""
    opens, moving = counts_from(leaf.window, today), isinstance(leaf.amount, tree.Shop)
    later = opens if opens and opens > today else None

    def value(day: date) -> Decimal | None:
        return measured(leaf.measure, [event for event in events if inside(event, leaf.window, day)])

    def judge(day: date) -> bool:
        now = value(day)
        return now is not None and holds(leaf.op, now, needed)

    told = [] if opens is None or (later and judge(later) != verdict) else list(
        _by_buying(leaf, verdict, value(later) if later else found, needed, later)
    )  # fmt: skip
    told += by_waiting(events, leaf.window, today, verdict, judge) if not moving else []
    return told if moving or leaf.op == tree.EXACTLY else _or_fixed(told, leaf.window)


def _by_buying(leaf: tree.Event, verdict: bool, found: Decimal | None, needed: Decimal, later: date | None) -> Iterator[Change]:
    rises = (leaf.op in _GROWS) != verdict  # whether more value turns the verdict
    if found is None:
        yield from [Change(SINGLE, needed, later)] if needed > 0 or leaf.op != tree.LESS_THAN else []
    elif leaf.op == tree.EXACTLY:
        return
    elif leaf.measure == tree.MEAN:
        yield Change(MEAN, needed - found, later)
    elif rises:
        yield Change(AMOUNT, needed - found, later) if leaf.measure == tree.SUM else Change(SINGLE, needed, later)


def measured(measure: str, events: Events) -> Decimal | None:
    """The sum, mean or highest value of events; a sum of nothing is 0, the others have none."""
    values = [event.value for event in events if event.value is not None]
    if measure == tree.SUM:
        return sum(values, Decimal(0))
    if not values:
        return None
    return max(values) if measure == tree.MAX else sum(values, Decimal(0)) / len(values)


def of_every(leaf: tree.Every, events: Events, today: date, verdict: bool) -> list[Change]:
    """Of each time so: more that pass help only where none fails."""

    def seen(day: date) -> list[bool]:
        return [event.passes for event in events if inside(event, leaf.window, day)]

    def judge(day: date) -> bool:
        return len(seen(day)) >= leaf.at_least and all(seen(day))

    opens, told = counts_from(leaf.window, today), []
    if not verdict and opens == today and leaf.window.hours is None and all(seen(today)):
        told.append(Change(MORE, Decimal(leaf.at_least - len(seen(today)))))
    told += by_waiting(events, leaf.window, today, verdict, judge)
    return _or_fixed(told, leaf.window) if opens is None or (opens == today and not verdict) else told


def of_latest(leaf: tree.Latest, events: Events, today: date, verdict: bool) -> list[Change]:
    """Of the first or last event: a new one is the last, but only ever the first where there was none."""
    opens, told = counts_from(leaf.window, today), []
    extreme = max if leaf.which == "last" else min

    def judge(day: date) -> bool:
        known = [event for event in events if event.day <= day]
        at = extreme((event.at for event in known), default=None)
        return any(event.passes and inside(event, leaf.window, day) for event in known if event.at == at)

    replaceable = leaf.which == "last" or not events
    if replaceable and not verdict and opens:
        told.append(Change(MORE, Decimal(1), opens if opens > today else None))
    elif replaceable and verdict and (opens is None or opens > today):
        told.append(Change(MORE, Decimal(1)))
    told += by_waiting(events, leaf.window, today, verdict, judge)
    if not replaceable and leaf.window.hours is None:
        return told or [Change(FIXED)]
    return _or_fixed(told, leaf.window) if opens is None and not verdict else told


def of_follow(
    leaf: tree.Follow, pairs: Sequence[tuple[Happened, Happened | None]], seen: set[datetime], as_of: AsOf, verdict: bool,
    local: Callable[[datetime], date],
) -> list[Change]:  # fmt: skip
    """Of one event after another, from every first event with what followed it; `seen` are the moments of those in the window."""
    span, today, opens = timedelta(hours=leaf.hours), as_of.day, counts_from(leaf.window, as_of.day)
    ends = {first.at: local(first.at + span - _AN_INSTANT) for first, _ in pairs}
    # what was followed counts at once, what was not once its hours are over
    deciding = [(first, first.day if then else ends[first.at]) for first, then in pairs if bool(then) == leaf.followed]
    running = [first for first, then in pairs if first.at in seen and then is None and first.at + span > as_of.end_at]

    def judge(day: date) -> bool:
        return any(ready <= day and inside(event, leaf.window, day) for event, ready in deciding)

    told = (
        [Change(FOLLOW, Decimal(1), max(local(event.at + span) for event in running))] if running and leaf.followed and not verdict else []
    )
    told += by_waiting([event for event, _ in deciding], leaf.window, today, verdict, judge, [ready for _, ready in deciding])
    if not told and not verdict and opens and _can_be_seen(leaf):
        return [Change(AGAIN, day=opens if leaf.followed and opens > today else None)]
    told = _or_fixed(told, leaf.window) if verdict or opens is None else told
    undone = {(True, True): (leaf.first, leaf.then), (True, False): (leaf.first,), (False, False): (leaf.then,)}.get(
        (verdict, leaf.followed), ()
    )
    return [Change(CORRECTED)] if told == [Change(FIXED)] and pairs and "placed_order" in undone else told


def _can_be_seen(leaf: tree.Follow) -> bool:
    """Whether a first event is still in the window when it is known that nothing followed."""
    longest = leaf.window.hours if leaf.window.hours is not None else leaf.window.oldest and leaf.window.oldest * HOURS_A_DAY
    return leaf.followed or longest is None or leaf.hours <= longest


def corrected(leaf: tree.Event | tree.Every | tree.Latest, told: list[Change], verdict: bool, has_events: bool) -> list[Change]:
    """What is fixed but for orders that can still be taken back: a verdict that fewer or smaller orders turn."""
    if told != [Change(FIXED)] or not has_events or "placed_order" not in leaf.metrics:
        return told
    if isinstance(leaf, tree.Event) and leaf.measure != tree.MEAN and leaf.op != tree.EXACTLY and (leaf.op in _GROWS) != verdict:
        return told
    return [Change(CORRECTED)]


def _or_fixed(told: list[Change], window: Window) -> list[Change]:
    """A verdict that neither time nor new events turn is fixed; in a window that moves on nothing is."""
    moves_on = window.hours is not None or window.oldest is not None
    return told if told or moves_on else [Change(FIXED)]
