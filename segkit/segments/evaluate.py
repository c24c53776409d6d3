"""Conditions evaluated for every profile at once: any number of segments in one statement."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from segkit.engine import Query, Rules
from segkit.errors import SegmentError
from segkit.features import consent, engagement, purchase
from segkit.segments import rows, tree, values, words
from segkit.segments.tree import Amount, Condition, Test, Tests, leaves
from segkit.segments.window import Window
from segkit.settings import suggestion
from segkit.tables import TABLES

PURCHASES, MESSAGES = "purchases", "messages"
STEMS = {PURCHASES: "ordered", "email_events": "occurred", "site_events": "occurred", "feedback": "occurred"}
_NAMED = "profile_id IS NOT NULL"
_FACTOR_PARTS = 10**values.FACTOR_DECIMALS  # factors of the shop's own figures are compared as whole thousandths: exact on every engine
_COORDINATES = ("latitude", "longitude")


def with_flags(rules: Rules, conditions: Mapping[str, Condition], scores: Query | None = None, keep: tuple[str, ...] = ()) -> Query:
    """One row per profile known at the as-of moment: profile_id, a flag per condition, and the columns of `keep`.

    Conditions speak of no other segments any more (`SegmentSet.resolved`). `scores` has one row per profile and a column
    per score. `keep` names columns of profiles to carry along.
    """
    plan = _Plan(rules, scores)
    names = {leaf: name for name, leaf in leaf_columns(conditions).items()}
    flags = {name: plan.flag(leaf) for leaf, name in names.items()}
    query = plan.profiles(keep)
    query = query.flag(flags) if flags else query
    query = query.flag({name: _logic(condition, names) for name, condition in conditions.items()})
    return query.only(["profile_id", *keep, *conditions])


def leaf_columns(conditions: Mapping[str, Condition]) -> dict[str, Condition]:
    """The column that holds each leaf in the statement of `with_flags`; a leaf that several conditions share has one."""
    found = dict.fromkeys(leaf for condition in conditions.values() for leaf in leaves(condition))
    return {f"leaf_{number}": leaf for number, leaf in enumerate(found, 1)}


def _logic(condition: Condition, names: Mapping[Condition, str]) -> str:
    match condition:
        case tree.All(inner):
            return " AND ".join(f"({_logic(one, names)})" for one in inner)
        case tree.Any(inner):
            return " OR ".join(f"({_logic(one, names)})" for one in inner)
        case tree.Not(inner):
            return f"NOT ({_logic(inner, names)})"
    return names[condition]


def evidence(rules: Rules, metrics: tuple[str, ...], where: Tests, item: Tests, window: Window, profile: str) -> Query:
    """One row an event of one person that a leaf counts: happened_at, and its value where such events have one."""
    return _Plan(rules, None).events(metrics, where, item, window).keep(f"profile_id = {rows.literal(profile)}")


def shared_by(rules: Rules, metric: str, where: Tests, window: Window, same: tuple[str, ...], profile: str) -> Query:
    """One row an event of one person: happened_at, and same_NAME for each property that another event must share."""
    return _Plan(rules, None)._moments(metric, where, window, same).keep(f"profile_id = {rows.literal(profile)}")


def shop_figures(rules: Rules, shops: Iterable[tree.Shop]) -> Query:
    """One row: what the shop's own figures are made of, to be read by `figures_of`."""
    plan = _Plan(rules, None)
    plan.figures = {(shop.figure, shop.share) for shop in shops}
    plan.spent = plan.column(PURCHASES, "sum(value)")
    query = plan.profiles(())
    columns = [name for name in query.columns if name.startswith("shop_")]
    return query.aggregate(None, {name: f"max({name})" for name in columns})


def figures_of(shops: Iterable[tree.Shop], row: Mapping[str, object]) -> dict[tree.Shop, float]:
    """The figures of `shop_figures` as amounts, times their factors; what a shop without buyers does not have is left out."""
    made = {}
    for shop in shops:
        if shop.figure == "order_value_mean":
            over, of = row["shop_revenue"], row["shop_order_count"]
            found = float(over) / float(of) if of and over is not None else None  # type: ignore[arg-type]
        elif shop.figure == "order_value_median":
            low, high = row["shop_order_value_low"], row["shop_order_value_high"]
            found = None if low is None or high is None else (float(low) + float(high)) / 2  # type: ignore[arg-type]
        else:
            told = row[_quantile(shop.share)]
            found = None if told is None else float(told)  # type: ignore[arg-type]
        if found is not None:
            made[shop] = found * float(shop.factor)
    return made


class _Plan:
    """Collects the columns that leaves need, one aggregation per table, and joins them to the profiles."""

    def __init__(self, rules: Rules, scores: Query | None) -> None:
        self.rules, self.as_of, self.scores = rules, rules.as_of, scores
        self.columns: dict[str, dict[str, str]] = {}  # table -> expression over its rows -> column
        self.item_flags: dict[str, str] = {}  # condition on a line -> column of purchases
        self.own_rows: dict[tuple[object, ...], tuple[str, Query]] = {}  # what a leaf joins by itself
        self.people: set[str] = set()  # columns of profiles
        self.figures: set[tuple[str, Decimal | None]] = set()
        self.tops: dict[str, tuple[str, Decimal]] = {}
        self.bought = self.column(PURCHASES, "count(*)")
        self.engaged = self.column("email_events", f"count_where({engagement.HUMAN})")

    def column(self, table: str, expression: str) -> str:
        """The column that holds an aggregate over the rows of a table; the same aggregate is made once."""
        known = self.columns.setdefault(table, {})
        return known.setdefault(expression, f"{table}_{len(known) + 1}")

    def flag(self, leaf: Condition) -> str:
        """The expression over the joined columns that is true for members."""
        make = getattr(self, f"_{type(leaf).__name__.lower()}", None)
        if make is None:
            raise SegmentError(f"{leaf} must be resolved first.", "Ask the set that holds both segments.")
        return make(leaf)

    # --- events -------------------------------------------------------------------------------------------------------

    def _rows(self, metrics: tuple[str, ...], where: Tests, item: Tests) -> tuple[str, str | None]:
        """The table of the events, with messages beside it where a test needs them, and the condition for a row."""
        metric = words.metrics()[metrics[0]]
        joined = any(prop.of for one in metrics for test in where if (prop := words.metrics()[one].properties.get(test.name)))
        table = f"{metric.table}_{MESSAGES}" if joined else metric.table
        return table, rows.both(rows.event(metrics, where), self._item(item))

    def _item(self, item: Tests) -> str | None:
        """Some line of the order passes all of the tests."""
        if not item:
            return None
        condition = rows.all_tests(item, words.items()) or ""
        return f"{self.item_flags.setdefault(condition, f'lines_{len(self.item_flags) + 1}')} > 0"

    def _in(self, window: Window, table: str) -> str | None:
        return rows.in_window(window, STEMS[table.removesuffix(f"_{MESSAGES}")], self.as_of)

    def _count(self, table: str, condition: str | None) -> str:
        return self.column(table, f"count_where({condition})" if condition else "count(*)")

    def _event(self, leaf: tree.Event) -> str:
        table, condition = self._rows(leaf.metrics, leaf.where, leaf.item)
        condition = rows.both(condition, self._in(leaf.window, table))
        if leaf.measure == tree.COUNT:
            return self._compared(self._count(table, condition), None, leaf.op, leaf.amount)
        number, of = self._measure(leaf.measure, leaf.metrics, table, condition)
        return self._compared(number, of, leaf.op, leaf.amount)

    def _measure(self, measure: str, metrics: tuple[str, ...], table: str, condition: str | None) -> tuple[str, str | None]:
        """The columns of a measure: the number, and for a mean the count that divides it."""
        if measure == tree.COUNT:
            return self._count(table, condition), None
        value = words.metrics()[metrics[0]].value
        word = "max" if measure == tree.MAX else "sum"
        number = self.column(table, f"{word}_where({value}, {condition})" if condition else f"{word}({value})")
        return number, self._count(table, rows.both(condition, f"{value} IS NOT NULL")) if measure == tree.MEAN else None

    def _every(self, leaf: tree.Every) -> str:
        table, passing = self._rows(leaf.metrics, leaf.where, leaf.item)
        window = self._in(leaf.window, table)
        total = self._count(table, rows.both(rows.event(leaf.metrics, ()), window))
        return f"{total} >= {leaf.at_least} AND {self._count(table, rows.both(passing, window))} = {total}"

    def _latest(self, leaf: tree.Latest) -> str:
        table, passing = self._rows(leaf.metrics, leaf.where, leaf.item)
        extreme, at = ("max" if leaf.which == "last" else "min"), f"{STEMS[table.removesuffix(f'_{MESSAGES}')]}_at"
        kind = rows.event(leaf.metrics, ())
        moment = self.column(table, f"{extreme}_where({at}, {kind})" if kind else f"{extreme}({at})")
        tested = f"{self.column(table, f'{extreme}_where({at}, {passing})')} = {moment}" if leaf.where or leaf.item else None
        return rows.both(rows.moment_in_window(leaf.window, moment, self.as_of), tested) or f"{moment} IS NOT NULL"

    def _follow(self, leaf: tree.Follow) -> str:
        first, then = (
            self._moments(leaf.first, leaf.where, leaf.window, leaf.same),
            self._moments(leaf.then, leaf.where_next, None, leaf.same),
        )
        pairs = first.followed(then, "profile_id", "happened_at", leaf.hours, [f"same_{name}" for name in leaf.same])
        wanted = "was_followed" if leaf.followed else f"NOT was_followed AND happened_at <= hours_ago({leaf.hours})"
        return self._own(("follow", leaf), lambda name: pairs.aggregate("profile_id", {name: f"count_where({wanted})"})) + " > 0"

    def events(self, metrics: tuple[str, ...], where: Tests, item: Tests, window: Window) -> Query:
        """One row an event: profile_id, happened_at, worth (null where there is none)."""
        metric = words.metrics()[metrics[0]]
        table, condition = self._rows(metrics, where, item)
        kept, at = rows.both(condition, self._in(window, table)), f"{STEMS[metric.table]}_at"
        query = self._source(table, {kept or "", at, metric.value or ""})
        query = query.keep(kept) if kept else query
        return query.extend({"happened_at": at, "worth": metric.value or "NULL"}).only(["profile_id", "happened_at", "worth"])

    def _moments(self, metric: str, where: Tests, window: Window | None, same: tuple[str, ...]) -> Query:
        """One row an event: profile_id, happened_at, and the properties that both events share."""
        known = words.metrics()[metric]
        beside = {name: known.properties[name] for name in same}
        joined = any(known.properties[test.name].of for test in where) or any(prop.of for prop in beside.values())
        table, condition = f"{known.table}_{MESSAGES}" if joined else known.table, rows.event((metric,), where)
        kept = rows.both(condition, self._in(window, table) if window else None)
        at = f"{STEMS[known.table]}_at"
        query = self._source(table, {kept or "", at, *(prop.expression for prop in beside.values())})
        query = query.keep(kept) if kept else query
        return query.extend({"happened_at": at, **{f"same_{name}": prop.expression for name, prop in beside.items()}}).only(
            ["profile_id", "happened_at", *(f"same_{name}" for name in beside)]
        )

    # --- people -------------------------------------------------------------------------------------------------------

    def _profile(self, leaf: tree.Profile) -> str:
        test = leaf.test
        if test.name.startswith(words.OWN):
            return self._own_property(test)
        prop = words.people()[test.name]
        self.people |= _columns_in(prop.expression, "profiles") or {prop.expression}
        return rows.test(prop.expression, prop.type, test)

    def _own_property(self, test: Test) -> str:
        """A property that the shop itself keeps; where two sources give it, either value counts."""
        named = f"name = {rows.literal(test.name.removeprefix(words.OWN))}"
        if test.op in (values.KNOWN, values.UNKNOWN):
            known = self._count("profile_properties", rows.both(named, "value_text IS NOT NULL"))
            return f"{known} {'> 0' if test.op == values.KNOWN else '= 0'}"
        sample = test.value[0] if isinstance(test.value, tuple) else test.value
        column = "value_bool" if isinstance(sample, bool) else "value_text" if isinstance(sample, str) else "value_num"
        positive = {values.IS_NOT: values.IS, values.NOT_IN: values.IN, values.CONTAINS_NOT: values.CONTAINS}.get(test.op, test.op)
        passing = rows.test(column, words.TEXT, Test(test.name, positive, test.value))
        return f"{self._count('profile_properties', rows.both(named, passing))} {'= 0' if positive != test.op else '> 0'}"

    def _profiledate(self, leaf: tree.ProfileDate) -> str:
        if leaf.name == "birthday":
            return self._birthday(leaf.window)
        if leaf.name.startswith(words.OWN):
            named = f"name = {rows.literal(leaf.name.removeprefix(words.OWN))}"
            inside = rows.moment_in_window(leaf.window, "value_date", self.as_of) or "value_date IS NOT NULL"
            return f"{self._count('profile_properties', rows.both(named, inside, self._past('value_date', leaf.window)))} > 0"
        column = words.dates()[leaf.name]
        self.people.add(column)
        within = rows.moment_in_window(leaf.window, column, self.as_of)
        return rows.both(within, self._past(column, leaf.window)) or f"{column} IS NOT NULL"

    def _past(self, column: str, window: Window) -> str | None:
        """Nothing after the as-of moment counts, unless the window looks ahead."""
        return None if window.is_ahead else f"by_as_of({column})"

    def _birthday(self, window: Window) -> str:
        """The days of the window by month and day."""
        self.people |= {"birth_month", "birth_day"}
        days = rows.anniversaries(window, self.as_of)
        return rows.either(
            *[f"birth_month = {month} AND birth_day IN ({', '.join(map(str, sorted(found)))})" for month, found in days.items()]
        )

    def _inregion(self, leaf: tree.InRegion) -> str:
        return self._profile(tree.Profile(Test("country", values.IN, tuple(words.regions()[leaf.name]))))

    def _near(self, leaf: tree.Near) -> str:
        place = [self.column("profile_properties", f"max_where(value_num, name = '{name}')") for name in _COORDINATES]
        return f"within_km({', '.join(place)}, {', '.join(rows.literal(part) for part in (leaf.latitude, leaf.longitude, leaf.km))})"

    def _canreceive(self, leaf: tree.CanReceive) -> str:
        return self._own(("consent", leaf), lambda name: consent.may_receive(self.rules, leaf.channel, leaf.purpose, name))

    def _consentis(self, leaf: tree.ConsentIs) -> str:
        """Some such record is at least as new as all others; a record without a date holds today, so it is the newest."""
        about = f"channel = '{leaf.channel}' AND purpose = '{leaf.purpose}' AND {consent.HOLDS}"
        this, other = rows.both(about, f"status = '{leaf.status}'"), rows.both(about, f"status <> '{leaf.status}'")
        undated, other_undated = (self._count("consents", rows.both(one, "occurred_at IS NULL")) for one in (this, other))
        at, other_at = (self.column("consents", f"max_where(occurred_at, {one})") for one in (this, other))
        return f"{undated} > 0 OR ({other_undated} = 0 AND {at} IS NOT NULL AND ({other_at} IS NULL OR {at} >= {other_at}))"

    def _inlist(self, leaf: tree.InList) -> str:
        name = rows.literal(leaf.name)
        there = f"(list_id = {name} OR list_name = {name}) AND (left_at IS NULL OR NOT by_as_of(left_at))"
        return f"{self._count('list_memberships', rows.both(there, rows.moment_in_window(leaf.window, 'joined_at', self.as_of)))} > 0"

    def _score(self, leaf: tree.Score) -> str:
        if self.scores is None or leaf.name not in self.scores.columns:
            known = [] if self.scores is None else [name for name in self.scores.columns if name != "profile_id"]
            raise SegmentError(
                f"There is no score {leaf.name!r} for this shop.", suggestion(leaf.name, known) if known else "Leave it out."
            )
        return self._compared(leaf.name, None, leaf.op, leaf.amount)

    def _top(self, leaf: tree.Top) -> str:
        table, condition = self._rows(leaf.metrics, (), ())
        number, of = self._measure(leaf.measure, leaf.metrics, table, rows.both(condition, self._in(leaf.window, table)))
        most = f"{number} / {of}" if of else number
        name = f"top_{len(self.tops) + 1}"
        self.tops[name] = (most, leaf.share)
        return f"{name}_of > 0 AND {name}_of >= {name}"

    # --- amounts ------------------------------------------------------------------------------------------------------

    def _compared(self, number: str, of: str | None, op: str, amount: Amount) -> str:
        """number / of against an amount, multiplied out so that nothing is rounded; a mean over nothing is never true."""
        sign, there = rows.SIGNS[op], f"{of} > 0" if of else None
        times_of = f" * {of}" if of else ""
        if not isinstance(amount, tree.Shop):
            return rows.both(there, f"{number} {sign} {rows.literal(amount)}{times_of}") or ""
        self.figures.add((amount.figure, amount.share))
        self.spent = self.column(PURCHASES, "sum(value)")
        parts = round(amount.factor * _FACTOR_PARTS)
        scale, factor = (f" * {_FACTOR_PARTS}", f" * {parts}") if amount.factor != 1 else ("", "")
        if amount.figure == "order_value_mean":
            right = rows.both(there, f"{number} * shop_order_count{scale} {sign} shop_revenue{times_of}{factor}")
        elif amount.figure == "order_value_median":
            right = rows.both(there, f"2 * {number}{scale} {sign} (shop_order_value_low + shop_order_value_high){times_of}{factor}")
        else:
            right = rows.both(there, f"{number}{f' / {of}' if of else ''}{scale} {sign} {_quantile(amount.share)}{factor}")
        return right or ""

    # --- joining ------------------------------------------------------------------------------------------------------

    def _own(self, key: tuple[object, ...], make: Callable[[str], Query]) -> str:
        name = self.own_rows[key][0] if key in self.own_rows else f"{key[0]}_{len(self.own_rows) + 1}"
        if key not in self.own_rows:
            self.own_rows[key] = (name, make(name))
        return name

    def profiles(self, keep: tuple[str, ...]) -> Query:
        """The profiles known at the as-of moment with all collected columns beside them."""
        wanted = (self.people | set(keep)) - {"country"}
        wanted |= {"country_code"} if "country" in self.people else set()
        query = self.rules.table("profiles", tuple(dict.fromkeys(["profile_id", "created_at", *sorted(wanted)])), known=False)
        for table, columns in self.columns.items():
            named = {name: expression for expression, name in columns.items()}
            zero = [name for name, expression in named.items() if expression.startswith(("count", "sum"))]
            query = query.join(self._aggregated(table, named), "profile_id", zero=zero)
        for name, joined in self.own_rows.values():
            query = query.join(joined, "profile_id", zero=[name])
        query = query.keep(f"created_at IS NULL OR by_as_of(created_at) OR {self.bought} > 0 OR {self.engaged} > 0")
        if "country" in self.people:
            query = query.join(purchase.last_country(self.rules), "profile_id").extend({"country": "coalesce(order_country, country_code)"})
        query = query if self.scores is None else query.join(self.scores, "profile_id")
        return self._with_tops(self._with_figures(query))

    def _aggregated(self, table: str, named: dict[str, str]) -> Query:
        if table == PURCHASES or table.endswith(f"_{MESSAGES}"):
            return self._source(table, named.values()).aggregate("profile_id", named)
        if table == "profile_properties":  # a state without history: as of today
            columns = ("profile_id", "name", "value_text", "value_num", "value_date", "value_bool")
            return self.rules.table(table, columns, _NAMED, known=False).aggregate("profile_id", named)
        return self.rules.aggregate(table, "profile_id", named, _NAMED)

    def _source(self, table: str, expressions: Iterable[str]) -> Query:
        """The rows of a table with the columns that the expressions speak of."""
        told = " ".join(expressions)
        if table == PURCHASES:
            beside = sorted(_columns_in(told, "orders") - {"order_id", "profile_id", "ordered_on", "total_base"})
            bought = purchase.purchases(self.rules, tuple(beside))
            if not self.item_flags:
                return bought
            lines = self.rules.aggregate(
                "order_items", "order_id", {name: f"count_where({text})" for text, name in self.item_flags.items()}
            )
            return bought.join(lines, "order_id", zero=list(self.item_flags.values()))
        stored = table.removesuffix(f"_{MESSAGES}")
        others = _columns_in(told, stored) - {"profile_id"}
        day = {f"{STEMS[stored]}_on", f"{STEMS[stored]}_at"}
        if stored == table:
            return self.rules.table(table, ("profile_id", *sorted(others | day)), _NAMED)
        of_message = sorted(_columns_in(told, MESSAGES) - _columns_in(told, stored) - {"message_id"})
        events = self.rules.table(stored, ("profile_id", *sorted(others | day | {"message_id"})), _NAMED)
        return events.join(self.rules.table(MESSAGES, ("message_id", *of_message), known=False), "message_id")

    def _with_figures(self, query: Query) -> Query:
        """The shop's own figures beside every row."""
        bought = purchase.purchases(self.rules)
        if any(figure == "order_value_mean" for figure, _ in self.figures):
            query = query.cross(purchase.shop_totals(bought))
        if any(figure == "order_value_median" for figure, _ in self.figures):
            query = query.cross(purchase.shop_middle(bought))
        shares = sorted({share for figure, share in self.figures if figure == "order_value_quantile" and share is not None})
        if shares:
            query = query.extend({"own_order_value": f"{self.spent} / {self.bought}"})
            ranks = {_quantile(share): ("own_order_value", float(1 - share), "top") for share in shares}
            query = query.cross(query.at_rank(ranks, f"{self.bought} > 0"))
        return query

    def _with_tops(self, query: Query) -> Query:
        for name, (most, share) in self.tops.items():
            query = query.extend({f"{name}_of": most})
            query = query.cross(query.at_rank({name: (f"{name}_of", float(share), "top")}, f"{name}_of > 0"))
        return query


def _quantile(share: Decimal | None) -> str:
    return f"shop_order_value_quantile_{format((share or Decimal(0)) * 100, 'f').replace('.', '_')}"


def _columns_in(text: str, table: str) -> set[str]:
    """The columns of a table that an expression speaks of, its quoted texts aside."""
    return set(re.findall(r"[a-z_]+", re.sub(r"'(?:[^']|'')*'", "", text))) & set(TABLES[table].names)
