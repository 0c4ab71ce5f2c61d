package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/jackc/pgx/v5"
)

const alignmentByID = `
SELECT ` + alignmentColumns + `
FROM   alignment AS al
JOIN   branch AS b ON b.organization_id = al.organization_id AND b.id = al.branch_id
WHERE  al.organization_id = @organization AND al.id = @id AND ` + branchVisible

// Alignment reads an alignment of a branch the caller may see.
func (tx *Tx) Alignment(ctx context.Context, c auth.Caller, id uuid.UUID) (Alignment, error) {
	return one[Alignment](ctx, tx, ErrNoAlignment, alignmentByID, scope(c, pgx.StrictNamedArgs{"organization": tx.Organization, "id": id}))
}

const alignmentList = `
SELECT ` + alignmentColumns + `
FROM   alignment AS al
JOIN   branch AS b ON b.organization_id = al.organization_id AND b.id = al.branch_id
WHERE  al.organization_id = @organization AND ` + branchVisible + `
AND    (@branch::uuid IS NULL OR al.branch_id = @branch) AND (@state::text IS NULL OR al.state = @state)
ORDER  BY al.created_at DESC, al.id DESC
LIMIT  @limit`

// Alignments lists the newest alignments of the caller's branches.
func (tx *Tx) Alignments(ctx context.Context, c auth.Caller, branch *uuid.UUID, state *string, limit int) ([]Alignment, error) {
	return all[Alignment](ctx, tx, alignmentList, scope(c, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "state": state, "limit": limit,
	}))
}

const newestPublished = `
SELECT ` + alignmentColumns + `
FROM   alignment AS al
WHERE  al.organization_id = @organization AND al.branch_id = @branch AND al.line_id = @line AND al.state = 'PUBLISHED'
ORDER  BY al.valid_from DESC, al.id DESC
LIMIT  1`

// NewestPublished is the branch's alignment that was, or is to be, in force last.
func (tx *Tx) NewestPublished(ctx context.Context, branch, line uuid.UUID) (Alignment, error) {
	return one[Alignment](ctx, tx, ErrNoAlignment, newestPublished, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "line": line,
	})
}

const inForce = `
SELECT ` + alignmentColumns + `
FROM   alignment AS al
WHERE  al.organization_id = @organization AND al.branch_id = @branch AND al.line_id = @line AND al.state = 'PUBLISHED'
AND    al.valid_from <= @date AND (al.valid_to IS NULL OR al.valid_to > @date)
ORDER  BY al.valid_from DESC, al.id
LIMIT  1`

// InForce is the branch's alignment in force on a day.
func (tx *Tx) InForce(ctx context.Context, branch, line uuid.UUID, date hours.Date) (Alignment, error) {
	return one[Alignment](ctx, tx, ErrNoAlignment, inForce, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "line": line, "date": date,
	})
}

const alignedTerritories = `
SELECT t.id, t.branch_id, t.name, t.colour, at.rep_id, at.alignment_id, at.sites, at.workload, at.imbalance
FROM   alignment_territory AS at
JOIN   territory AS t ON t.organization_id = at.organization_id AND t.id = at.territory_id
WHERE  at.organization_id = @organization AND at.alignment_id = ANY(@alignments)
ORDER  BY at.alignment_id, t.name, t.id`

// AlignedTerritories lists the territories of alignments with the reps these have in mind.
func (tx *Tx) AlignedTerritories(ctx context.Context, alignments ...uuid.UUID) ([]geo.Territory, error) {
	return all[geo.Territory](ctx, tx, alignedTerritories, pgx.StrictNamedArgs{"organization": tx.Organization, "alignments": alignments})
}

// AlignedSite is a site with the territory an alignment puts it into.
type AlignedSite struct {
	Site      uuid.UUID `db:"site_id"`
	Territory uuid.UUID `db:"territory_id"`
}

const alignedSites = `
SELECT als.site_id, als.territory_id
FROM   alignment_site AS als
WHERE  als.organization_id = @organization AND als.alignment_id = @alignment
ORDER  BY als.site_id`

// AlignedSites lists where an alignment puts sites.
func (tx *Tx) AlignedSites(ctx context.Context, alignment uuid.UUID) ([]AlignedSite, error) {
	return all[AlignedSite](ctx, tx, alignedSites, pgx.StrictNamedArgs{"organization": tx.Organization, "alignment": alignment})
}

const lateSites = `
SELECT s.id, s.lat, s.lon
FROM   site AS s
WHERE  s.organization_id = @organization AND s.branch_id = @branch AND s.lat IS NOT NULL
AND    NOT EXISTS (SELECT FROM alignment_site AS als
                   WHERE als.organization_id = s.organization_id AND als.alignment_id = @alignment AND als.site_id = s.id)
ORDER  BY s.id`

// LateSite is a located site that an alignment does not know.
type LateSite struct {
	ID  uuid.UUID `db:"id"`
	Lat float64   `db:"lat"`
	Lon float64   `db:"lon"`
}

// LateSites lists the branch's sites that came after an alignment was made.
func (tx *Tx) LateSites(ctx context.Context, a Alignment) ([]LateSite, error) {
	return all[LateSite](ctx, tx, lateSites, pgx.StrictNamedArgs{"organization": tx.Organization, "branch": a.BranchID, "alignment": a.ID})
}

// Handover is work that an alignment would take from one rep to another; nil is nobody.
type Handover struct {
	From     *uuid.UUID `db:"from_rep"`
	To       *uuid.UUID `db:"to_rep"`
	Sites    int        `db:"sites"`
	Workload float64    `db:"workload"`
}

const handovers = `
SELECT owner.rep_id AS from_rep, new.rep_id AS to_rep, count(*) AS sites, sum(s.workload) AS workload
FROM   site AS s` + ownerOf + `
LEFT   JOIN alignment_site AS ns ON ns.organization_id = s.organization_id AND ns.alignment_id = @alignment AND ns.site_id = s.id
LEFT   JOIN alignment_territory AS new ON new.organization_id = ns.organization_id AND new.alignment_id = ns.alignment_id
       AND new.territory_id = ns.territory_id
WHERE  s.organization_id = @organization AND s.branch_id = @branch AND s.status IN ('PROSPECT', 'ACTIVE') AND s.lat IS NOT NULL
AND    own.id IS NULL AND acc.id IS NULL AND new.rep_id IS DISTINCT FROM owner.rep_id
GROUP  BY 1, 2
ORDER  BY 4 DESC, 1 NULLS FIRST, 2 NULLS FIRST`

// Handovers compares an alignment with who answers for the sites on a day. Sites that are a rep's by name, whatever the territory, stay.
func (tx *Tx) Handovers(ctx context.Context, a Alignment, date hours.Date) ([]Handover, error) {
	return all[Handover](ctx, tx, handovers, pgx.StrictNamedArgs{
		"organization": tx.Organization, "alignment": a.ID, "branch": a.BranchID, "line": a.LineID, "date": date,
	})
}

// OwnedSite is a site that is a rep's by name, or by its customer's.
type OwnedSite struct {
	Site uuid.UUID  `db:"site_id"`
	Rep  *uuid.UUID `db:"rep_id"`
}

// A rep of the site itself goes before one of its customer, as everywhere.
const ownedSites = `
SELECT s.id AS site_id, r.rep_id
FROM   site AS s
JOIN   responsibility AS r ON r.organization_id = s.organization_id AND r.line_id = @line AND r.role = 'OWNER'
       AND r.valid_from <= @date AND (r.valid_to IS NULL OR r.valid_to > @date)
       AND (r.site_id = s.id OR r.customer_id = s.customer_id AND NOT EXISTS (
            SELECT FROM responsibility AS o
            WHERE  o.organization_id = s.organization_id AND o.site_id = s.id AND o.line_id = @line AND o.role = 'OWNER'
            AND    o.valid_from <= @date AND (o.valid_to IS NULL OR o.valid_to > @date)))
WHERE  s.organization_id = @organization AND s.branch_id = @branch
ORDER  BY s.id, r.rep_id`

// OwnedSites lists the sites of a branch for which somebody answers whatever their territory; one may have several such reps.
func (tx *Tx) OwnedSites(ctx context.Context, branch, line uuid.UUID, date hours.Date) ([]OwnedSite, error) {
	return all[OwnedSite](ctx, tx, ownedSites, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "line": line, "date": date,
	})
}

// PastSite is a site as an alignment found it when it was published.
type PastSite struct {
	ID        uuid.UUID `db:"id"`
	Lat       float64   `db:"lat"`
	Lon       float64   `db:"lon"`
	Workload  float64   `db:"workload"` // as of now: what it was is known of whole territories only
	Territory uuid.UUID `db:"territory_id"`
}

const sitesAtPublication = `
SELECT s.id, s.lat, s.lon, s.workload, als.territory_id
FROM   alignment AS al
JOIN   alignment_site AS als ON als.organization_id = al.organization_id AND als.alignment_id = al.id
JOIN   site AS s ON s.organization_id = als.organization_id AND s.id = als.site_id
WHERE  al.organization_id = @organization AND al.id = @alignment AND s.created_at <= al.published_at AND s.lat IS NOT NULL
ORDER  BY s.id`

// SitesAtPublication lists the sites an alignment was published with, those closed since included.
func (tx *Tx) SitesAtPublication(ctx context.Context, alignment uuid.UUID) ([]PastSite, error) {
	return all[PastSite](ctx, tx, sitesAtPublication, pgx.StrictNamedArgs{"organization": tx.Organization, "alignment": alignment})
}

// SiteCalls is how often a site is called on.
type SiteCalls struct {
	Site    uuid.UUID `db:"site_id"`
	PerWeek float64   `db:"per_week"`
}

const callsPerWeek = `
SELECT c.site_id, sum(7.0 / c.every_days)::double precision AS per_week
FROM   cadence AS c
JOIN   site AS s ON s.organization_id = c.organization_id AND s.id = c.site_id
WHERE  c.organization_id = @organization AND s.branch_id = @branch AND c.line_id = @line
AND    c.valid_from <= @date AND (c.valid_to IS NULL OR c.valid_to > @date)
GROUP  BY c.site_id
ORDER  BY c.site_id`

// CallsPerWeek lists how often the sites of a branch are called on for a line.
func (tx *Tx) CallsPerWeek(ctx context.Context, branch, line uuid.UUID, date hours.Date) ([]SiteCalls, error) {
	return all[SiteCalls](ctx, tx, callsPerWeek, pgx.StrictNamedArgs{
		"organization": tx.Organization, "branch": branch, "line": line, "date": date,
	})
}
