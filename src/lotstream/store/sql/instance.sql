-- name: lock
-- Hold a session lock on a name.
SELECT pg_advisory_lock(hashtextextended('lotstream.instance/' || $1::text, 0));

-- name: share_log
-- Keep the inbound log as it is for as long as this session lives.
SELECT pg_advisory_lock_shared(hashtextextended('lotstream.log', 0));

-- name: beat
-- Show that the session lives.
SELECT 1;
