package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/jackc/pgx/v5"
)

// The rows of an import travel as one JSON document per statement: PostgreSQL unpacks it into a table.

// ImportedCustomer is a customer as a file tells of it.
type ImportedCustomer struct {
	ID      uuid.UUID `json:"id"`
	Name    string    `json:"name"`
	Segment string    `json:"segment"` // empty: not said
}

// ImportedSite is a site as a file tells of it.
type ImportedSite struct {
	ID         uuid.UUID         `json:"id"`
	Customer   uuid.UUID         `json:"customer_id"`
	Branch     uuid.UUID         `json:"branch_id"`
	Name       string            `json:"name"`
	Address    string            `json:"address"`
	Lat        *float64          `json:"lat"` // nil with Lon and Cell: the file has only an address
	Lon        *float64          `json:"lon"`
	Cell       *int64            `json:"cell"`
	TimeZone   string            `json:"time_zone"`
	Hours      hours.Week        `json:"hours"`
	Category   string            `json:"category"`
	Service    float64           `json:"service"` // seconds
	Priority   int               `json:"priority"`
	Workload   float64           `json:"workload"`
	Phone      string            `json:"phone"`
	Tags       []string          `json:"tags"`
	Attributes map[string]string `json:"attributes"`
}

// ImportedCadence is how often a file wants a site to be visited.
type ImportedCadence struct {
	ID       uuid.UUID      `json:"id"` // of the row, if it has to be made
	Site     uuid.UUID      `json:"site_id"`
	Line     uuid.UUID      `json:"line_id"`
	Kind     string         `json:"kind"`
	Every    int            `json:"every_days"`
	Weekdays []time.Weekday `json:"weekdays"`
	From     hours.Date     `json:"valid_from"`
}

// ImportedEntity is the legal entity behind a site.
type ImportedEntity struct {
	ID       uuid.UUID  `json:"id"` // of the entity, if it has to be made
	Customer uuid.UUID  `json:"customer_id"`
	INN      string     `json:"inn"`
	Site     uuid.UUID  `json:"site_id"`
	From     hours.Date `json:"valid_from"`
}

const lockImports = `
SELECT set_config('plan_cache_mode', 'force_custom_plan', true)
FROM  (SELECT FROM organization AS o WHERE o.organization_id = @organization FOR NO KEY UPDATE) AS own`

// LockImports makes imports of one organization take turns, part by part; nothing else waits for it. Plans are made anew for each part: one
// made while the tables were empty would read them from end to end ever after.
func (tx *Tx) LockImports(ctx context.Context) error {
	return tx.exec(ctx, -1, lockImports, pgx.StrictNamedArgs{"organization": tx.Organization})
}

const (
	insertCustomers = `
INSERT INTO customer (organization_id, id, name, segment, created_at)
SELECT @organization, t.id, t.name, t.segment, @at
FROM   jsonb_to_recordset(@rows) AS t (id uuid, name text, segment text)`

	updateCustomers = `
UPDATE customer AS c
SET    name = CASE WHEN t.name <> '' THEN t.name ELSE c.name END, segment = CASE WHEN t.segment <> '' THEN t.segment ELSE c.segment END
FROM   jsonb_to_recordset(@rows) AS t (id uuid, name text, segment text)
WHERE  c.organization_id = @organization AND c.id = t.id
AND   (t.name NOT IN ('', c.name) OR t.segment NOT IN ('', c.segment))`
)

// AddCustomers writes customers that are new.
func (tx *Tx) AddCustomers(ctx context.Context, list []ImportedCustomer, at time.Time) error {
	if len(list) == 0 {
		return nil
	}
	return tx.exec(ctx, len(list), insertCustomers, pgx.StrictNamedArgs{"organization": tx.Organization, "rows": list, "at": at})
}

// ChangeCustomers writes names and segments again; an empty one stays as it was.
func (tx *Tx) ChangeCustomers(ctx context.Context, list []ImportedCustomer) error {
	if len(list) == 0 {
		return nil
	}
	return tx.exec(ctx, -1, updateCustomers, pgx.StrictNamedArgs{"organization": tx.Organization, "rows": list})
}

const siteRecord = `AS t (id uuid, customer_id uuid, branch_id uuid, name text, address text, lat double precision, lon double precision,
    cell bigint, time_zone text, hours jsonb, category text, service double precision, priority integer, workload double precision,
    phone text, tags text[], attributes jsonb)`

const (
	insertSites = `
INSERT INTO site (organization_id, id, customer_id, branch_id, name, address, lat, lon, cell, pin_source, time_zone, hours, category,
    service, priority, workload, phone, tags, attributes, created_at)
SELECT @organization, t.id, t.customer_id, t.branch_id, t.name, t.address, t.lat, t.lon, t.cell,
    CASE WHEN t.cell IS NULL THEN 'NONE' ELSE 'FILE' END, t.time_zone, t.hours, t.category, make_interval(secs => t.service), t.priority,
    t.workload, nullif(t.phone, ''), coalesce(t.tags, '{}'), coalesce(nullif(t.attributes, 'null'), '{}'), @at
FROM   jsonb_to_recordset(@rows) ` + siteRecord

	// A pin that somebody on the spot has set is better than the file's, and any pin is better than none.
	updateSites = `
UPDATE site AS s
SET    customer_id = t.customer_id, branch_id = t.branch_id, name = t.name, address = t.address,
       lat = CASE WHEN pin.moves THEN t.lat ELSE s.lat END, lon = CASE WHEN pin.moves THEN t.lon ELSE s.lon END,
       cell = CASE WHEN pin.moves THEN t.cell ELSE s.cell END, pin_source = CASE WHEN pin.moves THEN 'FILE' ELSE s.pin_source END,
       time_zone = t.time_zone, hours = t.hours, category = t.category, service = make_interval(secs => t.service), priority = t.priority,
       workload = t.workload, phone = nullif(t.phone, ''), tags = coalesce(t.tags, '{}'),
       attributes = coalesce(nullif(t.attributes, 'null'), '{}'), version = s.version + 1
FROM   site AS old
JOIN   jsonb_to_recordset(@rows) ` + siteRecord + ` ON old.id = t.id
CROSS  JOIN LATERAL (SELECT t.cell IS NOT NULL AND old.pin_source IN ('NONE', 'FILE', 'GEOCODER') AS moves) AS pin
WHERE  old.organization_id = @organization AND s.organization_id = @organization AND s.id = old.id
RETURNING s.id, s.version, old.branch_id`
)

// AddSites writes sites that are new.
func (tx *Tx) AddSites(ctx context.Context, list []ImportedSite, at time.Time) error {
	if len(list) == 0 {
		return nil
	}
	return tx.exec(ctx, len(list), insertSites, pgx.StrictNamedArgs{"organization": tx.Organization, "rows": list, "at": at})
}

// SiteChanged is a site that an import wrote again.
type SiteChanged struct {
	ID      uuid.UUID `db:"id"`
	Version int       `db:"version"`
	Branch  uuid.UUID `db:"branch_id"` // as it was before
}

// ChangeSites writes sites again. A pin set by a person or a phone stays.
func (tx *Tx) ChangeSites(ctx context.Context, list []ImportedSite) ([]SiteChanged, error) {
	if len(list) == 0 {
		return nil, nil
	}
	return all[SiteChanged](ctx, tx, updateSites, pgx.StrictNamedArgs{"organization": tx.Organization, "rows": list})
}

const cadenceRecord = `jsonb_to_recordset(@rows) AS t (id uuid, site_id uuid, line_id uuid, kind text, every_days integer, weekdays integer[], valid_from date)`

const (
	correctCadences = `
UPDATE cadence AS c
SET    every_days = t.every_days, weekdays = coalesce(t.weekdays, '{}')
FROM   ` + cadenceRecord + `
WHERE  c.organization_id = @organization AND c.site_id = t.site_id AND c.line_id = t.line_id AND c.kind = t.kind
AND    c.valid_to IS NULL AND c.valid_from >= t.valid_from
AND   (c.every_days, c.weekdays) IS DISTINCT FROM (t.every_days, coalesce(t.weekdays, '{}'))`

	endCadences = `
UPDATE cadence AS c
SET    valid_to = t.valid_from
FROM   ` + cadenceRecord + `
WHERE  c.organization_id = @organization AND c.site_id = t.site_id AND c.line_id = t.line_id AND c.kind = t.kind
AND    c.valid_to IS NULL AND c.valid_from < t.valid_from
AND   (c.every_days, c.weekdays) IS DISTINCT FROM (t.every_days, coalesce(t.weekdays, '{}'))`

	addCadences = `
INSERT INTO cadence (organization_id, id, site_id, line_id, kind, every_days, weekdays, valid_from)
SELECT @organization, t.id, t.site_id, t.line_id, t.kind, t.every_days, coalesce(t.weekdays, '{}'), t.valid_from
FROM   ` + cadenceRecord

	beginCadences = addCadences + `
WHERE  NOT EXISTS (
    SELECT FROM cadence AS c
    WHERE  c.organization_id = @organization AND c.site_id = t.site_id AND c.line_id = t.line_id AND c.kind = t.kind AND c.valid_to IS NULL)`
)

// AddCadences says how often new sites are to be visited.
func (tx *Tx) AddCadences(ctx context.Context, list []ImportedCadence) error {
	if len(list) == 0 {
		return nil
	}
	return tx.exec(ctx, len(list), addCadences, pgx.StrictNamedArgs{"organization": tx.Organization, "rows": list})
}

// SetCadences says how often sites are to be visited from a day on. A rhythm that is the same goes on; one that began on the same day
// is corrected.
func (tx *Tx) SetCadences(ctx context.Context, list []ImportedCadence) error {
	if len(list) == 0 {
		return nil
	}
	for _, sql := range []string{correctCadences, endCadences, beginCadences} {
		if err := tx.exec(ctx, -1, sql, pgx.StrictNamedArgs{"organization": tx.Organization, "rows": list}); err != nil {
			return err
		}
	}
	return nil
}

const entityRecord = `jsonb_to_recordset(@rows) AS t (id uuid, customer_id uuid, inn text, site_id uuid, valid_from date)`

// entityOf finds the entity that addEntities made or found.
const entityOf = ` JOIN legal_entity AS e ON e.organization_id = @organization AND e.customer_id = t.customer_id AND e.inn = t.inn AND e.kpp IS NULL`

const (
	addEntities = `
INSERT INTO legal_entity (organization_id, id, customer_id, inn)
SELECT @organization, t.id, t.customer_id, t.inn
FROM   ` + entityRecord + `
ON CONFLICT DO NOTHING`

	correctEntities = `
UPDATE site_legal_entity AS l
SET    legal_entity_id = e.id
FROM   ` + entityRecord + entityOf + `
WHERE  l.organization_id = @organization AND l.site_id = t.site_id AND l.valid_to IS NULL AND l.valid_from >= t.valid_from
AND    l.legal_entity_id <> e.id`

	endEntities = `
UPDATE site_legal_entity AS l
SET    valid_to = t.valid_from
FROM   ` + entityRecord + entityOf + `
WHERE  l.organization_id = @organization AND l.site_id = t.site_id AND l.valid_to IS NULL AND l.valid_from < t.valid_from
AND    l.legal_entity_id <> e.id`

	beginEntities = `
INSERT INTO site_legal_entity (organization_id, site_id, legal_entity_id, valid_from)
SELECT @organization, t.site_id, e.id, t.valid_from
FROM   ` + entityRecord + entityOf + `
WHERE  NOT EXISTS (
    SELECT FROM site_legal_entity AS l
    WHERE  l.organization_id = @organization AND l.site_id = t.site_id AND l.valid_to IS NULL)`
)

// SetEntities says which legal entity stands behind sites from a day on; what stood there before is kept with its dates.
func (tx *Tx) SetEntities(ctx context.Context, list []ImportedEntity) error {
	if len(list) == 0 {
		return nil
	}
	for _, sql := range []string{addEntities, correctEntities, endEntities, beginEntities} {
		if err := tx.exec(ctx, -1, sql, pgx.StrictNamedArgs{"organization": tx.Organization, "rows": list}); err != nil {
			return err
		}
	}
	return nil
}

// ImportCount is what one part of an import came to.
type ImportCount struct {
	Added, Changed, Unchanged, Refused int
}

const countImport = `
INSERT INTO import_run AS r (organization_id, id, kind, source, started_at, finished_at, added, changed, unchanged, refused)
VALUES (@organization, @id, @kind, @source, @at, @at, @added, @changed, @unchanged, @refused)
ON CONFLICT (organization_id, id) DO UPDATE
SET finished_at = excluded.finished_at, added = r.added + excluded.added, changed = r.changed + excluded.changed,
    unchanged = r.unchanged + excluded.unchanged, refused = r.refused + excluded.refused`

// CountImport adds one part's figures to its run, which the first part begins.
func (tx *Tx) CountImport(ctx context.Context, run uuid.UUID, kind, source string, n ImportCount, at time.Time) error {
	return tx.exec(ctx, 1, countImport, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": run, "kind": kind, "source": source, "at": at,
		"added": n.Added, "changed": n.Changed, "unchanged": n.Unchanged, "refused": n.Refused,
	})
}

const lineNames = `
SELECT l.id, lower(l.code) AS code, lower(l.name_ru) AS name_ru, lower(l.name_en) AS name_en, l.is_default
FROM   line AS l
WHERE  l.organization_id = @organization
ORDER  BY l.id`

// Lines finds sales lines by code or name in small letters; the default one is also under the empty name.
func (tx *Tx) Lines(ctx context.Context) (map[string]uuid.UUID, error) {
	list, err := all[struct {
		ID        uuid.UUID
		Code      string
		NameRu    string
		NameEn    string
		IsDefault bool
	}](ctx, tx, lineNames, pgx.StrictNamedArgs{"organization": tx.Organization})
	found := map[string]uuid.UUID{}
	for _, l := range list {
		found[l.Code], found[l.NameRu], found[l.NameEn] = l.ID, l.ID, l.ID
		if l.IsDefault {
			found[""] = l.ID
		}
	}
	return found, err
}
