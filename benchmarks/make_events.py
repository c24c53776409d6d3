"""Benchmark data: a canonical folder of any size, made by hashing, the same bytes of meaning each time.

    python benchmarks/make_events.py SCALE OUT [PEOPLE]

At scale 1: 1 M profiles, 5 M orders, 30 M mail events, 10 M site events, 12 M order lines; about 20 s on two cores.
PEOPLE sets the number of profiles apart from the number of events.
Data run past 2026-11-01, the as-of date of the benchmark.
"""

import sys
from pathlib import Path

import duckdb

START = "TIMESTAMP '2023-11-01 00:00:00'"
SPAN = (3 * 365 + 14) * 86_400  # seconds: three years up to the as-of date and two weeks after it


def make(scale: float, out: Path, people: int | None = None) -> None:
    """Write the canonical tables that features read."""
    out.mkdir(parents=True, exist_ok=True)
    connection = duckdb.connect()
    connection.execute("SET preserve_insertion_order=false")
    connection.execute("CREATE MACRO u(i, s) AS (hash(i::BIGINT + s::BIGINT * 1000000007000) >> 11)::DOUBLE / 9007199254740992.0")
    connection.execute(f"CREATE MACRO moment(share) AS {START} + to_microseconds((share * {SPAN} * 1e6)::BIGINT)")
    count = {
        name: int(size * scale)
        for name, size in {"people": 10**6, "orders": 5 * 10**6, "items": 12 * 10**6, "mail": 30 * 10**6, "site": 10**7}.items()
    }
    count["people"] = people or count["people"]
    for table, select in _tables(count).items():
        connection.execute(f"COPY ({select}) TO '{out / table}.parquet' (FORMAT parquet, COMPRESSION zstd)")


def _tables(n: dict[str, int]) -> dict[str, str]:
    return {
        "profiles": f"SELECT 'p' || i AS profile_id, moment(u(i, 2) * 0.8) AS created_at, (['NL','NL','NL','NL','BE','BE','DE'])[1 + (u(i, 3) * 7)::INT % 7] AS country_code FROM range({n['people']}) t(i)",
        "orders": f"""WITH a AS (SELECT i, (floor({n["people"]} * 0.55 * power(u(i, 11), 1.8))::BIGINT * 7919 + 13) % {n["people"]} AS p FROM range({n["orders"]}) t(i)),
            b AS (SELECT *, moment(CASE WHEN u(p, 12) < 0.35 THEN sqrt(u(i, 13)) ELSE u(i, 13) * u(p, 14) END) AS t, u(i, 17) AS s FROM a)
            SELECT 'o' || i AS order_id, 'p' || p AS profile_id, t AS ordered_at, t::DATE AS ordered_on, s < 0.97 AS counts_as_purchase,
            round((12 + 60 * u(p, 16)) * (0.4 + 1.2 * u(i, 15)), 2)::DECIMAL(18,4) AS total_base, (['NL','NL','NL','BE','DE',NULL])[1 + (u(p, 3) * 6)::INT % 6] AS shipping_country FROM b""",
        "refunds": f"""SELECT 'r' || i AS refund_id, 'o' || i AS order_id, moment(u(i, 13))::DATE AS refunded_on, moment(u(i, 13)) AS refunded_at, 5::DECIMAL(18,4) AS amount, 'order' AS linkage
            FROM range({n["orders"]}) t(i) WHERE u(i, 17) BETWEEN 0.93 AND 0.97""",
        "order_items": f"""SELECT 'o' || (CASE WHEN i < {n["orders"]} THEN i ELSE floor(u(i, 21) * {n["orders"]})::BIGINT END) AS order_id, 'cat_' || floor(24 * power(u(i, 22), 1.6))::BIGINT AS category,
            round(3 + u(i, 26) * 50, 2)::DECIMAL(18,4) AS unit_price, 'brand_' || floor(40 * power(u(i, 27), 2))::BIGINT AS brand, 'product_' || floor(900 * power(u(i, 28), 2))::BIGINT AS title FROM range({n["items"]}) t(i)""",
        "email_events": f"""WITH a AS (SELECT i, floor({n["people"]} * u(i, 31))::BIGINT AS p, u(i, 33) AS k FROM range({n["mail"]}) t(i)), b AS (SELECT *, u(p, 35) AS e FROM a),
            c AS (SELECT *, CASE WHEN k < 0.70 + 0.3 * (e * e) THEN 'received' WHEN k < 0.93 + 0.05 * e THEN 'opened' WHEN k < 0.985 THEN 'clicked' WHEN k < 0.995 THEN 'bounced' ELSE 'unsubscribed' END AS kind FROM b),
            d AS (SELECT *, moment(CASE WHEN kind = 'received' OR e < 0.45 THEN u(i, 32) ELSE u(i, 32) * u(p, 34) END) AS t FROM c)
            SELECT 'p' || p AS profile_id, 'm' || (i % 300) AS message_id, CASE WHEN kind = 'clicked' THEN 'https://shop.example/page_' || (i % 50) END AS url, kind AS event_type, t AS occurred_at, t::DATE AS occurred_on, kind = 'opened' AND u(i, 36) < 0.5 AS is_machine_open, kind = 'clicked' AND u(i, 37) < 0.02 AS is_bot_click FROM d""",
        "site_events": f"""WITH a AS (SELECT i, floor({n["people"]} * power(u(i, 41), 1.5))::BIGINT * 104729 % {n["people"]} AS p, u(i, 43) AS k FROM range({n["site"]}) t(i)),
            b AS (SELECT *, moment(CASE WHEN u(p, 45) < 0.3 THEN sqrt(u(i, 42)) ELSE u(i, 42) * u(p, 44) END) AS t FROM a)
            SELECT 'p' || p AS profile_id, t AS occurred_at, t::DATE AS occurred_on, 'https://shop.example/page_' || (i % 50) AS url, 'cat_' || (i % 24) AS category,
            CASE WHEN k > 0.995 THEN 'submitted_form' WHEN k < 0.5 THEN 'active_on_site' WHEN k < 0.85 THEN 'viewed_product' WHEN k < 0.95 THEN 'added_to_cart' ELSE 'started_checkout' END AS event_type, CASE WHEN k > 0.995 THEN 'form_' || (i % 5) END AS form_name FROM b""",
        "messages": "SELECT 'm' || i AS message_id, 'campaign' AS kind, 'c' || i AS campaign_id, 'Campaign ' || i AS name FROM range(300) t(i)",
        "feedback": f"""SELECT 'f' || i AS feedback_id, 'p' || (i * 7 % {n["people"]}) AS profile_id, 1 + i % 10 AS score, 1 AS scale_min, 10 AS scale_max, moment(u(i, 51)) AS occurred_at,
            moment(u(i, 51))::DATE AS occurred_on FROM range({n["people"] // 20}) t(i)""",
        "consents": f"""WITH a AS (SELECT i, 'l' || j AS list_id, i * 3 + j AS k FROM range({n["people"]}) t(i), range(2) l(j) WHERE j = 0 OR u(i, 6) < 0.3)
            SELECT 'p' || i AS profile_id, 'email' AS channel, 'marketing' AS purpose, CASE WHEN u(k, 5) < 0.02 THEN NULL ELSE list_id END AS list_id,
            CASE WHEN u(k, 4) < 0.8 THEN 'subscribed' ELSE 'unsubscribed' END AS status, moment(u(k, 2) * 0.8) AS occurred_at FROM a""",
    }


if __name__ == "__main__":
    make(float(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))
