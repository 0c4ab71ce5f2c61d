-- +goose Up
-- How a branch's visits find their reps. Each version is kept: decisions of then were made by the weights of then. Without a row: the
-- program's own weights, and people give out what is in the queue.
CREATE TABLE dispatch_rules (
    organization_id uuid NOT NULL,
    branch_id       uuid NOT NULL,
    version         integer NOT NULL CHECK (version > 0),
    weights         jsonb NOT NULL,
    auto            boolean NOT NULL, -- the engine gives out the queue by itself
    idle            interval NOT NULL CHECK (idle > '0'), -- nothing to do for so long: idle
    set_by          uuid, -- a person; null: the engine
    set_at          timestamptz NOT NULL,
    PRIMARY KEY (organization_id, branch_id, version),
    FOREIGN KEY (organization_id, branch_id) REFERENCES branch
);
SELECT wall('SELECT, INSERT', 'dispatch_rules');
