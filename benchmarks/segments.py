"""The whole library of segments in one statement, against the same segments one by one.

    python benchmarks/make_events.py 0.225 FOLDER 1000000   # 1 M profiles, 13 M events
    python benchmarks/segments.py FOLDER [--rounds 3]

Templates are filled with one value each; segments over predictions are left out. Both ways must count the same.
"""

import argparse
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from segkit.clock import AsOf
from segkit.engine import Rules, Store
from segkit.segments.library import stock
from segkit.segments.members import counts, needs
from segkit.settings import default_settings

AS_OF = "2026-11-01"
FILLED = {
    "brand": "brand_3", "category": "cat_2", "product": "product_5", "country": "NL", "campaign": "c7", "page": "page_4", "link": "page_4",
    "form": "form_1", "list": "list_1",
}  # fmt: skip


def library() -> dict[str, Any]:
    """Every segment of the library that needs no prediction, by id."""
    segments = stock(default_settings())
    for name, template in segments.templates.items():
        segments |= {name: template.fill(**{blank: FILLED[what] for blank, what in template.blanks.items()})}
    return {name: condition for name, condition in segments.conditions().items() if "scores" not in needs(condition)}


def timed(work: Callable[[], Any]) -> tuple[float, float, Any]:
    """Wall and CPU seconds, and the answer."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = work()
    return time.perf_counter() - wall, time.process_time() - cpu, answer


def main() -> None:
    """Time both ways, best of some rounds, and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    store, rules, segments = Store(asked.folder), Rules(default_settings(), AsOf.parse(AS_OF, "Europe/Amsterdam")), library()
    one = {"high_rollers": segments["high_rollers"]}
    together = min((timed(lambda: counts(store, rules, segments)) for _ in range(asked.rounds)), key=lambda told: told[0])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    persona = min((timed(lambda: counts(store, rules, one)) for _ in range(asked.rounds)), key=lambda told: told[0])
    apart = timed(lambda: {name: counts(store, rules, {name: condition})[name] for name, condition in segments.items()})
    if together[2] != apart[2]:
        raise SystemExit("the two ways count differently")
    print(f"{len(segments)} segments in one statement: {together[0]:.1f} s wall, {together[1]:.1f} s CPU, peak {peak:,.0f} MB")
    print(f"one by one: {apart[0]:.1f} s wall; one statement is {apart[0] / together[0]:.1f} x faster")
    print(f"one persona: {persona[0]:.2f} s")


if __name__ == "__main__":
    main()
