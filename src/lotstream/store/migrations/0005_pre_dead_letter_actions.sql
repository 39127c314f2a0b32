-- Keep what people did about dead letters: who replayed or discarded which, when and why. Nothing of a dead letter itself
-- is changed by it, and nothing is deleted; workers of any version may run beside it.

CREATE TABLE dead_letter_action (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    log          integer NOT NULL,
    partition    smallint NOT NULL,
    "offset"     bigint NOT NULL,
    action       text COLLATE "C" NOT NULL CHECK (action IN ('replayed', 'discarded')),
    by           text NOT NULL,
    reason       text,
    at           timestamptz NOT NULL DEFAULT now(),
    to_log       integer,
    to_partition smallint,
    to_offset    bigint,
    CHECK (num_nulls(to_log, to_partition, to_offset) IN (0, 3)),
    CHECK (action = 'replayed' OR to_log IS NULL)
);
CREATE INDEX dead_letter_action_of ON dead_letter_action (log, partition, "offset", id);
CREATE INDEX dead_letter_action_to ON dead_letter_action (to_log, to_partition, to_offset) WHERE to_log IS NOT NULL;
COMMENT ON TABLE dead_letter_action IS 'What was done about dead letters, and where a replayed one was appended again.';

CREATE INDEX dead_letter_recorded ON dead_letter (recorded_at);
