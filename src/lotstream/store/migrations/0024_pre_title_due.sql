-- Note goods that one owner has given to another, until the other's ledger has been told. 0.1.0 knows no such goods.

CREATE TABLE title_due (
    title    text COLLATE "C" NOT NULL PRIMARY KEY,
    owner    text COLLATE "C" NOT NULL,
    slot     smallint NOT NULL,
    body     text NOT NULL
);
COMMENT ON TABLE title_due IS
    'What an owner has to be told of goods that another gave it: the seller and its number, and the message.';
