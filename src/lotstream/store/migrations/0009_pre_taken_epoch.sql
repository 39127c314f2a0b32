-- Show of each claim whether it was taken by code that names this column: 0.1.0 does not.
-- Once the last worker of 0.1.0 is gone a later migration refuses such a take-over; until then it may take place.

ALTER TABLE claim ADD COLUMN taken_epoch bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN claim.taken_epoch IS 'The epoch that began when a claim was last taken by code newer than 0.1.0.';
