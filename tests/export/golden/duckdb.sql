-- Segments: High rollers (high_rollers), Sleeping customers (sleeping_customers), Abandoned cart (abandoned_cart), Biggest buyers (high_value), Safe to mail (safe_to_mail), Unhappy (feedback_low)
-- Counted as of 31 October 2026 (Europe/Amsterdam). That day stands in the first step only; every other day is counted from it.
-- Moments are in UTC and count from midnight of that day; for a day on the other side of the change of clocks they are an hour off.
-- The tables are those of segkit's canonical.sql; one row per profile.
WITH as_of AS (
  SELECT
    CAST('2026-10-31' AS DATE) AS as_of_day
), profiles_rows AS (
  SELECT
    profile_id,
    created_at
  FROM profiles
), orders_rows AS (
  SELECT
    order_id,
    profile_id,
    ordered_on,
    total_base,
    ordered_at
  FROM orders
  WHERE
    ordered_on <= (
      SELECT
        as_of_day
      FROM as_of
    )
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
      refunded_on IS NULL OR refunded_on <= (
        SELECT
          as_of_day
        FROM as_of
      )
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
    l.ordered_at,
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
    ordered_at,
    refunded,
    total_base - refunded AS value
  FROM joined
), chosen AS (
  SELECT
    order_id,
    profile_id,
    ordered_on,
    ordered_at,
    refunded,
    value
  FROM extended
), chosen_by_profile_id AS (
  SELECT
    profile_id,
    COUNT(*) AS purchases_1,
    MAX(ordered_at) AS purchases_2,
    CAST(SUM(value) AS DECIMAL(18, 4)) AS purchases_3,
    COUNT(*) FILTER(WHERE
      NOT value IS NULL) AS purchases_4,
    COUNT(*) FILTER(WHERE
      ordered_on >= CAST((
        (
          SELECT
            as_of_day
          FROM as_of
        ) - INTERVAL '90' DAY
      ) AS DATE)) AS purchases_5
  FROM chosen
  GROUP BY
    profile_id
), joined_2 AS (
  SELECT
    l.profile_id,
    l.created_at,
    COALESCE(r.purchases_1, 0) AS purchases_1,
    r.purchases_2,
    COALESCE(r.purchases_3, 0) AS purchases_3,
    COALESCE(r.purchases_4, 0) AS purchases_4,
    COALESCE(r.purchases_5, 0) AS purchases_5
  FROM profiles_rows AS l
  LEFT JOIN chosen_by_profile_id AS r
    ON l.profile_id = r.profile_id
), email_events_by_profile_id AS (
  SELECT
    profile_id,
    COUNT(*) FILTER(WHERE
      (
        (
          event_type = 'clicked' AND COALESCE(is_bot_click, FALSE) = FALSE
        )
        OR (
          event_type = 'opened' AND is_machine_open = FALSE
        )
      )) AS email_events_1,
    COUNT(*) FILTER(WHERE
      (
        (
          event_type = 'clicked'
        ) AND (
          COALESCE(is_bot_click, FALSE) = FALSE
        )
      )
      AND (
        occurred_on >= CAST((
          (
            SELECT
              as_of_day
            FROM as_of
          ) - INTERVAL '90' DAY
        ) AS DATE)
      )) AS email_events_2,
    COUNT(*) FILTER(WHERE
      (
        (
          event_type = 'opened'
        ) AND (
          is_machine_open = FALSE
        )
      )
      AND (
        occurred_on >= CAST((
          (
            SELECT
              as_of_day
            FROM as_of
          ) - INTERVAL '90' DAY
        ) AS DATE)
      )) AS email_events_3
  FROM email_events
  WHERE
    occurred_on <= (
      SELECT
        as_of_day
      FROM as_of
    ) AND NOT profile_id IS NULL
  GROUP BY
    profile_id
), joined_3 AS (
  SELECT
    l.profile_id,
    l.created_at,
    l.purchases_1,
    l.purchases_2,
    l.purchases_3,
    l.purchases_4,
    l.purchases_5,
    COALESCE(r.email_events_1, 0) AS email_events_1,
    COALESCE(r.email_events_2, 0) AS email_events_2,
    COALESCE(r.email_events_3, 0) AS email_events_3
  FROM joined_2 AS l
  LEFT JOIN email_events_by_profile_id AS r
    ON l.profile_id = r.profile_id
), feedback_by_profile_id AS (
  SELECT
    profile_id,
    MAX(occurred_at) AS feedback_1,
    MAX(occurred_at) FILTER(WHERE
      1 + CAST((
        10 - 1
      ) * (
        score - scale_min
      ) AS DOUBLE) / NULLIF((
        scale_max - scale_min
      ), 0) < 5) AS feedback_2
  FROM feedback
  WHERE
    (
      occurred_on IS NULL OR occurred_on <= (
        SELECT
          as_of_day
        FROM as_of
      )
    )
    AND NOT profile_id IS NULL
  GROUP BY
    profile_id
), joined_4 AS (
  SELECT
    l.profile_id,
    l.created_at,
    l.purchases_1,
    l.purchases_2,
    l.purchases_3,
    l.purchases_4,
    l.purchases_5,
    l.email_events_1,
    l.email_events_2,
    l.email_events_3,
    r.feedback_1,
    r.feedback_2
  FROM joined_3 AS l
  LEFT JOIN feedback_by_profile_id AS r
    ON l.profile_id = r.profile_id
), site_events_rows AS (
  SELECT
    profile_id,
    event_type,
    occurred_at,
    occurred_on
  FROM site_events
  WHERE
    occurred_on <= (
      SELECT
        as_of_day
      FROM as_of
    ) AND NOT profile_id IS NULL
), kept AS (
  SELECT
    profile_id,
    event_type,
    occurred_at,
    occurred_on
  FROM site_events_rows
  WHERE
    (
      event_type = 'added_to_cart'
    )
    AND (
      occurred_on >= CAST((
        (
          SELECT
            as_of_day
          FROM as_of
        ) - INTERVAL '14' DAY
      ) AS DATE)
    )
), extended_2 AS (
  SELECT
    profile_id,
    event_type,
    occurred_at,
    occurred_on,
    occurred_at AS happened_at
  FROM kept
), chosen_2 AS (
  SELECT
    profile_id,
    happened_at
  FROM extended_2
), extended_2_2 AS (
  SELECT
    order_id,
    profile_id,
    ordered_on,
    ordered_at,
    refunded,
    value,
    ordered_at AS happened_at
  FROM chosen
), chosen_2_2 AS (
  SELECT
    profile_id,
    happened_at
  FROM extended_2_2
), followed AS (
  SELECT
    l.profile_id,
    l.happened_at,
    COUNT(r.happened_at) > 0 AS was_followed
  FROM chosen_2 AS l
  LEFT JOIN chosen_2_2 AS r
    ON l.profile_id = r.profile_id
    AND r.happened_at > l.happened_at
    AND r.happened_at <= l.happened_at + INTERVAL '24' HOUR
  GROUP BY
    l.profile_id,
    l.happened_at
), followed_by_profile_id AS (
  SELECT
    profile_id,
    COUNT(*) FILTER(WHERE
      NOT was_followed
      AND happened_at <= (
        CAST((
          SELECT
            as_of_day
          FROM as_of
        ) AS TIMESTAMP) - INTERVAL '3600' SECOND
      )) AS follow_1
  FROM followed
  GROUP BY
    profile_id
), joined_5 AS (
  SELECT
    l.profile_id,
    l.created_at,
    l.purchases_1,
    l.purchases_2,
    l.purchases_3,
    l.purchases_4,
    l.purchases_5,
    l.email_events_1,
    l.email_events_2,
    l.email_events_3,
    l.feedback_1,
    l.feedback_2,
    COALESCE(r.follow_1, 0) AS follow_1
  FROM joined_4 AS l
  LEFT JOIN followed_by_profile_id AS r
    ON l.profile_id = r.profile_id
), consents_by_several AS (
  SELECT
    profile_id,
    list_id,
    COUNT(*) AS consent_count,
    COUNT(*) FILTER(WHERE
      status = 'subscribed') AS subscribed_count,
    COUNT(*) FILTER(WHERE
      status IN ('unsubscribed', 'never_subscribed', 'pending')) AS unsubscribed_count,
    COUNT(*) FILTER(WHERE
      status = 'suppressed') AS suppressed_count,
    MAX(occurred_at) FILTER(WHERE
      status = 'subscribed') AS last_subscribed_at,
    MAX(occurred_at) FILTER(WHERE
      status IN ('unsubscribed', 'never_subscribed', 'pending')) AS last_unsubscribed_at
  FROM consents
  WHERE
    (
      occurred_at IS NULL
      OR occurred_at < (
        CAST((
          SELECT
            as_of_day
          FROM as_of
        ) AS TIMESTAMP) + INTERVAL '82800' SECOND
      )
    )
    AND (
      channel = 'email'
      AND purpose = 'marketing'
      AND NOT profile_id IS NULL
      AND (
        valid_until IS NULL
        OR NOT valid_until < (
          CAST((
            SELECT
              as_of_day
            FROM as_of
          ) AS TIMESTAMP) + INTERVAL '82800' SECOND
        )
      )
    )
  GROUP BY
    profile_id,
    list_id
), consents_by_profile_id AS (
  SELECT
    profile_id,
    COUNT(*) FILTER(WHERE
      status IN ('unsubscribed', 'never_subscribed', 'pending')) AS left_count,
    MAX(occurred_at) FILTER(WHERE
      status IN ('unsubscribed', 'never_subscribed', 'pending')) AS left_at
  FROM consents
  WHERE
    (
      occurred_at IS NULL
      OR occurred_at < (
        CAST((
          SELECT
            as_of_day
          FROM as_of
        ) AS TIMESTAMP) + INTERVAL '82800' SECOND
      )
    )
    AND (
      channel = 'email'
      AND purpose = 'marketing'
      AND NOT profile_id IS NULL
      AND (
        valid_until IS NULL
        OR NOT valid_until < (
          CAST((
            SELECT
              as_of_day
            FROM as_of
          ) AS TIMESTAMP) + INTERVAL '82800' SECOND
        )
      )
      AND list_id IS NULL
    )
  GROUP BY
    profile_id
), joined_6 AS (
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
  FROM joined_6 AS l
  LEFT JOIN profiles_rows_2 AS r
    ON l.profile_id = r.profile_id
), extended_3 AS (
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
        deleted_at IS NULL
        OR NOT deleted_at < (
          CAST((
            SELECT
              as_of_day
            FROM as_of
          ) AS TIMESTAMP) + INTERVAL '82800' SECOND
        )
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
    COUNT(*) FILTER(WHERE
      stands) AS subscription_count,
    MAX(last_subscribed_at) AS last_subscribed_at,
    MAX(last_unsubscribed_at) AS last_unsubscribed_at
  FROM extended_3
  GROUP BY
    profile_id
), extended_2_3 AS (
  SELECT
    profile_id,
    consent_count,
    subscribed_count,
    unsubscribed_count,
    suppressed_count,
    subscription_count,
    last_subscribed_at,
    last_unsubscribed_at,
    COALESCE(subscription_count > 0 AND NOT suppressed_count > 0, FALSE) AS consent_2
  FROM extended_by_profile_id
), chosen_3 AS (
  SELECT
    profile_id,
    consent_2
  FROM extended_2_3
), joined_7 AS (
  SELECT
    l.profile_id,
    l.created_at,
    l.purchases_1,
    l.purchases_2,
    l.purchases_3,
    l.purchases_4,
    l.purchases_5,
    l.email_events_1,
    l.email_events_2,
    l.email_events_3,
    l.feedback_1,
    l.feedback_2,
    l.follow_1,
    COALESCE(r.consent_2, FALSE) AS consent_2
  FROM joined_5 AS l
  LEFT JOIN chosen_3 AS r
    ON l.profile_id = r.profile_id
), kept_2 AS (
  SELECT
    profile_id,
    created_at,
    purchases_1,
    purchases_2,
    purchases_3,
    purchases_4,
    purchases_5,
    email_events_1,
    email_events_2,
    email_events_3,
    feedback_1,
    feedback_2,
    follow_1,
    consent_2
  FROM joined_7
  WHERE
    created_at IS NULL
    OR created_at < (
      CAST((
        SELECT
          as_of_day
        FROM as_of
      ) AS TIMESTAMP) + INTERVAL '82800' SECOND
    )
    OR purchases_1 > 0
    OR email_events_1 > 0
), orders_rows_2 AS (
  SELECT
    order_id,
    profile_id,
    ordered_on,
    total_base
  FROM orders
  WHERE
    ordered_on <= (
      SELECT
        as_of_day
      FROM as_of
    )
    AND (
      counts_as_purchase AND NOT profile_id IS NULL
    )
), joined_8 AS (
  SELECT
    l.order_id,
    l.profile_id,
    l.ordered_on,
    l.total_base,
    COALESCE(r.refunded, 0) AS refunded
  FROM orders_rows_2 AS l
  LEFT JOIN refunds_by_order_id AS r
    ON l.order_id = r.order_id
), extended_4 AS (
  SELECT
    order_id,
    profile_id,
    ordered_on,
    total_base,
    refunded,
    total_base - refunded AS value
  FROM joined_8
), chosen_4 AS (
  SELECT
    order_id,
    profile_id,
    ordered_on,
    refunded,
    value
  FROM extended_4
), chosen_total AS (
  SELECT
    COUNT(*) AS shop_order_count,
    CAST(SUM(value) AS DECIMAL(18, 4)) AS shop_revenue
  FROM chosen_4
), crossed AS (
  SELECT
    l.profile_id,
    l.created_at,
    l.purchases_1,
    l.purchases_2,
    l.purchases_3,
    l.purchases_4,
    l.purchases_5,
    l.email_events_1,
    l.email_events_2,
    l.email_events_3,
    l.feedback_1,
    l.feedback_2,
    l.follow_1,
    l.consent_2,
    r.shop_order_count,
    r.shop_revenue
  FROM kept_2 AS l
  CROSS JOIN chosen_total AS r
), extended_5 AS (
  SELECT
    profile_id,
    created_at,
    purchases_1,
    purchases_2,
    purchases_3,
    purchases_4,
    purchases_5,
    email_events_1,
    email_events_2,
    email_events_3,
    feedback_1,
    feedback_2,
    follow_1,
    consent_2,
    shop_order_count,
    shop_revenue,
    purchases_3 AS top_1_of
  FROM crossed
), kept_3 AS (
  SELECT
    profile_id,
    created_at,
    purchases_1,
    purchases_2,
    purchases_3,
    purchases_4,
    purchases_5,
    email_events_1,
    email_events_2,
    email_events_3,
    feedback_1,
    feedback_2,
    follow_1,
    consent_2,
    shop_order_count,
    shop_revenue,
    top_1_of
  FROM extended_5
  WHERE
    top_1_of > 0
), top_1_of_from_top AS (
  SELECT
    top_1_of,
    ROW_NUMBER() OVER (ORDER BY top_1_of DESC) AS rank_no,
    COUNT(*) OVER () AS rank_of
  FROM kept_3
  WHERE
    NOT top_1_of IS NULL
), ranks AS (
  SELECT
    (
      SELECT
        MAX(top_1_of) FILTER(WHERE
          rank_no * 1000000 >= rank_of * 100000)
      FROM top_1_of_from_top
    ) AS top_1
), crossed_2 AS (
  SELECT
    l.profile_id,
    l.created_at,
    l.purchases_1,
    l.purchases_2,
    l.purchases_3,
    l.purchases_4,
    l.purchases_5,
    l.email_events_1,
    l.email_events_2,
    l.email_events_3,
    l.feedback_1,
    l.feedback_2,
    l.follow_1,
    l.consent_2,
    l.shop_order_count,
    l.shop_revenue,
    l.top_1_of,
    r.top_1
  FROM extended_5 AS l
  CROSS JOIN ranks AS r
), extended_6 AS (
  SELECT
    profile_id,
    created_at,
    purchases_1,
    purchases_2,
    purchases_3,
    purchases_4,
    purchases_5,
    email_events_1,
    email_events_2,
    email_events_3,
    feedback_1,
    feedback_2,
    follow_1,
    consent_2,
    shop_order_count,
    shop_revenue,
    top_1_of,
    top_1,
    COALESCE(purchases_1 >= 3, FALSE) AS leaf_1, /* who ordered at least 3 times */
    COALESCE(
      purchases_2 >= (
        CAST((
          SELECT
            as_of_day
          FROM as_of
        ) AS TIMESTAMP) - INTERVAL '10375200' SECOND
      ),
      FALSE
    ) AS leaf_2, /* who last ordered in the last 120 days */
    COALESCE(
      (
        purchases_4 > 0
      )
      AND (
        purchases_3 * shop_order_count > shop_revenue * purchases_4
      ),
      FALSE
    ) AS leaf_3, /* who spent more per order on average than the shop's average order value */
    COALESCE(
      (
        purchases_2 >= (
          CAST((
            SELECT
              as_of_day
            FROM as_of
          ) AS TIMESTAMP) - INTERVAL '15559200' SECOND
        )
      )
      AND (
        purchases_2 < (
          CAST((
            SELECT
              as_of_day
            FROM as_of
          ) AS TIMESTAMP) - INTERVAL '7696800' SECOND
        )
      ),
      FALSE
    ) AS leaf_4, /* who last ordered between 90 and 180 days ago */
    COALESCE(follow_1 > 0, FALSE) AS leaf_5, /* who put something in the cart in the last 14 days, but did not order within one day of that */
    COALESCE(top_1_of > 0 AND top_1_of >= top_1, FALSE) AS leaf_6, /* who is among the 10% who spent the most in total */
    COALESCE(consent_2, FALSE) AS leaf_7, /* who may receive marketing by e-mail */
    COALESCE(email_events_2 >= 1, FALSE) AS leaf_8, /* who clicked in an e-mail in the last 90 days (bot clicks do not count) */
    COALESCE(email_events_3 >= 1, FALSE) AS leaf_9, /* who opened an e-mail in the last 90 days (Apple privacy opens do not count) */
    COALESCE(purchases_5 >= 1, FALSE) AS leaf_10, /* who ordered in the last 90 days */
    COALESCE(
      (
        created_at >= (
          CAST((
            SELECT
              as_of_day
            FROM as_of
          ) AS TIMESTAMP) - INTERVAL '2599200' SECOND
        )
      )
      AND (
        created_at < (
          CAST((
            SELECT
              as_of_day
            FROM as_of
          ) AS TIMESTAMP) + INTERVAL '82800' SECOND
        )
      ),
      FALSE
    ) AS leaf_11, /* who has a profile that was created in the last 30 days */
    COALESCE(feedback_2 = feedback_1, FALSE) AS leaf_12 /* everyone whose last feedback was below 5 (on a scale of 1 to 10) */
  FROM crossed_2
), extended_7 AS (
  SELECT
    profile_id,
    created_at,
    purchases_1,
    purchases_2,
    purchases_3,
    purchases_4,
    purchases_5,
    email_events_1,
    email_events_2,
    email_events_3,
    feedback_1,
    feedback_2,
    follow_1,
    consent_2,
    shop_order_count,
    shop_revenue,
    top_1_of,
    top_1,
    leaf_1,
    leaf_2,
    leaf_3,
    leaf_4,
    leaf_5,
    leaf_6,
    leaf_7,
    leaf_8,
    leaf_9,
    leaf_10,
    leaf_11,
    leaf_12,
    COALESCE((
      leaf_1
    ) AND (
      leaf_2
    ) AND (
      leaf_3
    ), FALSE) AS high_rollers, /* High rollers */
    COALESCE(leaf_4, FALSE) AS sleeping_customers, /* Sleeping customers */
    COALESCE(leaf_5, FALSE) AS abandoned_cart, /* Abandoned cart */
    COALESCE(leaf_6, FALSE) AS high_value, /* Biggest buyers */
    COALESCE(
      (
        leaf_7
      )
      AND (
        (
          leaf_8
        ) OR (
          leaf_9
        ) OR (
          leaf_10
        ) OR (
          leaf_11
        )
      ),
      FALSE
    ) AS safe_to_mail, /* Safe to mail */
    COALESCE(leaf_12, FALSE) AS feedback_low /* Unhappy */
  FROM extended_6
), chosen_5 AS (
  SELECT
    profile_id,
    high_rollers,
    sleeping_customers,
    abandoned_cart,
    high_value,
    safe_to_mail,
    feedback_low
  FROM extended_7
)
SELECT
  profile_id,
  high_rollers,
  sleeping_customers,
  abandoned_cart,
  high_value,
  safe_to_mail,
  feedback_low
FROM chosen_5;
