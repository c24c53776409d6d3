"""The feature table of a large shop: segkit's statement against the best one written by hand, and against pandas.

    python benchmarks/make_events.py 1 EVENTS
    python benchmarks/features.py EVENTS [--rounds 3] [--pandas]

Each contender runs in a process of its own, in turn, and computes the same columns; printed are the median CPU and wall
seconds, the peak memory, and the ratio to the statement by hand. The answers are compared cell by cell.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

AS_OF = "2026-11-01"
COLUMNS = [
    "country_code",
    "order_count",
    "revenue",
    "first_order_on",
    "last_order_on",
    "order_count_30d",
    "order_count_90d",
    "order_count_365d",
    "revenue_365d",
    "order_value_max",
    "recency_days",
    "first_order_days",
    "order_value_mean",
    "email_received_count_90d",
    "engaged_count",
    "engaged_count_90d",
    "click_count_90d",
    "machine_open_count_90d",
    "unknown_open_count_90d",
    "last_engaged_on",
    "engaged_days",
    "site_event_count_90d",
    "product_view_count_90d",
    "site_intent_count_90d",
    "last_site_event_on",
    "consent_count",
    "subscribed_count",
    "unsubscribed_count",
    "suppressed_count",
    "subscription_count",
    "is_mailable",
    "is_high_value",
]

BY_HAND = """
COPY (
WITH orders_ AS (
  SELECT o.profile_id, count(*) AS order_count, CAST(sum(total_base - coalesce(r.amount, 0)) AS DECIMAL(18,4)) AS revenue,
    min(ordered_on) AS first_order_on, max(ordered_on) AS last_order_on,
    count(*) FILTER (ordered_on >= DATE '2026-10-02') AS order_count_30d, count(*) FILTER (ordered_on >= DATE '2026-08-03') AS order_count_90d,
    count(*) FILTER (ordered_on >= DATE '2025-11-01') AS order_count_365d,
    CAST(sum(total_base - coalesce(r.amount, 0)) FILTER (ordered_on >= DATE '2025-11-01') AS DECIMAL(18,4)) AS revenue_365d,
    max(total_base - coalesce(r.amount, 0)) AS order_value_max,
    arg_max(shipping_country, (ordered_at, shipping_country)) FILTER (shipping_country IS NOT NULL) AS order_country
  FROM '{folder}/orders.parquet' AS o
  LEFT JOIN (SELECT order_id, sum(amount) AS amount FROM '{folder}/refunds.parquet'
             WHERE linkage <> 'unlinked' AND refunded_on <= DATE '2026-11-01' GROUP BY 1) AS r USING (order_id)
  WHERE ordered_on <= DATE '2026-11-01' AND counts_as_purchase AND profile_id IS NOT NULL GROUP BY 1
), mail AS (
  SELECT profile_id, count(*) FILTER (event_type = 'received' AND occurred_on >= DATE '2026-08-03') AS email_received_count_90d,
    count(*) FILTER (human) AS engaged_count, count(*) FILTER (human AND occurred_on >= DATE '2026-08-03') AS engaged_count_90d,
    count(*) FILTER (event_type = 'clicked' AND human AND occurred_on >= DATE '2026-08-03') AS click_count_90d,
    count(*) FILTER (event_type = 'opened' AND is_machine_open AND occurred_on >= DATE '2026-08-03') AS machine_open_count_90d,
    count(*) FILTER (event_type = 'opened' AND is_machine_open IS NULL AND occurred_on >= DATE '2026-08-03') AS unknown_open_count_90d,
    max(occurred_on) FILTER (human) AS last_engaged_on
  FROM (SELECT *, (event_type = 'clicked' AND NOT coalesce(is_bot_click, FALSE)) OR (event_type = 'opened' AND NOT is_machine_open) AS human
        FROM '{folder}/email_events.parquet' WHERE occurred_on <= DATE '2026-11-01') GROUP BY 1
), site AS (
  SELECT profile_id, count(*) FILTER (occurred_on >= DATE '2026-08-03') AS site_event_count_90d,
    count(*) FILTER (event_type = 'viewed_product' AND occurred_on >= DATE '2026-08-03') AS product_view_count_90d,
    count(*) FILTER (event_type IN ('viewed_product', 'added_to_cart', 'started_checkout') AND occurred_on >= DATE '2026-08-03') AS site_intent_count_90d,
    max(occurred_on) AS last_site_event_on
  FROM '{folder}/site_events.parquet' WHERE occurred_on <= DATE '2026-11-01' GROUP BY 1
), lists AS (
  SELECT profile_id, list_id, count(*) AS n, count(*) FILTER (status = 'subscribed') AS yes,
    count(*) FILTER (status IN ('unsubscribed', 'never_subscribed', 'pending')) AS no, count(*) FILTER (status = 'suppressed') AS stop,
    max(occurred_at) FILTER (status = 'subscribed') AS yes_at, max(occurred_at) FILTER (status IN ('unsubscribed', 'never_subscribed', 'pending')) AS no_at
  FROM '{folder}/consents.parquet' WHERE channel = 'email' AND purpose = 'marketing' AND occurred_at < TIMESTAMP '2026-11-02' GROUP BY ALL
), consent AS (
  SELECT profile_id, sum(n) AS consent_count, sum(yes) AS subscribed_count, sum(no) AS unsubscribed_count, sum(stop) AS suppressed_count,
    count(*) FILTER (yes > 0 AND (no = 0 OR yes_at > no_at) AND (left_at IS NULL OR yes_at > left_at)) AS subscription_count
  FROM (SELECT *, max(no_at) FILTER (list_id IS NULL) OVER (PARTITION BY profile_id) AS left_at FROM lists) GROUP BY 1
), shop AS (SELECT sum(revenue) AS r, sum(order_count) AS n FROM orders_)
SELECT profile_id, coalesce(order_country, country_code) AS country_code, coalesce(order_count, 0) AS order_count, coalesce(revenue, 0) AS revenue, first_order_on, last_order_on,
  coalesce(order_count_30d, 0) AS order_count_30d, coalesce(order_count_90d, 0) AS order_count_90d, coalesce(order_count_365d, 0) AS order_count_365d,
  coalesce(revenue_365d, 0) AS revenue_365d, order_value_max, DATE '2026-11-01' - last_order_on AS recency_days,
  DATE '2026-11-01' - first_order_on AS first_order_days, CAST(revenue AS DOUBLE) / order_count AS order_value_mean,
  coalesce(email_received_count_90d, 0) AS email_received_count_90d, coalesce(engaged_count, 0) AS engaged_count,
  coalesce(engaged_count_90d, 0) AS engaged_count_90d, coalesce(click_count_90d, 0) AS click_count_90d,
  coalesce(machine_open_count_90d, 0) AS machine_open_count_90d, coalesce(unknown_open_count_90d, 0) AS unknown_open_count_90d, last_engaged_on,
  DATE '2026-11-01' - last_engaged_on AS engaged_days, coalesce(site_event_count_90d, 0) AS site_event_count_90d,
  coalesce(product_view_count_90d, 0) AS product_view_count_90d, coalesce(site_intent_count_90d, 0) AS site_intent_count_90d, last_site_event_on,
  coalesce(consent_count, 0) AS consent_count, coalesce(subscribed_count, 0) AS subscribed_count, coalesce(unsubscribed_count, 0) AS unsubscribed_count,
  coalesce(suppressed_count, 0) AS suppressed_count,
  coalesce(subscription_count, 0) AS subscription_count, coalesce(subscription_count > 0 AND suppressed_count = 0, FALSE) AS is_mailable,
  coalesce(revenue * (SELECT n FROM shop) > (SELECT r FROM shop) * order_count, FALSE) AS is_high_value
FROM '{folder}/profiles.parquet' LEFT JOIN orders_ USING (profile_id) LEFT JOIN mail USING (profile_id)
LEFT JOIN site USING (profile_id) LEFT JOIN consent USING (profile_id)
WHERE created_at < TIMESTAMP '2026-11-02' OR order_count > 0 OR engaged_count > 0
) TO '{out}' (FORMAT parquet, COMPRESSION zstd)
"""


def by_hand(folder: Path, out: Path) -> None:
    """One statement, written and tuned by hand."""
    import duckdb

    connection = duckdb.connect(config={"preserve_insertion_order": "false"})
    connection.execute(BY_HAND.format(folder=folder, out=out))


def by_segkit(folder: Path, out: Path) -> None:
    """The declared features, composed into one statement."""
    from segkit.clock import AsOf
    from segkit.engine import Rules, Store
    from segkit.features import profile_features
    from segkit.settings import default_settings

    rules = Rules(default_settings(), AsOf.parse(AS_OF, "UTC"))
    Store(folder).write(profile_features(rules).only(["profile_id", *COLUMNS]), out)


def by_pandas(folder: Path, out: Path) -> None:
    """The same counts in plain pandas, as a data person would write them."""
    import pandas as pd

    day = pd.Timestamp(AS_OF)
    orders = pd.read_parquet(
        folder / "orders.parquet",
        columns=["order_id", "profile_id", "ordered_at", "ordered_on", "counts_as_purchase", "total_base", "shipping_country"],
    )
    orders["ordered_on"] = pd.to_datetime(orders["ordered_on"])
    orders = orders[orders["counts_as_purchase"] & (orders["ordered_on"] <= day)]
    refunds = pd.read_parquet(folder / "refunds.parquet", columns=["order_id", "refunded_on", "amount"])
    refunds = refunds[pd.to_datetime(refunds["refunded_on"]) <= day].groupby("order_id")["amount"].sum()
    orders["value"] = orders["total_base"].astype(float) - orders["order_id"].map(refunds).astype(float).fillna(0)
    age = (day - orders["ordered_on"]).dt.days
    parts = {"order_count_30d": age <= 30, "order_count_90d": age <= 90, "order_count_365d": age <= 365}
    orders = orders.assign(**parts, revenue_365d=orders["value"].where(age <= 365, 0))
    bought = orders.groupby("profile_id").agg(
        order_count=("value", "size"), revenue=("value", "sum"), first_order_on=("ordered_on", "min"), last_order_on=("ordered_on", "max"),
        **{name: (name, "sum") for name in (*parts, "revenue_365d")}, order_value_max=("value", "max"),
    )  # fmt: skip
    countries = orders.dropna(subset="shipping_country").sort_values("ordered_at").groupby("profile_id")["shipping_country"].last()
    mail = _pandas_mail(folder, day)
    site = _pandas_site(folder, day)
    profiles = pd.read_parquet(folder / "profiles.parquet", columns=["profile_id", "country_code"]).set_index("profile_id")
    profiles["country_code"] = countries.reindex(profiles.index).fillna(profiles["country_code"])
    profiles.join(bought).join(mail).join(site).reset_index().to_parquet(out)


def _pandas_mail(folder: Path, day):
    import pandas as pd

    mail = pd.read_parquet(
        folder / "email_events.parquet", columns=["profile_id", "event_type", "occurred_on", "is_machine_open", "is_bot_click"]
    )
    mail["occurred_on"] = pd.to_datetime(mail["occurred_on"])
    mail = mail[mail["occurred_on"] <= day]
    recent, click = (day - mail["occurred_on"]).dt.days <= 90, (mail["event_type"] == "clicked") & ~mail["is_bot_click"]
    opened = mail["event_type"] == "opened"
    human = click | (opened & ~mail["is_machine_open"])
    flags = {
        "email_received_count_90d": (mail["event_type"] == "received") & recent, "engaged_count": human, "engaged_count_90d": human & recent,
        "click_count_90d": click & recent, "machine_open_count_90d": opened & mail["is_machine_open"] & recent,
    }  # fmt: skip
    mail = mail.assign(**flags, last_engaged_on=mail["occurred_on"].where(human))
    return mail.groupby("profile_id").agg(**{name: (name, "sum") for name in flags}, last_engaged_on=("last_engaged_on", "max"))


def _pandas_site(folder: Path, day):
    import pandas as pd

    site = pd.read_parquet(folder / "site_events.parquet", columns=["profile_id", "event_type", "occurred_on"])
    site["occurred_on"] = pd.to_datetime(site["occurred_on"])
    site = site[site["occurred_on"] <= day]
    recent = (day - site["occurred_on"]).dt.days <= 90
    flags = {
        "site_event_count_90d": recent, "product_view_count_90d": (site["event_type"] == "viewed_product") & recent,
        "site_intent_count_90d": (site["event_type"] != "active_on_site") & recent,
    }  # fmt: skip
    site = site.assign(**flags)
    return site.groupby("profile_id").agg(**{name: (name, "sum") for name in flags}, last_site_event_on=("occurred_on", "max"))


CONTENDERS = {"by hand": by_hand, "segkit": by_segkit, "pandas": by_pandas}


def measured(name: str, folder: Path, out: Path) -> dict[str, float]:
    """Run one contender in a fresh process."""
    command = [sys.executable, __file__, str(folder), "--one", name, "--out", str(out)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def run_one(name: str, folder: Path, out: Path) -> None:
    """What the fresh process does: work, then print what it cost."""
    started, cpu = time.perf_counter(), time.process_time()
    CONTENDERS[name](folder, out)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"wall": time.perf_counter() - started, "cpu": time.process_time() - cpu, "peak_mb": peak}))


def differences(one: Path, other: Path) -> int:
    """How many profiles differ in any column; floats to a millionth."""
    import duckdb

    unequal = " OR ".join(f"abs(a.{c} - b.{c}) > 1e-6" if c == "order_value_mean" else f"a.{c} IS DISTINCT FROM b.{c}" for c in COLUMNS)
    sql = f"SELECT count(*) FROM '{one}' AS a FULL JOIN '{other}' AS b USING (profile_id) WHERE {unequal}"
    return duckdb.sql(sql).fetchall()[0][0]


def main() -> None:
    """Run the contenders in turn and print one line each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pandas", action="store_true")
    parser.add_argument("--one", choices=CONTENDERS)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if options.one:
        return run_one(options.one, options.folder, options.out)
    names = [name for name in CONTENDERS if options.pandas or name != "pandas"]
    outs = {name: options.folder / f"features of {name}.parquet".replace(" ", "_") for name in names}
    runs = {name: [] for name in names}
    for _ in range(options.rounds):
        for name in names:
            runs[name].append(measured(name, options.folder, outs[name]))
    print(f"differing profiles, segkit against by hand: {differences(outs['segkit'], outs['by hand'])}")
    for name in names:
        wall, cpu = (statistics.median(run[part] for run in runs[name]) for part in ("wall", "cpu"))
        base_wall, base_cpu = (statistics.median(run[part] for run in runs["by hand"]) for part in ("wall", "cpu"))
        peak = max(run["peak_mb"] for run in runs[name])
        print(f"{name:8} wall {wall:6.1f} s ({wall / base_wall:.2f} x)  cpu {cpu:6.1f} s ({cpu / base_cpu:.2f} x)  peak {peak:6.0f} MB")
    return None


if __name__ == "__main__":
    main()
