-- Find the broadcasts that a worker of 0.1.0 has decided while newer ones ran beside it.
-- It moves broadcast_seen and knows neither this column nor `turned`: where the two numbers differ, the next worker that
-- takes the partition holds that every promise at its sites may have to move, which is looked at and changes nothing if
-- it is not so. It can go when no release without it may run beside the code.

ALTER TABLE claim ADD COLUMN turned_through bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN claim.turned_through IS 'The last broadcast that `turned` takes into account.';
