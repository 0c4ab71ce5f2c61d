-- +goose Up
-- How driving in a branch depends on place and hour (geo.Traffic). Each version is kept: days of then were timed by the figures of then.
-- Without a row, or with null: one speed, the branch's own.
CREATE TABLE branch_traffic (
    organization_id uuid NOT NULL,
    branch_id       uuid NOT NULL,
    version         integer NOT NULL CHECK (version > 0),
    traffic         jsonb,
    set_by          uuid, -- a person; null: the command line
    set_at          timestamptz NOT NULL,
    PRIMARY KEY (organization_id, branch_id, version),
    FOREIGN KEY (organization_id, branch_id) REFERENCES branch
);
SELECT wall('SELECT, INSERT', 'branch_traffic');
