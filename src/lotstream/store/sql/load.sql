-- name: seen
-- Which messages were done or refused before. A LIMIT keeps each key a look-up of its own: without statistics, as in a
-- young database, the planner joins the whole table to every key instead (3 s a batch at 20,000 rows).
SELECT k.source, k.message_id
FROM unnest($1::text[], $2::text[]) AS k(source, message_id)
CROSS JOIN LATERAL (
    SELECT FROM intake AS i
    WHERE i.source = k.source AND i.message_id = k.message_id AND i.outcome IN ('done', 'refused') LIMIT 1
) AS found;

-- name: owner_sizes
-- How much there is of each owner. The size of a body is read without the body.
SELECT k.owner, s.stock, l.lots, i.items, o.orders, o.bytes, l.more
FROM unnest($1::text[]) AS k(owner)
CROSS JOIN LATERAL (SELECT count(*) AS stock FROM stock AS t WHERE t.owner = k.owner) AS s
CROSS JOIN LATERAL (
    SELECT count(*) AS lots, coalesce(sum(octet_length(t.more)) FILTER (WHERE t.more <> '{}'), 0)::bigint AS more
    FROM lot AS t WHERE t.owner = k.owner
) AS l
CROSS JOIN LATERAL (SELECT count(*) AS items FROM item AS t WHERE t.owner = k.owner) AS i
CROSS JOIN LATERAL (
    SELECT count(*) AS orders, coalesce(sum(octet_length(t.body)), 0)::bigint AS bytes
    FROM sales_order AS t WHERE t.open AND t.owner = k.owner
) AS o;

-- name: owners
-- Settings of owners.
SELECT owner, settings FROM owner WHERE owner = ANY($1::text[]);

-- name: items
-- Items of owners.
SELECT owner, sku, body FROM item WHERE owner = ANY($1::text[]);

-- name: customers
-- Customers of owners.
SELECT owner, customer, body FROM customer WHERE owner = ANY($1::text[]);

-- name: last_shipped
-- What was shipped to customers of owners who take nothing older.
SELECT owner, customer, sku, expires FROM last_shipped WHERE owner = ANY($1::text[]);

-- name: lots
-- Lots of owners.
SELECT owner, sku, lot, expires, made, received, supplier, supplier_lot, holds, more
FROM lot WHERE owner = ANY($1::text[]);

-- name: stock
-- Stock rows of owners that are not empty.
SELECT owner, sku, lot, site, location, package, pack_size, status, returned,
       on_hand, reserved, promised_elsewhere, received
FROM stock
WHERE owner = ANY($1::text[]) AND (on_hand <> 0 OR reserved <> 0 OR promised_elsewhere <> 0);

-- name: weights
-- What stock rows of owners weigh.
SELECT owner, sku, lot, site, location, package, pack_size, status, returned, weight_g
FROM stock_weight WHERE owner = ANY($1::text[]);

-- name: open_orders
-- Open orders of owners.
SELECT owner, body FROM sales_order WHERE open AND owner = ANY($1::text[]);

-- name: early_cancels
-- Cancellations of owners that overtook their order.
SELECT owner, source, "order", version, lines FROM early_cancel WHERE owner = ANY($1::text[]);

-- name: progress
-- How far owners are with what they were told.
SELECT owner, body FROM continuing WHERE owner = ANY($1::text[]);

-- name: clocks
-- When owners are to be looked at next.
SELECT owner, due_at, tick, watched FROM owner_clock WHERE owner = ANY($1::text[]);

-- name: told
-- What was told last of what owners may sell, where it is anything.
SELECT owner, sku, site, channel, quantity FROM availability WHERE owner = ANY($1::text[]) AND quantity <> 0;

-- name: orders
-- Orders by key, open or closed; each key a look-up of its own.
SELECT o.owner, o.source, o."order", o.open, o.body
FROM unnest($1::text[], $2::text[], $3::text[]) AS k(owner, source, "order")
CROSS JOIN LATERAL (
    SELECT * FROM sales_order AS s
    WHERE s.owner = k.owner AND s.source = k.source AND s."order" = k."order" LIMIT 1
) AS o;

-- name: receipts
-- Receipts by key; each key a look-up of its own.
SELECT r.owner, r.kind, r.number, r.body
FROM unnest($1::text[], $2::text[], $3::text[]) AS k(owner, kind, number)
CROSS JOIN LATERAL (
    SELECT * FROM receipt AS t WHERE t.owner = k.owner AND t.kind = k.kind AND t.number = k.number LIMIT 1
) AS r;

-- name: serials_held
-- Serial numbers of units in stock that are on hold; the same words as in the index that finds them. Those that are
-- gone have holds still, which count when they come back, and are read by their number then.
SELECT owner, serial FROM serial
WHERE owner = ANY($1::text[]) AND body LIKE '%"holds":%' AND body LIKE '%"state":"in_stock"%' ORDER BY owner, serial;

-- name: serials
-- Units by serial number, of whatever SKU; each number a look-up of its own.
SELECT s.owner, s.serial, s.sku, s.body
FROM unnest($1::text[], $2::text[]) AS k(owner, serial)
CROSS JOIN LATERAL (
    SELECT * FROM serial AS t WHERE t.owner = k.owner AND t.serial = k.serial ORDER BY t.sku LIMIT 100000
) AS s;

-- name: left
-- What has left of lots and was not taken back: units, orders and customers. A voided order's lines cancel each other.
SELECT k.sku, k.lot, coalesce(sum(g.quantity), 0)::bigint AS quantity, count(g.quantity) AS orders,
       count(DISTINCT g.customer) AS customers
FROM unnest($2::text[], $3::text[]) AS k(sku, lot)
LEFT JOIN LATERAL (
    SELECT sum(l.sign * n.quantity) AS quantity,
           min(coalesce('c' || l.customer, 'p' || l.person, 'o' || l.source || ' ' || l."order")) AS customer
    FROM shipment_line AS l
    LEFT JOIN recounted AS c ON c.owner = l.owner AND c.sku = l.sku
       AND (l.log::bigint << 48) + l."offset" >= c.since AND (l.log::bigint << 48) + l."offset" < c.until
    CROSS JOIN LATERAL (SELECT coalesce(div(l.quantity * c.numerator, c.denominator)::bigint, l.quantity) AS quantity) AS n
    WHERE l.owner = $1 AND l.sku = k.sku AND l.lot = k.lot
    GROUP BY l.source, l."order" HAVING sum(l.sign * n.quantity) > 0
) AS g ON true
GROUP BY k.sku, k.lot;

-- name: since
-- What came to bins of a lot after a moment, less what left them; $8 are kinds of what puts the books right alone.
SELECT k.nth, coalesce(sum(m.quantity), 0)::bigint AS quantity
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[]) WITH ORDINALITY
    AS k(sku, lot, site, location, status, after, nth)
LEFT JOIN LATERAL (
    SELECT CASE WHEN (h.site, h.location) = (k.site, k.location) AND (k.status IS NULL OR h.status = k.status)
                THEN CASE WHEN h.to_location IS NULL THEN n.quantity ELSE -n.quantity END ELSE 0 END
         + CASE WHEN (h.to_site, h.to_location) = (k.site, k.location) AND (k.status IS NULL OR h.to_status = k.status)
                THEN n.quantity ELSE 0 END AS quantity
    FROM lot_history AS h
    LEFT JOIN recounted AS c ON c.owner = h.owner AND c.sku = h.sku
       AND (h.log::bigint << 48) + h."offset" >= c.since AND (h.log::bigint << 48) + h."offset" < c.until
    CROSS JOIN LATERAL (SELECT coalesce(div(h.quantity * c.numerator, c.denominator)::bigint, h.quantity) AS quantity) AS n
    WHERE h.owner = $1 AND h.sku = k.sku AND (h.lot = k.lot OR h.lot IS NULL AND k.lot IS NULL) AND h.at > k.after
      AND h.kind <> ALL ($8::text[])
    UNION ALL
    SELECT -l.sign * coalesce(div(l.quantity * c.numerator, c.denominator)::bigint, l.quantity) FROM shipment_line AS l
    LEFT JOIN recounted AS c ON c.owner = l.owner AND c.sku = l.sku
       AND (l.log::bigint << 48) + l."offset" >= c.since AND (l.log::bigint << 48) + l."offset" < c.until
    WHERE l.owner = $1 AND l.sku = k.sku AND (l.lot = k.lot OR l.lot IS NULL AND k.lot IS NULL)
      AND l.shipped_at > k.after AND (l.site, l.location) = (k.site, k.location)
      AND (k.status IS NULL OR l.status = k.status)
) AS m ON true
GROUP BY k.nth;

-- name: counts_since
-- Counts of lots that were booked at a moment or later, in the order of the log, with the question that each answers.
SELECT DISTINCT k.nth, j.log, j.partition, j."offset", j.index, j.body
FROM unnest($2::text[], $3::text[], $4::timestamptz[]) WITH ORDINALITY AS k(sku, lot, since, nth)
CROSS JOIN LATERAL (
    SELECT h.log, h.partition, h."offset" FROM lot_history AS h
    WHERE h.owner = $1 AND h.sku = k.sku AND (h.lot = k.lot OR h.lot IS NULL AND k.lot IS NULL) AND h.at >= k.since
      AND h.kind = 'counted'
) AS h
JOIN journal AS j ON j.log = h.log AND j.partition = h.partition AND j."offset" = h."offset"
WHERE j.owner = $1 AND j.type = 'StockCounted'
ORDER BY k.nth, j.log, j."offset", j.index;

-- name: persons_of
-- Persons whom orders of a customer name now or named before, sorted; so many at most. No index has customers, since
-- every order would pay for it: the text is looked through first, and read as JSON where it may be one of theirs.
SELECT DISTINCT person FROM order_person
WHERE owner = $1 AND position('"customer":' || to_json($2::text)::text IN body) > 0 AND body::json ->> 'customer' = $2
ORDER BY person LIMIT $3;

-- name: persons_from
-- Persons whom orders of a source name now or named before, sorted; so many at most. Its orders lie together in the key.
SELECT DISTINCT person FROM order_person WHERE owner = $1 AND source = $2 ORDER BY person LIMIT $3;

-- name: referenced
-- Orders by what others call them: of each reference the first hundred. No index has references, since every order would
-- pay for it: the text is looked through first, and read as JSON where it may be the one.
SELECT k.nth, o."order"
FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS k(source, name, value, nth)
CROSS JOIN LATERAL (
    SELECT t."order" FROM sales_order AS t
    WHERE t.owner = $1 AND t.source = k.source AND position(to_json(k.value)::text IN t.body) > 0
      AND t.body::json -> 'references' ->> k.name = k.value
    ORDER BY t."order" LIMIT 100
) AS o
ORDER BY k.nth, o."order";

-- name: sites
-- Sites as a partition knows them.
SELECT body FROM site WHERE partition = $1;

-- name: locations
-- Locations as a partition knows them.
SELECT body FROM location WHERE partition = $1;

-- name: left_for
-- Orders with which an item, or a lot of it, left for a customer and was not taken back, the last one first.
SELECT l.source, l."order" FROM shipment_line AS l
LEFT JOIN recounted AS c ON c.owner = l.owner AND c.sku = l.sku
       AND (l.log::bigint << 48) + l."offset" >= c.since AND (l.log::bigint << 48) + l."offset" < c.until
WHERE l.owner = $1 AND l.customer = $2 AND l.sku = $3 AND ($4::text IS NULL OR l.lot = $4)
GROUP BY l.source, l."order"
HAVING sum(l.sign * coalesce(div(l.quantity * c.numerator, c.denominator)::bigint, l.quantity)) > 0
ORDER BY max(l.shipped_at) DESC, l.source, l."order" LIMIT $5;

-- name: uneven
-- Of how many lines of an item's history and shipments the quantity would be no whole number of new smallest units.
SELECT (
    SELECT count(*) FROM lot_history AS h
    LEFT JOIN recounted AS c ON c.owner = h.owner AND c.sku = h.sku
       AND (h.log::bigint << 48) + h."offset" >= c.since AND (h.log::bigint << 48) + h."offset" < c.until
    WHERE h.owner = $1 AND h.sku = $2 AND coalesce(div(h.quantity * c.numerator, c.denominator)::bigint, h.quantity) * $3::numeric % $4::numeric <> 0
) + (
    SELECT count(*) FROM shipment_line AS l
    LEFT JOIN recounted AS c ON c.owner = l.owner AND c.sku = l.sku
       AND (l.log::bigint << 48) + l."offset" >= c.since AND (l.log::bigint << 48) + l."offset" < c.until
    WHERE l.owner = $1 AND l.sku = $2 AND coalesce(div(l.quantity * c.numerator, c.denominator)::bigint, l.quantity) * $3::numeric % $4::numeric <> 0
) AS lines;
