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
-- What was applied, with the hash of its text.
SELECT name, sha256 FROM migration ORDER BY name;

-- name: record
-- Record a migration as applied.
INSERT INTO migration (name, sha256) VALUES ($1, $2);
