-- name: unfilled
-- Partitions whose journal goes on, from where it was looked at last, with what a version decided.
WITH RECURSIVE place AS (
    (SELECT log, partition FROM journal ORDER BY log, partition LIMIT 1)
    UNION ALL
    SELECT next.log, next.partition
    FROM place AS p
    CROSS JOIN LATERAL (
        SELECT t.log, t.partition FROM journal AS t
        WHERE (t.log, t.partition) > (p.log, p.partition) ORDER BY t.log, t.partition LIMIT 1
    ) AS next
)
SELECT p.log, p.partition, coalesce(f.next_offset, 0) AS next_offset
FROM place AS p
LEFT JOIN history_filled AS f ON f.log = p.log AND f.partition = p.partition
CROSS JOIN LATERAL (
    SELECT j.code FROM journal AS j
    WHERE j.log = p.log AND j.partition = p.partition AND j."offset" >= coalesce(f.next_offset, 0)
    ORDER BY j."offset", j.index LIMIT 1
) AS next
WHERE next.code = $1
ORDER BY p.log, p.partition;

-- name: records
-- Offsets of the next records of a partition's journal, so many at most.
SELECT max(n."offset") AS last FROM (
    SELECT DISTINCT j."offset" FROM journal AS j
    WHERE j.log = $1 AND j.partition = $2 AND j."offset" >= $3 ORDER BY j."offset" LIMIT $4
) AS n;

-- name: events
-- A partition's events from one record to another that a version decided.
SELECT j."offset", j.recorded_at, j.owner, j.type, j.body FROM journal AS j
WHERE j.log = $1 AND j.partition = $2 AND j."offset" BETWEEN $3 AND $4 AND j.code = $5 AND j.owner IS NOT NULL
ORDER BY j."offset", j.index;

-- name: kept
-- Records of which there are histories.
SELECT DISTINCT h."offset" FROM lot_history AS h
WHERE h.log = $1 AND h.partition = $2 AND h."offset" BETWEEN $3 AND $4;

-- name: place_lines
-- Say of shipment lines where their goods left from.
UPDATE shipment_line AS l SET site = k.site, location = k.location, status = k.status
FROM unnest($3::bigint[], $4::int[], $5::text[], $6::text[], $7::text[]) AS k("offset", index, site, location, status)
WHERE l.log = $1 AND l.partition = $2 AND l."offset" = k."offset" AND l.index = k.index AND l.site IS NULL;

-- name: filled
-- Note how far a partition's journal was looked at.
INSERT INTO history_filled (log, partition, next_offset) VALUES ($1, $2, $3)
ON CONFLICT (log, partition) DO UPDATE SET next_offset = excluded.next_offset;
