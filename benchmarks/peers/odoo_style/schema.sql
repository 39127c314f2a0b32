-- The tables of an ERP in small, filled from the stock that lotstream took in.
CREATE SCHEMA erp;

CREATE TABLE erp.stock_quant (
    id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner             text NOT NULL,
    sku               text NOT NULL,
    lot               text NOT NULL,
    location          text NOT NULL,
    expires           date,
    in_date           date,
    quantity          bigint NOT NULL,
    reserved_quantity bigint NOT NULL,
    CONSTRAINT reserved_within_quantity CHECK (reserved_quantity BETWEEN 0 AND quantity)
) WITH (fillfactor = 50);
INSERT INTO erp.stock_quant (owner, sku, lot, location, expires, in_date, quantity, reserved_quantity)
SELECT s.owner, s.sku, s.lot, s.location, l.expires, l.received, s.on_hand, s.reserved
FROM lotstream.stock AS s JOIN lotstream.lot AS l USING (owner, sku, lot)
ORDER BY s.owner, s.sku, s.lot, s.location;
CREATE INDEX stock_quant_sku ON erp.stock_quant (owner, sku);

CREATE TABLE erp.sale_order (
    owner text NOT NULL,
    name  text NOT NULL,
    state text NOT NULL,
    body  text NOT NULL,
    PRIMARY KEY (owner, name)
);

CREATE TABLE erp.stock_move (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner      text NOT NULL,
    sale_order text NOT NULL,
    line       text NOT NULL,
    sku        text NOT NULL,
    ordered    bigint NOT NULL,
    reserved   bigint NOT NULL
);

CREATE TABLE erp.stock_move_line (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    owner      text NOT NULL,
    sale_order text NOT NULL,
    line       text NOT NULL,
    quant      bigint NOT NULL,
    quantity   bigint NOT NULL
);
ANALYZE erp.stock_quant;
