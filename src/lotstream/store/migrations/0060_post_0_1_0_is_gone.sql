-- Keep workers of 0.1.0 from taking partitions over, and make every event say which version decided it.
-- 0.1.0 cannot see that it is too old: without this it would go on, and without the default of journal.code its orders
-- would become dead letters. It is refused in words, by an error that it ends with for good, before it decides anything.

-- One that has slipped in since somebody looked who is connected may write no more; its successor fences it as ever.
UPDATE claim SET epoch = epoch + 1, taken_epoch = epoch + 1 WHERE holder IS NOT NULL AND taken_epoch <> epoch;

CREATE FUNCTION claim_is_not_for_0_1_0() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'this database was migrated past lotstream 0.1.0; install the version its other workers have'
        USING ERRCODE = 'undefined_column';
END $$;
CREATE TRIGGER claim_is_not_for_0_1_0 BEFORE UPDATE OF epoch ON claim
    FOR EACH ROW WHEN (NEW.holder IS NOT NULL AND NEW.taken_epoch <> NEW.epoch)
    EXECUTE FUNCTION claim_is_not_for_0_1_0();

ALTER TABLE journal ALTER COLUMN code DROP DEFAULT;
