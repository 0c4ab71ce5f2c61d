-- +goose NO TRANSACTION
-- +goose Up
-- The wall compares with the setting itself. As a query of its own it was a plan within the plan for each table of each statement, and
-- made the server walk through the whole statement for queries each time. The function is put in place of its call; where a statement
-- names the organization, as all of the program's do, it is looked at once.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION wall(may text, VARIADIC tables text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY tables LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY own_organization ON %I TO hexbeat_app
                        USING (organization_id = current_organization())', one);
        EXECUTE format('GRANT %s ON %I TO hexbeat_app', may, one);
    END LOOP;
END $$;
-- +goose StatementEnd

-- Table by table, each by itself: who holds one and waits for the next might wait for a command that waits for the first.
-- +goose StatementBegin
DO $$
DECLARE
    one text;
BEGIN
    FOR one IN SELECT p.tablename FROM pg_policies AS p WHERE p.policyname = 'own_organization' AND p.schemaname = current_schema() ORDER BY p.tablename LOOP
        EXECUTE format('ALTER POLICY own_organization ON %I USING (organization_id = current_organization())', one);
        COMMIT;
    END LOOP;
END $$;
-- +goose StatementEnd
