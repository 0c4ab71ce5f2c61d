package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/jackc/pgx/v5"
)

// Placement is a located site with every cell that may hold it in an alignment, at each resolution one.
type Placement struct {
	Site  uuid.UUID
	Cells []geo.Cell
}

// An alignment's cells are disjoint: at most one of a site's is among them.
const placeSites = `
INSERT INTO alignment_site (organization_id, alignment_id, site_id, territory_id)
SELECT s.organization_id, al.id, s.id, tc.territory_id
FROM   unnest(@sites::uuid[], @cells::bigint[]) AS given (site_id, cell)
JOIN   site AS s ON s.organization_id = @organization AND s.id = given.site_id
JOIN   alignment AS al ON al.organization_id = s.organization_id AND al.branch_id = s.branch_id AND al.state = 'PUBLISHED'
       AND (al.valid_to IS NULL OR al.valid_to > @date)
JOIN   territory_cell AS tc ON tc.organization_id = s.organization_id AND tc.alignment_id = al.id AND tc.cell = given.cell
ON CONFLICT DO NOTHING`

// PlaceSites gives sites that no design placed to the territories whose ground they stand on, in every alignment in force on the
// day or later. A site that has its territory keeps it.
func (tx *Tx) PlaceSites(ctx context.Context, placements []Placement, date hours.Date) error {
	var sites []uuid.UUID
	var cells []geo.Cell
	for _, p := range placements {
		for _, c := range p.Cells {
			sites, cells = append(sites, p.Site), append(cells, c)
		}
	}
	if len(sites) == 0 {
		return nil
	}
	return tx.exec(ctx, -1, placeSites, pgx.StrictNamedArgs{
		"organization": tx.Organization, "sites": sites, "cells": cells, "date": date,
	})
}

// PlacedSite is a site as territory design sees it.
type PlacedSite struct {
	ID        uuid.UUID  `db:"id"`
	Lat       float64    `db:"lat"`
	Lon       float64    `db:"lon"`
	Workload  float64    `db:"workload"`
	Territory *uuid.UUID `db:"territory_id"` // today's
	Account   *uuid.UUID `db:"account"`      // the rep who answers for it whatever its territory: the site or its customer is theirs by name
	Open      bool       `db:"open"`         // somebody is on the way, or has promised to come
}

const placedSites = `
SELECT s.id, s.lat, s.lon, CASE WHEN line.is_default THEN s.workload ELSE calls.minutes END AS workload, placed.territory_id,
       CASE WHEN own.id IS NOT NULL THEN own.rep_id ELSE acc.rep_id END AS account,
       EXISTS (SELECT FROM visit AS v
               WHERE  v.organization_id = s.organization_id AND v.site_id = s.id AND v.line_id = @line
               AND    (v.state IN ('PLANNED', 'ASSIGNED', 'UNDER_WAY')
                       OR v.state IN ('BACKLOG', 'QUEUED') AND (v.promised_from IS NOT NULL OR v.rep_pinned))) AS open
FROM   site AS s
JOIN   line ON line.organization_id = s.organization_id AND line.id = @line
CROSS  JOIN LATERAL (SELECT sum(extract(epoch FROM s.service)::double precision / 60 * 28 / c.every_days) AS minutes
                     FROM   cadence AS c
                     WHERE  c.organization_id = s.organization_id AND c.site_id = s.id AND c.line_id = @line
                     AND    c.valid_from <= @date AND (c.valid_to IS NULL OR c.valid_to > @date)) AS calls` + ownerOf + `
WHERE  s.organization_id = @organization AND s.branch_id = @branch AND s.status IN ('PROSPECT', 'ACTIVE') AND s.lat IS NOT NULL
AND    (line.is_default OR calls.minutes IS NOT NULL)
ORDER  BY s.id`

// PlacedSites lists the located sites of a branch with the territory each is in on a day. The default line answers for all of them with
// their own weight; another line for those it calls on, and they weigh the minutes of its calls in four weeks.
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
