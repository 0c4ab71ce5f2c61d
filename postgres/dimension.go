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

const dimensions = `
SELECT s.id AS site_id, placed.territory_id, owner.rep_id, c.segment
FROM   site AS s
JOIN   customer AS c ON c.organization_id = s.organization_id AND c.id = s.customer_id` + ownerOf + `
WHERE  s.organization_id = @organization AND s.id = ANY(@sites)
ORDER  BY s.id`

// DimensionsNext reads them with the next round trip, and hands them to found then.
func (tx *Tx) DimensionsNext(line uuid.UUID, date hours.Date, found func(map[uuid.UUID]Dimensions), sites ...uuid.UUID) {
	put(&tx.pending, dimensions, pgx.StrictNamedArgs{
		"organization": tx.Organization, "line": line, "date": date, "sites": sites,
	}).Query(func(rows pgx.Rows) error {
		list, err := pgx.CollectRows(rows, pgx.RowToStructByName[Dimensions])
		found(byKey(list, func(d Dimensions) uuid.UUID { return d.Site }))
		return err
	})
}

// Dimensions reads where sites stand for a line on a day.
func (tx *Tx) Dimensions(ctx context.Context, line uuid.UUID, date hours.Date, sites ...uuid.UUID) (map[uuid.UUID]Dimensions, error) {
	list, err := all[Dimensions](ctx, tx, dimensions, pgx.StrictNamedArgs{
		"organization": tx.Organization, "line": line, "date": date, "sites": sites,
	})
	return byKey(list, func(d Dimensions) uuid.UUID { return d.Site }), err
}
