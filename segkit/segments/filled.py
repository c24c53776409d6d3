"""The values that conditions ask for: without a single one in the delivery the answer is not zero, but unknown."""

from __future__ import annotations

from collections.abc import Iterator

from segkit.features import purchase
from segkit.quality import Filled, Rows
from segkit.segments import rows, tree, values, words
from segkit.segments.evaluate import PURCHASES
from segkit.segments.tree import Condition, Test, Tests
from segkit.segments.words import Property

NO_CHANNEL, NO_KIND = "no_consents_on_channel", "no_events_of_kind"
LOGS = ("email_events", "site_events")  # of which a source may deliver some kinds of events and not others
RARE = {"bounced_email", "unsubscribed", "marked_as_spam"}  # of a clean base there may truly be none, for which no system gives a file
_TOLD = {tree.SUM: "total_value", tree.MEAN: "average_value", tree.MAX: "highest_value"}
_OWN_COLUMNS = {bool: "value_bool", str: "value_text"}  # numbers of any kind stand in value_num
_COUNTRY = (
    Rows("profiles", "country_code"),
    Rows("orders", "coalesce(shipping_country, billing_country)", purchase.COUNTED),
)


def asked(leaf: Condition) -> Iterator[Filled]:
    """What must be filled in somewhere to answer a condition without parts."""
    match leaf:
        case tree.Event() | tree.Every() | tree.Latest():
            yield from _of_kinds(leaf.metrics)
            yield from _of_events(leaf.metrics, leaf.where)
            yield from (Filled(test.name, (of_line(test.name),)) for test in leaf.item if _is_value(test, words.items()[test.name]))
            yield from _of_amount(leaf.metrics, getattr(leaf, "measure", tree.COUNT))
        case tree.Follow():
            yield from (kind for metric in (leaf.first, leaf.then) for kind in _of_kinds((metric,)))
            yield from _of_events((leaf.first,), leaf.where)
            yield from _of_events((leaf.then,), leaf.where_next)
            yield from (_of_event((metric,), name) for name in leaf.same for metric in (leaf.first, leaf.then))
        case tree.Top():
            yield from _of_kinds(leaf.metrics)
            yield from _of_amount(leaf.metrics, leaf.measure)
        case tree.CanReceive(channel) | tree.ConsentIs(channel):
            there = Rows("consents", "channel", value=f"channel = {rows.literal(channel)}")
            yield Filled(channel, (there,), NO_CHANNEL)
        case _:
            yield from _of_person(leaf)


def _of_kinds(metrics: tuple[str, ...]) -> Iterator[Filled]:
    """That a log which was delivered holds one of these kinds of events, by anybody, ever; then who has none has zero of them."""
    known = [words.metrics()[one] for one in metrics]
    if known[0].table in LOGS and all(metric.when for metric in known) and RARE.isdisjoint(metrics):
        there = tuple(Rows(metric.table, "event_type", value=metric.when) for metric in known)
        yield Filled(", ".join(metrics), there, NO_KIND)


def _is_value(test: Test, prop: Property) -> bool:
    """Whether a test asks for a value; where an empty cell says that there is none, one that asks for another is answered by it."""
    if test.op in (values.KNOWN, values.UNKNOWN) or prop.empty == words.ANSWER:
        return False
    return prop.empty is None or test.op not in values.PASSED_BY_UNKNOWN


def _of_events(metrics: tuple[str, ...], where: Tests) -> Iterator[Filled]:
    for test in where:
        having = tuple(one for one in metrics if test.name in words.metrics()[one].properties)
        if _is_value(test, words.metrics()[having[0]].properties[test.name]):
            yield _of_event(having, test.name)


def _of_event(metrics: tuple[str, ...], name: str) -> Filled:
    return Filled(name, tuple(of_event(metric, name) for metric in metrics))


def _of_amount(metrics: tuple[str, ...], measure: str) -> Iterator[Filled]:
    """Amounts beside those of orders, which are always there."""
    known = [words.metrics()[one] for one in metrics]
    if measure != tree.COUNT and all(metric.table != PURCHASES for metric in known):
        yield Filled(_TOLD[measure], tuple(Rows(one.table, one.value or "", one.when) for one in known))


def _of_person(leaf: Condition) -> Iterator[Filled]:
    match leaf:
        case tree.Profile(test) if test.name.startswith(words.OWN):
            if test.op not in (values.KNOWN, values.UNKNOWN):
                sample = test.value[0] if isinstance(test.value, tuple) else test.value
                yield Filled(test.name, (_of_own(test.name, _OWN_COLUMNS.get(type(sample), "value_num")),))
        case tree.Profile(test) if _is_value(test, words.people()[test.name]):
            yield Filled(test.name, of_person(test.name))
        case tree.InRegion():
            yield Filled("country", _COUNTRY)
        case tree.ProfileDate(name, window) if not window.is_ever and name.startswith(words.OWN):
            yield Filled(name, (_of_own(name, "value_date"),))
        case tree.ProfileDate(name, window) if not window.is_ever:
            yield Filled(name, (Rows("profiles", "birth_day" if name == "birthday" else words.dates()[name]),))
        case tree.Near():
            yield from (Filled(f"{words.OWN}{name}", (_of_own(f"{words.OWN}{name}", "value_num"),)) for name in ("latitude", "longitude"))


# --- where values stand -----------------------------------------------------------------------------------------------


def of_event(metric: str, name: str) -> Rows:
    """Where a property of such events stands."""
    known = words.metrics()[metric]
    prop, is_order = known.properties[name], known.table == PURCHASES
    among = purchase.COUNTED if is_order else known.when
    return Rows("orders" if is_order else known.table, prop.expression, among, is_of_message=prop.of is not None)


def of_line(name: str) -> Rows:
    """Where a property of the lines of orders stands."""
    return Rows("order_items", words.items()[name].expression)


def of_person(name: str) -> tuple[Rows, ...]:
    """Where a property of people stands, as far as it is text where it is the shop's own."""
    if name.startswith(words.OWN):
        return (_of_own(name, "value_text"),)
    return _COUNTRY if name == "country" else (Rows("profiles", words.people()[name].expression),)


def _of_own(name: str, column: str) -> Rows:
    named = f"name = {rows.literal(name.removeprefix(words.OWN))}"
    return Rows("profile_properties", column, value=f"{named} AND {column} IS NOT NULL")
