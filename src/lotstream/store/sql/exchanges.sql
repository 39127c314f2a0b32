-- name: keep
-- Keep a delivery, or count one more repeat of it.
INSERT INTO exchange (connector, sender, name, key, sha256, received_at, headers, body)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT ON CONSTRAINT exchange_delivery DO UPDATE SET repeats = exchange.repeats + 1
RETURNING id, connector, sender, name, key, sha256, received_at, headers, body, repeats, verdict, refusals, notes,
          messages, settled_at;

-- name: settle
-- Write how an exchange ended.
UPDATE exchange SET verdict = $2, refusals = $3, notes = $4, messages = $5, settled_at = now() WHERE id = $1;

-- name: pending
-- Exchanges that are not settled, oldest first, so many and so many bytes; the one that reaches the bytes still comes.
SELECT id, connector, sender, name, key, sha256, received_at, headers, body, repeats, verdict, refusals, notes,
       messages, settled_at
FROM (
    SELECT *, sum(octet_length(body)) OVER (ORDER BY id) - octet_length(body) AS bytes_before
    FROM (SELECT * FROM exchange WHERE connector = $1 AND verdict = 'pending' ORDER BY id LIMIT $2) AS oldest
) AS counted
WHERE bytes_before < $3 ORDER BY id;

-- name: get
-- One exchange.
SELECT id, connector, sender, name, key, sha256, received_at, headers, body, repeats, verdict, refusals, notes,
       messages, settled_at
FROM exchange WHERE id = $1;

-- name: recent
-- A connector's exchanges without their bytes, newest first, of one verdict where one is given.
SELECT id, connector, sender, name, key, sha256, received_at, headers, ''::bytea AS body, repeats, verdict, refusals,
       notes, messages, settled_at
FROM exchange WHERE connector = $1 AND ($3::text IS NULL OR verdict = $3) ORDER BY id DESC LIMIT $2;
