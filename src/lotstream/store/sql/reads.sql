-- name: orders_called
-- Orders by number, of any owner and source when those are null.
SELECT DISTINCT o.owner, o.source, o."order"
FROM journal AS j
JOIN sales_order AS o ON o.owner = j.owner AND o.source = j.source AND o."order" = j."order"
WHERE j."order" = $1 AND ($2::text IS NULL OR j.owner = $2) AND ($3::text IS NULL OR j.source = $3)
ORDER BY 1, 2, 3;

-- name: order
-- One order as it is now.
SELECT body FROM sales_order WHERE owner = $1 AND source = $2 AND "order" = $3;

-- name: history
-- What was decided about one order, oldest first.
SELECT recorded_at, type, body, (log::bigint << 48) + "offset" AS arrival FROM journal
WHERE "order" = $3 AND owner = $1 AND source = $2
ORDER BY log, partition, "offset", index;

-- name: rules
-- What an owner chose, and what one of its customers accepts; null where nobody has said.
SELECT (SELECT settings FROM owner WHERE owner = $1) AS settings,
       (SELECT body FROM customer WHERE owner = $1 AND customer = $2) AS customer;

-- name: serials
-- Units of one serial number and SKU, of any owner when that is null: found by jumping from owner to owner in the index
-- of serial numbers, since not every owner has been defined.
WITH RECURSIVE seen AS (
    (SELECT owner FROM serial WHERE owner >= coalesce($3, '') ORDER BY owner LIMIT 1)
    UNION ALL
    SELECT n.owner FROM seen AS w
    CROSS JOIN LATERAL (SELECT owner FROM serial WHERE owner > w.owner ORDER BY owner LIMIT 1) AS n
    WHERE $3::text IS NULL
)
SELECT s.owner, s.body FROM seen AS o
CROSS JOIN LATERAL (
    SELECT * FROM serial AS t WHERE t.owner = o.owner AND t.serial = $1 AND t.sku = $2 LIMIT 1
) AS s
WHERE $3::text IS NULL OR o.owner = $3
ORDER BY s.owner;

-- name: waves
-- Waves of one number, of any owner when that is null.
WITH RECURSIVE o AS (
    (SELECT i.owner FROM item AS i ORDER BY i.owner LIMIT 1)
    UNION ALL
    SELECT (SELECT i.owner FROM item AS i WHERE i.owner > o.owner ORDER BY i.owner LIMIT 1) FROM o
    WHERE o.owner IS NOT NULL
)
SELECT w.owner, w.body FROM o
CROSS JOIN LATERAL (
    SELECT * FROM receipt AS t WHERE t.owner = o.owner AND t.kind = 'wave' AND t.number = $1 LIMIT 1
) AS w
WHERE $2::text IS NULL OR o.owner = $2
ORDER BY w.owner;

-- name: orders
-- Orders of one owner by key, as they are now.
SELECT o.body FROM unnest($2::text[], $3::text[]) AS k(source, "order")
CROSS JOIN LATERAL (
    SELECT * FROM sales_order AS s
    WHERE s.owner = $1 AND s.source = k.source AND s."order" = k."order" LIMIT 1
) AS o;

-- name: items
-- Items of one owner.
SELECT sku, body FROM item WHERE owner = $1 AND sku = ANY($2::text[]);

-- name: todays
-- Today per site, as each partition knows it.
SELECT today FROM claim;

-- name: locations
-- Locations, as each partition knows them.
SELECT DISTINCT body FROM location;

-- name: owners_of_sku
-- Owners that have stock, of one SKU when it is given: found by jumping from owner to owner in the key.
WITH RECURSIVE seen AS (
    (SELECT owner FROM stock ORDER BY owner LIMIT 1)
    UNION ALL
    SELECT n.owner FROM seen AS w
    CROSS JOIN LATERAL (SELECT owner FROM stock WHERE owner > w.owner ORDER BY owner LIMIT 1) AS n
)
SELECT o.owner FROM seen AS o
CROSS JOIN LATERAL (
    SELECT FROM stock AS s WHERE s.owner = o.owner AND ($1::text IS NULL OR s.sku = $1) LIMIT 1
) AS found
ORDER BY o.owner;

-- name: stock_of_lots
-- Stock of some lots of one owner, as in `stock`.
SELECT s.sku, s.lot, l.expires, s.site, s.location, s.package, s.pack_size, s.status, s.returned, s.on_hand, s.reserved,
       s.promised_elsewhere, coalesce(l.holds, '[]') AS holds, i.body AS item, w.weight_g
FROM unnest($2::text[], $3::text[]) AS k(sku, lot)
JOIN stock AS s ON s.owner = $1 AND s.sku = k.sku AND s.lot = k.lot
LEFT JOIN lot AS l ON l.owner = s.owner AND l.sku = s.sku AND l.lot = s.lot
LEFT JOIN stock_weight AS w ON w.owner = s.owner AND w.sku = s.sku AND w.lot = s.lot
  AND w.site = s.site AND w.location = s.location AND w.package IS NOT DISTINCT FROM s.package
  AND w.pack_size IS NOT DISTINCT FROM s.pack_size AND w.status = s.status AND w.returned = s.returned
LEFT JOIN item AS i ON i.owner = s.owner AND i.sku = s.sku
WHERE ($5::text IS NULL OR s.site = $5)
  AND (s.on_hand <> 0 OR s.reserved <> 0 OR s.promised_elsewhere <> 0)
ORDER BY s.sku, l.expires NULLS LAST, s.lot, s.site, s.location, s.package, s.pack_size, s.status, s.returned
LIMIT $4;

-- name: stock
-- Stock of one owner with the facts of its lots and its items, in the order a person looks for it.
SELECT s.sku, s.lot, l.expires, s.site, s.location, s.package, s.pack_size, s.status, s.returned, s.on_hand, s.reserved,
       s.promised_elsewhere, coalesce(l.holds, '[]') AS holds, i.body AS item, w.weight_g
FROM stock AS s
LEFT JOIN lot AS l ON l.owner = s.owner AND l.sku = s.sku AND l.lot = s.lot
LEFT JOIN stock_weight AS w ON w.owner = s.owner AND w.sku = s.sku AND w.lot IS NOT DISTINCT FROM s.lot
  AND w.site = s.site AND w.location = s.location AND w.package IS NOT DISTINCT FROM s.package
  AND w.pack_size IS NOT DISTINCT FROM s.pack_size AND w.status = s.status AND w.returned = s.returned
LEFT JOIN item AS i ON i.owner = s.owner AND i.sku = s.sku
WHERE s.owner = $1 AND ($2::text IS NULL OR s.sku = $2) AND ($4::text IS NULL OR s.site = $4)
  AND (s.on_hand <> 0 OR s.reserved <> 0 OR s.promised_elsewhere <> 0)
ORDER BY s.sku, l.expires NULLS LAST, s.lot, s.site, s.location, s.package, s.pack_size, s.status, s.returned
LIMIT $3;
