package postgres

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// SimplerOutline is a territory's outline as a map shows it up to a zoom, a GeoJSON geometry.
type SimplerOutline struct {
	Zoom    float64
	Outline json.RawMessage
}

// OutlineKey names an outline: a territory's in an alignment, good for a map of the zoom; infinity asks for the exact one.
type OutlineKey struct {
	Territory uuid.UUID `db:"territory_id"`
	Alignment uuid.UUID `db:"alignment_id"`
	Zoom      float64   `db:"zoom"`
}

const outlines = `
SELECT asked.territory_id, asked.alignment_id, asked.zoom, coalesce(simpler.outline, atr.outline) AS outline
FROM   unnest(@territories::uuid[], @alignments::uuid[], @zooms::double precision[]) AS asked (territory_id, alignment_id, zoom)
JOIN   alignment_territory AS atr ON atr.organization_id = @organization AND atr.alignment_id = asked.alignment_id
       AND atr.territory_id = asked.territory_id
LEFT   JOIN LATERAL (
           SELECT o.outline
           FROM   territory_outline AS o
           WHERE  o.organization_id = atr.organization_id AND o.alignment_id = atr.alignment_id AND o.territory_id = atr.territory_id
           AND    o.zoom >= asked.zoom
           ORDER  BY o.zoom
           LIMIT  1) AS simpler ON true
ORDER  BY asked.alignment_id, asked.territory_id, asked.zoom`

// Outlines reads the simplest outlines that are good for the zooms, else the exact ones.
func (tx *Tx) Outlines(ctx context.Context, keys []OutlineKey) (map[OutlineKey]json.RawMessage, error) {
	var territories, alignments []uuid.UUID
	var zooms []float64
	for _, k := range keys {
		territories, alignments, zooms = append(territories, k.Territory), append(alignments, k.Alignment), append(zooms, k.Zoom)
	}
	type row struct {
		OutlineKey
		Outline json.RawMessage `db:"outline"`
	}
	rows, err := all[row](ctx, tx, outlines, pgx.StrictNamedArgs{
		"organization": tx.Organization, "territories": territories, "alignments": alignments, "zooms": zooms,
	})
	found := make(map[OutlineKey]json.RawMessage, len(rows))
	for _, r := range rows {
		found[r.OutlineKey] = r.Outline
	}
	return found, err
}
