"""Opaque queries: immutable steps that become one SQL statement, built with a handful of verbs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from segkit.clock import AsOf
from segkit.engine import vocabulary as words
from segkit.engine.scope import Scope
from segkit.errors import ExpressionError
from segkit.settings import Settings
from segkit.tables import TABLES, Table

MONEY = "decimal(18,4)"
_PARTS = 1_000_000  # shares are compared as whole millionths, so that no engine rounds a rank

ALWAYS_TIMED = ("orders", "email_events", "site_events")  # a load refuses their rows without a moment

Step = tuple[str, exp.Select]


@dataclass(frozen=True)
class Rules:
    """Where expressions get their thresholds and their as-of moment from; makes the first step of a query."""

    settings: Settings
    as_of: AsOf

    def table(self, name: str, columns: Iterable[str], where: str | None = None, known: bool = True) -> Query:
        """The rows of a canonical table known at the as-of moment (all rows when not `known`), with the named columns."""
        table = TABLES[name]
        kinds = {column: words.kind_of_type(table.column(column).type) for column in columns}
        day = _day_column(table)
        everything = {column.name: words.kind_of_type(column.type) for column in table.columns}
        select = exp.select(*[exp.column(column) for column in kinds]).from_(name, copy=False)
        select = _where(select, self._known(table) if known else None, self._condition(where, everything, day))
        return Query(self, (), "", {}, day if day in kinds else None)._then(f"{name}_rows", select, kinds)

    def aggregate(self, name: str, by: str | Sequence[str], columns: Mapping[str, str], where: str | None = None) -> Query:
        """One row per value of `by` (of several columns: per combination): aggregates over the rows known at the as-of moment."""
        table = TABLES[name]
        kinds = {column.name: words.kind_of_type(column.type) for column in table.columns}
        source = _Source(exp.to_table(name), kinds, _day_column(table), name)
        known = _both(self._known(table), self._condition(where, kinds, source.day))
        return _aggregate(self, (), source, by, columns, known)

    def scope(self, columns: Mapping[str, str], day: str | None = None, aggregates: bool = False) -> Scope:
        """What an expression of these rules may refer to."""
        ages = {words.AGE: words.INTEGER} if day else {}
        return Scope({**columns, **ages}, self.settings, self.as_of, day, aggregates)

    def _condition(self, where: str | None, kinds: Mapping[str, str], day: str | None) -> exp.Expression | None:
        return None if where is None else words.condition(where, self.scope(kinds, day))

    def _known(self, table: Table) -> exp.Expression | None:
        """Rows that happened by the as-of moment; a row without a moment is not known to be later."""
        if table.time is None:
            return None
        if self.as_of.moment is None and table.time in table.moments:
            column = exp.column(f"{table.time}_on")
            by_then: exp.Expression = exp.LTE(this=column, expression=words.day_of(self.as_of))
        else:
            column = exp.column(f"{table.time}_at")
            by_then = words.known_by(column, self.as_of)
        return by_then if table.name in ALWAYS_TIMED else exp.or_(column.is_(exp.null()), by_then)


def _day_column(table: Table) -> str | None:
    return f"{table.time}_on" if table.time in table.moments else None


@dataclass(frozen=True)
class _Source:
    frame: exp.Expression
    kinds: Mapping[str, str]
    day: str | None
    name: str


@dataclass(frozen=True)
class Query:
    """A question not yet asked: named steps, the name of the one that is the answer, and the kind of each column."""

    rules: Rules
    steps: tuple[Step, ...]
    name: str
    columns: Mapping[str, str]
    day: str | None = None

    def aggregate(self, by: str | Sequence[str] | None, columns: Mapping[str, str], where: str | None = None) -> Query:
        """One row per value of `by`, or per combination of values of several columns: aggregates over the rows of this query.

        With None there is one row in all.
        """
        source = _Source(exp.to_table(self.name), self.columns, self.day, self.name)
        condition = self.rules._condition(where, self.columns, self.day)
        return _aggregate(self.rules, self.steps, source, by, columns, condition)

    def under(self, settings: Settings) -> Query:
        """The same rows, with what is built on them from here under other thresholds."""
        return replace(self, rules=replace(self.rules, settings=settings))

    def extend(self, columns: Mapping[str, str]) -> Query:
        """The same rows with more columns, each an expression over the columns there are."""
        scope = self.rules.scope(self.columns, self.day)
        parsed = {name: words.parse(text, scope) for name, text in columns.items()}
        return self._with({name: tree for name, (tree, _) in parsed.items()}, {name: kind for name, (_, kind) in parsed.items()})

    def flag(self, conditions: Mapping[str, str]) -> Query:
        """The same rows with true-or-false columns; unknown is false."""
        scope = self.rules.scope(self.columns, self.day)
        trees = {name: _or_false(words.condition(text, scope)) for name, text in conditions.items()}
        return self._with(trees, dict.fromkeys(trees, words.FLAG))

    def label(self, tables: Mapping[str, Mapping[str, str]]) -> Query:
        """The same rows with text columns, each a decision table {value: condition}: the first match wins, else null."""
        scope = self.rules.scope(self.columns, self.day)
        trees = {name: decision(cases, scope) for name, cases in tables.items()}
        return self._with(trees, dict.fromkeys(trees, words.TEXT))

    def keep(self, where: str) -> Query:
        """Only the rows for which the condition is true."""
        tree = words.condition(where, self.rules.scope(self.columns, self.day))
        select = exp.select(*map(exp.column, self.columns)).from_(self.name, copy=False).where(tree, copy=False)
        return self._then("kept", select, self.columns)

    def only(self, columns: Sequence[str]) -> Query:
        """The same rows with only the named columns."""
        kinds = {name: self.columns[name] for name in columns}
        return self._then("chosen", exp.select(*map(exp.column, kinds)).from_(self.name, copy=False), kinds)

    def join(self, other: Query, key: str, zero: Iterable[str] = ()) -> Query:
        """Every row of this query with the columns of the row of `other` that has the same key.

        Where there is none the columns are null, those in `zero` are 0. `other` must have one row per key.
        """
        zero = set(zero)
        new = {name: kind for name, kind in other.columns.items() if name != key}
        clash = set(new) & set(self.columns)
        if clash:
            raise ExpressionError(f"Both sides have a column {min(clash)!r}.", "Name one of them differently.")
        steps, other_name = _graft(self.steps, other)
        mine = [exp.column(name, table="l") for name in self.columns]
        theirs = [_or_zero(name, new[name]) if name in zero else exp.column(name, table="r") for name in new]
        on = exp.EQ(this=exp.column(key, table="l"), expression=exp.column(key, table="r"))
        select = exp.select(*mine, *theirs).from_(exp.alias_(exp.to_table(self.name), "l", table=True), copy=False)
        select = select.join(exp.alias_(exp.to_table(other_name), "r", table=True), on=on, join_type="left", copy=False)
        kinds = {name: kind if name in zero else _nullable(kind) for name, kind in new.items()}
        return replace(self, steps=steps)._then("joined", select, {**self.columns, **kinds})

    def cross(self, scalars: Query) -> Query:
        """Every row of this query beside the one row of `scalars`."""
        steps, other_name = _graft(self.steps, scalars)
        select = exp.select(
            *[exp.column(name, table="l") for name in self.columns],
            *[exp.column(name, table="r") for name in scalars.columns],
        ).from_(exp.alias_(exp.to_table(self.name), "l", table=True), copy=False)
        select = select.join(exp.alias_(exp.to_table(other_name), "r", table=True), join_type="cross", copy=False)
        return replace(self, steps=steps)._then("crossed", select, {**self.columns, **scalars.columns})

    def at_rank(self, ranks: Mapping[str, tuple[str, float, str]], where: str | None = None) -> Query:
        """One row: for each name the value of a column at a rank, given as (column, share, "top" or "bottom").

        "top", 0.1 is the value of the last row of the highest tenth: rows at or above it are the top 10 % with ties in.
        "bottom", 0.5 is the lower median. Nulls do not count; null when there are no rows.
        """
        steps, selects, rows = self.steps, {}, self if where is None else self.keep(where)
        for name, (column, share, end) in ranks.items():
            ranked = rows._ranked(column, end)
            steps, ranked_name = _graft(steps, ranked)
            selects[name] = _at_rank(column, share, end).from_(ranked_name).subquery()
        select = exp.select(*[exp.alias_(tree, name) for name, tree in selects.items()])
        kinds = {name: _nullable(self.columns[column]) for name, (column, _, _) in ranks.items()}
        return replace(self, steps=steps)._then("ranks", select, kinds)

    def followed(self, other: Query, key: str, at: str, hours: int, same: Sequence[str] = ()) -> Query:
        """One row per distinct `key`, moment `at` and `same` of this query, with was_followed.

        That says whether `other` has a row of the same key and the same values in `same` after it, at most so many hours
        later. Rows in which one of the `same` values is null are never followed; lists are the same where they share an element.
        """
        steps, other_name = _graft(self.steps, other)
        names = [key, at, *same]
        mine, theirs = (lambda name: exp.column(name, table="l")), (lambda name: exp.column(name, table="r"))
        until = exp.Add(this=mine(at), expression=exp.Interval(this=exp.Literal.string(str(hours)), unit=exp.Var(this="HOUR")))
        alike = {name: exp.ArrayOverlaps if self.columns[name] == words.LIST else exp.EQ for name in (key, *same)}
        on = [one(this=mine(name), expression=theirs(name)) for name, one in alike.items()]
        on += [exp.GT(this=theirs(at), expression=mine(at)), exp.LTE(this=theirs(at), expression=until)]
        found = exp.GT(this=exp.Count(this=theirs(at)), expression=exp.Literal.number(0))
        select = exp.select(*map(mine, names), exp.alias_(found, "was_followed"))
        select = select.from_(exp.alias_(exp.to_table(self.name), "l", table=True), copy=False)
        select = select.join(exp.alias_(exp.to_table(other_name), "r", table=True), on=exp.and_(*on), join_type="left", copy=False)
        kinds = {**{name: self.columns[name] for name in names}, "was_followed": words.FLAG}
        return replace(self, steps=steps)._then("followed", select.group_by(*map(mine, names), copy=False), kinds)

    def sample(self, key: str, share: float, at_least: int, seed: int) -> Query:
        """The same rows with is_sampled: a share of them, or so many when that is more, at most all.

        The order is by md5 of the seed and the key: the same rows on every engine, and a larger share holds the smaller.
        """
        place = exp.MD5(this=exp.DPipe(this=exp.Literal.string(f"{seed}:"), expression=exp.column(key)))
        number = exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=[exp.Ordered(this=place, nulls_first=False)]))
        total = exp.Window(this=exp.Count(this=exp.Star()))
        ranked = self._with({"rank_no": number, "rank_of": total}, {"rank_no": words.COUNT, "rank_of": words.COUNT})
        parts = round(share * _PARTS)
        taken = ranked.flag({"is_sampled": f"rank_no <= {at_least} OR (rank_no - 1) * {_PARTS} < rank_of * {parts}"})
        return taken.only([*self.columns, "is_sampled"])

    def _ranked(self, column: str, end: str) -> Query:
        order = exp.Ordered(this=exp.column(column), desc=end == "top", nulls_first=False)
        number = exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=[order]))
        total = exp.Window(this=exp.Count(this=exp.Star()))
        select = exp.select(exp.column(column), exp.alias_(number, "rank_no"), exp.alias_(total, "rank_of")).from_(self.name, copy=False)
        select = select.where(exp.column(column).is_(exp.null()).not_(), copy=False)
        kinds = {column: self.columns[column], "rank_no": words.COUNT, "rank_of": words.COUNT}
        return self._then(f"{column}_from_{end}", select, kinds)

    def _with(self, trees: Mapping[str, exp.Expression], kinds: Mapping[str, str]) -> Query:
        columns = [exp.column(name) for name in self.columns if name not in trees]
        select = exp.select(*columns, *[exp.alias_(tree, name) for name, tree in trees.items()]).from_(self.name, copy=False)
        kept = {name: kind for name, kind in self.columns.items() if name not in trees}
        return self._then("extended", select, {**kept, **kinds})

    def _then(self, label: str, select: exp.Select, columns: Mapping[str, str]) -> Query:
        """One more step, which is now the answer; a step that stands there already is not built twice."""
        known = next((name for name, step in self.steps if step == select), None)
        if known:
            return replace(self, name=known, columns=dict(columns))
        name = _free(label, {name for name, _ in self.steps})
        return replace(self, steps=(*self.steps, (name, select)), name=name, columns=dict(columns))


def decision(cases: Mapping[str, str], scope: Scope) -> exp.Expression:
    """A decision table as CASE: the first condition that is true gives the value."""
    case = exp.Case()
    for value, text in cases.items():
        case = case.when(words.condition(text, scope), exp.Literal.string(value))
    return case


def statement(query: Query) -> exp.Select:
    """The whole query as one SELECT, its steps as common table expressions."""
    final = exp.select(*map(exp.column, query.columns)).from_(query.name, copy=False)
    for name, select in _needed(query):
        final = final.with_(name, as_=select.copy(), copy=False)
    return final


def _needed(query: Query) -> list[Step]:
    """The steps the answer stands on, in order."""
    wanted, kept = {query.name}, []
    for name, select in reversed(query.steps):
        if name in wanted:
            wanted |= {table.name for table in select.find_all(exp.Table)}
            kept.append((name, select))
    return kept[::-1]


def _aggregate(
    rules: Rules,
    steps: tuple[Step, ...],
    source: _Source,
    by: str | Sequence[str] | None,
    columns: Mapping[str, str],
    where: exp.Expression | None,
) -> Query:
    scope = rules.scope(source.kinds, source.day, aggregates=True)
    parsed = {name: words.parse(text, scope) for name, text in columns.items()}
    kinds = {name: kind for name, (_, kind) in parsed.items()}
    keys = {name: source.kinds[name] for name in ([by] if isinstance(by, str) else by or ())}
    select = exp.select(*map(exp.column, keys), *[exp.alias_(_settled(*parsed[name]), name) for name in parsed])
    select = _where(select.from_(source.frame, copy=False), where)
    select = select.group_by(*map(exp.column, keys), copy=False) if keys else select
    label = f"{source.name}_by_{by if isinstance(by, str) else 'several'}" if keys else f"{source.name}_total"
    return Query(rules, steps, "", {})._then(label, select, {**keys, **kinds})


def _settled(tree: exp.Expression, kind: str) -> exp.Expression:
    """Sums are cast back where they are written, so that every engine carries the same digits."""
    if kind == words.INTEGER and tree.find(exp.Sum):
        return exp.cast(tree, "bigint")
    return exp.cast(tree, MONEY) if kind == words.DECIMAL else tree


def _at_rank(column: str, share: float, end: str) -> exp.Select:
    parts = round(share * _PARTS)
    reached = exp.GTE(
        this=exp.Mul(this=exp.column("rank_no"), expression=exp.Literal.number(_PARTS)),
        expression=exp.Mul(this=exp.column("rank_of"), expression=exp.Literal.number(parts)),
    )
    extreme = exp.Max if end == "top" else exp.Min
    return exp.select(exp.Filter(this=extreme(this=exp.column(column)), expression=exp.Where(this=reached)))


def _graft(mine: tuple[Step, ...], other: Query) -> tuple[tuple[Step, ...], str]:
    """My steps followed by those of `other`, renamed where a name means something else here; and its answer's name."""
    names: dict[str, str] = {}
    steps = list(mine)
    for name, select in other.steps:
        select = select.transform(lambda node: _renamed(node, names))
        same = next((known for known, step in steps if step == select), None)
        names[name] = same or _free(name, {known for known, _ in steps})
        if same is None:
            steps.append((names[name], select))
    return tuple(steps), names.get(other.name, other.name)  # a remembered answer is a table of its own


def _renamed(node: exp.Expression, names: Mapping[str, str]) -> exp.Expression:
    if isinstance(node, exp.Table) and names.get(node.name, node.name) != node.name:
        node.set("this", exp.to_identifier(names[node.name]))
    return node


def _free(label: str, taken: set[str]) -> str:
    number = 2
    name = label
    while name in taken:
        name, number = f"{label}_{number}", number + 1
    return name


def _where(select: exp.Select, *conditions: exp.Expression | None) -> exp.Select:
    for tree in conditions:
        select = select if tree is None else select.where(tree, copy=False)
    return select


def _both(one: exp.Expression | None, other: exp.Expression | None) -> exp.Expression | None:
    if one is None or other is None:
        return one or other
    return exp.and_(one, other)


def _or_false(tree: exp.Expression) -> exp.Expression:
    return exp.Coalesce(this=tree, expressions=[exp.false()])


def _or_zero(name: str, kind: str) -> exp.Expression:
    zero = exp.false() if kind == words.FLAG else exp.Literal.number(0)
    return exp.alias_(exp.Coalesce(this=exp.column(name, table="r"), expressions=[zero]), name)


def _nullable(kind: str) -> str:
    return words.INTEGER if kind == words.COUNT else kind
