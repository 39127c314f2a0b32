-- Serial numbers. One row per owner, number and SKU: the key keeps a unit from being two, and finds it by its number.

CREATE TABLE serial (
    owner  text COLLATE "C" NOT NULL,
    serial text COLLATE "C" NOT NULL,
    sku    text COLLATE "C" NOT NULL,
    slot   smallint NOT NULL,
    state  text NOT NULL,
    body   text NOT NULL,
    PRIMARY KEY (owner, serial, sku)
);
COMMENT ON TABLE serial IS 'The unit of each serial number: where it was seen last, and for whom it was picked or left.';
