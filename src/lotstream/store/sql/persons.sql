-- name: by_order
-- Persons whom an order names, or ever named as the journal has it, with the data that is there; null where it is
-- erased.
SELECT n.person, p.body
FROM (
    SELECT DISTINCT j.body::json -> 'order' ->> 'person' AS person
    FROM journal AS j
    WHERE j.owner = $1 AND j."order" = $2 AND ($3::text IS NULL OR j.source = $3)
      AND j.type IN ('OrderRecorded', 'OrderChanged', 'ShipmentImported')
) AS n
LEFT JOIN person AS p ON p.owner = $1 AND p.person = n.person
WHERE n.person IS NOT NULL
ORDER BY n.person;

-- name: by_customer
-- Persons whom orders of a customer name or named, with the data that is there.
SELECT n.person, p.body
FROM (
    SELECT DISTINCT person FROM order_person
    WHERE owner = $1 AND position('"customer":' || to_json($2::text)::text IN body) > 0
      AND body::json ->> 'customer' = $2
) AS n
LEFT JOIN person AS p ON p.owner = $1 AND p.person = n.person
ORDER BY n.person LIMIT $3;

-- name: by_text
-- Persons in whose data a text occurs, in capitals or not.
SELECT p.person, p.body
FROM person AS p
WHERE p.owner = $1
  AND EXISTS (SELECT FROM json_each_text(p.body::json) AS e WHERE position(lower($2) IN lower(e.value)) > 0)
ORDER BY p.person LIMIT $3;

-- name: erased
-- What was erased, of an owner or of all, since a time, as the journal has it; the first one first.
SELECT j.owner, j.recorded_at, j.type, j.body FROM journal AS j
WHERE j.type = 'PersonsErased' AND ($1::text IS NULL OR j.owner = $1)
  AND ($2::timestamptz IS NULL OR j.recorded_at >= $2)
ORDER BY j.recorded_at, j.log, j.partition, j."offset", j.index;

-- name: by_source
-- Persons whom orders of a source name or named and who are not erased, after a key.
SELECT n.person
FROM (SELECT DISTINCT person FROM order_person WHERE owner = $1 AND source = $2) AS n
JOIN person AS p ON p.owner = $1 AND p.person = n.person
WHERE n.person > $3
ORDER BY n.person LIMIT $4;

-- name: by_key
-- Persons by key that an owner's orders ever had, with the data that is there; null where it is erased.
SELECT n.person, p.body
FROM (SELECT DISTINCT person FROM unnest($2::text[]) AS k(person)) AS n
LEFT JOIN person AS p ON p.owner = $1 AND p.person = n.person
ORDER BY n.person;

-- name: orders_called
-- Orders of a source by what others call them.
SELECT o."order" FROM sales_order AS o
WHERE o.owner = $1 AND o.source = $2 AND position(to_json($4::text)::text IN o.body) > 0
  AND o.body::json -> 'references' ->> $3 = $4
ORDER BY o."order";

-- name: orders_for
-- Orders that name or named some persons: a key is looked for in the text, where nothing else can have it.
SELECT o.body FROM sales_order AS o
WHERE o.owner = $1
  AND EXISTS (SELECT FROM unnest($2::text[]) AS k(person) WHERE position('"' || k.person || '"' IN o.body) > 0)
ORDER BY o.source, o."order" LIMIT $3;

-- name: left_for
-- What left for orders and was not taken back, lot by lot.
SELECT l.source, l."order", l.shipment, min(l.shipped_at) AS at, l.sku, l.lot
FROM unnest($2::text[], $3::text[]) AS k(source, "order")
JOIN shipment_line AS l ON l.owner = $1 AND l.source = k.source AND l."order" = k."order"
GROUP BY l.source, l."order", l.shipment, l.sku, l.lot
HAVING sum(l.sign * l.quantity) > 0
ORDER BY l.source, l."order", at, l.shipment, l.sku, l.lot;
