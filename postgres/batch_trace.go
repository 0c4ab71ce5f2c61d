package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/jackc/pgx/v5"
)

// ErrNoBatch is returned for a batch that does not exist.
var ErrNoBatch = errors.New("no such batch")

// DoneBatch is a batch with what it did.
type DoneBatch struct {
	ID       uuid.UUID       `db:"id"`
	Kind     string          `db:"kind"`
	Reason   string          `db:"reason"`
	Actor    *uuid.UUID      `db:"actor"`
	Door     auth.Door       `db:"door"`
	At       time.Time       `db:"created_at"`
	UndoneBy *uuid.UUID      `db:"undone_by"` // the batch that took it back
	Trace    json.RawMessage `db:"trace"`     // nil: it can't be taken back
}

const lockBatch = `
SELECT b.id, b.kind, coalesce(b.reason, '') AS reason, b.actor, b.door, b.created_at, b.undone_by, b.trace
FROM   batch AS b
WHERE  b.organization_id = @organization AND b.id = @id
FOR NO KEY UPDATE`

// LockBatch reads a batch that nobody else can take back until the transaction ends.
func (tx *Tx) LockBatch(ctx context.Context, id uuid.UUID) (DoneBatch, error) {
	return one[DoneBatch](ctx, tx, ErrNoBatch, lockBatch, pgx.StrictNamedArgs{"organization": tx.Organization, "id": id})
}

const markUndone = `
UPDATE batch SET undone_by = @by WHERE organization_id = @organization AND id = @id AND undone_by IS NULL`

// MarkUndone says which batch took a locked one back.
func (tx *Tx) MarkUndone(ctx context.Context, id, by uuid.UUID) error {
	return tx.exec(ctx, 1, markUndone, pgx.StrictNamedArgs{"organization": tx.Organization, "id": id, "by": by})
}
