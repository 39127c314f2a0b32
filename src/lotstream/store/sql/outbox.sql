-- name: read
-- Outgoing messages of a partition from one offset to below another, in order.
SELECT partition, "offset", index, id, topic, key, type, value, recorded_at, headers
FROM outbox
WHERE log = $1 AND partition = $2 AND "offset" >= $3 AND "offset" < $4
ORDER BY "offset", index LIMIT $5;

-- name: prune
-- Delete published messages recorded before a time, a bounded number at once.
DELETE FROM outbox
WHERE ctid = ANY(ARRAY(
    SELECT o.ctid FROM outbox AS o JOIN claim AS c ON c.partition = o.partition
    WHERE o.partition = $1 AND o.recorded_at < $3 AND (o.log < c.log OR o.log = c.log AND o."offset" < $2)
    ORDER BY o.log, o."offset" LIMIT $4));

-- name: oldest
-- When the oldest message at or above each partition's relay position was recorded.
SELECT min(o.recorded_at)
FROM unnest($2::smallint[], $3::bigint[]) AS p(partition, position)
CROSS JOIN LATERAL (
    SELECT recorded_at FROM outbox
    WHERE log = $1 AND partition = p.partition AND "offset" >= p.position
    ORDER BY "offset", index LIMIT 1
) AS o;
