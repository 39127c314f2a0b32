-- name: log
-- The number of the present log.
SELECT log, partitions FROM hub;

-- name: found
-- Dead letters without their bytes, newest first: what they are, what was done about them last and what came of it.
SELECT d.log, d.partition, d."offset", d.recorded_at, d.code, d.field, d.message, d.key, d.headers,
       octet_length(d.value) AS bytes, i.owner, first.seen AS first_seen,
       a.action, a.at, a.by, a.reason, a.to_log, a.to_partition, a.to_offset, r.outcome, r.code AS outcome_code,
       o.log AS of_log, o.partition AS of_partition, o."offset" AS of_offset
FROM dead_letter AS d
LEFT JOIN intake AS i ON i.log = d.log AND i.partition = d.partition AND i."offset" = d."offset"
LEFT JOIN LATERAL (
    SELECT * FROM dead_letter_action AS t
    WHERE t.log = d.log AND t.partition = d.partition AND t."offset" = d."offset" ORDER BY t.id DESC LIMIT 1
) AS a ON true
LEFT JOIN intake AS r ON r.log = a.to_log AND r.partition = a.to_partition AND r."offset" = a.to_offset
LEFT JOIN LATERAL (
    SELECT t.log, t.partition, t."offset" FROM dead_letter_action AS t
    WHERE t.to_log = d.log AND t.to_partition = d.partition AND t.to_offset = d."offset" LIMIT 1
) AS o ON true
CROSS JOIN LATERAL (
    WITH RECURSIVE up AS (
        SELECT d.log, d.partition, d."offset", d.recorded_at
        UNION ALL
        SELECT t.log, t.partition, t."offset", coalesce(e.recorded_at, u.recorded_at)
        FROM up AS u
        JOIN dead_letter_action AS t
          ON t.to_log = u.log AND t.to_partition = u.partition AND t.to_offset = u."offset"
        LEFT JOIN dead_letter AS e ON e.log = t.log AND e.partition = t.partition AND e."offset" = t."offset"
    )
    SELECT min(recorded_at) AS seen FROM up
) AS first
WHERE ($1::text IS NULL OR d.code = $1)
  AND ($2::text IS NULL OR i.owner = $2 OR d.key = convert_to($2, 'UTF8'))
  AND ($3::bytea IS NULL OR d.key = $3)
  AND ($4::timestamptz IS NULL OR d.recorded_at >= $4)
  AND ($5::text IS NULL OR coalesce(a.action, 'open') = $5)
  AND ($6::integer IS NULL OR (d.log, d.partition, d."offset") = ($6, $7::smallint, $8::bigint))
ORDER BY d.recorded_at DESC, d.log DESC, d.partition, d."offset" DESC LIMIT $9;

-- name: value
-- The bytes of one dead letter.
SELECT value FROM dead_letter WHERE log = $1 AND partition = $2 AND "offset" = $3;

-- name: history
-- What was done about one dead letter, oldest first.
SELECT a.action, a.at, a.by, a.reason, a.to_log, a.to_partition, a.to_offset, r.outcome, r.code AS outcome_code
FROM dead_letter_action AS a
LEFT JOIN intake AS r ON r.log = a.to_log AND r.partition = a.to_partition AND r."offset" = a.to_offset
WHERE a.log = $1 AND a.partition = $2 AND a."offset" = $3 ORDER BY a.id;

-- name: act
-- Note what somebody does about a dead letter.
INSERT INTO dead_letter_action (log, partition, "offset", action, by, reason)
VALUES ($1, $2, $3, $4, $5, $6) RETURNING id;

-- name: appended
-- Note where a replayed record was appended.
UPDATE dead_letter_action SET to_log = $2, to_partition = $3, to_offset = $4 WHERE id = $1;

-- name: outcome
-- What became of a record.
SELECT outcome, code, message FROM intake WHERE log = $1 AND partition = $2 AND "offset" = $3;
