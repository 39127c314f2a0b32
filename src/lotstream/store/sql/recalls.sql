-- name: recipients
-- Who got any of some lots, sorted by id after one of them: each with its lots, and the first of its orders. Nothing is
-- joined with itself: whatever the server expects, ten thousand of them must not be compared with each other.
WITH wanted AS (
    SELECT DISTINCT sku, lot FROM unnest($2::text[], $3::text[]) AS k(sku, lot)
), lines AS (
    SELECT l.sku, l.lot, l.source, l."order", l.sign * coalesce(div(l.quantity * c.numerator, c.denominator)::bigint, l.quantity) AS quantity,
           0 AS returned,
           CASE WHEN l.sign = 1 THEN ARRAY[
               to_char(l.shipped_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS') COLLATE "C", l.customer, l.person,
               l.city, l.region, l.postcode, l.country
           ] END AS "to"
    FROM wanted AS k
    CROSS JOIN LATERAL (
        SELECT * FROM shipment_line AS t WHERE t.owner = $1 AND t.sku = k.sku AND t.lot = k.lot OFFSET 0
    ) AS l
    LEFT JOIN recounted AS c ON c.owner = l.owner AND c.sku = l.sku
       AND (l.log::bigint << 48) + l."offset" >= c.since AND (l.log::bigint << 48) + l."offset" < c.until
    UNION ALL
    SELECT h.sku, h.lot, h.source, h."order", 0, coalesce(div(h.quantity * c.numerator, c.denominator)::bigint, h.quantity), NULL
    FROM wanted AS k
    CROSS JOIN LATERAL (
        SELECT * FROM lot_history AS t
        WHERE t.owner = $1 AND t.sku = k.sku AND t.lot = k.lot AND t.kind = 'returned' OFFSET 0
    ) AS h
    LEFT JOIN recounted AS c ON c.owner = h.owner AND c.sku = h.sku
       AND (h.log::bigint << 48) + h."offset" >= c.since AND (h.log::bigint << 48) + h."offset" < c.until
), gone AS (
    SELECT sku, lot, source, "order", sum(quantity)::bigint AS quantity, sum(returned)::bigint AS returned,
           max("to") AS "to"
    FROM lines GROUP BY sku, lot, source, "order" HAVING sum(quantity) > 0
), named AS (
    SELECT g.sku, g.lot, g.source, g."order", g.quantity, g.returned, g."to"[2:7] AS address,
           left(encode(sha256(convert_to(concat_ws(
               chr(31), coalesce(g."to"[2], ''), coalesce(g."to"[3], ''), coalesce(g."to"[4], ''),
               coalesce(g."to"[5], ''), coalesce(g."to"[6], ''), coalesce(g."to"[7], ''),
               CASE WHEN g."to"[2] IS NULL AND g."to"[3] IS NULL THEN g.source || chr(31) || g."order" END
           ), 'UTF8')), 'hex'), 16) COLLATE "C" AS id
    FROM gone AS g
), chosen AS (
    SELECT r.* FROM (SELECT n.*, dense_rank() OVER (ORDER BY n.id) AS nth FROM named AS n WHERE n.id > $4) AS r
    WHERE r.nth <= $5
), got AS (
    SELECT id, array_agg(sku ORDER BY sku, lot) AS skus, array_agg(lot ORDER BY sku, lot) AS lots,
           array_agg(quantity ORDER BY sku, lot) AS quantities, array_agg(returned ORDER BY sku, lot) AS returned
    FROM (
        SELECT id, sku, lot, sum(quantity)::bigint AS quantity, sum(returned)::bigint AS returned
        FROM chosen GROUP BY id, sku, lot
    ) AS by_lot
    GROUP BY id
), ordered AS (
    SELECT id, count(*) AS orders_count, (array_agg(source ORDER BY source, "order"))[1:$6] AS sources,
           (array_agg("order" ORDER BY source, "order"))[1:$6] AS orders, min(address) AS address
    FROM (SELECT id, source, "order", min(address) AS address FROM chosen GROUP BY id, source, "order") AS by_order
    GROUP BY id
), halves AS (
    SELECT id, NULL::bigint AS orders_count, NULL::text[] AS sources, NULL::text[] AS orders, NULL::text[] AS address,
           skus, lots, quantities, returned FROM got
    UNION ALL
    SELECT id, orders_count, sources, orders, address, NULL, NULL, NULL, NULL FROM ordered
)
SELECT id, (max(address))[1] AS customer, (max(address))[2] AS person, (max(address))[3] AS city,
       (max(address))[4] AS region, (max(address))[5] AS postcode, (max(address))[6] AS country,
       max(sources) AS sources, max(orders) AS orders, max(orders_count) AS orders_count, max(skus) AS skus,
       max(lots) AS lots, max(quantities) AS quantities, max(returned) AS returned,
       (SELECT count(DISTINCT n.id) FROM named AS n) AS recipients
FROM halves GROUP BY id ORDER BY id;

-- name: reached
-- What left of some lots and of all lots of their items: units by SKU, and with each the orders and customers of all.
WITH wanted AS (
    SELECT DISTINCT sku, lot FROM unnest($2::text[], $3::text[]) AS k(sku, lot)
), lines AS (
    SELECT l.sku, l.source, l."order", sum(l.sign * n.quantity) AS of_all,
           coalesce(sum(l.sign * n.quantity) FILTER (WHERE k.lot IS NOT NULL), 0) AS mine,
           max(coalesce('c' || l.customer, 'p' || l.person, 'o' || l.source || ' ' || l."order")) AS who
    FROM (SELECT DISTINCT sku FROM wanted) AS s
    CROSS JOIN LATERAL (SELECT * FROM shipment_line AS t WHERE t.owner = $1 AND t.sku = s.sku OFFSET 0) AS l
    LEFT JOIN recounted AS c ON c.owner = l.owner AND c.sku = l.sku
       AND (l.log::bigint << 48) + l."offset" >= c.since AND (l.log::bigint << 48) + l."offset" < c.until
    CROSS JOIN LATERAL (SELECT coalesce(div(l.quantity * c.numerator, c.denominator)::bigint, l.quantity) AS quantity) AS n
    LEFT JOIN wanted AS k ON k.sku = l.sku AND k.lot = l.lot
    GROUP BY l.sku, l.source, l."order" HAVING sum(l.sign * n.quantity) > 0
), orders AS (
    SELECT source, "order", max(who) AS who, bool_or(mine > 0) AS mine FROM lines GROUP BY source, "order"
), customers AS (
    SELECT who, bool_or(mine) AS mine FROM orders GROUP BY who
), counts AS (
    SELECT (SELECT count(*) FROM orders WHERE mine) AS orders, (SELECT count(*) FROM orders) AS orders_of_all,
           (SELECT count(*) FROM customers WHERE mine) AS customers, (SELECT count(*) FROM customers) AS customers_of_all
)
SELECT l.sku, sum(l.mine)::bigint AS units, sum(l.of_all)::bigint AS units_of_all, c.orders, c.orders_of_all,
       c.customers, c.customers_of_all
FROM lines AS l CROSS JOIN counts AS c
GROUP BY l.sku, c.orders, c.orders_of_all, c.customers, c.customers_of_all
ORDER BY l.sku;

-- name: sold
-- What of some lots was sold to other owners, where it lay, and what they call it: units by owner and lot.
WITH wanted AS (
    SELECT DISTINCT sku, lot FROM unnest($2::text[], $3::text[]) AS k(sku, lot)
)
SELECT t.body::json ->> 'to_owner' AS buyer, h.sku, h.lot, coalesce(l.to_sku, h.sku) AS to_sku,
       -sum(coalesce(div(h.quantity * c.numerator, c.denominator)::bigint, h.quantity))::bigint AS quantity
FROM wanted AS k
CROSS JOIN LATERAL (
    SELECT * FROM lot_history AS g
    WHERE g.owner = $1 AND g.sku = k.sku AND g.lot = k.lot AND g.kind = 'title_released' OFFSET 0
) AS h
LEFT JOIN recounted AS c ON c.owner = h.owner AND c.sku = h.sku
       AND (h.log::bigint << 48) + h."offset" >= c.since AND (h.log::bigint << 48) + h."offset" < c.until
JOIN receipt AS t ON t.owner = $1 AND t.kind = h.document AND t.number = h.number
LEFT JOIN LATERAL (
    SELECT e.said ->> 'sku' AS to_sku FROM json_array_elements(t.body::json -> 'lines') AS e(said)
    WHERE e.said -> 'row' ->> 0 = h.sku LIMIT 1
) AS l ON true
GROUP BY buyer, h.sku, h.lot, to_sku ORDER BY buyer, h.sku, h.lot, to_sku;

-- name: departures
-- With which shipments some lots left for which orders, the last one first, behind one of them ($4 null: from the
-- first on); and how many there are of all. What was taken back with its shipment did not leave.
WITH wanted AS (
    SELECT DISTINCT sku, lot FROM unnest($2::text[], $3::text[]) AS k(sku, lot)
), gone AS (
    SELECT l.shipment, l.source, l."order", l.sku, l.lot, sum(l.sign * n.quantity)::bigint AS quantity,
           max(l.shipped_at) FILTER (WHERE l.sign = 1) AS at, min(l.expires) AS expires,
           max(CASE WHEN l.sign = 1 THEN ARRAY[
               to_char(l.shipped_at AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS') COLLATE "C", l.customer, l.city,
               l.region, l.postcode, l.country
           ] END) AS "to"
    FROM wanted AS k
    CROSS JOIN LATERAL (
        SELECT * FROM shipment_line AS t WHERE t.owner = $1 AND t.sku = k.sku AND t.lot = k.lot OFFSET 0
    ) AS l
    LEFT JOIN recounted AS c ON c.owner = l.owner AND c.sku = l.sku
       AND (l.log::bigint << 48) + l."offset" >= c.since AND (l.log::bigint << 48) + l."offset" < c.until
    CROSS JOIN LATERAL (SELECT coalesce(div(l.quantity * c.numerator, c.denominator)::bigint, l.quantity) AS quantity) AS n
    GROUP BY l.shipment, l.source, l."order", l.sku, l.lot HAVING sum(l.sign * n.quantity) > 0
)
SELECT g.at, g.shipment, g.source, g."order", g.sku, g.lot, g.quantity, g.expires, g."to"[2] AS customer,
       g."to"[3] AS city, g."to"[4] AS region, g."to"[5] AS postcode, g."to"[6] AS country,
       (SELECT count(*) FROM gone) AS total
FROM gone AS g
WHERE $4::timestamptz IS NULL
   OR (g.at, g.shipment, g.source, g."order", g.sku, g.lot) < ($4, $5::text, $6::text, $7::text, $8::text, $9::text)
ORDER BY g.at DESC, g.shipment DESC, g.source DESC, g."order" DESC, g.sku DESC, g.lot DESC LIMIT $10;

-- name: roads
-- Where shipments are, as far as it was told.
SELECT c.number, c.body FROM receipt AS c
WHERE c.owner = $1 AND c.kind = 'shipment' AND c.number = ANY($2::text[])
  AND (position('"road":' IN c.body) > 0 OR position('"apart":' IN c.body) > 0);

-- name: gone
-- With how many orders some lots left, and for how many customers; nothing of other lots is looked at.
WITH orders AS (
    SELECT max(coalesce('c' || l.customer, 'p' || l.person, 'o' || l.source || ' ' || l."order")) AS who
    FROM (SELECT DISTINCT sku, lot FROM unnest($2::text[], $3::text[]) AS n(sku, lot)) AS k
    CROSS JOIN LATERAL (
        SELECT * FROM shipment_line AS t WHERE t.owner = $1 AND t.sku = k.sku AND t.lot = k.lot OFFSET 0
    ) AS l
    LEFT JOIN recounted AS c ON c.owner = l.owner AND c.sku = l.sku
       AND (l.log::bigint << 48) + l."offset" >= c.since AND (l.log::bigint << 48) + l."offset" < c.until
    GROUP BY l.source, l."order"
    HAVING sum(l.sign * coalesce(div(l.quantity * c.numerator, c.denominator)::bigint, l.quantity)) > 0
)
SELECT count(*) AS orders, count(DISTINCT who) AS customers FROM orders;

-- name: persons
-- Personal data by key.
SELECT person, body FROM person WHERE owner = $1 AND person = ANY($2::text[]);

-- name: owners_of_lots
-- Owners with lots that fit what is said; what is null does not matter.
SELECT DISTINCT l.owner FROM lot AS l
WHERE ($1::text IS NULL OR l.owner = $1) AND ($2::text[] IS NULL OR l.lot = ANY($2)) AND ($3::text IS NULL OR l.sku = $3)
  AND ($4::text IS NULL OR l.supplier = $4) AND ($5::text IS NULL OR l.supplier_lot = $5)
  AND ($6::date IS NULL OR l.made >= $6) AND ($7::date IS NULL OR l.made <= $7)
ORDER BY l.owner;

-- name: settings
-- An owner's settings, beside which what recalls wait for is kept.
SELECT settings FROM owner WHERE owner = $1;

-- name: owners_of_recall
-- Owners with a recall of a number.
SELECT r.owner FROM recall_run AS r
WHERE r.recall = $1 AND ($2::text IS NULL OR r.owner = $2)
GROUP BY r.owner ORDER BY r.owner;

-- name: recalls
-- An owner's recalls and drills, or everybody's, the last one first.
SELECT c.owner, c.body, r.asked_at, r.listed_at
FROM (
    SELECT DISTINCT ON (owner, recall) owner, recall, asked_at, listed_at FROM recall_run
    WHERE $1::text IS NULL OR owner = $1
    ORDER BY owner, recall, asked_at
) AS r
JOIN receipt AS c ON c.owner = r.owner AND c.kind = 'recall' AND c.number = r.recall
ORDER BY r.asked_at DESC, r.owner, r.recall LIMIT $2;

-- name: recall
-- A recall as it stands, and how long it took until everybody was listed for the first time.
SELECT c.body, r.asked_at, r.listed_at
FROM receipt AS c
CROSS JOIN LATERAL (
    SELECT t.asked_at, t.listed_at FROM recall_run AS t
    WHERE t.owner = c.owner AND t.recall = c.number
    ORDER BY t.asked_at, t.listed_at LIMIT 1
) AS r
WHERE c.owner = $1 AND c.kind = 'recall' AND c.number = $2;

-- name: consignees
-- Everybody who was written to because of a recall.
SELECT body FROM receipt
WHERE owner = $1 AND kind = 'consignee' AND number > $2 || '/' AND number < $2 || '0'
  AND length(number) = length($2) + 17
ORDER BY number;

-- name: recalled_lots
-- What is known of lots.
SELECT l.sku, l.lot, l.expires, l.made, l.supplier, l.supplier_lot, l.holds, l.more
FROM unnest($2::text[], $3::text[]) AS k(sku, lot)
JOIN lot AS l ON l.owner = $1 AND l.sku = k.sku AND l.lot = k.lot
ORDER BY l.sku, l.lot;

-- name: recalled_since
-- Lots that are held under a recall's number; goods come under it after it was told, made of recalled ones.
SELECT l.sku, l.lot FROM lot AS l
WHERE l.owner = $1 AND l.holds <> '[]'
  AND l.holds::jsonb @> jsonb_build_array(jsonb_build_object('id', $2::text, 'kind', 'recall'))
ORDER BY l.sku, l.lot;

-- name: recalled_stock
-- Where lots lie, at all sites and in any condition.
SELECT s.site, s.location, s.sku, s.lot, s.status, sum(s.on_hand)::bigint AS on_hand, sum(s.reserved)::bigint AS reserved
FROM unnest($2::text[], $3::text[]) AS k(sku, lot)
JOIN stock AS s ON s.owner = $1 AND s.sku = k.sku AND s.lot = k.lot
WHERE s.on_hand <> 0 OR s.reserved <> 0
GROUP BY s.site, s.location, s.sku, s.lot, s.status
ORDER BY s.site, s.location, s.sku, s.lot, s.status;

-- name: items
-- Items by SKU.
SELECT sku, body FROM item WHERE owner = $1 AND sku = ANY($2::text[]);

-- name: returns_by_lot
-- What came back of lots, by reason, in a time; and what left the books again of those lots after somebody had looked.
SELECT h.sku, h.lot, coalesce(h.reason, '') AS reason, count(*) AS lines,
       sum(n.quantity) FILTER (WHERE h.kind = 'returned')::bigint AS returned,
       coalesce(-sum(n.quantity) FILTER (WHERE h.kind = 'scrapped'), 0)::bigint AS scrapped,
       coalesce(-sum(n.quantity) FILTER (WHERE h.kind = 'sent_back'), 0)::bigint AS sent_back
FROM lot_history AS h
LEFT JOIN recounted AS c ON c.owner = h.owner AND c.sku = h.sku
       AND (h.log::bigint << 48) + h."offset" >= c.since AND (h.log::bigint << 48) + h."offset" < c.until
CROSS JOIN LATERAL (SELECT coalesce(div(h.quantity * c.numerator, c.denominator)::bigint, h.quantity) AS quantity) AS n
WHERE h.owner = $1 AND h.kind IN ('returned', 'scrapped', 'sent_back') AND ($2::text IS NULL OR h.sku = $2)
  AND ($3::timestamptz IS NULL OR h.at >= $3) AND ($4::timestamptz IS NULL OR h.at < $4)
GROUP BY h.sku, h.lot, coalesce(h.reason, '')
ORDER BY h.sku, h.lot, reason;

-- name: owners_of_returns
-- Owners that anything came back for: found by jumping from owner to owner in the index.
WITH RECURSIVE seen AS (
    (SELECT owner FROM lot_history WHERE kind = 'returned' ORDER BY owner LIMIT 1)
    UNION ALL
    SELECT n.owner FROM seen AS w
    CROSS JOIN LATERAL (
        SELECT owner FROM lot_history WHERE kind = 'returned' AND owner > w.owner ORDER BY owner LIMIT 1
    ) AS n
)
SELECT owner FROM seen WHERE $1::text IS NULL OR owner = $1 ORDER BY owner;
