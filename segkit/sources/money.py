"""The shop's own currency, and the rates that bring orders in another currency to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from segkit.errors import SettingsError

_WHEN_NOBODY_SAYS = "EUR"


@dataclass(frozen=True)
class Currency:
    """The currency that a report is in, and who says so: client.yaml or the mapping, the orders themselves, or nobody."""

    code: str
    basis: Literal["said", "orders", "assumed"]


def base_currency(said: str | None, orders: Mapping[str, int]) -> Currency:
    """What client or mapping says, else what most orders are in (`orders`: how many per currency), else euro."""
    if said:
        return Currency(said, "said")
    if orders:
        return Currency(min(orders, key=lambda code: (-orders[code], code)), "orders")
    return Currency(_WHEN_NOBODY_SAYS, "assumed")


def check_rates(base: Currency, without_rate: Sequence[tuple[str, int, str]]) -> None:
    """Orders that cannot be brought to the shop's currency are an error: adding pounds to euros gives no revenue."""
    if not without_rate:
        return
    counted = ", ".join(f"{orders} in {code} ({file})" for code, orders, file in without_rate)
    first = without_rate[0][0]
    raise SettingsError(
        f"The shop's currency is {base.code}, and orders in another have no rate: {counted}.",
        f"Add to client.yaml, or to the mapping,  rates: {{{first}: what one {first} is in {base.code}}}  (or another  currency:).",
    )
