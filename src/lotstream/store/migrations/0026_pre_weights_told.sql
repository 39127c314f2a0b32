-- Let what became of goods say what they weighed, in grams; null where nobody knows, and in rows of 0.1.0.

ALTER TABLE shipment_line ADD COLUMN weight_g bigint;
ALTER TABLE lot_history ADD COLUMN weight_g bigint;
