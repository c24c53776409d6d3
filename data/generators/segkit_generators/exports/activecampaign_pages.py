"""How ActiveCampaign's API answers: a page of records under the name of the resource, times with the account's offset."""

from collections.abc import Callable

import pandas as pd

from segkit_generators.exports.delivery import Page, Record

HOST = "https://example.api-us1.com/api/3"
PER_PAGE = 100


def answers(*resources: str) -> Callable[[list[Record], Page], Record]:
    """The envelope of a resource; with several, each record is a dictionary of one list of records a resource."""

    def envelope(records: list[Record], page: Page) -> Record:
        return {**_listed(resources, records), "meta": {"total": str(page.records)}}

    return envelope


def _listed(resources: tuple[str, ...], records: list[Record]) -> Record:
    if len(resources) == 1:
        return {resources[0]: records}
    found: dict[str, dict[str, Record]] = {name: {} for name in resources}
    for record in records:
        for name, parts in record.items():
            found[name].update({part["id"]: part for part in parts})  # a link that many clicked is given once
    return {name: [*parts.values()] for name, parts in found.items()}


def moment(at: pd.Timestamp | None, zone: str) -> str | None:
    """A UTC moment with the offset of the account's zone, such as 2026-01-24T17:34:28+01:00."""
    return None if at is None else at.tz_localize("UTC").tz_convert(zone).isoformat(timespec="seconds")


def numbers(count: int) -> list[str]:
    """The ids 1, 2, 3 and so on."""
    return [str(number) for number in range(1, count + 1)]
