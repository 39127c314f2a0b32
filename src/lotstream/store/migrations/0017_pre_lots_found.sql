-- Find lots by their own number, by their supplier's, and those on hold, without walking through all of them.

CREATE INDEX lot_number ON lot (lot, owner);
CREATE INDEX lot_supplier_lot ON lot (supplier_lot, owner) WHERE supplier_lot IS NOT NULL;
CREATE INDEX lot_held ON lot (owner, sku, lot) WHERE holds <> '[]';
