-- name: now
-- The database's clock.
SELECT clock_timestamp();

-- name: log
-- The inbound log as the database knows it.
SELECT log, partitions FROM hub;

-- name: begin_log
-- Write down the first log; nothing when there is one.
INSERT INTO hub (log, partitions) VALUES (1, $1) ON CONFLICT DO NOTHING;

-- name: make_seal
-- Keep the key that the hub seals its own messages with; nothing when there is one.
INSERT INTO agreed (setting, value) VALUES ('seal', $1) ON CONFLICT DO NOTHING;

-- name: seal
-- The key that the hub seals its own messages with.
SELECT value FROM agreed WHERE setting = 'seal';

-- name: make
-- Claim rows of partitions that have none, at the beginning of the log.
INSERT INTO claim (partition, log, chain)
SELECT p.partition, hub.log, $2 FROM hub, unnest($1::smallint[]) AS p(partition) ORDER BY p.partition
ON CONFLICT DO NOTHING;

-- name: read
-- Claim rows of partitions.
SELECT partition, log, next_offset, epoch, holder, released, today, chain, broadcast_seen, append_time,
       last_append_time, last_message_id, relay_position, turned, broadcast_answered
FROM claim WHERE partition = ANY($1::smallint[]);

-- name: take
-- Raise the epoch of a claim as it was read and become its holder; what 0.1.0 was told turns all its sites.
UPDATE claim AS c SET epoch = epoch + 1, holder = $4, released = false, taken_epoch = epoch + 1,
    turned_through = broadcast_seen,
    turned = CASE WHEN turned_through >= broadcast_seen THEN turned ELSE coalesce(
        (SELECT json_object_agg(s.site, c.broadcast_seen)::text FROM site AS s WHERE s.partition = c.partition), '{}'
    ) END
WHERE partition = $1 AND epoch = $2 AND log = $3
RETURNING partition, log, next_offset, epoch, holder, released, today, chain, broadcast_seen, append_time,
          last_append_time, last_message_id, relay_position, turned, broadcast_answered;

-- name: release
-- Give a claim back under the same epoch.
UPDATE claim SET released = true, relay_position = greatest(relay_position, $5)
WHERE partition = $1 AND log = $2 AND epoch = $3 AND holder = $4
RETURNING partition;

-- name: note_relay_position
-- Copy a relay position, never lower it.
UPDATE claim SET relay_position = $5
WHERE partition = $1 AND log = $2 AND epoch = $3 AND holder = $4 AND relay_position < $5;
