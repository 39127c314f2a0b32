-- name: lock
-- Hold a session lock on a name.
SELECT pg_advisory_lock(hashtextextended('lotstream.instance/' || $1::text, 0));

-- name: beat
-- Show that the session lives.
SELECT 1;
