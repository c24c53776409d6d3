WITH profiles_rows AS (
  SELECT
    profile_id,
    country_code,
    created_at
  FROM profiles
), orders_rows AS (
  SELECT
    order_id,
    profile_id,
    ordered_on,
    total_base
  FROM orders
  WHERE
    ordered_on <= CAST('2026-11-01' AS DATE)
    AND (
      counts_as_purchase AND NOT profile_id IS NULL
    )
), refunds_by_order_id AS (
  SELECT
    order_id,
    CAST(SUM(amount) AS DECIMAL(18, 4)) AS refunded
  FROM refunds
  WHERE
    (
      refunded_on IS NULL OR refunded_on <= CAST('2026-11-01' AS DATE)
    )
    AND linkage <> 'unlinked'
  GROUP BY
    order_id
), joined AS (
  SELECT
    l.order_id,
    l.profile_id,
    l.ordered_on,
    l.total_base,
    COALESCE(r.refunded, 0) AS refunded
  FROM orders_rows AS l
  LEFT JOIN refunds_by_order_id AS r
    ON l.order_id = r.order_id
), extended AS (
  SELECT
    order_id,
    profile_id,
    ordered_on,
    total_base,
    refunded,
    total_base - refunded AS value
  FROM joined
), chosen AS (
  SELECT
    order_id,
    profile_id,
    ordered_on,
    refunded,
    value
  FROM extended
), chosen_by_profile_id AS (
  SELECT
    profile_id,
    COUNT(*) AS order_count,
    CAST(SUM(value) AS DECIMAL(18, 4)) AS revenue,
    MIN(ordered_on) AS first_order_on,
    MAX(ordered_on) AS last_order_on,
    COUNT(CASE WHEN ordered_on >= CAST('2026-10-02' AS DATE) THEN 1 END) AS order_count_30d,
    COUNT(CASE WHEN ordered_on >= CAST('2026-08-03' AS DATE) THEN 1 END) AS order_count_90d,
    COUNT(CASE WHEN ordered_on >= CAST('2025-11-01' AS DATE) THEN 1 END) AS order_count_365d,
    CAST(SUM(CASE WHEN ordered_on >= CAST('2025-11-01' AS DATE) THEN value END) AS DECIMAL(18, 4)) AS revenue_365d,
    CAST(MAX(value) AS DECIMAL(18, 4)) AS order_value_max
  FROM chosen
  GROUP BY
    profile_id
), joined_2 AS (
  SELECT
    l.profile_id,
    l.country_code,
    l.created_at,
    COALESCE(r.order_count, 0) AS order_count,
    COALESCE(r.revenue, 0) AS revenue,
    r.first_order_on,
    r.last_order_on,
    COALESCE(r.order_count_30d, 0) AS order_count_30d,
    COALESCE(r.order_count_90d, 0) AS order_count_90d,
    COALESCE(r.order_count_365d, 0) AS order_count_365d,
    COALESCE(r.revenue_365d, 0) AS revenue_365d,
    r.order_value_max
  FROM profiles_rows AS l
  LEFT JOIN chosen_by_profile_id AS r
    ON l.profile_id = r.profile_id
), email_events_by_profile_id AS (
  SELECT
    profile_id,
    COUNT(
      CASE
        WHEN event_type = 'received' AND occurred_on >= CAST('2026-08-03' AS DATE)
        THEN 1
      END
    ) AS email_received_count_90d,
    COUNT(
      CASE
        WHEN (
          (
            event_type = 'clicked' AND COALESCE(is_bot_click, FALSE) = FALSE
          )
          OR (
            event_type = 'opened' AND is_machine_open = FALSE
          )
        )
        THEN 1
      END
    ) AS engaged_count,
    COUNT(
      CASE
        WHEN (
          (
            event_type = 'clicked' AND COALESCE(is_bot_click, FALSE) = FALSE
          )
          OR (
            event_type = 'opened' AND is_machine_open = FALSE
          )
        )
        AND occurred_on >= CAST('2026-08-03' AS DATE)
        THEN 1
      END
    ) AS engaged_count_90d,
    COUNT(
      CASE
        WHEN event_type = 'clicked'
        AND COALESCE(is_bot_click, FALSE) = FALSE
        AND occurred_on >= CAST('2026-08-03' AS DATE)
        THEN 1
      END
    ) AS click_count_90d,
    COUNT(
      CASE
        WHEN event_type = 'opened'
        AND is_machine_open
        AND occurred_on >= CAST('2026-08-03' AS DATE)
        THEN 1
      END
    ) AS machine_open_count_90d,
    COUNT(
      CASE
        WHEN event_type = 'opened'
        AND is_machine_open IS NULL
        AND occurred_on >= CAST('2026-08-03' AS DATE)
        THEN 1
      END
    ) AS unknown_open_count_90d,
    MAX(
      CASE
        WHEN (
          (
            event_type = 'clicked' AND COALESCE(is_bot_click, FALSE) = FALSE
          )
          OR (
            event_type = 'opened' AND is_machine_open = FALSE
          )
        )
        THEN occurred_on
      END
    ) AS last_engaged_on
  FROM email_events
  WHERE
    occurred_on <= CAST('2026-11-01' AS DATE) AND NOT profile_id IS NULL
  GROUP BY
    profile_id
), joined_3 AS (
  SELECT
    l.profile_id,
    l.country_code,
    l.created_at,
    l.order_count,
    l.revenue,
    l.first_order_on,
    l.last_order_on,
    l.order_count_30d,
    l.order_count_90d,
    l.order_count_365d,
    l.revenue_365d,
    l.order_value_max,
    COALESCE(r.email_received_count_90d, 0) AS email_received_count_90d,
    COALESCE(r.engaged_count, 0) AS engaged_count,
    COALESCE(r.engaged_count_90d, 0) AS engaged_count_90d,
    COALESCE(r.click_count_90d, 0) AS click_count_90d,
    COALESCE(r.machine_open_count_90d, 0) AS machine_open_count_90d,
    COALESCE(r.unknown_open_count_90d, 0) AS unknown_open_count_90d,
    r.last_engaged_on
  FROM joined_2 AS l
  LEFT JOIN email_events_by_profile_id AS r
    ON l.profile_id = r.profile_id
), site_events_by_profile_id AS (
  SELECT
    profile_id,
    COUNT(CASE WHEN occurred_on >= CAST('2026-08-03' AS DATE) THEN 1 END) AS site_event_count_90d,
    COUNT(
      CASE
        WHEN event_type = 'viewed_product' AND occurred_on >= CAST('2026-08-03' AS DATE)
        THEN 1
      END
    ) AS product_view_count_90d,
    COUNT(
      CASE
        WHEN event_type IN ('viewed_product', 'added_to_cart', 'started_checkout')
        AND occurred_on >= CAST('2026-08-03' AS DATE)
        THEN 1
      END
    ) AS site_intent_count_90d,
    MAX(occurred_on) AS last_site_event_on
  FROM site_events
  WHERE
    occurred_on <= CAST('2026-11-01' AS DATE) AND NOT profile_id IS NULL
  GROUP BY
    profile_id
), joined_4 AS (
  SELECT
    l.profile_id,
    l.country_code,
    l.created_at,
    l.order_count,
    l.revenue,
    l.first_order_on,
    l.last_order_on,
    l.order_count_30d,
    l.order_count_90d,
    l.order_count_365d,
    l.revenue_365d,
    l.order_value_max,
    l.email_received_count_90d,
    l.engaged_count,
    l.engaged_count_90d,
    l.click_count_90d,
    l.machine_open_count_90d,
    l.unknown_open_count_90d,
    l.last_engaged_on,
    COALESCE(r.site_event_count_90d, 0) AS site_event_count_90d,
    COALESCE(r.product_view_count_90d, 0) AS product_view_count_90d,
    COALESCE(r.site_intent_count_90d, 0) AS site_intent_count_90d,
    r.last_site_event_on
  FROM joined_3 AS l
  LEFT JOIN site_events_by_profile_id AS r
    ON l.profile_id = r.profile_id
), consents_by_several AS (
  SELECT
    profile_id,
    list_id,
    COUNT(*) AS consent_count,
    COUNT(CASE WHEN status = 'subscribed' THEN 1 END) AS subscribed_count,
    COUNT(CASE WHEN status IN ('unsubscribed', 'never_subscribed', 'pending') THEN 1 END) AS unsubscribed_count,
    COUNT(CASE WHEN status = 'suppressed' THEN 1 END) AS suppressed_count,
    MAX(CASE WHEN status = 'subscribed' THEN occurred_at END) AS last_subscribed_at,
    MAX(
      CASE
        WHEN status IN ('unsubscribed', 'never_subscribed', 'pending')
        THEN occurred_at
      END
    ) AS last_unsubscribed_at
  FROM consents
  WHERE
    (
      occurred_at IS NULL OR occurred_at < CAST('2026-11-01 23:00:00' AS TIMESTAMP)
    )
    AND (
      channel = 'email'
      AND purpose = 'marketing'
      AND NOT profile_id IS NULL
      AND (
        valid_until IS NULL OR NOT valid_until < CAST('2026-11-01 23:00:00' AS TIMESTAMP)
      )
    )
  GROUP BY
    profile_id,
    list_id
), consents_by_profile_id AS (
  SELECT
    profile_id,
    COUNT(CASE WHEN status IN ('unsubscribed', 'never_subscribed', 'pending') THEN 1 END) AS left_count,
    MAX(
      CASE
        WHEN status IN ('unsubscribed', 'never_subscribed', 'pending')
        THEN occurred_at
      END
    ) AS left_at
  FROM consents
  WHERE
    (
      occurred_at IS NULL OR occurred_at < CAST('2026-11-01 23:00:00' AS TIMESTAMP)
    )
    AND (
      channel = 'email'
      AND purpose = 'marketing'
      AND NOT profile_id IS NULL
      AND (
        valid_until IS NULL OR NOT valid_until < CAST('2026-11-01 23:00:00' AS TIMESTAMP)
      )
      AND list_id IS NULL
    )
  GROUP BY
    profile_id
), joined_5 AS (
  SELECT
    l.profile_id,
    l.list_id,
    l.consent_count,
    l.subscribed_count,
    l.unsubscribed_count,
    l.suppressed_count,
    l.last_subscribed_at,
    l.last_unsubscribed_at,
    COALESCE(r.left_count, 0) AS left_count,
    r.left_at
  FROM consents_by_several AS l
  LEFT JOIN consents_by_profile_id AS r
    ON l.profile_id = r.profile_id
), profiles_rows_2 AS (
  SELECT
    profile_id,
    deleted_at
  FROM profiles
), joined_2_2 AS (
  SELECT
    l.profile_id,
    l.list_id,
    l.consent_count,
    l.subscribed_count,
    l.unsubscribed_count,
    l.suppressed_count,
    l.last_subscribed_at,
    l.last_unsubscribed_at,
    l.left_count,
    l.left_at,
    r.deleted_at
  FROM joined_5 AS l
  LEFT JOIN profiles_rows_2 AS r
    ON l.profile_id = r.profile_id
), extended_2 AS (
  SELECT
    profile_id,
    list_id,
    consent_count,
    subscribed_count,
    unsubscribed_count,
    suppressed_count,
    last_subscribed_at,
    last_unsubscribed_at,
    left_count,
    left_at,
    deleted_at,
    COALESCE(
      subscribed_count > 0
      AND (
        unsubscribed_count = 0 OR last_subscribed_at > last_unsubscribed_at
      )
      AND (
        left_count = 0 OR last_subscribed_at > left_at
      )
      AND (
        deleted_at IS NULL OR NOT deleted_at < CAST('2026-11-01 23:00:00' AS TIMESTAMP)
      ),
      FALSE
    ) AS stands
  FROM joined_2_2
), extended_by_profile_id AS (
  SELECT
    profile_id,
    CAST(SUM(consent_count) AS BIGINT) AS consent_count,
    CAST(SUM(subscribed_count) AS BIGINT) AS subscribed_count,
    CAST(SUM(unsubscribed_count) AS BIGINT) AS unsubscribed_count,
    CAST(SUM(suppressed_count) AS BIGINT) AS suppressed_count,
    COUNT(CASE WHEN stands THEN 1 END) AS subscription_count,
    MAX(last_subscribed_at) AS last_subscribed_at,
    MAX(last_unsubscribed_at) AS last_unsubscribed_at
  FROM extended_2
  GROUP BY
    profile_id
), joined_6 AS (
  SELECT
    l.profile_id,
    l.country_code,
    l.created_at,
    l.order_count,
    l.revenue,
    l.first_order_on,
    l.last_order_on,
    l.order_count_30d,
    l.order_count_90d,
    l.order_count_365d,
    l.revenue_365d,
    l.order_value_max,
    l.email_received_count_90d,
    l.engaged_count,
    l.engaged_count_90d,
    l.click_count_90d,
    l.machine_open_count_90d,
    l.unknown_open_count_90d,
    l.last_engaged_on,
    l.site_event_count_90d,
    l.product_view_count_90d,
    l.site_intent_count_90d,
    l.last_site_event_on,
    COALESCE(r.consent_count, 0) AS consent_count,
    COALESCE(r.subscribed_count, 0) AS subscribed_count,
    COALESCE(r.unsubscribed_count, 0) AS unsubscribed_count,
    COALESCE(r.suppressed_count, 0) AS suppressed_count,
    COALESCE(r.subscription_count, 0) AS subscription_count,
    r.last_subscribed_at,
    r.last_unsubscribed_at
  FROM joined_4 AS l
  LEFT JOIN extended_by_profile_id AS r
    ON l.profile_id = r.profile_id
), kept AS (
  SELECT
    profile_id,
    country_code,
    created_at,
    order_count,
    revenue,
    first_order_on,
    last_order_on,
    order_count_30d,
    order_count_90d,
    order_count_365d,
    revenue_365d,
    order_value_max,
    email_received_count_90d,
    engaged_count,
    engaged_count_90d,
    click_count_90d,
    machine_open_count_90d,
    unknown_open_count_90d,
    last_engaged_on,
    site_event_count_90d,
    product_view_count_90d,
    site_intent_count_90d,
    last_site_event_on,
    consent_count,
    subscribed_count,
    unsubscribed_count,
    suppressed_count,
    subscription_count,
    last_subscribed_at,
    last_unsubscribed_at
  FROM joined_6
  WHERE
    created_at IS NULL
    OR created_at < CAST('2026-11-01 23:00:00' AS TIMESTAMP)
    OR order_count > 0
    OR engaged_count > 0
), orders_rows_2 AS (
  SELECT
    profile_id,
    ordered_at,
    shipping_country,
    billing_country
  FROM orders
  WHERE
    ordered_on <= CAST('2026-11-01' AS DATE)
    AND (
      counts_as_purchase AND NOT profile_id IS NULL
    )
), extended_3 AS (
  SELECT
    profile_id,
    ordered_at,
    shipping_country,
    billing_country,
    COALESCE(shipping_country, billing_country) AS country
  FROM orders_rows_2
), kept_2 AS (
  SELECT
    profile_id,
    ordered_at,
    shipping_country,
    billing_country,
    country
  FROM extended_3
  WHERE
    NOT country IS NULL
), kept_by_profile_id AS (
  SELECT
    profile_id,
    MAX(ordered_at) AS told_at
  FROM kept_2
  GROUP BY
    profile_id
), joined_7 AS (
  SELECT
    l.profile_id,
    l.ordered_at,
    l.shipping_country,
    l.billing_country,
    l.country,
    r.told_at
  FROM kept_2 AS l
  LEFT JOIN kept_by_profile_id AS r
    ON l.profile_id = r.profile_id
), kept_2_2 AS (
  SELECT
    profile_id,
    ordered_at,
    shipping_country,
    billing_country,
    country,
    told_at
  FROM joined_7
  WHERE
    ordered_at = told_at
), kept_2_by_profile_id AS (
  SELECT
    profile_id,
    MAX(country) AS order_country
  FROM kept_2_2
  GROUP BY
    profile_id
), joined_8 AS (
  SELECT
    l.profile_id,
    l.country_code,
    l.created_at,
    l.order_count,
    l.revenue,
    l.first_order_on,
    l.last_order_on,
    l.order_count_30d,
    l.order_count_90d,
    l.order_count_365d,
    l.revenue_365d,
    l.order_value_max,
    l.email_received_count_90d,
    l.engaged_count,
    l.engaged_count_90d,
    l.click_count_90d,
    l.machine_open_count_90d,
    l.unknown_open_count_90d,
    l.last_engaged_on,
    l.site_event_count_90d,
    l.product_view_count_90d,
    l.site_intent_count_90d,
    l.last_site_event_on,
    l.consent_count,
    l.subscribed_count,
    l.unsubscribed_count,
    l.suppressed_count,
    l.subscription_count,
    l.last_subscribed_at,
    l.last_unsubscribed_at,
    r.order_country
  FROM kept AS l
  LEFT JOIN kept_2_by_profile_id AS r
    ON l.profile_id = r.profile_id
), extended_4 AS (
  SELECT
    profile_id,
    created_at,
    order_count,
    revenue,
    first_order_on,
    last_order_on,
    order_count_30d,
    order_count_90d,
    order_count_365d,
    revenue_365d,
    order_value_max,
    email_received_count_90d,
    engaged_count,
    engaged_count_90d,
    click_count_90d,
    machine_open_count_90d,
    unknown_open_count_90d,
    last_engaged_on,
    site_event_count_90d,
    product_view_count_90d,
    site_intent_count_90d,
    last_site_event_on,
    consent_count,
    subscribed_count,
    unsubscribed_count,
    suppressed_count,
    subscription_count,
    last_subscribed_at,
    last_unsubscribed_at,
    order_country,
    COALESCE(order_country, country_code) AS country_code
  FROM joined_8
), extended_5 AS (
  SELECT
    profile_id,
    created_at,
    order_count,
    revenue,
    first_order_on,
    last_order_on,
    order_count_30d,
    order_count_90d,
    order_count_365d,
    revenue_365d,
    order_value_max,
    email_received_count_90d,
    engaged_count,
    engaged_count_90d,
    click_count_90d,
    machine_open_count_90d,
    unknown_open_count_90d,
    last_engaged_on,
    site_event_count_90d,
    product_view_count_90d,
    site_intent_count_90d,
    last_site_event_on,
    consent_count,
    subscribed_count,
    unsubscribed_count,
    suppressed_count,
    subscription_count,
    last_subscribed_at,
    last_unsubscribed_at,
    order_country,
    country_code,
    DATEDIFF(DAY, last_order_on, CAST('2026-11-01' AS DATE)) AS recency_days,
    DATEDIFF(DAY, first_order_on, CAST('2026-11-01' AS DATE)) AS first_order_days,
    CAST(revenue AS DOUBLE) / NULLIF(order_count, 0) AS order_value_mean,
    DATEDIFF(DAY, last_engaged_on, CAST('2026-11-01' AS DATE)) AS engaged_days
  FROM extended_4
), extended_6 AS (
  SELECT
    profile_id,
    created_at,
    order_count,
    revenue,
    first_order_on,
    last_order_on,
    order_count_30d,
    order_count_90d,
    order_count_365d,
    revenue_365d,
    order_value_max,
    email_received_count_90d,
    engaged_count,
    engaged_count_90d,
    click_count_90d,
    machine_open_count_90d,
    unknown_open_count_90d,
    last_engaged_on,
    site_event_count_90d,
    product_view_count_90d,
    site_intent_count_90d,
    last_site_event_on,
    consent_count,
    subscribed_count,
    unsubscribed_count,
    suppressed_count,
    subscription_count,
    last_subscribed_at,
    last_unsubscribed_at,
    order_country,
    country_code,
    recency_days,
    first_order_days,
    order_value_mean,
    engaged_days,
    COALESCE(subscription_count > 0 AND NOT suppressed_count > 0, FALSE) AS is_mailable,
    COALESCE(consent_count > 0, FALSE) AS has_consent_record
  FROM extended_5
), chosen_total AS (
  SELECT
    COUNT(*) AS shop_order_count,
    CAST(SUM(value) AS DECIMAL(18, 4)) AS shop_revenue
  FROM chosen
), crossed AS (
  SELECT
    l.profile_id,
    l.created_at,
    l.order_count,
    l.revenue,
    l.first_order_on,
    l.last_order_on,
    l.order_count_30d,
    l.order_count_90d,
    l.order_count_365d,
    l.revenue_365d,
    l.order_value_max,
    l.email_received_count_90d,
    l.engaged_count,
    l.engaged_count_90d,
    l.click_count_90d,
    l.machine_open_count_90d,
    l.unknown_open_count_90d,
    l.last_engaged_on,
    l.site_event_count_90d,
    l.product_view_count_90d,
    l.site_intent_count_90d,
    l.last_site_event_on,
    l.consent_count,
    l.subscribed_count,
    l.unsubscribed_count,
    l.suppressed_count,
    l.subscription_count,
    l.last_subscribed_at,
    l.last_unsubscribed_at,
    l.order_country,
    l.country_code,
    l.recency_days,
    l.first_order_days,
    l.order_value_mean,
    l.engaged_days,
    l.is_mailable,
    l.has_consent_record,
    r.shop_order_count,
    r.shop_revenue
  FROM extended_6 AS l
  CROSS JOIN chosen_total AS r
), extended_7 AS (
  SELECT
    profile_id,
    created_at,
    order_count,
    revenue,
    first_order_on,
    last_order_on,
    order_count_30d,
    order_count_90d,
    order_count_365d,
    revenue_365d,
    order_value_max,
    email_received_count_90d,
    engaged_count,
    engaged_count_90d,
    click_count_90d,
    machine_open_count_90d,
    unknown_open_count_90d,
    last_engaged_on,
    site_event_count_90d,
    product_view_count_90d,
    site_intent_count_90d,
    last_site_event_on,
    consent_count,
    subscribed_count,
    unsubscribed_count,
    suppressed_count,
    subscription_count,
    last_subscribed_at,
    last_unsubscribed_at,
    order_country,
    country_code,
    recency_days,
    first_order_days,
    order_value_mean,
    engaged_days,
    is_mailable,
    has_consent_record,
    shop_order_count,
    shop_revenue,
    COALESCE(order_count > 0 AND revenue * shop_order_count > shop_revenue * order_count, FALSE) AS is_high_value
  FROM crossed
)
SELECT
  profile_id,
  created_at,
  order_count,
  revenue,
  first_order_on,
  last_order_on,
  order_count_30d,
  order_count_90d,
  order_count_365d,
  revenue_365d,
  order_value_max,
  email_received_count_90d,
  engaged_count,
  engaged_count_90d,
  click_count_90d,
  machine_open_count_90d,
  unknown_open_count_90d,
  last_engaged_on,
  site_event_count_90d,
  product_view_count_90d,
  site_intent_count_90d,
  last_site_event_on,
  consent_count,
  subscribed_count,
  unsubscribed_count,
  suppressed_count,
  subscription_count,
  last_subscribed_at,
  last_unsubscribed_at,
  order_country,
  country_code,
  recency_days,
  first_order_days,
  order_value_mean,
  engaged_days,
  is_mailable,
  has_consent_record,
  shop_order_count,
  shop_revenue,
  is_high_value
FROM extended_7
