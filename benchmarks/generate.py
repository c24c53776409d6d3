"""A shop of any size: time and memory of the generators, beside naive Faker, row by row.

    python benchmarks/generate.py [--profile bakery] [--customers 1000000] [--out FOLDER]

Printed are the rows of the shop, wall seconds, the peak memory of all processes together, and rows a second against a
loop that asks Faker for every cell of a profile and of its events, measured in the same run.
"""

import argparse
import tempfile
import threading
import time
from pathlib import Path

import psutil
import pyarrow.dataset as ds
from faker import Faker
from segkit_generators.big import write_in_blocks

NAIVE_PROFILES = 400
UNTIL = "2026-10-31"


def made(profile: str, customers: int, out: Path) -> tuple[dict[str, int], float]:
    """Rows of each table, and the wall seconds that making and writing them took."""
    start = time.perf_counter()
    folder = write_in_blocks(out, profile, customers, 7, UNTIL)
    seconds = time.perf_counter() - start
    return {table.stem: ds.dataset(table).count_rows() for table in sorted(folder.glob("*.parquet"))}, seconds


def naive(events_of_profile: int) -> float:
    """Rows a second of the loop that everybody writes first."""
    fake = Faker("nl_NL")
    start, rows = time.perf_counter(), []
    for _ in range(NAIVE_PROFILES):
        rows.append({"first": fake.first_name(), "last": fake.last_name(), "email": fake.email(), "street": fake.street_address(),
                     "city": fake.city(), "zip": fake.postcode(), "phone": fake.phone_number(), "birthday": fake.date_of_birth()})  # fmt: skip
        rows += [_event(fake) for _ in range(events_of_profile)]
    return len(rows) / (time.perf_counter() - start)


def _event(fake: Faker) -> dict[str, object]:
    """A row of email_events: the columns that ours fills."""
    return {
        "event_id": fake.bothify("E########"), "profile_id": fake.bothify("C#######"), "message_id": fake.bothify("newsletter_###"),
        "event_type": fake.random_element(("sent", "received", "opened", "clicked")), "occurred_at": fake.date_time_between("-2y", "now"),
        "url": fake.uri_path(), "is_bot_click": fake.boolean(5), "is_machine_open": fake.boolean(40),
        "client_name": fake.random_element(("Gmail", "Outlook", "Apple Mail")), "client_type": fake.random_element(("mobile", "desktop")),
        "client_os": fake.random_element(("iOS", "Android", "Windows")), "email_domain": fake.free_email_domain(),
    }  # fmt: skip


class Peak(threading.Thread):
    """The most memory that this process and its children held together, in bytes (memory they share counts once)."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.bytes, self._me = 0, psutil.Process()

    def run(self) -> None:
        while True:
            self.bytes = max(self.bytes, sum(self._held()))
            time.sleep(0.2)

    def _held(self) -> list[int]:
        held = []
        for process in [self._me, *self._me.children(recursive=True)]:
            try:
                held.append(process.memory_info().rss)
            except psutil.Error:
                continue
        return held


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--profile", default="bakery")
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    peak = Peak()
    peak.start()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        rows, seconds = made(options.profile, options.customers, options.out or Path(folder))
    events = sum(count for table, count in rows.items() if table.endswith("_events"))
    rate, by_faker = sum(rows.values()) / seconds, naive(round(events / options.customers))
    print("\n".join(f"{table:22} {count:>12,}" for table, count in rows.items()))
    print(f"{sum(rows.values()):,} rows ({events:,} events) in {seconds:.0f} s, at most {peak.bytes / 2**30:.2f} GB")
    print(f"{rate:,.0f} rows a second; naive Faker {by_faker:,.0f}: {rate / by_faker:.0f} x")


if __name__ == "__main__":
    main()
