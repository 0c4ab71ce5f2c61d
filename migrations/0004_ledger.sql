-- +goose Up
-- What happened (event), who did it (audit), what changed for whom (feed), what was asked (request),
-- what reps must know (alert, delivery), where they were (position).

-- Business facts. Append-only; what a correction corrects stays. The dimensions are those of then.
CREATE TABLE event (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    type            text NOT NULL, -- the catalogue is dispatch's: visit.created, visit.reassigned, …
    type_version    integer NOT NULL DEFAULT 1,
    happened_at     timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL,
    business_date   date NOT NULL,
    time_zone       text NOT NULL,
    doubtful        boolean NOT NULL DEFAULT false, -- the device's time could not be true
    actor           uuid,
    on_behalf_of    uuid,
    door            text NOT NULL,
    causation_id    uuid,
    correlation_id  uuid,
    corrects_id     uuid,
    visit_id        uuid,
    customer_id     uuid,
    site_id         uuid,
    performed_by    uuid, -- rep
    owner           uuid, -- rep
    owner_since     timestamptz,
    taken_from      uuid, -- rep
    branch_id       uuid,
    territory_id    uuid,
    line_id         uuid,
    segment         text,
    code            text, -- outcome or reason
    amount          double precision, -- in the unit the type names
    PRIMARY KEY (organization_id, recorded_at, id)
) PARTITION BY RANGE (recorded_at);
CREATE INDEX event_type ON event (organization_id, type, business_date);
CREATE INDEX event_visit ON event (organization_id, visit_id);

-- Who did what through which door. Ids only; the application can neither change nor delete it.
CREATE TABLE audit (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    at              timestamptz NOT NULL,
    actor           uuid,
    door            text NOT NULL,
    command         text NOT NULL,
    request_id      uuid,
    batch_id        uuid,
    targets         uuid[] NOT NULL,
    refused         text, -- code, where a rule stood against it
    PRIMARY KEY (organization_id, at, id)
) PARTITION BY RANGE (at);

-- What changed, for phones and pages to catch up. Read below the oldest running transaction only: ids commit out
-- of order, and a late commit must not be skipped.
CREATE TABLE feed (
    organization_id uuid NOT NULL,
    tx              xid8 NOT NULL DEFAULT pg_current_xact_id(),
    n               integer NOT NULL, -- order within the transaction
    recorded_at     timestamptz NOT NULL,
    kind            text NOT NULL,
    id              uuid NOT NULL,
    version         integer NOT NULL,
    rep_before      uuid,
    rep_after       uuid,
    branch_before   uuid,
    branch_after    uuid,
    PRIMARY KEY (organization_id, tx, n, recorded_at)
) PARTITION BY RANGE (recorded_at);
CREATE INDEX feed_tx ON feed (tx, n);

CREATE TABLE position (
    organization_id uuid NOT NULL,
    rep_id          uuid NOT NULL,
    device_time     timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL,
    lat             double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
    lon             double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
    accuracy        double precision NOT NULL,
    mocked          boolean NOT NULL,
    PRIMARY KEY (organization_id, rep_id, device_time, recorded_at)
) PARTITION BY RANGE (recorded_at);

-- The last of them, for the map.
CREATE TABLE position_last (
    organization_id uuid NOT NULL,
    rep_id          uuid NOT NULL,
    device_time     timestamptz NOT NULL,
    recorded_at     timestamptz NOT NULL,
    lat             double precision NOT NULL,
    lon             double precision NOT NULL,
    accuracy        double precision NOT NULL,
    mocked          boolean NOT NULL,
    PRIMARY KEY (organization_id, rep_id),
    FOREIGN KEY (organization_id, rep_id) REFERENCES rep
);

-- Partitions go by the month of recording: a phone that believes it is 2099 must not open one. The default
-- partition is a net: nothing is refused when the monthly job was late.
CREATE TABLE event_default PARTITION OF event DEFAULT;
CREATE TABLE audit_default PARTITION OF audit DEFAULT;
CREATE TABLE feed_default PARTITION OF feed DEFAULT;
CREATE TABLE position_default PARTITION OF position DEFAULT;

-- +goose StatementBegin
CREATE FUNCTION open_months(first date, months integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    parent text;
    month  date;
    name   text;
BEGIN
    FOREACH parent IN ARRAY ARRAY['event', 'audit', 'feed', 'position'] LOOP
        FOR i IN 0 .. months - 1 LOOP
            month := (date_trunc('month', first) + i * interval '1 month')::date;
            name := parent || to_char(month, '_YYYY_MM');
            IF to_regclass(name) IS NULL THEN
                EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', name, parent,
                    month::timestamp AT TIME ZONE 'UTC', (month + interval '1 month')::timestamp AT TIME ZONE 'UTC');
            END IF;
        END LOOP;
    END LOOP;
END $$;
-- +goose StatementEnd

-- Answers to repeated requests, kept 30 days: longer than a phone stays off.
CREATE TABLE request (
    organization_id uuid NOT NULL,
    person_id       uuid NOT NULL,
    request_id      uuid NOT NULL,
    command         text NOT NULL,
    hash            bytea NOT NULL,
    answer          jsonb,
    refusal         text,
    at              timestamptz NOT NULL,
    PRIMARY KEY (organization_id, person_id, request_id),
    FOREIGN KEY (organization_id, person_id) REFERENCES person
);
CREATE INDEX request_at ON request (at);

-- One alert per batch and rep, with its items.
CREATE TABLE alert (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    rep_id          uuid NOT NULL,
    batch_id        uuid NOT NULL,
    kind            text NOT NULL,
    state           text NOT NULL CHECK (state IN ('QUEUED', 'SENT', 'DELIVERED', 'SEEN', 'ACKNOWLEDGED', 'ESCALATED', 'SUPERSEDED', 'ANNULLED', 'EXPIRED')),
    version         integer NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL,
    sent_at         timestamptz,
    acknowledged_at timestamptz,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, batch_id, rep_id, kind),
    FOREIGN KEY (organization_id, rep_id) REFERENCES rep,
    FOREIGN KEY (organization_id, batch_id) REFERENCES batch
);
CREATE INDEX alert_inbox ON alert (organization_id, rep_id, created_at DESC, id DESC);

CREATE TABLE alert_item (
    organization_id uuid NOT NULL,
    alert_id        uuid NOT NULL,
    n               integer NOT NULL,
    visit_id        uuid NOT NULL,
    site            text NOT NULL, -- the name as it was
    arrival         timestamptz,
    time_zone       text NOT NULL,
    reason          text NOT NULL DEFAULT '',
    PRIMARY KEY (organization_id, alert_id, n),
    FOREIGN KEY (organization_id, alert_id) REFERENCES alert,
    FOREIGN KEY (organization_id, visit_id) REFERENCES visit
);

-- Every try to hand an alert to a device. Append-only.
CREATE TABLE delivery (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    alert_id        uuid NOT NULL,
    device_id       uuid NOT NULL,
    tried_at        timestamptz NOT NULL,
    outcome         text NOT NULL, -- SENT, RETRY, FORGOTTEN, DEAD
    detail          text NOT NULL DEFAULT '',
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, alert_id) REFERENCES alert,
    FOREIGN KEY (organization_id, device_id) REFERENCES device
);
CREATE INDEX delivery_alert ON delivery (organization_id, alert_id);
CREATE UNIQUE INDEX delivery_sent ON delivery (organization_id, alert_id, device_id) WHERE outcome = 'SENT';

SELECT wall('SELECT, INSERT', 'event', 'audit', 'feed', 'position', 'delivery');
SELECT wall('SELECT, INSERT, UPDATE', 'alert', 'alert_item', 'position_last');
SELECT wall('SELECT, INSERT, UPDATE, DELETE', 'request');

-- The notifier hears of every organization's commits, and nothing of what they are about.
CREATE POLICY every_organization ON feed FOR SELECT TO hexbeat_watch USING (true);
GRANT SELECT ON feed TO hexbeat_watch;
-- Who must know of a commit: a rep's person is not needed, branches and reps are in the feed.
