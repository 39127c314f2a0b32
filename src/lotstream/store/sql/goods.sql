-- name: lot_owners
-- Owners of whom a lot is known, by its number; and where nobody has described it, or no lot is named, all of whom goods
-- were moved: those are found by jumping from owner to owner in the index, since not every owner has been defined.
WITH RECURSIVE known AS (
    SELECT l.owner FROM lot AS l WHERE l.sku = $1 AND l.lot = $2 AND ($3::text IS NULL OR l.owner = $3)
), seen AS (
    (SELECT owner FROM lot_history WHERE NOT EXISTS (SELECT FROM known) AND owner >= coalesce($3, '')
     ORDER BY owner LIMIT 1)
    UNION ALL
    SELECT n.owner FROM seen AS w
    CROSS JOIN LATERAL (SELECT owner FROM lot_history WHERE owner > w.owner ORDER BY owner LIMIT 1) AS n
    WHERE $3::text IS NULL
)
SELECT owner FROM known
UNION ALL
SELECT o.owner FROM seen AS o
CROSS JOIN LATERAL (
    SELECT FROM lot_history AS h
    WHERE h.owner = o.owner AND h.sku = $1 AND (h.lot = $2 OR h.lot IS NULL AND $2::text IS NULL) LIMIT 1
) AS found
WHERE $3::text IS NULL OR o.owner = $3
ORDER BY owner;

-- name: lots_called
-- Lots that have a number now, or have it from their supplier; $4: of one item of an owner also those that had it.
SELECT l.owner, l.sku, l.lot, l.supplier, l.supplier_lot
FROM lot AS l WHERE l.lot = $1 AND ($2::text IS NULL OR l.owner = $2) AND ($3::text IS NULL OR l.sku = $3)
UNION
SELECT l.owner, l.sku, l.lot, l.supplier, l.supplier_lot
FROM lot AS l WHERE l.supplier_lot = $1 AND ($2::text IS NULL OR l.owner = $2) AND ($3::text IS NULL OR l.sku = $3)
UNION
SELECT l.owner, l.sku, l.lot, l.supplier, l.supplier_lot
FROM lot AS l
WHERE $4::boolean AND l.owner = $2 AND l.sku = $3 AND l.more LIKE '%"aliases"%' AND l.more::jsonb -> 'aliases' ? $1
ORDER BY owner, sku, lot LIMIT $5;

-- name: lot_facts
-- What is known of one lot and of its item; null for what nobody has said.
SELECT l.expires, l.made, l.received, l.supplier, l.supplier_lot, coalesce(l.holds, '[]') AS holds, i.body AS item,
       (SELECT coalesce(sum(s.on_hand), 0)::bigint FROM stock AS s
        WHERE s.owner = $1 AND s.sku = $2 AND (s.lot = $3 OR s.lot IS NULL AND $3::text IS NULL)) AS on_hand
FROM (VALUES (1)) AS one
LEFT JOIN lot AS l ON l.owner = $1 AND l.sku = $2 AND l.lot = $3
LEFT JOIN item AS i ON i.owner = $1 AND i.sku = $2;

-- name: lot_history
-- What became of one lot, oldest first, after a place in it: its history, and what left and had not left after all.
SELECT * FROM (
    SELECT h.at, h.log, h.partition, h."offset", 0 AS part, h.index, h.recorded_at, h.kind,
           coalesce(div(h.quantity * c.numerator, c.denominator)::bigint, h.quantity) AS quantity, h.site,
           h.location, h.status, h.to_site, h.to_location, h.to_status, h.document, h.number, h.line, h.source,
           h."order", h.by, h.reason, h.code, NULL AS customer, h.weight_g
    FROM lot_history AS h
    LEFT JOIN recounted AS c ON c.owner = h.owner AND c.sku = h.sku
       AND (h.log::bigint << 48) + h."offset" >= c.since AND (h.log::bigint << 48) + h."offset" < c.until
    WHERE h.owner = $1 AND h.sku = $2 AND (h.lot = $3 OR h.lot IS NULL AND $3::text IS NULL) AND h.at >= $4
    UNION ALL
    SELECT l.shipped_at, l.log, l.partition, l."offset", 1, l.index, NULL,
           CASE l.sign WHEN 1 THEN 'shipped' ELSE 'voided' END,
           -l.sign * coalesce(div(l.quantity * c.numerator, c.denominator)::bigint, l.quantity), l.site,
           l.location, l.status, NULL, NULL, NULL, 'shipment', l.shipment, l.line, l.source,
           l."order", NULL, NULL, NULL, l.customer, -l.sign * l.weight_g
    FROM shipment_line AS l
    LEFT JOIN recounted AS c ON c.owner = l.owner AND c.sku = l.sku
       AND (l.log::bigint << 48) + l."offset" >= c.since AND (l.log::bigint << 48) + l."offset" < c.until
    WHERE l.owner = $1 AND l.sku = $2 AND (l.lot = $3 OR l.lot IS NULL AND $3::text IS NULL) AND l.shipped_at >= $4
) AS became
WHERE (at, log, partition, "offset", part, index) > ($4, $5, $6, $7, $8, $9)
ORDER BY at, log, partition, "offset", part, index LIMIT $10;

-- name: lots_now
-- Some lots as they are: what is known of each, what is on hand, what has left and was not taken back. A lot that
-- nobody knows is there without facts.
SELECT k.sku, k.lot, l.expires, coalesce(l.more, '{}') AS more, i.body AS item,
       (SELECT coalesce(sum(s.on_hand), 0)::bigint FROM stock AS s
        WHERE s.owner = $1 AND s.sku = k.sku AND s.lot = k.lot) AS on_hand,
       (SELECT coalesce(sum(g.sign * coalesce(div(g.quantity * c.numerator, c.denominator)::bigint, g.quantity)), 0)::bigint
        FROM shipment_line AS g
        LEFT JOIN recounted AS c ON c.owner = g.owner AND c.sku = g.sku
       AND (g.log::bigint << 48) + g."offset" >= c.since AND (g.log::bigint << 48) + g."offset" < c.until
        WHERE g.owner = $1 AND g.sku = k.sku AND g.lot = k.lot) AS shipped
FROM unnest($2::text[], $3::text[]) AS k(sku, lot)
LEFT JOIN lot AS l ON l.owner = $1 AND l.sku = k.sku AND l.lot = k.lot
LEFT JOIN item AS i ON i.owner = $1 AND i.sku = k.sku;

-- name: made_of
-- What was made of some lots ($4: true), or what they were made of: both sides of every record that did it, once. Each
-- lot and each record is a look-up of its own, so that it matters not how much else became of them.
SELECT h.log, h.partition, h."offset", h.index, h.at, h.kind, h.sku, h.lot,
       coalesce(div(h.quantity * c.numerator, c.denominator)::bigint, h.quantity) AS quantity, h.site, h.document, h.number
FROM (
    SELECT DISTINCT t.log, t.partition, t."offset"
    FROM unnest($2::text[], $3::text[]) AS k(sku, lot)
    CROSS JOIN LATERAL (
        SELECT m.log, m.partition, m."offset" FROM lot_history AS m
        WHERE m.owner = $1 AND m.sku = k.sku AND m.lot = k.lot AND m.kind IN ('used', 'made', 'split')
          AND (m.quantity < 0) = $4::boolean
        LIMIT 100000
    ) AS t
) AS r
CROSS JOIN LATERAL (
    SELECT * FROM lot_history AS m
    WHERE m.log = r.log AND m.partition = r.partition AND m."offset" = r."offset" AND m.owner = $1
      AND m.kind IN ('used', 'made', 'split')
    LIMIT 100000
) AS h
LEFT JOIN recounted AS c ON c.owner = h.owner AND c.sku = h.sku
       AND (h.log::bigint << 48) + h."offset" >= c.since AND (h.log::bigint << 48) + h."offset" < c.until
ORDER BY h.at, h.log, h.partition, h."offset", h.index;

-- name: items_called
-- Some items of an owner.
SELECT i.sku, i.body FROM item AS i WHERE i.owner = $1 AND i.sku = ANY($2::text[]);

-- name: expiring
-- Lots of an owner with stock that expire by a day, what has expired first, with what lies of them at each site.
SELECT l.sku, l.lot, l.expires, l.made, l.holds, s.site, i.body AS item,
       sum(s.on_hand)::bigint AS on_hand, sum(s.reserved)::bigint AS reserved
FROM lot AS l
JOIN stock AS s ON s.owner = l.owner AND s.sku = l.sku AND s.lot = l.lot AND s.on_hand > 0
LEFT JOIN item AS i ON i.owner = l.owner AND i.sku = l.sku
WHERE l.owner = $1 AND l.expires <= $2 AND ($3::text IS NULL OR l.sku = $3) AND ($4::text IS NULL OR s.site = $4)
GROUP BY l.sku, l.lot, l.expires, l.made, l.holds, s.site, i.body
ORDER BY l.expires, l.sku, l.lot, s.site LIMIT $5;

-- name: used
-- What left of an owner's items with orders since a time, in smallest units, less what had not left after all.
SELECT l.sku, sum(l.sign * coalesce(div(l.quantity * c.numerator, c.denominator)::bigint, l.quantity))::bigint AS quantity
FROM shipment_line AS l
LEFT JOIN recounted AS c ON c.owner = l.owner AND c.sku = l.sku
       AND (l.log::bigint << 48) + l."offset" >= c.since AND (l.log::bigint << 48) + l."offset" < c.until
WHERE l.owner = $1 AND l.shipped_at >= $2 GROUP BY l.sku ORDER BY l.sku;
