-- name: owners
-- Owners of whom lots are known: found by jumping from owner to owner in the key.
WITH RECURSIVE seen AS (
    (SELECT owner FROM lot ORDER BY owner LIMIT 1)
    UNION ALL
    SELECT n.owner FROM seen AS w
    CROSS JOIN LATERAL (SELECT owner FROM lot WHERE owner > w.owner ORDER BY owner LIMIT 1) AS n
)
SELECT owner FROM seen ORDER BY owner;

-- name: lots_held
-- Lots of an owner that are on hold, with what there is of them.
SELECT l.sku, l.lot, l.holds, i.body AS item,
       (SELECT coalesce(sum(s.on_hand), 0)::bigint FROM stock AS s
        WHERE s.owner = l.owner AND s.sku = l.sku AND s.lot = l.lot) AS on_hand
FROM lot AS l LEFT JOIN item AS i ON i.owner = l.owner AND i.sku = l.sku
WHERE l.owner = $1 AND l.holds <> '[]' AND ($2::text IS NULL OR l.sku = $2)
ORDER BY l.sku, l.lot LIMIT $3;

-- name: units_held
-- Units of an owner that are on hold by their serial numbers.
SELECT body FROM serial
WHERE owner = $1 AND body LIKE '%"holds":%' AND ($2::text IS NULL OR sku = $2) ORDER BY serial, sku LIMIT $3;

-- name: settings
-- What an owner chose, holds on all that is his or came from a supplier among it.
SELECT settings FROM owner WHERE owner = $1;

-- name: places_held
-- Locations on hold, as each partition knows them.
SELECT DISTINCT body FROM location WHERE body LIKE '%"hold%';

-- name: lot_papers
-- What is known of one lot beyond its goods.
SELECT more FROM lot WHERE owner = $1 AND sku = $2 AND lot = $3;

-- name: hazards
-- Where goods of items with a hazard class lie, whoever they belong to when no owner is named.
SELECT i.owner, i.sku, i.body AS item, s.lot, s.site, s.location, sum(s.on_hand)::bigint AS on_hand
FROM item AS i JOIN stock AS s ON s.owner = i.owner AND s.sku = i.sku
WHERE i.body LIKE '%"hazard":%' AND s.on_hand <> 0 AND ($1::text IS NULL OR i.owner = $1)
GROUP BY i.owner, i.sku, i.body, s.lot, s.site, s.location
ORDER BY i.owner, i.sku, s.site, s.location, s.lot LIMIT $2;
