package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/jackc/pgx/v5"
)

// SiteOwner is who answers for a site by name, whatever territory it lies in.
type SiteOwner struct {
	Site uuid.UUID  `db:"site_id"`
	Line uuid.UUID  `db:"line_id"`
	Rep  *uuid.UUID `db:"rep_id"` // nil: nobody, by name
	Own  bool       `db:"own"`    // false: whoever answers for its customer or its territory
}

const siteOwners = `
SELECT given.site_id, given.line_id, r.rep_id, r.id IS NOT NULL AS own
FROM   unnest(@sites::uuid[], @lines::uuid[]) AS given (site_id, line_id)
LEFT   JOIN responsibility AS r ON r.organization_id = @organization AND r.site_id = given.site_id AND r.line_id = given.line_id
       AND r.role = 'OWNER' AND r.valid_from <= @date AND (r.valid_to IS NULL OR r.valid_to > @date)
ORDER  BY given.site_id, given.line_id`

// SiteOwners reads who answers by name for the sites of these on a day.
func (tx *Tx) SiteOwners(ctx context.Context, of []SiteOwner, date hours.Date) ([]SiteOwner, error) {
	args := siteArgs(tx, of)
	args["date"] = date
	delete(args, "reps")
	return all[SiteOwner](ctx, tx, siteOwners, args)
}

const (
	dropSiteOwners = `
DELETE FROM responsibility AS r
USING  unnest(@sites::uuid[], @lines::uuid[]) AS given (site_id, line_id)
WHERE  r.organization_id = @organization AND r.site_id = given.site_id AND r.line_id = given.line_id AND r.role = 'OWNER' AND r.valid_from >= @date`

	endSiteOwners = `
UPDATE responsibility AS r
SET    valid_to = @date
FROM   unnest(@sites::uuid[], @lines::uuid[]) AS given (site_id, line_id)
WHERE  r.organization_id = @organization AND r.site_id = given.site_id AND r.line_id = given.line_id AND r.role = 'OWNER'
AND    r.valid_from < @date AND (r.valid_to IS NULL OR r.valid_to > @date)`

	insertSiteOwners = `
INSERT INTO responsibility (organization_id, id, line_id, role, site_id, rep_id, valid_from)
SELECT @organization, given.id, given.line_id, 'OWNER', given.site_id, given.rep_id, @date
FROM   unnest(@ids::uuid[], @sites::uuid[], @lines::uuid[], @reps::uuid[]) AS given (id, site_id, line_id, rep_id)`
)

// SetSiteOwners makes reps answer for sites by name from a day on; where Own is false, whoever answers for customer or territory does again.
// The branch must be locked: that lock keeps two owners of one site from overlapping.
func (tx *Tx) SetSiteOwners(ctx context.Context, owners []SiteOwner, date hours.Date, newID func() uuid.UUID) error {
	for _, sql := range []string{dropSiteOwners, endSiteOwners} {
		args := siteArgs(tx, owners)
		args["date"] = date
		delete(args, "reps")
		if err := tx.exec(ctx, -1, sql, args); err != nil {
			return err
		}
	}
	var named []SiteOwner
	var ids []uuid.UUID
	for _, o := range owners {
		if o.Own {
			named, ids = append(named, o), append(ids, newID())
		}
	}
	args := siteArgs(tx, named)
	args["date"], args["ids"] = date, ids
	return tx.exec(ctx, len(named), insertSiteOwners, args)
}

func siteArgs(tx *Tx, owners []SiteOwner) pgx.StrictNamedArgs {
	var sites, lines []uuid.UUID
	var reps []*uuid.UUID
	for _, o := range owners {
		sites, lines, reps = append(sites, o.Site), append(lines, o.Line), append(reps, o.Rep)
	}
	return pgx.StrictNamedArgs{"organization": tx.Organization, "sites": sites, "lines": lines, "reps": reps}
}
