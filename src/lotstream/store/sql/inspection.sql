-- name: server
-- What a doctor wants to know of a server.
SELECT current_setting('server_version_num')::int AS version,
       current_setting('server_version') AS version_text,
       clock_timestamp() AS clock,
       pg_encoding_to_char(encoding) AS encoding,
       current_setting('fsync') = 'on' AND current_setting('synchronous_commit') <> 'off' AS durable
FROM pg_database WHERE datname = current_database();
