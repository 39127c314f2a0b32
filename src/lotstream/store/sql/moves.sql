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
