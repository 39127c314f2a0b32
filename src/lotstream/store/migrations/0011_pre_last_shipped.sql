-- Keep what was shipped last to customers who take nothing older than that. Nothing is written for all others.

CREATE TABLE last_shipped (
    owner    text COLLATE "C" NOT NULL,
    customer text COLLATE "C" NOT NULL,
    sku      text COLLATE "C" NOT NULL,
    slot     smallint NOT NULL,
    expires  date NOT NULL,
    PRIMARY KEY (owner, customer, sku)
);
COMMENT ON TABLE last_shipped IS 'The latest expiry of a SKU that was shipped to a customer who takes nothing older.';
