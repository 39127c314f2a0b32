-- Tell what left from what was taken back because its shipment was voided or corrected.

ALTER TABLE shipment_line ADD COLUMN sign smallint NOT NULL DEFAULT 1 CHECK (sign IN (-1, 1));
