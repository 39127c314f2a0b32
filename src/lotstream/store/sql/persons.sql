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
    SELECT DISTINCT each.person
    FROM sales_order AS o
    CROSS JOIN LATERAL (
        SELECT o.body::json ->> 'person' AS person
        UNION ALL
        SELECT json_array_elements_text(o.body::json -> 'persons_before')
    ) AS each
    WHERE o.owner = $1 AND position('"customer":' || to_json($2::text)::text IN o.body) > 0
      AND o.body::json ->> 'customer' = $2
) AS n
LEFT JOIN person AS p ON p.owner = $1 AND p.person = n.person
WHERE n.person IS NOT NULL
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
