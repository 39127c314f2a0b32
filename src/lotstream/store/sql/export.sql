-- name: rows
-- Everything a table has of one owner, each row as JSON.
SELECT row_to_json(t)::text AS row FROM {table} AS t WHERE t.owner = $1;

-- name: known
-- Whether anything was ever decided for an owner: whatever is, leaves a row in one of these.
SELECT EXISTS (SELECT FROM owner WHERE owner = $1) OR EXISTS (SELECT FROM item WHERE owner = $1)
    OR EXISTS (SELECT FROM customer WHERE owner = $1) OR EXISTS (SELECT FROM receipt WHERE owner = $1)
    OR EXISTS (SELECT FROM sales_order WHERE owner = $1) OR EXISTS (SELECT FROM lot WHERE owner = $1);
