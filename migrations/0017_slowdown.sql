-- +goose Up
-- Where and when driving is slow: snow, a closed bridge. What is withdrawn stays, as what was believed then.
CREATE TABLE slowdown (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    branch_id       uuid NOT NULL,
    date            date NOT NULL,
    area            jsonb NOT NULL, -- a GeoJSON geometry
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL CHECK (ends_at > starts_at),
    factor          double precision NOT NULL CHECK (factor > 1 AND factor <= 10),
    version         integer NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL,
    withdrawn_at    timestamptz,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, branch_id) REFERENCES branch
);
CREATE INDEX slowdown_date ON slowdown (organization_id, branch_id, date) WHERE withdrawn_at IS NULL;
SELECT wall('SELECT, INSERT, UPDATE', 'slowdown');
