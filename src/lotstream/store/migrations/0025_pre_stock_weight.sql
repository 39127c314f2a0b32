-- Keep what stock of items that are weighed weighs. Nothing is written for all others, and 0.1.0 writes none of it.

CREATE TABLE stock_weight (
    owner     text COLLATE "C" NOT NULL,
    sku       text COLLATE "C" NOT NULL,
    lot       text COLLATE "C",
    site      text COLLATE "C" NOT NULL,
    location  text COLLATE "C" NOT NULL,
    package   text COLLATE "C",
    pack_size bigint,
    status    text COLLATE "C" NOT NULL,
    returned  boolean NOT NULL,
    slot      smallint NOT NULL,
    weight_g  bigint NOT NULL,
    CONSTRAINT stock_weight_key
        UNIQUE NULLS NOT DISTINCT (owner, sku, lot, location, site, package, pack_size, status, returned)
);
COMMENT ON TABLE stock_weight IS
    'What a stock row weighs, in grams; no row where nobody knows, or where nothing is on hand.';
