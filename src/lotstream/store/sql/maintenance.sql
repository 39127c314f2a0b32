-- name: prune_outbox
-- Delete published messages recorded before a time; the oldest are looked at first and only so many at once.
DELETE FROM outbox
WHERE ctid = ANY(ARRAY(
    SELECT oldest.ctid
    FROM claim AS c
    CROSS JOIN LATERAL (
        SELECT o.ctid, o.recorded_at FROM outbox AS o
        WHERE o.log = c.log AND o.partition = c.partition AND o."offset" < $3
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
