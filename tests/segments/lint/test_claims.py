"""What is said to be impossible is, and what is possible is never said to be impossible: pairs of conditions that are easily got wrong."""

from __future__ import annotations

import pytest

from tests.segments.lint.sets import found_in, keys

IMPOSSIBLE = [
    "{did: placed_order, item: {brand: Nike}}, {never: placed_order}",
    "{did: placed_order, at_least: 2, within: last 30 days}, {did: placed_order, exactly: 1, within: last 90 days}",
    "{top: 10%, by: total_value, of: placed_order}, {never: placed_order}",
    "{every: placed_order, item: {brand: Nike}}, {never: placed_order, item: {brand: Nike}}",
    "{can_receive: email}, {consent: email, is: unsubscribed}",
    "{did: viewed_product, within: last 30 days}, {never: active_on_site}",
    "{did: placed_order, within: since 2026-03-01}, {never: placed_order, within: since 2026-01-01}",
    "{last: placed_order, was: last 48 hours}, {never: placed_order, within: last 7 days}",
    "{profile: {birth_year: {at_least: 2000}}}, {profile: {birth_year: {less_than: 1990}}}",
    "{in_region: benelux}, {profile: {country: FR}}",
]
POSSIBLE = [
    "{average_value: placed_order, less_than: 50}, {highest_value: placed_order, more_than: 100}",
    "{did: placed_order, exactly: 3, within: last 90 days}, {did: placed_order, exactly: 1, within: last 30 days}, "
    "{did: placed_order, exactly: 1, within: between 31 and 60 days ago}",
    "{did: placed_order, item: {brand: Nike}}, {did: placed_order, item: {brand: Vento}}",
    "{first: placed_order, was: more than 365 days ago}, {last: placed_order, was: last 30 days}",
    "{profile: {gender: {is_not: f}}}, {profile: {gender: {is_not: m}}}",
    "{did: opened_email, at_least: 25, within: last 90 days}, {never: clicked_email}",
    "{after: added_to_cart, followed_by: placed_order, days: 1}, {after: added_to_cart, not_followed_by: placed_order, days: 1}",
]
INSIDE = [
    ("{did: opened_email, where: {apple_privacy_open: false}}", "{did: opened_email}"),
    ("{did: placed_order, within: since 2026-01-01}", "{did: placed_order, within: since 2025-01-01}"),
    ("{did: clicked_email, where: {url: aabb, bot_click: false}}", "{did: clicked_email, where: {url: {contains: aa}, bot_click: false}}"),
]
NOT_INSIDE = [
    ("{average_value: placed_order, more_than: 200}", "{average_value: placed_order, more_than: shop average order value}"),
    ("{did: placed_order, within: last 30 days}", "{last: placed_order, was: between 10 and 40 days ago}"),
]


@pytest.mark.parametrize("rules", IMPOSSIBLE)
def test_what_cannot_be_is_told(rules: str) -> None:
    assert "never_true" in keys(found_in(f"{{ab: {{title: Mensen, all: [{rules}]}}}}"))


@pytest.mark.parametrize("rules", POSSIBLE)
def test_what_can_be_is_not_called_impossible(rules: str) -> None:
    assert "never_true" not in keys(found_in(f"{{ab: {{title: Mensen, all: [{rules}]}}}}"))


def pair(one: str, other: str) -> set[str]:
    return keys(found_in(f"{{one: {{title: Enen, rule: {one}}}, two: {{title: Tweeën, rule: {other}}}}}"))


@pytest.mark.parametrize(("one", "other"), INSIDE)
def test_one_lies_inside_the_other(one: str, other: str) -> None:
    assert "inside" in pair(one, other)


@pytest.mark.parametrize(("one", "other"), NOT_INSIDE)
def test_neither_lies_inside_the_other(one: str, other: str) -> None:
    assert not pair(one, other) & {"inside", "same_members"}
