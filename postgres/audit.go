package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/jackc/pgx/v5"
)

// Audit is one line of who did what. It holds ids only, and can be neither changed nor deleted.
type Audit struct {
	ID      uuid.UUID
	At      time.Time
	Actor   uuid.UUID // uuid.Nil: the engine or the command line
	Door    auth.Door
	Command string
	Request uuid.UUID
	Batch   uuid.UUID
	Targets []uuid.UUID
	Refused string // code, where a rule stood against it
}

const insertAudit = `
INSERT INTO audit (organization_id, id, at, actor, door, command, request_id, batch_id, targets, refused)
VALUES (@organization, @id, @at, @actor, @door, @command, @request, @batch, @targets, nullif(@refused, ''))`

// AddAudit appends a line.
func (tx *Tx) AddAudit(ctx context.Context, a Audit) error {
	targets := a.Targets
	if targets == nil {
		targets = []uuid.UUID{}
	}
	return tx.exec(ctx, -1, insertAudit, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": a.ID, "at": a.At, "actor": orNull(a.Actor), "door": a.Door, "command": a.Command,
		"request": orNull(a.Request), "batch": orNull(a.Batch), "targets": targets, "refused": a.Refused,
	})
}

// orNull stores the zero id as null.
func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}
