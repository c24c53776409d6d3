"""Which faults do not show in the files of which system, because its format has no place for them or had them already."""

from collections.abc import Collection, Iterable
from typing import NamedTuple


class Unseen(NamedTuple):
    """In the files of which systems a fault changes nothing, and why."""

    systems: tuple[str, ...]
    why: str


_NO_OFFSET = Unseen(("klaviyo", "activecampaign"), "their text files have no offsets anyway")
_NO_MAIL = Unseen(("shopify",), "it says nothing about mail")

UNSEEN = {
    "unlinked_cancellations": Unseen(("klaviyo", "shopify", "activecampaign"), "they know no refund without its order"),
    "two_countries": Unseen(("klaviyo", "activecampaign"), "they do not say where an order went"),
    "staff_orders": Unseen(("klaviyo", "shopify", "activecampaign"), "they do not say who works at the shop"),
    "opens_without_flag": _NO_MAIL,
    "aggregates_only": _NO_MAIL,
    "bom": Unseen(("klaviyo",), "its text file has a byte order mark anyway"),
    "no_time_zone": _NO_OFFSET,
    "wrong_time_zone": _NO_OFFSET,
}
"""By fault; one that is not named here shows in the files of every system. A test derives it from the files themselves."""


def unseen(faults: Iterable[str], systems: Collection[str]) -> list[str]:
    """One sentence for every fault that does not show in one or more of these systems, naming both."""
    found = ((name, [system for system in systems if system in UNSEEN[name].systems]) for name in faults if name in UNSEEN)
    return [f"{name} does not show in the files of {' and '.join(there)}: {UNSEEN[name].why}." for name, there in found if there]
