-- Let what left for an order say what it had cost; null where nobody had said, and in rows of 0.1.0.

ALTER TABLE shipment_line ADD COLUMN cost numeric;
