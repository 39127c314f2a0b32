-- name: lock
-- Let one writer number broadcasts at a time, so that a number is visible only after all smaller ones.
SELECT one FROM hub FOR UPDATE;

-- name: find
-- The number of a command by its business key.
SELECT number FROM broadcast WHERE type = $1 AND key = $2;

-- name: add
-- Number a new command.
INSERT INTO broadcast (number, type, key, body)
SELECT coalesce(max(number), 0) + 1, $1, $2, $3 FROM broadcast RETURNING number;

-- name: after
-- Commands with a number above one, in order.
SELECT number, type, key, body FROM broadcast WHERE number > $1 ORDER BY number LIMIT $2;

-- name: numbered
-- Commands with these numbers.
SELECT number, type, key, body FROM broadcast WHERE number = ANY($1::bigint[]);

-- name: due
-- Owners of partitions with something left to look at again.
SELECT owner, slot, step FROM continuing
WHERE due AND slot % (SELECT partitions FROM hub) = ANY($1::smallint[]) ORDER BY owner LIMIT $2;

-- name: clocks_due
-- Owners of partitions whose time has come, by the database's clock; whoever waits longest comes first, so that those
-- who are due again at once keep nobody waiting for ever.
SELECT owner, slot, tick, due_at FROM owner_clock
WHERE due_at <= clock_timestamp() AND slot % (SELECT partitions FROM hub) = ANY($1::smallint[])
ORDER BY due_at, owner LIMIT $2;

-- name: titles_due
-- What owners of partitions have to be told of goods that others gave them.
SELECT title, owner, slot, body FROM title_due
WHERE slot % (SELECT partitions FROM hub) = ANY($1::smallint[]) ORDER BY title LIMIT $2;

-- name: behind
-- Owners from one on, in order, that are not through with the last turn their partition was told of: those with open
-- orders, those that have lots that expire, and those that tell what may be sold. The first two are found by jumping from one to the next in the index of
-- open orders, since an owner may have thousands of these. What hangs on an owner is looked up for it: so they stay in
-- order, and the jumping ends with the last one wanted.
WITH RECURSIVE busy AS (
    (SELECT owner, slot FROM sales_order WHERE open AND owner >= $4 ORDER BY owner LIMIT 1)
    UNION ALL
    SELECT n.owner, n.slot FROM busy AS b
    CROSS JOIN LATERAL (
        SELECT owner, slot FROM sales_order WHERE open AND owner > b.owner ORDER BY owner LIMIT 1
    ) AS n
), dated AS (
    (SELECT owner, slot FROM lot WHERE expires IS NOT NULL AND owner >= $4 ORDER BY owner LIMIT 1)
    UNION ALL
    SELECT n.owner, n.slot FROM dated AS d
    CROSS JOIN LATERAL (
        SELECT owner, slot FROM lot WHERE expires IS NOT NULL AND owner > d.owner ORDER BY owner LIMIT 1
    ) AS n
), late AS (
    (SELECT d.owner, d.slot, coalesce(c.step, 0) AS step
     FROM dated AS d
     CROSS JOIN LATERAL (
         SELECT t.turn FROM unnest($1::smallint[], $2::bigint[]) AS t(partition, turn)
         WHERE t.partition = d.slot % (SELECT partitions FROM hub) LIMIT 1
     ) AS told
     LEFT JOIN LATERAL (SELECT number, step FROM continuing WHERE owner = d.owner LIMIT 1) AS c ON true
     WHERE coalesce(c.number, 0) < told.turn LIMIT $3)
    UNION
    (SELECT b.owner, b.slot, coalesce(c.step, 0) AS step
     FROM busy AS b
     CROSS JOIN LATERAL (
         SELECT t.turn FROM unnest($1::smallint[], $2::bigint[]) AS t(partition, turn)
         WHERE t.partition = b.slot % (SELECT partitions FROM hub) LIMIT 1
     ) AS told
     LEFT JOIN LATERAL (SELECT number, step FROM continuing WHERE owner = b.owner LIMIT 1) AS c ON true
     WHERE coalesce(c.number, 0) < told.turn LIMIT $3)
    UNION
    (SELECT w.owner, w.slot, coalesce(c.step, 0) AS step
     FROM owner_clock AS w
     CROSS JOIN LATERAL (
         SELECT t.turn FROM unnest($1::smallint[], $2::bigint[]) AS t(partition, turn)
         WHERE t.partition = w.slot % (SELECT partitions FROM hub) LIMIT 1
     ) AS told
     LEFT JOIN LATERAL (SELECT number, step FROM continuing WHERE owner = w.owner LIMIT 1) AS c ON true
     WHERE w.watched AND w.owner >= $4 AND coalesce(c.number, 0) < told.turn ORDER BY w.owner LIMIT $3)
)
SELECT owner, slot, step FROM late ORDER BY owner LIMIT $3;

-- name: passed
-- The last broadcast that every partition has decided and that no owner is behind. A partition nobody has claimed yet
-- has decided none.
WITH RECURSIVE busy AS (
    (SELECT owner, slot FROM sales_order WHERE open ORDER BY owner LIMIT 1)
    UNION ALL
    SELECT n.owner, n.slot FROM busy AS b
    CROSS JOIN LATERAL (
        SELECT owner, slot FROM sales_order WHERE open AND owner > b.owner ORDER BY owner LIMIT 1
    ) AS n
), told AS (
    SELECT k.partition, k.broadcast_seen,
           (SELECT coalesce(max(t.value::bigint), 0) FROM json_each_text(k.turned::json) AS t) AS turn
    FROM claim AS k WHERE k.partition < (SELECT partitions FROM hub)
)
SELECT least(
    (SELECT min(broadcast_seen) FROM told),
    CASE WHEN (SELECT count(*) FROM told) < (SELECT partitions FROM hub) THEN 0 END,
    (SELECT min(coalesce(c.number, 0)) FROM busy AS b
     JOIN told ON told.partition = b.slot % (SELECT partitions FROM hub)
     LEFT JOIN continuing AS c ON c.owner = b.owner
     WHERE coalesce(c.number, 0) < told.turn)
);

-- name: outcomes
-- What a partition made of broadcasts, in order.
SELECT b.number, b.type, i.outcome, i.code, i.field, i.message
FROM broadcast AS b
LEFT JOIN LATERAL (
    SELECT outcome, code, field, message FROM intake
    WHERE source = $3 AND message_id = b.number || '/' || $4 AND outcome IN ('done', 'refused') LIMIT 1
) AS i ON true
WHERE b.number > $1 AND b.number <= $2 ORDER BY b.number;
