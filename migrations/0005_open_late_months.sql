-- +goose Up
-- A month's partition may be opened when the default one holds rows of it already: the first commands of an installation come
-- before its first monthly job. Such rows move over.
-- +goose StatementBegin
CREATE FUNCTION open_month(parent text, moment text, month date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name   text := parent || to_char(month, '_YYYY_MM');
    net    text := parent || '_default';
    begins timestamptz := month::timestamp AT TIME ZONE 'UTC';
    ends   timestamptz := (month + interval '1 month')::timestamp AT TIME ZONE 'UTC';
BEGIN
    IF to_regclass(name) IS NOT NULL THEN
        RETURN;
    END IF;
    -- The parent first: a row on its way to the default partition would be refused once that no longer takes its month.
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent);
    IF to_regclass(name) IS NOT NULL THEN
        RETURN; -- another process was quicker
    END IF;
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name, parent);
    EXECUTE format('WITH moved AS (DELETE FROM %I WHERE %I >= %L AND %I < %L RETURNING *) INSERT INTO %I SELECT * FROM moved',
        net, moment, begins, moment, ends, name);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, name, begins, ends);
END $$;
-- +goose StatementEnd

-- For binaries that open all months at once. Newer ones open one after the other, each in a transaction of its own: who holds
-- one parent and waits for the next might wait for a command that waits for the first.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION open_months(first date, months integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    parent text;
    moment text;
BEGIN
    FOR parent, moment IN VALUES ('event', 'recorded_at'), ('audit', 'at'), ('feed', 'recorded_at'), ('position', 'recorded_at') LOOP
        FOR i IN 0 .. months - 1 LOOP
            PERFORM open_month(parent, moment, (date_trunc('month', first) + i * interval '1 month')::date);
        END LOOP;
    END LOOP;
END $$;
-- +goose StatementEnd
