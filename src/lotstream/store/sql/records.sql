-- name: shipped
-- Where one lot went, oldest first.
SELECT owner, shipment, partition, "offset", index, source, "order", line, sku, lot, expires, quantity, customer, person,
       city, postcode, country, shipped_at, sign, site, location, status, region, cost
FROM shipment_line
WHERE owner = $1 AND sku = $2 AND (lot = $3 OR lot IS NULL AND $3::text IS NULL)
ORDER BY shipped_at, log, partition, "offset", index LIMIT $4;

-- name: intake
-- What became of a message that was done or refused.
SELECT partition, "offset", source, message_id, type, owner, outcome, recorded_at, code, field, message
FROM intake
WHERE source = $1 AND message_id = $2 AND outcome IN ('done', 'refused');

-- name: outcomes
-- What became of messages of one source that were done or refused.
SELECT partition, "offset", source, message_id, type, owner, outcome, recorded_at, code, field, message
FROM intake
WHERE source = $1 AND message_id = ANY($2::text[]) AND outcome IN ('done', 'refused');

-- name: dead_letters
-- Records that could not be understood, newest first.
SELECT partition, "offset", key, value, headers, code, field, message, recorded_at
FROM dead_letter ORDER BY recorded_at DESC, log DESC, partition, "offset" DESC LIMIT $1;

-- name: dead_letters_by_code
-- How many records could not be understood, by reason.
SELECT code, count(*) FROM dead_letter GROUP BY code ORDER BY code;

-- name: claims
-- All claims.
SELECT partition, log, next_offset, epoch, holder, released, today, chain, broadcast_seen, append_time,
       last_append_time, last_message_id, relay_position, turned, broadcast_answered
FROM claim ORDER BY partition;
