"""Windows and lists: the sleeping customers without a hole, and whom a static list misses."""

from __future__ import annotations

from segkit.segments import can_receive, did, not_in_list
from segkit.shop import View

SHOP = "sneakers"


def sleeping_without_a_hole(view: View) -> set[str]:
    """Who last bought 90 to 180 days ago, both ends in."""
    return set(view.members("sleeping_customers")["profile_id"])


def missing_from_the_list(view: View) -> set[str]:
    """Who bought men's shoes in the last 300 days, may be mailed, and is not on the list that was once made of such people."""
    mens_shoes = did("placed_order", item={"category": "heren"}, within="last 300 days")
    return set(view.members(mens_shoes & can_receive("email") & not_in_list("list_runners"))["profile_id"])


ANSWERS = {"6a": sleeping_without_a_hole, "6b": missing_from_the_list}
