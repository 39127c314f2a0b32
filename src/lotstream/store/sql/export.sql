-- name: rows
-- Everything a table has of one owner, each row as JSON.
SELECT row_to_json(t)::text AS row FROM {table} AS t WHERE t.owner = $1;
