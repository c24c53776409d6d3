"""What a shop is made from: the checked arguments, and the load id they give."""

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from segkit_generators.errors import BadArgument
from segkit_generators.faults import FAULTS, FILE_FAULTS, checked, unseen
from segkit_generators.faults.money import other_rates
from segkit_generators.moments import APPLE_FLAG_SINCE
from segkit_generators.recipe import Recipe, rates_of_countries
from segkit_generators.world import CUSTOMERS_OF_BLOCK

LATEST = date(2099, 12, 31)


@dataclass(frozen=True)
class Arguments:
    """Profile, number of customers, seed and last local day of a shop, its faults with the share of each, and its whole recipe."""

    profile: str
    customers: int
    seed: int
    until: date
    faults: tuple[tuple[str, float], ...] = ()
    recipe: Recipe = field(default_factory=Recipe, repr=False)

    @property
    def blocks(self) -> int:
        """How many blocks the customers are made in."""
        return -(-self.customers // CUSTOMERS_OF_BLOCK)

    def size(self, block: int) -> int:
        """How many customers a block has; all but the last are full."""
        return min(CUSTOMERS_OF_BLOCK, self.customers - block * CUSTOMERS_OF_BLOCK)

    @property
    def shop_faults(self) -> dict[str, float]:
        """The faults that are in the shop's tables, with the share of each."""
        return {name: share for name, share in self.faults if name in FAULTS}

    @property
    def file_faults(self) -> dict[str, float]:
        """The faults that are in files, with the share of each."""
        return {name: share for name, share in self.faults if name in FILE_FAULTS}

    @property
    def client(self) -> dict[str, Any]:
        """What client.yaml says: who the shop is and, where orders are in other money too, the rate of each in the shop's own."""
        rates = rates_of_countries(self.recipe)
        rates |= other_rates(self.recipe) if "mixed_currencies" in self.shop_faults else {}
        return {**self.recipe["client"], **({"rates": rates} if rates else {})}

    def check_files(self, systems: Iterable[str]) -> None:
        """BadArgument when a fault of files is asked for and no system whose files could have it."""
        if self.file_faults and not [*systems]:
            name = next(iter(self.file_faults))
            raise BadArgument(f"{name} is a fault of files, and none are written.", "Ask for those of a system with --as, such as shopify.")

    def not_shown(self, systems: Collection[str]) -> list[str]:
        """One sentence for every fault that the files of these systems cannot show, or not all of them."""
        return unseen((name for name, _ in self.faults), systems)

    @property
    def load_id(self) -> str:
        """Twelve hexadecimal digits that depend on the arguments and on all that the profile says, in its order."""
        said = {name: value for name, value in asdict(self).items() if value != ()}
        text = json.dumps(said, default=str)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def check_arguments(profile: str, recipe: Recipe, customers: int, seed: int, until: str | date, faults: Iterable[str] = ()) -> Arguments:
    """The arguments as one checked value; BadArgument says what is allowed."""
    if customers < 1:
        raise BadArgument(f"A shop cannot have {customers} customers.", "Give a whole number of 1 or more.")
    if seed < 0:
        raise BadArgument(f"{seed} cannot be a seed.", "Give a whole number of 0 or more.")
    last, earliest = _date(until), APPLE_FLAG_SINCE + timedelta(recipe["history_days"])
    if not earliest <= last <= LATEST:
        raise BadArgument(f"The history cannot end on {last}.", f"Give a day from {earliest} to {LATEST}.")
    wanted = [*faults]
    for text in wanted:
        if text.endswith("="):
            raise BadArgument(f"{text} lacks its share.", f"Give {text}0.02 for two in a hundred, or {text[:-1]} for its own share.")
    return Arguments(profile, customers, seed, last, tuple(checked(wanted).items()), recipe)


def _date(until: str | date) -> date:
    try:
        found = date.fromisoformat(str(until))
        if str(found) != str(until):  # the same day, written otherwise
            raise ValueError
        return found
    except ValueError:
        raise BadArgument(f"{until!r} is not a date.", "Write it as year-month-day, for example 2026-10-31.") from None
