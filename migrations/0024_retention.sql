-- +goose Up
-- How many days the record keeps what grows without end and is of no use once it is old. The least is what a phone that was off for a month
-- relies on.
CREATE TABLE retention (
    kind             text PRIMARY KEY,
    days             integer CONSTRAINT retention_least CHECK (days >= CASE kind WHEN 'position' THEN 1 ELSE 30 END), -- NULL: for ever
    forgotten_before timestamptz, -- of alerts: what was made before may be gone
    forgotten_tx     xid8,        -- of the feed: rows of this transaction and of those before may be gone
    announced_at     timestamptz  -- when that was last said; rows go once every reader that did not hear it has ended
);
INSERT INTO retention (kind, days) VALUES ('feed', 45), ('position', NULL), ('request', 30), ('alert', 400);
GRANT SELECT ON retention TO hexbeat_app;

-- The application may delete of alerts what is said to be forgotten, and nothing else of them.
CREATE POLICY forgotten_only ON alert AS RESTRICTIVE FOR DELETE TO hexbeat_app
    USING (created_at < (SELECT r.forgotten_before FROM retention AS r WHERE r.kind = 'alert'));
CREATE POLICY forgotten_only ON alert_item AS RESTRICTIVE FOR DELETE TO hexbeat_app
    USING (EXISTS (SELECT FROM alert AS al WHERE al.organization_id = alert_item.organization_id AND al.id = alert_item.alert_id
                   AND al.created_at < (SELECT r.forgotten_before FROM retention AS r WHERE r.kind = 'alert')));
CREATE POLICY forgotten_only ON delivery AS RESTRICTIVE FOR DELETE TO hexbeat_app
    USING (EXISTS (SELECT FROM alert AS al WHERE al.organization_id = delivery.organization_id AND al.id = delivery.alert_id
                   AND al.created_at < (SELECT r.forgotten_before FROM retention AS r WHERE r.kind = 'alert')));
GRANT DELETE ON alert, alert_item, delivery TO hexbeat_app;

-- The numbers of an inbox have no gaps but those of what was forgotten.
ALTER TABLE inbox ADD COLUMN forgotten bigint NOT NULL DEFAULT 0;

-- What is old, and whom an alert superseded: asked for each one that goes.
CREATE INDEX alert_made ON alert (organization_id, created_at);
CREATE INDEX alert_superseded_by ON alert (organization_id, superseded_by) WHERE superseded_by IS NOT NULL;
