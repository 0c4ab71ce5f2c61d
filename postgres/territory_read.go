package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/geo"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/jackc/pgx/v5"
)

// territoryColumns are geo.Territory's, of what publishedJoins joins.
const territoryColumns = `t.id, t.branch_id, t.name, t.colour, owner.rep_id, atr.alignment_id, atr.sites, atr.workload, atr.imbalance`

// Territories as published for a day (today in their branch's zone when none is given), with who answers for them on it.
const publishedJoins = `
FROM   alignment AS al
JOIN   branch AS b ON b.organization_id = al.organization_id AND b.id = al.branch_id
CROSS  JOIN LATERAL (SELECT coalesce(@at::date, (@now::timestamptz AT TIME ZONE b.time_zone)::date) AS day) AS d
JOIN   alignment_territory AS atr ON atr.organization_id = al.organization_id AND atr.alignment_id = al.id
JOIN   territory AS t ON t.organization_id = atr.organization_id AND t.id = atr.territory_id
LEFT   JOIN LATERAL (
           SELECT re.rep_id
           FROM   responsibility AS re
           WHERE  re.organization_id = t.organization_id AND re.territory_id = t.id AND re.line_id = al.line_id AND re.role = 'OWNER'
           AND    re.valid_from <= d.day AND (re.valid_to IS NULL OR re.valid_to > d.day)
           ORDER  BY re.valid_from DESC, re.id
           LIMIT  1) AS owner ON true`

const publishedOn = `
WHERE  al.organization_id = @organization AND al.state = 'PUBLISHED' AND ` + branchVisible + `
AND    al.valid_from <= d.day AND (al.valid_to IS NULL OR al.valid_to > d.day)
AND    al.line_id = coalesce(@line::uuid, (SELECT l.id FROM line AS l WHERE l.organization_id = @organization AND l.is_default))`

const territoriesAt = `
SELECT ` + territoryColumns + publishedJoins + publishedOn + `
ORDER  BY b.name, t.name, t.id
LIMIT  5000`

// Territories lists the territories of the caller's branches as published for a day; today when at is nil.
func (tx *Tx) Territories(ctx context.Context, c auth.Caller, line *uuid.UUID, at *hours.Date, now time.Time) ([]geo.Territory, error) {
	return all[geo.Territory](ctx, tx, territoriesAt, scope(c, pgx.StrictNamedArgs{
		"organization": tx.Organization, "line": line, "at": at, "now": now,
	}))
}

const territoryByID = `
SELECT ` + territoryColumns + publishedJoins + publishedOn + `
AND    t.id = @id
ORDER  BY t.id
LIMIT  1`

// Territory reads a territory as published today; one of an older alignment is not found.
func (tx *Tx) Territory(ctx context.Context, c auth.Caller, id uuid.UUID, now time.Time) (geo.Territory, error) {
	return one[geo.Territory](ctx, tx, geo.ErrNoTerritory, territoryByID, scope(c, pgx.StrictNamedArgs{
		"organization": tx.Organization, "line": nil, "at": nil, "now": now, "id": id,
	}))
}

// HeldCell is one of a territory's cells.
type HeldCell struct {
	Cell      geo.Cell  `db:"cell"`
	Territory uuid.UUID `db:"territory_id"`
	Alignment uuid.UUID `db:"alignment_id"`
}

const heldCells = `
SELECT tc.cell, tc.territory_id, tc.alignment_id
FROM   territory_cell AS tc
WHERE  tc.organization_id = @organization AND tc.alignment_id = ANY(@alignments) AND tc.territory_id = ANY(@territories)
ORDER  BY tc.alignment_id, tc.territory_id, tc.cell`

// CellsOf lists the ground of territories.
func (tx *Tx) CellsOf(ctx context.Context, territories []geo.Territory) ([]HeldCell, error) {
	var ids, alignments []uuid.UUID
	for _, t := range territories {
		ids, alignments = append(ids, t.ID), append(alignments, t.Alignment)
	}
	return all[HeldCell](ctx, tx, heldCells, pgx.StrictNamedArgs{
		"organization": tx.Organization, "alignments": alignments, "territories": ids,
	})
}

// TerritoryOfCell is a territory with one of the cells asked for that is its ground.
type TerritoryOfCell struct {
	geo.Territory
	Cell geo.Cell `db:"cell"`
}

const territoriesOfCells = `
SELECT tc.cell, ` + territoryColumns + publishedJoins + `
JOIN   territory_cell AS tc ON tc.organization_id = atr.organization_id AND tc.alignment_id = al.id AND tc.territory_id = t.id` + publishedOn + `
AND    tc.cell = ANY(@cells)
ORDER  BY b.name, t.id, tc.cell`

// TerritoriesOf says which of the cells are a territory's as published for a day, by the ascending name of its branch.
func (tx *Tx) TerritoriesOf(ctx context.Context, c auth.Caller, cells []geo.Cell, line *uuid.UUID, at *hours.Date, now time.Time) ([]TerritoryOfCell, error) {
	indexes := make([]int64, len(cells))
	for i, cell := range cells {
		indexes[i] = int64(cell)
	}
	return all[TerritoryOfCell](ctx, tx, territoriesOfCells, scope(c, pgx.StrictNamedArgs{
		"organization": tx.Organization, "line": line, "at": at, "now": now, "cells": indexes,
	}))
}
