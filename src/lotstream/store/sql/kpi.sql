-- name: owners
-- What was counted of owners in a period, the first so many by name.
SELECT owner, sum(count_lines)::bigint AS count_lines, sum(count_lines_right)::bigint AS count_lines_right,
       sum(counted_off) AS counted_off, sum(counted_system) AS counted_system, sum(received) AS received,
       sum(received_value) AS received_value, sum(expired) AS expired, sum(expired_value) AS expired_value,
       sum(shipped) AS shipped, sum(traced) AS traced
FROM kpi
WHERE ($1::text IS NULL OR owner = $1) AND ($2::date IS NULL OR day >= $2) AND ($3::date IS NULL OR day <= $3)
GROUP BY owner ORDER BY owner LIMIT $4;

-- name: days
-- What was counted of one owner in a period, day by day.
SELECT day, count_lines, count_lines_right, counted_off, counted_system, received, received_value, expired,
       expired_value, shipped, traced
FROM kpi WHERE owner = $1 AND ($2::date IS NULL OR day >= $2) AND ($3::date IS NULL OR day <= $3) ORDER BY day;

-- name: recalls
-- How long recalls and drills took, the last so many, from when the log took them in until all was written.
SELECT log, partition, "offset", index, owner, recall, drill, asked_at,
       greatest(extract(epoch FROM listed_at - asked_at), 0)::float8 AS seconds
FROM recall_run
WHERE ($1::text IS NULL OR owner = $1) AND ($2::date IS NULL OR asked_at >= $2) AND ($3::date IS NULL OR asked_at < $3 + 1)
ORDER BY asked_at DESC, log DESC, partition, "offset" DESC, index DESC LIMIT $4;

-- name: rebased
-- Items that were counted in another unit before, of one owner or of all; the same words as in the index that finds them.
SELECT owner, body FROM item WHERE body LIKE '%"rebased":%' AND ($1::text IS NULL OR owner = $1) ORDER BY owner, sku;
