"""What only the data can tell: windows before the first day, tables that are lacking, lists that are no longer kept."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from segkit.clock import AsOf
from segkit.engine import Rules, Store
from segkit.segments.lint import LintFinding, lint
from segkit.segments.lint.told import tell
from segkit.text import catalogue
from tests.canonical import store_of
from tests.segments.lint.sets import SETTINGS, keys, set_of

RULES = Rules(SETTINGS, AsOf(date(2026, 7, 1), "UTC"))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    people = [f"p{place:02}" for place in range(20)]
    return store_of(
        tmp_path, "UTC",
        profiles=[{"profile_id": one, "created_at": datetime(2026, 1, 1)} for one in people],
        orders=[
            {"order_id": one, "profile_id": one, "ordered_at": datetime(2026, 3, 1, 12), "total": 10, "total_base": 10, "counts_as_purchase": True}
            for one in people[:10]
        ],
        consents=[
            {"profile_id": one, "channel": "email", "purpose": "marketing", "status": "subscribed", "occurred_at": datetime(2026, 1, 1)}
            for one in people[:10]
        ],
        list_memberships=[
            {"profile_id": one, "list_id": name, "list_name": name, "kind": kind, "joined_at": joined}
            for name, kind, joined in (("oud", "list", datetime(2026, 1, 5)), ("nieuw", "list", datetime(2026, 6, 20)), ("tag", "tag", datetime(2026, 1, 5)))
            for one in people[:5]
        ],
    )  # fmt: skip


def found(store: Store, rule: str) -> list[LintFinding]:
    return [one for one in lint(set_of(f"{{some_people: {{title: Mensen, {rule}}}}}"), SETTINGS, store, RULES) if one.segments]


@pytest.mark.parametrize(
    ("key", "bad", "good"),
    [
        ("unreachable", "rule: {last: placed_order, was: more than 200 days ago}", "rule: {last: placed_order, was: last 122 days}"),
        ("reaches_back", "rule: {last: placed_order, was: between 30 and 390 days ago}", "rule: {last: placed_order, was: between 30 and 122 days ago}"),
        ("not_delivered", "rule: {did: viewed_product}", "rule: {did: placed_order}"),
        ("static_list", "rule: {in_list: oud}", "rule: {in_list: nieuw}"),
        ("static_list", "rule: {in_list: oud}", "rule: {in_list: tag}"),
        ("nobody", "rule: {did: placed_order, at_least: 5}", "rule: {did: placed_order}"),
        ("everyone", "rule: {did: placed_order}", "all: [{can_receive: email}, {in_list: nieuw}]"),
        ("everyone", "rule: {did: placed_order}", "rule: {can_receive: email}"),
    ],
)  # fmt: skip
def test_what_the_data_contradict_is_found(store: Store, key: str, bad: str, good: str) -> None:
    assert key in keys(found(store, bad))
    assert key not in keys(found(store, good))


@pytest.mark.parametrize(
    "rule", ["{did: placed_order, within: from 2026-12-01 to 2026-12-31}", "{never: placed_order, within: since 2026-12-01}"]
)
def test_days_that_are_still_to_come_are_no_contradiction(store: Store, rule: str) -> None:
    told = {one.key: one for one in found(store, f"rule: {rule}")}
    assert not {"never_true", "always_true", "nobody", "everyone"} & set(told)
    assert told["not_yet"].numbers == {"n": 153}
    assert "pas over 153 dagen" in tell(told["not_yet"], catalogue("nl"))


def test_who_is_named_and_who_is_made_up(store: Store) -> None:
    text = """{one_order: {title: Kopers, rule: {did: placed_order}}, in_march: {title: Maart, rule: {last: placed_order, was: between 100 and 130 days ago}},
               in_june: {title: Juni, rule: {last: placed_order, was: last 30 days}}}"""
    inside = {one.segments: one for one in lint(set_of(text), SETTINGS, store, RULES) if one.key == "inside"}
    there, nobody = inside["in_march", "one_order"], inside["in_june", "one_order"]
    assert (there.people, there.profiles, there.witness) == (10, ("p00", "p01", "p02"), None)
    assert (nobody.people, nobody.profiles) == (0, ())
    assert nobody.witness["events"] == [{"event": "placed_order", "days_ago": 0}]


def test_a_gap_counts_who_is_in_no_segment_at_all(store: Store) -> None:
    text = """{nothing: {title: Nooit, rule: {never: placed_order}}, often: {title: Vaker, rule: {did: placed_order, at_least: 2}},
               listed: {title: Lijst, rule: {in_list: oud}}}"""
    (gap,) = [one for one in lint(set_of(text), SETTINGS, store, RULES) if one.key == "count_gap"]
    assert (gap.people, gap.profiles) == (5, ("p05", "p06", "p07"))


@pytest.mark.parametrize(
    ("consents", "words"), [(True, "100% van de mensen die je mag mailen, zit erin."), (False, "100% van alle profielen zit erin.")]
)
def test_without_consents_a_share_is_of_all_profiles(tmp_path: Path, consents: bool, words: str) -> None:
    known = {"profile_id": "ann", "channel": "email", "purpose": "marketing", "status": "subscribed", "occurred_at": datetime(2026, 1, 1)}
    people = [{"profile_id": "ann", "created_at": datetime(2026, 1, 1), "gender": "f"}]
    told = store_of(tmp_path, "UTC", profiles=people, **({"consents": [known]} if consents else {}))
    (everyone,) = [one for one in found(told, "rule: {profile: {gender: f}}") if one.key == "everyone"]
    assert tell(everyone, catalogue("nl")).splitlines()[1].startswith(words)
