-- name: sites
-- Sites that partitions know, and those that were told and not decided by any of them yet.
SELECT site FROM site
UNION
SELECT convert_from(body, 'UTF8')::json ->> 'site' FROM broadcast WHERE type = $1
ORDER BY 1;

-- name: is_place
-- Whether a location is defined, named as an area, told and not decided yet, or has goods.
SELECT EXISTS (SELECT FROM location WHERE site = $1 AND (location = $2 OR body::json ->> 'parent' = $2))
    OR EXISTS (
        SELECT FROM broadcast
        CROSS JOIN LATERAL (SELECT convert_from(body, 'UTF8')::json AS said) AS told
        WHERE type = $3 AND said ->> 'site' = $1 AND $2 IN (said ->> 'location', said ->> 'parent')
    )
    OR EXISTS (SELECT FROM stock WHERE site = $1 AND location = $2);
