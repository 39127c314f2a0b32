-- Keep what became of goods, lot by lot: what histories, traces and stock as of a time are made of.
-- 0.1.0 writes none of it; nobody who decides reads it.

CREATE TABLE lot_history (
    log         integer NOT NULL,
    partition   smallint NOT NULL,
    index       integer NOT NULL,
    "offset"    bigint NOT NULL,
    at          timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    quantity    bigint NOT NULL,
    slot        smallint NOT NULL,
    owner       text COLLATE "C" NOT NULL,
    sku         text COLLATE "C" NOT NULL,
    lot         text COLLATE "C",
    kind        text COLLATE "C" NOT NULL,
    site        text COLLATE "C",
    location    text COLLATE "C",
    status      text COLLATE "C",
    to_site     text COLLATE "C",
    to_location text COLLATE "C",
    to_status   text COLLATE "C",
    document    text COLLATE "C",
    number      text COLLATE "C",
    line        text COLLATE "C",
    source      text COLLATE "C",
    "order"     text COLLATE "C",
    by          text,
    reason      text,
    PRIMARY KEY (log, partition, "offset", index)
);
CREATE INDEX lot_history_lot ON lot_history (owner, sku, lot, at);
COMMENT ON TABLE lot_history IS
    'What became of each lot, but for what left with shipments: smallest units that came to a place, or left it, or, '
    'with to_location, went from there to another.';

-- Where it left from, or came back to: with it the history says of every place what lay there at any time.
ALTER TABLE shipment_line
    ADD COLUMN site text COLLATE "C", ADD COLUMN location text COLLATE "C", ADD COLUMN status text COLLATE "C";
