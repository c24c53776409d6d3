"""A shop as of a moment: every question is asked here."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from ruamel.yaml import YAML

from segkit import features, personas, quality
from segkit.audit import AuditResult, audit
from segkit.clock import AsOf
from segkit.engine import Query, Rules, Store, text
from segkit.errors import SegmentError, SettingsError
from segkit.export import lists
from segkit.export.sql import segments_sql
from segkit.features import score
from segkit.measure import eligibility, engagement, favourites, overlap, rank, sensitivity, waterfall
from segkit.quality import Quality
from segkit.segments import members as memberships
from segkit.segments.blanks import offers
from segkit.segments.definition import Segment, SegmentSet, Template, load, yaml_of
from segkit.segments.evaluate import with_flags
from segkit.segments.explain import Explanation, explain, figures
from segkit.segments.library import country_code, literal_personas, of_country, stock
from segkit.segments.lint import LintFinding, lint
from segkit.segments.say import say, title, why
from segkit.segments.tree import Condition, leaves
from segkit.settings import Client, Settings

SEGMENTS_FILE = "segments.yaml"
Asked = str | Segment | Condition


class Shop:
    """An opened shop: its tables, its client settings, how it was loaded, and the file of its own segments where it has one."""

    def __init__(
        self,
        store: Store,
        client: Client,
        load: dict[str, Any],
        temporary: tempfile.TemporaryDirectory[str] | None = None,
        segments_file: Path | None = None,
        quarantine: Path | None = None,
    ) -> None:
        self.store, self.client, self.load, self.segments_file = store, client, load, segments_file
        self.quarantine = quarantine  # the folder of the refused rows, FILE.refused.csv; None where no files were read
        self._temporary = temporary  # kept so that the tables live as long as the shop

    def at(self, as_of: str | date | datetime, segments_file: str | Path | None = None) -> View:
        """The shop as it was known at the end of a local day ("2026-11-01"), or at a moment.

        `segments_file` goes before the segments.yaml of the client folder.
        """
        file = Path(segments_file) if segments_file else self.segments_file
        return View(self, AsOf.parse(as_of, self.client.time_zone), file)

    def receipts(self) -> pd.DataFrame:
        """One row per delivered file: rows read, kept, mended, set aside, refused."""
        columns = ["file", "reader", "status", "reason", "rows_read", "kept", "mended", "set_aside", "refused"]
        return pd.DataFrame(self.load["receipts"], columns=columns)

    def __repr__(self) -> str:
        return f"<Shop {self.client.name}: {', '.join(f'{rows} {table}' for table, rows in self.load['rows'].items())}>"


class View:
    """A shop as of a moment; every question is asked here. A segment is an id, a Segment or a condition made of verbs."""

    def __init__(self, shop: Shop, as_of: AsOf, segments_file: Path | None = None) -> None:
        self.shop, self.as_of, self.segments_file = shop, as_of, segments_file
        self.rules = Rules(shop.client.settings(), as_of)

    def in_utc(self) -> View:
        """The same moment with its days counted in UTC, as the large platforms count them: for comparing with their numbers."""
        return View(self.shop, self.as_of.in_utc(), self.segments_file)

    @cached_property
    def own_segments(self) -> SegmentSet:
        """The segments of the shop's own segments.yaml, which may speak of those of the library."""
        library = stock(self.rules.settings)
        return load(self.segments_file, self.rules.settings, library) if self.segments_file else SegmentSet({}, beside=library)

    @cached_property
    def segments(self) -> SegmentSet:
        """The library under the shop's thresholds, and the shop's own segments; an id of its own goes before the library's."""
        return stock(self.rules.settings) | self.own_segments

    @property
    def currency(self) -> str:
        """The currency that amounts are in."""
        return str(self.shop.load["currency"]["code"])

    def features(self) -> pd.DataFrame:
        """One row per profile, by profile_id: purchase, engagement, interest, consent, and R, F and M scores (docs/data-dictionary.md).

        What needs a table that was not delivered is empty: absent is not zero.
        """
        frame = self._by_profile(score.with_scores(features.profile_features(self.rules)).only([*features.dictionary()]))
        unknown = [name for need, names in features.NEEDS.items() if not self._judged.capabilities[need].yes for name in names]
        return frame.assign(**{name: frame[name].convert_dtypes().iloc[:0].reindex(frame.index) for name in unknown})

    def personas(self) -> pd.DataFrame:
        """One row per profile, by profile_id: persona (the partition) and a flag is_NAME for each of the fourteen."""
        flags = {f"is_{name}": one.condition for name, one in literal_personas(self.rules.settings).items()}
        both = self._with_personas.only(["profile_id", "persona"]).join(with_flags(self.rules, flags), "profile_id", zero=flags)
        return self._by_profile(both)

    def title(self, segment: str, lang: str) -> str:
        """How a segment is called in a language; its id where it has no title."""
        is_made = segment not in self.segments and country_code(segment) is not None
        return title(segment, None if is_made else self.segments[segment], lang, is_own=not is_made)

    def say(self, segment: Asked, lang: str) -> str:
        """The definition of a segment in plain Dutch ("nl") or English ("en"), the shop's own figures with their amounts."""
        one = self.segments[segment] if isinstance(segment, str) else segment
        if isinstance(one, Template):
            raise SegmentError(f"{segment} has blanks to fill in.", "Fill them in first.")
        asked = one.condition if isinstance(one, Segment) else one
        return say(one, lang, self.currency, self.segments, figures(self.shop.store, self.rules, leaves(asked)))

    def offers(self, template: str, most: int = 5) -> dict[str, pd.DataFrame]:
        """What can fill the blanks of a template: for each blank the shop's own values with most people (value, people)."""
        one = self.segments[template]
        if not isinstance(one, Template):
            raise SegmentError(f"{template} has no blanks.", f"Choose one of {', '.join(self.segments.templates)}.")
        return offers(self.shop.store, self.rules, one, most)

    def count(self, segment: Asked) -> int:
        """How many profiles are in a segment; an error says why when the delivery cannot tell."""
        return memberships.counts(self.shop.store, self.rules, {"members": self._answerable(segment)})["members"]

    def count_all(self, segments: Mapping[str, Segment | Template] | None = None) -> pd.DataFrame:
        """One row a segment of the set (by default all): segment, members (empty where not computable), status, reason."""
        asked = self.segments if segments is None else self.segments | segments
        names = [*(self.segments if segments is None else segments)]
        can, cannot = self._availability.split({name: asked.resolved(name) for name in names if name in asked.segments})
        sizes = memberships.counts(self.shop.store, self.rules, can)
        fill = quality.Answer(quality.NOT_COMPUTABLE, "to_fill_in")
        answers = {**cannot, **dict.fromkeys(asked.templates, fill)}
        rows = [(name, sizes.get(name), *_plain(answers.get(name))) for name in names]
        return pd.DataFrame(rows, columns=["segment", "members", "status", "reason"]).astype({"members": "Int64"})

    def members(self, segment: Asked, sample: bool = False) -> pd.DataFrame:
        """The profile_id of everyone in a segment, in order; with `sample` also is_sampled (the others are the holdout)."""
        flagged = with_flags(self.rules, {"inside": self._answerable(segment)})
        if not sample:
            return self._by_profile(flagged.keep("inside").only(["profile_id"]))
        one = self.segments[segment] if isinstance(segment, str) else segment
        if not isinstance(one, Segment) or one.sample is None:
            raise SegmentError("That segment has no sample.", "Add  sample: {share: 50%, at_least: 1000}  to its definition.")
        return self._by_profile(memberships.sampled(flagged, "inside", one.sample))

    def matrix(self, segments: list[str]) -> pd.DataFrame:
        """How many profiles are in both of each two segments; the diagonal holds their sizes."""
        return memberships.matrix(self.flags(segments))

    def flags(self, segments: list[str]) -> pd.DataFrame:
        """One row per profile, by profile_id: a true-or-false column per segment, by id."""
        return memberships.flags(self.shop.store, self.rules, {name: self._answerable(name) for name in segments})

    def history(self, segment: Asked, months: int = 24) -> pd.DataFrame:
        """One row a month end, and one for today: day, members, entered, left, flickered (docs: segkit.segments.members.history)."""
        return memberships.history(self.shop.store, self.rules, self._answerable(segment), months)

    def favourites(self, segment: Asked, kind: str = "product") -> pd.DataFrame:
        """What members buy most, by product, category or brand, beside the rest (docs: segkit.measure.favourites.favourites)."""
        return favourites.favourites(self.shop.store, self.rules, self._answerable(segment, favourites.NEEDS), kind)

    def over_indexed(self, segment: Asked, kind: str = "product") -> pd.DataFrame:
        """The favourites that members surely buy more than the rest, the highest ratio first."""
        return favourites.over_indexed(self.favourites(segment, kind))

    def engagement(self, segment: Asked) -> pd.DataFrame:
        """Who reacted to mail recently, by opens and clicks of people and by all of them (docs: segkit.measure.engagement.engagement)."""
        return engagement.engagement(self.shop.store, self.rules, self._answerable(segment, engagement.NEEDS))

    def machine_sensitivity(self, segment: Asked) -> dict[str, Any]:
        """How many are in as defined and when machine opens count: members, with_machines, gained, lost, is_concerned."""
        return engagement.machine_sensitivity(self.shop.store, self.rules, self._answerable(segment))

    def waterfall(self, segment: Asked) -> pd.DataFrame:
        """What each condition costs in people and money (docs: segkit.measure.waterfall.waterfall)."""
        return waterfall.waterfall(self.shop.store, self.rules, self._answerable(segment), self._judged)

    def eligibility(self, segment: Asked, channel: str = "email") -> pd.DataFrame:
        """From members to recipients: consent, suppression, frequency cap (docs: segkit.measure.eligibility.eligibility)."""
        return eligibility.eligibility(self.shop.store, self.rules, self._answerable(segment), self._judged, channel)

    def sensitivity(self, segment: Asked, threshold: str, values: Iterable[Any]) -> pd.DataFrame:
        """Size and money as one threshold moves, such as purchase_recent_days from 100 to 150 (docs: segkit.measure.sensitivity)."""
        made = lambda settings: self._under(settings)._answerable(segment)  # noqa: E731
        return sensitivity.by_threshold(self.shop.store, self.rules, threshold, values, made, self._judged)

    def forms(self, forms: Mapping[str, Asked], current: str) -> pd.DataFrame:
        """Size and money of several forms of a definition, by name, against the one called `current`."""
        if current not in forms:
            raise SegmentError(f"None of the forms is called {current!r}.", f"Choose one of {', '.join(map(str, forms))}.")
        return sensitivity.sensitivity(self.shop.store, self.rules, self._all_answerable(forms), current, self._judged)

    def overlap(self, segments: Iterable[str]) -> overlap.Overlap:
        """Who is in several segments at once: .members, .shares and .combinations (docs: segkit.measure.overlap.Overlap)."""
        if not (segments := [*segments]):
            raise SegmentError("No segments were given.", "Give the ids of those to compare.")
        return overlap.overlap(self.shop.store, self.rules, self._all_answerable({name: name for name in segments}), self._judged)

    def rank(self, segments: Iterable[str] | None = None) -> pd.DataFrame:
        """Segments (by default all) by revenue per recipient, with intervals (docs: segkit.measure.rank.rank)."""
        return rank.rank(self.shop.store, self.rules, self._conditions(segments), self._judged)

    def add_next(self, chosen: Collection[str], segments: Iterable[str] | None = None) -> pd.DataFrame:
        """The segments (by default all) by the revenue of people in no chosen one: the first row is the one to add next."""
        asked = self._conditions(segments) | self._conditions(chosen)
        return rank.add_next(self.shop.store, self.rules, asked, chosen, self._judged)

    def explain(self, profile: str, segment: str) -> Explanation:
        """Why one person is in a segment or not: a verdict per condition, evidence, and what would have to change."""
        if not isinstance(segment, str):
            raise SegmentError("Only a segment with an id can be explained.", "Give it a name in segments.yaml, or build a SegmentSet.")
        self._answerable(segment)
        return explain(self.shop.store, self.rules, self.segments, segment, profile)

    def lint(self, segments: SegmentSet | None = None) -> list[LintFinding]:
        """What is wrong or odd in a set of segments (by default the shop's own; the library where it has none), most severe first."""
        asked = segments if segments is not None else self.own_segments if len(self.own_segments) else self.segments
        return lint(asked, self.rules.settings, self.shop.store, self.rules)

    def write_list(self, segment: str, file: str | Path, use: str = "send", columns: tuple[str, ...] = lists.DEFAULT) -> lists.ListReceipt:
        """Write the members of a segment as CSV, with a receipt beside it; by default those who may be mailed."""
        one = self.segments[segment]
        condition = self._answerable(segment)
        if isinstance(one, Template):
            raise SegmentError(f"{segment} has blanks to fill in.", "Fill them in first.")
        return lists.write_list(self.shop.store, self.rules, one, condition, Path(file), use, columns)

    def segments_sql(self, ids: list[str] | None = None, dialect: str = "duckdb", lang: str = "en") -> str:
        """One SQL statement for segments (by default all that need no prediction), for a data team."""
        asked = ids or [name for name, one in self.segments.conditions().items() if quality.SCORES not in memberships.needs(one)]
        return segments_sql(self.rules, self.segments, asked, dialect, lang, self.currency)

    def segments_yaml(self, ids: list[str] | None = None) -> str:
        """Segments as a segments.yaml, every parameter written out."""
        return yaml_of(SegmentSet({name: self.segments[name] for name in ids or self.segments}, beside=self.segments))

    def audit(self) -> AuditResult:
        """The whole audit as of this moment."""
        return audit(self.shop.store, self.as_of, self.shop.client, self.shop.load, self.segments_file)

    def suggest_thresholds(self) -> dict[str, Any]:
        """Thresholds fitted to the shop's own gaps and values, beside the defaults, and how many would change persona."""
        return self.audit().as_dict()["persona_fit"]

    def sql(self, dialect: str = "duckdb") -> str:
        """The SQL of the persona table in the dialect of another engine."""
        return text(self._with_personas, dialect)

    def condition(self, segment: Asked) -> Condition:
        """The condition of a segment with every segment that it speaks of written out; an error for what is none of the three."""
        if not isinstance(segment, Asked):
            raise SegmentError(f"{segment!r} is no segment.", "Give an id, a Segment, or a condition made of verbs.")
        if isinstance(segment, Condition):
            return self.segments.expanded(segment)
        if isinstance(segment, Segment):
            return self.segments.expanded(segment.condition, (segment.id,))
        code = None if segment in self.segments else country_code(segment)
        return of_country(self.segments, code).condition if code else self.segments.resolved(segment)

    @cached_property
    def _judged(self) -> Quality:
        return quality.judge(self.shop.store, self.rules)

    @property
    def _availability(self) -> memberships.Availability:
        return memberships.Availability(self._judged)

    def _under(self, settings: Settings) -> View:
        """The same view under other thresholds."""
        other = View(self.shop, self.as_of, self.segments_file)
        other.rules = Rules(settings, self.as_of)
        return other

    def _conditions(self, segments: Iterable[str] | None) -> dict[str, Condition]:
        return {name: self.condition(name) for name in (self.segments.segments if segments is None else segments)}

    def _all_answerable(self, asked: Mapping[str, Asked]) -> dict[str, Condition]:
        return {name: self._answerable(one) for name, one in asked.items()}

    def _answerable(self, segment: Asked, also: tuple[str, ...] = ()) -> Condition:
        """The resolved condition; an error where it, or what else is asked, needs what was not delivered."""
        condition = self.condition(segment)
        answer = self._judged.first_missing((*memberships.asks(condition), *also))
        if not answer.yes:
            told = segment if isinstance(segment, str) else getattr(segment, "id", "that condition")
            raise SegmentError(f"{told} cannot be counted. {why(answer)}", "Deliver what is missing, or leave that condition out.")
        return condition

    @cached_property
    def _with_personas(self) -> Query:
        return personas.with_personas(features.profile_features(self.rules), self._judged.capabilities["engagement"].yes)

    def _by_profile(self, query: Query) -> pd.DataFrame:
        """The answer in the order of profile_id: the engine's own order differs from run to run."""
        return self.shop.store.ask(query).sort_values("profile_id", ignore_index=True)


def _plain(answer: quality.Answer | None) -> tuple[str, str | None]:
    return (quality.COMPUTED, None) if answer is None else (answer.status, answer.reason)


def can_and_cannot(shop: Shop) -> dict[str, Any]:
    """Coverage per table and what can be computed, at any date: {"coverage": [...], "capabilities": {...}}."""
    judged = quality.judge(shop.store, Rules(shop.client.settings(), AsOf(date.max, shop.client.time_zone)))
    return {
        "coverage": [line.as_dict() for line in judged.coverage.values()],
        "capabilities": judged.questions,
    }


def accept_thresholds(folder: Path, fit: Mapping[str, Any]) -> Path:
    """Write fitted thresholds to the client.yaml of a client folder, its comments kept, and return the file."""
    file = folder / "client.yaml"
    if not file.exists():
        raise SettingsError(f"{folder.name} has no client.yaml to write thresholds to.", "Make a client folder with  segkit new NAME.")
    if fit["would_change"] is None:
        raise SettingsError("Nothing could be fitted, so nothing was written.", "Deliver more history, or set thresholds by hand.")
    yaml = YAML()
    content = yaml.load(file.read_text(encoding="utf-8"))
    content["thresholds"] = {**(content.get("thresholds") or {}), **{name: row["fitted"] for name, row in fit["thresholds"].items()}}
    with file.open("w", encoding="utf-8") as target:
        yaml.dump(content, target)
    return file
