package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/jackc/pgx/v5"
)

// Dimensions are what figures are counted by, of a site on a day.
type Dimensions struct {
	Site      uuid.UUID  `db:"site_id"`
	Territory *uuid.UUID `db:"territory_id"` // nil: it lies in none
	Owner     *uuid.UUID `db:"rep_id"`       // who answers for it; nil: nobody
	Segment   string     `db:"segment"`      // of its customer; empty: none
}

const dimensions = `
SELECT s.id AS site_id, placed.territory_id, owner.rep_id, c.segment
FROM   site AS s
JOIN   customer AS c ON c.organization_id = s.organization_id AND c.id = s.customer_id` + ownerOf + `
WHERE  s.organization_id = @organization AND s.id = ANY(@sites)
ORDER  BY s.id`

// Dimensions reads where sites stand for a line on a day.
func (tx *Tx) Dimensions(ctx context.Context, line uuid.UUID, date hours.Date, sites ...uuid.UUID) (map[uuid.UUID]Dimensions, error) {
	list, err := all[Dimensions](ctx, tx, dimensions, pgx.StrictNamedArgs{
		"organization": tx.Organization, "line": line, "date": date, "sites": sites,
	})
	return byKey(list, func(d Dimensions) uuid.UUID { return d.Site }), err
}
