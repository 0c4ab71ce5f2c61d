package postgres

import (
	"context"

	"github.com/google/uuid"
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
	return tx.exec(ctx, -1, insertDecision, pgx.StrictNamedArgs{
		"organization": tx.Organization, "id": d.ID, "kind": d.Kind, "visit": d.VisitID, "batch": batch, "engine": d.Engine,
		"chosen": d.Chosen, "runner_up": d.RunnerUp, "refusals": refusals, "input": string(d.Input), "decided_at": d.DecidedAt,
	})
}
