-- +goose Up
-- The organization, its branches and its people. Every key begins with the organization.
-- +goose StatementBegin
DO $$
DECLARE
    wanted text;
BEGIN
    -- hexbeat_app sees one organization at a time; hexbeat_watch reads the few columns that must be known
    -- before an organization is: whose token it is, and that something was committed.
    FOREACH wanted IN ARRAY ARRAY['hexbeat_app', 'hexbeat_watch'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- roles belong to the cluster: another database made it
        END;
    END LOOP;
END $$;
-- +goose StatementEnd

CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- The organization of the current transaction. After a commit the setting is '', not null.
CREATE FUNCTION current_organization() RETURNS uuid LANGUAGE sql STABLE
AS $$ SELECT nullif(current_setting('app.organization', true), '')::uuid $$;

-- Puts tables behind the organization's wall and gives the application its rights.
-- +goose StatementBegin
CREATE FUNCTION wall(may text, VARIADIC tables text[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY tables LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', one);
        EXECUTE format('CREATE POLICY own_organization ON %I TO hexbeat_app
                        USING (organization_id = (SELECT current_organization()))', one);
        EXECUTE format('GRANT %s ON %I TO hexbeat_app', may, one);
    END LOOP;
END $$;
-- +goose StatementEnd

CREATE TABLE organization (
    organization_id uuid PRIMARY KEY,
    name            text NOT NULL CHECK (name <> ''),
    locale          text NOT NULL DEFAULT 'ru',
    created_at      timestamptz NOT NULL
);

CREATE TABLE branch (
    organization_id uuid NOT NULL REFERENCES organization,
    id              uuid NOT NULL,
    parent_id       uuid,
    name            text NOT NULL CHECK (name <> ''),
    time_zone       text NOT NULL,
    hours           jsonb NOT NULL,
    shift_from      integer NOT NULL CHECK (shift_from BETWEEN 0 AND 1440),
    shift_to        integer NOT NULL CHECK (shift_to BETWEEN 0 AND 1440),
    detour          double precision NOT NULL CHECK (detour >= 1),
    speed           double precision NOT NULL CHECK (speed > 0),
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, name),
    FOREIGN KEY (organization_id, parent_id) REFERENCES branch
);

-- A sales team or product direction. One is the default.
CREATE TABLE line (
    organization_id uuid NOT NULL REFERENCES organization,
    id              uuid NOT NULL,
    code            text NOT NULL,
    name_ru         text NOT NULL,
    name_en         text NOT NULL,
    is_default      boolean NOT NULL DEFAULT false,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, code)
);
CREATE UNIQUE INDEX line_default ON line (organization_id) WHERE is_default;

-- Personal data stands apart in person_detail and person_email, so that it can be erased.
CREATE TABLE person (
    organization_id  uuid NOT NULL REFERENCES organization,
    id               uuid NOT NULL,
    personnel_number text,
    created_at       timestamptz NOT NULL,
    disabled_at      timestamptz,
    PRIMARY KEY (organization_id, id)
);

CREATE TABLE person_detail (
    organization_id uuid NOT NULL,
    person_id       uuid NOT NULL,
    name            text NOT NULL,
    phone           text,
    locale          text NOT NULL DEFAULT 'ru',
    home_lat        double precision,
    home_lon        double precision,
    PRIMARY KEY (organization_id, person_id),
    FOREIGN KEY (organization_id, person_id) REFERENCES person,
    CHECK ((home_lat IS NULL) = (home_lon IS NULL))
);

CREATE TABLE person_email (
    organization_id uuid NOT NULL,
    person_id       uuid NOT NULL,
    email           text NOT NULL CHECK (email = lower(email)),
    is_primary      boolean NOT NULL,
    PRIMARY KEY (organization_id, email),
    FOREIGN KEY (organization_id, person_id) REFERENCES person
);
CREATE UNIQUE INDEX person_email_primary ON person_email (organization_id, person_id) WHERE is_primary;

-- What a person may do, where and from when to when. No branch: the whole organization.
CREATE TABLE role_grant (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    person_id       uuid NOT NULL,
    role            text NOT NULL CHECK (role IN ('REP', 'DISPATCHER', 'MANAGER', 'ADMIN')),
    branch_id       uuid,
    valid_from      date NOT NULL,
    valid_to        date CHECK (valid_to > valid_from),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, person_id) REFERENCES person,
    FOREIGN KEY (organization_id, branch_id) REFERENCES branch
);
CREATE INDEX role_grant_person ON role_grant (organization_id, person_id);

-- The secret itself is never kept. Kinds PASSWORD, OIDC and APP come with their doors.
CREATE TABLE credential (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    person_id       uuid NOT NULL,
    kind            text NOT NULL CHECK (kind IN ('TOKEN', 'PASSWORD', 'APP', 'SERVICE', 'OIDC')),
    hash            bytea NOT NULL,
    scope           text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL,
    expires_at      timestamptz NOT NULL,
    revoked_at      timestamptz,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, person_id) REFERENCES person
);
CREATE UNIQUE INDEX credential_hash ON credential (hash);

CREATE TABLE rep (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    person_id       uuid NOT NULL,
    branch_id       uuid NOT NULL,
    line_id         uuid NOT NULL,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, person_id),
    FOREIGN KEY (organization_id, person_id) REFERENCES person,
    FOREIGN KEY (organization_id, branch_id) REFERENCES branch,
    FOREIGN KEY (organization_id, line_id) REFERENCES line
);
CREATE INDEX rep_branch ON rep (organization_id, branch_id);

CREATE TABLE shift (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    rep_id          uuid NOT NULL,
    date            date NOT NULL,
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    start_lat       double precision,
    start_lon       double precision,
    end_lat         double precision,
    end_lon         double precision,
    time_zone       text NOT NULL,
    travel_mode     text NOT NULL DEFAULT 'CAR',
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, rep_id, date),
    FOREIGN KEY (organization_id, rep_id) REFERENCES rep,
    CHECK (ends_at > starts_at AND ends_at <= starts_at + interval '24 hours'),
    CHECK ((start_lat IS NULL) = (start_lon IS NULL)),
    CHECK ((end_lat IS NULL) = (end_lon IS NULL))
);
CREATE INDEX shift_date ON shift (organization_id, date);

CREATE TABLE absence (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    rep_id          uuid NOT NULL,
    kind            text NOT NULL,
    from_date       date NOT NULL,
    to_date         date NOT NULL CHECK (to_date >= from_date),
    source          text NOT NULL DEFAULT 'HEXBEAT',
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, rep_id) REFERENCES rep
);
CREATE INDEX absence_rep ON absence (organization_id, rep_id, from_date);

-- Time that is no visit. A flexible one takes its length anywhere between start and end.
CREATE TABLE engagement (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    rep_id          uuid NOT NULL,
    date            date NOT NULL,
    kind            text NOT NULL,
    title           text NOT NULL DEFAULT '',
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL CHECK (ends_at > starts_at),
    length          interval NOT NULL CHECK (length > interval '0'),
    flexible        boolean NOT NULL,
    all_day         boolean NOT NULL DEFAULT false,
    time_zone       text NOT NULL,
    lat             double precision,
    lon             double precision,
    source          text NOT NULL DEFAULT 'HEXBEAT',
    external_id     text,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, rep_id) REFERENCES rep
);
CREATE INDEX engagement_rep ON engagement (organization_id, rep_id, date);

CREATE TABLE device (
    organization_id  uuid NOT NULL,
    id               uuid NOT NULL,
    person_id        uuid NOT NULL,
    token            text NOT NULL CHECK (token <> '' AND length(token) <= 4096),
    transport        text NOT NULL,
    platform         text NOT NULL,
    locale           text NOT NULL,
    app_version      text NOT NULL DEFAULT '',
    registered_at    timestamptz NOT NULL,
    forgotten_at     timestamptz,
    forgotten_reason text,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, person_id) REFERENCES person
);
CREATE UNIQUE INDEX device_token ON device (organization_id, transport, md5(token)) WHERE forgotten_at IS NULL;
CREATE INDEX device_person ON device (organization_id, person_id) WHERE forgotten_at IS NULL;

SELECT wall('SELECT, INSERT, UPDATE, DELETE', 'organization', 'branch', 'line', 'person', 'person_detail', 'person_email',
    'role_grant', 'credential', 'rep', 'shift', 'absence', 'engagement', 'device');

-- Who has no organization yet: sign-in and the choice of the only organization on the command line.
CREATE POLICY before_sign_in ON credential FOR SELECT TO hexbeat_watch USING (true);
CREATE POLICY before_sign_in ON person FOR SELECT TO hexbeat_watch USING (true);
CREATE POLICY before_sign_in ON organization FOR SELECT TO hexbeat_watch USING (true);
GRANT SELECT (organization_id, id, person_id, kind, hash, expires_at, revoked_at) ON credential TO hexbeat_watch;
GRANT SELECT (organization_id, id, disabled_at) ON person TO hexbeat_watch;
GRANT SELECT ON organization TO hexbeat_watch;
