-- +goose Up
-- How the reps of a branch are told, and by which channels each wants it. Without a row: at once, day and night.
CREATE TABLE alert_rules (
    organization_id uuid NOT NULL,
    branch_id       uuid NOT NULL,
    channels        text[] NOT NULL DEFAULT '{}', -- transports in the order to ask them
    patience        interval NOT NULL DEFAULT '0' CHECK (patience >= '0'),        -- 0: the program's own
    urgent_patience interval NOT NULL DEFAULT '0' CHECK (urgent_patience >= '0'),
    quiet_from      integer NOT NULL DEFAULT 0 CHECK (quiet_from BETWEEN 0 AND 1440), -- minutes of the day; equal: never
    quiet_to        integer NOT NULL DEFAULT 0 CHECK (quiet_to BETWEEN 0 AND 1440),
    digest          integer[] NOT NULL DEFAULT '{}', -- minutes of the day, ascending
    shift_only      boolean NOT NULL DEFAULT false,
    visit_quiet     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (organization_id, branch_id),
    FOREIGN KEY (organization_id, branch_id) REFERENCES branch
);

CREATE TABLE rep_channels (
    organization_id uuid NOT NULL,
    rep_id          uuid NOT NULL,
    channels        text[] NOT NULL,
    PRIMARY KEY (organization_id, rep_id),
    FOREIGN KEY (organization_id, rep_id) REFERENCES rep
);

SELECT wall('SELECT, INSERT, UPDATE, DELETE', 'alert_rules', 'rep_channels');

-- Somebody had the alert sent again: tries before that no longer count.
ALTER TABLE alert ADD COLUMN resent_at timestamptz;
