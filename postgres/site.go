package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/jackc/pgx/v5"
)

// siteColumns are customer.Site's, of a site called s.
const siteColumns = `s.id, s.customer_id, s.branch_id, s.name, s.address, s.status,
    point(s.lat, s.lon) AS point,
    s.cell, s.time_zone, s.hours, s.category, s.service, s.priority, s.workload, s.version`

const siteByID = `
SELECT ` + siteColumns + `
FROM   site AS s
WHERE  s.organization_id = @organization AND s.id = @id`

// Site reads a site for a command, whoever asks.
func (tx *Tx) Site(ctx context.Context, id uuid.UUID) (customer.Site, error) {
	return one[customer.Site](ctx, tx, customer.ErrNoSite, siteByID, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": id,
	})
}
