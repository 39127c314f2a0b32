-- name: lock
-- Be the only one who may change the log: waits for everyone who shares it.
SELECT pg_advisory_lock(hashtextextended('lotstream.log', 0));

-- name: sharers
-- Who keeps the log as it is, and connectors, which do not hold the lock.
SELECT DISTINCT a.application_name AS name, coalesce(host(a.client_addr), 'local') AS host
FROM pg_stat_activity AS a
LEFT JOIN pg_locks AS l
    ON l.pid = a.pid AND l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.database = a.datid
    AND (l.classid::bigint << 32 | l.objid::bigint) = hashtextextended('lotstream.log', 0)
WHERE a.datname = current_database() AND a.pid <> pg_backend_pid()
  AND (l.pid IS NOT NULL OR a.application_name LIKE 'lotstream-connect%')
ORDER BY 1, 2;

-- name: log
-- The log, kept from changing until this transaction ends.
SELECT log, partitions FROM hub FOR UPDATE;

-- name: epochs
-- Epochs of the claims under a log, kept from changing until this transaction ends.
SELECT partition, epoch FROM claim WHERE log = $1 ORDER BY partition FOR UPDATE;

-- name: begin
-- The next log number, and how many partitions the topic has under it.
UPDATE hub SET log = $1, partitions = $2;

-- name: starts
-- Note where each partition of a log begins.
INSERT INTO log_start (log, partition, first_offset, why)
SELECT $1, p.partition, p.first_offset, $4 FROM unnest($2::smallint[], $3::bigint[]) AS p(partition, first_offset);

-- name: claims
-- Let every partition go on under a log, as nobody's: its chain, its days and the broadcasts it has seen stay with it.
INSERT INTO claim AS c (partition, log, next_offset, relay_position, last_append_time, last_message_id, chain)
SELECT p.partition, $1, p.next_offset, p.next_offset, p.append_time, p.message_id, $6
FROM unnest($2::smallint[], $3::bigint[], $4::timestamptz[], $5::text[])
    AS p(partition, next_offset, append_time, message_id)
ON CONFLICT (partition) DO UPDATE
SET log = excluded.log, next_offset = excluded.next_offset, relay_position = excluded.relay_position,
    last_append_time = excluded.last_append_time, last_message_id = excluded.last_message_id,
    epoch = c.epoch + 1, holder = NULL, released = true;

-- name: first_offsets
-- Where the partitions of a log begin that do not begin at offset 0.
SELECT partition, first_offset FROM log_start WHERE log = $1;

-- name: seen
-- The last broadcast of every partition that was ever read, also of those that the topic does not have any more.
SELECT partition, broadcast_seen FROM claim;

-- name: published
-- Note that everything of partitions is published, up to an offset each.
UPDATE claim AS c SET relay_position = greatest(c.relay_position, p.position)
FROM unnest($2::smallint[], $3::bigint[]) AS p(partition, position)
WHERE c.partition = p.partition AND c.log = $1;

-- name: oldest
-- When the oldest message at or above its partition's position was recorded, and how many there are.
SELECT min(o.recorded_at) AS recorded_at, count(*) AS messages
FROM unnest($2::smallint[], $3::bigint[]) AS p(partition, position)
JOIN outbox AS o ON o.log = $1 AND o.partition = p.partition AND o."offset" >= p.position;

-- name: broadcast_missing
-- Put a command for every partition back under its number, when a restored database has lost it.
INSERT INTO broadcast (number, type, key, body) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;
