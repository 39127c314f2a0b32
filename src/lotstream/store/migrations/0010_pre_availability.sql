-- Keep when an owner is to be looked at by the clock, and what was told last of what may be sold.
-- Owners have rows here once their settings name channels, which workers of 0.1.0 cannot read.

CREATE TABLE owner_clock (
    owner   text COLLATE "C" PRIMARY KEY,
    slot    smallint NOT NULL,
    tick    bigint NOT NULL,
    due_at  timestamptz,
    watched boolean NOT NULL
);
CREATE INDEX owner_clock_due ON owner_clock (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX owner_clock_watched ON owner_clock (owner) WHERE watched;
COMMENT ON TABLE owner_clock IS 'When an owner has to be looked at next; only owners that tell what may be sold.';

CREATE TABLE availability (
    owner    text COLLATE "C" NOT NULL,
    slot     smallint NOT NULL,
    sku      text COLLATE "C" NOT NULL,
    site     text COLLATE "C" NOT NULL,
    channel  text COLLATE "C" NOT NULL,
    quantity bigint NOT NULL CHECK (quantity >= 0),
    PRIMARY KEY (owner, sku, site, channel)
);
COMMENT ON TABLE availability IS 'What was told last of what may be sold, in smallest units; none is the same as 0.';
