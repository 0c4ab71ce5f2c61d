package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/jackc/pgx/v5"
)

// Owed is a site that a cadence asks to visit and that has no open visit from it.
type Owed struct {
	Site      uuid.UUID     `db:"site_id"`
	Customer  uuid.UUID     `db:"customer_id"`
	Line      uuid.UUID     `db:"line_id"`
	Kind      string        `db:"kind"`
	Every     int           `db:"every_days"`
	Weekdays  []int         `db:"weekdays"`
	Since     hours.Date    `db:"since"` // when the cadence began
	Last      *hours.Date   `db:"last"`  // the last call that counts
	Service   time.Duration `db:"service"`
	Priority  int           `db:"priority"`
	TimeZone  string        `db:"time_zone"`
	Located   bool          `db:"located"`
	Rep       *uuid.UUID    `db:"rep_id"` // who answers for it; nil: nobody
	Territory *uuid.UUID    `db:"territory_id"`
	Segment   string        `db:"segment"` // of its customer
}

// Cadence is the site's rhythm as the domain knows it.
func (o Owed) Cadence() customer.Cadence {
	c := customer.Cadence{SiteID: o.Site, Every: o.Every}
	for _, d := range o.Weekdays {
		c.Weekdays = append(c.Weekdays, time.Weekday(d))
	}
	return c
}

// ownerOf joins to a site s who answers for it on a day: a row for the site itself goes before one for its customer, and that before
// its territory's. It is joined and not kept apart as a query of its own:
// each step is one look into an index, however little the planner knows of a record that was filled a moment ago.
const ownerOf = `
LEFT   JOIN alignment AS al ON al.organization_id = s.organization_id AND al.branch_id = s.branch_id AND al.line_id = @line
       AND al.state = 'PUBLISHED' AND al.valid_from <= @date AND (al.valid_to IS NULL OR al.valid_to > @date)
LEFT   JOIN alignment_site AS placed ON placed.organization_id = s.organization_id AND placed.alignment_id = al.id AND placed.site_id = s.id
LEFT   JOIN responsibility AS ter ON ter.organization_id = s.organization_id AND ter.territory_id = placed.territory_id AND ter.line_id = @line
       AND ter.role = 'OWNER' AND ter.valid_from <= @date AND (ter.valid_to IS NULL OR ter.valid_to > @date)
LEFT   JOIN responsibility AS acc ON acc.organization_id = s.organization_id AND acc.customer_id = s.customer_id AND acc.line_id = @line
       AND acc.role = 'OWNER' AND acc.valid_from <= @date AND (acc.valid_to IS NULL OR acc.valid_to > @date)
LEFT   JOIN responsibility AS own ON own.organization_id = s.organization_id AND own.site_id = s.id AND own.line_id = @line
       AND own.role = 'OWNER' AND own.valid_from <= @date AND (own.valid_to IS NULL OR own.valid_to > @date)
CROSS  JOIN LATERAL (SELECT CASE WHEN own.id IS NOT NULL THEN own.rep_id WHEN acc.id IS NOT NULL THEN acc.rep_id ELSE ter.rep_id END AS rep_id) AS owner`

const owedVisits = `
SELECT s.id AS site_id, s.customer_id, c.line_id, c.kind, c.every_days, c.weekdays, c.valid_from AS since, done.last, s.service, s.priority,
       s.time_zone, s.lat IS NOT NULL AS located, owner.rep_id, placed.territory_id, cu.segment
FROM   site AS s
JOIN   customer AS cu ON cu.organization_id = s.organization_id AND cu.id = s.customer_id
JOIN   cadence AS c ON c.organization_id = s.organization_id AND c.site_id = s.id AND c.line_id = @line
       AND c.valid_from <= @date AND (c.valid_to IS NULL OR c.valid_to > @date)
CROSS  JOIN LATERAL (SELECT max(v.date) AS last
                     FROM   visit AS v
                     WHERE  v.organization_id = s.organization_id AND v.site_id = s.id AND v.line_id = c.line_id AND v.kind = c.kind
                     AND    v.state = 'DONE') AS done` + ownerOf + `
WHERE  s.organization_id = @organization AND s.branch_id = @branch AND s.status = 'ACTIVE'
AND    NOT EXISTS (SELECT FROM visit AS open
                   WHERE open.organization_id = s.organization_id AND open.site_id = s.id AND open.line_id = c.line_id AND open.kind = c.kind
                   AND   open.origin = 'CADENCE' AND open.state NOT IN ('DONE', 'MISSED', 'CANCELLED'))
ORDER  BY s.id, c.kind`

// OwedVisits lists what the cadences of a branch and line ask for and nobody has planned yet.
func (tx *Tx) OwedVisits(ctx context.Context, branch, line uuid.UUID, date hours.Date) ([]Owed, error) {
	return all[Owed](ctx, tx, owedVisits, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "line": line, "date": date,
	})
}

const lockBranch = `
SELECT b.id FROM branch AS b WHERE b.organization_id = @organization AND b.id = @branch FOR NO KEY UPDATE`

// LockBranch makes acts that concern a whole branch go one after the other.
func (tx *Tx) LockBranch(ctx context.Context, branch uuid.UUID) error {
	locked, err := values[uuid.UUID](ctx, tx, lockBranch, pgx.StrictNamedArgs{"organization": tx.Organization, "branch": branch})
	if err == nil && len(locked) == 0 {
		return roster.ErrNoBranch
	}
	return err
}

const lockBacklog = `
SELECT ` + visitColumns + `
FROM   visit AS v
WHERE  v.organization_id = @organization AND v.rep_id = @rep AND v.state = 'BACKLOG' AND v.due_from <= @until
ORDER  BY v.id
FOR NO KEY UPDATE`

// LockBacklog reads what a rep owes up to a moment, with the sites; nobody else can change these visits until the transaction ends.
func (tx *Tx) LockBacklog(ctx context.Context, rep uuid.UUID, until time.Time) ([]dispatch.Call, error) {
	visits, err := all[dispatch.Visit](ctx, tx, lockBacklog, pgx.StrictNamedArgs{
		"organization": tx.Organization, "rep": rep, "until": until,
	})
	if err != nil {
		return nil, err
	}
	return tx.callsOf(ctx, rep, visits)
}

const lockAssigned = `
SELECT ` + visitColumns + `
FROM   visit AS v
WHERE  v.organization_id = @organization AND v.rep_id = @rep AND v.state = 'ASSIGNED' AND v.date = @date
ORDER  BY v.id
FOR NO KEY UPDATE`

// LockAssigned reads what a rep was to do on a day and has not begun, as LockBacklog does.
func (tx *Tx) LockAssigned(ctx context.Context, rep uuid.UUID, date hours.Date) ([]dispatch.Call, error) {
	visits, err := all[dispatch.Visit](ctx, tx, lockAssigned, pgx.StrictNamedArgs{
		"organization": tx.Organization, "rep": rep, "date": date,
	})
	if err != nil {
		return nil, err
	}
	return tx.callsOf(ctx, rep, visits)
}

const daysLeft = `
SELECT DISTINCT v.rep_id, v.date
FROM   rep AS r
JOIN   visit AS v ON v.organization_id = r.organization_id AND v.rep_id = r.id AND v.state = 'ASSIGNED'
WHERE  r.organization_id = @organization AND r.branch_id = @branch AND v.date < @today
ORDER  BY v.date, v.rep_id`

// DayOfRep is one day of one rep.
type DayOfRep struct {
	Rep  uuid.UUID  `db:"rep_id"`
	Date hours.Date `db:"date"`
}

// DaysLeft lists the days before today on which reps of a branch have visits that nobody has begun.
func (tx *Tx) DaysLeft(ctx context.Context, branch uuid.UUID, today hours.Date) ([]DayOfRep, error) {
	return all[DayOfRep](ctx, tx, daysLeft, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "today": today,
	})
}

// callsOf reads the sites of a rep's visits.
func (tx *Tx) callsOf(ctx context.Context, rep uuid.UUID, visits []dispatch.Visit) ([]dispatch.Call, error) {
	ids := make([]uuid.UUID, 0, len(visits))
	for _, v := range visits {
		ids = append(ids, v.SiteID)
	}
	sites, err := tx.Sites(ctx, ids)
	if err != nil {
		return nil, err
	}
	siteOf := byKey(sites, func(s customer.Site) uuid.UUID { return s.ID })
	calls := make([]dispatch.Call, 0, len(visits))
	for _, v := range visits {
		calls = append(calls, dispatch.Call{Visit: v, Site: siteOf[v.SiteID], Owner: &rep})
	}
	return calls, nil
}

const updateVisits = `
UPDATE visit AS v
SET    state = given.state, queue_reason = given.queue_reason, rep_id = given.rep, date = given.date, epoch = given.epoch, version = given.version
FROM   unnest(@ids::uuid[], @states::text[], @reasons::text[], @reps::uuid[], @dates::date[], @epochs::integer[], @versions::integer[])
       AS given (id, state, queue_reason, rep, date, epoch, version)
WHERE  v.organization_id = @organization AND v.id = given.id AND v.version = given.version - 1`

// SaveVisits writes states, reps and days of many changed visits, each over the version before it.
func (tx *Tx) SaveVisits(ctx context.Context, visits []dispatch.Visit) error {
	var ids []uuid.UUID
	var states []string
	var reps []*uuid.UUID
	var dates []*hours.Date
	var reasons []*dispatch.QueueReason
	var epochs, versions []int
	for _, v := range visits {
		reasons, epochs = append(reasons, v.QueueReason), append(epochs, v.Epoch)
		ids, states, reps = append(ids, v.ID), append(states, string(v.State)), append(reps, v.RepID)
		dates, versions = append(dates, v.Date), append(versions, int(v.Version))
	}
	return tx.exec(ctx, len(visits), updateVisits, pgx.StrictNamedArgs{
		"organization": tx.Organization, "ids": ids, "states": states, "reps": reps, "dates": dates,
		"reasons": reasons, "epochs": epochs, "versions": versions,
	})
}

// PlacedSite is a site as territory design sees it.
type PlacedSite struct {
	ID        uuid.UUID  `db:"id"`
	Lat       float64    `db:"lat"`
	Lon       float64    `db:"lon"`
	Workload  float64    `db:"workload"`
	Territory *uuid.UUID `db:"territory_id"` // today's
}

const placedSites = `
SELECT s.id, s.lat, s.lon, s.workload, placed.territory_id
FROM   site AS s` + ownerOf + `
WHERE  s.organization_id = @organization AND s.branch_id = @branch AND s.status IN ('PROSPECT', 'ACTIVE') AND s.lat IS NOT NULL
ORDER  BY s.id`

// PlacedSites lists the located sites of a branch with the territory each is in on a day.
func (tx *Tx) PlacedSites(ctx context.Context, branch, line uuid.UUID, date hours.Date) ([]PlacedSite, error) {
	return all[PlacedSite](ctx, tx, placedSites, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "line": line, "date": date,
	})
}

const foreignCells = `
SELECT DISTINCT s.cell
FROM   site AS s
WHERE  s.organization_id = @organization AND s.branch_id <> @branch AND s.status IN ('PROSPECT', 'ACTIVE') AND s.cell IS NOT NULL
ORDER  BY s.cell`

// ForeignCells lists where the other branches of the organization have sites: that ground is not this branch's to take.
func (tx *Tx) ForeignCells(ctx context.Context, branch uuid.UUID) ([]geo.Cell, error) {
	return values[geo.Cell](ctx, tx, foreignCells, pgx.StrictNamedArgs{"organization": tx.Organization, "branch": branch})
}
