package postgres

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

const (
	forgetSites = `
DELETE FROM alignment_site WHERE organization_id = @organization AND alignment_id = @alignment
AND    (territory_id = ANY(@territories) OR site_id = ANY(@sites))`

	forgetCells = `
DELETE FROM territory_cell WHERE organization_id = @organization AND alignment_id = @alignment
AND    (territory_id = ANY(@territories) OR cell = ANY(@cells))`

	forgetOutlines = `
DELETE FROM territory_outline WHERE organization_id = @organization AND alignment_id = @alignment`

	forgetTerritories = `
DELETE FROM alignment_territory WHERE organization_id = @organization AND alignment_id = @alignment AND territory_id = ANY(@territories)`

	redrawTerritories = `
UPDATE alignment_territory AS at
SET    imbalance = given.imbalance, outline = given.outline
FROM   unnest(@territories::uuid[], @imbalances::double precision[], @outlines::jsonb[]) AS given (territory_id, imbalance, outline)
WHERE  at.organization_id = @organization AND at.alignment_id = @alignment AND at.territory_id = given.territory_id`

	growAlignment = `
UPDATE alignment SET version = version + 1, measures = @measures
WHERE  organization_id = @organization AND id = @alignment`
)

// EditAlignment writes a locked draft's territories anew: those that changed with their ground and sites, of the others, whose borders
// meet theirs and whose share depends on the whole, outline and balance. The draft gets its next version.
func (tx *Tx) EditAlignment(ctx context.Context, alignment uuid.UUID, measures json.RawMessage, territories []AlignedTerritory, changed []bool) error {
	var ids, others, sites []uuid.UUID
	var cells []int64
	var anew []AlignedTerritory
	var imbalances []float64
	var outlines []json.RawMessage
	var simpler [][]any
	for i, t := range territories {
		if !changed[i] {
			others, imbalances, outlines = append(others, t.ID), append(imbalances, t.Imbalance), append(outlines, t.Outline)
			for _, o := range t.Simpler {
				simpler = append(simpler, []any{tx.Organization, alignment, t.ID, o.Zoom, o.Outline})
			}
			continue
		}
		anew, ids, sites = append(anew, t), append(ids, t.ID), append(sites, t.Sites...)
		for _, c := range t.Cells {
			cells = append(cells, int64(c))
		}
	}
	args := func(more pgx.StrictNamedArgs) pgx.StrictNamedArgs {
		more["organization"], more["alignment"] = tx.Organization, alignment
		return more
	}
	for _, statement := range []struct {
		sql  string
		args pgx.StrictNamedArgs
	}{
		{forgetSites, args(pgx.StrictNamedArgs{"territories": ids, "sites": sites})},
		{forgetCells, args(pgx.StrictNamedArgs{"territories": ids, "cells": cells})},
		{forgetOutlines, args(pgx.StrictNamedArgs{})},
		{forgetTerritories, args(pgx.StrictNamedArgs{"territories": ids})},
		{redrawTerritories, args(pgx.StrictNamedArgs{"territories": others, "imbalances": imbalances, "outlines": outlines})},
	} {
		if err := tx.exec(ctx, -1, statement.sql, statement.args); err != nil {
			return err
		}
	}
	if err := tx.addTerritories(ctx, alignment, anew); err != nil {
		return err
	}
	if _, err := tx.CopyFrom(ctx, pgx.Identifier{"territory_outline"}, outlineColumns, pgx.CopyFromRows(simpler)); err != nil {
		return err
	}
	return tx.exec(ctx, 1, growAlignment, args(pgx.StrictNamedArgs{"measures": measures}))
}

const (
	copyAlignment = `
INSERT INTO alignment (organization_id, id, branch_id, line_id, state, origin, measures, created_at)
SELECT al.organization_id, @id, al.branch_id, al.line_id, 'DRAFT', @origin, al.measures, @created_at
FROM   alignment AS al
WHERE  al.organization_id = @organization AND al.id = @from`

	// With the reps who answered for the territories last, as far as they still work for the branch.
	copyTerritories = `
INSERT INTO alignment_territory (organization_id, alignment_id, territory_id, rep_id, sites, workload, imbalance, outline)
SELECT at.organization_id, @id, at.territory_id,
       (SELECT re.rep_id
        FROM   responsibility AS re
        JOIN   rep AS r ON r.organization_id = re.organization_id AND r.id = re.rep_id AND r.branch_id = al.branch_id
        WHERE  re.organization_id = at.organization_id AND re.territory_id = at.territory_id AND re.line_id = al.line_id AND re.role = 'OWNER'
        AND    (al.valid_to IS NULL AND re.valid_to IS NULL
                OR re.valid_from < al.valid_to AND (re.valid_to IS NULL OR re.valid_to >= al.valid_to))
        ORDER  BY re.valid_from DESC, re.id
        LIMIT  1),
       at.sites, at.workload, at.imbalance, at.outline
FROM   alignment_territory AS at
JOIN   alignment AS al ON al.organization_id = at.organization_id AND al.id = at.alignment_id
WHERE  at.organization_id = @organization AND at.alignment_id = @from`

	copyOutlines = `
INSERT INTO territory_outline (organization_id, alignment_id, territory_id, zoom, outline)
SELECT o.organization_id, @id, o.territory_id, o.zoom, o.outline
FROM   territory_outline AS o
WHERE  o.organization_id = @organization AND o.alignment_id = @from`

	copyCells = `
INSERT INTO territory_cell (organization_id, alignment_id, cell, territory_id)
SELECT tc.organization_id, @id, tc.cell, tc.territory_id
FROM   territory_cell AS tc
WHERE  tc.organization_id = @organization AND tc.alignment_id = @from`

	copySites = `
INSERT INTO alignment_site (organization_id, alignment_id, site_id, territory_id)
SELECT als.organization_id, @id, als.site_id, als.territory_id
FROM   alignment_site AS als
WHERE  als.organization_id = @organization AND als.alignment_id = @from`
)

// CopyAlignment makes a new draft of an alignment that was in force: one that has had its days can't have others.
func (tx *Tx) CopyAlignment(ctx context.Context, from uuid.UUID, to Alignment) error {
	ids := pgx.StrictNamedArgs{"organization": tx.Organization, "from": from, "id": to.ID}
	if err := tx.exec(ctx, 1, copyAlignment, pgx.StrictNamedArgs{
		"organization": tx.Organization, "from": from, "id": to.ID, "origin": to.Origin, "created_at": to.CreatedAt,
	}); err != nil {
		return err
	}
	for _, statement := range []string{copyTerritories, copyOutlines, copyCells, copySites} {
		if err := tx.exec(ctx, -1, statement, ids); err != nil {
			return err
		}
	}
	return nil
}

const placeLate = `
INSERT INTO alignment_site (organization_id, alignment_id, site_id, territory_id)
SELECT tc.organization_id, tc.alignment_id, given.site_id, tc.territory_id
FROM   unnest(@sites::uuid[], @cells::bigint[]) AS given (site_id, cell)
JOIN   territory_cell AS tc ON tc.organization_id = @organization AND tc.alignment_id = @alignment AND tc.cell = given.cell
ON CONFLICT DO NOTHING`

// PlaceLate gives sites that an alignment did not know to the territories whose ground they stand on.
func (tx *Tx) PlaceLate(ctx context.Context, alignment uuid.UUID, placements []Placement) error {
	var sites []uuid.UUID
	var cells []int64
	for _, p := range placements {
		for _, c := range p.Cells {
			sites, cells = append(sites, p.Site), append(cells, int64(c))
		}
	}
	if len(sites) == 0 {
		return nil
	}
	return tx.exec(ctx, -1, placeLate, pgx.StrictNamedArgs{
		"organization": tx.Organization, "alignment": alignment, "sites": sites, "cells": cells,
	})
}
