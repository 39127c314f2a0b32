-- name: read
-- Outgoing messages of a partition from one offset to below another, in order; none after the one that reaches so many
-- bytes.
SELECT partition, "offset", index, id, topic, key, type, value, recorded_at, headers
FROM (
    SELECT *, coalesce(sum(length(value)) OVER (
        ORDER BY "offset", index ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS bytes_before
    FROM (
        SELECT * FROM outbox
        WHERE log = $1 AND partition = $2 AND "offset" >= $3 AND "offset" < $4
        ORDER BY "offset", index LIMIT $5
    ) AS first
) AS counted
WHERE bytes_before < $6::bigint
ORDER BY "offset", index;

-- name: oldest
-- When the oldest message at or above each partition's relay position was recorded.
SELECT min(o.recorded_at)
FROM unnest($2::smallint[], $3::bigint[]) AS p(partition, position)
CROSS JOIN LATERAL (
    SELECT recorded_at FROM outbox
    WHERE log = $1 AND partition = p.partition AND "offset" >= p.position
    ORDER BY "offset", index LIMIT 1
) AS o;
