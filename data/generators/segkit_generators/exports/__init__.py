"""The same shop as the deliveries of several systems: EXPORTS has one maker a system, each in a module of its own."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from segkit_generators.errors import BadArgument
from segkit_generators.exports import activecampaign, klaviyo, shopify
from segkit_generators.exports.book import Book
from segkit_generators.exports.delivery import Delivery

if TYPE_CHECKING:
    from segkit_generators.shop import Shop

CANONICAL = "canonical"
EXPORTS: dict[str, "Callable[[Shop], Delivery]"] = {
    "klaviyo": lambda shop: klaviyo.deliver(Book(shop)),
    "shopify": lambda shop: shopify.deliver(Book(shop)),
    "activecampaign": lambda shop: activecampaign.deliver(Book(shop)),
}
"""How to make the delivery of each system; it is written under the folder of that name. The shop itself writes CANONICAL."""


def check_formats(names: str | Sequence[str]) -> tuple[str, ...]:
    """The names of deliveries, once each and in the order given; they may be joined by commas. BadArgument names what is allowed."""
    listed = [names] if isinstance(names, str) else names
    found = tuple(dict.fromkeys(name.strip() for part in listed for name in part.split(",")))
    for name in found:
        if not name:
            raise BadArgument("A delivery format has no name.", f"Choose one or more of: {', '.join((CANONICAL, *EXPORTS))}.")
        if name not in (CANONICAL, *EXPORTS):
            raise BadArgument(f"There is no delivery format {name!r}.", f"Choose one or more of: {', '.join((CANONICAL, *EXPORTS))}.")
    return found
