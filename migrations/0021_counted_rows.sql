-- +goose Up
-- Ends the transaction where a statement concerned another number of rows than it must have. The server looks, so that a commit may travel
-- with the last statements of a command and nobody has to wait for their answers first.
-- +goose StatementBegin
CREATE FUNCTION exactly(wanted bigint, got bigint, statement text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF got IS DISTINCT FROM wanted THEN
        RAISE EXCEPTION '%: % rows concerned instead of %', statement, got, wanted;
    END IF;
END $$;
-- +goose StatementEnd

-- The program numbers alerts itself, behind the lock of the inbox, and writes the last number once for all it adds. Older programs that
-- still run give none.
DROP TRIGGER number_alert ON alert;
CREATE TRIGGER number_alert BEFORE INSERT ON alert FOR EACH ROW WHEN (NEW.seq IS NULL) EXECUTE FUNCTION number_alert();

-- These rows are small and written over and over, in columns that no index holds: room beside them keeps the new version on its page.
ALTER TABLE inbox SET (fillfactor = 50);
ALTER TABLE route SET (fillfactor = 70);
ALTER TABLE stop SET (fillfactor = 80);
