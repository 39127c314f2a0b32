-- name: lock
-- Let one writer number broadcasts at a time, so that a number is visible only after all smaller ones.
SELECT one FROM hub FOR UPDATE;

-- name: find
-- The number of a command by its business key.
SELECT number FROM broadcast WHERE type = $1 AND key = $2;

-- name: add
-- Number a new command.
INSERT INTO broadcast (number, type, key, body)
SELECT coalesce(max(number), 0) + 1, $1, $2, $3 FROM broadcast RETURNING number;

-- name: after
-- Commands with a number above one, in order.
SELECT number, type, key, body FROM broadcast WHERE number > $1 ORDER BY number LIMIT $2;
