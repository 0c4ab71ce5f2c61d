package desk

import (
	"context"

	"github.com/google/uuid"
	"github.com/hexbeat/hexbeat/dispatch"
)

// ArriveVisit records that the rep stands at the door.
type ArriveVisit struct {
	Visit uuid.UUID
	FactReport
}

func (c ArriveVisit) run(ctx context.Context, tx *Tx) (FactRecorded, error) {
	return fact{visit: c.Visit, report: c.FactReport, event: dispatch.AttemptArrived, decide: dispatch.Arrive}.record(ctx, tx)
}
