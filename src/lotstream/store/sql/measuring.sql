-- name: tables
-- Rows each table of the hub was given, as the server counts them when a session ends or pauses.
SELECT relname AS name, n_tup_ins AS inserted, n_tup_upd AS updated, n_tup_del AS deleted
FROM pg_stat_user_tables WHERE schemaname = current_schema() ORDER BY relname;

-- name: wal
-- Bytes written to the write-ahead log since the server was made.
SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint;

-- name: size
-- Bytes the database takes on disk.
SELECT pg_database_size(current_database());
