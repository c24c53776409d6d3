"""What happens to a mail after it is sent: bounce, human read, Apple's proxy, click, scanner click."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segkit_generators.moments import DAY, HOUR, NEVER, until
from segkit_generators.season import Calendar
from segkit_generators.streams import Bools, Floats, Ints
from segkit_generators.world import World

YEAR = 365.25 * DAY
CENTURY = 876_600.0  # hours
MOST = 0.97  # no mail is read for certain
RECEIVED_SECONDS = 3  # from sending to the mailbox
CHECKOUT_SECONDS = 120  # from deciding to the order


@dataclass(frozen=True)
class Mailbox:
    """Draws the reactions of customers to mails; `start` is the beginning of each one's subscription."""

    world: World
    messages: pd.DataFrame
    start: Ints

    def send(self, name: str, message: str | Ints, customer: Ints, at: Ints) -> pd.DataFrame:
        """One row a mail sent: bounces, read_at (hidden), the moments a mail system records; NEVER = did not happen."""
        rng = self.world.streams(f"mail {name}")
        if isinstance(message, str):
            message = np.full(len(customer), int(np.flatnonzero(self.messages["key"] == message)[0]))
        sent = pd.DataFrame({"customer": customer, "message": message, "at": at})
        sent["is_dead"] = at >= self.world.dies_at()[customer]
        soft = rng.random(len(sent)) < self.world.recipe["reaction"]["soft_bounce_share"]
        sent["is_soft"] = ~sent["is_dead"] & soft
        arrived = ~(sent["is_dead"] | sent["is_soft"]).to_numpy()
        sent["read_at"] = self._reads(sent, arrived, rng)
        self._opens(sent, arrived, rng)
        self._clicks(sent, arrived, rng)
        for column in ("read_at", "open_at", "again_at", "machine_at", "click_at", "bot_at"):
            sent[column] = until(sent[column].to_numpy(), self.world.calendar.end)
        return sent

    def _reads(self, sent: pd.DataFrame, arrived: Bools, rng: np.random.Generator) -> Ints:
        rates, customer, at = self.world.recipe["reaction"], sent["customer"], sent["at"].to_numpy()
        hidden = self.world.hidden.iloc[customer]
        years = (at - self.start[customer]) / YEAR
        appeal = self.messages["appeal"].to_numpy()[sent["message"]]
        chance = hidden["open_propensity"].to_numpy() * appeal * np.exp(-hidden["fatigue_per_year"].to_numpy() * years)
        still = at < self.world.stops("reading_after_days")[customer]
        reads = arrived & still & (rng.random(len(sent)) < np.minimum(chance, MOST))
        hours = rates["read_median_hours"] * np.exp(rates["read_sigma"] * rng.standard_normal(len(sent)))
        return np.where(reads, at + 60 + seconds_of(hours), NEVER)

    def _opens(self, sent: pd.DataFrame, arrived: Bools, rng: np.random.Generator) -> None:
        """Apple's proxy fetches the pixel of what its readers get, and hides when they really read."""
        rates, read = self.world.recipe["reaction"], sent["read_at"].to_numpy()
        apple = self.world.hidden["is_apple_reader"].to_numpy()[sent["customer"]]
        shown = ~apple | (rng.random(len(sent)) < rates["apple_visible_share"])
        again = shown & (read != NEVER) & (rng.random(len(sent)) < rates["second_open_share"])
        fetched = apple & arrived & (rng.random(len(sent)) < rates["machine_open_share"])
        sent["open_at"] = np.where(shown, read, NEVER)
        sent["again_at"] = after(np.where(again, read, NEVER), rng.integers(HOUR, 3 * DAY, len(sent)))
        sent["machine_at"] = np.where(fetched, sent["at"] + rng.integers(20, 2400, len(sent)), NEVER)

    def _clicks(self, sent: pd.DataFrame, arrived: Bools, rng: np.random.Generator) -> None:
        rates, customer = self.world.recipe["reaction"], sent["customer"].to_numpy()
        hidden = self.world.hidden.iloc[customer]
        topic = self.messages["topic"].to_numpy()[sent["message"]]
        lift: Floats = 0.5 + rates["topic_lift"] * self.world.affinity[customer, topic]
        clicks = rng.random(len(sent)) < np.minimum(hidden["click_propensity"].to_numpy() * lift, MOST)
        read = np.where(clicks, sent["read_at"], NEVER)
        sent["click_at"] = after(read, rng.integers(10, 240, len(sent)))
        scanned = rng.random(len(sent)) < rates["scanner_click_share"]
        scanned &= hidden["has_link_scanner"].to_numpy() & arrived
        sent["bot_at"] = np.where(scanned, sent["at"] + RECEIVED_SECONDS + rng.integers(1, 15, len(sent)), NEVER)


def seconds_of(hours: Floats) -> Ints:
    """Whole seconds of hours; of more than a century, a century."""
    return np.asarray(np.minimum(hours, CENTURY) * HOUR).astype(np.int64)


def after(at: Ints, seconds: Ints | int) -> Ints:
    """The moment so many seconds later; NEVER stays NEVER."""
    return np.where(at == NEVER, NEVER, np.where(at == NEVER, 0, at) + seconds)


def orders_caused(rng: np.random.Generator, sent: pd.DataFrame, share: float, median_hours: float, calendar: Calendar) -> Ints:
    """When each who got a mail orders because of it: a share of its readers, some hours after reading; NEVER for the others.

    Who would on a day that takes no orders does on the next that does.
    """
    moved = rng.random(len(sent)) < share
    hours = median_hours * np.exp(rng.standard_normal(len(sent)))
    ordered = after(np.where(moved, sent["read_at"], NEVER), CHECKOUT_SECONDS + seconds_of(hours))
    return until(calendar.on_open_days(ordered), calendar.end)
