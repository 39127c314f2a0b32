-- name: document_owners
-- Owners that have a document of a kind and number: found by jumping from owner to owner in the key.
WITH RECURSIVE seen AS (
    (SELECT owner FROM receipt WHERE owner >= coalesce($3, '') ORDER BY owner LIMIT 1)
    UNION ALL
    SELECT n.owner FROM seen AS w
    CROSS JOIN LATERAL (SELECT owner FROM receipt WHERE owner > w.owner ORDER BY owner LIMIT 1) AS n
    WHERE $3::text IS NULL
)
SELECT o.owner FROM seen AS o
CROSS JOIN LATERAL (
    SELECT FROM receipt AS r WHERE r.owner = o.owner AND r.kind = $1 AND ($2::text IS NULL OR r.number = $2) LIMIT 1
) AS found
WHERE $3::text IS NULL OR o.owner = $3
ORDER BY o.owner;

-- name: documents
-- An owner's documents of a kind after a number, in the order of their numbers, those that are over left out where
-- only open ones are asked for: a document that is open says nothing of its state.
SELECT number, body FROM receipt
WHERE owner = $1 AND kind = $2 AND number > $3 AND (NOT $4::boolean OR body NOT LIKE '%"state":%')
ORDER BY number LIMIT $5;

-- name: document
-- One document.
SELECT body FROM receipt WHERE owner = $1 AND kind = $2 AND number = $3;

-- name: receipts
-- What an owner announced or received after a place among them, in the order of their numbers; what is closed is left
-- out where only open ones are asked for: one that is open says nothing of that.
SELECT kind, number, body FROM receipt
WHERE owner = $1 AND kind IN ('expected', 'receipt') AND (kind, number) > ($2, $3)
  AND (NOT $4::boolean OR body NOT LIKE '%"told":%' AND body NOT LIKE '%"closed":%'
       OR (body::json ->> 'told') IS NULL AND (body::json ->> 'closed') IS NULL)
ORDER BY kind, number LIMIT $5;

-- name: lots_of
-- What is known of some lots.
SELECT l.sku, l.lot, l.supplier, l.supplier_lot, l.made, l.expires
FROM unnest($2::text[], $3::text[]) AS k(sku, lot)
JOIN lot AS l ON l.owner = $1 AND l.sku = k.sku AND l.lot = k.lot;

-- name: items
-- Items of an owner by SKU.
SELECT sku, body FROM item WHERE owner = $1 AND sku = ANY($2::text[]);

-- name: titles
-- What an owner gave to others, in the order of the numbers, each with what the other ledger has booked of it.
SELECT t.body, r.body AS accepted
FROM receipt AS t
LEFT JOIN receipt AS r ON r.owner = t.body::json ->> 'to_owner' AND r.kind = 'title' AND r.number = t.number
WHERE t.owner = $1 AND t.kind = 'title_out' AND t.number > $2
ORDER BY t.number LIMIT $3;

-- name: count_plan
-- Bins of an owner to be counted, the riskiest first: what expires within a month counts 3; every fifth movement since
-- the last count 1, at most 3; goods found or missing there since 2 each, at most 4; and what lies there is worth 0 to 2
-- by its place among all of the owner's. What was never counted comes first among equals.
WITH bin AS (
    SELECT s.sku, s.lot, s.site, s.location, sum(s.on_hand)::bigint AS on_hand
    FROM stock AS s
    WHERE s.owner = $1 AND ($2::text IS NULL OR s.site = $2) AND s.location <> 'STAGING'
      AND s.location NOT LIKE 'STAGING/%' AND s.location NOT LIKE 'TRANSIT/%'
    GROUP BY s.sku, s.lot, s.site, s.location HAVING sum(s.on_hand) <> 0
), known AS (
    SELECT b.*, l.expires,
           b.on_hand * (l.more::json ->> 'cost_total')::numeric
             / nullif((l.more::json ->> 'cost_units')::numeric, 0) AS value
    FROM bin AS b LEFT JOIN lot AS l ON l.owner = $1 AND l.sku = b.sku AND l.lot = b.lot
), touched AS (
    SELECT h.sku, h.lot, p.site, p.location, h.kind, h.at, h.quantity,
           max(h.at) FILTER (WHERE h.kind = 'counted' AND p.left_it) OVER w AS counted_at
    FROM lot_history AS h
    CROSS JOIN LATERAL (VALUES (h.site, h.location, true), (h.to_site, h.to_location, false))
        AS p(site, location, left_it)
    WHERE h.owner = $1 AND p.location IS NOT NULL AND ($2::text IS NULL OR p.site = $2)
      AND (p.left_it OR (h.site, h.location) IS DISTINCT FROM (h.to_site, h.to_location))
    WINDOW w AS (PARTITION BY h.sku, h.lot, p.site, p.location)
), since AS (
    SELECT t.sku, t.lot, t.site, t.location, max(t.counted_at) AS counted_at,
           count(*) FILTER (WHERE t.quantity <> 0 AND t.kind NOT IN ('counted', 'found', 'missing')
                            AND t.at > coalesce(t.counted_at, '-infinity')) AS movements,
           count(*) FILTER (WHERE t.kind IN ('found', 'missing')
                            AND t.at > coalesce(t.counted_at, '-infinity')) AS differences
    FROM touched AS t GROUP BY t.sku, t.lot, t.site, t.location
), become AS (
    SELECT k.*, s.counted_at, coalesce(s.movements, 0) AS movements, coalesce(s.differences, 0) AS differences,
           percent_rank() OVER (ORDER BY coalesce(k.value, 0)) AS worth
    FROM known AS k
    LEFT JOIN since AS s ON s.sku = k.sku AND s.site = k.site AND s.location = k.location
                        AND s.lot IS NOT DISTINCT FROM k.lot
), scored AS (
    SELECT b.*, round((CASE WHEN b.expires <= $3::date + 30 THEN 3 ELSE 0 END + least(b.movements / 5, 3)
                       + least(2 * b.differences, 4) + 2 * b.worth)::numeric, 2) AS risk
    FROM become AS b
)
SELECT sku, lot, site, location, on_hand, expires, value, counted_at, movements, differences, risk FROM scored
ORDER BY risk DESC, counted_at NULLS FIRST, site, location, sku, lot LIMIT $4;
