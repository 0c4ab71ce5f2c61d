package desk

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
)

// StartVisit records that the call itself began.
type StartVisit struct {
	Visit uuid.UUID
	FactReport
}

func (c StartVisit) run(ctx context.Context, tx *Tx) (FactRecorded, error) {
	return fact{visit: c.Visit, report: c.FactReport, event: dispatch.AttemptStarted, decide: dispatch.Start}.record(ctx, tx)
}
