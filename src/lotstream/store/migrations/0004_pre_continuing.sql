-- Keep how far each owner is with what its partition was told, so that nobody has to be touched and no worker's memory
-- counts. What workers of 0.1.0 left open is decided once more for every owner with open orders: deciding it again
-- changes nothing. They do not name the new columns and may run beside newer ones.

CREATE TABLE continuing (
    owner  text COLLATE "C" PRIMARY KEY,
    slot   smallint NOT NULL,
    number bigint NOT NULL,
    step   bigint NOT NULL,
    due    boolean NOT NULL,
    body   text NOT NULL
);
CREATE INDEX continuing_due ON continuing (owner) WHERE due;
COMMENT ON TABLE continuing IS 'The last broadcast each owner is through with, and what is left to look at again.';

ALTER TABLE claim
    ADD COLUMN turned text NOT NULL DEFAULT '{}',
    ADD COLUMN broadcast_answered bigint NOT NULL DEFAULT 0 CHECK (broadcast_answered >= 0);
COMMENT ON COLUMN claim.turned IS 'Per site, the last broadcast after which promises there may have to move, as JSON.';
COMMENT ON COLUMN claim.broadcast_answered IS 'Of partition 0: the last broadcast whose sender was answered.';

UPDATE claim AS c
SET broadcast_answered = c.broadcast_seen,
    turned = coalesce(
        (SELECT json_object_agg(s.site, c.broadcast_seen)::text FROM site AS s WHERE s.partition = c.partition), '{}'
    );
