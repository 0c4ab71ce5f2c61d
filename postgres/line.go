package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

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

const knownKind = `
SELECT EXISTS (SELECT FROM visit_kind AS k WHERE k.organization_id = @organization AND k.code = @code)`

// KnowsKind says whether the organization has a kind of visit of that code.
func (tx *Tx) KnowsKind(ctx context.Context, code string) (bool, error) {
	found, err := values[bool](ctx, tx, knownKind, pgx.StrictNamedArgs{"organization": tx.Organization, "code": code})
	return err == nil && found[0], err
}

// OpenMonths makes the partitions of this month and the next few, and forgets answers to requests over 30 days old. Partitions are
// made with the rights of the tables' owner; rows are behind the wall for the owner too, so each organization forgets its own.
func (db *DB) OpenMonths(ctx context.Context, now time.Time) error {
	if _, err := db.pool.Exec(ctx, `SELECT open_months($1, 3)`, now); err != nil {
		return unavailable(ctx, err)
	}
	organizations, err := db.Organizations(ctx)
	if err != nil {
		return err
	}
	for _, o := range organizations {
		if err := db.Write(ctx, o.ID, func(tx *Tx) error { return tx.forgetRequests(ctx, now.AddDate(0, 0, -30)) }); err != nil {
			return fmt.Errorf("forget old requests: %w", err)
		}
	}
	return nil
}
