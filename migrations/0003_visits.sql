-- +goose Up
-- What is owed, what was done about it, the day it is planned for, and why.
-- Kinds, outcomes and reasons are data of the organization with stable codes.
CREATE TABLE visit_kind (
    organization_id uuid NOT NULL REFERENCES organization,
    code            text NOT NULL,
    name_ru         text NOT NULL,
    name_en         text NOT NULL,
    service         interval NOT NULL,
    on_site         boolean NOT NULL DEFAULT true,
    counts          boolean NOT NULL DEFAULT true, -- for cadence
    PRIMARY KEY (organization_id, code)
);

CREATE TABLE outcome (
    organization_id uuid NOT NULL REFERENCES organization,
    code            text NOT NULL,
    name_ru         text NOT NULL,
    name_en         text NOT NULL,
    success         boolean NOT NULL,
    PRIMARY KEY (organization_id, code)
);

CREATE TABLE reason (
    organization_id uuid NOT NULL REFERENCES organization,
    act             text NOT NULL CHECK (act IN ('REASSIGN', 'CANCEL', 'SKIP')),
    code            text NOT NULL,
    name_ru         text NOT NULL,
    name_en         text NOT NULL,
    PRIMARY KEY (organization_id, act, code)
);

CREATE TABLE visit (
    organization_id  uuid NOT NULL,
    id               uuid NOT NULL,
    branch_id        uuid NOT NULL,
    site_id          uuid NOT NULL,
    line_id          uuid NOT NULL,
    kind             text NOT NULL,
    origin           text NOT NULL, -- CADENCE, MANUAL, PROCESS, …
    origin_id        uuid,
    correlation_id   uuid,
    state            text NOT NULL CHECK (state IN ('PLANNED', 'BACKLOG', 'QUEUED', 'ASSIGNED', 'UNDER_WAY', 'DONE', 'MISSED', 'CANCELLED')),
    queue_reason     text,
    due_from         timestamptz NOT NULL,
    due_to           timestamptz NOT NULL,
    promised_from    timestamptz,
    promised_to      timestamptz,
    priority         integer NOT NULL CHECK (priority BETWEEN 0 AND 100),
    service          interval NOT NULL CHECK (service > interval '0'),
    needs            text[] NOT NULL DEFAULT '{}',
    rep_id           uuid,
    date             date,
    rep_pinned       boolean NOT NULL DEFAULT false,
    rep_pinned_by    uuid,
    rep_pinned_door  text,
    time_pinned      boolean NOT NULL DEFAULT false,
    time_pinned_by   uuid,
    time_pinned_door text,
    epoch            integer NOT NULL DEFAULT 0,
    version          integer NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, branch_id) REFERENCES branch,
    FOREIGN KEY (organization_id, site_id) REFERENCES site,
    FOREIGN KEY (organization_id, line_id) REFERENCES line,
    FOREIGN KEY (organization_id, kind) REFERENCES visit_kind,
    FOREIGN KEY (organization_id, rep_id) REFERENCES rep,
    CHECK (due_to > due_from),
    CHECK ((promised_from IS NULL) = (promised_to IS NULL) AND promised_to > promised_from),
    CHECK (state <> 'QUEUED' OR (rep_id IS NULL AND queue_reason IS NOT NULL)),
    CHECK (state NOT IN ('PLANNED', 'BACKLOG', 'ASSIGNED', 'UNDER_WAY') OR rep_id IS NOT NULL),
    CHECK (state <> 'ASSIGNED' OR date IS NOT NULL)
);
CREATE INDEX visit_open_rep ON visit (organization_id, rep_id, state) WHERE state IN ('PLANNED', 'BACKLOG', 'ASSIGNED', 'UNDER_WAY');
CREATE INDEX visit_queue ON visit (organization_id, branch_id, priority DESC, due_to, id) WHERE state = 'QUEUED';
CREATE INDEX visit_day ON visit (organization_id, branch_id, date);
CREATE INDEX visit_due ON visit (organization_id, branch_id, due_to, id);
-- One open visit per site, line and kind from a cadence: planning twice owes nothing twice.
CREATE UNIQUE INDEX visit_open_cadence ON visit (organization_id, site_id, line_id, kind)
    WHERE origin = 'CADENCE' AND state NOT IN ('DONE', 'MISSED', 'CANCELLED');
CREATE INDEX visit_site ON visit (organization_id, site_id);

-- Who else takes part.
CREATE TABLE visit_participant (
    organization_id uuid NOT NULL,
    visit_id        uuid NOT NULL,
    rep_id          uuid NOT NULL,
    PRIMARY KEY (organization_id, visit_id, rep_id),
    FOREIGN KEY (organization_id, visit_id) REFERENCES visit,
    FOREIGN KEY (organization_id, rep_id) REFERENCES rep
);

-- Everybody who ever had the visit. Append-only: one row for each epoch.
CREATE TABLE assignment (
    organization_id uuid NOT NULL,
    visit_id        uuid NOT NULL,
    epoch           integer NOT NULL,
    rep_id          uuid, -- null: put into the queue
    batch_id        uuid NOT NULL,
    decision_id     uuid,
    assigned_at     timestamptz NOT NULL,
    PRIMARY KEY (organization_id, visit_id, epoch),
    FOREIGN KEY (organization_id, visit_id) REFERENCES visit
);

CREATE TABLE attempt (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    visit_id        uuid NOT NULL,
    rep_id          uuid NOT NULL,
    fact            text NOT NULL CHECK (fact IN ('ARRIVED', 'STARTED', 'COMPLETED', 'FAILED')),
    device_time     timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL,
    clock_offset    interval NOT NULL DEFAULT interval '0',
    lat             double precision,
    lon             double precision,
    accuracy        double precision,
    mocked          boolean NOT NULL DEFAULT false,
    outcome         text,
    note            text NOT NULL DEFAULT '',
    credited        boolean NOT NULL,
    door            text NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, visit_id) REFERENCES visit,
    FOREIGN KEY (organization_id, rep_id) REFERENCES rep,
    FOREIGN KEY (organization_id, outcome) REFERENCES outcome
);
CREATE INDEX attempt_visit ON attempt (organization_id, visit_id, recorded_at);
CREATE UNIQUE INDEX attempt_credited ON attempt (organization_id, visit_id) WHERE credited AND fact = 'COMPLETED';

CREATE TABLE route (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    rep_id          uuid NOT NULL,
    date            date NOT NULL,
    version         integer NOT NULL,
    travel          interval NOT NULL,
    distance        double precision NOT NULL, -- metres
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, rep_id, date),
    FOREIGN KEY (organization_id, rep_id) REFERENCES rep
);

CREATE TABLE stop (
    organization_id uuid NOT NULL,
    route_id        uuid NOT NULL,
    position        integer NOT NULL CHECK (position > 0),
    visit_id        uuid,
    engagement_id   uuid,
    travel          interval NOT NULL,
    arrival         timestamptz NOT NULL,
    departure       timestamptz NOT NULL CHECK (departure >= arrival),
    told            timestamptz, -- what people were last told, not what is planned
    PRIMARY KEY (organization_id, route_id, position),
    FOREIGN KEY (organization_id, route_id) REFERENCES route,
    FOREIGN KEY (organization_id, visit_id) REFERENCES visit,
    FOREIGN KEY (organization_id, engagement_id) REFERENCES engagement,
    CHECK (num_nonnulls(visit_id, engagement_id) = 1)
);
-- A visit stands in one route at most.
CREATE UNIQUE INDEX stop_visit ON stop (organization_id, visit_id);

CREATE TABLE batch (
    organization_id uuid NOT NULL REFERENCES organization,
    id              uuid NOT NULL,
    kind            text NOT NULL,
    reason          text,
    note            text NOT NULL DEFAULT '',
    actor           uuid, -- a person; null: the engine
    door            text NOT NULL,
    created_at      timestamptz NOT NULL,
    undone_by       uuid,
    PRIMARY KEY (organization_id, id)
);

CREATE TABLE decision (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    kind            text NOT NULL,
    visit_id        uuid NOT NULL,
    batch_id        uuid NOT NULL,
    engine          text NOT NULL,
    chosen          jsonb NOT NULL,
    runner_up       jsonb,
    refusals        jsonb NOT NULL,
    input           text NOT NULL, -- canonical JSON, to the byte: what a replay runs
    decided_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, visit_id) REFERENCES visit,
    FOREIGN KEY (organization_id, batch_id) REFERENCES batch
);
CREATE INDEX decision_visit ON decision (organization_id, visit_id);

SELECT wall('SELECT, INSERT, UPDATE, DELETE', 'visit_kind', 'outcome', 'reason', 'visit_participant', 'stop', 'route');
SELECT wall('SELECT, INSERT, UPDATE', 'visit', 'batch');
SELECT wall('SELECT, INSERT', 'assignment', 'attempt', 'decision');
