"""A sample is stable, nested and disjoint from its holdout, and the same people on every engine."""

import hashlib
import math
import tempfile
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from segkit.clock import AsOf
from segkit.engine import Rules
from segkit.segments.definition import Sample
from segkit.segments.evaluate import with_flags
from segkit.segments.members import sampled
from segkit.segments.read import condition
from segkit.settings import default_settings
from tests.canonical import store_of


def sample_of(people: set[str], share: Decimal, at_least: int, seed: int) -> set[str]:
    """The first by md5 of seed and name."""
    ranked = sorted(people, key=lambda name: hashlib.md5(f"{seed}:{name}".encode()).hexdigest())
    return set(ranked[: min(len(ranked), max(math.ceil(share * len(ranked)), at_least))])


SHARES = st.sampled_from([Decimal(text) for text in ("0.01", "0.1", "0.25", "0.5", "0.333", "1")])


def drawn(people: list[str], sample: Sample) -> tuple[set[str], set[str]]:
    """The sample and the holdout."""
    with tempfile.TemporaryDirectory() as folder:
        store = store_of(Path(folder), profiles=[{"profile_id": name} for name in people])
        flagged = with_flags(Rules(default_settings(), AsOf.parse("2026-10-31", "UTC")), {"a": condition({"never": "placed_order"}, "a")})
        frame = store.ask(sampled(flagged, "a", sample))
        store.close()
    return set(frame.loc[frame["is_sampled"], "profile_id"]), set(frame.loc[~frame["is_sampled"], "profile_id"])


@given(st.integers(1, 60), SHARES, st.integers(0, 20), st.integers(0, 3))
def test_a_sample_holds_who_comes_first_and_the_holdout_everyone_else(size: int, share: Decimal, least: int, seed: int) -> None:
    people = [f"p{number}" for number in range(size)]
    inside, rest = drawn(people, Sample(share, least, seed))
    assert inside == sample_of(set(people), share, least, seed)
    assert len(inside) == Sample(share, least).size(size)
    assert (inside & rest, inside | rest) == (set(), set(people))


@given(st.integers(1, 60), SHARES, SHARES, st.integers(0, 3))
def test_a_larger_sample_holds_the_smaller_one(size: int, one: Decimal, other: Decimal, seed: int) -> None:
    people = [f"p{number}" for number in range(size)]
    small, large = (drawn(people, Sample(share, 1, seed))[0] for share in sorted((one, other)))
    assert small <= large


def test_another_seed_draws_others() -> None:
    people = [f"p{number}" for number in range(200)]
    assert drawn(people, Sample(Decimal("0.5"), 1, 1))[0] != drawn(people, Sample(Decimal("0.5"), 1, 2))[0]
