"""Features and personas equal a naive oracle on tiny shops full of borders."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
from hypothesis import given, settings

from segkit import features, personas
from segkit.clock import AsOf
from segkit.engine import Rules
from segkit.segments.evaluate import with_flags
from segkit.segments.library import literal_personas
from segkit.settings import default_settings
from tests.canonical import store_of
from tests.features.oracle import TinyShop, features_of, literal_of, partition_of
from tests.features.shops import tiny_shops

COMPARED = (
    "order_count", "revenue", "recency_days", "first_order_days", "order_count_30d", "order_count_90d", "order_count_365d", "revenue_365d",
    "order_value_max", "engaged_count", "engaged_count_90d", "engaged_days", "machine_open_count_90d", "unknown_open_count_90d",
    "site_intent_count_90d", "country_code", "is_mailable", "is_high_value",
)  # fmt: skip


def asked(shop: TinyShop, folder: Path) -> pd.DataFrame:
    """segkit's answer: features and personas, one row per profile."""
    tables = {name: getattr(shop, name) for name in ("profiles", "orders", "refunds", "email_events", "site_events", "consents")}
    store = store_of(folder, shop.zone, **tables)
    as_of = shop.as_of.replace(tzinfo=UTC) if isinstance(shop.as_of, datetime) else shop.as_of
    rules = Rules(default_settings(), AsOf.parse(as_of, shop.zone))
    flags = {f"is_{name}": one.condition for name, one in literal_personas(default_settings()).items()}
    judged = personas.with_personas(features.profile_features(rules), shop.mail_delivered)
    frame = store.ask(judged.join(with_flags(rules, flags), "profile_id", zero=flags))
    store.close()
    return frame.set_index("profile_id")


def plain(value: object) -> object:
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return None
    return round(float(value), 4) if not isinstance(value, bool | str) else value  # type: ignore[arg-type]


@given(tiny_shops())
@settings(deadline=None)
def test_features_and_personas_equal_the_oracle(shop: TinyShop) -> None:
    with tempfile.TemporaryDirectory() as folder:
        frame = asked(shop, Path(folder))
    expected = features_of(shop)
    assert set(frame.index) == set(expected)
    for name, row in expected.items():
        told = frame.loc[name]
        for column in COMPARED:
            assert plain(told[column]) == plain(row[column]), (name, column)
        assert {persona for persona in literal_personas(default_settings()) if told[f"is_{persona}"]} == literal_of(row)
        assert told["persona"] == partition_of(row, shop.mail_delivered)


@given(tiny_shops())
@settings(deadline=None, max_examples=10)
def test_what_happens_after_the_as_of_moment_changes_nothing(shop: TinyShop) -> None:
    """Perturb the future: drop every row after the as-of moment, and the answer stays the same."""
    tables = {
        "orders": "ordered_at",
        "refunds": "refunded_at",
        "email_events": "occurred_at",
        "site_events": "occurred_at",
        "consents": "occurred_at",
    }
    past = TinyShop(**{**vars(shop), **{t: [row for row in getattr(shop, t) if shop.known(row[at])] for t, at in tables.items()}})
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        pd.testing.assert_frame_equal(asked(shop, Path(one)).sort_index(), asked(past, Path(other)).sort_index())
