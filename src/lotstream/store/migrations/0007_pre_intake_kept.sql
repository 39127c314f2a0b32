-- Note where the intake of each partition begins once its oldest rows are pruned, so that a row that is missing anywhere
-- else is seen to be missing. Workers of before prune none and may run beside newer ones.

CREATE TABLE intake_kept (
    log          integer NOT NULL,
    partition    smallint NOT NULL,
    first_offset bigint NOT NULL,
    PRIMARY KEY (log, partition)
);
COMMENT ON TABLE intake_kept IS 'The first offset of each partition whose intake row is kept; those below were pruned.';
