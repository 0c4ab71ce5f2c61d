-- +goose Up
-- Whom we call on, where they are, and whose ground it is.
CREATE TABLE customer (
    organization_id uuid NOT NULL REFERENCES organization,
    id              uuid NOT NULL,
    name            text NOT NULL,
    segment         text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id)
);

CREATE TABLE legal_entity (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    customer_id     uuid NOT NULL,
    inn             text NOT NULL CHECK (inn ~ '^([0-9]{10}|[0-9]{12})$'),
    kpp             text,
    name            text NOT NULL DEFAULT '',
    PRIMARY KEY (organization_id, id),
    UNIQUE NULLS NOT DISTINCT (organization_id, customer_id, inn, kpp),
    FOREIGN KEY (organization_id, customer_id) REFERENCES customer
);

CREATE TABLE site (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    customer_id     uuid NOT NULL,
    branch_id       uuid NOT NULL,
    name            text NOT NULL,
    status          text NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('PROSPECT', 'ACTIVE', 'PAUSED', 'CLOSED')),
    address         text NOT NULL DEFAULT '',
    postcode        text,
    fias_id         uuid,
    lat             double precision CHECK (lat BETWEEN -90 AND 90),
    lon             double precision CHECK (lon BETWEEN -180 AND 180),
    cell            bigint, -- at H3 resolution 9
    pin_source      text NOT NULL DEFAULT 'NONE', -- NONE, FILE, GEOCODER, PERSON, PHONE, …
    pin_confidence  double precision,
    time_zone       text NOT NULL,
    hours           jsonb NOT NULL,
    category        text NOT NULL DEFAULT '',
    service         interval NOT NULL CHECK (service > interval '0' AND service <= interval '24 hours'),
    priority        integer NOT NULL CHECK (priority BETWEEN 0 AND 100),
    workload        double precision NOT NULL CHECK (workload >= 0),
    phone           text, -- the shop's, not a person's
    tags            text[] NOT NULL DEFAULT '{}',
    attributes      jsonb NOT NULL DEFAULT '{}',
    version         integer NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, customer_id) REFERENCES customer,
    FOREIGN KEY (organization_id, branch_id) REFERENCES branch,
    CHECK ((lat IS NULL) = (lon IS NULL) AND (lat IS NULL) = (cell IS NULL))
);
CREATE INDEX site_cell ON site (organization_id, cell);
CREATE INDEX site_branch ON site (organization_id, branch_id, id);
CREATE INDEX site_customer ON site (organization_id, customer_id);

-- Which legal entity stands behind a site, and when: an owner changes, pin and cadence stay.
CREATE TABLE site_legal_entity (
    organization_id uuid NOT NULL,
    site_id         uuid NOT NULL,
    legal_entity_id uuid NOT NULL,
    valid_from      date NOT NULL,
    valid_to        date CHECK (valid_to > valid_from),
    PRIMARY KEY (organization_id, site_id, valid_from),
    FOREIGN KEY (organization_id, site_id) REFERENCES site,
    FOREIGN KEY (organization_id, legal_entity_id) REFERENCES legal_entity
);

CREATE TABLE cadence (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    site_id         uuid NOT NULL,
    line_id         uuid NOT NULL,
    kind            text NOT NULL,
    every_days      integer NOT NULL CHECK (every_days BETWEEN 1 AND 3660),
    weekdays        integer[] NOT NULL DEFAULT '{}', -- 0 is Sunday; empty: any
    valid_from      date NOT NULL,
    valid_to        date CHECK (valid_to > valid_from),
    PRIMARY KEY (organization_id, id),
    UNIQUE (organization_id, site_id, line_id, kind, valid_from),
    FOREIGN KEY (organization_id, site_id) REFERENCES site,
    FOREIGN KEY (organization_id, line_id) REFERENCES line
);

-- The name of one of our things in somebody else's system, and what it looked like when last read.
CREATE TABLE external_ref (
    organization_id uuid NOT NULL REFERENCES organization,
    source          text NOT NULL,
    kind            text NOT NULL,
    external_id     text NOT NULL,
    target_id       uuid NOT NULL,
    version         text NOT NULL DEFAULT '',
    hash            bytea NOT NULL,
    PRIMARY KEY (organization_id, source, kind, external_id)
);
CREATE INDEX external_ref_target ON external_ref (organization_id, target_id);

CREATE TABLE import_run (
    organization_id uuid NOT NULL REFERENCES organization,
    id              uuid NOT NULL,
    kind            text NOT NULL,
    source          text NOT NULL,
    started_at      timestamptz NOT NULL,
    finished_at     timestamptz,
    added           integer NOT NULL DEFAULT 0,
    changed         integer NOT NULL DEFAULT 0,
    unchanged       integer NOT NULL DEFAULT 0,
    refused         integer NOT NULL DEFAULT 0,
    PRIMARY KEY (organization_id, id)
);

-- A territory keeps its identity through re-designs.
CREATE TABLE territory (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    branch_id       uuid NOT NULL,
    line_id         uuid NOT NULL,
    name            text NOT NULL,
    colour          integer NOT NULL DEFAULT 0,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, branch_id) REFERENCES branch,
    FOREIGN KEY (organization_id, line_id) REFERENCES line
);

-- A dated version of all territories of a branch and line.
CREATE TABLE alignment (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    branch_id       uuid NOT NULL,
    line_id         uuid NOT NULL,
    state           text NOT NULL CHECK (state IN ('DRAFT', 'APPROVED', 'PUBLISHED')),
    origin          text NOT NULL, -- DESIGN or IMPORT
    valid_from      date,
    valid_to        date CHECK (valid_to > valid_from),
    measures        jsonb NOT NULL,
    created_at      timestamptz NOT NULL,
    published_at    timestamptz,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, branch_id) REFERENCES branch,
    FOREIGN KEY (organization_id, line_id) REFERENCES line,
    CHECK ((state = 'PUBLISHED') = (valid_from IS NOT NULL))
);
CREATE INDEX alignment_branch ON alignment (organization_id, branch_id, line_id, valid_from);

CREATE TABLE alignment_territory (
    organization_id uuid NOT NULL,
    alignment_id    uuid NOT NULL,
    territory_id    uuid NOT NULL,
    rep_id          uuid, -- whom a draft has in mind; who answers for it when published stands in responsibility
    sites           integer NOT NULL,
    workload        double precision NOT NULL,
    imbalance       double precision NOT NULL,
    outline         jsonb NOT NULL, -- a GeoJSON geometry
    PRIMARY KEY (organization_id, alignment_id, territory_id),
    FOREIGN KEY (organization_id, alignment_id) REFERENCES alignment,
    FOREIGN KEY (organization_id, territory_id) REFERENCES territory,
    FOREIGN KEY (organization_id, rep_id) REFERENCES rep
);

-- The ground, in disjoint cells; finer than resolution 9 where a neighbourhood is divided.
CREATE TABLE territory_cell (
    organization_id uuid NOT NULL,
    alignment_id    uuid NOT NULL,
    cell            bigint NOT NULL,
    territory_id    uuid NOT NULL,
    PRIMARY KEY (organization_id, alignment_id, cell),
    FOREIGN KEY (organization_id, alignment_id, territory_id) REFERENCES alignment_territory
);

-- The sites a design placed. A site that came later is found by its cell.
CREATE TABLE alignment_site (
    organization_id uuid NOT NULL,
    alignment_id    uuid NOT NULL,
    site_id         uuid NOT NULL,
    territory_id    uuid NOT NULL,
    PRIMARY KEY (organization_id, alignment_id, site_id),
    FOREIGN KEY (organization_id, alignment_id, territory_id) REFERENCES alignment_territory,
    FOREIGN KEY (organization_id, site_id) REFERENCES site
);
CREATE INDEX alignment_site_site ON alignment_site (organization_id, site_id);

-- Who answers for what, when. A vacancy is a fact: a row without a rep. That no two owners of one target
-- overlap is held by a lock on the target and a check in the same transaction.
CREATE TABLE responsibility (
    organization_id uuid NOT NULL,
    id              uuid NOT NULL,
    line_id         uuid NOT NULL,
    role            text NOT NULL CHECK (role IN ('OWNER', 'DEPUTY', 'KEY_ACCOUNT')),
    territory_id    uuid,
    customer_id     uuid,
    site_id         uuid,
    rep_id          uuid,
    valid_from      date NOT NULL,
    valid_to        date CHECK (valid_to > valid_from),
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, line_id) REFERENCES line,
    FOREIGN KEY (organization_id, territory_id) REFERENCES territory,
    FOREIGN KEY (organization_id, customer_id) REFERENCES customer,
    FOREIGN KEY (organization_id, site_id) REFERENCES site,
    FOREIGN KEY (organization_id, rep_id) REFERENCES rep,
    CHECK (num_nonnulls(territory_id, customer_id, site_id) = 1)
);
CREATE INDEX responsibility_territory ON responsibility (organization_id, territory_id) WHERE territory_id IS NOT NULL;
CREATE INDEX responsibility_customer ON responsibility (organization_id, customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX responsibility_site ON responsibility (organization_id, site_id) WHERE site_id IS NOT NULL;
CREATE INDEX responsibility_rep ON responsibility (organization_id, rep_id);

-- What the map draws under the work: water, parks, streets. Made by the demo's city or an OSM extract.
CREATE TABLE ground (
    organization_id uuid NOT NULL REFERENCES organization,
    id              uuid NOT NULL,
    kind            text NOT NULL,
    name            text NOT NULL DEFAULT '',
    min_zoom        integer NOT NULL,
    geometry        bytea NOT NULL, -- WKB, WGS84
    PRIMARY KEY (organization_id, id)
);

SELECT wall('SELECT, INSERT, UPDATE, DELETE', 'customer', 'legal_entity', 'site', 'site_legal_entity', 'cadence', 'external_ref',
    'import_run', 'territory', 'alignment', 'alignment_territory', 'territory_cell', 'alignment_site', 'responsibility', 'ground');

-- Street tiles are public ground: they are served before anybody signs in.
CREATE POLICY public_ground ON ground FOR SELECT TO hexbeat_watch USING (true);
GRANT SELECT ON ground TO hexbeat_watch;
