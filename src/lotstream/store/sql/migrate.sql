-- name: lock
-- Let one migration of a schema run at a time; given back with the session.
SELECT pg_advisory_lock(hashtextextended('lotstream.migrate/' || $1::text, 0));

-- name: create_schema
-- The schema itself; its name is checked before it is put in.
CREATE SCHEMA IF NOT EXISTS {schema};

-- name: create_table
-- The record of what was applied.
CREATE TABLE IF NOT EXISTS migration (
    name       text COLLATE "C" PRIMARY KEY,
    sha256     text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- name: has_table
-- Whether anything was ever applied.
SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = 'migration');

-- name: applied
-- What was applied, with the hash of its text, in the order in which it was.
SELECT name, sha256, applied_at FROM migration ORDER BY applied_at, name;

-- name: record
-- Record a migration as applied.
INSERT INTO migration (name, sha256) VALUES ($1, $2);

-- name: wait_briefly
-- Wait for tables in use this long, in this transaction.
SELECT set_config('lock_timeout', $1, true);

-- name: workers
-- Workers by the name they give themselves: the sessions that hold an instance id.
SELECT a.application_name AS name, count(DISTINCT a.pid)
FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND a.datname = current_database()
  AND a.application_name <> 'lotstream-migrate'
GROUP BY a.application_name ORDER BY 1;
