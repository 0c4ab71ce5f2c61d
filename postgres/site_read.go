package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/customer"
	"github.com/jackc/pgx/v5"
)

const sitesByID = `
SELECT ` + siteColumns + `
FROM   site AS s
WHERE  s.organization_id = @organization AND s.id = ANY(@ids)
ORDER  BY s.id`

// Sites reads sites that a command or something the caller may see refers to.
func (tx *Tx) Sites(ctx context.Context, ids []uuid.UUID) ([]customer.Site, error) {
	return all[customer.Site](ctx, tx, sitesByID, pgx.StrictNamedArgs{"organization": tx.Organization, "ids": ids})
}

const customersByID = `
SELECT c.id, c.name, c.segment
FROM   customer AS c
WHERE  c.organization_id = @organization AND c.id = ANY(@ids)
ORDER  BY c.id`

// Customers reads customers that something the caller may see refers to.
func (tx *Tx) Customers(ctx context.Context, ids []uuid.UUID) ([]customer.Customer, error) {
	return all[customer.Customer](ctx, tx, customersByID, pgx.StrictNamedArgs{"organization": tx.Organization, "ids": ids})
}
