package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/hours"
	"github.com/jackc/pgx/v5"
)

// Grant gives a person a role from a day on, in a branch and what lies below it; without a branch in the whole organization.
type Grant struct {
	ID     uuid.UUID
	Person uuid.UUID
	Role   auth.Role
	Branch *uuid.UUID
	From   hours.Date
}

const insertGrant = `
INSERT INTO role_grant (organization_id, id, person_id, role, branch_id, valid_from)
SELECT @organization, @id, @person, @role, @branch::uuid, @from::date
WHERE  NOT EXISTS (
    SELECT FROM role_grant AS g
    WHERE  g.organization_id = @organization AND g.person_id = @person AND g.role = @role
    AND    g.branch_id IS NOT DISTINCT FROM @branch::uuid AND g.valid_from <= @from::date AND g.valid_to IS NULL)`

// AddGrant writes a grant unless the person holds the same one already; it says whether it did.
func (tx *Tx) AddGrant(ctx context.Context, g Grant) (added bool, err error) {
	tag, err := tx.Exec(ctx, insertGrant, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": g.ID, "person": g.Person, "role": string(g.Role), "branch": g.Branch, "from": g.From.String(),
	})
	return tag.RowsAffected() == 1, err
}
