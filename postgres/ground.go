package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/tiles"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb/encoding/wkb"
)

// AddGround keeps what the map draws under the work: water, parks, streets.
func (tx *Tx) AddGround(ctx context.Context, features []tiles.Feature) error {
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"ground"}, []string{
		"organization_id", "id", "kind", "name", "min_zoom", "geometry",
	}, pgx.CopyFromSlice(len(features), func(i int) ([]any, error) {
		f := features[i]
		geometry, err := wkb.Marshal(f.Geometry)
		if err != nil {
			return nil, fmt.Errorf("write geometry of %s %q: %w", f.Kind, f.Name, err)
		}
		id, err := uuid.NewV7()
		return []any{tx.Organization, id, string(f.Kind), f.Name, f.MinZoom, geometry}, err
	}))
	return err
}

const everyGround = `
SELECT g.kind, g.name, g.min_zoom, g.geometry
FROM   ground AS g
ORDER  BY g.organization_id, g.id`

// Ground reads every feature of the ground: streets are public and are served before anybody signs in.
func (db *DB) Ground(ctx context.Context) ([]tiles.Feature, error) {
	var features []tiles.Feature
	err := db.watch(ctx, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, everyGround)
		if err != nil {
			return err
		}
		features, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (tiles.Feature, error) {
			var f tiles.Feature
			var geometry []byte
			if err := row.Scan(&f.Kind, &f.Name, &f.MinZoom, &geometry); err != nil {
				return f, err
			}
			f.Geometry, err = wkb.Unmarshal(geometry)
			return f, err
		})
		return err
	})
	return features, err
}
