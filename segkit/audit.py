"""The whole audit: one store, one as-of date and one set of thresholds give one result."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pandas as pd

from segkit import features, personas, quality
from segkit.clock import AsOf
from segkit.engine import Query, Rules, Store
from segkit.errors import AsOfError, ColumnError
from segkit.features import purchase, score
from segkit.findings import findings
from segkit.measure import census, comparison, fit
from segkit.measure import rhythm as rhythms
from segkit.measure.cards import lint_of, overlap, segment_cards
from segkit.measure.concentration import concentration
from segkit.measure.joint import joint
from segkit.measure.pack import Pack
from segkit.quality import Quality
from segkit.segments.evaluate import with_flags
from segkit.settings import Client, Settings

FORMAT = 1
_COUNTRY = ["profile_id", "country_code", "order_count"]
_LOOSE, _NAMED = "linkage = 'unlinked'", "profile_id IS NOT NULL"
_BESIDE = (
    "guest_orders", "guest_revenue", "unlinked_refunds", "unlinked_refund_amount", "customer_refunds", "customer_refund_amount",
    "linked_refund_amount", "other_refund_amount",
)  # fmt: skip
_NEEDED = {  # what the counts of a result need, for the reason why one is null
    "mailable": "consent",
    "engaged_90d": "engagement",
    "mailable_engaged_90d": "engagement",
}  # every other count needs purchases


@dataclass(frozen=True)
class AuditResult:
    """Everything an audit found, as plain data; the same input gives the same bytes."""

    data: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """The result as plain data, in the form of docs/result.schema.json."""
        return self.data

    def to_json(self) -> str:
        """The text of result.json."""
        return json.dumps(self.data, indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    def save(self, folder: str | Path) -> Path:
        """Write result.json to a folder and return its path."""
        file = Path(folder) / "result.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.to_json(), encoding="utf-8")
        return file


def audit(store: Store, as_of: AsOf, client: Client, load: dict[str, Any], segments_file: Path | None = None) -> AuditResult:
    """Audit the tables of a store as of a moment. `load` is the report of how they were loaded (its receipts are shown),
    `segments_file` holds the client's own segments.

    An as-of date before the first purchase is an error; what the delivery cannot answer is null with its reason.
    """
    run = _Audit(store, as_of, client, load, segments_file)
    return AuditResult(_plain(run.result()))


class _Audit:
    def __init__(self, store: Store, as_of: AsOf, client: Client, load: dict[str, Any], segments_file: Path | None) -> None:
        self.store, self.as_of, self.client, self.load = store, as_of, client, load
        self.settings, self.currency = client.settings(), load["currency"]
        self.rules = Rules(self.settings, as_of)
        self.quality = quality.judge(store, self.rules)
        _check_as_of(as_of, self.quality)
        self.bought = store.remember(purchase.purchases(self.rules))
        self.base = store.remember(features.base_features(self.rules, self.bought))
        with_personas = store.remember(self._with_personas(self.base))
        self.countries = census.large_countries(store.ask(with_personas.only(_COUNTRY)), self.settings)
        self.pack = Pack.of(self.settings, self.quality, self.countries, segments_file)
        asked = self.pack.flags()
        self.flags = store.remember(with_flags(self.rules, asked))
        self.frame = store.ask(comparison.with_reach(with_personas.join(self.flags, "profile_id", zero=asked)))
        self.joint = joint(self.frame, self.pack, self.quality, self.settings)
        self.purchases = store.ask(self.bought)
        _check_amounts(self.purchases)

    def _with_personas(self, base: Query) -> Query:
        return personas.with_personas(features.with_high_value(base, self.bought), self.quality.capabilities["engagement"].yes)

    def result(self) -> dict[str, Any]:
        """The parts of the result in the order of the report."""
        counts = self._counts()
        result: dict[str, Any] = {
            "format": FORMAT,
            "segkit_version": version("webshop-segkit"),
            "input_hash": self._input_hash(),
            "client": {
                "name": self.client.name,
                "currency": self.currency["code"],
                "currency_basis": self.currency["basis"],
                "time_zone": self.client.time_zone,
            },
            "as_of": str(self.as_of),
            "window": self._window(),
            "sources": self.load["receipts"],
            "coverage": [line.as_dict() for line in self.quality.coverage.values()],
            "capabilities": self.quality.questions,
            "counts": counts,
            "status": self._status(counts),
            "recency": census.recency_groups(self.frame, self.settings),
            "grid": census.purchase_grid(self.frame),
            "high_value_cut": self._high_value_cut(),
            "personas": census.persona_census(self.frame, self.pack.personas, self.quality, self.settings, self.joint.told),
            "persona_fit": self._persona_fit(),
            "segments": segment_cards(self.frame, self.pack, self.quality, self.joint.told, self.currency["code"]),
            "segment_overlap": overlap(self.frame, self.pack),
            "segment_comparison": comparison.compared(self.store, self.rules, self.frame, self.flags, self.pack, self.quality, self.joint),
            "segment_lint": lint_of(self.pack, self.store, self.rules),
            "countries": self._countries(),
            "concentration": concentration(self.frame, self.settings),
            "rhythm": rhythms.rhythm(self.purchases, self._seen_to(), self._first_day(), self.settings),
            "rfm": self.store.row(score.cut_points(self.base)),
            "thresholds": _thresholds(self.settings),
        }
        return {**result, "findings": findings(result, self.settings)}

    def _counts(self) -> dict[str, Any]:
        return {
            **census.counts(self.frame, self.quality, self.settings),
            "order_value_median": self._median(),
            **self._orders_beside(),
            "currency": self.currency["code"],
        }

    # --- parts ----------------------------------------------------------------------------------------------------

    def _window(self) -> dict[str, Any]:
        bought, last = self.purchases["ordered_on"], self.quality.last_day
        return {
            "first_order_on": None if bought.empty else bought.min().date().isoformat(),
            "last_order_on": None if bought.empty else bought.max().date().isoformat(),
            "coverage_to": last and last.isoformat(),
            "gap_days": None if last is None else (self.as_of.day - last).days,
            "rows_after": self.quality.rows_after,
        }

    def _first_day(self) -> date | None:
        return self.quality.coverage["orders"].first_on

    def _seen_to(self) -> date:
        """The last day on which a purchase could have been seen: the as-of day, or the end of the orders if that is earlier."""
        return self.quality.coverage["orders"].known_to or self.as_of.day

    def _median(self) -> float | None:
        """The median order value: half-way between the two middle ones."""
        middle = self.store.row(purchase.shop_middle(self.bought))
        return None if self.purchases.empty else (middle["shop_order_value_low"] + middle["shop_order_value_high"]) / 2

    def _orders_beside(self) -> dict[str, Any]:
        """What is counted beside revenue: guests, and refunds by what they were taken off, if anything."""
        if not self.quality.capabilities["purchases"].yes:
            return dict.fromkeys(_BESIDE) | self._duplicates()
        guests = self._row("orders", "total_base", "counts_as_purchase AND profile_id IS NULL")
        loose, of_customers, linked = (
            self._row("refunds", "amount", where) for where in (_LOOSE, f"{_LOOSE} AND {_NAMED}", purchase.LINKED)
        )
        taken_off = float(self.purchases["refunded"].sum())
        amounts = (*guests, *loose, *of_customers, taken_off, linked[1] - taken_off)
        return dict(zip(_BESIDE, amounts, strict=True)) | self._duplicates()

    def _duplicates(self) -> dict[str, int]:
        return {"duplicate_rows": sum(self.load["duplicates"].values())}

    def _row(self, table: str, amount: str, where: str) -> tuple[int, float]:
        """How many rows of a table hold, and the sum of an amount over them."""
        rows = self.store.row(self.rules.table(table, (amount,), where).aggregate(None, {"rows": "count(*)", "sum": f"sum({amount})"}))
        return rows["rows"], float(rows["sum"] or 0)

    def _status(self, counts: dict[str, Any]) -> dict[str, Any]:
        missing = {name: self.quality.capabilities[_NEEDED.get(name, "purchases")] for name, value in counts.items() if value is None}
        if counts["mailable_engaged_90d"] is None and self.quality.capabilities["engagement"].yes:
            missing["mailable_engaged_90d"] = self.quality.capabilities["consent"]
        answers = {f"counts.{name}": answer.as_dict() for name, answer in missing.items()}
        no_buyers = {"status": quality.NOT_COMPUTABLE, "reason": "no_buyers"}
        return {path: answer if answer["reason"] else no_buyers for path, answer in answers.items()}

    def _high_value_cut(self) -> dict[str, Any]:
        """The shop's line between high and low, and how many would move under the other rules."""
        rule = self.settings["high_value_rule"]
        if self.purchases.empty:
            return {"rule": rule, "value": None, "above": None, "status": quality.NOT_COMPUTABLE, "reason": "no_buyers"}
        cuts = {name: self._cut(name) for name in purchase.HIGH_VALUE}
        return {"rule": rule, "value": cuts[rule]["value"], "above": cuts[rule]["above"], **cuts}

    def _cut(self, rule: str) -> dict[str, Any]:
        frame = self._personas_under(self.settings.override({"high_value_rule": rule}))
        shown = {name: float(frame[name].iloc[0]) for name in frame.columns if name.startswith("shop_")}
        value = {
            "mean": lambda: shown["shop_revenue"] / shown["shop_order_count"],
            "median": lambda: (shown["shop_order_value_low"] + shown["shop_order_value_high"]) / 2,
            "quantile": lambda: shown["shop_order_value_quantile"],
        }[rule]()
        return {"value": value, "above": int(frame["is_high_value"].sum()), "would_change": self._moved(frame)}

    def _personas_under(self, settings: Settings) -> pd.DataFrame:
        """profile_id, persona and the shop's figures under other thresholds for recency, frequency and value."""
        query = self._with_personas(self.base.under(settings))
        figures = [name for name in query.columns if name.startswith("shop_")]
        return self.store.ask(query.only(["profile_id", "persona", "is_high_value", *figures]))

    def _moved(self, other: pd.DataFrame) -> int:
        """How many profiles have another persona there."""
        mine = self.frame.set_index("profile_id")["persona"]
        return int((other.set_index("profile_id")["persona"].reindex(mine.index) != mine).sum())

    def _persona_fit(self) -> dict[str, Any]:
        fitted = fit.suggest_thresholds(rhythms.purchase_days(self.purchases), self.frame, self.settings)
        if "status" in fitted:
            return {"thresholds": {}, "would_change": None, **fitted}
        other = self._personas_under(self.settings.override({name: row["fitted"] for name, row in fitted.items()}))
        return {"thresholds": fitted, "would_change": self._moved(other), "status": quality.COMPUTED, "reason": None}

    def _countries(self) -> dict[str, Any]:
        sizes = self.frame.loc[self.frame["order_count"] > 0, "country_code"].dropna().value_counts()
        largest = self.countries[0] if self.countries and not sizes.empty else None
        return {
            "largest": largest,
            "buyers_in_largest": int(sizes.get(largest, 0)) if largest else None,
            "buyers_with_country": int(sizes.sum()),
        }

    def _input_hash(self) -> str:
        parts = [self.load["load_id"], str(self.as_of), self.client.model_dump_json(exclude={"brand"})]  # a look changes no number
        parts += [f"{name}={self.pack.segments[name]}" for name in self.pack.own]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _check_as_of(as_of: AsOf, judged: Quality) -> None:
    first = judged.coverage["orders"].first_on
    if first and as_of.day < first:
        raise AsOfError(
            f"On {as_of} nothing had been ordered yet.",
            f"The first order is of {first}; choose that day or a later one.",
        )


def _check_amounts(purchases: pd.DataFrame) -> None:
    """A purchase of unknown worth can be neither added nor left out; deliveries are checked when they are read."""
    unknown = int(purchases["value"].isna().sum())
    if unknown:
        raise ColumnError(
            f"orders.parquet: {unknown} purchases have no total_base.", "Fill it in: what the order was worth in the shop's currency."
        )


def _thresholds(settings: Settings) -> list[dict[str, Any]]:
    return [
        {"name": t.name, "value": t.value, "unit": t.unit, "default": t.default, "why": t.why, "source": t.source}
        for t in settings.thresholds.values()
    ]


def _plain(value: Any) -> Any:
    """Plain JSON types; a number that is not one is null."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return None if math.isnan(value) or math.isinf(value) else round(value, 6)
    return value.item() if hasattr(value, "item") else value
