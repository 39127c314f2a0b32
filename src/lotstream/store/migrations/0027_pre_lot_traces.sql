-- Find what lots were made of, and what was made of them, without walking through all that became of them.

CREATE INDEX lot_history_made ON lot_history (owner, sku, lot) WHERE kind IN ('used', 'made', 'split');
