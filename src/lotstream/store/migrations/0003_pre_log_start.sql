-- Where the partitions of a log begin whose records are not read from offset 0. The number of the log grows when the
-- topic is resized, lost or made anew; a resized topic keeps the records that were decided under the number before.

CREATE TABLE log_start (
    log          integer NOT NULL CHECK (log > 1),
    partition    smallint NOT NULL CHECK (partition BETWEEN 0 AND 255),
    first_offset bigint NOT NULL CHECK (first_offset >= 0),
    why          text COLLATE "C" NOT NULL CHECK (why IN ('resized', 'adopted')),
    begun_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (log, partition)
);
COMMENT ON TABLE log_start IS 'The first offset of each partition under a log number; 0 under the first number, which has no rows.';
