package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/jackc/pgx/v5"
)

const visibleSite = `
SELECT ` + siteColumns + `
FROM   site AS s
WHERE  s.organization_id = @organization AND s.id = @id AND s.status <> 'CLOSED' AND ` + siteVisible

// VisibleSite reads a site that is not closed for good; customer.ErrNoSite for one that the caller may not see.
func (tx *Tx) VisibleSite(ctx context.Context, c auth.Caller, id uuid.UUID) (customer.Site, error) {
	return one[customer.Site](ctx, tx, customer.ErrNoSite, visibleSite, scope(c, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": id,
	}))
}
