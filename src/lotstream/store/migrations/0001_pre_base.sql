-- The hub's tables. Names are compared byte by byte (COLLATE "C"): the order is the same on every machine, and it is the
-- fastest one. Bodies are JSON kept as text, byte for byte as they were written.

CREATE TABLE hub (
    one        boolean PRIMARY KEY DEFAULT true CHECK (one),
    log        integer NOT NULL CHECK (log > 0),
    partitions smallint NOT NULL CHECK (partitions BETWEEN 1 AND 256 AND partitions & (partitions - 1) = 0)
);
COMMENT ON TABLE hub IS 'One row: which inbound log is read, and how many partitions it has.';

CREATE TABLE claim (
    partition        smallint PRIMARY KEY CHECK (partition BETWEEN 0 AND 255),
    log              integer NOT NULL,
    next_offset      bigint NOT NULL DEFAULT 0 CHECK (next_offset >= 0),
    epoch            bigint NOT NULL DEFAULT 0 CHECK (epoch >= 0),
    holder           text COLLATE "C",
    released         boolean NOT NULL DEFAULT true,
    today            text NOT NULL DEFAULT '{}',
    chain            bytea NOT NULL CHECK (length(chain) = 32),
    broadcast_seen   bigint NOT NULL DEFAULT 0,
    append_time      timestamptz,
    last_append_time timestamptz,
    last_message_id  text,
    relay_position   bigint NOT NULL DEFAULT 0 CHECK (relay_position BETWEEN 0 AND next_offset)
    -- Written with every batch: room for its next versions beside it.
) WITH (fillfactor = 20, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0);
COMMENT ON TABLE claim IS 'All that is one partition''s own; nothing is written but under its current epoch.';

CREATE TABLE intake (
    log         integer NOT NULL,
    partition   smallint NOT NULL,
    "offset"    bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    outcome     text COLLATE "C" NOT NULL CHECK (outcome IN ('done', 'duplicate', 'refused', 'dead_lettered')),
    source      text COLLATE "C",
    message_id  text COLLATE "C",
    type        text COLLATE "C",
    owner       text COLLATE "C",
    code        text COLLATE "C",
    field       text,
    message     text,
    PRIMARY KEY (log, partition, "offset")
);
CREATE UNIQUE INDEX intake_message ON intake (source, message_id) WHERE outcome IN ('done', 'refused');
COMMENT ON TABLE intake IS 'What became of each input record; exactly one row per record below next_offset.';

CREATE TABLE journal (
    log         integer NOT NULL,
    partition   smallint NOT NULL,
    index       integer NOT NULL,
    "offset"    bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    owner       text COLLATE "C",
    source      text COLLATE "C",
    "order"     text COLLATE "C",
    type        text COLLATE "C" NOT NULL,
    today       text NOT NULL,
    hash        bytea NOT NULL,
    body        text NOT NULL,
    PRIMARY KEY (log, partition, "offset", index)
) WITH (toast_tuple_target = 8160);
CREATE INDEX journal_order ON journal ("order", owner) WHERE "order" IS NOT NULL;
COMMENT ON TABLE journal IS 'One row per event, hash-chained per partition, only ever added to.';

CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The journal is only ever added to.' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();

CREATE TABLE outbox (
    log         integer NOT NULL,
    partition   smallint NOT NULL,
    index       integer NOT NULL,
    "offset"    bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    id          text COLLATE "C" NOT NULL,
    topic       text COLLATE "C" NOT NULL,
    type        text COLLATE "C" NOT NULL,
    key         bytea,
    headers     text,
    value       bytea,
    PRIMARY KEY (log, partition, "offset", index)
) WITH (toast_tuple_target = 8160);
ALTER TABLE outbox ALTER COLUMN value SET STORAGE EXTERNAL;
COMMENT ON TABLE outbox IS 'Outgoing messages, published as stored from relay_position on; published ones are pruned.';

CREATE TABLE dead_letter (
    log         integer NOT NULL,
    partition   smallint NOT NULL,
    "offset"    bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    code        text COLLATE "C" NOT NULL,
    field       text,
    message     text NOT NULL,
    key         bytea,
    headers     text,
    value       bytea,
    PRIMARY KEY (log, partition, "offset")
);
ALTER TABLE dead_letter ALTER COLUMN value SET STORAGE EXTERNAL;
COMMENT ON TABLE dead_letter IS 'Records that could not be understood, byte for byte.';

CREATE TABLE broadcast (
    number     bigint PRIMARY KEY CHECK (number > 0),
    type       text COLLATE "C" NOT NULL,
    key        text COLLATE "C" NOT NULL,
    body       bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT broadcast_business_key UNIQUE (type, key)
);
COMMENT ON TABLE broadcast IS 'Commands that concern every partition, numbered without gaps.';

CREATE TABLE site (
    partition smallint NOT NULL,
    site      text COLLATE "C" NOT NULL,
    body      text NOT NULL,
    PRIMARY KEY (partition, site)
);
COMMENT ON TABLE site IS 'Sites as each partition knows them: as of its broadcast_seen.';

CREATE TABLE location (
    partition smallint NOT NULL,
    site      text COLLATE "C" NOT NULL,
    location  text COLLATE "C" NOT NULL,
    body      text NOT NULL,
    PRIMARY KEY (partition, site, location)
);
COMMENT ON TABLE location IS 'Locations as each partition knows them: as of its broadcast_seen.';

CREATE TABLE owner (
    owner    text COLLATE "C" PRIMARY KEY,
    slot     smallint NOT NULL,
    settings text NOT NULL
);
COMMENT ON TABLE owner IS 'Whose stock it is, and what they chose.';

CREATE TABLE item (
    owner text COLLATE "C" NOT NULL,
    sku   text COLLATE "C" NOT NULL,
    slot  smallint NOT NULL,
    body  text NOT NULL,
    PRIMARY KEY (owner, sku)
);
COMMENT ON TABLE item IS 'How an owner''s SKU is counted, tracked and used.';

CREATE TABLE customer (
    owner    text COLLATE "C" NOT NULL,
    customer text COLLATE "C" NOT NULL,
    slot     smallint NOT NULL,
    body     text NOT NULL,
    PRIMARY KEY (owner, customer)
);
COMMENT ON TABLE customer IS 'Who an owner ships to, and what that customer accepts.';

CREATE TABLE lot (
    owner        text COLLATE "C" NOT NULL,
    sku          text COLLATE "C" NOT NULL,
    lot          text COLLATE "C" NOT NULL,
    slot         smallint NOT NULL,
    expires      date,
    made         date,
    received     date,
    supplier     text COLLATE "C",
    supplier_lot text COLLATE "C",
    holds        text NOT NULL DEFAULT '[]',
    PRIMARY KEY (owner, sku, lot)
);
COMMENT ON TABLE lot IS 'The facts of one lot of one SKU.';

CREATE TABLE stock (
    owner              text COLLATE "C" NOT NULL,
    sku                text COLLATE "C" NOT NULL,
    lot                text COLLATE "C",
    site               text COLLATE "C" NOT NULL,
    location           text COLLATE "C" NOT NULL,
    package            text COLLATE "C",
    pack_size          bigint,
    status             text COLLATE "C" NOT NULL,
    returned           boolean NOT NULL,
    slot               smallint NOT NULL,
    on_hand            bigint NOT NULL,
    reserved           bigint NOT NULL,
    promised_elsewhere bigint NOT NULL,
    received           date,
    CONSTRAINT stock_key
        UNIQUE NULLS NOT DISTINCT (owner, sku, lot, location, site, package, pack_size, status, returned),
    CONSTRAINT stock_reserved_within_on_hand CHECK (reserved BETWEEN 0 AND greatest(on_hand, 0))
    -- Quantities change often and are in no index, not even in a condition of one: with room on the page such an update
    -- touches the heap alone.
) WITH (fillfactor = 50);
-- Keys are short. Plain storage lets a copy of this table do without a TOAST table, which makes emptying it cheap: each
-- commit brings its stock rows in through such a copy.
ALTER TABLE stock
    ALTER COLUMN owner SET STORAGE PLAIN, ALTER COLUMN sku SET STORAGE PLAIN, ALTER COLUMN lot SET STORAGE PLAIN,
    ALTER COLUMN site SET STORAGE PLAIN, ALTER COLUMN location SET STORAGE PLAIN,
    ALTER COLUMN package SET STORAGE PLAIN, ALTER COLUMN status SET STORAGE PLAIN;
COMMENT ON TABLE stock IS 'Smallest units of one lot in one place; rows at zero are removed by and by.';

CREATE TABLE sales_order (
    owner   text COLLATE "C" NOT NULL,
    source  text COLLATE "C" NOT NULL,
    "order" text COLLATE "C" NOT NULL,
    slot    smallint NOT NULL,
    open    boolean NOT NULL,
    state   text COLLATE "C" NOT NULL,
    body    text NOT NULL,
    PRIMARY KEY (owner, source, "order")
) WITH (toast_tuple_target = 8160);
CREATE INDEX sales_order_open ON sales_order (owner) WHERE open;
COMMENT ON TABLE sales_order IS 'One row per order with its lines and what is promised to them.';

CREATE TABLE receipt (
    owner  text COLLATE "C" NOT NULL,
    kind   text COLLATE "C" NOT NULL,
    number text COLLATE "C" NOT NULL,
    slot   smallint NOT NULL,
    body   text NOT NULL,
    PRIMARY KEY (owner, kind, number)
);
COMMENT ON TABLE receipt IS 'What was booked under each receipt and opening balance, so that none is booked twice.';

CREATE TABLE early_cancel (
    owner   text COLLATE "C" NOT NULL,
    source  text COLLATE "C" NOT NULL,
    "order" text COLLATE "C" NOT NULL,
    slot    smallint NOT NULL,
    version text,
    lines   text[] NOT NULL,
    PRIMARY KEY (owner, source, "order")
);
COMMENT ON TABLE early_cancel IS 'Cancellations that overtook the order they name.';

CREATE TABLE person (
    owner  text COLLATE "C" NOT NULL,
    person text COLLATE "C" NOT NULL,
    slot   smallint NOT NULL,
    body   text NOT NULL,
    PRIMARY KEY (owner, person)
);
COMMENT ON TABLE person IS 'The only table with personal data of consignees; erasable row by row.';

CREATE TABLE shipment_line (
    log        integer NOT NULL,
    partition  smallint NOT NULL,
    index      integer NOT NULL,
    "offset"   bigint NOT NULL,
    shipped_at timestamptz NOT NULL,
    quantity   bigint NOT NULL CHECK (quantity > 0),
    expires    date,
    slot       smallint NOT NULL,
    owner      text COLLATE "C" NOT NULL,
    shipment   text COLLATE "C" NOT NULL,
    source     text COLLATE "C" NOT NULL,
    "order"    text COLLATE "C" NOT NULL,
    line       text COLLATE "C" NOT NULL,
    sku        text COLLATE "C" NOT NULL,
    lot        text COLLATE "C",
    customer   text COLLATE "C",
    person     text COLLATE "C",
    city       text,
    postcode   text,
    country    text,
    PRIMARY KEY (log, partition, "offset", index)
);
CREATE INDEX shipment_line_lot ON shipment_line (owner, sku, lot);
CREATE INDEX shipment_line_order ON shipment_line (owner, source, "order");
COMMENT ON TABLE shipment_line IS 'What left, lot by lot: the rows that traces and recalls are made of.';

CREATE TABLE exchange (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    connector   text COLLATE "C" NOT NULL,
    sender      text COLLATE "C" NOT NULL,
    name        text NOT NULL,
    key         text COLLATE "C" NOT NULL,
    sha256      bytea NOT NULL CHECK (length(sha256) = 32),
    received_at timestamptz NOT NULL,
    headers     text NOT NULL,
    body        bytea NOT NULL,
    repeats     integer NOT NULL DEFAULT 0,
    verdict     text COLLATE "C" NOT NULL DEFAULT 'pending',
    refusals    text NOT NULL DEFAULT '[]',
    notes       text[] NOT NULL DEFAULT '{}',
    messages    integer NOT NULL DEFAULT 0,
    settled_at  timestamptz,
    CONSTRAINT exchange_delivery UNIQUE (connector, sender, key, sha256)
);
CREATE INDEX exchange_pending ON exchange (connector, id) WHERE verdict = 'pending';
CREATE INDEX exchange_recent ON exchange (connector, id);
COMMENT ON TABLE exchange IS 'What came in at the doors, byte for byte, and what became of it.';
