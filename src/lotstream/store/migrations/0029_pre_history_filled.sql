-- Remember how far histories were added of what 0.1.0 decided, which kept none: `lotstream db backfill` does that.

CREATE TABLE history_filled (
    log         integer NOT NULL,
    partition   smallint NOT NULL,
    next_offset bigint NOT NULL,
    PRIMARY KEY (log, partition)
);
COMMENT ON TABLE history_filled IS 'Up to where the journal of a partition was looked at for histories that were never kept.';
