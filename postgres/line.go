package postgres

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

const defaultLine = `
SELECT l.id FROM line AS l WHERE l.organization_id = @organization AND l.is_default`

// DefaultLine is the sales team whose work everything is where nobody says otherwise.
func (tx *Tx) DefaultLine(ctx context.Context) (uuid.UUID, error) {
	ids, err := values[uuid.UUID](ctx, tx, defaultLine, pgx.StrictNamedArgs{"organization": tx.Organization})
	if err == nil && len(ids) == 0 {
		return uuid.Nil, errors.New("the organization has no default line")
	}
	if err != nil {
		return uuid.Nil, err
	}
	return ids[0], nil
}
