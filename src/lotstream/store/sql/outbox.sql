-- name: read
-- Outgoing messages of a partition from one offset to below another, in order.
SELECT partition, "offset", index, id, topic, key, type, value, recorded_at, headers
FROM outbox
WHERE log = $1 AND partition = $2 AND "offset" >= $3 AND "offset" < $4
ORDER BY "offset", index LIMIT $5;

-- name: prune
-- Delete published messages recorded before a time; the oldest are looked at first and only so many at once.
DELETE FROM outbox
WHERE ctid = ANY(ARRAY(
    SELECT oldest.ctid
    FROM claim AS c
    CROSS JOIN LATERAL (
        SELECT o.ctid, o.recorded_at FROM outbox AS o
        WHERE o.log = c.log AND o.partition = c.partition AND o."offset" < $2
        ORDER BY o."offset", o.index LIMIT $4
    ) AS oldest
    WHERE c.partition = $1 AND oldest.recorded_at < $3));

-- name: oldest
-- When the oldest message at or above each partition's relay position was recorded.
SELECT min(o.recorded_at)
FROM unnest($2::smallint[], $3::bigint[]) AS p(partition, position)
CROSS JOIN LATERAL (
    SELECT recorded_at FROM outbox
    WHERE log = $1 AND partition = p.partition AND "offset" >= p.position
    ORDER BY "offset", index LIMIT 1
) AS o;
