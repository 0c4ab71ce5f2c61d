package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/roster"
	"github.com/jackc/pgx/v5"
)

const branchesByID = `
SELECT ` + branchColumns + `
FROM   branch AS b
WHERE  b.organization_id = @organization AND b.id = ANY(@ids)
ORDER  BY b.id`

// BranchesByID reads branches that something the caller may see refers to.
func (tx *Tx) BranchesByID(ctx context.Context, ids []uuid.UUID) ([]roster.Branch, error) {
	return all[roster.Branch](ctx, tx, branchesByID, pgx.StrictNamedArgs{"organization": tx.Organization, "ids": ids})
}

const visibleBranches = `
SELECT ` + branchColumns + `
FROM   branch AS b
WHERE  b.organization_id = @organization AND ` + branchVisible + `
ORDER  BY b.name, b.id`

// VisibleBranches lists by name the branches the caller may see.
func (tx *Tx) VisibleBranches(ctx context.Context, c auth.Caller) ([]roster.Branch, error) {
	return all[roster.Branch](ctx, tx, visibleBranches, scope(c, pgx.StrictNamedArgs{"organization": tx.Organization}))
}
