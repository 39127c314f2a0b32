-- Say of each journal row which version of the code decided it.
-- The default is what rows have that were written before there was this column, or by a worker of 0.1.0 that runs beside
-- newer ones during a deployment: it does not name the column. As a constant it takes no rewrite of the table.

ALTER TABLE journal ADD COLUMN code text COLLATE "C" NOT NULL DEFAULT '0.1.0';
COMMENT ON COLUMN journal.code IS 'Version of lotstream that decided this event.';
