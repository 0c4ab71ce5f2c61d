package desk

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
)

// FailVisit records an attempt that did not succeed: a closed shop. The visit is still owed.
type FailVisit struct {
	Visit   uuid.UUID
	Outcome string // code of a failure
	Note    string
	FactReport
}

func (c FailVisit) run(ctx context.Context, tx *Tx) (FactRecorded, error) {
	return fact{
		visit: c.Visit, report: c.FactReport, outcome: &c.Outcome, note: c.Note,
		event: dispatch.AttemptFailed, decide: dispatch.Fail,
	}.record(ctx, tx)
}
