"""The language of segments: never against not, brackets, and tests of one order line."""

from __future__ import annotations

from segkit.segments import can_receive, did, last, never
from segkit.segments.tree import Condition
from segkit.shop import View

SHOP = "giftware"
_CANDLES, _CARDS = {"category": "candles"}, {"category": "cards"}


def customers_without_candles(view: View) -> set[str]:
    """Who bought something, never candles, and may be mailed."""
    return _members(view, did("placed_order") & never("placed_order", item=_CANDLES) & can_receive("email"))


def quiet_buyers_of_candles_or_cards(view: View) -> set[str]:
    """Who bought candles or cards, and last ordered more than 90 days ago."""
    either = did("placed_order", item=_CANDLES) | did("placed_order", item=_CARDS)
    return _members(view, either & last("placed_order", was="more than 90 days ago"))


def buyers_of_many_candles(view: View) -> set[str]:
    """Who bought at least 24 candles in one line."""
    return _members(view, did("placed_order", item={**_CANDLES, "quantity": {"at_least": 24}}))


def _members(view: View, condition: Condition) -> set[str]:
    return set(view.members(condition)["profile_id"])


ANSWERS = {"7a": customers_without_candles, "7b": quiet_buyers_of_candles_or_cards, "7c": buyers_of_many_candles}
