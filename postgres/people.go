package postgres

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/jackc/pgx/v5"
)

// RolePerson is a person in a role held today.
type RolePerson struct {
	Email  string    `db:"email"`
	Name   string    `db:"name"`
	Role   auth.Role `db:"role"`
	Branch string    `db:"branch"` // empty: the whole organization
}

const people = `
SELECT pe.email, pd.name, g.role, coalesce(b.name, '') AS branch
FROM   role_grant AS g
JOIN   person_detail AS pd ON pd.organization_id = g.organization_id AND pd.person_id = g.person_id
JOIN   person_email AS pe ON pe.organization_id = g.organization_id AND pe.person_id = g.person_id AND pe.is_primary
LEFT   JOIN branch AS b ON b.organization_id = g.organization_id AND b.id = g.branch_id
WHERE  g.organization_id = @organization AND g.valid_to IS NULL
ORDER  BY b.name, pd.name, g.role, g.id`

// People lists everybody with the roles they hold until further notice, by branch and name.
func (db *DB) People(ctx context.Context, organization uuid.UUID) (list []RolePerson, err error) {
	err = db.Read(ctx, organization, func(tx *Tx) error {
		list, err = all[RolePerson](ctx, tx, people, pgx.StrictNamedArgs{"organization": organization})
		return err
	})
	return list, err
}
