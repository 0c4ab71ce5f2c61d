-- +goose Up
-- What a rep can do that not everybody can; a visit says in its needs what it asks for. Codes are the organization's own.
ALTER TABLE rep ADD COLUMN skills text[] NOT NULL DEFAULT '{}';

-- Who gave a visit back, and why. Neither is it given to them again by the engine, nor offered.
CREATE TABLE decline (
    organization_id uuid NOT NULL,
    visit_id        uuid NOT NULL,
    epoch           integer NOT NULL, -- the one that ended by it
    rep_id          uuid NOT NULL,
    reason          text NOT NULL,
    note            text NOT NULL DEFAULT '',
    declined_at     timestamptz NOT NULL,
    PRIMARY KEY (organization_id, visit_id, epoch),
    FOREIGN KEY (organization_id, visit_id) REFERENCES visit,
    FOREIGN KEY (organization_id, rep_id) REFERENCES rep
);
SELECT wall('SELECT, INSERT', 'decline');
