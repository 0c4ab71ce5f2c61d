package postgres

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/jackc/pgx/v5"
)

// Batch names everything one command did.
type Batch struct {
	ID     uuid.UUID
	Kind   string
	Reason string
	Note   string
	Actor  uuid.UUID // uuid.Nil: the engine
	Door   auth.Door
	At     time.Time
	Trace  json.RawMessage // what it did, for who takes it back; nil: nobody can
}

const insertBatch = `
INSERT INTO batch (organization_id, id, kind, reason, note, actor, door, created_at, trace)
VALUES (@organization, @id, @kind, nullif(@reason, ''), @note, @actor, @door, @at, @trace)`

// AddBatch opens a batch.
func (tx *Tx) AddBatch(ctx context.Context, b Batch) error {
	return tx.exec(ctx, -1, insertBatch, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": b.ID, "kind": b.Kind, "reason": b.Reason, "note": b.Note, "actor": orNull(b.Actor),
		"door": b.Door, "at": b.At, "trace": b.Trace,
	})
}
