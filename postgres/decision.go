package postgres

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/auth"
	"github.com/hexbeat/hexbeat/dispatch"
	"github.com/jackc/pgx/v5"
)

// decisionColumns are dispatch.Decision's, of a decision called de.
const decisionColumns = `de.id, de.kind, de.visit_id, de.engine, de.chosen, de.runner_up, de.refusals, de.input, de.decided_at`

const insertDecision = `
INSERT INTO decision (organization_id, id, kind, visit_id, batch_id, engine, chosen, runner_up, refusals, input, decided_at)
VALUES (@organization, @id, @kind, @visit, @batch, @engine, @chosen, @runner_up, @refusals, @input, @decided_at)`

// AddDecision keeps what was chosen and why.
func (tx *Tx) AddDecision(ctx context.Context, d dispatch.Decision, batch uuid.UUID) error {
	refusals := d.Refusals
	if refusals == nil {
		refusals = []dispatch.Refusal{}
	}
	return tx.exec(ctx, 1, insertDecision, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": d.ID, "kind": d.Kind, "visit": d.VisitID, "batch": batch, "engine": d.Engine,
		"chosen": d.Chosen, "runner_up": d.RunnerUp, "refusals": refusals, "input": string(d.Input), "decided_at": d.DecidedAt,
	})
}

// Batch names everything one command did.
type Batch struct {
	ID     uuid.UUID
	Kind   string
	Reason string
	Note   string
	Actor  uuid.UUID // uuid.Nil: the engine
	Door   auth.Door
	At     time.Time
}

const insertBatch = `
INSERT INTO batch (organization_id, id, kind, reason, note, actor, door, created_at)
VALUES (@organization, @id, @kind, nullif(@reason, ''), @note, @actor, @door, @at)`

// AddBatch opens a batch.
func (tx *Tx) AddBatch(ctx context.Context, b Batch) error {
	return tx.exec(ctx, 1, insertBatch, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": b.ID, "kind": b.Kind, "reason": b.Reason, "note": b.Note, "actor": orNull(b.Actor),
		"door": b.Door, "at": b.At,
	})
}
