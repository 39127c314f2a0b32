-- Find lots by their own number and by their supplier's, whatever they are of, without walking through all of them.

CREATE INDEX lot_number ON lot (lot, owner);
CREATE INDEX lot_supplier_lot ON lot (supplier_lot, owner) WHERE supplier_lot IS NOT NULL;
