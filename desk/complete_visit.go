package desk

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
)

// OutcomeDone is the outcome of a call that was made, where its rep says nothing more.
const OutcomeDone = "DONE"

// CompleteVisit records that the call was made.
type CompleteVisit struct {
	Visit   uuid.UUID
	Outcome string // code of a success; empty: OutcomeDone
	Note    string
	FactReport
}

func (c CompleteVisit) run(ctx context.Context, tx *Tx) (FactRecorded, error) {
	outcome := c.Outcome
	if outcome == "" {
		outcome = OutcomeDone
	}
	return fact{
		visit: c.Visit, report: c.FactReport, outcome: &outcome, note: c.Note,
		event: dispatch.AttemptCompleted, decide: dispatch.Complete,
	}.record(ctx, tx)
}
