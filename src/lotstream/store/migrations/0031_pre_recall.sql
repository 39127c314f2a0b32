-- Keep how long recalls and drills took, and the region that goods left for: letters need it.
-- 0.1.0 writes none of it: it does not know the columns and the table.

CREATE TABLE recall_run (
    log         integer NOT NULL,
    partition   smallint NOT NULL,
    index       integer NOT NULL,
    "offset"    bigint NOT NULL,
    asked_at    timestamptz NOT NULL,
    listed_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    lots        bigint NOT NULL,
    units_held  numeric NOT NULL,
    units_left  numeric NOT NULL,
    orders      bigint NOT NULL,
    customers   bigint NOT NULL,
    consignees  bigint NOT NULL,
    slot        smallint NOT NULL,
    drill       boolean NOT NULL,
    owner       text COLLATE "C" NOT NULL,
    recall      text COLLATE "C" NOT NULL,
    PRIMARY KEY (log, partition, "offset", index)
);
CREATE INDEX recall_run_recall ON recall_run (owner, recall);
COMMENT ON TABLE recall_run IS
    'How long each recall, and each drill of one, took: from when the log took it in until all goods were held and '
    'everybody who got any was listed. Quantities in base units.';

ALTER TABLE shipment_line ADD COLUMN region text;

-- What came back is a small part of what became of lots, and recalls and the report of returns ask for it alone.
CREATE INDEX lot_history_returned ON lot_history (owner, sku, lot) WHERE kind = 'returned';
