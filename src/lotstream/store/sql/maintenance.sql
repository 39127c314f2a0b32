-- name: prune_outbox
-- Delete published messages recorded before a time; the oldest are looked at first and only so many at once. Those of
-- former logs are all published; partitions that the topic has no more belong to the one their owners moved to.
DELETE FROM outbox
WHERE ctid = ANY(ARRAY(
    SELECT oldest.ctid
    FROM claim AS c
    CROSS JOIN hub AS h
    CROSS JOIN generate_series(1, c.log) AS l(log)
    CROSS JOIN generate_series(c.partition::integer, 255, h.partitions::integer) AS p(partition)
    CROSS JOIN LATERAL (
        SELECT o.ctid, o.recorded_at FROM outbox AS o
        WHERE o.log = l.log AND o.partition = p.partition
          AND (l.log < c.log OR p.partition = c.partition AND o."offset" < $3)
        ORDER BY o."offset", o.index LIMIT $1
    ) AS oldest
    WHERE c.partition = $2 AND oldest.recorded_at < $4));

-- name: prune_empty_stock
-- Delete stock rows at zero, a bounded number at once; skipping what a commit has locked, it never waits for one.
DELETE FROM stock
WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM stock WHERE on_hand = 0 AND reserved = 0 AND promised_elsewhere = 0
    LIMIT $1 FOR UPDATE SKIP LOCKED));

-- name: prune_exchanges
-- Delete settled deliveries received before a time; the oldest are looked at first and only so many at once.
DELETE FROM exchange
WHERE id = ANY(ARRAY(
    SELECT oldest.id
    FROM (SELECT id, received_at FROM exchange WHERE verdict <> 'pending' ORDER BY id LIMIT $1) AS oldest
    WHERE oldest.received_at < $2));

-- name: prune_untaken
-- Delete deliveries received before a time that nobody has dealt with; the oldest are looked at first.
DELETE FROM exchange
WHERE id = ANY(ARRAY(
    SELECT oldest.id
    FROM (SELECT id, received_at FROM exchange WHERE verdict = 'pending' ORDER BY id LIMIT $1) AS oldest
    WHERE oldest.received_at < $2));

-- name: prune_intake
-- Delete a partition's oldest intake rows, none behind one that is young, and note where the rest begins; the row of the
-- last record stays, and only so many are looked at at once. Whoever told every partition something is answered with what
-- partition 0 made of it, so that partition keeps what is not answered yet.
WITH unanswered AS (
    SELECT told.log, told."offset"
    FROM claim AS c
    CROSS JOIN generate_series(c.broadcast_answered + 1, c.broadcast_seen) AS n(number)
    CROSS JOIN LATERAL (
        SELECT i.log, i."offset" FROM intake AS i
        WHERE i.source = $4 AND i.message_id = n.number || '/0' AND i.outcome IN ('done', 'refused') LIMIT 1
    ) AS told
    WHERE c.partition = $2 AND c.partition = 0
    ORDER BY n.number LIMIT 1
), gone AS (
    DELETE FROM intake
    WHERE ctid = ANY(ARRAY(
        SELECT oldest.ctid
        FROM claim AS c
        CROSS JOIN generate_series(1, c.log) AS l(log)
        CROSS JOIN LATERAL (
            SELECT looked_at.ctid, bool_and(looked_at.recorded_at < $3) OVER (ORDER BY looked_at."offset") AS is_old
            FROM (
                SELECT i.ctid, i."offset", i.recorded_at FROM intake AS i
                WHERE i.log = l.log AND i.partition = c.partition AND (l.log < c.log OR i."offset" < c.next_offset - 1)
                  AND NOT EXISTS (SELECT FROM unanswered AS u WHERE (i.log, i."offset") >= (u.log, u."offset"))
                ORDER BY i."offset" LIMIT $1
            ) AS looked_at
        ) AS oldest
        WHERE c.partition = $2 AND oldest.is_old))
    RETURNING log, partition, "offset"
), noted AS (
    INSERT INTO intake_kept AS k (log, partition, first_offset)
    SELECT log, partition, max("offset") + 1 FROM gone GROUP BY log, partition
    ON CONFLICT (log, partition) DO UPDATE SET first_offset = greatest(k.first_offset, excluded.first_offset)
)
SELECT count(*) FROM gone;

-- name: prune_dead_letters
-- Delete dead letters recorded before a time, the oldest first and only so many at once.
DELETE FROM dead_letter
WHERE ctid = ANY(ARRAY(SELECT ctid FROM dead_letter WHERE recorded_at < $2 ORDER BY recorded_at LIMIT $1));
